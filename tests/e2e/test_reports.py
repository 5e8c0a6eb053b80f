"""Cases that users of Compose have reported, each named by its number in our list."""

from __future__ import annotations

import contextlib

import docker.errors
import pytest
from registry import registry

from pycompose import labels

pytestmark = pytest.mark.docker


def test_r_01_an_env_file_recreates_once_when_it_changes(scene) -> None:
    scene.write(
        "services: {a: {image: IMAGE, command: sleep 1000, env_file: ./a.env, init: true}}\n"
    )
    scene.write("X=2\n", "a.env")
    scene.up()
    first = scene.ids()
    for words in ((), ("a",), ()):
        scene.up(*words)
        assert scene.ids() == first
    scene.write("X=3\n", "a.env")
    scene.up()
    second = scene.ids()
    assert second != first
    for words in ((), ("a",)):
        scene.up(*words)
        assert scene.ids() == second
    assert "X=3" in scene.container("a")["Config"]["Env"]


def test_r_02_profiles_scale_and_the_place_of_env_files_recreate_nothing(scene) -> None:
    file = (
        "services:\n  a:\n    image: IMAGE\n    command: sleep 1000\n    init: true\n"
        "    environment: {X: '${X}'}\n    profiles: [PROFILES]\n    deploy: {replicas: 1}\n"
    )
    for name in ("one.env", "two.env"):
        scene.write("X=1\n", name)
    scene.write(file.replace("PROFILES", "p"))
    scene.run("--profile", "p", "--env-file", "one.env", "up", "-d")
    first = scene.ids()["a-1"]
    scene.write(file.replace("PROFILES", "p, q"))
    scene.run("--profile", "q", "--env-file", "two.env", "up", "-d", "--scale", "a=2")
    assert scene.ids()["a-1"] == first
    printed = scene.run("--profile", "q", "--env-file", "two.env", "config", "--hash", "a").stdout
    hashes = {one["Config"]["Labels"][labels.CONFIG_HASH] for one in scene.containers().values()}
    assert hashes == {printed.split()[1]}


def test_r_04_anonymous_data_outlives_changes_of_the_image(scene) -> None:
    api = scene.client.api
    tag = scene.name.lower()
    made = api.create_container(scene.image, ["true"])
    try:
        for number in ("1", "2", "3"):
            api.commit(made["Id"], tag, number, message=f"image {number}")
        scene.write(
            f"services:\n  a:\n    image: {tag}:${{T}}\n    command: sleep 1000\n    init: true\n"
            "    volumes: [/data]\n"
        )
        scene.run("up", "-d", T="1")
        before = scene.ids()
        scene.shell("a", "touch /data/f")
        scene.run("up", "-d", T="1")
        assert scene.ids() == before
        for number in ("2", "3"):  # a second recreate lost the data once
            scene.run("up", "-d", T=number)
            assert scene.container("a")["Config"]["Image"] == f"{tag}:{number}"
            assert scene.shell("a", "ls /data") == "f\n"
        scene.run("up", "-d", "--renew-anon-volumes", T="3")
        assert scene.shell("a", "ls /data") == ""
    finally:
        scene.close()
        api.remove_container(made["Id"])
        for number in ("1", "2", "3"):
            api.remove_image(f"{tag}:{number}", force=True)


def test_r_05_a_pulled_image_recreates_once_a_new_one_is_here(scene) -> None:
    saved = b"".join(scene.client.images.get(scene.image).save())
    with registry() as remote:
        image = f"{remote.host}/{scene.name}/multi:tag"
        remote.push_image("tag", saved, "ROUND=1")
        scene.write(f"services: {{a: {{image: '{image}', command: sleep 1000, init: true}}}}\n")
        try:
            scene.up()
            first = scene.ids()
            scene.up()
            assert scene.ids() == first
            old = scene.container("a")["Image"]
            remote.push_image("tag", saved, "ROUND=2")
            scene.up()
            assert scene.ids() == first
            scene.up("--pull", "always")
            second = scene.ids()
            assert second != first
            assert "ROUND=2" in scene.container("a")["Config"]["Env"]
            for words in ((), ("--pull", "always")):
                scene.up(*words)
                assert scene.ids() == second
        finally:
            scene.close()
            for each in (image, old):
                with contextlib.suppress(docker.errors.APIError):
                    scene.client.api.remove_image(each, force=True)


def test_r_05_a_built_image_recreates_once_its_context_changes(scene) -> None:
    scene.write("FROM IMAGE\nCOPY file /file\n", "Dockerfile")
    scene.write("1", "file")
    scene.write(
        f"services:\n  a: {{build: ., image: '{scene.name}:1', command: sleep 1000, init: true}}\n"
    )
    try:
        scene.up("--build")
        first = scene.ids()
        for words in ((), ("--build",)):
            scene.up(*words)
            assert scene.ids() == first
        scene.write("2", "file")
        scene.up("--build")
        second = scene.ids()
        assert second != first
        assert scene.shell("a", "cat /file") == "2"
        scene.up("--build")
        assert scene.ids() == second
    finally:
        scene.close()
        scene.client.api.remove_image(f"{scene.name}:1", force=True)
        scene.client.images.prune({"label": f"{labels.PROJECT}={scene.name}"})


@pytest.mark.parametrize("needs", ["", "depends_on: [short]"])
@pytest.mark.parametrize(("manner", "code"), [("init: true", 143), ("stop_grace_period: 0s", 137)])
def test_r_10_a_container_that_was_stopped_did_not_succeed(scene, needs, manner, code) -> None:
    scene.write(f"""\
services:
  long:
    image: IMAGE
    command: sh -c 'sleep 1000; exit 1'
    {manner}
    {needs}
  short: {{image: IMAGE, command: "true"}}
""")
    scene.run("up", "--exit-code-from", "long", code=code)


