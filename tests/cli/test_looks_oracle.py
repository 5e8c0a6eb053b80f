"""What shows a running project, beside Docker Compose itself: equal output, streams and codes."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from command_line import environment, run
from validation import valid, valid_lines

pytestmark = [pytest.mark.docker, pytest.mark.oracle]
# What differs from one second to the next.
MOVING = re.compile(
    r"(Less than a second|About a minute|\d+ (seconds?|minutes?|hours?))( ago)?"
    r"|(\d+ +)?\d\d:\d\d(:\d\d)?|\d+(\.\d+)?(%|[kKM]?i?B)|\d+ +\?| +|-{2,}"
)

EQUAL = [
    "top",
    "top web",
    "top nosuch",
    "port web 80",
    "port --protocol udp web 81",
    "port web 81",
    "port db 80",
    "port nosuch 80",
    "port --index 2 web 80",
    "images",
    "images -q",
    "images db",
    "images nosuch",
    "volumes",
    "volumes -q",
    "volumes web",
    "volumes db",
    "volumes nosuch",
    "volumes --format {{.Name}}:{{.Driver}}",
    "volumes --format table\u00a0{{.Name}}",
    "ls --filter name=^PROJECT$",
    "ls -q --filter name=PROJECT",
    "ls --filter name=PROJECT --format json",
    "ls --filter foo=bar",
    "stats --no-stream web",
    "stats --no-stream nosuch",
    "stats --no-stream --no-trunc web",
    "stats --no-stream --format json web",
    "stats --no-stream --format {{.Name}}:{{.PIDs}} web",
    "exec web echo hi",
    "exec web sh -c exit\u00a07",
    "exec nosuch true",
    "exec --index 3 db true",
    "attach nosuch",
    "run nosuch",
    "run --rm --no-deps -T web echo hi",
    "run -q --rm --no-deps -T web sh -c exit\u00a07",
    "run -l k web",
    "ps --format {{.Name}}",
    "ps -q db",
    "ps --services",
    "logs --no-color job",
    "logs --no-color --no-log-prefix job",
    "logs --index 2 job",
]
# As `EQUAL`, but compared as JSON, whatever the order.
JSON = ["images --format json", "volumes --format json", "ps --format json"]
# Not the same words; the same exit code, and nothing on standard output.
REFUSED = [
    "top --nosuch",
    "port web",
    "port web x",
    "port",
    "exec web",
    "run",
    "attach",
    "images --nosuch",
    "volumes --nosuch",
    "ls --nosuch",
    "stats --nosuch",
    "logs nosuch",
    "ps nosuch",
]


def oracle(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = Path(find_spec("compose").submodule_search_locations[0]) / "docker-compose"
    return subprocess.run(
        [program, *words],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory, image):
    folder = tmp_path_factory.mktemp("looks")
    name = f"pclooks{folder.name.removeprefix('looks')}x{id(folder):x}"
    sleeping = {"image": image, "command": ["sleep", "1000"], "stop_grace_period": "0s"}
    document = {
        "name": name,
        "services": {
            "web": {
                **sleeping,
                "ports": ["127.0.0.1::80", "127.0.0.1::81/udp"],
                "volumes": ["data:/data", "/anonymous"],
            },
            "db": {**sleeping, "scale": 2},
            "job": {"image": image, "command": ["echo", "done"]},
        },
        "volumes": {"data": {}, "unused": {}},
    }
    (folder / "compose.yaml").write_text(json.dumps(document))
    oracle("up", "-d", cwd=folder)
    oracle("wait", "job", cwd=folder)
    yield folder, name
    oracle("down", "--volumes", "--remove-orphans", cwd=folder)


def both(words: str, project: tuple[Path, str]):
    folder, name = project
    split = [word.replace("\u00a0", " ") for word in words.replace("PROJECT", name).split(" ")]
    return oracle(*split, cwd=folder), run(*split, cwd=folder)


def still(text: str) -> list[str]:
    """The lines without what moves, and in an order of their own: containers have none."""
    return sorted(MOVING.sub(" ", line).strip() for line in text.splitlines())


def words_of(text: str) -> list[str]:
    """The words of a message; ports in it have no order."""
    return sorted(text.replace(",", " ").split())


@pytest.mark.parametrize("words", EQUAL)
def test_output_errors_and_exit_codes_are_equal(words, project) -> None:
    theirs, ours = both(words, project)
    assert (ours.returncode, still(ours.stdout)) == (theirs.returncode, still(theirs.stdout))
    if theirs.returncode and theirs.stderr:
        assert words_of(ours.stderr) == words_of(theirs.stderr)


@pytest.mark.parametrize("words", JSON)
def test_objects_are_equal(words, project) -> None:
    theirs, ours = both(words, project)
    schema = words.partition(" ")[0]
    if schema == "images":
        valid(schema, json.loads(ours.stdout))
    else:
        valid_lines(schema, ours.stdout)

    def objects(text: str) -> list[str]:
        lines = [json.loads(line) for line in text.splitlines() if line]
        found = [item for line in lines for item in (line if isinstance(line, list) else [line])]
        for item in found:
            # What is joined by commas, and the ports, stand in another order each time.
            for key, value in item.items():
                if isinstance(value, str) and "," in value:
                    item[key] = sorted(value.replace(", ", ",").split(","))
            if "Publishers" in item:
                item["Publishers"] = sorted(map(str, item["Publishers"] or ()))
            for moving in ("RunningFor", "Status"):
                item.pop(moving, None)
        return sorted(json.dumps(item, sort_keys=True) for item in found)

    assert objects(ours.stdout) == objects(theirs.stdout)


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_refused_by_one_is_refused_by_the_other(words, project) -> None:
    theirs, ours = both(words, project)
    assert (ours.returncode, ours.stdout) == (theirs.returncode, "")
    assert ours.returncode == 1
    assert ours.stderr.strip()


def test_there_are_sixty_of_them() -> None:
    assert len({*EQUAL, *JSON, *REFUSED}) >= 60


def test_a_misspelt_service_is_told_of_rather_than_waited_for(project) -> None:
    done = run("events", "nosuch", cwd=project[0])
    assert (done.returncode, done.stderr) == (1, "no such service: nosuch\n")
