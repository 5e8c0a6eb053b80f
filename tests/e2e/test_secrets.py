"""Secrets and configs on a real engine: from where they come, with which rights, and renewed."""

from __future__ import annotations

import pytest

from pycompose import labels

pytestmark = pytest.mark.docker

FILE = """\
services:
  web: &service
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    secrets:
      - token
      - {source: key, target: renamed, uid: "33", gid: "44", mode: 0400}
      - plain
    configs:
      - {source: conf, target: /etc/shop/conf, mode: 0640}
  sealed:
    <<: *service
    read_only: true
  other:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
secrets:
  token: {environment: TOKEN}
  key: {file: ./key}
  plain: {file: ./plain}
configs:
  conf: {content: "greeting = hello\\n"}
"""
LOOK = "stat -c '%n %u:%g %a' /run/secrets/* /etc/shop/conf; cat /run/secrets/token /etc/shop/conf"
TOKEN = "canary-5up3r-s3cr3t"
SEEN = f"""\
/run/secrets/plain 0:0 644
/run/secrets/renamed 33:44 400
/run/secrets/token 0:0 444
/etc/shop/conf 0:0 640
{TOKEN}greeting = hello
"""


def test_r_06_contents_come_with_their_rights_and_new_ones_make_a_new_container(scene) -> None:
    scene.write(FILE)
    refused = scene.run("up", "-d", code=1, TOKEN=TOKEN)
    assert f"secrets.key.file: there is no file '{scene.folder}/key'" in refused.stderr
    assert "secrets.plain.file: there is no file" in refused.stderr
    assert scene.nothing_left()

    for name in ("key", "plain"):
        scene.write(name, name).chmod(0o644)
    scene.run("up", "-d", TOKEN=TOKEN)
    assert scene.shell("web", LOOK) == SEEN
    assert scene.shell("sealed", LOOK) == SEEN

    before = scene.ids()
    scene.run("up", "-d", TOKEN=TOKEN)
    assert scene.ids() == before
    plan = scene.run("plan", TOKEN="another")
    assert "changed: the content of secrets.token (compose.yaml:20:" in plan.stdout
    everything = plan.stdout + scene.run("plan", "--format", "json", TOKEN="another").stdout
    assert TOKEN not in everything
    assert "another" not in everything
    for one in scene.containers().values():
        assert TOKEN not in str(one)  # nobody finds it by inspection

    scene.run("up", "-d", TOKEN="another")
    after = scene.ids()
    assert after["other-1"] == before["other-1"]
    assert after["web-1"] != before["web-1"]
    assert scene.shell("sealed", "cat /run/secrets/token") == "another"

    scene.run("down", TOKEN="another")
    api = scene.client.api
    left = api.volumes(filters={"label": f"{labels.GRANTS}={scene.name}"})["Volumes"]
    assert not left


def test_a_container_that_was_stopped_gets_what_is_current(scene) -> None:
    for name in ("key", "plain"):
        scene.write(name, name)
    scene.write(FILE)
    scene.run("up", "-d", "web", TOKEN="old")
    scene.run("stop", TOKEN="old")
    scene.run("up", "-d", "web", TOKEN="new")
    assert scene.shell("web", "cat /run/secrets/token") == "new"
