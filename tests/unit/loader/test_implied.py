"""Dependencies that follow from other attributes."""

from __future__ import annotations

from unit.loader.nodes import node

from pycompose.loader.implied import implied


def needs(text):
    return [(need.service, need.path, need.restart) for need in implied(node(text))]


def test_links_namespaces_and_volumes_name_services():
    assert needs(
        "{links: [db, 'cache:store'], ipc: 'service:a', uts: 'service:b',"
        " volumes_from: [data, 'logs:ro']}"
    ) == [
        ("db", ("links", 0), True),
        ("cache", ("links", 1), True),
        ("a", ("ipc",), True),
        ("b", ("uts",), True),
        ("data", ("volumes_from", 0), False),
        ("logs", ("volumes_from", 1), False),
    ]


def test_containers_and_other_modes_are_no_services():
    assert needs("{network_mode: host, pid: 'container:a', volumes_from: ['container:b:ro']}") == []
    assert needs("{external_links: [a], ipc: , links: []}") == []


def test_what_names_a_service_is_known_by_its_place():
    [need] = implied(node("{links: [db]}"))
    assert str(need.by.at) == "x.yaml:1:10"
