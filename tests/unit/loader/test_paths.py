"""Relative paths to absolute ones."""

from __future__ import annotations

import pytest
from unit.loader.nodes import attributes, node, service

from pycompose.loader.canonical import canonical
from pycompose.loader.paths import absolute, is_remote, resolve
from pycompose.loader.tree import plain


def read(text):
    return attributes(resolve(canonical(service(text)), "/p/q", "/home/u"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".", "/p/q"),
        ("..", "/p"),
        ("", "/p/q"),
        ("./x/../y/", "/p/q/y"),
        ("x//y", "/p/q/x/y"),
        (".env", "/p/q/.env"),
        ("/abs/../x", "/abs/../x"),
        ("~", "/home/u"),
        ("~/x", "/home/u/x"),
        ("~x", "/home/u/x"),
        (r"C:\x", r"/p/q/C:\x"),
    ],
)
def test_absolute(path, expected):
    assert absolute(path, "/p/q", "/home/u") == expected


def test_paths_of_windows_are_left_alone_where_they_may_stand():
    assert absolute(r"C:\x", "/p", "/h", portable=True) == r"C:\x"


def test_no_home_and_the_root():
    assert absolute("~/x", "/p", "") == "/p/~/x"
    assert absolute("x", "/", "") == "/x"


@pytest.mark.parametrize(
    "context",
    [
        "https://x/y",
        "git@x:y",
        "github.com/x/y",
        "git://x",
        "ssh://x",
        "service:x",
        "oci-layout://x",
    ],
)
def test_remote_contexts_are_kept(context):
    assert is_remote(context)
    assert read(f"build: '{context}'") == {"build": {"context": context}}


def test_contexts_and_env_files():
    assert read("build: {context: ./x, dockerfile: ../D}, env_file: [a.env, /b]") == {
        "build": {"context": "/p/q/x", "dockerfile": "../D"},
        "env_file": [{"path": "/p/q/a.env"}, {"path": "/b"}],
    }


def test_only_bind_mounts_have_paths():
    mounts = read(r"volumes: [./x:/d, vol:/e, '~/x:/f', 'C:\x:/g', {type: bind, target: /h}]")
    assert [mount.get("source") for mount in mounts["volumes"]] == [
        "/p/q/x",
        "vol",
        "/home/u/x",
        r"C:\x",
        None,
    ]


def test_files_and_devices_of_resources():
    document = resolve(
        node(r"""
secrets: {s: {file: ~/s}, t: {environment: X}, w: {file: 'C:\x'}, n: {file: }}
configs: {c: {file: ./c}}
volumes:
  a: {driver: local, driver_opts: {o: bind, device: ./x}}
  b: {driver_opts: {o: bind, device: ./x}}
  c: {driver: local, driver_opts: {o: 'rw,bind', device: ./x}}
  d: {driver: local, driver_opts: {o: bind, device: /x}}
  e:
"""),
        "/p",
        "/h",
    )
    found = plain(document)
    assert [secret.get("file") for secret in found["secrets"].values()] == [
        "/h/s",
        None,
        r"C:\x",
        None,
    ]
    assert found["configs"] == {"c": {"file": "/p/c"}}
    devices = [volume["driver_opts"]["device"] for volume in found["volumes"].values() if volume]
    assert devices == ["/p/x", "./x", "./x", "/x"]


def test_a_document_of_absolute_paths_is_returned_as_it_is():
    document = canonical(service("image: x, build: {context: /x}, env_file: [{path: /y}]"))
    assert resolve(document, "/p", "/h") is document
