"""Texts from the disk."""

from __future__ import annotations

import io
import os
import stat

import pytest

from pycompose.errors import ComposeFileError
from pycompose.files import disk
from pycompose.files.disk import DiskSources, decode


def test_a_file_is_read_and_named_relative_to_where_the_user_stands(tmp_path):
    path = tmp_path / "shop" / "compose.yaml"
    path.parent.mkdir()
    path.write_text("services: {}\n")
    source = DiskSources(str(tmp_path)).read(str(path))
    assert (source.path, source.name, source.text) == (
        *(str(path), "shop/compose.yaml", "services: {}\n"),
    )
    assert DiskSources("/").read(str(path)).name == str(path)[1:]
    assert DiskSources("/elsewhere").read(str(path)).name == str(path)


def test_the_first_link_of_a_path_is_followed(tmp_path):
    sources, real = DiskSources("/"), tmp_path / "real" / "deep"
    real.mkdir(parents=True)
    (tmp_path / "second").symlink_to("real")
    (tmp_path / "first").symlink_to("second")
    (real / "inner").symlink_to(tmp_path)
    for path, expected in (
        ("first/deep/x", "real/deep/x"),
        ("first/deep/inner", "real/deep/inner"),
        ("real/deep", "real/deep"),
        ("gone/deep", "gone/deep"),
    ):
        assert sources.follow(f"{tmp_path}/{path}") == f"{tmp_path}/{expected}"


def test_standard_input_is_read_once():
    sources = DiskSources("/", io.BytesIO(b"a: 1\n"))
    first = sources.read("-")
    assert (first.path, first.name, first.text) == ("-", "<stdin>", "a: 1\n")
    assert sources.read("-") is first


def test_closed_standard_input_is_no_file():
    with pytest.raises(FileNotFoundError, match="standard input is closed"):
        DiskSources("/").read("-")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        DiskSources("/").read(str(tmp_path / "nowhere"))


def test_a_directory_is_no_text(tmp_path):
    with pytest.raises(IsADirectoryError):
        DiskSources("/").read(str(tmp_path))


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no regular file"):
        DiskSources("/").read(str(tmp_path / "pipe"))


def test_a_device_is_refused():
    with pytest.raises(OSError, match="no regular file"):
        DiskSources("/").read("/dev/zero")


def test_the_null_device_is_an_empty_file():
    assert DiskSources("/").read("/dev/null").text == ""


def test_a_huge_text_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "MOST_BYTES", 4)
    (tmp_path / "five").write_bytes(b"12345")
    with pytest.raises(OSError, match="more than 4 bytes"):
        DiskSources("/").read(str(tmp_path / "five"))
    with pytest.raises(OSError, match="more than 4 bytes"):
        DiskSources("/", io.BytesIO(b"12345")).read("-")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_understood(encoding):
    assert decode("é: 1".encode(encoding), "f") == "é: 1"
    assert decode(b"\xfe\xff\0a", "f") == "a"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"a\nb\xff", "f:2:2: not text: byte 0xff is not valid UTF-8"),
        ("\ufeffé\r\n日".encode() + b"\xe9 ", "f:2:2: not text: byte 0xe9 is not valid UTF-8"),
        ("a\nb".encode("utf-16") + b"\0", "f:2:2: not text: byte 0x00 is not valid UTF-16"),
    ],
)
def test_bytes_that_are_no_text_are_told_by_their_place(data, place):
    with pytest.raises(ComposeFileError) as caught:
        decode(data, "f")
    assert str(caught.value).startswith(place)


def test_the_mode_of_a_path_is_that_of_what_it_leads_to(tmp_path):
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("")
    file.chmod(0o640)
    link.symlink_to(file)
    mode = DiskSources("/").mode
    assert mode(str(file)) == mode(str(link)) == 0o100640
    assert stat.S_ISDIR(mode(str(tmp_path)) or 0)


def test_there_is_no_mode_of_what_is_not_there(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "lost").symlink_to(tmp_path / "nothing")
    for name in ("nothing", "file/below", "lost"):
        assert DiskSources("/").mode(str(tmp_path / name)) is None


def test_a_mode_that_cannot_be_told_is_zero():
    assert DiskSources("/").mode("/a\0b") == 0
    assert DiskSources("/").mode("/" + "a" * 5000) == 0
