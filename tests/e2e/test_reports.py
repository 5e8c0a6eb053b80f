"""Cases that users of Compose have reported, each named by its number in our list."""

from __future__ import annotations

import pytest

from pycompose import labels

pytestmark = pytest.mark.docker


def test_r1_an_env_file_recreates_once_when_it_changes(scene) -> None:
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


def test_r2_profiles_scale_and_the_place_of_env_files_recreate_nothing(scene) -> None:
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


def test_r4_anonymous_data_outlives_changes_of_the_image(scene) -> None:
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


def test_r12_a_variable_that_nobody_uses_stops_nothing(scene) -> None:
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
