"""Files with rules for system calls."""

from __future__ import annotations

import pytest
from projects import project, service

from pycompose.errors import ComposeFileError
from pycompose.files.profiles import profiles


def found(folder, *options, **fields):
    wanted = service("web", security_opt=options)
    return profiles(project(wanted, service("db"), working_dir=str(folder), **fields))


def test_a_text_is_read_beside_the_file_and_loses_nothing_but_space(tmp_path) -> None:
    (tmp_path / "rules.json").write_text('{ "a b":\t1.50,\n "\\u00e9 \\"x\\" ": [ 1e3 ] }\n')
    assert found(tmp_path, "label=a", "seccomp=rules.json") == {
        "rules.json": '{"a b":1.50,"\\u00e9 \\"x\\" ":[1e3]}'
    }


def test_a_path_may_be_absolute_or_below_home(tmp_path) -> None:
    (tmp_path / "rules.json").write_text("{}")
    absolute = f"{tmp_path}/rules.json"
    home = {"HOME": str(tmp_path)}
    assert found("/", f"seccomp={absolute}") == {absolute: "{}"}
    assert found("/", "seccomp=~/rules.json", environment=home) == {"~/rules.json": "{}"}


def test_all_that_cannot_be_read_are_told_of(tmp_path) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ComposeFileError) as caught:
        found(tmp_path, "seccomp=absent.json", "seccomp:broken.json", "seccomp=folder")
    told = [(one.path, one.message.partition(": ")[0]) for one in caught.value.problems]
    assert told == [
        ("services.web.security_opt[0]", "seccomp profile 'absent.json'"),
        ("services.web.security_opt[1]", "seccomp profile 'broken.json'"),
        ("services.web.security_opt[2]", "seccomp profile 'folder'"),
    ]
