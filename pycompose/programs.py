"""Programs of this machine that do what no engine does: providers of services, runners of models.

They talk to us by their standard output, and have none of our own.

Source: docker/compose 2.40.3 pkg/compose/plugins.go, model.go; rule 191
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from queue import SimpleQueue
from subprocess import DEVNULL, PIPE, Popen, SubprocessError, run
from threading import Thread
from typing import IO, Final

from pycompose.errors import EngineError
from pycompose.events import Progress, Sink, StepEvent
from pycompose.model.values import Json
from pycompose.plan.models import Runner
from pycompose.plan.ops import CallProvider, ConfigureModel, PullModel
from pycompose.plan.providers import Provided

TAIL_LINES: Final = 10  # of what a program that failed has written, the last ones
ANSWERS_WITHIN: Final = 60  # seconds that a question to a program may take


class Programs:
    """Runs programs in an environment; what still runs when it is closed is ended."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.running: set[Popen[str]] = set()

    def close(self) -> None:
        """End what still runs."""
        for process in list(self.running):
            with suppress(OSError):
                process.terminate()

    def provide(self, step: CallProvider, tell: Sink) -> Provided:
        """Call a provider; return the variables that it sets.

        Raises:
            EngineError: it is missing, fails, or lacks an option; says what it wrote.
        """
        if not step.program:
            raise EngineError(f"the program that provides {step.service!r} is not installed")
        known = self._metadata(step)
        options = _options(step, known) if known else step.options
        words = ["compose", f"--project-name={step.project}", step.command]
        words += [f"--{name}={value}" for name, values in options.items() for value in values]
        with _Call(self, [step.program, *words, step.service]) as called:
            own: dict[str, str] = {}
            raw: dict[str, str] = {}
            for message in called.messages():
                kind, text = str(message.get("type", "")), str(message.get("message", ""))
                if kind == "error":
                    raise EngineError(text)
                if kind == "info":
                    tell(StepEvent(id=step.resource, text=text, status="working"))
                elif kind in ("setenv", "rawsetenv"):
                    name, given, value = text.partition("=")
                    if not given:
                        raise EngineError(f"{step.program} sets {name!r} to nothing")
                    (own if kind == "setenv" else raw)[name] = value
                elif kind != "debug":
                    raise EngineError(f"{step.program} says what nobody knows: {kind!r}")
            called.ended()
        return Provided(own, raw)

    def _metadata(self, step: CallProvider) -> Json:
        """Return what a provider says of its options, nothing where it says nothing."""
        with suppress(EngineError):
            found = self.ask(step.program, "compose", "metadata")
            if isinstance(found, dict) and (found.get("description") or _parameters(found)):
                return found
        return {}

    def pull(self, step: PullModel, tell: Sink) -> None:
        """Bring a model in.

        Raises:
            EngineError: the program fails; says what it wrote.
        """
        self._run([step.program, "pull", step.model], step.resource, tell)

    def configure(self, step: ConfigureModel, tell: Sink) -> None:
        """Configure a model.

        Raises:
            EngineError: the program fails; says what it wrote.
        """
        size = ["--context-size", str(step.context_size)] if step.context_size > 0 else []
        flags = ["--", *step.flags] if step.flags else []
        self._run([step.program, "configure", *size, step.model, *flags], step.resource, tell)

    def _run(self, words: list[str], resource: str, tell: Sink) -> None:
        with _Call(self, words) as called:
            for line in called.lines():
                tell(Progress(parent=resource, id=resource, text=line))
            called.ended()

    def runner(self, program: str) -> Runner:
        """Return what the program that runs models says: which there are, where they answer.

        Raises:
            EngineError: it does not answer.
        """
        listed = self.ask(program, "ls", "--json")
        status = self.ask(program, "status", "--json")
        try:
            tags = frozenset(tag for model in listed or () for tag in model.get("tags") or ())
            return Runner(program, tags, str(status.get("endpoint") or ""))
        except (AttributeError, TypeError) as error:
            raise EngineError(f"{program} answers in a way nobody knows: {error}") from error

    def ask(self, program: str, *words: str) -> Json:
        """Return what a program answers, as JSON.

        Raises:
            EngineError: it is missing, fails, or answers something else.
        """
        asked = " ".join([program, *words])
        try:
            done = run(
                [program, *words],
                stdin=DEVNULL,
                capture_output=True,
                check=False,
                text=True,
                errors="replace",
                timeout=ANSWERS_WITHIN,
                env=self.environment,
            )
        except (OSError, SubprocessError) as error:
            raise EngineError(f"{asked}: {error}") from error
        if done.returncode:
            told = (done.stderr or done.stdout).strip().splitlines()[-TAIL_LINES:]
            raise _failed(f"{asked} ended with {done.returncode}", told)
        try:
            return json.loads(done.stdout)
        except ValueError as error:
            raise EngineError(f"{asked}: no JSON: {error}") from error


