"""The stages together."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap

import pytest

from pycompose.errors import ComposeFileError, UsageError
from pycompose.loader import stages
from pycompose.loader.assemble import assemble
from pycompose.loader.layer import layer
from pycompose.loader.reading import Reading
from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, load

WEB = "services:\n  web:\n    image: nginx\n"


class Files:
    """Sources by path."""

    def __init__(self, files):
        self.files = files

    def read(self, path):
        if path not in self.files:
            raise FileNotFoundError(path)
        if isinstance(self.files[path], Exception):
            raise self.files[path]
        return Source(path, path.rpartition("/")[2], self.files[path])


def loaded(*texts, files=None, **options):
    """Return the project of these files, which stand in `/home/me/shop`."""
    named = {f"/home/me/shop/{index}.yaml": text for index, text in enumerate(texts)}
    given = {f"/home/me/shop/{name}": text for name, text in (files or {}).items()}
    options = {"working_dir": "/home/me/shop", "home": "/home/me", **options}
    return load(LoadOptions(files=tuple(named), **options), Files(named | given))


def refused(*texts, **options):
    with pytest.raises(ComposeFileError) as caught:
        loaded(*texts, **options)
    return [str(problem) for problem in caught.value.problems]


def test_the_docstring_names_the_stages_in_the_order_of_the_code():
    told = re.findall(r"^- (\w+):", stages.__doc__, re.MULTILINE)
    ran = [name for name in called(stages.load) if name in told]
    assert list(dict.fromkeys(ran)) == told


# What the stages are called in.
PARTS = {
    "merged": stages.merged,
    "documents": Reading.documents,
    "assemble": assemble,
    "layer": layer,
}


def called(function):
    """Yield the names of what a function calls, in order; in place of its parts, what they call."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [
        (node.end_lineno, node.end_col_offset, node is call.func, name)
        for call in calls
        # Stages may be arguments, of `outlived` for example; `load` names two for `merged`.
        for node in (call.func, *(call.args if function is not stages.load else ()))
        if (name := getattr(node, "id", getattr(node, "attr", "")))
    ]
    for _, _, is_call, name in sorted(names):
        yield from called(PARTS[name]) if is_call and name in PARTS else [name]


def test_a_project_knows_where_it_comes_from():
    project = loaded(WEB, environment={"A": "1"})
    assert project.name == "shop"
    assert project.working_dir == "/home/me/shop"
    assert project.config_files == ("/home/me/shop/0.yaml",)
    assert project.environment == {"A": "1", "COMPOSE_PROJECT_NAME": "shop"}
    assert str(project.places.find("services", "web", "image")) == "0.yaml:3:12"


def test_a_later_file_is_laid_over_an_earlier_one():
    project = loaded(WEB, "services: {web: {command: ls -l}, db: {image: redis}}")
    assert project.services["web"].command == ("ls", "-l")
    assert list(project.services) == ["db", "web"]


def test_documents_of_one_file_are_merged_too():
    project = loaded(f"{WEB}---\nservices: {{web: {{image: caddy}}}}\n")
    assert project.services["web"].image == "caddy"


def test_reset_and_override_marks_do_not_survive():
    project = loaded(
        "services: {web: {image: a, ports: !override ['80'], command: !reset ls, tty: true}}",
        "services: {web: {tty: !reset false}}",
    )
    web = project.services["web"]
    assert (web.command, web.tty, len(web.ports)) == (None, False, 1)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "from-file"),
        ({"environment": {"COMPOSE_PROJECT_NAME": "fromenv"}}, "fromenv"),
        ({"environment": {"COMPOSE_PROJECT_NAME": ""}}, "from-file"),
        ({"files": {".env": "COMPOSE_PROJECT_NAME=dotenv"}}, "dotenv"),
        ({"name": "flag", "environment": {"COMPOSE_PROJECT_NAME": "fromenv"}}, "flag"),
    ],
)
def test_the_name_has_an_order_of_precedence(options, name):
    project = loaded("name: From-${KIND:-File}\n" + WEB, "name: ''\nservices: {}", **options)
    assert project.name == name


def test_the_name_is_interpolated_everywhere():
    text = "name: a\nservices: {web: {image: '${COMPOSE_PROJECT_NAME}/web'}}"
    assert loaded(text).services["web"].image == "a/web"


def test_a_directory_s_name_is_made_to_fit():
    assert loaded(WEB, working_dir="/tmp/_Sub Dir.X").name == "subdirx"


def test_a_name_that_was_asked_for_must_fit():
    with pytest.raises(UsageError, match="invalid project name 'Foo'"):
        loaded(WEB, name="Foo")
    with pytest.raises(UsageError, match="the project has no name"):
        loaded(WEB, working_dir="/")


def test_the_implied_env_file_can_be_switched_off():
    files = {".env": "TAG=1"}
    text = "services: {web: {image: 'nginx:${TAG-none}'}}"
    assert loaded(text, files=files).services["web"].image == "nginx:1"
    assert loaded(text, files=files, dotenv=False).services["web"].image == "nginx:none"
    other = loaded(
        text, files={**files, "b.env": "TAG=2"}, environment_files=("/home/me/shop/b.env",)
    )
    assert other.services["web"].image == "nginx:2"
    assert other.environment_files == ("/home/me/shop/b.env",)


