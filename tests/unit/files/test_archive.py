from __future__ import annotations

import io
import tarfile

import pytest
from projects import project, service

from pycompose.errors import EngineError
from pycompose.files.archive import archive
from pycompose.model.mounts import Grant
from pycompose.model.resources import FileObject
from pycompose.plan.ops import PutArchive


def wanted(token: FileObject):
    user = service("web", secrets=(Grant(source="token"),))
    return project(user, secrets={"token": token}, environment={"TOKEN": "s3cr3t"})


def put(folder: str) -> PutArchive:
    return PutArchive(
        id=1,
        resource="Container demo-web-1",
        cause="missing",
        why="",
        container="x",
        section="secrets",
        key="token",
        digest="",
        path="/run/secrets/token",
        folder=folder,
        uid=33,
        gid=44,
        mode=0o440,
    )


@pytest.mark.parametrize(
    ("folder", "name"), [("/", "run/secrets/token"), ("/run/secrets", "token")]
)
def test_an_archive_holds_one_file_with_its_rights(folder, name) -> None:
    sent = archive(wanted(FileObject(name="t", environment="TOKEN")), put(folder))
    with tarfile.open(fileobj=io.BytesIO(sent)) as tar:
        (member,) = tar.getmembers()
        assert (member.name, member.uid, member.gid, member.mode) == (name, 33, 44, 0o440)
        assert tar.extractfile(member).read() == b"s3cr3t"
    assert "s3cr3t" not in repr(put(folder))


def test_what_has_gone_since_the_plan_is_told_with_its_path(tmp_path) -> None:
    for token, message in (
        (FileObject(name="t", file=str(tmp_path / "gone")), "secrets.token.file: there is no file"),
        (FileObject(name="t", environment="GONE"), "secrets.token.environment: the variable"),
    ):
        with pytest.raises(EngineError, match=message):
            archive(wanted(token), put("/"))
