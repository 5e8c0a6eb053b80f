"""Which images are pulled and built before containers are made."""

from __future__ import annotations

import json

import pytest
from projects import IMAGE, project, service, snapshot

from pycompose import labels
from pycompose.model.build import Build
from pycompose.model.limits import Ulimit
from pycompose.model.mounts import Mount
from pycompose.plan.images import INLINE, images
from pycompose.plan.ops import BuildImage
from pycompose.plan.plan import Plan
from pycompose.snapshot import Capabilities, ImageState

NONE = snapshot(images={})
HERE = snapshot()
BUILT = service("app", image="", build=Build(context="/src"))
BUILT_HERE = snapshot(images={"demo-app": ImageState(id="x")})


def kinds(plan: Plan) -> list[str]:
    return [f"{type(step).__name__} {step.image}: {step.why}" for step in plan.steps]


def build(**fields: object) -> BuildImage:
    step = images(project(service("app", image="", build=Build(**fields))), NONE).steps[0]
    assert isinstance(step, BuildImage)
    return step


def test_an_image_that_is_missing_is_pulled() -> None:
    assert kinds(images(project(service("web")), NONE)) == [f"PullImage {IMAGE}: not here"]


def test_an_image_that_is_here_is_not_pulled() -> None:
    assert images(project(service("web")), HERE).steps == ()


def test_an_image_of_several_services_is_pulled_once() -> None:
    two = project(service("a", image="redis"), service("b", image="docker.io/library/redis:latest"))

    assert len(images(two, NONE).steps) == 1


def test_an_image_for_several_platforms_is_pulled_for_each() -> None:
    two = project(service("a", platform="linux/arm64"), service("b"))

    assert len(images(two, NONE).steps) == 2


def test_the_image_of_a_service_scaled_to_nothing_is_not_needed() -> None:
    assert images(project(service("web", scale=0)), NONE).steps == ()


@pytest.mark.parametrize(
    ("policy", "absent", "there"),
    [("always", 1, 1), ("never", 0, 0), ("missing", 1, 0), ("if_not_present", 1, 0)],
)
def test_the_policy_says_when_to_pull(policy: str, absent: int, there: int) -> None:
    wanted = project(service("web", pull_policy=policy))

    assert len(images(wanted, NONE).steps) == absent
    assert len(images(wanted, HERE).steps) == there
    assert len(images(project(service("web")), HERE, pull=policy).steps) == there


def test_an_image_that_is_missing_is_built() -> None:
    assert kinds(images(project(BUILT), NONE)) == [
        "BuildImage demo-app: image demo-app is not here"
    ]


def test_an_image_is_built_again_only_on_request() -> None:
    asked = ["BuildImage demo-app: a build was asked for"]
    policy = service("app", image="", build=Build(context="/src"), pull_policy="build")

    assert images(project(BUILT), BUILT_HERE).steps == ()
    assert kinds(images(project(BUILT), BUILT_HERE, building="always")) == asked
    assert kinds(images(project(policy), BUILT_HERE)) == asked


def test_no_build_pulls_what_has_a_name() -> None:
    named = service("app", image="app:1", build=Build(context="/src"))

    assert kinds(images(project(named), NONE, building="never")) == ["PullImage app:1: not here"]
    assert images(project(BUILT), NONE, building="never").steps == ()


def test_a_build_says_all_the_engine_needs() -> None:
    step = build(
        context="/src",
        dockerfile="Other",
        args={"A": "1", "B": None},
        labels={"mine": "yes"},
        cache_from=("base",),
        no_cache=True,
        pull=True,
        network="host",
        target="test",
        tags=("app:test",),
        extra_hosts={"db": ("10.0.0.1",)},
        shm_size=64,
    )

    marks = json.loads(step.query["labels"])
    assert step.dockerfile == "Other"
    assert marks["mine"] == "yes"
    assert marks[labels.PROJECT] == "demo"
    assert {key: value for key, value in step.query.items() if key != "labels"} == {
        "t": ["app:test", "demo-app"],
        "dockerfile": "Other",
        "rm": "1",
        "buildargs": '{"A": "1"}',
        "cachefrom": '["base"]',
        "extrahosts": "db:10.0.0.1",
        "networkmode": "host",
        "nocache": "1",
        "pull": "1",
        "shmsize": "64",
        "target": "test",
    }


def test_an_inline_dockerfile_is_sent_under_a_name_of_its_own() -> None:
    step = build(context="/src", dockerfile_inline="FROM scratch")

    assert step.dockerfile == step.query["dockerfile"] == INLINE
    assert step.dockerfile_inline == "FROM scratch"


