"""DOCKER_DEFAULT_PLATFORM: whom it reaches, and how."""

from __future__ import annotations

from dataclasses import replace

import pytest
from projects import IMAGE, project, service, snapshot

from pycompose.convert.hashing import container_hash
from pycompose.errors import ComposeFileError
from pycompose.model.build import Build
from pycompose.plan.images import images
from pycompose.plan.ops import BuildImage, CreateContainer, PullImage
from pycompose.plan.platforms import built_for
from pycompose.plan.up import Options, up

ASKED = "linux/arm64"
PROJECT = replace(
    project(
        service("built", image="", build=Build(context="/shop")),
        service("own", platform="linux/amd64", image="", build=Build(context="/shop")),
        service("pulled"),
    ),
    environment={"DOCKER_DEFAULT_PLATFORM": ASKED},
)


def test_it_is_a_part_of_built_services_that_have_none() -> None:
    platforms = {name: it.platform for name, it in built_for(PROJECT).services.items()}
    assert platforms == {"built": ASKED, "own": "linux/amd64", "pulled": ""}
    assert built_for(replace(PROJECT, environment={})).services == PROJECT.services


def test_it_counts_into_the_hashes_of_built_services_only() -> None:
    hashes = {
        step.service: step.body["Labels"]
        for step in up(PROJECT, snapshot(), Options()).steps
        if isinstance(step, CreateContainer)
    }
    for name, wanted in PROJECT.services.items():
        same = hashes[name]["com.docker.compose.config-hash"] == container_hash(wanted)
        assert same is (name != "built")


def test_containers_are_made_and_images_pulled_and_built_for_it() -> None:
    created = {
        step.service: step.platform
        for step in up(PROJECT, snapshot(), Options()).steps
        if isinstance(step, CreateContainer)
    }
    assert created == {"built": ASKED, "own": "linux/amd64", "pulled": ASKED}
    steps = images(PROJECT, snapshot(images={})).steps
    assert {s.query["platform"] for s in steps if isinstance(s, BuildImage)} == {
        ASKED,
        "linux/amd64",
    }
    [pull] = [step for step in steps if isinstance(step, PullImage)]
    assert (pull.image, pull.platform) == (IMAGE, ASKED)


def test_what_is_not_built_for_it_is_refused_at_its_place() -> None:
    build = Build(context="/shop", platforms=("linux/amd64",))
    wanted = replace(PROJECT, services={"web": service("web", build=build)})
    with pytest.raises(ComposeFileError) as caught:
        built_for(wanted)
    [problem] = caught.value.problems
    assert problem.path == "services.web.build.platforms"
    assert ASKED in problem.message
