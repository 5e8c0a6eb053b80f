"""What is asked of an engine once a wait has failed."""

from __future__ import annotations

import pytest
from projects import IMAGE, needs, next_up, project, service

from pycompose.app.diagnosis import diagnosis
from pycompose.apply import apply
from pycompose.engine.fake import Behaviour, FakeEngine
from pycompose.errors import ApplyError, EngineError


def failure(engine: FakeEngine) -> str:
    wanted = project(service("web", depends_on={"db": needs("service_healthy")}), service("db"))
    plan = next_up(engine, wanted)
    with pytest.raises(ApplyError) as failed:
        apply(plan, engine, lambda event: None, diagnose=diagnosis(engine, wanted, plan))
    return str(failed.value)


@pytest.fixture
def engine() -> FakeEngine:
    fake = FakeEngine()
    fake.add_image(IMAGE, healthcheck={"Test": ["CMD", "true"]})
    output = tuple((1, f"line {n}\n".encode()) for n in range(30))
    fake.behave("demo-db-1", Behaviour(health="unhealthy", output=output))
    return fake


def test_the_last_lines_of_the_output_are_told(engine) -> None:
    told = failure(engine)
    assert told.startswith("Service db: container demo-db-1 is unhealthy")
    assert "\n  service 'web' depends on it\n" in told
    assert "line 9\n" not in told
    assert told.endswith("\n".join(f"    line {n}" for n in range(10, 30)))


def test_an_output_that_nobody_keeps_is_done_without(engine) -> None:
    engine.fail(EngineError("this logging driver keeps nothing"), call="logs")
    assert failure(engine).endswith("it has printed nothing that can be read")
