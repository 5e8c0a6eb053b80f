"""cp, export and commit on a real engine, as Docker Compose does them."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from functools import partial
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

TWO = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    scale: 2
"""


@pytest.fixture
def tree(scene) -> Path:
    """A folder with a file, a folder and a link; two containers to copy to."""
    scene.write(TWO)
    scene.up()
    folder = Path(scene.folder)
    (folder / "d" / "sub").mkdir(parents=True)
    (folder / "d" / "sub" / "x").write_text("x")
    (folder / "d" / "link").symlink_to("/etc/hostname")
    (folder / "f").write_text("hi")
    (folder / "f").chmod(0o640)
    return folder


def listing(scene, path: str, number: int = 1) -> list[str]:
    return scene.shell("web", f"cd {path} && find . | sort", number).split()


@pytest.mark.parametrize("tool", ["run", "oracle"])
def test_files_go_in_by_the_rules_of_docker(scene, tree, tool) -> None:
    cp = getattr(scene, tool)
    cp("cp", "f", "web:/tmp/")
    cp("cp", "f", "web:/tmp/renamed")
    cp("cp", "d", "web:/tmp/")
    cp("cp", "d", "web:/tmp/new")
    cp("cp", "d/.", "web:/tmp/contents")
    cp("cp", "d/sub/.", "web:/tmp/new")
    cp("cp", "-L", "d/link", "web:/tmp/followed")
    for number in (1, 2):
        assert listing(scene, "/tmp", number) == sorted(
            [
                ".",
                "./contents",
                "./contents/link",
                "./contents/sub",
                "./contents/sub/x",
                "./d",
                "./d/link",
                "./d/sub",
                "./d/sub/x",
                "./f",
                "./followed",
                "./new",
                "./new/link",
                "./new/sub",
                "./new/sub/x",
                "./new/x",
                "./renamed",
            ]
        )
    assert scene.shell("web", "cat /tmp/renamed; stat -c %a /tmp/f") == "hi640\n"
    assert scene.shell("web", "readlink /tmp/d/link; test -L /tmp/followed || echo file") == (
        "/etc/hostname\nfile\n"
    )
    for words in ("f web:/nodir/x", "f web:/nodir/", "d web:/tmp/f", "nothing web:/tmp"):
        cp("cp", *words.split(), code=1)


@pytest.mark.parametrize("tool", ["run", "oracle"])
def test_files_come_out_by_the_rules_of_docker(scene, tree, tool) -> None:
    cp = partial(getattr(scene, tool), "cp", "--index", "1")  # the oracle takes any
    scene.shell(
        "web", "mkdir -p /tmp/d/sub; echo x > /tmp/d/sub/x; ln -s sub /tmp/d/l; echo f > /f"
    )
    cp("web:/f", "out")
    cp("web:/tmp/d", "outd")
    cp("web:/tmp/d", "outd")
    cp("web:/tmp/d/.", "contents")
    cp("web:/tmp/d/sub/.", "contents")
    cp("web:/tmp/d/l", "link")
    cp("-L", "web:/tmp/d/l", "followed")
    cp("web:f", ".")
    for words in ("web:/f nodir/x", "web:/f nodir/", "web:/tmp/d out", "web:/nothing ."):
        cp(*words.split(), code=1)
    assert (tree / "out").read_text() == (tree / "f").read_text() == "f\n"
    found = {
        str(path.relative_to(tree))
        for top in ("outd", "contents", "followed")
        for path in (tree / top).rglob("*")
    }
    assert found == set(
        [
            "outd/sub",
            "outd/sub/x",
            "outd/l",
            "outd/d",
            "outd/d/sub",
            "outd/d/sub/x",
            "outd/d/l",
            "contents/sub",
            "contents/sub/x",
            "contents/l",
            "contents/x",
            "followed/x",
        ]
    )
    assert os.readlink(tree / "link") == "sub"


def test_tars_go_through_standard_streams(scene, tree) -> None:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        tar.add(tree / "d", "from-stdin")
    words = scene.command("cp", "--index", "1", "-", "web:/tmp")
    subprocess.run(words, input=held.getvalue(), cwd=tree, env=scene.env(), check=True)
    assert "./from-stdin/sub/x" in listing(scene, "/tmp")
    words = scene.command("cp", "web:/tmp/from-stdin", "-")
    out = subprocess.run(words, cwd=tree, env=scene.env(), check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(out)) as tar:
        assert "from-stdin/sub/x" in tar.getnames()


def test_ends_that_do_not_fit_are_told(scene, tree) -> None:
    told = {
        "a b": "unknown copy direction",
        "web:/x web:/y": "copying between services is not supported",
        "nosuch:/x .": 'no container found for service "nosuch"',
        "--index 3 f web:/tmp": 'service "web" is not running container #3',
    }
    for words, message in told.items():
        assert scene.run("cp", *words.split(), code=1).stderr == f"{message}\n"
    assert scene.run("cp", "/nothing", "web:/tmp", code=1).stderr.endswith(
        "/nothing: no such file or directory\n"
    )


def test_a_container_that_does_not_run_is_copied_from_and_to(scene, tree) -> None:
    scene.run("stop", "-t", "0")
    scene.run("cp", "f", "web:/tmp/")
    scene.run("cp", "web:/tmp/f", "back")
    assert (tree / "back").read_text() == "hi"


def test_the_file_system_is_exported_whole_or_not_at_all(scene, tree) -> None:
    scene.shell("web", "echo mine > /tmp/mine")
    scene.run("export", "-o", "web.tar", "web")
    with tarfile.open(tree / "web.tar") as tar:
        assert "tmp/mine" in tar.getnames()
    assert (tree / "web.tar").stat().st_mode & 0o777 == 0o600
    words = scene.command("export", "web")
    out = subprocess.run(words, cwd=tree, env=scene.env(), check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(out)) as tar:
        assert "tmp/mine" in tar.getnames()
    scene.run("export", "-o", "nodir/web.tar", "web", code=1)
    assert not [path for path in tree.iterdir() if path.name.startswith(".web")]


def test_an_image_is_made_of_a_container(scene, tree) -> None:
    scene.shell("web", "echo mine > /mine")
    name = f"{scene.name}/kept:1"
    try:
        scene.run("commit", "-m", "kept", "-a", "me", "-c", "ENV KEPT=1", "web", name)
        found = scene.client.api.inspect_image(name)
        assert (found["Comment"], found["Author"]) == ("kept", "me")
        assert "KEPT=1" in found["Config"]["Env"]
    finally:
        scene.client.api.remove_image(name)
