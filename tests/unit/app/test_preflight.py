"""What a look before the first step asks the engine, and what it finds."""

from __future__ import annotations

import socket

from projects import look as observe
from projects import next_up, project, service, up

from pycompose.app.preflight import look
from pycompose.engine.fake import FakeEngine
from pycompose.model.mounts import Mount
from pycompose.model.project import Project
from pycompose.model.service import Port


def calls(engine: FakeEngine) -> list[str]:
    return [call.method for call in engine.calls]


def found(engine: FakeEngine, wanted: Project) -> list[str]:
    plan, snapshot = next_up(engine, wanted), observe(engine, wanted)
    before = len(engine.calls)
    problems = look(engine, wanted, snapshot, plan)
    assert calls(engine)[before:] in ([], ["list_containers"])
    return [one.path for one in problems]


def test_a_plan_that_makes_nothing_asks_nothing(engine) -> None:
    wanted = project(service("web", ports=(Port(target=80, published="8080"),)))
    up(engine, wanted)
    plan, snapshot = next_up(engine, wanted), observe(engine, wanted)
    before = len(engine.calls)
    assert look(engine, wanted, snapshot, plan) == []
    assert engine.calls[before:] == []


def test_what_others_hold_is_found_by_one_list(engine) -> None:
    ports = (Port(target=80, published="8080"),)
    up(engine, project(service("front", ports=ports, container_name="front"), name="shop"))
    web = service("web", ports=ports)
    wanted = project(web, service("api", container_name="front"))
    assert found(engine, wanted) == ["services.api.container_name", "services.web.ports[0]"]


def test_this_machine_is_looked_at_where_the_engine_is_on_it(engine, tmp_path, free_port) -> None:
    missing = Mount(type="bind", source=str(tmp_path / "missing"), target="/x")
    ports = (Port(target=80, published=str(free_port)),)
    wanted = project(service("web", ports=ports, volumes=(missing,)))
    path = str(tmp_path / "socket")
    with socket.socket() as holder, socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        holder.bind(("127.0.0.1", free_port))
        holder.listen()
        assert found(engine, wanted) == []
        engine.socket = path
        here = ["services.web.volumes[0].source", "services.web.ports[0]"]
        assert found(engine, wanted) == here
