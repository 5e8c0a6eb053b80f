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


def test_a_saved_plan_is_carried_out_as_it_is(scene) -> None:
    scene.write(WEB)
    done = scene.run("plan", "--scale", "web=2", "-o", "next.json")
    file = scene.folder / "next.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "hunter2" not in file.read_text()
    assert "CreateContainer" in done.stdout
    assert scene.nothing_left()
    scene.up("--plan", "next.json")
    assert scene.states() == {"web-1": "running", "web-2": "running"}
    assert scene.run("plan", "--scale", "web=2").stdout == "nothing to do\n"
    refused = scene.up("--plan", "next.json", code=1).stderr
    assert f"container {scene.name}-web-1 is new" in refused


def test_a_saved_plan_is_refused_after_somebody_stopped_a_container(scene) -> None:
    scene.write(WEB)
    scene.up()
    scene.write(WEB.replace("red", "blue"))
    scene.run("plan", "-o", "next.json")
    before = scene.ids()
    scene.client.api.stop(before["web-1"], timeout=0)
    done = scene.up("--plan", "next.json", code=1)
    assert "next.json: the plan is out of date, nothing was changed:" in done.stderr
    assert f"container {scene.name}-web-1 was running, is exited now" in done.stderr
    assert scene.ids() == before
    assert scene.states() == {"web-1": "exited"}


def test_a_saved_plan_is_refused_after_the_file_has_changed(scene) -> None:
    scene.write(WEB)
    scene.run("plan", "-o", "next.json")
    scene.write(WEB.replace("hunter2", "hunter3"))
    assert "services.web has changed" in scene.up("--plan", "next.json", code=1).stderr
    assert scene.nothing_left()


def test_flags_that_shape_a_plan_cannot_be_given_with_a_saved_one(scene) -> None:
    scene.write(WEB)
    scene.run("plan", "-o", "next.json")
    done = scene.up("--plan", "next.json", "--force-recreate", code=1)
    assert done.stderr == (
        "--plan cannot be combined with --force-recreate: the plan says it already\n"
    )
    assert scene.up("--plan", "no.json", code=1).stderr == (
        "no.json: cannot be read: No such file or directory\n"
    )


def test_a_changed_volume_is_destroyed_only_at_the_word(scene) -> None:
    scene.write(WEB)
    scene.up()
    scene.shell("web", "echo kept > /data/mark")
    scene.write(WEB.replace("  data:\n", "  data: {labels: {a: b}}\n"))
    assert "--recreate-volumes makes it anew" in scene.run("plan").stderr
    assert "--recreate-volumes makes it anew" in scene.up("--yes").stderr
    assert scene.shell("web", "cat /data/mark") == "kept\n"
    told = scene.run("plan", "--recreate-volumes").stdout
    assert f"(destroys volume {scene.name}_data)" in told
    scene.up("--recreate-volumes")
    assert scene.shell("web", "ls /data") == ""
    assert scene.states() == {"web-1": "running"}
    assert scene.run("plan", "--recreate-volumes").stdout == "nothing to do\n"


def test_a_plan_tells_what_changes_in_a_container_of_docker_compose(scene) -> None:
    scene.write(WEB)
    scene.oracle("up", "-d")
    assert scene.run("plan").stdout == "nothing to do\n"
    scene.write(WEB.replace("red", "blue"))
    told = scene.run("plan", "--show-values").stdout
    assert [line for line in told.splitlines() if line.startswith("      ")] == [
        "      ~ environment.COLOUR: red -> blue (compose.yaml:8:15)"
    ]