@pytest.mark.parametrize(
    ("platform", "platforms", "built_for"),
    [
        ("", (), None),
        ("", ("linux/arm64",), "linux/arm64"),
        ("", ("linux/arm64", "linux/amd64"), None),
        ("linux/amd64", ("linux/arm64", "linux/amd64"), "linux/amd64"),
    ],
)
def test_an_image_to_run_is_built_for_one_platform(platform, platforms, built_for) -> None:
    app = service("app", image="", platform=platform, build=Build(platforms=platforms))

    [step] = images(project(app), NONE).steps

    assert step.query.get("platform") == built_for


def test_limits_and_isolation_of_a_build_are_handed_on() -> None:
    step = build(
        ulimits={"nofile": Ulimit(soft=1, hard=2), "nproc": Ulimit(single=5)}, isolation="x"
    )

    assert json.loads(step.query["ulimits"]) == [
        {"Name": "nofile", "Soft": 1, "Hard": 2},
        {"Name": "nproc", "Soft": 5, "Hard": 5},
    ]
    assert step.query["isolation"] == "x"


def test_the_service_that_builds_a_shared_image_decides() -> None:
    shared = "shop/app:1"
    plain = service("a", image=shared)
    built = service("b", image=shared, build=Build(context="/shop"))
    seen = snapshot(images={shared: ImageState(id="x", tags=(shared,))})
    plan = images(project(plain, built), seen, building="always")
    assert [(type(step).__name__, step.service) for step in plan.steps] == [("BuildImage", "b")]


NAMED = service("app", image="made", build=Build(context="/src"))


def test_what_has_a_name_is_pulled_first_and_built_if_that_fails() -> None:
    plan = images(project(NAMED), NONE)
    assert [str(line).partition(" image")[0] for line in str(plan).splitlines()] == [
        "[] -> #1 PullImage",
        "[!1] -> #2 BuildImage",
    ]
    assert [step.best_effort for step in plan.steps] == [True, False]


@pytest.mark.parametrize(
    ("policy", "how", "absent", "there"),
    [
        ("missing", {}, "PullImage BuildImage", ""),
        ("always", {}, "PullImage BuildImage", "PullImage"),
        ("never", {}, "BuildImage", ""),
        ("build", {}, "BuildImage", "BuildImage"),
        ("missing", {"building": "always"}, "BuildImage", "BuildImage"),
        ("always", {"building": "always"}, "BuildImage", "BuildImage"),
        ("missing", {"building": "never"}, "PullImage", ""),
        ("build", {"pull": "always"}, "PullImage BuildImage", "PullImage"),
        ("always", {"pull": "never"}, "BuildImage", ""),
    ],
)
def test_the_policy_says_whether_to_pull_or_to_build(policy, how, absent, there) -> None:
    wanted = project(NAMED._replace(pull_policy=policy))
    held = snapshot(images={"made": ImageState(id="x")})

    def planned(seen) -> str:
        return " ".join(type(step).__name__ for step in images(wanted, seen, **how).steps)

    assert (planned(NONE), planned(held)) == (absent, there)


def test_a_pull_that_may_not_fail_is_one_that_nobody_could_make_up_for() -> None:
    [pull] = images(project(NAMED), NONE, building="never").steps
    assert not pull.best_effort
    held = snapshot(images={"made": ImageState(id="x")})
    [pull] = images(project(NAMED), held, pull="always").steps
    assert pull.best_effort


def test_images_that_are_mounted_are_pulled() -> None:
    mounts = (
        Mount(type="image", source="tools", target="/t"),
        Mount(type="image", source="db", target="/d"),
    )
    wanted = project(service("web", volumes=mounts), service("db"))
    new = HERE._replace(capabilities=Capabilities(api=(1, 48)))
    assert kinds(images(wanted, new)) == ["PullImage tools: not here"]
    assert images(wanted, new, pull="never").steps == ()


def test_proxies_are_arguments_that_the_file_goes_before() -> None:
    wanted = service("app", image="", build=Build(args={"HTTP_PROXY": "mine", "NO": None}))
    proxies = {"HTTP_PROXY": "p", "HTTPS_PROXY": "q"}
    [step] = images(project(wanted), NONE, proxies=proxies).steps
    assert isinstance(step, BuildImage)
    arguments = {"HTTP_PROXY": "mine", "HTTPS_PROXY": "q"}
    assert json.loads(step.query["buildargs"]) == arguments
