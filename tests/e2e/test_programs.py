"""Services that programs provide and models they run: with stand-ins of these programs."""

from __future__ import annotations

import json

import pytest

pytestmark = [pytest.mark.docker, pytest.mark.oracle]

PROVIDED = """\
services:
  database:
    provider: {type: mydb, options: {size: 256, tags: [a, b]}}
    depends_on: [base]
  web: &base
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    depends_on: [database]
  base: {<<: *base, depends_on: []}
"""
PROVIDER = """\
#!/bin/sh
echo "$*" >> log
[ "$2" = metadata ] && exit 1
echo '{"type": "info", "message": "at work"}'
echo '{"type": "setenv", "message": "URL=db://'$(cat url)'"}'
"""
MODELS = """\
models:
  llm: {model: ai/some, context_size: 1024, runtime_flags: ["--a", "b"]}
  big-one: {model: ai/big}
services:
  web:
    image: IMAGE
    command: sleep 1000
    stop_grace_period: 0s
    models: {llm: {endpoint_var: MY_URL}, big-one: }
"""
RUNNER = """\
#!/bin/sh
case "$1" in
docker-cli-plugin-metadata)
    echo '{"SchemaVersion": "0.1.0", "Vendor": "v", "Version": "1", "ShortDescription": "m"}'
    exit;;
status) echo '{"running": true, "endpoint": "http://models.internal/"}';;
ls) echo '[{"id": "sha256:1", "tags": ["ai/some"], "created": 1}]';;
pull) echo Downloaded;;
esac
echo "$*" >> log
"""
# What is asked may be asked in any order.
CALLS = {
    "ls --json",
    "status --json",
    "pull ai/big",
    "configure ai/big",
    "configure --context-size 1024 ai/some -- --a b",
}


def plugin(scene, name: str, text: str) -> str:
    """Make a plug-in of the docker command; return the folder of its configuration."""
    scene.write(text, f"client/cli-plugins/docker-{name}").chmod(0o755)
    return str(scene.folder / "client")


def calls(scene) -> list[str]:
    """Return what was asked of programs since the last time, but for what they can do."""
    about = ("compose metadata", "docker-cli-plugin-metadata")
    log = scene.folder / "log"
    found = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return [line for line in found if line not in about]


def variables(scene, service: str) -> dict[str, str]:
    given = scene.container(service)["Config"]["Env"]
    return dict(entry.split("=", 1) for entry in given)


def test_a_service_is_provided_by_a_program_for_either_tool(scene) -> None:
    scene.write(PROVIDED)
    scene.write("one", "url")
    env = {"DOCKER_CONFIG": plugin(scene, "mydb", PROVIDER)}
    files = ("-f", "compose.yaml")
    plan = scene.run(*files, "plan", **env).stdout
    assert "[] -> #1 CallProvider service database: up by 'mydb'" in plan
    assert calls(scene) == []
    done = scene.run(*files, "up", "-d", **env)
    assert "Service database at work" in done.stderr
    options = "--size=256 --tags=a --tags=b"
    assert calls(scene) == [f"compose --project-name={scene.name} up {options} database"]
    assert scene.names() == ["base-1", "web-1"]
    assert variables(scene, "web")["DATABASE_URL"] == "db://one"
    before = scene.ids()

    for command in (scene.oracle, scene.run):
        command(*files, "up", "-d", **env)
        assert scene.ids() == before
        [called] = calls(scene)
        assert " up " in called

    scene.write("two", "url")
    unchanged = scene.run(*files, "plan", **env)
    assert "RemoveContainer" not in unchanged.stdout
    assert "'web': a program that runs first sets some of its variables" in unchanged.stderr
    scene.run(*files, "up", "-d", **env)
    assert variables(scene, "web")["DATABASE_URL"] == "db://two"
    assert scene.ids()["base-1"] == before["base-1"]
    calls(scene)
    scene.run(*files, "--dry-run", "up", "-d", **env)
    assert calls(scene) == []

    scene.run(*files, "down", **env)
    assert calls(scene) == [f"compose --project-name={scene.name} down {options} database"]
    assert scene.nothing_left()


def test_a_program_that_fails_leaves_everything_as_it_is(scene) -> None:
    scene.write(PROVIDED)
    env = {"DOCKER_CONFIG": str(scene.folder)}
    done = scene.run("-f", "compose.yaml", "up", "-d", code=1, **env)
    assert "compose.yaml:3:22: services.database.provider.type: there is no plug-in" in done.stderr
    failing = PROVIDER.replace("echo '{", "echo no money >&2; exit 4; echo '{", 1)
    env = {"DOCKER_CONFIG": plugin(scene, "mydb", failing)}
    done = scene.run("up", "-d", code=1, **env)
    assert "Service database: " in done.stderr
    assert "docker-mydb ended with 4\n  no money\n" in done.stderr
    assert scene.nothing_left()


def test_a_saved_plan_provides_first(scene) -> None:
    scene.write(PROVIDED)
    scene.write("one", "url")
    env = {"DOCKER_CONFIG": plugin(scene, "mydb", PROVIDER)}
    scene.run("plan", "-o", "next.json", **env)
    scene.run("up", "-d", "--plan", "next.json", **env)
    assert variables(scene, "web")["DATABASE_URL"] == "db://one"
    assert len(calls(scene)) == 1


def test_models_are_brought_in_and_told_of_as_by_docker_compose(scene) -> None:
    scene.write(MODELS)
    done = scene.run("up", "-d", code=1, DOCKER_CONFIG=str(scene.folder))
    assert "compose.yaml:9:13: services.web.models: needs Docker Model Runner" in done.stderr
    env = {"DOCKER_CONFIG": plugin(scene, "model", RUNNER)}
    plan = json.loads(scene.run("plan", "--format", "json", **env).stdout)
    assert [step["op"] for step in plan["steps"]][:4] == ["PullModel", "ConfigureModel"] * 2
    assert calls(scene) == []
    scene.run("up", "-d", **env)
    asked = calls(scene)
    assert (len(asked), {*asked}) == (len(CALLS), CALLS)
    found = variables(scene, "web")
    assert {name: found[name] for name in found if "URL" in name or "MODEL" in name} == {
        "MY_URL": "http://models.internal/",
        "LLM_MODEL": "ai/some",
        "BIG_ONE_URL": "http://models.internal/",
        "BIG_ONE_MODEL": "ai/big",
    }
    before = scene.ids()
    scene.oracle("up", "-d", **env)
    theirs = calls(scene)
    assert (len(theirs), {*theirs}) == (len(CALLS), CALLS)
    scene.run("up", "-d", **env)
    assert scene.ids() == before
