"""The entry point of `pycompose` and of the Docker CLI plug-in `docker-pycompose`.

Answers what needs no command line parser before importing one, and turns whatever ends a command
(an answer, an error, a closed pipe, an interrupt, a full disk) into an exit code.
"""

from __future__ import annotations

import gc
import io
import os
import sys

from pycompose.cli import DESCRIPTION
from pycompose.version import VERSION

PLUGIN = "pycompose"
METADATA = "docker-cli-plugin-metadata"
INTERRUPTED = 130
BROKEN_PIPE = 141  # 128 + SIGPIPE, as a shell reports a C program
_DOCKER_VALUED = (
    *("--config", "--context", "--host", "--log-level", "--tlscacert", "--tlscert", "--tlskey"),
    *("-c", "-H", "-l"),
)


def main(argv: list[str] | None = None) -> int:
    """Run one command line and return its exit code; console scripts exit with it."""
    argv = sys.argv if argv is None else argv
    # A command makes many objects and ends: a third of the time to read a large file went here,
    # and a tenth of that to plan it. The threshold is what a thousand services stay below.
    gc.set_threshold(500_000, 50, 100)
    _repair_streams()
    program, arguments = _plugin_mode(argv)
    code = 0
    try:
        if not _trivial(arguments):
            from pycompose.cli.main import run

            code = run(arguments, program)
        sys.stdout.flush()
    except BrokenPipeError:
        code = BROKEN_PIPE
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError as error:  # the disk behind stdout is full
        _complain(f"cannot write the output: {error.strerror or error}")
        code = 1
    _flush()
    if code == INTERRUPTED:
        # Threads blocked in a read would hold the interpreter's end up: nothing is left to do.
        os._exit(code)
    return code


def _repair_streams() -> None:
    """Open what the caller closed, and write UTF-8 whatever the locale, as Docker does."""
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        _open_closed()
    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _open_closed() -> None:
    # Else the next file or socket would take the number of the closed stream.
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number
    sys.stdin = sys.stdin or os.fdopen(0)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def _plugin_mode(argv: list[str]) -> tuple[str, list[str]]:
    """Return the program's name and its arguments without the plug-in's own name.

    The docker CLI runs `docker-NAME [docker's flags] NAME …`, and `docker-NAME __complete NAME …`
    for what is being typed.
    """
    called = os.path.basename(argv[0]) if argv else PLUGIN
    name = called.removeprefix("docker-") if called.startswith("docker-") else PLUGIN
    index = 2 if len(argv) > 1 and argv[1].startswith("__complete") else 1
    if index == 2 and not called.startswith("docker-"):
        return called, argv[1:]
    while index < len(argv) and argv[index].startswith("-") and argv[index] != "--":
        index += 2 if argv[index] in _DOCKER_VALUED else 1
    if index < len(argv) and argv[index] == name:
        return f"docker {name}", [*argv[1:index], *argv[index + 1 :]]
    return PLUGIN if called == "__main__.py" else called, argv[1:]


def _trivial(arguments: list[str]) -> bool:
    """Answer what docker and scripts ask most often; False where it is something else."""
    match arguments:
        case ["docker-cli-plugin-metadata", *_]:
            text = (
                f'{{"SchemaVersion":"0.1.0","Vendor":"pycompose","Version":"v{VERSION}",'
                f'"ShortDescription":"{DESCRIPTION}"}}'
            )
        case ["version"] | ["--version"] | ["-v"]:
            text = f"pycompose version v{VERSION}"
        case ["version", "--short"]:
            text = VERSION
        case _:
            return False
    sys.stdout.write(text + "\n")
    return True


def _complain(message: str) -> None:
    try:
        sys.stderr.write(message + "\n")
    except OSError:
        return


def _flush() -> None:
    """Flush both streams; one that cannot be written is let go, so that exiting stays silent."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
