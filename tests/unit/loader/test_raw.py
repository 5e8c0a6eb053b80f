"""Models as they are written."""

from __future__ import annotations

from unit.loader.nodes import attributes, node, service

from pycompose.loader import raw
from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, Stages
from pycompose.loader.tree import plain


class Texts:
    def __init__(self, *texts):
        self.texts = {f"/shop/{number}.yaml": text for number, text in enumerate(texts)}

    def read(self, path):
        if path not in self.texts:
            raise FileNotFoundError(path)
        return Source(path, path, self.texts[path])


def loaded(*texts, **stages):
    sources = Texts(*texts)
    options = LoadOptions(files=tuple(sources.texts), working_dir="/shop", stages=Stages(**stages))
    return plain(raw.load_raw(options, sources))


def test_short_forms_that_files_are_not_merged_by_stay_short():
    given = service(
        "command: a b, environment: [A=1, B], labels: {a: 1.5}, tmpfs: /x, mem_limit: 1g"
    )
    assert raw.canonical(given) is given


def test_other_forms_become_long_and_keep_their_variables():
    found = attributes(
        raw.canonical(service("build: ., networks: [n], volumes: ['${A:-b}:/x:ro'], dns: 1.1.1.1"))
    )
    assert found == {
        "build": {"context": "."},
        "networks": {"n": None},
        "volumes": [
            {"type": "volume", "source": "${A:-b}", "target": "/x", "read_only": True, "volume": {}}
        ],
        "dns": ["1.1.1.1"],
    }


def test_a_port_that_is_a_variable_leaves_all_ports_of_a_service_short():
    first, other = "services: {a: {image: x, ports: ['80', '${P}:81']}}", "{target: 82}"
    ports = loaded(first, f"services: {{a: {{ports: ['80', {other}]}}}}")["services"]["a"]["ports"]
    assert ports == ["80", "${P}:81", {"target": 82, "mode": "ingress", "protocol": "tcp"}]
    ports = loaded("services: {a: {image: x, ports: ['80']}}")["services"]["a"]["ports"]
    assert ports == [{"target": 80, "protocol": "tcp", "mode": "ingress"}]


def test_what_two_documents_give_as_mappings_or_lists_becomes_a_list():
    base = service("environment: {B: 1, A: , C: '${X}'}, dns_search: z, extra_hosts: {h: [x, y]}")
    override = service("environment: ['B=2', D], dns_search: [z, q], extra_hosts: [i=z]")
    assert attributes(raw.merge(base, override)) == {
        "environment": ["A", "B=2", "C=${X}", "D"],
        "dns_search": ["z", "q"],
        "extra_hosts": ["h=x", "h=y", "i=z"],
    }
    assert attributes(base)["dns_search"] == "z"


def test_a_document_that_says_nothing_leaves_a_mapping_as_it_is():
    merged = raw.merge(service("labels: {a: 1}"), service("image: x"))
    assert attributes(merged) == {"labels": {"a": 1}, "image": "x"}


def test_normalizing_takes_arguments_of_builds_that_have_no_value():
    text = "services: {a: {build: {args: {A: , B: 1}}}, b: {build: {args: [A, B=1]}}}"
    services = loaded(text)["services"]
    assert [services[name]["build"]["args"] for name in "ab"] == [{"B": 1}, ["B=1"]]
    services = loaded(text, normalize=False)["services"]
    assert [services[name]["build"]["args"] for name in "ab"] == [{"A": None, "B": 1}, ["A", "B=1"]]


def test_no_argument_is_changed():
    base, override = node("services: {a: {labels: {a: 1}}}"), node("services: {a: {labels: [b]}}")
    raw.merge(base, override)
    assert plain(base) == {"services": {"a": {"labels": {"a": 1}}}}
    assert plain(override) == {"services": {"a": {"labels": ["b"]}}}
