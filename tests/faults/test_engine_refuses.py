"""An engine that refuses a change: the error names the resource, and the next `up` converges."""

from __future__ import annotations

import pytest
from projects import named_volume, needs, next_up, project, service, up

from pycompose.engine.fake import FakeEngine
from pycompose.errors import ApplyError, Conflict, EngineError, NotFound
from pycompose.model.project import Project

RESOURCE = ("Container demo-", "Network demo_", "Volume demo_")


def _project(version: str):
    both = {"front": None, "back": None}
    return project(
        service("db", environment={"VERSION": version}, volumes=(named_volume("data"),)),
        service("web", networks=both, depends_on={"db": needs(restart=True)}, scale=2),
    )


def _engine() -> FakeEngine:
    engine = FakeEngine()
    engine.add_image("busybox:latest")
    return engine


def _errors() -> list[EngineError]:
    return [
        EngineError("the engine broke", status=500),
        Conflict("the engine is at odds", status=409),
        NotFound("the engine knows no such thing", status=404),
    ]


def _changes(*versions: str) -> int:
    engine = _engine()
    before = 0
    for version in versions:
        before = len(engine.changes)
        up(engine, _project(version))
    return len(engine.changes) - before


def _cuts() -> list[tuple[tuple[str, ...], int]]:
    return [
        (versions, at)
        for versions in (("1",), ("1", "2"))
        for at in range(1, _changes(*versions) + 1)
    ]


def _refusal(engine: FakeEngine, wanted: Project) -> ApplyError | None:
    """Run `up`; return the error it raised."""
    try:
        up(engine, wanted)
    except ApplyError as refused:
        return refused
    return None


@pytest.mark.parametrize("error", _errors(), ids=["500", "409", "404"])
@pytest.mark.parametrize(("versions", "at"), _cuts())
def test_a_refused_change_is_told_and_the_next_up_converges(versions, at, error) -> None:
    engine = _engine()
    for version in versions[:-1]:
        up(engine, _project(version))
    wanted = _project(versions[-1])
    engine.fail(error, at=at, mutating=True)

    refused = _refusal(engine, wanted)

    # An engine that says "not found" of what is to go is believed, until its name is needed.
    believed = isinstance(error, NotFound)
    assert believed or (refused is not None and [e for _, e in refused.failures] == [error])
    if refused is not None:
        assert refused.failures[0][0].startswith(RESOURCE)
        assert refused.failures[0][1].message in str(refused)
    up(engine, wanted)
    up(engine, wanted)

    assert str(next_up(engine, wanted)) == ""


@pytest.mark.parametrize("at", range(1, _changes("1") + 1))
def test_a_lost_answer_is_told_and_the_next_up_converges(at) -> None:
    engine = _engine()
    wanted = _project("1")
    engine.fail(EngineError("the answer was lost"), at=at, mutating=True, after=True)

    with pytest.raises(ApplyError, match="the answer was lost"):
        up(engine, wanted)
    up(engine, wanted)

    assert str(next_up(engine, wanted)) == ""
