"""Plans on a real engine: what they tell, and that what they tell is done, and nothing else."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.docker

WEB = """\
services:
  web:
    image: IMAGE
    command: sleep 1000
    init: true
    stop_grace_period: 0s
    environment:
      COLOUR: red
      DB_PASSWORD: hunter2
    ports: ["127.0.0.1::80"]
    volumes: ["data:/data"]
volumes:
  data:
"""


def test_a_plan_tells_old_and_new_values(scene) -> None:
    file = scene.write(WEB)
    scene.up()
    text = WEB.replace("red", "blue").replace("hunter2", "hunter3").replace("1000", "1001")
    scene.write(text.replace("data:/data", "data:/data:ro").replace(":80", ":81"))
    done = scene.run("plan", "--show-values", "--format", "json")
    [made] = [s for s in json.loads(done.stdout)["steps"] if s["op"] == "CreateContainer"]
    found = {c["path"]: (c["old"], c["new"], c["at"]) for c in made["changes"]}
    assert found == {
        "command": (["sleep", "1000"], ["sleep", "1001"], f"{file.name}:4:14"),
        "environment.COLOUR": ("red", "blue", f"{file.name}:8:15"),
        "environment.DB_PASSWORD": ("…", "…", f"{file.name}:9:20"),
        "ports[0]": ("127.0.0.1:80/tcp", "127.0.0.1:81/tcp", f"{file.name}:10:13"),
        "volumes[/data]": (
            f"{scene.name}_data:/data:rw", f"{scene.name}_data:/data:ro", f"{file.name}:11:15"
        ),
    }  # fmt: skip
    masked = scene.run("plan").stdout
    assert "environment.COLOUR: … -> …" in masked
    assert not any(word in masked for word in ("red", "blue", "hunter"))
