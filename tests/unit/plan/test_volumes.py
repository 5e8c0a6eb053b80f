"""What makes way for a backup, and comes back whatever becomes of it."""

from __future__ import annotations

import pytest
from projects import named_volume, project, service, snapshot

from pycompose import labels
from pycompose.convert import mover as bodies
from pycompose.errors import ComposeFileError
from pycompose.model.hooks import Hook
from pycompose.plan import ops
from pycompose.plan import volumes as plans
from pycompose.plan.down import Options as DownOptions
from pycompose.plan.down import down
from pycompose.plan.plan import Plan
from pycompose.plan.schedule import Schedule
from pycompose.plan.up import Options, up
from pycompose.snapshot import ContainerState, MountState, VolumeState

DB = service("db", volumes=(named_volume("data"),))
DEMO = project(DB)
MINE = {labels.PROJECT: "demo"}


def user(name: str, state: str = "running", *, read_only: bool = False) -> ContainerState:
    mount = MountState("volume", "demo_data", "", "/data", read_only)
    values = {"id": name, "name": f"demo-{name}-1", "service": name, "labels": MINE}
    return ContainerState(**values, state=state, mounts=(mount,))


def job(kind: type = ops.SaveVolume, **fields: object) -> plans.Job:
    body = bodies.reader("demo", "tar", "demo_data")
    given = {"path": "/x.tar", "manifest": {}, "compress": ""}
    given = given if kind is ops.SaveVolume else {"path": "/x.tar"}
    values = {"volume": "demo_data", "name": "demo-volume-data-1", "why": "to /x.tar"}
    return plans.Job(**values, body=body, kind=kind, fields=given, **fields)


def moved(kind: type = ops.SaveVolume, *resumes: plans.Resume, **fields: object) -> Plan:
    return plans.move(DEMO, [job(kind, **fields)], resumes, resumes)


def carried_out(plan: Plan, *failing: int) -> list[str]:
    """Return the steps that end well where others fail."""
    schedule = Schedule(plan.steps)
    ready = list(schedule.first())
    while ready:
        step = ready.pop(0)
        ready += schedule.ended(step.id, "lost" if step.id in failing else "well").ready
    return [type(plan.steps[id - 1]).__name__ for id in schedule.done]


def test_what_uses_a_volume_is_paused_once_it_is_written_down_and_goes_on_afterwards() -> None:
    assert str(moved(ops.SaveVolume, plans.resume(user("db"), "pause"))).splitlines() == [
        "[] -> #1 CreateContainer container demo-volume-data-1:"
        " it has volume demo_data for a moment",
        "[1] -> #2 Pause container demo-db-1: it uses the volume",
        "[1,2] -> #3 SaveVolume volume demo_data: to /x.tar",
        "[2,3] -> #4 Unpause container demo-db-1: it ran before",
        "[1,3,4] -> #5 RemoveContainer container demo-volume-data-1: it has done its work",
    ]


def test_all_runs_again_where_a_backup_fails() -> None:
    plan = moved(ops.SaveVolume, plans.resume(user("db"), "stop", safe=True))
    assert carried_out(plan, 3) == ["CreateContainer", "Stop", "Start", "RemoveContainer"]
    assert carried_out(plan, 1) == []
    assert carried_out(plan, 2) == ["CreateContainer"]  # who knows whether it has stopped


def test_nothing_starts_on_a_volume_that_was_not_filled_to_the_end() -> None:
    plan = moved(ops.FillVolume, plans.resume(user("db"), "stop"), create={"Name": "demo_data"})
    assert carried_out(plan, 4) == ["CreateVolume", "CreateContainer", "Stop"]
    assert carried_out(plan)[3:] == ["FillVolume", "Rename", "Start", "RemoveContainer"]


def test_what_was_paused_is_paused_again() -> None:
    plan = moved(ops.FillVolume, plans.resume(user("db", "paused"), "stop"))
    kinds = [type(step).__name__ for step in plan.steps]
    assert kinds[1:] == ["Stop", "FillVolume", "Rename", "Start", "Pause", "RemoveContainer"]


