"""`up` on a real engine: what it changes, what it leaves alone, and what stays of the data."""

from __future__ import annotations

import json
import time

import pytest

pytestmark = pytest.mark.docker

TWO = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    environment:
      COLOUR: blue
  db:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    volumes:
      - data:/named
      - /anonymous
volumes:
  data: {}
"""


def test_a_second_up_changes_nothing(scene) -> None:
    scene.write(TWO)
    assert scene.run("plan", "--detailed-exitcode", code=2).stdout
    assert scene.nothing_left()
    scene.up()
    before = scene.ids()
    assert set(before) == {"web-1", "db-1"}
    since = time.time()
    scene.up()
    assert scene.changes(since) == []
    assert scene.ids() == before
    scene.run("plan", "--detailed-exitcode", code=0)
    scene.write(TWO.replace("sleep", "[sleep"))
    scene.run("plan", "--detailed-exitcode", code=1)


def test_a_changed_value_recreates_exactly_that_service_and_plan_names_it(scene) -> None:
    scene.write(TWO)
    scene.up()
    before = scene.ids()
    file = scene.write(TWO.replace("blue", "green"))
    since = time.time()
    plan = scene.run("plan", "--detailed-exitcode", code=2).stdout
    assert f"environment.COLOUR ({file.name}:7:" in plan
    steps = json.loads(scene.run("plan", "--format", "json").stdout)["steps"]
    assert {step["service"] for step in steps} == {"web"}
    assert scene.changes(since) == []
    scene.up()
    after = scene.ids()
    assert set(after) == set(before)
    assert after["db-1"] == before["db-1"]
    assert after["web-1"] != before["web-1"]
    assert "COLOUR=green" in scene.container("web")["Config"]["Env"]


def test_data_lives_as_long_as_its_volume(scene) -> None:
    outside = scene.make_volume(f"{scene.name}outside")
    text = TWO.replace("      - /anonymous\n", "      - /anonymous\n      - outside:/outside\n")
    text += f"  outside:\n    external: true\n    name: {outside}\n"
    scene.write(text)
    scene.up()
    scene.shell("db", "for d in named anonymous outside; do echo kept > /$d/marker; done")
    read = "cat /named/marker /anonymous/marker /outside/marker"
    scene.up("--force-recreate")
    assert scene.shell("db", read).split() == ["kept"] * 3
    scene.run("down")
    assert scene.names() == []
    assert scene.networks() == []
    assert scene.volumes() == [f"{scene.name}_data"]
    scene.up()
    assert scene.shell("db", "cat /named/marker /outside/marker").split() == ["kept"] * 2
    scene.run("down", "--volumes")
    assert scene.nothing_left()
    assert scene.volume_there(outside)


def test_anonymous_volumes_are_renewed_when_asked(scene) -> None:
    scene.write(TWO)
    scene.up()
    scene.shell("db", "echo kept > /anonymous/marker; echo kept > /named/marker")
    scene.up("-V")
    assert scene.shell("db", "ls /anonymous").split() == []
    assert scene.shell("db", "ls /named").split() == ["marker"]


def test_a_project_is_scaled_down_to_its_file(scene) -> None:
    text = TWO.replace("    environment:", "    scale: 3\n    environment:")
    scene.write(text)
    scene.up()
    assert scene.names() == ["db-1", "web-1", "web-2", "web-3"]
    before = scene.ids()
    scene.write(TWO)
    scene.up()
    after = scene.ids()
    assert set(after) == {"db-1", "web-1"}
    assert after == {name: before[name] for name in after}


def test_f_51_orphans_are_named_and_removed_only_with_the_flag(scene) -> None:
    scene.write(TWO)
    scene.up()
    text = TWO[: TWO.index("  db:")]
    scene.write(text)
    told = scene.up().stderr
    assert "orphan" in told
    assert f"{scene.name}-db-1" in told
    assert scene.names() == ["db-1", "web-1"]
    scene.up("--remove-orphans")
    assert scene.names() == ["web-1"]


def _moment(container: dict, key: str = "StartedAt") -> str:
    return container["State"][key]


def test_services_start_once_what_they_depend_on_is_ready(scene) -> None:
    scene.write("""\
services:
  app:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    depends_on:
      db: {condition: service_healthy}
      migrate: {condition: service_completed_successfully}
  migrate:
    image: IMAGE
    command: sh -c 'sleep 1; exit 0'
  db:
    image: IMAGE
    command: sh -c 'sleep 1; touch /ready; sleep 1000'
    stop_grace_period: 0s
    healthcheck:
      test: [CMD, test, -e, /ready]
      interval: 500ms
      retries: 200
