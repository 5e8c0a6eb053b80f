"""Our reader of env files and Docker Compose's agree on whatever can be typed."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pycompose.errors import ComposeFileError
from pycompose.loader.dotenv import parse_env

ENV = {"B": "bee", "HOME2": "os"}

_PIECES = [*"AB=:\"'\\$# \t\n\r-.[]0", "${", "}", ":-", "export ", "\\n", "\\0101", "é", "{", "$B"]


def _oracle(folder: Path, text: str) -> dict[str, str] | None:
    """Return what Docker Compose reads from an env file, None where it refuses it."""
    (folder / "e.env").write_text(text, newline="")
    (folder / "compose.yaml").write_text("services: {a: {image: x, env_file: [e.env]}}")
    program = Path(sysconfig.get_path("purelib")) / "compose" / "docker-compose"
    done = subprocess.run(
        [program, "-p", "p", "-f", folder / "compose.yaml", "config", "--format", "json"],
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **ENV},
    )
    if done.returncode:
        return None
    found = json.loads(done.stdout)["services"]["a"].get("environment") or {}
    return {key: value.replace("$$", "$") for key, value in found.items()}


@pytest.mark.oracle
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.lists(st.sampled_from(_PIECES), max_size=14).map(lambda parts: "A=" + "".join(parts))
)
def test_agrees_with_docker_compose(tmp_path, text):
    text += "\n"  # without it, the oracle makes a name alone the value of an empty name
    expected = _oracle(tmp_path, text)
    try:
        found = dict(parse_env(text, ".env", ENV.get).values)
    except ComposeFileError as error:
        # Compat: we refuse empty names and names with blanks in them.
        lenient = "expected the name" in str(error) or "cannot hold a space" in str(error)
        assert expected is None or lenient
    else:
        assert found == expected