def test_hooks_run_around_a_stop() -> None:
    hooks = {name: (Hook(command=(name,)),) for name in ("post_start", "pre_stop")}
    wanted = project(service("db", volumes=(named_volume("data"),), **hooks))
    again = [plans.resume(user("db"), "stop")]
    plan = plans.move(wanted, [job()], again, again)
    kinds = [type(step).__name__ for step in plan.steps]
    assert kinds[1:4] == ["Exec", "Stop", "SaveVolume"]
    assert kinds[-3:] == ["Start", "Exec", "RemoveContainer"]


def test_readers_do_not_disturb_a_backup() -> None:
    there = (user("db"), user("web", read_only=True), user("old", "exited"))
    assert [c.name for c in plans.users(there, "demo_data")] == [c.name for c in there]
    assert plans.users(there, "demo_data", writing=True) == (there[0], there[2])
    assert plans.users(there, "demo_other") == ()
    assert plans.active(there) == there[:2]


def cut(fills: bool = False, **marks: str) -> ContainerState:
    """Return the container that a command which was cut off has left."""
    own = {labels.MOVER: "demo_data", labels.HOOK: bodies.MOVER, **MINE, **marks}
    own |= {labels.MOVER_FILLS: "demo_data"} if fills else {}
    mount = MountState("volume", "demo_data", "", bodies.VOLUME, False)
    return ContainerState(id="m", name="m", state="exited", labels=own, mounts=(mount,))


def test_what_a_killed_backup_halted_is_found_and_runs_again() -> None:
    there = (user("db", "paused"), user("web", "exited"), user("new", "running"))
    again = [plans.resume(there[0], "pause"), *(plans.resume(c, "stop") for c in there[1:])]
    mover = cut(**{labels.MOVER_RESUMES: ",".join([*plans.marks(again), "start:gone", "x"])})
    assert plans.left(mover, there) == (plans.Resume("unpause", there[0]), again[1])
    plan = plans.mend(DEMO, [mover], plans.left(mover, there), "cut off")
    kinds = [type(step).__name__ for step in plan.steps]
    assert kinds == ["Unpause", "Start", "RemoveContainer"]
    assert plans.users([mover], "demo_data") == ()


def test_up_does_not_start_on_a_volume_that_is_incomplete() -> None:
    volumes = (VolumeState(name="demo_data", labels={labels.PROJECT: "demo"}),)
    there = snapshot(volumes=volumes)
    done = cut(fills=True)._replace(name="m-done")
    for harmless in (cut(), done):
        assert up(DEMO, there._replace(hooks=(harmless,)), Options()).steps
    with pytest.raises(ComposeFileError, match="volume 'demo_data' is incomplete"):
        up(DEMO, there._replace(hooks=(cut(fills=True),)), Options())


def test_down_leaves_the_mark_as_long_as_the_volume() -> None:
    volumes = (VolumeState(name="demo_data", labels={labels.PROJECT: "demo"}),)
    there = snapshot(volumes=volumes)._replace(hooks=(cut(fills=True),))
    assert not down(DEMO, there, DownOptions()).steps
    kinds = [type(step).__name__ for step in down(DEMO, there, DownOptions(volumes=True)).steps]
    assert kinds == ["RemoveContainer", "RemoveVolume"]
    reading = there._replace(hooks=(cut(),))
    assert [type(s).__name__ for s in down(DEMO, reading, DownOptions()).steps] == [
        "RemoveContainer"
    ]


def test_a_container_that_moves_has_the_volume_and_nothing_else() -> None:
    body = bodies.reader("demo", "tar", "demo_data", ("start:x",))
    host = body["HostConfig"]
    assert (host["NetworkMode"], host["LogConfig"]) == ("none", {"Type": "none"})
    (mount,) = host["Mounts"]
    assert (mount["Source"], mount["ReadOnly"]) == ("demo_data", True)
    assert mount["VolumeOptions"] == {"NoCopy": True}
    assert body["Labels"][labels.MOVER_RESUMES] == "start:x"
    assert labels.MOVER_FILLS not in body["Labels"]
    filling = bodies.writer("demo", "tar", "demo_data")
    assert filling["Labels"][labels.MOVER_FILLS] == "demo_data"
    assert not filling["HostConfig"]["Mounts"][0]["ReadOnly"]
    copying = bodies.copier("demo", "tar", "demo_data", "demo_copy")
    assert [m["ReadOnly"] for m in copying["HostConfig"]["Mounts"]] == [True, False]
    assert copying["Labels"][labels.MOVER_FILLS] == "demo_copy"
