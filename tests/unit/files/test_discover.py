"""Where the Compose files are."""

from __future__ import annotations

import os

import pytest

from pycompose.errors import NoComposeFile
from pycompose.files.discover import find


def touch(directory, *names):
    directory.mkdir(parents=True, exist_ok=True)
    for name in names:
        (directory / name).touch()


def test_the_nearest_directory_upwards_wins(tmp_path):
    touch(tmp_path, "compose.yaml")
    touch(tmp_path / "a", "docker-compose.yaml")
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    found = find(str(deep))
    assert found.files == (str(tmp_path / "a" / "docker-compose.yaml"),)
    assert found.working_dir == str(tmp_path / "a")
    assert found.warnings == ()


def test_the_names_have_an_order_and_doubles_are_told(tmp_path):
    touch(tmp_path, "docker-compose.yaml", "docker-compose.yml", "compose.yml")
    found = find(str(tmp_path))
    assert found.files == (str(tmp_path / "compose.yml"),)
    assert [warning.split(":")[0] for warning in found.warnings] == [
        "found multiple config files with supported names",
        f"using {tmp_path / 'compose.yml'}",
    ]


def test_an_override_beside_the_file_is_added_yml_before_yaml(tmp_path):
    touch(tmp_path, "compose.yaml", "compose.override.yaml", "compose.override.yml")
    found = find(str(tmp_path))
    assert [os.path.basename(path) for path in found.files] == [
        *("compose.yaml", "compose.override.yml"),
    ]
    assert len(found.warnings) == 2


def test_named_files_take_no_override(tmp_path):
    touch(tmp_path / "sub", "compose.yaml", "compose.override.yaml", "b.yaml")
    found = find(str(tmp_path), ["sub/compose.yaml", "-", "./sub/../sub/b.yaml"])
    assert found.files == (
        *(str(tmp_path / "sub" / "compose.yaml"), "-", str(tmp_path / "sub" / "b.yaml")),
    )
    assert found.working_dir == str(tmp_path / "sub")


def test_the_project_directory_wins_over_the_files(tmp_path):
    touch(tmp_path / "sub", "compose.yaml")
    touch(tmp_path / "other", "compose.yml")
    assert find(str(tmp_path), ["sub/compose.yaml"], "other").working_dir == str(tmp_path / "other")
    found = find(str(tmp_path), (), "other")
    assert (found.files, found.working_dir) == (
        *((str(tmp_path / "other" / "compose.yml"),), str(tmp_path / "other")),
    )


def test_standard_input_alone_works_where_the_user_stands(tmp_path):
    assert find(str(tmp_path), ["-"]).working_dir == str(tmp_path)


def test_a_named_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such file: nope\.yaml"):
        find(str(tmp_path), ["nope.yaml"])


def test_none_up_to_the_root_is_an_error(tmp_path):
    with pytest.raises(NoComposeFile, match="no configuration file provided"):
        find(str(tmp_path))
