"""What took how long as bars on a common line of time: as text, and as SVG; pure."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from pycompose.plan.timings import Bar, Chart
from pycompose.ui.text import cells, fit, printable

NOTHING: Final = "no step was carried out\n"
_CRITICAL, _OTHER, _WAITS = "█", "▒", "·"
_LEAST: Final = 20  # columns of the bars, whatever the width
_NAMES: Final = 44  # columns of the longest name
_SHORTEST: Final = 16  # and of what is left of one where there is no room

ROW: Final = 20.0  # pixels
BARS: Final = 620.0
COLUMN: Final = 7.25
MARGIN: Final = 20.0
HEAD: Final = 64.0


def text(chart: Chart, width: int) -> str:
    """Return the chart in so many columns, each line ended.

    Behind `<-` stands the step that ended last of those that one waited for. The critical path has
    a `*`.
    """
    if not chart.bars:
        return NOTHING
    digits = len(str(max(bar.number for bar in chart.bars)))
    # A mark, a number, the name, the number behind `<- #`, eight of seconds, and blanks between.
    taken = 20 + 2 * digits
    widest = max(_SHORTEST, min(_NAMES, width - taken - _LEAST))
    names = [fit(printable(bar.text), widest) for bar in chart.bars]
    longest = max(map(cells, names))
    room = max(_LEAST, width - taken - longest)
    lines = [_summary(chart), ""]
    for bar, name in zip(chart.bars, names, strict=True):
        mark = "*" if bar.critical else " "
        number = f"#{bar.number}".ljust(digits + 1)
        by = (f"<- #{bar.held_up}" if bar.held_up else "").ljust(digits + 4)
        padded = name + " " * (longest - cells(name))
        seconds = _seconds(bar.ended - bar.begun)
        lines.append(f"{mark} {number} {padded} {by} {seconds:>8}  {_bar(bar, chart, room)}")
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _summary(chart: Chart) -> str:
    path = [bar for bar in chart.bars if bar.critical]
    steps = "1 step" if len(path) == 1 else f"{len(path)} steps"
    return f"{_seconds(chart.seconds)} in all; critical path (*): {steps} of {len(chart.bars)}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}s" if seconds < 100 else f"{seconds:.0f}s"


def _bar(bar: Bar, chart: Chart, room: int) -> str:
    """Return a bar, of one column at least; dots before it up to where it could have begun."""
    scale = room / chart.seconds if chart.seconds else 0.0
    first = min(int(bar.begun * scale), room - 1)
    last = min(max(first + 1, round(bar.ended * scale)), room)
    held = next((b.ended for b in chart.bars if b.number == bar.held_up), 0.0)
    free = min(int(held * scale), first)
    return " " * free + _WAITS * (first - free) + _mark(bar) * (last - first)


def _mark(bar: Bar) -> str:
    return _CRITICAL if bar.critical else _OTHER


_STYLE: Final = """\
  <style>
    text { font: 12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1b1f24; }
    .sum { font-weight: bold; }
    .said { fill: #57606a; font-size: 10px; }
    .grid { stroke: #d5dae0; }
    .bar { fill: #9db4d3; }
    .bar.critical { fill: #c0392b; }
    .wait { fill: none; stroke: #b7bec7; }
    .wait.critical { stroke: #c0392b; stroke-width: 1.5; }
  </style>"""


def svg(chart: Chart) -> str:
    """Return the chart as an SVG document; lines lead to a bar from what held it up."""
    names = [f"#{bar.number} {fit(printable(bar.text), _NAMES)}" for bar in chart.bars]
    left = MARGIN + COLUMN * max(map(cells, names), default=0) + 12
    width = left + BARS + 70 + MARGIN
    height = HEAD + ROW * len(chart.bars) + MARGIN
    told = _summary(chart).replace("(*)", "(red)") if chart.bars else NOTHING.strip()
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.1f}" height="{height:.1f}"'
        f' viewBox="0 0 {width:.1f} {height:.1f}">',
        _STYLE,
        f'  <rect width="{width:.1f}" height="{height:.1f}" fill="#ffffff"/>',
        f'  <text class="sum" x="{MARGIN:.1f}" y="{MARGIN + 8:.1f}">{escape(told)}</text>',
    ]
    scale = BARS / chart.seconds if chart.seconds else 0.0
    lines += _grid(chart, left, scale, height)
    place = {bar.number: HEAD + ROW * index for index, bar in enumerate(chart.bars)}
    ends = {bar.number: left + bar.ended * scale for bar in chart.bars}
    for bar in sorted(chart.bars, key=lambda bar: bar.critical):  # what is on top comes last
        if bar.held_up:
            x, y = ends[bar.held_up], place[bar.held_up] + ROW / 2
            to_x, to_y = left + bar.begun * scale, place[bar.number] + ROW / 2
            kind = "wait critical" if bar.critical else "wait"
            lines.append(f'  <path class="{kind}" d="M{x:.1f},{y:.1f} V{to_y:.1f} H{to_x:.1f}"/>')
    for bar, name in zip(chart.bars, names, strict=True):
        lines += _row(bar, name, left, scale, place[bar.number])
    return "".join(f"{line}\n" for line in [*lines, "</svg>"])


def _row(bar: Bar, name: str, left: float, scale: float, top: float) -> Iterator[str]:
    x, wide = left + bar.begun * scale, max(1.5, (bar.ended - bar.begun) * scale)
    kind = "bar critical" if bar.critical else "bar"
    yield f'  <text x="{MARGIN:.1f}" y="{top + 14:.1f}">{escape(name)}</text>'
    yield (
        f'  <rect class="{kind}" x="{x:.1f}" y="{top + 4:.1f}" width="{wide:.1f}"'
        f' height="{ROW - 8:.1f}" rx="2"/>'
    )
    yield (
        f'  <text class="said" x="{x + wide + 4:.1f}" y="{top + 13:.1f}">'
        f"{_seconds(bar.ended - bar.begun)}</text>"
    )


def _grid(chart: Chart, left: float, scale: float, height: float) -> Iterator[str]:
    """Yield lines at round times, four to ten of them."""
    if not chart.seconds:
        return
    step = 10.0**-3
    while chart.seconds / step > 10:
        for factor in (2, 2.5, 2):
            step *= factor
            if chart.seconds / step <= 10:
                break
    for index in range(int(chart.seconds / step) + 1):
        x = left + index * step * scale
        yield (f'  <path class="grid" d="M{x:.1f},{HEAD - 8:.1f} V{height - MARGIN:.1f}"/>')
        yield (
            f'  <text class="said" x="{x:.1f}" y="{HEAD - 12:.1f}" text-anchor="middle">'
            f"{index * step:g}s</text>"
        )
