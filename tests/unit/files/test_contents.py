from __future__ import annotations

import pytest
from projects import project, service

from pycompose.api import load
from pycompose.errors import ComposeFileError
from pycompose.files.contents import content, digests
from pycompose.model.mounts import Grant
from pycompose.model.resources import FileObject


def of(**secrets: FileObject):
    grants = tuple(Grant(source=key) for key in secrets)
    return project(service("web", secrets=grants), secrets=secrets, environment={"TOKEN": "s3cr3t"})


def token() -> FileObject:
    return FileObject(name="demo_token", environment="TOKEN")


def test_every_content_in_use_has_a_digest(tmp_path) -> None:
    (tmp_path / "key").write_bytes(b"\0binary\xff")
    wanted = of(
        token=token(),
        file=FileObject(name="f", file=str(tmp_path / "key")),
        text=FileObject(name="t", content="s3cr3t"),
        outside=FileObject(name="o", external=True),
    )
    found = digests(wanted)
    assert set(found) == {"secrets.token", "secrets.file", "secrets.text"}
    assert found["secrets.token"] == found["secrets.text"] != found["secrets.file"]
    assert all(len(digest) == 8 for digest in found.values())
    assert digests(project(service("web"), secrets={"unused": token()})) == {}


def test_all_that_is_missing_is_told_at_once(tmp_path) -> None:
    wanted = of(
        gone=FileObject(name="g", file=str(tmp_path / "gone")),
        folder=FileObject(name="f", file=str(tmp_path)),
        unset=FileObject(name="u", environment="UNSET"),
    )
    with pytest.raises(ComposeFileError) as refused:
        digests(wanted)
    gone, folder, unset = refused.value.problems
    assert gone.message == f"there is no file '{tmp_path}/gone'"
    assert folder.message == "cannot be read: it is a directory"
    assert (unset.path, unset.message) == (
        "secrets.unset.environment",
        "the variable 'UNSET' is not set",
    )


def test_a_variable_is_that_of_the_file_that_names_it(tmp_path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / ".env").write_text("INNER=inner\n")
    (inner / "compose.yaml").write_text("secrets: {inside: {environment: INNER}}\n")
    (tmp_path / "compose.yaml").write_text(
        "include: [inner/compose.yaml]\n"
        "services: {web: {image: busybox, secrets: [inside, outside]}}\n"
        "secrets: {outside: {environment: TOKEN}}\n"
    )
    (tmp_path / ".env").write_text("TOKEN=outer\n")
    wanted = load(str(tmp_path / "compose.yaml"), environment={})
    assert content(wanted, "secrets", "outside") == b"outer"
    assert content(wanted, "secrets", "inside") == b"inner"
