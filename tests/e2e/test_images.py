"""Images that are pulled or built, and proxies, beside Docker Compose."""

from __future__ import annotations

import contextlib
import json

import docker.errors
import pytest

pytestmark = [pytest.mark.docker, pytest.mark.oracle]

# Nobody has this registry, so that every pull fails.
FILE = """\
services:
  web:
    image: nobody.invalid/NAME
    build: {context: ., args: {HTTP_PROXY: given}}
    command: sleep 1000
    stop_grace_period: 0s
    environment: {http_proxy: mine, NO_PROXY: }
"""
PROXIES = {
    "default": {"httpProxy": "http://one", "httpsProxy": "http://two", "noProxy": "a"},
    "tcp://nobody.invalid:1": {"httpProxy": "http://three"},
}


@pytest.fixture
def built(scene):
    """A file whose image can be built, the client's configuration, and the image's end."""
    scene.write(FILE.replace("NAME", scene.name))
    scene.write("FROM IMAGE\nRUN env > /env\n", "Dockerfile")
    scene.write("*\n!Dockerfile\n", ".dockerignore")
    scene.write(json.dumps({"proxies": PROXIES}), "client/config.json")
    yield {"DOCKER_CONFIG": str(scene.folder / "client"), "DOCKER_BUILDKIT": "0"}
    with contextlib.suppress(docker.errors.APIError):
        scene.client.api.remove_image(f"nobody.invalid/{scene.name}", force=True)


def variables(scene) -> list[str]:
    mine = ("HTTP", "http", "NO_", "no_")
    return sorted(v for v in scene.container("web")["Config"]["Env"] if v.startswith(mine))


def arguments(scene) -> list[str]:
    lines = scene.shell("web", "cat /env").splitlines()
    return sorted(line for line in lines if "PROXY" in line.upper())


def test_what_has_a_name_and_a_build_is_pulled_first_by_either_tool(scene, built) -> None:
    told = {}
    for who in (scene.oracle, scene.run):
        done = who("up", "-d", **built)
        assert "nobody.invalid/v2" in done.stderr
        told[who] = (variables(scene), arguments(scene))
        before = scene.ids()
        for again in (scene.run, scene.oracle):
            assert "Pulling" not in again("up", "-d", **built).stderr
            assert scene.ids() == before
        scene.run("down", "--rmi", "all", **built)
    ours, theirs = told.values()
    assert ours == theirs
    assert ours == (
        [
            *("HTTPS_PROXY=http://two", "HTTP_PROXY=http://one", "NO_PROXY"),
            *("http_proxy=mine", "https_proxy=http://two", "no_proxy=a"),
        ],
        ["HTTPS_PROXY=http://two", "HTTP_PROXY=given", "NO_PROXY=a"],
    )


def test_an_image_that_cannot_come_is_an_error_where_it_may_not_be_built(scene, built) -> None:
    done = scene.run("up", "-d", "--no-build", code=1, **built)
    assert f"Image nobody.invalid/{scene.name}: cannot pull image" in done.stderr
    assert scene.nothing_left()
