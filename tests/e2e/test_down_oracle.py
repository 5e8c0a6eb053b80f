"""`down` and Docker Compose's: what is left of the same project, and the exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import docker
import pytest
from thorough import chosen

pytestmark = [pytest.mark.docker, pytest.mark.oracle]

WHOLE = """\
services:
  db:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    networks: [default, back]
    volumes: [data:/data, /anonymous]
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    scale: 2
    depends_on: [db]
    volumes: [shared:/shared, named:/named]
    networks: [default, outer]
  built:
    build: context
    command: sleep 1000
    stop_grace_period: 0s
    volumes: [kept:/kept]
  off:
    image: IMAGE
    profiles: [x]
    command: sleep 1000
    stop_grace_period: 0s
    depends_on: [db]
    volumes: [offdata:/off, /anonymous]
    networks: [offnet]
  alone:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    networks: [own]
    volumes: [own:/own]
networks:
  back: {}
  offnet: {}
  own: {}
  outer: {external: true, name: PROJECT-outer}
volumes:
  data: {}
  shared: {}
  offdata: {}
  own: {}
  named: {name: PROJECT-named}
  kept: {external: true, name: PROJECT-kept}
  unused: {}
"""
ORPHAN = """\
services:
  orphan:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    volumes: [orphaned:/orphaned, /anonymous]
    networks: [lost]
networks:
  lost: {}
volumes:
  orphaned: {}
"""
FILES = ("-f", "compose.yaml", "-f", "orphan.yaml", "--profile", "x")
FILE = ("-f", "compose.yaml")


class Left(NamedTuple):
    """What is left of a project."""

    code: int
    containers: dict[str, str]
    networks: list[str]
    volumes: list[str]
    anonymous: int
    images: list[str]


class World:
    """A project of everything, with what is outside of it."""

    def __init__(self, scene: Any) -> None:
        self.scene = scene
        self.api = scene.client.api
        self.outer = f"{scene.name}-outer"
        self.kept = f"{scene.name}-kept"
        self.named = f"{scene.name}-named"
        self.built = f"{scene.name}-built"
        self.tagged = f"{scene.name}-tagged:1"  # so that nobody else's image can go

    def set_up(self) -> None:
        scene = self.scene
        for name, text in (("compose.yaml", WHOLE), ("orphan.yaml", ORPHAN)):
            text = text.replace("PROJECT", scene.name).replace("IMAGE", self.tagged)
            scene.write(text, name)
        repository, _, tag = self.tagged.partition(":")
        self.api.tag(scene.image, repository, tag)
        self.api.create_network(self.outer)
        self.api.create_volume(self.kept)
        # As if it had been built: to build it takes longer than all the rest.
        self.api.tag(scene.image, self.built, "latest")
        scene.oracle(*FILES, "up", "-d")
        scene.volumes_seen()

    def left(self, code: int) -> Left:
        scene = self.scene
        names = {one["Name"] for one in self.api.networks()}
        volumes = {one["Name"] for one in self.api.volumes()["Volumes"] or ()}
        tags = {tag for image in self.api.images() for tag in image["RepoTags"] or ()}
        mine = (scene.name,)
        return Left(
            code,
            scene.states(),
            sorted(name.removeprefix(scene.name) for name in names if name.startswith(mine)),
            sorted(name.removeprefix(scene.name) for name in volumes if name.startswith(mine)),
            len(scene.seen & volumes),
            sorted(tag.removeprefix(scene.name) for tag in tags if tag.startswith(mine)),
        )

    def clear(self) -> None:
        scene = self.scene
        with contextlib.suppress(docker.errors.APIError):
            for row in self.api.containers(all=True, filters={"label": scene.label}):
                self.api.remove_container(row["Id"], force=True, v=True)
        for network in (*scene.networks(), self.outer):
            with contextlib.suppress(docker.errors.APIError):
                self.api.remove_network(network)
        for volume in (*scene.volumes(), *scene.seen, self.named, self.kept):
            with contextlib.suppress(docker.errors.APIError):
                self.api.remove_volume(volume)
        for image in (self.built, self.tagged):
            with contextlib.suppress(docker.errors.APIError):
                self.api.remove_image(image)
        scene.seen.clear()


@pytest.fixture
def world(scene) -> Iterator[World]:
    made = World(scene)
    try:
        yield made
    finally:
        made.clear()


CASES = {
    "all": (*FILE, "down"),
    "with the profile": (*FILE, "--profile", "x", "down"),
    "with all profiles": (*FILE, "--profile", "*", "down", "-v"),
    "volumes": (*FILE, "down", "--volumes"),
    "volumes and the profile": (*FILE, "--profile", "x", "down", "--volumes"),
    "orphans": (*FILE, "down", "--remove-orphans"),
    "orphans and volumes": (*FILE, "down", "--remove-orphans", "-v"),
    "local images": (*FILE, "down", "--rmi", "local"),
    "all images": (*FILE, "down", "--rmi", "all"),
    "all images of all": (*FILE, "--profile", "x", "down", "--rmi", "all", "--remove-orphans"),
    "timeout": (*FILE, "down", "-t", "0"),
    "a dependency": (*FILE, "down", "db"),
    "a dependency and volumes": (*FILE, "down", "-v", "db"),
    "a dependent": (*FILE, "down", "web"),
    "a dependent and volumes": (*FILE, "down", "-v", "web"),
    "one alone": (*FILE, "down", "alone"),
    "one alone and volumes": (*FILE, "down", "-v", "alone"),
    "one built": (*FILE, "down", "--rmi", "local", "built"),
    "all images of one": (*FILE, "down", "--rmi", "all", "built"),
    "images, not of this one": (*FILE, "down", "--rmi", "local", "alone"),
    "two": (*FILE, "down", "db", "web"),
    "one of a profile": (*FILE, "down", "off"),
    "one of a profile and volumes": (*FILE, "down", "-v", "off"),
    "one and orphans": (*FILE, "down", "--remove-orphans", "alone"),
    "one unknown": (*FILE, "down", "nothing"),
    "no file": ("down",),
    "no file, volumes": ("down", "-v"),
    "no file, orphans": ("down", "--remove-orphans"),
    "no file, local images": ("down", "--rmi", "local"),
    "no file, a dependency": ("down", "db"),
    "no file, all images": ("down", "--rmi", "all"),
    "no file, a dependency and volumes": ("down", "-v", "db"),
    "no file, a dependent": ("down", "web"),
    "no file, a dependent and volumes": ("down", "-v", "web"),
    "no file, one alone": ("down", "alone"),
    "no file, one unknown": ("down", "nothing"),
}


@pytest.mark.parametrize("case", [case for case in CASES if chosen("down", case)])
def test_the_same_is_left(world, case, tmp_path_factory) -> None:
    words = CASES[case]
    found = []
    for program in (world.scene.oracle, world.scene.run):
        world.set_up()
        folder = world.scene.folder
        if words[0] != "-f":
            world.scene.folder = tmp_path_factory.mktemp("empty")
        done = program(*words, code=None)
        world.scene.folder = folder
        found.append(world.left(done.returncode))
        print(done.stderr)
        world.clear()
    theirs, ours = found
    assert ours == theirs
