"""The sinks that write lines: plain, json, quiet; golden bytes."""

from __future__ import annotations

import io
import json
import sys

import pytest

from pycompose.errors import Position, Problem
from pycompose.events import Event, LogLine, Notice, Progress, StepEvent
from pycompose.ui.display import DRY_RUN, Display, open_display
from pycompose.ui.jsonl import Jsonl
from pycompose.ui.logs import Logs, LogStyle
from pycompose.ui.plain import Plain
from pycompose.ui.quiet import Quiet
from pycompose.ui.tty import Tty

EVENTS: tuple[Event, ...] = (
    StepEvent(id="Image redis", text="Pulling", status="working"),
    Progress(parent="Image redis", id="4f4f", text="Downloading", current=1, total=4),
    Progress(parent="Image redis", id="4f4f", text="Downloading", current=2, total=4),
    Progress(parent="Image redis", id="4f4f", text="Extracting", current=0, total=4),
    StepEvent(id="Image redis", text="Pulled", status="done"),
    LogLine(name="web-1", line=b"not for these"),
    Notice(message="two lines\nof warning"),
    Notice(message="a remark", level="info"),
    StepEvent(id="Container x", text="Error", status="failed", detail="no \x1b[31mluck\n"),
)


def written(sink_type, **options) -> str:
    out = io.StringIO()
    sink = sink_type(out, **options)
    for event in EVENTS:
        sink(event)
    sink.close()
    return out.getvalue()


def test_plain_lines_are_those_of_docker_compose_5() -> None:
    assert written(Plain) == (
        " Image redis Pulling \n"
        " 4f4f Downloading \n"
        " 4f4f Extracting \n"
        " Image redis Pulled \n"
        "warning: two lines\nof warning\n"
        "a remark\n"
        " Container x Error no \\e[31mluck\\n\n"
    )


def test_a_dry_run_is_marked_on_every_line() -> None:
    lines = written(Plain, prefix=DRY_RUN).splitlines()
    assert lines[0] == " DRY-RUN MODE -  Image redis Pulling "


def test_json_lines_leave_out_what_is_empty() -> None:
    assert [json.loads(line) for line in written(Jsonl).splitlines()] == [
        {"id": "Image redis", "status": "Working", "text": "Pulling"},
        {
            "id": "4f4f",
            "parent_id": "Image redis",
            "status": "Working",
            "text": "Downloading",
            "current": 1,
            "total": 4,
            "percent": 25,
        },
        {
            "id": "4f4f",
            "parent_id": "Image redis",
            "status": "Working",
            "text": "Downloading",
            "current": 2,
            "total": 4,
            "percent": 50,
        },
        {
            "id": "4f4f",
            "parent_id": "Image redis",
            "status": "Working",
            "text": "Extracting",
            "total": 4,
        },
        {"id": "Image redis", "status": "Done", "text": "Pulled"},
        {"level": "warning", "msg": "two lines\nof warning"},
        {"level": "info", "msg": "a remark"},
        {"id": "Container x", "status": "Error", "text": "Error", "details": "no \x1b[31mluck\n"},
    ]


def test_json_lines_mark_a_dry_run() -> None:
    lines = written(Jsonl, dry_run=True).splitlines()
    assert all(json.loads(line)["dry-run"] is True for line in lines)


def test_quiet_keeps_warnings() -> None:
    assert written(Quiet) == "warning: two lines\nof warning\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("asked", "stderr", "expected"),
    [
        ({}, io.StringIO(), Plain),
        ({}, Terminal(), Tty),
        ({"ansi": "never"}, Terminal(), Plain),
        ({"ansi": "always"}, io.StringIO(), Tty),
        ({"environment": {"TERM": "dumb"}}, Terminal(), Plain),
        ({"environment": {"NO_COLOR": "1"}}, Terminal(), Tty),
        ({"progress": "plain"}, Terminal(), Plain),
        ({"progress": "tty"}, io.StringIO(), Tty),
        ({"progress": "json"}, Terminal(), Jsonl),
        ({"progress": "quiet"}, Terminal(), Quiet),
    ],
)
def test_the_renderer_fits_flags_and_terminal(monkeypatch, asked, stderr, expected) -> None:
    stderr.buffer = io.BytesIO()
    monkeypatch.setattr("sys.stderr", stderr)
    progress = open_display(**asked).progress
    assert type(progress) is expected
    assert progress.out is stderr
    if isinstance(progress, Tty):
        assert progress.color is not ("NO_COLOR" in asked.get("environment", {}))


def test_progress_can_be_moved_to_stdout() -> None:
    display = open_display(environment={"COMPOSE_STATUS_STDOUT": "1"})
    assert display.progress.out is sys.stdout


class Recorder:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def __call__(self, event: Event) -> None:
        self.calls.append(type(event).__name__)

    def settle(self) -> None:
        self.calls.append("settle")

    def close(self) -> None:
        self.calls.append("close")


def test_progress_settles_before_log_lines_and_they_go_their_own_way() -> None:
    progress, out = Recorder(), io.BytesIO()
    display = Display(progress, Logs(out, out, LogStyle()))
    for event in (EVENTS[0], EVENTS[5], EVENTS[5], EVENTS[4]):
        display(event)
    display.close()
    assert progress.calls == ["StepEvent", "settle", "StepEvent", "close"]
    assert out.getvalue() == b"web-1  | not for these\n" * 2


def test_a_warning_has_the_format_asked_for(capsys):
    item = Problem(Position("c.yaml", 1, 2), "", "odd", severity="warning")
    display = open_display(error_format="gcc")
    display(Notice(message=str(item), problem=item))
    display(Notice(message="no place"))
    display(Notice(message="a remark", level="info"))
    display.close()
    assert capsys.readouterr().err == (
        "c.yaml:1:2: warning: odd\npycompose: warning: no place\na remark\n"
    )


def test_a_warning_on_a_terminal_shows_its_line(tmp_path):
    (tmp_path / "c.yaml").write_text("odd: 1\n")
    item = Problem(Position(str(tmp_path / "c.yaml"), 1, 1), "", "odd", severity="warning")
    out = io.StringIO()
    logs = Logs(io.BytesIO(), io.BytesIO(), LogStyle(), color=False)
    display = Display(Plain(out), logs, source=True)
    display(Notice(message=str(item), problem=item))
    assert out.getvalue() == f"warning: {item}\n 1 | odd: 1\n     ^\n"
