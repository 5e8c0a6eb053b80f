"""Programs that provide services and run models: what they are told, and what they answer."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pytest

from pycompose.errors import EngineError
from pycompose.events import Event, Progress, StepEvent
from pycompose.plan.models import Runner
from pycompose.plan.ops import CallProvider, ConfigureModel, PullModel
from pycompose.plan.providers import Provided
from pycompose.programs import Programs


class Made:
    """A program in a folder, and what is told while it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "program"
        self.programs = Programs({"PATH": os.environ["PATH"], "LOG": str(folder / "log")})
        self.events: list[Event] = []

    def does(self, script: str) -> None:
        self.path.write_text(f'#!/bin/sh\necho "$*" >> "$LOG"\n{textwrap.dedent(script)}')
        self.path.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return (self.folder / "log").read_text().splitlines()

    def provide(self, **fields) -> Provided:
        return self.programs.provide(self.step(CallProvider, **fields), self.events.append)

    def step(self, kind, **fields):
        values = {
            "id": 1,
            "resource": "Service db",
            "cause": "asked",
            "why": "w",
            "service": "db",
            "program": str(self.path),
        }
        if kind is CallProvider:
            values |= {"command": "up", "project": "demo", "options": {}}
        return kind(**{**values, **fields})


@pytest.fixture
def made(tmp_path) -> Made:
    return Made(tmp_path)


def test_a_provider_is_asked_for_its_options_and_then_called(made) -> None:
    made.does("exit 0")
    made.provide(options={"size": ["1", "2"], "type": ["a b"]})
    assert made.calls == [
        "compose metadata",
        "compose --project-name=demo up --size=1 --size=2 --type=a b db",
    ]


def test_a_provider_that_tells_its_options_gets_those(made) -> None:
    made.does("""\
        [ $2 = metadata ] || exit 0
        echo '{"up": {"parameters": [{"name": "a", "required": true}, {"name": "b"}]},'
        echo ' "down": {"parameters": [{"name": "c"}]}}'
        """)
    options = {"a": ["1"], "c": ["2"], "d": ["3"]}
    made.provide(options=options)
    made.provide(options=options, command="down")
    assert made.calls[1::2] == [
        "compose --project-name=demo up --a=1 db",
        "compose --project-name=demo down --c=2 db",
    ]
    with pytest.raises(EngineError, match=r"program needs the option 'a'$"):
        made.provide(options={"b": ["1"]})


def test_what_a_provider_says_is_told_and_what_it_sets_is_returned(made) -> None:
    made.does("""\
        [ $2 = metadata ] && exit 1
        echo '{"type": "info", "message": "at work"} {"type":"debug","message":"x"}'
        echo '{"type": "setenv",'
        echo ' "message": "URL=db://u:p@h?a=b"}'
        echo '{"type": "rawsetenv", "message": "PLAIN="}'
        """)
    assert made.provide() == Provided({"URL": "db://u:p@h?a=b"}, {"PLAIN": ""})
    assert made.events == [StepEvent(id="Service db", text="at work", status="working")]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("""echo '{"type": "error", "message": "no money"}'; sleep 100""", "no money"),
        ("""echo '{"type": "what"}'""", "{} says what nobody knows: 'what'"),
        ("""echo '{"type": "setenv", "message": "X"}'""", "{} sets 'X' to nothing"),
        ("echo oops", "{} writes what is no message: 'oops\\n'"),
        ("echo 3", "{} writes what is no message: '3\\n'"),
        ("echo one >&2; echo two >&2; exit 3", "{} ended with 3\n  one\n  two"),
    ],
)
def test_a_provider_that_fails_is_told_of(made, script, message) -> None:
    made.does(f"[ $2 = metadata ] && exit 1\n{script}\n")
    with pytest.raises(EngineError) as caught:
        made.provide()
    assert str(caught.value) == message.format(made.path)


def test_a_provider_that_is_missing_is_told_of(made) -> None:
    with pytest.raises(EngineError, match="the program that provides 'db' is not installed"):
        made.provide(program="")
    with pytest.raises(EngineError, match="program: No such file"):
        made.provide()


def test_a_model_is_pulled_and_configured(made) -> None:
    made.does("echo; echo half; echo done")
    fields = {"resource": "Model llm", "model": "ai/some"}
    made.programs.pull(made.step(PullModel, **fields), made.events.append)
    configure = {**fields, "context_size": 0, "flags": ()}
    made.programs.configure(made.step(ConfigureModel, **configure), made.events.append)
    configure = {**fields, "context_size": 5, "flags": ("--x", "y z")}
    made.programs.configure(made.step(ConfigureModel, **configure), made.events.append)
    assert made.calls == [
        "pull ai/some",
        "configure ai/some",
        "configure --context-size 5 ai/some -- --x y z",
    ]
    assert made.events[:2] == [
        Progress(parent="Model llm", id="Model llm", text="half"),
        Progress(parent="Model llm", id="Model llm", text="done"),
    ]
    made.does("echo no such model; exit 1")
    with pytest.raises(EngineError, match=r"ended with 1\n  no such model$"):
        made.programs.pull(made.step(PullModel, **fields), made.events.append)


def test_what_runs_models_says_which_there_are_and_where_they_answer(made) -> None:
    made.does("""\
        [ $1 = ls ] && echo '[{"tags": ["a", "b:1"]}, {"tags": null}]'
        [ $1 = status ] && echo '{"endpoint": "http://m"}'
        exit 0
        """)
    path = str(made.path)
    assert made.programs.runner(path) == Runner(path, frozenset({"a", "b:1"}), "http://m")
    assert made.calls == ["ls --json", "status --json"]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo broken >&2; exit 2", "ls --json ended with 2\n  broken"),
        ("echo broken", "ls --json: no JSON"),
        ("echo '[3]'", "answers in a way nobody knows"),
    ],
)
def test_what_does_not_answer_is_told_of(made, script, message) -> None:
    made.does(script)
    with pytest.raises(EngineError, match=message):
        made.programs.runner(str(made.path))


def test_what_still_runs_is_ended(made) -> None:
    made.does('[ $2 = metadata ] && exit 1\necho \'{"type": "info"}\'\nexec sleep 100\n')

    def hear(event: Event) -> None:
        made.programs.close()

    with pytest.raises(EngineError, match="ended with -15"):
        made.programs.provide(made.step(CallProvider), hear)
    assert made.programs.running == set()
