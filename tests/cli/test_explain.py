"""`config --explain` as a user types it."""

from __future__ import annotations

import json

import pytest
from command_line import run

FILES = {
    "compose.yaml": """
name: shop
services:
  web:
    image: nginx:${TAG:-1}
    environment: [A=compose, C, "D=$$x"]
    env_file: a.env
    command: |
      first
      second #
    configs: [{source: c, target: "# odd"}]
    ports: ["80:80"]
configs:
  c: {content: "a\\n# b\\n"}
""",
    "compose.override.yaml": "services: {web: {environment: {A: over}, ports: ['80:80', 81]}}",
    "a.env": "A=file\nE=file\n",
    ".env": "TAG=dot\nC=dot\n",
}


@pytest.fixture
def project(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_paths_are_explained_in_their_order(project):
    paths = ("services.web.environment.A", "services.web.image")
    done = run("config", "--explain", *paths, cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        'services.web.environment.A: "over"\n'
        "  from compose.override.yaml:1:35\n"
        '  over "compose" from compose.yaml:6:19: a later file wins over an earlier one\n'
        '  over "file" from a.env:1:1: environment wins over env_file\n'
        "\n"
        'services.web.image: "nginx:dot"\n'
        '  from compose.yaml:5:12, written as "nginx:${TAG:-1}"\n'
        '  TAG is "dot", from .env:1:1\n'
    )
    found = json.loads(run("config", "--explain", "--format", "json", *paths, cwd=project).stdout)
    assert [it["path"] for it in found] == list(paths)


def test_the_shell_is_told_as_such(project):
    done = run("config", "--explain", "services.web.environment.C", cwd=project, C="sh")
    assert '  C is "sh", from the shell\n  over "dot" from .env:2:1' in done.stdout


def test_the_whole_project_stays_one_that_can_be_loaded(project):
    plain = run("config", cwd=project).stdout
    noted = run("config", "--explain", cwd=project)
    assert noted.returncode == 0
    lines = noted.stdout.splitlines()
    assert [line.partition("  # ")[0] for line in lines] != lines
    for line in (
        "name: shop  # compose.yaml:2",
        "    environment:  # compose.yaml:6",
        "      A: over  # compose.override.yaml:1",
        "      C: dot  # .env:2",
        "      D: $$x  # compose.yaml:6",
        "      E: file  # a.env:2",
        "      default: null  # default",
        "    content: |  # compose.yaml:14",
    ):
        assert line in lines
    (project / "noted").mkdir()
    (project / "noted" / "compose.yaml").write_text(noted.stdout)
    assert run("-f", "noted/compose.yaml", "config", cwd=project).stdout == plain


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("services.web.imag", "services.web has no 'imag' (did you mean 'image'?)"),
        ("a..b", "'a..b' is no path, write 'services.web.ports[0].target'"),
        (
            "--format xml name",
            'unsupported format "xml" of --explain, expected text or json',
        ),
    ],
)
def test_is_refused(project, words, message):
    done = run("config", "--explain", *words.split(), cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{message}\n")


def test_what_a_secret_holds_is_not_shown(project):
    (project / "token").write_text("s3cret")
    text = FILES["compose.yaml"] + "secrets: {t: {file: ./token}}\n"
    (project / "compose.yaml").write_text(
        text.replace("    ports:", "    secrets: [t]\n    ports:")
    )
    for words in ((), ("secrets.t.file",), ("secrets.t",)):
        done = run("config", "--explain", *words, cwd=project)
        assert done.returncode == 0
        assert "s3cret" not in done.stdout
