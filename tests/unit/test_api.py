"""The Python interface: its names, and a project's life on an engine in memory."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

import pycompose

FILE = """\
name: shop
services:
  web:
    image: busybox:latest
    secrets: [token]
    volumes: [data:/data]
secrets: {token: {environment: TOKEN}}
volumes: {data: {}}
"""


@pytest.fixture
def engine():
    made = pycompose.FakeEngine()
    made.add_image("busybox:latest")
    return made


@pytest.fixture
def project(tmp_path):
    (tmp_path / "compose.yaml").write_text(FILE)
    return pycompose.load(directory=str(tmp_path), environment={"TOKEN": "s3cr3t"})


def test_the_public_names_are_these_and_all_are_there() -> None:
    assert {name for name in pycompose.__all__ if name.islower()} == {
        *("apply", "connect", "down", "load", "observe", "plan_down", "plan_up", "ps", "up"),
    }
    assert all(getattr(pycompose, name) for name in pycompose.__all__)
    assert set(pycompose.__all__) <= set(dir(pycompose))


def test_importing_it_imports_nothing_else() -> None:
    code = "import sys, pycompose; print([n for n in sys.modules if n.startswith('pycompose.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['pycompose.version']"


def test_a_plan_is_looked_at_and_carried_out(engine, project) -> None:
    plan = pycompose.plan_up(project, engine)
    assert [step.resource for step in plan.steps][-1] == "Container shop-web-1"
    assert pycompose.ps(project, engine) == ()
    events: list[pycompose.Event] = []
    report = pycompose.apply(plan, engine, events.append, project=project)
    assert len(report.done) == len(plan.steps)
    assert any(isinstance(event, pycompose.StepEvent) for event in events)
    (running,) = pycompose.ps(project, engine)
    assert (running.name, running.state) == ("shop-web-1", "running")
    assert engine.container(running.id).files == {"/run/secrets/token": b"s3cr3t"}
    assert pycompose.plan_up(project, engine).steps == ()


def test_a_project_goes_up_and_down(engine, project) -> None:
    pycompose.up(project, engine, wait=True)
    assert len(pycompose.ps(project, engine)) == 1
    pycompose.down(project, engine)
    assert pycompose.ps(project, engine, all=True) == ()
    assert [volume["Name"] for volume in engine.list_volumes()] == ["shop_data"]
    pycompose.down(project, engine, volumes=True)
    assert engine.list_volumes() == []


def test_what_is_wrong_is_raised(tmp_path) -> None:
    with pytest.raises(pycompose.NoComposeFile):
        pycompose.load(directory=str(tmp_path))
    with pytest.raises(pycompose.ComposeFileError, match="there is no such file"):
        pycompose.load("nowhere.yaml", directory=str(tmp_path))


@pytest.mark.parametrize("first", ["plan_up", "observe", "apply", "Report", "up"])
def test_a_function_has_its_name_whatever_was_asked_for_first(first) -> None:
    code = f"import pycompose as p; p.{first}; print(callable(p.apply), callable(p.observe))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"


def test_a_port_that_a_process_of_this_machine_holds_is_told(tmp_path, engine, free_port) -> None:
    text = "services: {{web: {{image: busybox, ports: ['127.0.0.1:{}:80']}}}}\n"
    (tmp_path / "compose.yaml").write_text(text.format(free_port))
    wanted = pycompose.load(directory=str(tmp_path), name="shop")
    with socket.socket() as holder, socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        server.listen()
        holder.bind(("127.0.0.1", free_port))
        holder.listen()
        assert pycompose.plan_up(wanted, engine).steps
        engine.socket = str(tmp_path / "socket")
        with pytest.raises(pycompose.ComposeFileError, match="is held by process"):
            pycompose.plan_up(wanted, engine)


def test_a_program_provides_a_service(engine, tmp_path, monkeypatch) -> None:
    program = tmp_path / "cloud"
    program.write_text(
        "#!/bin/sh\n[ $2 = metadata ] && exit 1\n"
        'echo $3 >> "$LOG"; echo \'{"type": "setenv", "message": "URL=u"}\'\n'
    )
    program.chmod(0o755)
    log = tmp_path / "log"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    (tmp_path / "compose.yaml").write_text(
        "name: shop\nservices:\n  db: {provider: {type: cloud}}\n"
        "  web: {image: 'busybox:latest', depends_on: [db]}\n"
    )
    shop = pycompose.load(directory=str(tmp_path), environment={"LOG": str(log)})
    pycompose.up(shop, engine)
    assert engine.container("shop-web-1").body["Env"] == ["DB_URL=u"]
    assert pycompose.plan_up(shop, engine).steps == ()
    pycompose.down(shop, engine)
    assert log.read_text().split() == ["up", "down"]