class _Call:
    """A program that runs, within a `with` block."""

    def __init__(self, programs: Programs, words: list[str]) -> None:
        self.programs = programs
        self.words = words
        self.last: deque[str] = deque(maxlen=TAIL_LINES)

    def __enter__(self) -> _Call:
        try:
            self.process = Popen(
                self.words,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=PIPE,
                text=True,
                errors="replace",
                env=self.programs.environment,
            )
        except OSError as error:
            raise EngineError(f"{self.words[0]}: {error.strerror or error}") from error
        self.programs.running.add(self.process)
        self.errors: SimpleQueue[list[str]] = SimpleQueue()
        Thread(target=self._hear, args=(self.process.stderr,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.programs.running.discard(self.process)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _hear(self, stream: IO[str]) -> None:
        with stream:
            self.errors.put([line.rstrip("\n") for line in deque(stream, maxlen=TAIL_LINES)])

    def lines(self) -> Iterator[str]:
        """Yield what it writes, line by line."""
        for line in self.process.stdout or ():
            text = line.rstrip("\n")
            if text:
                self.last.append(text)
                yield text

    def messages(self) -> Iterator[Json]:
        """Yield the JSON documents that it writes.

        Raises:
            EngineError: it writes something else.
        """
        decoder, text = json.JSONDecoder(), ""
        for line in self.process.stdout or ():
            text = f"{text}{line}".lstrip()
            while text:
                try:
                    message, end = decoder.raw_decode(text)
                except ValueError:
                    break  # the rest of it is still to come
                if not isinstance(message, dict):
                    break
                yield message
                text = text[end:].lstrip()
        if text:
            raise EngineError(f"{self.words[0]} writes what is no message: {text[:80]!r}")

    def ended(self) -> None:
        """Wait for its end.

        Raises:
            EngineError: it did not end with 0; says what it wrote last.
        """
        code = self.process.wait()
        if code:
            raise _failed(f"{self.words[0]} ended with {code}", self.errors.get() or self.last)


def _failed(message: str, last: Iterable[str]) -> EngineError:
    return EngineError("\n  ".join([message, *last]))


def _options(step: CallProvider, metadata: Json) -> Json:
    """Return the options that a provider says it takes.

    Raises:
        EngineError: one that it needs is not given.
    """
    known = _parameters(metadata, step.command)
    for parameter in known:
        if parameter.get("required") and parameter["name"] not in step.options:
            raise EngineError(f"{step.program} needs the option {parameter['name']!r}")
    names = {parameter["name"] for parameter in known}
    return {name: values for name, values in step.options.items() if name in names}


def _parameters(metadata: Json, *commands: str) -> list[Json]:
    found = [(metadata.get(each) or {}).get("parameters") for each in commands or ("up", "down")]
    return [one for some in found for one in some or () if isinstance(one, dict) and "name" in one]
