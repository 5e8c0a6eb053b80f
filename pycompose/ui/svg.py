"""A picture as SVG: boxes in layers, with curves between them; pure.

Needs nothing to be shown but a font of equal widths, which every system has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Final

from pycompose.ui.layout import Point, layout
from pycompose.ui.picture import Box, Join, Picture
from pycompose.ui.text import cells, fit, printable

COLUMN: Final = 7.25  # pixels of a column of text
WIDEST: Final = 36  # columns of a line in a box; an image may have a name without end
LINE: Final = 17.0  # pixels of a line
SMALL: Final = 6.1  # pixels of a column of the text at an edge
TALL: Final = 12.0  # and its height
PADDING: Final = 12.0
MARGIN: Final = 24.0
TITLE: Final = 30.0
SHARES: Final = (0.62, 0.42, 0.8, 0.25)  # where down an edge's last piece its text may stand

_STYLE: Final = """\
  <style>
    text { font: 12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1b1f24; }
    .title { font-size: 15px; font-weight: bold; }
    .name { font-weight: bold; }
    .more { fill: #57606a; }
    .said { font-size: 10px; fill: #57606a; }
    .under { fill: #ffffff; opacity: 0.85; }
    .box { stroke: #57606a; stroke-width: 1.2; fill: #ffffff; }
    .service { fill: #eef4fd; stroke: #3b6fb6; }
    .network { fill: #f3eefb; stroke: #7d5bb5; }
    .volume { fill: #fdf5e3; stroke: #a8761c; }
    .well { fill: #d9f2dd; stroke: #2e7d32; }
    .changing { fill: #fff3cd; stroke: #b58900; }
    .failed { fill: #f8d7da; stroke: #b3261e; }
    .off { fill: #eeeeee; stroke: #888888; stroke-dasharray: 4 3; }
    .edge { fill: none; stroke: #57606a; stroke-width: 1.3; }
    .edge.network { stroke: #7d5bb5; stroke-dasharray: 2 4; }
    .edge.volume { stroke: #a8761c; }
    .edge.optional { stroke-dasharray: 6 4; }
  </style>
  <defs>
    <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" \
orient="auto">
      <path d="M0,0.5 L8,4 L0,7.5 z" fill="#57606a"/>
    </marker>
  </defs>"""


def svg(picture: Picture) -> str:
    """Return a picture as an SVG document."""
    texts = {box.id: _texts(box) for box in picture.boxes}
    sizes = {
        id: (
            max(64.0, 2 * PADDING + COLUMN * max(cells(text) for _, text in lines)),
            2 * PADDING - 6 + LINE * len(lines),
        )
        for id, lines in texts.items()
    }
    placed = layout(sizes, [(join.tail, join.head) for join in picture.joins])
    title = printable(picture.name)
    width = max(placed.size[0], cells(title) * 9.2) + 2 * MARGIN
    height = placed.size[1] + 2 * MARGIN + TITLE
    left = (width - placed.size[0]) / 2
    moved = f"translate({_n(left)},{_n(MARGIN + TITLE)})"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}"'
        f' viewBox="0 0 {_n(width)} {_n(height)}">',
        f"  <title>{escape(title)}</title>",
        _STYLE,
        f'  <rect width="{_n(width)}" height="{_n(height)}" fill="#ffffff"/>',
        f'  <text class="title" x="{_n(MARGIN)}" y="{_n(MARGIN + 6)}">{escape(title)}</text>',
        f'  <g transform="{moved}">',
    ]
    pairs = list(zip(picture.joins, placed.paths, strict=True))
    lines += [f"    {_edge(join, path)}" for join, path in pairs]
    for box in picture.boxes:
        lines += _box(box, placed.centers[box.id], sizes[box.id], texts[box.id])
    lines += [f"    {line}" for line in _labels(pairs)]
    return "".join(f"{line}\n" for line in [*lines, "  </g>", "</svg>"])


def _texts(box: Box) -> list[tuple[str, str]]:
    """Return the lines of a box, each with its class."""
    lines = [("name", printable(box.name))]
    if box.state:
        lines.append(("state", printable(box.state)))
    return [*lines, *(("more", fit(printable(line), WIDEST)) for line in box.lines)]


def _box(
    box: Box, center: Point, size: tuple[float, float], lines: list[tuple[str, str]]
) -> Iterator[str]:
    (x, y), (width, height) = center, size
    left, top = x - width / 2, y - height / 2
    kind = f"box {box.kind} {box.mood}".rstrip()
    match box.kind:
        case "volume":
            right, bottom = left + width, top + height
            yield (
                f'    <path class="{kind}" d="M{_n(left)},{_n(top + 4)}'
                f" A{_n(width / 2)},6 0 0 1 {_n(right)},{_n(top + 4)} V{_n(bottom - 4)}"
                f" A{_n(width / 2)},6 0 0 1 {_n(left)},{_n(bottom - 4)} Z"
                f" M{_n(left)},{_n(top + 4)}"
                f' A{_n(width / 2)},6 0 0 0 {_n(right)},{_n(top + 4)}"/>'
            )
        case _:
            round = height / 2 if box.kind == "network" else 5
            yield (
                f'    <rect class="{kind}" x="{_n(left)}" y="{_n(top)}" width="{_n(width)}"'
                f' height="{_n(height)}" rx="{_n(round)}"/>'
            )
    first = y - LINE * (len(lines) - 1) / 2 + 4 + (3 if box.kind == "volume" else 0)
    for index, (style, text) in enumerate(lines):
        yield (
            f'    <text class="{style}" x="{_n(x)}" y="{_n(first + LINE * index)}"'
            f' text-anchor="middle">{escape(text)}</text>'
        )


def _edge(join: Join, path: tuple[Point, ...]) -> str:
    kind = f"edge {join.kind}{' optional' if join.optional else ''}"
    arrow = ' marker-end="url(#arrow)"' if join.kind == "service" else ""
    d = f"M{_n(path[0][0])},{_n(path[0][1])}"
    for (x, y), (to_x, to_y) in pairwise(path):
        half = (to_y - y) / 2
        d += f" C{_n(x)},{_n(y + half)} {_n(to_x)},{_n(to_y - half)} {_n(to_x)},{_n(to_y)}"
    return f'<path class="{kind}" d="{d}"{arrow}/>'


def _labels(joins: Sequence[tuple[Join, tuple[Point, ...]]]) -> Iterator[str]:
    """Yield the texts of edges, each near the end of its edge and on no other, if there is room."""
    taken: list[tuple[float, float, float]] = []
    for join, path in joins:
        if not join.text:
            continue
        text = fit(printable(join.text), WIDEST)
        wide = SMALL * cells(text) + 4
        places = [_along(path, share) for share in SHARES]
        free = (place for place in places if _free(*place, wide, taken))
        x, y = next(free, places[0])
        taken.append((x, y, wide))
        yield (
            f'<rect class="under" x="{_n(x - wide / 2)}" y="{_n(y - TALL / 2)}"'
            f' width="{_n(wide)}" height="{_n(TALL)}"/>'
        )
        yield (
            f'<text class="said" x="{_n(x)}" y="{_n(y + 3)}" text-anchor="middle">'
            f"{escape(text)}</text>"
        )


def _along(path: tuple[Point, ...], share: float) -> Point:
    """Return the point that is so far down an edge's last piece."""
    (x, y), (to_x, to_y) = path[-2:]
    eased = 3 * share**2 - 2 * share**3  # how far the curve has gone across
    return x + (to_x - x) * eased, y + (to_y - y) * share


def _free(x: float, y: float, wide: float, taken: list[tuple[float, float, float]]) -> bool:
    return all(
        abs(y - at) >= 12 or abs(x - by) >= (wide + as_wide) / 2 for by, at, as_wide in taken
    )


def _n(value: float) -> str:
    """Return a number with one place at most: equal pictures are equal bytes."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
