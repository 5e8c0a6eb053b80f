"""What runs before a service starts, in containers of its own."""

from __future__ import annotations

import pytest
from projects import needs, network, project, service, snapshot, state

from pycompose import labels
from pycompose.errors import ComposeFileError
from pycompose.model.hooks import Hook
from pycompose.plan.down import Options as DownOptions
from pycompose.plan.down import down
from pycompose.plan.images import images
from pycompose.plan.lifecycle import start, stop
from pycompose.plan.ops import CreateContainer, PullImage, RunHook
from pycompose.plan.plan import Plan
from pycompose.plan.up import Options, up
from pycompose.snapshot import ContainerState, Snapshot

HOOKS = (Hook(command=("migrate",)), Hook(command=("seed",), image="tools"))
WEB = service("web", pre_start=HOOKS, scale=2)
ALONE = project(WEB)


def there(*containers: ContainerState, hooks: tuple[ContainerState, ...] = ()) -> Snapshot:
    return snapshot(*containers, networks=(network(),))._replace(hooks=hooks)


def left(index: int, **fields: object) -> ContainerState:
    """Return the container of a hook that an earlier attempt has left."""
    marks = {labels.PROJECT: "demo", labels.SERVICE: "web", labels.HOOK: "pre_start"}
    name = f"demo-web-pre_start-{index}"
    values = {"id": f"hook{index}", "state": "exited", "service": "web", "labels": marks}
    return ContainerState(**{"name": name, **values, **fields})  # type: ignore[arg-type]


def lines(plan: Plan) -> list[str]:
    """Return the steps without their reasons and the project's name."""
    found = []
    for step in plan.steps:
        name = step.resource.rpartition(" ")[2].removeprefix("demo-")
        found.append(f"[{','.join(map(str, step.after))}] #{step.id} {type(step).__name__} {name}")
    return found


def kinds(plan: Plan) -> list[str]:
    return [line.split(maxsplit=2)[2] for line in lines(plan)]


def test_each_hook_ends_before_the_next_and_all_before_any_start() -> None:
    assert lines(up(ALONE, there(), Options())) == [
        "[] #1 CreateContainer web-1",
        "[1] #2 CreateContainer web-pre_start-0",
        "[2] #3 RunHook web-pre_start-0",
        "[3] #4 RemoveContainer web-pre_start-0",
        "[4] #5 CreateContainer web-pre_start-1",
        "[5] #6 RunHook web-pre_start-1",
        "[6] #7 RemoveContainer web-pre_start-1",
        "[1,7] #8 Start web-1",
        "[] #9 CreateContainer web-2",
        "[7,9] #10 Start web-2",
    ]


def test_hooks_wait_for_what_their_service_depends_on() -> None:
    db = service("db")
    wanted = project(db, service("web", pre_start=HOOKS[:1], depends_on={"db": needs()}))
    assert lines(up(wanted, there(), Options()))[:4] == [
        "[] #1 CreateContainer db-1",
        "[1] #2 Start db-1",
        "[] #3 CreateContainer web-1",
        "[2,3] #4 CreateContainer web-pre_start-0",
    ]


def test_a_hook_has_the_volumes_of_the_first_container_and_says_where_it_is_written() -> None:
    plan = up(ALONE, there(), Options())
    create = next(s for s in plan.steps if isinstance(s, CreateContainer) and s.id == 2)
    assert create.body["HostConfig"]["VolumesFrom"] == ["join:0"]
    assert [ref.op for ref in create.joins] == [1]  # type: ignore[union-attr]
    assert create.hashed is None
    run = next(step for step in plan.steps if isinstance(step, RunHook))
    assert (run.name, run.place) == ("web", "demo:1:1")


@pytest.mark.parametrize(
    "containers",
    [
        (state(WEB), state(WEB, 2, state="exited")),
        (state(WEB, state="paused"), state(WEB, 2, state="exited")),
        (state(WEB),),
    ],
)
def test_a_service_that_runs_is_not_prepared(containers) -> None:
    assert "RunHook" not in str(kinds(up(ALONE, there(*containers), Options())))


def test_a_service_that_does_not_run_is_prepared_with_what_is_there() -> None:
    stopped = there(state(WEB, state="exited"), state(WEB, 2, state="exited"))
    plan = up(ALONE, stopped, Options())
    assert kinds(plan)[:2] == ["CreateContainer web-pre_start-0", "RunHook web-pre_start-0"]
    create = plan.steps[0]
    assert isinstance(create, CreateContainer)
    assert create.body["HostConfig"]["VolumesFrom"] == [stopped.containers[0].id]
    assert create.joins == ()
    assert kinds(start(ALONE, stopped, ())) == kinds(plan)
    assert "RunHook" not in str(kinds(start(ALONE, there(state(WEB)), ())))


def test_a_recreated_service_is_prepared() -> None:
    plan = up(project(WEB._replace(scale=1)), there(state(WEB)), Options(policy="force"))
    assert kinds(plan)[:5] == [
        "CreateContainer web-1",
        "Stop web-1",
        "RemoveContainer web-1",
        "Rename web-1",
        "CreateContainer web-pre_start-0",
    ]


def test_nothing_runs_where_nothing_starts() -> None:
    assert "RunHook" not in str(kinds(up(ALONE, there(), Options(start=False))))
    assert "RunHook" not in str(kinds(up(project(WEB._replace(scale=0)), there(), Options())))


def test_what_an_earlier_attempt_has_left_goes_first() -> None:
    plan = up(project(WEB._replace(scale=1)), there(hooks=(left(0),)), Options())
    assert lines(plan)[:3] == [
        "[] #1 CreateContainer web-1",
        "[1] #2 RemoveContainer web-pre_start-0",
        "[1,2] #3 CreateContainer web-pre_start-0",
    ]


def test_down_takes_them_along_and_stop_stops_them() -> None:
    seen = there(state(WEB), hooks=(left(0), left(1, state="running")))
    going = down(ALONE, seen, DownOptions())
    assert [k for k in kinds(going) if "pre_start" in k] == [
        "RemoveContainer web-pre_start-0",
        "RemoveContainer web-pre_start-1",
    ]
    one = down(ALONE, seen, DownOptions(services=frozenset({"db"})))
    assert "pre_start" not in str(kinds(one))
    assert kinds(stop(ALONE, seen, ())) == ["Stop web-1", "Stop web-pre_start-1"]


def test_images_of_hooks_are_brought_in() -> None:
    def pulled(wanted, **how) -> list[str]:
        found = images(wanted, snapshot(), **how).steps
        return [step.image for step in found if isinstance(step, PullImage)]

    assert pulled(ALONE) == ["tools"]
    assert pulled(ALONE, pull="never") == []
    assert pulled(project(WEB._replace(scale=0))) == []
    assert pulled(project(WEB, service("tool", image="tools"))) == ["tools"]


def test_hooks_of_each_replica_are_refused() -> None:
    wanted = project(service("web", pre_start=(Hook(), Hook(per_replica=True))))
    with pytest.raises(ComposeFileError, match=r"web\.pre_start\[1\]\.per_replica: 'pre_start' "):
        up(wanted, snapshot(), Options())
