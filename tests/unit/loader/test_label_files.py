"""Labels from files."""

from __future__ import annotations

from unit.loader.nodes import node

from pycompose.loader.label_files import resolve
from pycompose.loader.sources import Source
from pycompose.loader.tree import plain

FILES = {"/a": "a=1\nb=$a$OTHER\n", "/b": "a=2\nc=$b\n", "/wrong": "a b=1\n"}


class Files:
    """Files by path; anything below `/folder` is a directory."""

    def read(self, path: str) -> Source:
        if path.startswith("/folder"):
            raise IsADirectoryError(21, "Is a directory")
        if path not in FILES:
            raise FileNotFoundError(path)
        return Source(path, path[1:], FILES[path])


def resolved(text: str):
    return resolve(node(f"services: {{web: {{{text}}}}}"), Files())


def labels(text: str):
    return plain(resolved(text).document)["services"]["web"].get("labels")


def test_a_later_file_wins_and_the_service_wins_over_all():
    assert labels("label_file: [/a, /b]") == {"a": "2", "b": "1", "c": "1"}
    assert labels("label_file: [/b, /a], labels: {a: x, d: y}") == {
        "a": "x",
        "b": "2",
        "c": "",
        "d": "y",
    }


def test_variables_are_the_labels_of_earlier_lines_and_files_alone():
    [notice] = resolved("label_file: [/a]").found["services", "web"]
    assert (notice.severity, "OTHER" in notice.message) == ("warning", True)


def test_a_label_stands_where_its_file_has_it():
    found = resolved("label_file: [/a], labels: {c: x}").document
    mapping = found.entries["services"].entries["web"].entries["labels"]
    assert str(mapping.entries["b"].at) == "a:2:1"
    assert str(mapping.key_at("b")) == "a:2:1"
    assert mapping.entries["c"].at.file == "x.yaml"


def test_files_that_cannot_be_read_are_told_together_by_service():
    found = resolved("label_file: [/missing, /folder, /wrong]")
    assert [str(problem).split(": ", 1)[1] for problem in found.found["services", "web"]] == [
        "services.web.label_file[0]: there is no label file '/missing'",
        "services.web.label_file[1]: Is a directory",
        "the name of a variable cannot hold a space",
    ]


def test_without_label_files_the_document_stays_the_same():
    given = node("services: {web: {labels: {a: b}}, empty: }")
    assert resolve(given, Files()).document is given
    assert resolve(node("name: a"), Files()).found == {}
