"""Which local images do: those of the platform that is asked for, and not too old."""

from __future__ import annotations

import pytest
from projects import IMAGE, project, service, snapshot

from pycompose.plan.freshness import outdated, to_look_at, unfit
from pycompose.plan.images import images
from pycompose.snapshot import ImageState

NOW = 1_800_000_000.0
HOUR = 3600.0


def aged(hours: float) -> ImageState:
    return ImageState(id="x", tagged=NOW - hours * HOUR)


def of(platform: str):
    return snapshot(images={IMAGE: ImageState(id="x", platform=platform)})


@pytest.mark.parametrize(
    ("policy", "good", "bad"),
    [
        ("daily", 23.9, 24.1),
        ("weekly", 167.9, 168.1),
        ("every_90m", 1.4, 1.6),
        ("every_1d12h", 35.9, 36.1),
        ("every_1w", 167, 169),
        ("always", None, 0),
        ("missing", 1e4, None),
        ("refresh", 1e4, None),
        ("", 1e4, None),
    ],
)
def test_an_image_is_good_for_as_long_as_the_policy_says(policy, good, bad) -> None:
    if good is not None:
        assert outdated(policy, aged(good), NOW) == ""
    if bad is not None:
        assert outdated(policy, aged(bad), NOW).startswith(f"pull policy {policy}")


@pytest.mark.parametrize(
    ("asked", "there", "fits"),
    [
        ("linux/amd64", "linux/amd64", True),
        ("linux/arm64", "linux/amd64", False),
        ("amd64", "linux/amd64", True),
        ("x86_64", "linux/amd64", True),
        ("linux", "linux/amd64", True),
        ("linux", "linux/arm64", False),
        ("linux/aarch64", "linux/arm64/v8", True),
        ("linux/arm64/8", "linux/arm64", True),
        ("linux/arm", "linux/arm/v7", True),
        ("linux/arm/v6", "linux/arm/v7", False),
        ("linux/armhf", "linux/arm/v7", True),
        ("windows/amd64", "linux/amd64", False),
        ("linux/amd64/v3", "linux/amd64", False),
        ("linux/arm64", "", True),
    ],
)
def test_platforms_fit_whatever_they_are_called(asked, there, fits) -> None:
    seen = of(there)._replace(capabilities=of("").capabilities._replace(arch="amd64"))
    assert (unfit(seen, IMAGE, asked) == "") is fits


def test_an_image_of_another_platform_is_pulled_for_this_one() -> None:
    wanted = project(service("a", platform="linux/arm64"))

    (step,) = images(wanted, of("linux/amd64")).steps
    assert step.why == "what is here is for linux/amd64, not for linux/arm64"
    assert step.platform == "linux/arm64"
    assert images(wanted, of("linux/arm64/v8")).steps == ()


def test_an_image_that_is_too_old_is_pulled() -> None:
    daily = project(service("a", pull_policy="daily"))
    seen = snapshot(images={IMAGE: aged(30)})

    (step,) = images(daily, seen, now=NOW).steps
    assert (step.why, step.cause) == ("pull policy daily, and it came before that", "asked")
    assert images(daily, seen, now=NOW, pull="missing").steps == ()


def test_only_what_the_answer_depends_on_is_looked_at() -> None:
    seen = snapshot(images={"a": aged(1), "b": aged(1), "c": aged(1)})
    found = project(
        service("a", image="a", pull_policy="daily"),
        service("b", image="b", platform="linux/amd64"),
        service("c", image="c", pull_policy="missing"),
        service("d", image="d", pull_policy="daily"),
    )
    assert to_look_at(found, seen, "") == ("a", "b")
    assert to_look_at(found, seen, "missing") == ("b",)
