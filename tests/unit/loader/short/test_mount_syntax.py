"""`volumes` of a service, as Docker Compose 2.40.3 reads them."""

from __future__ import annotations

import pytest
from unit.loader.nodes import node, refusal

from pycompose.loader.short.mounts import is_windows_path, mount, mount_key
from pycompose.loader.tree import plain

BIND = {"create_host_path": True}


def read(text):
    return plain(mount(node(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/y", {"type": "volume", "target": "/y"}),
        ("/yy", {"type": "volume", "target": "/yy", "volume": {}}),
        ("vol:/d", {"type": "volume", "source": "vol", "target": "/d", "volume": {}}),
        ("./x:/d", {"type": "bind", "source": "./x", "target": "/d", "bind": BIND}),
        ("~:/d", {"type": "bind", "source": "~", "target": "/d", "bind": BIND}),
        ("/:/h", {"type": "bind", "source": "/", "target": "/h", "bind": BIND}),
        ("./x:d", {"type": "bind", "source": "./x", "target": "d", "bind": BIND}),
        (r"C:\x:/d", {"type": "bind", "source": r"C:\x", "target": "/d", "bind": BIND}),
        (r"C:\x:D:\y", {"type": "bind", "source": r"C:\x", "target": r"D:\y", "bind": BIND}),
        (r"vol:C:\x", {"type": "volume", "source": "vol", "target": r"C:\x", "volume": {}}),
        (r"C:\x", {"type": "volume", "target": r"C:\x", "volume": {}}),
        ("n:/n", {"type": "volume", "target": "n:/n", "volume": {}}),
        ("vol:b", {"type": "volume", "source": "vol", "target": "b", "volume": {}}),
        (r"\\.\pipe\x:/d", {"type": "bind", "source": r"\\.\pipe\x", "target": "/d", "bind": BIND}),
        ("${A:-x}:/d", {"type": "volume", "source": "${A:-x}", "target": "/d", "volume": {}}),
    ],
)
def test_short_syntax(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("ro", {"read_only": True}),
        ("rw", {"read_only": False}),
        ("ro,rw", {"read_only": False}),
        ("nocopy", {"volume": {"nocopy": True}}),
        ("z", {"bind": {"selinux": "z"}}),
        ("ro,Z,rslave", {"read_only": True, "bind": {"selinux": "Z", "propagation": "rslave"}}),
        ("cached,volume-nocopy", {}),
    ],
)
def test_options(options, expected):
    given = {"type": "volume", "source": "vol", "target": "/d", "volume": {}}
    assert read(f"vol:/d:{options}") == given | expected


def test_a_bind_keeps_its_options_beside_the_default_one():
    assert read("./x:/d:z")["bind"] == {"selinux": "z", "create_host_path": True}


@pytest.mark.parametrize("text", ["/a:/t/../u/", "{type: bind, source: /a, target: //t/../u}"])
def test_targets_are_cleaned(text):
    assert read(text)["target"] == "/u"


def test_long_syntax_is_kept():
    for text in ("{type: tmpfs, target: /d}", "{type: volume, source: v, target: ''}"):
        long = node(text)
        assert mount(long) is long


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("''", "a volume needs a target"),
        ("/a::/b", "'/a::/b' is empty before or after a colon"),
        ("'vol:/d:'", "'vol:/d:' is empty before or after a colon"),
        ("vol:/d:ro:rw", "'vol:/d:ro:rw' has too many colons"),
        ("5", "expected a string or a mapping"),
        ("{type: volume}", "'target' is missing"),
    ],
)
def test_what_is_no_mount_is_told(text, message):
    assert refusal(mount, text) == message


def test_mounts_are_the_same_by_target():
    assert mount_key(mount(node("a1:/d/"))) == mount_key(mount(node("./b:/d:ro")))


@pytest.mark.parametrize(
    ("path", "expected"),
    [(r"C:\x", True), ("c:/x", True), (r"\\srv\x", True), ("c:", False), ("/c:/", False)],
)
def test_paths_of_windows(path, expected):
    assert is_windows_path(path) is expected
