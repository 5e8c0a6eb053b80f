"""What pycompose or Docker Compose brought up of public files, the other one leaves alone.

The files are a corpus beside the checkout (`tests/conformance/cases.py`); where it is missing,
there is nothing to test. Images are not in it: a further file, laid over those of a case, gives
every service a busybox that sleeps in the place of its image, build, command and health check. It
takes fixed names and ports of the host away, too, as tests that run beside this one may use them.
All else stays as it was written.

Some of the files (`interop.txt`) are tried by default, PYCOMPOSE_INTEROP_FILES=all tries them all.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cases import CORPUS

pytestmark = [
    pytest.mark.docker,
    pytest.mark.oracle,
    pytest.mark.skipif(not CORPUS.exists(), reason="the corpus does not lie beside the checkout"),
]

OVER = "replaced.yaml"
DEFAULT = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
LIST = Path(__file__).parent / "interop.txt"
NEW = ("create", "destroy", "rename")  # events of what is made anew


def replacement(model: dict[str, Any], image: str) -> str:
    """Return the file that is laid over those of a case."""
    services = model["services"]
    ending = {
        name
        for service in services.values()
        for name, need in (service.get("depends_on") or {}).items()
        if need["condition"] == "service_completed_successfully"
    }
    lines = ["services:"]
    for name, service in services.items():
        command = ["true"] if name in ending else ["sleep", "1000"]
        lines += [
            f"  {json.dumps(name)}:",
            f"    image: {image}",
            f"    command: !override {json.dumps(command)}",
            "    stop_grace_period: 0s",
        ]
        absent = ("build", "entrypoint", "container_name", "platform", "pull_policy", "user")
        lines += [f"    {key}: !reset null" for key in absent if service.get(key) is not None]
        if service.get("ports"):
            ports = [f"{port['target']}/{port['protocol']}" for port in service["ports"]]
            lines.append(f"    ports: !override {json.dumps(ports)}")
        if service.get("healthcheck", {}).get("test"):
            check = {"test": ["CMD", "true"], "interval": "500ms"}
            lines.append(f"    healthcheck: !override {json.dumps(check)}")
        if name in ending and service.get("restart"):
            lines.append('    restart: "no"')
    return "\n".join(lines) + "\n"


def files(folder: Path, args: list[str], env: dict[str, str]) -> list[str]:
    """Return the flags that name the files of a case, where its own do not."""
    if env.get("COMPOSE_FILE"):
        return [word for name in env["COMPOSE_FILE"].split(":") for word in ("-f", name)]
    if "-f" in args or "--file" in args:
        return []
    first = next(folder / name for name in DEFAULT if (folder / name).exists())
    also = first.with_name(f"{first.stem}.override{first.suffix}")
    return [word for path in (first, also) if path.exists() for word in ("-f", path.name)]


def cases() -> Iterator[dict[str, Any]]:
    lines = [line for line in LIST.read_text().splitlines() if not line.startswith("#")]
    if os.environ.get("PYCOMPOSE_INTEROP_FILES") != "all":
        lines = [line for line in lines if line.startswith("* ")]
    ids = {line.removeprefix("* ") for line in lines}
    for line in (CORPUS / "cases.jsonl").read_text().splitlines() if CORPUS.exists() else ():
        case = json.loads(line)
        if case["id"] in ids:
            yield case


def copied(case: dict[str, Any], folder: Path) -> Path:
    """Copy the files of a case below `folder`, to be written to; return where it is run."""
    root = folder / "case"
    shutil.copytree(CORPUS / case["root"], root)
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
    return root / case["cwd"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases()])
def test_each_leaves_alone_what_the_other_brought_up(scene, case) -> None:
    scene.folder = copied(case, scene.folder)
    scene.write(replacement(case["model"], "IMAGE"), OVER)
    env = dict(case["env"])
    words = [*case["args"], *files(scene.folder, case["args"], env), "-f", OVER]
    env.pop("COMPOSE_FILE", None)

    def ours(*command: str) -> None:
        scene.run(*words, *command, **env)

    def theirs(*command: str) -> None:
        scene.oracle(*words, *command, **env)

    for first, second in ((ours, theirs), (theirs, ours)):
        first("up", "-d")
        before, since = scene.ids(), time.time()
        assert before
        second("up", "-d")
        assert scene.ids() == before
        changed = [change for change in scene.changes(since) if change.split()[1] in NEW]
        assert changed == []
        second("down", "--volumes")
        assert scene.nothing_left()
