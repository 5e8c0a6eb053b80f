"""What others have named reaches a terminal as text: labels, names, commands, messages."""

from __future__ import annotations

import pytest
from fake_scene import FakeScene
from projects import IMAGE

from pycompose import labels

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b2J\rgone"
WORDS = (
    ("ps", "-a"),
    ("ps", "-a", "--no-trunc"),
    ("ps", "-a", "--format", "{{.Labels}} {{.Command}} {{.Name}}"),
    ("ps", "-a", "--format", "yaml"),
    ("ps", "-a", "--format", "json"),
    ("ps", "--services", "-a"),
    ("ls", "-a"),
    ("volumes",),
    ("volumes", "--format", "{{.Name}} {{.Labels}}"),
    ("images",),
    ("top",),
    ("stats", "--no-stream", "-a"),
    ("graph", "--live"),
    ("plan",),
    ("up", "-d"),
    ("stop",),
    ("down", "-v", "--remove-orphans"),
)


@pytest.fixture
def evil(scene: FakeScene) -> FakeScene:
    """A project with a container and a volume whose labels and command do harm if obeyed."""
    scene.write("services: {web: {image: IMAGE}}\n")
    scene.run("up", "-d")
    marks = {labels.PROJECT: "demo", labels.SERVICE: f"evil{EVIL}", "note": EVIL}
    more = {labels.NUMBER: "1", labels.ONEOFF: "False", labels.CONFIG_FILES: EVIL}
    body = {"Image": IMAGE, "Cmd": ["sh", EVIL], "Labels": {**marks, **more}}
    made = scene.engine.create_container("demo-evil-1", body)
    scene.engine.start_container(made["Id"])
    volume = {labels.PROJECT: "demo", labels.VOLUME: EVIL, "note": EVIL}
    scene.engine.create_volume({"Name": "demo_evil", "Labels": volume})
    return scene


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_no_command_passes_on_what_a_terminal_would_obey(
    evil: FakeScene, words: tuple[str, ...]
) -> None:
    done = evil.run(*words, code=None)
    for text in (done.stdout, done.stderr):
        harm = [
            char for char in text if (char < " " and char not in "\n\t") or "\x7f" <= char < "\xa0"
        ]
        assert not harm, text
