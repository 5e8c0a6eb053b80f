"""Files made to exhaust us end soon, in little memory, with a message.

Each is read by a process of its own that the kernel stops at some seconds of processor time and at
300 MB of memory: no clock of ours is read, so a busy machine fails nothing.
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import environment

MEMORY = 300 * 2**20  # bytes
SECONDS = 4  # of processor time: twice what we promise, which neighbours of a core may cost
SERVICE = "services: {web: {image: nginx}}\n"


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def config(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pycompose", *words, "config", "-q"],
        cwd=folder,
        env=environment(**env),
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        preexec_fn=_limit,
    )


def _aliases(line: str) -> str:
    lines = ["x-a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    for number in range(1, 12):
        lines.append(line.format(number, ", ".join([f"*a{number - 1}"] * 9)))
    return "\n".join([*lines, SERVICE])


MERGES = "\n".join(
    [
        "x-a: &a {" + ", ".join(f"k{number}: 1" for number in range(5_000)) + "}",
        "x-b: {<<: [" + ", ".join(["*a"] * 5_000) + "]}",
    ]
)
NAMES = ", ".join(f"k{number}" for number in range(200_000))
FILES = {
    "aliases in lists": (_aliases("x-a{0}: &a{0} [{1}]"), "aliases stand for more than"),
    "aliases in mappings": (
        _aliases("x-a{0}: &a{0} {{b: [{1}]}}"),
        "aliases stand for more than",
    ),
    "merges": (MERGES, "aliases stand for more than"),
    "a merge of itself": ("services: {web: &web {<<: *web, image: nginx}}", "merges the very"),
    "brackets": ("x-a: " + "[" * 1_000_000, "levels deep"),
    "braces": ("x-a: " + "{a: " * 500_000, "levels deep"),
    "dashes": ("x-a:\n  " + "- " * 500_000, "levels deep"),
    "indentation": ("\n".join(" " * n + "a:" for n in range(3_000)), "levels deep"),
    "values": ("x-a: [" + "1," * 4_000_000 + "1]", "more than 500000 values"),
    "one long line": ("services: {web: {image: n, labels: [" + "x" * 10_000_000, "never closed"),
    "a long key": ("? " + "x" * 10_000_000 + "\n: 1\n", "unknown attribute 'xxx"),
    "digits": ("services: {web: {image: " + "9" * 1_000_000 + ", tty: []}}", "true or false"),
    "variables in variables": (
        "services: {web: {image: '" + "${A:-" * 50_000 + "}" * 50_000 + "'}}",
        "nested more than",
    ),
    "braces never closed": ("services: {web: {image: '" + "${A:-{" * 100_000 + "'}}", "${A"),
    "unknown attributes": (
        "services: {web: {" + ", ".join(f"k{n}: 1" for n in range(50_000)) + "}}",
        "unknown attribute 'k0'",
    ),
    "a mistake in much": (
        "services: {web: {imagee: x, labels: [" + NAMES + "]}}",
        "unknown attribute 'imagee'",
    ),
    "a mistake among many items": (
        "services: {web: {image: x, labels: [" + NAMES + ", []]}}",
        "services.web.labels[200000]: expected a string, found a list",
    ),
    "duplicate keys": ("a: 1\n" * 300_000, "is defined already"),
    "words of regular expressions": (
        "services: {web: {image: n, ports: ['" + "1" * 200_000 + "'], stop_grace_period: '"
        + "1h" * 200_000 + "x', shm_size: '" + "1" * 200_000 + "x'}}",
        "no duration",
    ),
    "names close to each other": (
        "services: {web: {image: n, depends_on: [" + "a" * 50_000 + "]}, "
        + ", ".join(f"{'a' * 200}{n}: {{image: n}}" for n in range(2_000)) + "}",
        "no service",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_made_to_exhaust_us_is_refused(name, tmp_path) -> None:
    text, message = FILES[name]
    (tmp_path / "compose.yaml").write_text(text)
    done = config(tmp_path)
    assert message in done.stderr, (done.returncode, done.stderr[-500:])
    assert done.returncode == 1
    assert "compose.yaml:" in done.stderr
    assert len(done.stderr) < 1_000_000


ENV_FILES = {
    "doubling": ("\n".join(["A=xxxxxxxxxx"] + ["A=$A$A"] * 60), "longer than"),
    "doubling by turns": (
        "\n".join(["A=xxxxxxxxxx", *("B=$A$A", "A=$B$B") * 30]),
        "longer than",
    ),
    "lines": ("A=1\n" * 6_000_000, "more than 16777216 bytes"),
    "a quote": ("A='" + "\\'" * 4_000_000, "never closed"),
    "nested": ("A=" + "${B:-" * 100_000 + "}" * 100_000, "nested more than"),
    "multiplied": ("A=" + "x" * 1_000_000 + "\nB=" + "$A" * 1_000_000, "longer than"),
    "many variables": ("".join(f"A{n}=1\n" for n in range(1_000_000)), "more than 200000"),
    "mistakes": ("A B=1\n" * 1_000_000, "cannot hold a space"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENV_FILES)
@pytest.mark.parametrize("where", ["env_file", ".env"])
def test_an_env_file_made_to_exhaust_us_is_refused(name, where, tmp_path) -> None:
    text, message = ENV_FILES[name]
    file = ".env" if where == ".env" else "a.env"
    (tmp_path / file).write_text(text)
    body = "services: {web: {image: nginx, env_file: a.env}}"
    (tmp_path / "compose.yaml").write_text(body if where == "env_file" else SERVICE)
    done = config(tmp_path)
    assert message in done.stderr, (done.returncode, done.stderr[-500:])
    assert done.returncode == 1


def _kinds(folder: Path) -> dict[str, str]:
    """Return paths that are no regular files, by what they are."""
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
    (folder / "folder").mkdir()
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "loop").symlink_to("loop")
    return {
        "a pipe": "fifo",
        "a socket": "socket",
        "a folder": "folder",
        "a device": "/dev/zero",
        "a link to a device": "zero",
        "a link to itself": "loop",
        "memory": "/proc/self/mem",
        "the kernel's memory": "/proc/kcore",
        "a terminal": "/dev/tty",
    }


def test_only_regular_files_are_read(tmp_path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {image: nginx, env_file: $FILE}}")
    for kind, path in _kinds(tmp_path).items():
        named = config(tmp_path, "-f", path)
        assert named.returncode == 1, kind
        assert named.stderr.count("\n") == 1, named.stderr
        assert f"{path}:1:1: " in named.stderr, named.stderr
        used = config(tmp_path, FILE=path)
        assert used.returncode == 1, kind
        assert "compose.yaml:1:42: services.web.env_file[0]: " in used.stderr, used.stderr
        given = config(tmp_path, "--env-file", path, FILE="/dev/null")
        assert given.returncode == 1, kind
        assert path in given.stderr


def test_values_of_variables_do_not_multiply(tmp_path) -> None:
    text = "services: {web: {image: x, labels: [" + ", ".join(["$A"] * 20_000) + "]}}"
    (tmp_path / "compose.yaml").write_text(text)
    done = config(tmp_path, A="x" * 100_000)
    assert "variables make the texts of this file longer than" in done.stderr
