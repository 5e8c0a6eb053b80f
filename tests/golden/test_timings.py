"""The chart of `up --timings`, of a plan whose steps take what their kind takes on a clock of ours.

`pytest --accept` writes the charts anew, to be read and looked at.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from projects import IMAGE, named_volume, needs, next_up, project, service

from pycompose.engine.fake import FakeEngine
from pycompose.plan.plan import Plan
from pycompose.plan.timings import Chart, Span, chart
from pycompose.ui import timings

FOLDER = Path(__file__).parent / "timings"
TAKES = {"CreateNetwork": 0.25, "CreateVolume": 0.1, "CreateContainer": 0.2, "Start": 0.6}


def carried_out(plan: Plan) -> dict[int, Span]:
    """Return when the steps ran, each as soon as it could."""
    spans: dict[int, Span] = {}
    for step in plan.steps:
        begun = max((spans[id].ended for id in step.after), default=100.0)
        takes = TAKES.get(type(step).__name__, 3.0 if "db" in step.resource else 1.1)
        spans[step.id] = Span(begun, begun + takes)
    return spans


def shop() -> Chart:
    engine = FakeEngine()
    engine.add_image(IMAGE, healthcheck={"Test": ["CMD", "true"]})
    wanted = project(
        service(
            "web", depends_on={"job": needs("service_completed_successfully"), "cache": needs()}
        ),
        service("job", depends_on={"db": needs("service_healthy")}),
        service("cache"),
        service("db", volumes=(named_volume("data"),)),
        service("a" * 60),
    )
    plan = next_up(engine, wanted)
    return chart([(plan, carried_out(plan))])


CHARTS = {
    "wide.txt": lambda: timings.text(shop(), 120),
    "narrow.txt": lambda: timings.text(shop(), 60),
    "chart.svg": lambda: timings.svg(shop()),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_drawn(name: str, request: pytest.FixtureRequest) -> None:
    text = CHARTS[name]()
    if request.config.getoption("--accept"):
        (FOLDER / name).write_text(text)
    assert text == (FOLDER / name).read_text()


@pytest.mark.parametrize("width", [1, 60, 80, 100, 120, 200])
def test_bars_fit_the_width(width: int) -> None:
    lines = timings.text(shop(), width).splitlines()[2:]
    if width >= 60:
        assert max(map(len, lines)) == width
    assert all("█" in line or "▒" in line for line in lines)


def test_bars_of_the_critical_path_follow_each_other() -> None:
    lines = [line for line in timings.text(shop(), 120).splitlines()[2:] if line[0] == "*"]
    for upper, lower in pairwise(lines):
        assert lower.index("█") in (len(upper) - 1, len(upper))


def test_the_svg_is_xml_with_a_bar_for_each_step() -> None:
    found = shop()
    root = ElementTree.fromstring(timings.svg(found))
    kinds = [each.get("class") for each in root.iter("{http://www.w3.org/2000/svg}rect")]
    critical = sum(bar.critical for bar in found.bars)
    assert (kinds.count("bar"), kinds.count("bar critical")) == (
        len(found.bars) - critical,
        critical,
    )


def test_nothing_is_said_to_be_nothing() -> None:
    assert timings.text(Chart((), 0.0), 80) == "no step was carried out\n"
    assert "no step was carried out" in timings.svg(Chart((), 0.0))


@pytest.mark.parametrize("seconds", [0.0, 1e-6, 0.004, 1.0, 59.0, 1000.0])
def test_any_time_can_be_drawn(seconds: float) -> None:
    found = chart([(Plan(steps=shop_plan().steps[:1]), {1: Span(5.0, 5.0 + seconds)})])
    assert timings.text(found, 80).endswith("█\n")
    grid = timings.svg(found).count('class="grid"')
    assert grid <= 11


def shop_plan() -> Plan:
    engine = FakeEngine()
    engine.add_image(IMAGE)
    return next_up(engine, project(service("web")))
