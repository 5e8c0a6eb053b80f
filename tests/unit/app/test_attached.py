"""An attached view, told of things in an order that seldom comes."""

from __future__ import annotations

from typing import Any

import pytest
from projects import IMAGE

from pycompose import labels
from pycompose.app.attached import Attached, View
from pycompose.engine.fake import FakeEngine
from pycompose.events import LogLine
from pycompose.follow import Ended

PATIENCE = 10.0  # seconds; a deadline, not a wait
SERVICE = {labels.PROJECT: "demo", labels.SERVICE: "web", labels.NUMBER: "1", "name": "demo-web-1"}


class Scene:
    """What a view needs of a session."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.engine.add_image(IMAGE)
        self.told: list[bytes] = []

    def emit(self, event: Any) -> None:
        if isinstance(event, LogLine):
            self.told.append(event.line)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_container_that_starts_again_before_its_end_is_here_loses_nothing(scene: Scene) -> None:
    engine = scene.engine
    body = {"Image": IMAGE, "Tty": False, "Labels": SERVICE}
    id = engine.create_container("demo-web-1", body)["Id"]
    view = View(shown=frozenset({"web"}), watched=frozenset({"web"}))
    # Unknown to the type checker: the scene has of a session what an attached view uses
    attached = Attached(scene, "demo", view)  # type: ignore[arg-type]
    start = {"Action": "start", "Actor": {"ID": id, "Attributes": SERVICE}}

    def tell(*wanted: bytes) -> None:
        while not set(wanted) <= set(scene.told):
            found = attached.inbox.get(PATIENCE)
            assert found is not None, scene.told
            if isinstance(found, LogLine | Ended):
                attached._output(found)
            else:
                attached._take(*found)

    engine.start_container(id)
    attached._event(start)
    engine.write(id, b"first\n")
    tell(b"first")
    engine.exit(id, 3)
    attached._event({"Action": "die", "Actor": {"ID": id, "Attributes": SERVICE}})
    engine.start_container(id)
    engine.write(id, b"second\n")
    attached._event(start)  # the end of the first run's output is held back still
    tell(b"second")
    engine.write(id, b"third\n")
    tell(b"third")
    attached.follower.close()

    assert [line for line in scene.told if b"exited" not in line] == [b"first", b"second", b"third"]