def test_r_10_the_code_of_the_service_that_failed_is_passed_on(scene) -> None:
    scene.write("""\
services:
  long: {image: IMAGE, command: sleep 1000, init: true}
  fails: {image: IMAGE, command: sh -c 'exit 42', depends_on: [long]}
""")
    scene.run("up", "--abort-on-container-exit", code=42)


def test_r_11_an_override_adds_to_an_included_service(scene) -> None:
    scene.write("services: {pg: {image: IMAGE, command: sleep 1000, init: true}}\n", "pg.yaml")
    scene.write("include: [pg.yaml]\n")
    scene.write("services: {pg: {ports: ['127.0.0.1::5432']}}\n", "compose.override.yaml")
    scene.up()
    bindings = scene.container("pg")["HostConfig"]["PortBindings"]
    assert bindings == {"5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}


def test_r_11_dependencies_stay_beside_extends(scene) -> None:
    scene.write("""\
services:
  a: {image: IMAGE, command: sh -c 'sleep 1; touch /state/done', volumes: ["state:/state"]}
  b:
    extends: a
    command: sh -c 'ls /state/done && sleep 1000'
    init: true
    depends_on:
      a: {condition: service_completed_successfully}
volumes: {state: {}}
""")
    scene.up()
    assert scene.states() == {"a-1": "exited", "b-1": "running"}
    waits = scene.container("b")["Config"]["Labels"][labels.DEPENDS_ON]
    assert waits == "a:service_completed_successfully:false"


def test_r_11_an_env_file_is_looked_for_from_the_file_that_names_it(scene) -> None:
    scene.write("FROM=above\n", "e.env")
    scene.write("services: {s: {image: IMAGE, env_file: ../e.env}}\n", "sub/s.yaml")
    scene.write("""\
services:
  s:
    extends: {file: sub/s.yaml, service: s}
    command: sleep 1000
    init: true
""")
    scene.up()
    assert "FROM=above" in scene.container("s")["Config"]["Env"]


def test_r_11_an_override_extends_what_the_first_file_has_of_a_service(scene) -> None:
    scene.write("FROM=base\n", "e.env")
    scene.write("services: {base: {image: IMAGE, env_file: e.env}}\n")
    also = "services: {ext: {extends: base, command: sleep 1000, init: true}OTHER}\n"
    for number, other in enumerate(("", ", base: {environment: {ALSO: here}}")):
        scene.write(also.replace("OTHER", other), "compose.override.yaml")
        scene.up("ext")
        variables = scene.container("ext")["Config"]["Env"]
        assert "FROM=base" in variables
        assert ("ALSO=here" in variables) == bool(number)


def test_r_12_a_variable_that_nobody_uses_stops_nothing(scene) -> None:
    scene.write(
        "services:\n"
        "  a: {image: IMAGE, command: sleep 1000, init: true, environment: {P: '${P}'}}\n"
        "  b:\n    image: IMAGE\n    profiles: [x]\n    environment:\n"
        "      K: ${MUST:?set me}\n"
    )
    scene.write("P='a$b'\n", ".env")
    scene.up()
    assert "P=a$b" in scene.container("a")["Config"]["Env"]
    for words in (("ps",), ("logs",), ("stop",), ("start",)):
        # With a file named, it is read, and not only the labels of containers.
        assert "MUST" not in scene.run("-f", "compose.yaml", *words).stderr
    refused = scene.run("--profile", "x", "up", "-d", code=1).stderr
    assert refused.startswith("compose.yaml:7:10: services.b.environment.K: ")
    assert "set me" in refused
    assert "MUST" not in scene.run("-f", "compose.yaml", "down").stderr
    assert scene.nothing_left()


SHARED = """\
services:
  job:
    image: IMAGE
    command: sh -c 'trap "exit 7" USR1; echo ready; while :; do sleep 0.1; done'
    stop_grace_period: 0s
  off: {image: IMAGE, command: sleep 1000, init: true, profiles: [x]}
"""


def test_r_15_what_other_files_and_one_off_containers_are(scene) -> None:
    scene.write("services: {web: {image: IMAGE, command: sleep 1000, init: true}}\n", "a.yaml")
    scene.write(SHARED, "b.yaml")
    scene.run("-f", "a.yaml", "up", "-d")
    scene.run("-f", "b.yaml", "--profile", "x", "up", "-d", "off")
    before = scene.ids()
    scene.run("-f", "b.yaml", "run", "--rm", "-T", "--remove-orphans", "job", "true")
    assert scene.ids() == before
    scene.run("-f", "b.yaml", "up", "-d", "--remove-orphans", "job")
    scene.run("-f", "b.yaml", "stop", "job")
    assert {name: id for name, id in scene.ids().items() if name != "job-1"} == before

    up = scene.start("-f", "b.yaml", "up", "--abort-on-container-exit", "job")
    up.until(lambda: "ready" in up.stdout, "the output of job")
    # The end of a one-off container ends nothing: job is there to end with a code of its own.
    scene.run("-f", "b.yaml", "run", "--rm", "-T", "job", "true")
    scene.client.api.kill(scene.container("job")["Id"], "USR1")
    assert up.end() == 7

    scene.run("-f", "b.yaml", "run", "-d", "job")
    assert len(scene.ids()) == 4
    scene.run("-f", "b.yaml", "down")
    assert scene.ids() == before
    scene.run("-f", "b.yaml", "--profile", "x", "down")
    scene.run("-f", "a.yaml", "down")
    assert scene.nothing_left()
