"""Boxes in layers, with as few crossings as a simple way finds; pure and the same each time.

Longest paths make the layers, barycentres the order within them, and boxes move as near to what
they are joined with as those beside them allow.

Source: Sugiyama, Tagawa, Toda, Methods for Visual Understanding of Hierarchical System Structures
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

Size: TypeAlias = tuple[float, float]
Point: TypeAlias = tuple[float, float]

SWEEPS: Final = 12  # down and up in turn; more change nothing in graphs that can be read
FEW: Final = 2  # of those that nobody can read, so that they take seconds
READABLE: Final = 5_000  # pieces of edges
APART: Final = 28.0  # between boxes of a layer
BETWEEN: Final = 62.0  # between layers
BEND: Final = 12.0  # the width that an edge takes in a layer that it passes


class Layout(NamedTuple):
    """Where boxes have their centres, the points each edge goes through, and the whole size."""

    centers: Mapping[str, Point]
    paths: tuple[tuple[Point, ...], ...]
    size: Size


def layout(sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]]) -> Layout:
    """Return where to draw boxes of these sizes; edges go down and have no cycle."""
    layer = _layers(sizes, edges)
    widths = {id: size[0] for id, size in sizes.items()}
    chains: list[list[str]] = []
    for index, (tail, head) in enumerate(edges):
        bends = [f"\0{index} {level}" for level in range(layer[tail] + 1, layer[head])]
        for level, bend in enumerate(bends, layer[tail] + 1):
            layer[bend] = level
            widths[bend] = BEND
        chains.append([tail, *bends, head])
    joined = [pair for chain in chains for pair in pairwise(chain)]
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for id, level in layer.items():
        rows[level].append(id)
    rows = _ordered(rows, joined)
    across = _across(rows, joined, widths)
    down = {}
    top = 0.0
    for row in rows:
        tall = max(sizes[id][1] if id in sizes else 0.0 for id in row)
        down.update({id: top + tall / 2 for id in row})
        top += tall + BETWEEN
    left = min((across[id] - widths[id] / 2 for id in across), default=0.0)
    across = {id: x - left for id, x in across.items()}
    right = max((across[id] + widths[id] / 2 for id in across), default=0.0)
    paths = _paths(chains, across, down, sizes)
    centers = {id: (across[id], down[id]) for id in sizes}
    return Layout(centers, paths, (right, max(0.0, top - BETWEEN)))


def _layers(ids: Mapping[str, Size], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the layer of each box: one below the lowest of those above it."""
    layer = dict.fromkeys(ids, 0)
    for _ in ids:
        moved = False
        for tail, head in edges:
            if layer[head] <= layer[tail]:
                layer[head] = layer[tail] + 1
                moved = True
        if not moved:
            break
    return layer


def _neighbours(joined: Sequence[tuple[str, str]]) -> tuple[dict[str, list[str]], ...]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for tail, head in joined:
        above.setdefault(head, []).append(tail)
        below.setdefault(tail, []).append(head)
    return above, below


def _ordered(rows: list[list[str]], joined: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the rows, each in the best order that was found."""
    above, below = _neighbours(joined)
    best, fewest = [list(row) for row in rows], _crossings(rows, below)
    for sweep in range(_sweeps(joined)):
        down = sweep % 2 == 0
        near, levels = (above, rows[1:]) if down else (below, rows[-2::-1])
        place = {id: index for row in rows for index, id in enumerate(row)}
        for row in levels:
            row.sort(key=partial(_barycentre, near, place))
            place.update({id: index for index, id in enumerate(row)})
        found = _crossings(rows, below)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    return best


def _barycentre(near: Mapping[str, list[str]], place: Mapping[str, int], id: str) -> float:
    """Return the mean place of what a box is joined with; its own where that is nothing."""
    there = near.get(id, ())
    return sum(place[each] for each in there) / len(there) if there else place[id]


def _sweeps(joined: Sequence[tuple[str, str]]) -> int:
    return SWEEPS if len(joined) <= READABLE else FEW


def _crossings(rows: Sequence[Sequence[str]], below: Mapping[str, list[str]]) -> int:
    count = 0
    for upper, lower in pairwise(rows):
        place = {id: index for index, id in enumerate(lower)}
        ends = [sorted(place[head] for head in below.get(id, ())) for id in upper]
        before: list[int] = []
        for each in ends:
            count += sum(len(before) - bisect_right(before, end) for end in each)
            for end in each:
                insort(before, end)
    return count


def _across(
    rows: Sequence[Sequence[str]], joined: Sequence[tuple[str, str]], widths: Mapping[str, float]
) -> dict[str, float]:
    """Return the horizontal place of each centre, in the order of the rows."""
    above, below = _neighbours(joined)
    x: dict[str, float] = {}
    for row in rows:
        x.update(_spread(row, [0.0] * len(row), widths))
    for sweep in range(_sweeps(joined)):
        down = sweep % 2 == 0
        near = above if down else below
        for row in rows[1:] if down else rows[-2::-1]:
            wanted = []
            for id in row:
                there = near.get(id) or [id]
                wanted.append(sum(x[each] for each in there) / len(there))
            x.update(_spread(row, wanted, widths))
    return x


def _spread(
    row: Sequence[str], wanted: Sequence[float], widths: Mapping[str, float]
) -> dict[str, float]:
    """Return the places nearest to the wanted ones that keep the order, and boxes apart.

    Least squares by the pooling of neighbours that are in each other's way.
    """
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + (widths[left] + widths[right]) / 2 + APART)
    pools: list[tuple[float, int]] = []  # the mean of some neighbours, and how many they are
    for want, offset in zip(wanted, offsets, strict=False):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            before, more = pools.pop()
            mean, count = (before * more + mean * count) / (more + count), more + count
        pools.append((mean, count))
    places = [mean for mean, count in pools for _ in range(count)]
    return {id: at + off for id, at, off in zip(row, places, offsets, strict=False)}


def _paths(
    chains: Sequence[Sequence[str]],
    across: Mapping[str, float],
    down: Mapping[str, float],
    sizes: Mapping[str, Size],
) -> tuple[tuple[Point, ...], ...]:
    """Return the points of each edge; those of one box begin and end beside each other."""
    begins = _ports(chains, across, sizes, first=True)
    ends = _ports(chains, across, sizes, first=False)
    paths = []
    for index, chain in enumerate(chains):
        tail, head = chain[0], chain[-1]
        points = [(begins[index], down[tail] + sizes[tail][1] / 2)]
        points += [(across[bend], down[bend]) for bend in chain[1:-1]]
        points.append((ends[index], down[head] - sizes[head][1] / 2))
        paths.append(tuple(points))
    return tuple(paths)


def _ports(
    chains: Sequence[Sequence[str]],
    across: Mapping[str, float],
    sizes: Mapping[str, Size],
    *,
    first: bool,
) -> dict[int, float]:
    """Return where each edge leaves its first box, or meets its last."""
    at, other = (0, 1) if first else (-1, -2)
    groups: dict[str, list[int]] = {}
    for index, chain in enumerate(chains):
        groups.setdefault(chain[at], []).append(index)
    places = {}
    for id, group in groups.items():
        group.sort(key=lambda index: across[chains[index][other]])
        step = sizes[id][0] / (len(group) + 1)
        left = across[id] - sizes[id][0] / 2
        places.update({index: left + step * (turn + 1) for turn, index in enumerate(group)})
    return places
