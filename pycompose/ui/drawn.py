"""A picture in the words of others: an outline for a terminal, Mermaid, and DOT; pure.

Names are only ever text here: what a language gives a meaning to is escaped, and what refers to
a box is a number.
"""

from __future__ import annotations

import re
from typing import Final

from pycompose.ui.picture import Box, Join, Picture
from pycompose.ui.text import printable

_MERMAID_PLAIN: Final = re.compile(r"[^\w ./:,()?>=@+-]")
_MERMAID_SHAPES: Final = {
    "service": ('["', '"]'),
    "network": ('(["', '"])'),
    "volume": ('[("', '")]'),
}
_MERMAID_MOODS: Final = {
    "well": "fill:#d9f2dd,stroke:#2e7d32",
    "changing": "fill:#fff3cd,stroke:#b58900",
    "failed": "fill:#f8d7da,stroke:#b3261e",
    "off": "fill:#eeeeee,stroke:#888888,stroke-dasharray:4",
}
_DOT_SHAPES: Final = {"service": "box", "network": "ellipse", "volume": "cylinder"}
_DOT_MOODS: Final = {
    "": "#ffffff",
    "well": "#d9f2dd",
    "changing": "#fff3cd",
    "failed": "#f8d7da",
    "off": "#eeeeee",
}


def outline(picture: Picture) -> str:
    """Return services that nobody needs, and below each what it needs and uses.

    What a service needs stands below it once; later it is only named, with `...`.
    """
    boxes = {box.id: box for box in picture.boxes}
    below: dict[str, list[Join]] = {id: [] for id in boxes}
    for join in picture.joins:
        below[join.tail].append(join)
    needed = {join.head for join in picture.joins}
    tops = [box for box in picture.boxes if box.id not in needed]
    told: set[str] = set()
    lines = []
    # Each with what is said of the way to it, and what stands before it and before what is below.
    pending = [(box, "", "", "") for box in reversed(tops)]
    while pending:
        box, text, first, rest = pending.pop()
        again = box.id in told and bool(below[box.id])
        told.add(box.id)
        lines.append(f"{first}{_headline(box, short=again)}{text}{' ...' if again else ''}")
        if again:
            continue
        branch, trunk = "`-- ", "    "
        for join in reversed(below[box.id]):
            pending.append((boxes[join.head], _said(join), rest + branch, rest + trunk))
            branch, trunk = "|-- ", "|   "
    return "".join(f"{line}\n" for line in lines)


def _headline(box: Box, *, short: bool) -> str:
    if box.kind != "service":
        return f"{box.kind} {printable(box.name)}"
    state = f" [{box.state}]" if box.state else ""
    more = "" if short else "".join(f"  {printable(line)}" for line in box.lines)
    return f"{printable(box.name)}{state}{more}"


def _said(join: Join) -> str:
    text = ", ".join(filter(None, (join.text, "optional" if join.optional else "")))
    return f"  ({printable(text)})" if text else ""


def mermaid(picture: Picture) -> str:
    """Return a Mermaid flowchart, as GitHub shows it in a fenced block."""
    number = {box.id: f"n{index}" for index, box in enumerate(picture.boxes)}
    lines = ["flowchart TD"]
    for box in picture.boxes:
        begin, end = _MERMAID_SHAPES[box.kind]
        told = "<br/>".join(map(_mermaid, (box.name, *filter(None, (box.state,)), *box.lines)))
        mood = f":::{box.mood}" if box.mood else ""
        lines.append(f"    {number[box.id]}{begin}{told}{end}{mood}")
    for join in picture.joins:
        if join.kind == "service":
            arrow = "-.->" if join.optional else "-->"
        else:
            arrow = "-.-" if join.kind == "network" else "---"
        text = f'|"{_mermaid(join.text)}"|' if join.text else ""
        lines.append(f"    {number[join.tail]} {arrow}{text} {number[join.head]}")
    moods = sorted({box.mood for box in picture.boxes if box.mood})
    lines += [f"    classDef {mood} {_MERMAID_MOODS[mood]}" for mood in moods]
    return "".join(f"{line}\n" for line in lines)


def _mermaid(text: str) -> str:
    return _MERMAID_PLAIN.sub(lambda match: f"#{ord(match.group())};", printable(text))


def dot(picture: Picture) -> str:
    """Return a digraph in DOT, the language of Graphviz."""
    number = {box.id: f"n{index}" for index, box in enumerate(picture.boxes)}
    lines = [
        f"digraph {_dot(picture.name)} {{",
        '  graph [rankdir="TB"]',
        '  node [fontname="monospace", fontsize="11", style="filled"]',
        '  edge [fontname="monospace", fontsize="9"]',
    ]
    for box in picture.boxes:
        told = _dot(box.name, *filter(None, (box.state,)), *box.lines)
        shape, fill = _DOT_SHAPES[box.kind], _DOT_MOODS[box.mood]
        lines.append(f'  {number[box.id]} [label={told}, shape="{shape}", fillcolor="{fill}"]')
    for join in picture.joins:
        marks = [f"label={_dot(join.text)}"] if join.text else []
        if join.kind != "service":
            marks.append('arrowhead="none"')
        if join.optional or join.kind == "network":
            marks.append('style="dashed"')
        told = f" [{', '.join(marks)}]" if marks else ""
        lines.append(f"  {number[join.tail]} -> {number[join.head]}{told}")
    return "".join(f"{line}\n" for line in [*lines, "}"])


def _dot(*lines: str) -> str:
    # Graphviz reads entities even in plain labels.
    plain = (printable(line).replace("&", "&amp;") for line in lines)
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in plain)
    return '"' + "\\n".join(escaped) + '"'
