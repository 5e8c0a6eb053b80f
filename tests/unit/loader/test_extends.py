"""Services that extend others. How values are merged is told by golden and conformance cases."""

from __future__ import annotations

import time

import pytest
from unit.loader.loading import Texts, problems, project

from pycompose.errors import ComposeFileError
from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, load


def test_a_long_chain_is_walked():
    services = "".join(f"  s{i}: {{extends: s{i + 1}, hostname: h{i}}}\n" for i in range(2000))
    begin = time.process_time()
    found = project(f"services:\n{services}  s2000: {{image: x, init: true}}\n").services
    assert time.process_time() - begin < 10
    assert (found["s0"].image, found["s0"].hostname, found["s1999"].init) == ("x", "h0", True)


def test_a_long_circle_is_told_once_and_shortened():
    services = "".join(f"  s{i}: {{extends: s{(i + 1) % 1000}}}\n" for i in range(1000))
    [problem] = problems(f"services:\n{services}")
    assert "s0 (compose.yaml:2:3) -> s1 (compose.yaml:3:3)" in problem
    assert "(988 more)" in problem
    assert problem.endswith("s999 (compose.yaml:1001:3) -> s0")


def test_a_circle_may_lead_through_other_files():
    files = {
        "compose.yaml": "services: {a: {extends: {file: x/b.yaml, service: b}}}",
        "x/b.yaml": "services: {b: {extends: {file: ../compose.yaml, service: a}}}",
    }
    assert problems(files) == [
        "compose.yaml:1:51: services.a.extends: services extend each other in a circle:"
        " a (compose.yaml:1:12) -> b (x/b.yaml:1:12) -> a"
    ]


class Everywhere(Texts):
    """One text, whatever file is asked for."""

    def read(self, path):
        return Source(path, path, self.files["compose.yaml"])


def test_a_flood_of_files_ends():
    text = "services: {a: {extends: {file: deeper/x.yaml, service: a}}}"
    options = LoadOptions(files=("/shop/compose.yaml",), working_dir="/shop")
    with pytest.raises(ComposeFileError, match="those of more than 1000 others"):
        load(options, Everywhere({"compose.yaml": text}))


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        (
            "a: {extends: bb}, b: {image: x}",
            "1:25: services.a.extends: no service 'bb' is defined in this file (did you mean 'b'?)",
        ),
        (
            "a: {extends: other}",
            "1:25: services.a.extends: no service 'other' is defined in this file"
            " (name the 'file' of a service of another file)",
        ),
        (
            "a: {extends: {file: b.yaml}}",
            "1:25: services.a.extends: attribute 'service' is missing (name the service to extend)",
        ),
        (
            "a: {extends: }",
            "1:16: services.a.extends: expected a string or a mapping, found nothing",
        ),
        (
            "a: {extends: {file: none.yaml, service: b}}",
            "1:32: services.a.extends.file: /shop/none.yaml: there is no such file",
        ),
        (
            "a: {extends: {file: b.yaml, service: c}}",
            "1:49: services.a.extends: no service 'c' is defined in b.yaml",
        ),
    ],
)
def test_what_cannot_be_extended_is_told(services, expected):
    files = {"compose.yaml": f"services: {{{services}}}", "b.yaml": "services: {bad: {image: x}}"}
    [problem] = problems(files)
    assert problem.startswith(f"compose.yaml:{expected}")


def test_a_problem_of_a_base_is_one_of_those_who_extend_it():
    text = """
services:
  a: {extends: b}
  b: {image: "${TAG:?}", profiles: [off]}
  c: {image: x}
"""
    assert list(project(text, services=("c",)).services) == ["c"]
    [problem] = problems(text, services=("a",))
    assert problem.startswith("compose.yaml:4:14: services.b.image: required variable 'TAG'")
    assert problem.endswith("[extended by compose.yaml:3:16]")


def test_of_another_file_only_what_is_extended_is_looked_at():
    files = {
        "compose.yaml": "services: {a: {extends: {file: b.yaml, service: b}}}",
        "b.yaml": "bad: 1\nservices: {b: {extends: c}, c: {image: x}, d: {image: [1], x: '${'}}",
    }
    assert project(files).services["a"].image == "x"


def test_a_base_is_made_of_all_documents_of_its_file():
    files = {
        "compose.yaml": "services: {a: {extends: {file: b.yaml, service: b}}}",
        "b.yaml": "services: {b: {image: x}}\n---\nservices: {b: {ports: , init: true}}",
    }
    assert project(files).services["a"].init is True


def test_marks_of_a_base_end_with_its_file():
    files = {
        "compose.yaml": "services: {a: {image: x, dns: [1.1.1.1]}}",
        "o.yaml": "services: {a: {extends: {file: b.yaml, service: b}}}",
        "b.yaml": "services: {b: {dns: !override [2.2.2.2], image: !reset y}}",
    }
    found = project(files, "compose.yaml", "o.yaml").services["a"]
    assert (found.dns, found.image) == (("1.1.1.1", "2.2.2.2"), "x")


def test_a_service_can_extend_an_included_one():
    files = {
        "compose.yaml": "include: [b.yaml]\nservices: {a: {extends: b, init: true}}",
        "b.yaml": "services: {b: {image: x}}",
    }
    assert project(files).services["a"].image == "x"


def test_the_reference_to_an_empty_service_of_another_file_stays_in_the_model():
    files = {
        "compose.yaml": """\
services:
  a: {extends: {file: b.yaml, service: "null"}, image: x}
  c: {extends: {file: b.yaml, service: mapping}, image: x}
  d: {extends: {service: a}}
""",
        "b.yaml": 'services: {"null": , mapping: {}}',
    }
    services = project(files).services
    assert services["a"].extends == {"file": "/shop/b.yaml", "service": "null"}
    assert (services["c"].extends, services["d"].extends) == ({}, {})


def test_a_later_file_extends_what_the_earlier_ones_make_together():
    files = {
        "compose.yaml": "services: {b: {image: x, dns: [1.1.1.1], environment: {A: '1', B: '1'}}}",
        "o.yaml": """\
services:
  a: {extends: b, environment: {C: "2"}}
  b: {extends: c, environment: {B: "2"}, dns: !override [2.2.2.2]}
  c: {image: y, hostname: h, tty: true}
  d: {extends: a}
""",
    }
    found = project(files, "compose.yaml", "o.yaml").services
    for name in ("a", "d"):
        assert (found[name].image, found[name].hostname, found[name].tty) == ("y", "h", True)
        assert found[name].environment == {"A": "1", "B": "2", "C": "2"}
        assert found[name].dns == ("2.2.2.2",)
    assert found["b"].environment == {"A": "1", "B": "2"}


def test_a_service_that_only_an_earlier_file_has_can_be_extended():
    files = {
        "compose.yaml": "services: {b: {image: x, dns: !reset [1.1.1.1]}}",
        "o.yaml": "services: {a: {extends: b, init: true}, c: {extends: bb}}",
    }
    assert problems(files, "compose.yaml", "o.yaml") == [
        "o.yaml:1:54: services.c.extends: no service 'bb' is defined in this file"
        " (did you mean 'b'?)"
    ]
    files["o.yaml"] = "services: {a: {extends: b, init: true}}"
    found = project(files, "compose.yaml", "o.yaml").services["a"]
    assert (found.image, found.init, found.dns) == ("x", True, ())
