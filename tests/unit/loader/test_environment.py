"""Variables of the project and of its services."""

from __future__ import annotations

import pytest

from pycompose.errors import ComposeFileError
from pycompose.loader.environment import project_environment, resolve, resolve_variables
from pycompose.loader.parse import parse
from pycompose.loader.sources import Source
from pycompose.loader.tree import plain


class Files(dict):
    """Sources by path; counts how often a file is read."""

    def __init__(self, **files):
        super().__init__({f"/{name.replace('_', '.')}": text for name, text in files.items()})
        self.count = 0

    def read(self, path):
        self.count += 1
        if path not in self:
            raise FileNotFoundError(path)
        if isinstance(self[path], Exception):
            raise self[path]
        return Source(path, path[1:], self[path])


def project(files, *, environment=(), required=True, named=None):
    paths = [*files] if named is None else named
    return project_environment(dict(environment), paths, files, required=required)[0]


def test_the_process_wins_over_files_and_later_files_over_earlier_ones():
    files = Files(a_env="A=1\nB=1\nC=$B\n", b_env="B=2\nD=$C-$A\n")
    assert project(files, environment={"A": "0"}) == {"A": "0", "B": "2", "C": "1", "D": "1-0"}


def test_a_named_file_must_be_there_and_the_implied_one_need_not():
    assert project(Files(), named=["/x"], required=False) == {}
    with pytest.raises(ComposeFileError, match="/x:1:1: there is no such env file"):
        project(Files(), named=["/x"])


def test_a_file_that_cannot_be_read_is_told():
    with pytest.raises(ComposeFileError, match="/x:1:1: denied"):
        project(Files(x=PermissionError(13, "denied", "/x")), named=["/x"], required=False)


def test_what_a_file_leaves_unset_is_noticed():
    notices = project_environment({}, ["/a.env"], Files(a_env="A=$NOPE"), required=True)[1]
    assert [notice.severity for notice in notices] == ["warning"]


def resolved(text, files=None, **environment):
    [document] = parse(Source("/x.yaml", "x.yaml", text))
    return resolve(document, environment, files or Files())


def variables(text, files=None, **environment):
    found = resolved(f"services: {{web: {text}}}", files, **environment)
    assert not [it for its in found.found.values() for it in its if it.severity == "error"]
    return plain(found.document)["services"]["web"].get("environment")


def test_a_variable_without_a_value_takes_the_project_s():
    assert variables("{environment: {A: , B: , C: '1'}}", A="x", C="y") == {
        "A": "x",
        "B": None,
        "C": "1",
    }


def test_variables_of_a_part_can_be_resolved_before_its_files_are():
    [document] = parse(
        Source("/x.yaml", "x.yaml", "services: {a: {environment: {A: , B: }, env_file: x}, b: }")
    )
    assert plain(resolve_variables(document, {"A": "1"}))["services"] == {
        "a": {"environment": {"A": "1", "B": None}, "env_file": "x"},
        "b": None,
    }


def test_files_stand_below_the_environment():
    files = Files(a_env="A=1\nB=1\nC=1\n", b_env="B=2\nC=2\n")
    text = "{env_file: [{path: /a.env}, {path: /b.env}], environment: {C: '3', D: '4'}}"
    assert variables(text, files) == {"A": "1", "B": "2", "C": "3", "D": "4"}


def test_a_variable_that_stays_unset_takes_away_that_of_a_file():
    assert variables("{env_file: [/a.env], environment: {A: }}", Files(a_env="A=1")) == {"A": None}


def test_files_see_the_project_then_the_service_then_earlier_lines():
    files = Files(a_env="P=file\nX=$P\n", b_env="Y=$S-$P-$E-$X\n")
    text = "{env_file: [/a.env, /b.env], environment: {S: service, E: }}"
    found = variables(text, files, P="project")
    assert found["Y"] == "service-project--project"


def test_a_raw_file_is_taken_as_it_is():
    files = Files(a_env="# no\n\n A='$x'\nB\nC\n")
    text = "{env_file: [{path: /a.env, format: raw}]}"
    assert variables(text, files, B="b") == {"A": "'$x'", "B": "b"}


def test_a_file_is_read_once():
    files = Files(a_env="A=1")
    resolved("services: {a: {env_file: [/a.env]}, b: {env_file: [/a.env, /a.env]}}", files)
    assert files.count == 1


def test_a_variable_of_a_file_knows_its_line():
    found = resolved("services: {web: {env_file: [/a.env]}}", Files(a_env="\nA=1\n"))
    environment = found.document.get("services").get("web").get("environment")
    assert str(environment.get("A").at) == str(environment.key_at("A")) == "a.env:2:1"


def test_an_env_file_may_be_missing_if_it_says_so():
    text = "services: {web: {env_file: [{path: /a.env, required: false}, {required: true}]}}"
    found = resolved(text)
    assert found.found == {}
    assert plain(found.document) == {"services": {"web": {}}}


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        (
            "{path: /a.env}",
            None,
            "x.yaml:1:36: services.web.env_file[0]: there is no env file '/a.env'"
            " ('required: false' lets it be missing)",
        ),
        (
            "{path: /a.env, format: odd}",
            "A=1",
            "x.yaml:1:52: services.web.env_file[0].format: expected the format 'raw', not 'odd'",
        ),
        (
            "{path: /a.env, format: raw}",
            "A B=1",
            "a.env:1:1: the name of a variable cannot hold a space",
        ),
        (
            "{path: /a.env}",
            OSError("too large"),
            "x.yaml:1:36: services.web.env_file[0]: too large",
        ),
    ],
)
def test_what_is_wrong_is_told_by_service(file, content, expected):
    files = Files() if content is None else Files(a_env=content)
    found = resolved(f"services: {{web: {{env_file: [{file}]}}}}", files)
    assert [str(problem) for problem in found.found["services", "web"]] == [expected]


def test_what_is_wrong_in_a_file_is_told_there():
    found = resolved("services: {web: {env_file: [/a.env]}}", Files(a_env="A=1\nB*=2\n"))
    [problem] = found.found["services", "web"]
    assert (problem.at.file, problem.at.line) == ("a.env", 2)


def test_build_arguments_without_a_value_are_dropped_unless_the_project_has_one():
    text = "services: {web: {build: {args: {A: , B: , C: '1'}}}}"
    assert plain(resolved(text, A="x").document)["services"]["web"] == {
        "build": {"args": {"A": "x", "C": "1"}}
    }


def test_documents_without_services_are_left_alone():
    found = resolved("volumes: {}")
    assert (plain(found.document), found.found) == ({"volumes": {}}, {})
    assert resolve_variables(found.document, {}) is found.document
    assert plain(resolved("services: {web: }").document) == {"services": {"web": None}}
