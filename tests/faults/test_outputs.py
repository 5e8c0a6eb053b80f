"""What commands write, and to whom: readers that leave, full disks, floods, bytes that do harm."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from fake_scene import PATIENCE, FakeScene

WEB = "services: {web: {image: IMAGE}}\n"
LONG = 100_000_000  # bytes of one line
MANY = 200_000  # lines
FLAT = 100_000  # KiB that a command may take, whatever it is told
PIECE = 16_384  # bytes that an engine keeps of a line at once


def env(scene: FakeScene, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    command = f"{sys.executable} -m pycompose -p demo"
    host = {"DOCKER_HOST": scene.proxy.address, "XDG_RUNTIME_DIR": str(scene.folder)}
    return {**kept, "LC_ALL": "C.UTF-8", "P": command, **host, **more}


def shell(scene: FakeScene, script: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run a script of bash, in which `$P` is the command."""
    return subprocess.run(
        ["bash", "-c", script],
        cwd=scene.folder,
        env=env(scene, **more),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


# What a process took at most is told of its children; its own figure is that of who began it.
MEASURE = """\
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


def memory(scene: FakeScene, *words: str, out: Path) -> int:
    """Run a command, its output in a file; return the most memory it took, in KiB."""
    with out.open("wb") as file:
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, *env(scene)["P"].split(), *words],
            cwd=scene.folder,
            env=env(scene),
            stdout=file,
            stderr=subprocess.PIPE,
            check=True,
        )
    code, most = done.stderr.split()
    assert int(code) == 0
    return int(most)


@pytest.fixture
def web(scene: FakeScene) -> FakeScene:
    scene.write(WEB)
    scene.run("up", "-d")
    return scene


@pytest.mark.parametrize("words", ["logs", "logs -f", "config --environment", "ps --format json"])
def test_f_54_a_reader_that_leaves_hears_nothing_more(web: FakeScene, words: str) -> None:
    for number in range(20_000):
        web.engine.write("demo-web-1", b"%d\n" % number)
    big = {f"BIG{number}": "x" * 100_000 for number in range(3)} if "config" in words else {}
    script = f"$P {words} | head -c 1; echo ${{PIPESTATUS[0]}}"
    if "-f" in words:
        script = f"$P {words} | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = shell(web, script, **big)
    assert done.stderr == b""
    assert done.stdout.split()[-1].endswith((b"141", b"0"))


@pytest.mark.parametrize(
    "words", ["config", "logs", "ps", "images", "volumes", "ls", "plan", "lint --format json"]
)
def test_f_55_a_full_disk_behind_the_output_is_told(web: FakeScene, words: str) -> None:
    web.engine.write("demo-web-1", b"line\n")
    done = shell(web, f"$P {words} > /dev/full")
    assert (done.returncode, done.stderr) == (
        1,
        b"cannot write the output: No space left on device\n",
    )


@pytest.mark.parametrize("words", ["config -o file", "plan -o file", "export -o file web"])
def test_f_56_a_file_is_whole_or_as_it_was(web: FakeScene, words: str) -> None:
    (web.folder / "file").write_text("before")
    done = shell(web, f"ulimit -f 0; trap '' XFSZ; $P {words}")
    assert done.returncode == 1, done.stderr
    assert b"file too large" in done.stderr.lower()
    assert b"Traceback" not in done.stderr
    assert (web.folder / "file").read_text() == "before"
    assert not list(web.folder.glob(".pycompose*"))


def test_f_56_nothing_but_the_files_of_the_project_is_needed(scene: FakeScene) -> None:
    scene.write(WEB)
    nowhere = {"HOME": "/proc/none", "TMPDIR": "/proc/none", "XDG_RUNTIME_DIR": "/proc/none"}
    for words in ("config -q", "up -d", "ps", "down"):
        done = shell(scene, f"$P {words}", **nowhere)
        assert done.returncode == 0, done.stderr
    assert scene.nothing_left()


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.ISO-8859-1"])
@pytest.mark.parametrize("closed", ["", "<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_f_57_closed_streams_and_old_locales_do_no_harm(
    web: FakeScene, closed: str, locale: str
) -> None:
    web.write("services: {web: {image: IMAGE, environment: {NAME: ä漢}}}\n")
    web.engine.write("demo-web-1", "ä漢\n".encode())
    for words in ("config", "logs", "up -d"):
        done = shell(web, f"$P {words} {closed}", LC_ALL=locale, PYTHONUTF8="0")
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr
        if not closed and words != "up -d":
            assert "ä漢" in done.stdout.decode()


def chain(count: int) -> str:
    lines = [f"  s{n}: {{image: IMAGE, depends_on: [s{n - 1}]}}" for n in range(1, count)]
    return "\n".join(["services:", "  s0: {image: IMAGE}", *lines, ""])


def dense(count: int) -> str:
    lines = [
        f"  s{n}: {{image: IMAGE, depends_on: [{', '.join(f's{m}' for m in range(n))}]}}"
        for n in range(count)
    ]
    return "\n".join(["services:", *lines, ""])


@pytest.mark.parametrize("text", [chain(2_000), dense(120)], ids=["chain", "dense"])
def test_f_58_large_graphs_are_no_harder_than_small_ones(scene: FakeScene, text: str) -> None:
    scene.write(text)
    assert "s119" in scene.run("config").stdout
    assert scene.run("plan", code=None).code in (0, 2)


def test_f_59_many_services_and_long_chains_come_and_go(scene: FakeScene) -> None:
    scene.write(chain(40) + "".join(f"  t{n}: {{image: IMAGE}}\n" for n in range(50)))
    scene.run("up", "-d")
    assert list(scene.states().values()) == ["running"] * 90
    assert scene.nothing_to_do()
    scene.run("down")
    assert scene.nothing_left()


@pytest.mark.parametrize("more", [(), ("--timestamps",), ("--format", "json")])
def test_f_60_memory_does_not_grow_with_the_number_of_lines(
    web: FakeScene, tmp_path: Path, more: tuple[str, ...]
) -> None:
    for number in range(MANY):
        web.engine.write("demo-web-1", b"line %d\n" % number)
    out = tmp_path / "out"
    assert memory(web, "logs", *more, out=out) < FLAT
    assert out.read_bytes().count(b"\n") == MANY


@pytest.mark.parametrize("words", [("logs",), ("logs", "--format", "json"), ("logs", "-t")])
def test_f_61_memory_does_not_grow_with_the_length_of_a_line(
    web: FakeScene, tmp_path: Path, words: tuple[str, ...]
) -> None:
    piece = b"q" * PIECE
    for _ in range(LONG // PIECE):
        web.engine.write("demo-web-1", piece)
    web.engine.write("demo-web-1", b"end\n")
    out = tmp_path / "out"
    assert memory(web, *words, out=out) < FLAT
    count = 0
    with out.open("rb") as file:
        while data := file.read(1 << 20):
            count += data.count(b"q")
    assert count == LONG // PIECE * PIECE


HARMFUL = b"a\xff\x00b \x1b]0;title\x07\x1b[31mred \x1b[2J\xc2\x9b2J\n"


def test_f_62_bytes_pass_unchanged_to_a_pipe(web: FakeScene) -> None:
    web.engine.write("demo-web-1", HARMFUL)
    assert shell(web, "$P logs").stdout == b"web-1  | " + HARMFUL
    assert shell(web, "$P logs --no-log-prefix").stdout == HARMFUL
    found = shell(web, "$P logs --format json").stdout
    assert b"\x1b" not in found
    assert b"\\u001b[31mred" in found


def test_f_62_a_terminal_obeys_nothing_but_colours(web: FakeScene) -> None:
    web.engine.write("demo-web-1", HARMFUL)
    command = [*env(web)["P"].split()[1:], "logs", "--no-color"]
    child = pexpect.spawn(
        sys.executable, command, cwd=web.folder, env=env(web, TERM="xterm"), timeout=PATIENCE
    )
    seen = child.read().decode()
    child.close()
    assert child.exitstatus == 0
    assert seen == "web-1  | a\ufffd\\x00b \\e]0;title\\x07\x1b[31mred \\e[2J\\x9b2J\x1b[0m\r\n"
    assert re.findall("\x1b[^m]*m", seen) == ["\x1b[31m", "\x1b[0m"]
