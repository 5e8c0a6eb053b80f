"""The order of services."""

from __future__ import annotations

import time
from graphlib import CycleError
from itertools import pairwise

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycompose import graph
from pycompose.model.project import Project
from pycompose.model.service import Dependency, Service


def project(**needs: str) -> Project:
    """Return a project: name="what it depends on, separated by spaces"."""
    services = {
        name: Service(name=name, depends_on={other: Dependency() for other in others.split()})
        for name, others in needs.items()
    }
    return Project(name="demo", services=services)


SHOP = project(web="api cache", api="db cache", cache="", db="", worker="db")


def test_order_puts_dependencies_first():
    assert graph.order(SHOP) == ("cache", "db", "api", "worker", "web")


def test_generations_are_as_early_as_possible_and_sorted():
    assert graph.generations(SHOP) == (("cache", "db"), ("api", "worker"), ("web",))


def test_services_that_are_not_enabled_take_no_part():
    assert graph.order(project(web="ghost")) == ("web",)
    assert graph.closure(project(web="ghost"), ["web", "ghost"]) == ("web",)


def test_closure_holds_the_names_and_all_they_need():
    assert graph.closure(SHOP, ["api"]) == ("api", "cache", "db")
    assert graph.closure(SHOP, []) == ()


def test_dependents_are_those_that_name_a_service():
    assert graph.dependents(SHOP) == {
        "api": ("web",),
        "cache": ("api", "web"),
        "db": ("api", "worker"),
        "web": (),
        "worker": (),
    }


def test_an_order_needs_a_graph_without_cycles():
    with pytest.raises(CycleError):
        graph.order(project(a="b", b="a"))


@pytest.mark.parametrize(
    ("edges", "cycles"),
    [
        ({"a": ["b"], "b": []}, ()),
        ({"a": ["missing"]}, ()),
        ({"a": ["a"]}, (("a", "a"),)),
        ({"b": ["a"], "a": ["b"]}, (("a", "b", "a"),)),
        ({"c": ["a"], "a": ["b"], "b": ["c"]}, (("a", "b", "c", "a"),)),
        (
            {"a": ["b"], "b": ["a", "c"], "c": ["b"], "d": ["a"]},
            (("a", "b", "a"), ("b", "c", "b")),
        ),
    ],
)
def test_check_names_every_cycle(edges, cycles):
    assert graph.check(edges) == cycles


def test_a_dense_graph_is_ordered_without_walking_its_paths():
    names = [f"s{number:03d}" for number in range(120)]
    dense = project(**{name: " ".join(names[:index]) for index, name in enumerate(names)})
    assert graph.order(dense) == tuple(names)
    assert graph.closure(dense, ["s119"]) == tuple(names)


def test_a_dense_knot_is_explained_by_a_few_cycles():
    names = [f"s{number:03d}" for number in range(120)]
    cycles = graph.check({name: [other for other in names if other != name] for name in names})
    assert len(cycles) == graph.MOST_CYCLES
    assert cycles == graph.check({name: set(names) - {name} for name in reversed(names)})


def test_a_long_chain_is_ordered_in_linear_time():
    chain = {f"s{n}": [f"s{n + 1}"] for n in range(2000)} | {"s2000": []}
    long = project(**{name: " ".join(needed) for name, needed in chain.items()})
    started = time.process_time()
    assert graph.order(long)[0] == "s2000"
    assert len(graph.closure(long, ["s0"])) == 2001
    assert time.process_time() - started < 1
    assert len(graph.check({**chain, "s2000": ["s0"]})[0]) == 2002


NAMES = st.sampled_from("abcdefg")


@given(st.dictionaries(NAMES, st.sets(NAMES)))
def test_order_and_cycles_agree_with_networkx(edges):
    picture = networkx.DiGraph(
        [(a, b) for a, others in edges.items() for b in others if b in edges]
    )
    cycles = graph.check(edges)
    assert bool(cycles) is not networkx.is_directed_acyclic_graph(picture)
    for cycle in cycles:
        assert cycle[0] == cycle[-1] == min(cycle)
        assert all(picture.has_edge(a, b) for a, b in pairwise(cycle))
    if not cycles:
        order = graph.order(project(**{name: " ".join(needed) for name, needed in edges.items()}))
        assert sorted(order) == sorted(edges)
        place = {name: index for index, name in enumerate(order)}
        assert all(place[b] < place[a] for a, b in picture.edges)
