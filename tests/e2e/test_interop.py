"""pycompose and Docker Compose manage one project in turn."""

from __future__ import annotations

import json
import time

import pytest

pytestmark = [pytest.mark.docker, pytest.mark.oracle]

PLAIN = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
"""
FILES = {
    "ports and environment": PLAIN
    + """\
    ports: ["127.0.0.1::80", "90"]
    environment:
      COLOUR: blue
      EMPTY: ""
      COUNT: 3
    env_file: web.env
""",
    "volumes": PLAIN
    + """\
    volumes:
      - data:/named
      - /anonymous
      - ./folder:/bound:ro
      - type: tmpfs
        target: /scratch
    tmpfs: /run
volumes:
  data: {}
""",
    "healthcheck, labels and dependencies": PLAIN
    + """\
    depends_on:
      db: {condition: service_healthy}
  db:
    image: IMAGE
    command: ["sh", "-c", "sleep 1000"]
    stop_grace_period: 0s
    labels:
      org.example.one: "1"
    healthcheck:
      test: [CMD, "true"]
      interval: 500ms
      timeout: 60s
""",
    "two replicas and command forms": PLAIN
    + """\
    scale: 2
    labels: ["org.example.two=2"]
  listed:
    image: IMAGE
    entrypoint: ["sh", "-c"]
    command: ["sleep 1000"]
    hostname: listed
    user: "0"
    working_dir: /tmp
    init: true
    restart: unless-stopped
    stop_grace_period: 0s
    networks: {front: {aliases: [other]}}
networks:
  front: {}
""",
}


@pytest.fixture(params=FILES)
def project(request, scene):
    scene.write("FROM_FILE=yes\n", "web.env")
    (scene.folder / "folder").mkdir()
    scene.write(FILES[request.param])
    return scene


def listed(text: str) -> set[tuple[str, str, str]]:
    rows = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return {(row["Name"], row["Service"], row["State"]) for row in rows}


def test_both_list_and_leave_alone_what_pycompose_started(project) -> None:
    project.up()
    before, since = project.ids(), time.time()
    theirs = listed(project.oracle("ps", "--format", "json").stdout)
    assert theirs == listed(project.run("ps", "--format", "json").stdout)
    assert {name.removeprefix(f"{project.name}-") for name, _, _ in theirs} == set(before)
    project.oracle("up", "-d")
    assert project.ids() == before
    assert project.changes(since) == []
    project.oracle("down", "--volumes")
    assert project.nothing_left()


def test_both_list_and_leave_alone_what_docker_compose_started(project) -> None:
    project.oracle("up", "-d")
    before, since = project.ids(), time.time()
    assert before
    ours = listed(project.run("ps", "--format", "json").stdout)
    assert ours == listed(project.oracle("ps", "--format", "json").stdout)
    project.run("plan", "--detailed-exitcode", code=0)
    project.up()
    assert project.ids() == before
    assert project.changes(since) == []
    project.run("down", "--volumes")
    assert project.nothing_left()
