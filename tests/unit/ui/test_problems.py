from __future__ import annotations

import os

from pycompose.errors import ComposeFileError, EngineError, Link, Position, Problem
from pycompose.ui.problems import describe

PORT = Problem(Position("b.yaml", 3, 5), "services.web.ports[0]", "port 80800 is out of range")


def test_problems_stand_in_file_order() -> None:
    error = ComposeFileError(
        Problem(Position("a.yaml", 9, 1), "services.x", "is wrong", "mend it"),
        PORT,
        Problem(Position("a.yaml", 2, 7), "", "is no mapping", severity="warning"),
    )
    assert describe(error) == (
        "warning: a.yaml:2:7: is no mapping\n"
        "a.yaml:9:1: services.x: is wrong (mend it)\n"
        "b.yaml:3:5: services.web.ports[0]: port 80800 is out of range"
    )


def test_the_source_line_stands_below_with_a_caret(tmp_path, monkeypatch) -> None:
    (tmp_path / "b.yaml").write_text("a:\n  b:\n\t- \x1b80800:80\n")
    monkeypatch.chdir(tmp_path)
    assert describe(ComposeFileError(PORT), source=True) == (
        f"{PORT}\n 3 |  - \\e80800:80\n          ^"
    )


def test_what_led_to_a_file_is_told_on_the_line_or_below_it(tmp_path, monkeypatch) -> None:
    chain = (
        Link("extended by", Position("part.yaml", 7, 3)),
        Link("included from", Position("compose.yaml", 2, 5)),
    )
    error = ComposeFileError(PORT._replace(chain=chain))
    assert describe(error) == (
        f"{PORT} [extended by part.yaml:7:3, included from compose.yaml:2:5]"
    )
    (tmp_path / "b.yaml").write_text("\n\n  - 80800\n")
    monkeypatch.chdir(tmp_path)
    assert describe(error, source=True) == (
        f"{PORT}\n 3 |   - 80800\n         ^\n"
        "   extended by part.yaml:7:3\n   included from compose.yaml:2:5"
    )


def test_the_caret_points_at_the_column(tmp_path, monkeypatch) -> None:
    (tmp_path / "b.yaml").write_text("\n\n  - 日本: x\n")
    monkeypatch.chdir(tmp_path)
    at = PORT._replace(at=Position("b.yaml", 3, 9))
    text, caret = describe(ComposeFileError(at), source=True).splitlines()[1:]
    assert text == " 3 |   - 日本: x"
    assert caret == " " * 15 + "^"


def test_lines_are_counted_as_yaml_counts_them(tmp_path, monkeypatch) -> None:
    (tmp_path / "b.yaml").write_bytes("a\rb\u2028  - x\r\n".encode("utf-16"))
    monkeypatch.chdir(tmp_path)
    assert describe(ComposeFileError(PORT), source=True) == f"{PORT}\n 3 |   - x\n         ^"


def test_a_pipe_is_not_opened_to_show_its_line(tmp_path, monkeypatch) -> None:
    os.mkfifo(tmp_path / "b.yaml")
    monkeypatch.chdir(tmp_path)
    assert describe(ComposeFileError(PORT), source=True) == str(PORT)


def test_a_file_that_is_gone_has_no_source_line() -> None:
    assert describe(ComposeFileError(PORT), source=True) == str(PORT)


def test_other_errors_are_their_words_made_safe() -> None:
    assert describe(EngineError("no\x1b such\nimage")) == "no\\e such\nimage"
    assert describe(PermissionError(13, "Permission denied", "/x")) == "/x: permission denied"