def test_warnings_are_notices():
    notices = loaded("version: '3'\nservices: {web: {image: 'a${B}'}}").notices
    assert [(str(it.at), it.path, it.severity) for it in notices] == [
        ("0.yaml:1:1", "version", "warning"),
        ("0.yaml:2:25", "services.web.image", "warning"),
    ]


def test_profiles_come_from_options_else_from_the_environment():
    text = "services: {a: {image: x, profiles: [p]}, b: {image: x, profiles: [q]}}"
    assert list(loaded(text, profiles=("p",)).services) == ["a"]
    assert list(loaded(text, environment={"COMPOSE_PROFILES": "p, q ,"}).services) == ["a", "b"]
    assert list(loaded(text, profiles=("p",), environment={"COMPOSE_PROFILES": "q"}).services) == [
        "a"
    ]
    assert list(loaded(text).disabled) == ["a", "b"]


def test_services_can_be_chosen():
    text = """
services:
  web: {image: x, depends_on: [db], volumes: ["data:/d"]}
  db: {image: x}
  debug: {image: x, profiles: [dev]}
volumes: {data: , other: }
"""
    assert list(loaded(text, services=("web",)).services) == ["db", "web"]
    assert list(loaded(text, services=("web",), dependencies=False).services) == ["web"]
    assert list(loaded(text, services=("debug",)).services) == ["debug"]
    assert list(loaded(text).volumes) == ["data"]
    assert list(loaded(text, all_resources=True).volumes) == ["data", "other"]
    with pytest.raises(UsageError, match="no such service: nope"):
        loaded(text, services=("nope",))


def test_a_service_nobody_chose_may_be_broken():
    text = """
services:
  web: {image: x}
  off: {profiles: [p], env_file: nowhere.env, networks: [missing]}
"""
    assert list(loaded(text).services) == ["web"]
    problems = refused(text, profiles=("p",))
    assert [line.split(": ")[2] for line in problems] == [
        "neither 'image' nor 'build' is given, one of them is needed",
        "there is no env file '/home/me/shop/nowhere.env' ('required",
        "no network 'missing' is defined (define it in the top-level 'networks')",
    ]


def test_what_is_required_may_be_missing_where_names_are_enough():
    text = """
services:
  web: {image: "${TAG:?}", env_file: nowhere.env, depends_on: [db], volumes: ["data:/d"]}
  db: {image: x, ports: ["${PORT:?}:80"], profiles: [p]}
volumes: {data: {name: "${NAME:?}"}, other: }
"""
    project = loaded(text, profiles=("p",), names_only=True, all_resources=True)
    assert list(project.services) == ["db", "web"]
    assert list(project.services["web"].depends_on) == ["db"]
    assert (project.services["web"].image, list(project.volumes)) == ("", ["other"])
    assert len(refused(text, profiles=("p",))) == 3
    broken = (
        "services: {web: {image: x, depends_on: [off]}, off: {profiles: [p], depends_on: [no]}}"
    )
    assert list(loaded(broken, names_only=True).services) == ["web"]
    [cycle] = refused("services: {a: {image: '${U:?}', depends_on: [a]}}", names_only=True)
    assert "cycle" in cycle


def test_a_place_of_a_variable_is_in_its_env_file():
    project = loaded(
        "services: {web: {image: x, env_file: a.env}}", files={"a.env": "# first\nFOO=1\n"}
    )
    assert str(project.places.find("services", "web", "environment", "FOO")) == "a.env:2:1"


def test_problems_of_all_files_are_told_at_once():
    problems = refused(
        "services: {web: {image: ${}}}", "services: [", "services: {web: {imag: x}}", "- a"
    )
    assert sorted({line.split(":")[0] for line in problems}) == [
        *("0.yaml", "1.yaml", "2.yaml", "3.yaml"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "0.yaml:1:1: the file is empty"),
        (
            "---\n---\n",
            "0.yaml:2:1: there is nothing in this document of the file (remove its '---')",
        ),
        (
            f"{WEB}---\n",
            "0.yaml:5:1: there is nothing in this document of the file (remove its '---')",
        ),
        (
            "- a",
            "0.yaml:1:1: expected a mapping with 'services' at the top of the file, found a list",
        ),
    ],
)
def test_a_file_must_hold_a_mapping(text, expected):
    assert refused(text) == [expected]


def test_a_file_that_cannot_be_read_is_told():
    options = LoadOptions(files=("/a", "/b"), working_dir="/home")
    with pytest.raises(ComposeFileError) as caught:
        load(options, Files({"/b": ValueError("not text")}))
    assert str(caught.value) == "/a:1:1: there is no such file\n/b:1:1: not text"


def test_a_fault_that_is_none_of_the_file_s_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        load(LoadOptions(files=("/a",), working_dir="/home"), Files({"/a": ZeroDivisionError()}))


def test_compatibility_changes_the_separator():
    project = loaded(WEB, compatibility=True)
    assert project.container_name(project.services["web"], 1) == "shop_web_1"


def test_the_environment_is_not_shown():
    options = LoadOptions(files=(), working_dir="/", environment={"TOKEN": "s3cret"})
    assert "s3cret" not in repr(options)
    assert "s3cret" not in repr(loaded(WEB, environment={"TOKEN": "s3cret"}))
