"""The order of services: who must be started before whom.

In comes a project, or bare edges (`name -> names it depends on`); out come tuples in an order that
depends on nothing but the names. Every function is linear in services and edges, except
`cycles`, which explains why there is no order and is the only one that imports networkx.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from typing import Final, TypeAlias

from pycompose.model.project import Project

Edges: TypeAlias = Mapping[str, Collection[str]]

MOST_CYCLES: Final = 10  # a dense graph has more cycles than atoms are in a file; ten are enough


def edges(project: Project) -> dict[str, tuple[str, ...]]:
    """Return what each enabled service depends on, leaving out services that are not enabled."""
    services = project.services
    return {
        name: tuple(other for other in services[name].depends_on if other in services)
        for name in sorted(services)
    }


def order(project: Project) -> tuple[str, ...]:
    """Return the names of all enabled services, each after those that it depends on.

    Raises:
        CycleError: services depend on each other (`load` has refused that already).
    """
    return tuple(name for generation in generations(project) for name in generation)


def generations(project: Project) -> tuple[tuple[str, ...], ...]:
    """Return the services in groups: each depends on services of earlier groups only.

    A group is sorted by name, and a service stands in the earliest group that it can.

    Raises:
        CycleError: services depend on each other (`load` has refused that already).
    """
    sorter = TopologicalSorter(edges(project))
    sorter.prepare()
    groups = []
    while sorter.is_active():
        group = sorted(sorter.get_ready())
        sorter.done(*group)
        groups.append(tuple(group))
    return tuple(groups)


def closure(project: Project, names: Iterable[str]) -> tuple[str, ...]:
    """Return the named services and all they depend on, directly or not, sorted by name."""
    return reach(edges(project), names)


def dependents(project: Project) -> dict[str, tuple[str, ...]]:
    """Return, for every enabled service, those that name it in `depends_on`, sorted."""
    found: dict[str, list[str]] = {name: [] for name in sorted(project.services)}
    for name, needed in edges(project).items():
        for other in needed:
            found[other].append(name)
    return {name: tuple(users) for name, users in found.items()}


def reach(graph: Edges, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names and whatever can be reached from them, sorted; unknown ones are dropped."""
    stack = [name for name in names if name in graph]
    seen = set(stack)
    while stack:
        for other in graph[stack.pop()]:
            if other in graph and other not in seen:
                seen.add(other)
                stack.append(other)
    return tuple(sorted(seen))


def check(graph: Edges) -> tuple[tuple[str, ...], ...]:
    """Return the cycles of the graph, none if it can be ordered.

    A cycle `a -> b -> a` is `("a", "b", "a")`, beginning with its smallest name; at most ten are
    named, in order. Edges to names that are no key do not count.
    """
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return cycles(graph)
    return ()


def cycles(graph: Edges) -> tuple[tuple[str, ...], ...]:
    """Return up to ten cycles of the graph, as `check` does."""
    import networkx

    names = sorted(graph)
    number = {name: index for index, name in enumerate(names)}
    # Numbers, not names: networkx walks sets, and only those of small integers keep their order.
    picture: networkx.DiGraph[int] = networkx.DiGraph(
        sorted(
            (number[name], number[other])
            for name in names
            for other in graph[name]
            if other in number
        )
    )
    found = []
    for cycle in islice(networkx.simple_cycles(picture), MOST_CYCLES):
        first = cycle.index(min(cycle))
        ring = [*cycle[first:], *cycle[:first], cycle[first]]
        found.append(tuple(names[index] for index in ring))
    return tuple(sorted(found))
