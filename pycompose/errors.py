"""Every exception pycompose raises, and places in files.

    PycomposeError                    exit 1
    ├── UsageError                    the command line asks for something impossible
    ├── ComposeFileError              one or more Problems of Compose files, each with its place
    │   └── NoComposeFile             no file was named and none was found
    ├── EngineError                   an engine refused a request; carries its status and words
    │   ├── NotFound                  404
    │   ├── Conflict                  409
    │   ├── Unstartable               no start of a container will succeed; it is to be made anew
    │   └── EngineUnavailable         no engine answered, or the connection was lost
    ├── ProjectInUse                  another command changes the project
    ├── PlanOutdated                  a saved plan is not what would be planned now
    ├── ApplyError                    steps of a plan failed; carries the Report
    └── Cancelled                     the user interrupted; exit 130

Nothing here imports anything of pycompose.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]
ErrorFormat: TypeAlias = Literal["text", "json", "github", "gcc"]
# Whose a problem is: `("services", "web")`, `("volumes", "data")`; `()` is the whole project.
Owner: TypeAlias = tuple[str, ...]


MOST_PROBLEMS: Final = 100  # of one kind in one file that are told; a person mends ten at a time


class Position(NamedTuple):
    """A place in a file: `line` and `column` count from 1, `file` is the name shown to the user."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Link(NamedTuple):
    """Why a file was read: what another file does with it, and where."""

    how: Literal["included from", "extended by"]
    at: Position

    def __str__(self) -> str:
        return f"{self.how} {self.at}"


class Problem(NamedTuple):
    """What is wrong at one place of a file, and what to do about it.

    `path` is dotted, as in `services.web.ports[0]`; empty for a whole file. `message` says what is
    wrong and what was expected; `hint` what to do, when known. Both are lower case without a full
    stop and hold no secret values. `chain` tells what led to a file the user did not name, nearest
    first.
    """

    at: Position
    path: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    chain: tuple[Link, ...] = ()

    def __str__(self) -> str:
        path = f" {self.path}:" if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        chain = f" [{', '.join(map(str, self.chain))}]" if self.chain else ""
        return f"{self.at}:{path} {self.message}{hint}{chain}"


class PycomposeError(Exception):
    """The root of the tree; `exit_code` is what the command exits with."""

    exit_code = 1


class UsageError(PycomposeError):
    """The command line contradicts itself, or names what does not exist."""


class ComposeFileError(PycomposeError):
    """Problems found in Compose files, in file order; never empty."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class NoComposeFile(PycomposeError):
    """No Compose file was named, and none was found from the working directory upwards."""


class ProjectInUse(PycomposeError):
    """Another command is changing the project, and was not waited for any longer."""


class PlanOutdated(PycomposeError):
    """A saved plan is not what would be planned now; the message names what has moved."""


class EngineError(PycomposeError):
    """An engine refused a request.

    `status` is the HTTP status, 0 where there was no answer; `request` is `METHOD /path` without a
    query, so that it holds no secrets.
    """

    def __init__(self, message: str, *, status: int = 0, request: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.request = request


class NotFound(EngineError):
    """The engine does not know the object (404)."""


class Conflict(EngineError):
    """The object exists already, or its state forbids the request (409)."""


class Unstartable(EngineError):
    """A container is beyond starting for a reason of the engine's own; only a new one will run."""


class EngineUnavailable(EngineError):
    """No engine answered, or the connection to it was lost."""


class ApplyError(PycomposeError):
    """Steps of a plan failed; `failures` pairs each failed resource with its error.

    `report` is the `pycompose.apply.Report` of the whole plan.
    """

    def __init__(self, failures: tuple[tuple[str, EngineError], ...], report: object) -> None:
        super().__init__(failures)
        self.failures = failures
        self.report = report

    def __str__(self) -> str:
        return "\n".join(f"{resource}: {error.message}" for resource, error in self.failures)


class Cancelled(PycomposeError):
    """The user interrupted the command."""

    exit_code = 130