""")
    scene.up()
    app, db, migrate = (scene.container(name) for name in ("app", "db", "migrate"))
    assert db["State"]["Health"]["Status"] == "healthy"
    first = next(one for one in db["State"]["Health"]["Log"] if one["ExitCode"] == 0)
    assert first["Start"][:19] <= _moment(app)[:19]
    assert _moment(migrate, "FinishedAt") <= _moment(app)


def test_f_36_what_depends_on_a_failed_service_is_not_started(scene) -> None:
    scene.write("""\
services:
  app:
    image: IMAGE
    command: sleep 1000
    depends_on:
      migrate: {condition: service_completed_successfully}
  migrate:
    image: IMAGE
    command: sh -c 'exit 3'
""")
    told = scene.up(code=1).stderr
    assert "migrate" in told
    assert scene.states() == {"app-1": "created", "migrate-1": "exited"}


def test_wait_ends_once_all_are_healthy_and_fails_where_one_is_not(scene) -> None:
    text = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    healthcheck:
      test: [CMD, test, -e, /bin/CHECKED]
      interval: 300ms
      retries: 3
"""
    scene.write(text.replace("CHECKED", "sh"))
    scene.run("up", "--wait")
    assert scene.container("web")["State"]["Health"]["Status"] == "healthy"
    scene.write(text.replace("CHECKED", "nosuch"))
    told = scene.run("up", "--wait", code=1).stderr
    assert f"{scene.name}-web-1" in told
    assert "unhealthy" in told


def test_wait_fails_where_a_container_ends(scene) -> None:
    scene.write("services:\n  web:\n    image: IMAGE\n    command: sh -c 'exit 4'\n")
    told = scene.run("up", "--wait", code=1).stderr
    assert f"{scene.name}-web-1" in told


def test_containers_are_created_without_being_started(scene) -> None:
    scene.write(TWO)
    scene.run("up", "--no-start")
    assert scene.states() == {"web-1": "created", "db-1": "created"}
    before = scene.ids()
    scene.up()
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    assert scene.ids() == before


def test_dependencies_are_left_out_when_asked(scene) -> None:
    scene.write(TWO.replace("    environment:", "    depends_on: [db]\n    environment:"))
    scene.up("--no-deps", "web")
    assert scene.names() == ["web-1"]
    scene.up("web")
    assert scene.names() == ["db-1", "web-1"]


def test_force_recreate_makes_every_container_anew(scene) -> None:
    scene.write(TWO)
    scene.up()
    before = scene.ids()
    scene.up("--force-recreate")
    after = scene.ids()
    assert set(after) == set(before)
    assert not set(after.values()) & set(before.values())
    assert set(scene.states().values()) == {"running"}


def test_r_07_a_dry_run_changes_nothing(scene) -> None:
    scene.write(TWO)
    since = time.time()
    told = scene.run("--dry-run", "up", "-d").stderr
    assert f"{scene.name}-web-1" in told
    assert scene.nothing_left()
    assert scene.changes(since) == []
    scene.up()
    before, since = scene.ids(), time.time()
    scene.run("up", "-d", "--dry-run", "--force-recreate")
    scene.run("down", "--dry-run", "--volumes")
    assert scene.changes(since) == []
    assert scene.ids() == before


def test_f_32_an_image_that_cannot_be_had_is_named(scene) -> None:
    image = "localhost:1/no-such/image:7"
    scene.write(f"services:\n  web:\n    image: {image}\n")
    told = scene.up(code=1).stderr
    assert image in told
    assert scene.names() == []


def test_f_31_a_taken_port_fails_and_the_next_run_converges(scene, free_port) -> None:
    made = scene.client.api.create_container(
        scene.image,
        ["sleep", "1000"],
        labels={"com.docker.compose.project": scene.name},  # swept with the rest
        ports=[80],
        host_config=scene.client.api.create_host_config(port_bindings={80: free_port}),
    )
    scene.client.api.start(made["Id"])
    ports = f'    ports: ["{free_port}:80"]\n    environment:'
    scene.write(TWO.replace("    environment:", ports))
    told = scene.up(code=1).stderr
    assert str(free_port) in told
    assert "services.web.ports[0]" in told
    assert [one["Id"] for one in scene.containers().values()] == [made["Id"]]
    scene.client.api.remove_container(made["Id"], force=True)
    scene.up()
    assert scene.states() == {"web-1": "running", "db-1": "running"}
    since = time.time()
    scene.up()
    assert scene.changes(since) == []
