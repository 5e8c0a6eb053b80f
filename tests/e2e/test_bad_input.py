"""What is wrong with a file is told with its place, all at once, and nothing reaches the engine."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.docker

# What each file is wrong about: its text, then the line and the path that must be named.
WRONG = {
    "a tab": ("services:\n\tweb:\n    image: IMAGE\n", 2, ""),
    "an unknown key": ("services:\n  web:\n    image: IMAGE\n    imagee: x\n", 4, "services.web"),
    "a wrong type": (
        "services:\n  web:\n    image: IMAGE\n    ports: 80\n",
        4,
        "services.web.ports",
    ),
    "an undefined volume": (
        "services:\n  web:\n    image: IMAGE\n    volumes:\n      - data:/data\n",
        5,
        "services.web.volumes",
    ),
    "a dependency cycle": (
        "services:\n  a:\n    image: IMAGE\n    depends_on: [b]\n"
        "  b:\n    image: IMAGE\n    depends_on: [a]\n",
        4,
        "services.a.depends_on",
    ),
}


def places(scene, stderr: str) -> list[tuple[int, str]]:
    """Return line and path of every problem told."""
    file = re.escape(str(scene.folder / "compose.yaml"))
    found = re.findall(rf"^\W*(?:{file}|compose\.yaml):(\d+):\d+: ([^\n]*)", stderr, re.MULTILINE)
    assert found, stderr
    return [(int(line), rest) for line, rest in found]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_file_is_told_with_its_place(scene, wrong) -> None:
    text, line, path = WRONG[wrong]
    scene.write(text)
    for words in (["config", "-q"], ["up", "-d"]):
        done = scene.run(*words, code=1)
        assert done.stdout == ""
        first, rest = places(scene, done.stderr)[0]
        assert first == line, done.stderr
        assert rest.startswith(path), done.stderr
    assert scene.nothing_left()


def test_all_problems_of_a_file_are_told_in_one_run(scene) -> None:
    scene.write("""\
services:
  web:
    image: IMAGE
    imagee: x
    ports: 80
  db:
    image: IMAGE
    restart: [always]
""")
    told = places(scene, scene.run("up", "-d", code=1).stderr)
    assert {line for line, _ in told} >= {4, 5, 8}
    scene.write("""\
services:
  web:
    image: IMAGE
    volumes: [data:/data]
    networks: [front]
  db:
    image: IMAGE
    depends_on: [nosuch]
""")
    told = places(scene, scene.run("up", "-d", code=1).stderr)
    assert {line for line, _ in told} >= {4, 5, 8}
    assert scene.nothing_left()


def test_f_29_without_an_engine_one_error_says_what_was_tried(scene) -> None:
    scene.write("services:\n  web:\n    image: IMAGE\n")
    socket = "unix:///nonexistent"
    for words in (["up", "-d"], ["ps"], ["down"], ["logs"], ["plan"]):
        done = scene.run(*words, code=1, DOCKER_HOST=socket)
        assert done.stdout == ""
        assert socket in done.stderr
        assert "DOCKER_HOST" in done.stderr
        assert len(done.stderr.splitlines()) <= 4, done.stderr
        assert re.search(
            r"scripts/engine start|unset DOCKER_HOST|systemctl|dockerd", done.stderr
        ), done.stderr
