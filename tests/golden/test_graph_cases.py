"""The cases of `graph/`: a `compose.yaml` each, and its picture in every format.

`pytest --accept` writes the pictures anew, to be read in the diff and, where the layout changed, to
be looked at.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, load
from pycompose.snapshot import ContainerState
from pycompose.ui import drawn
from pycompose.ui.picture import Box, Join, Picture, picture
from pycompose.ui.svg import svg

CASES = Path(__file__).parent / "graph"
NAMES = sorted(path.name for path in CASES.iterdir())
FORMATS = {
    "graph.txt": drawn.outline,
    "graph.mmd": drawn.mermaid,
    "graph.dot": drawn.dot,
    "graph.svg": svg,
}
LIVE = [
    ContainerState(id="1", name="a", service="web", state="running", health="healthy"),
    ContainerState(id="2", name="b", service="api", state="running", health="starting"),
    ContainerState(id="3", name="c", service="worker", state="running"),
    ContainerState(id="4", name="d", service="worker", state="running"),
    ContainerState(id="5", name="e", service="worker", state="exited", exit_code=137),
    ContainerState(id="6", name="f", service="migrate", state="exited", exit_code=0),
    ContainerState(id="7", name="g", service="db", state="running", health="unhealthy"),
    ContainerState(id="8", name="h", service="cache", state="paused"),
    ContainerState(id="9", name="i", service="mail", state="running", oneoff=True),
    ContainerState(id="0", name="j", service="queue", state="restarting"),
]
ODD = [
    *("end", "n0", "graph", "a b", 'quo"te', "back\\slash", "<b>&amp;", "#35;", "`x`", "a|b"),
    *("a;b", "[x]", "{x}", "(x)", "--", "-->", "%%", "é漢", "line\nend", "\x1b[1m", "]]>", "'"),
    *("\\N", "\\"),
]


class _File:
    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, path: str) -> Source:
        if not path.endswith("/compose.yaml"):
            raise FileNotFoundError(path)
        return Source(path, "compose.yaml", self.path.read_text())

    def follow(self, path: str) -> str:
        return path

    def mode(self, path: str) -> int | None:
        del path
        return None


def seen(name: str, *, live: bool = False) -> Picture:
    options = LoadOptions(
        files=("/shop/compose.yaml",), working_dir="/shop", dotenv=False, names_only=True
    )
    return picture(load(options, _File(CASES / name / "compose.yaml")), LIVE if live else None)


def odd() -> Picture:
    """A picture in which nothing that stands anywhere is harmless."""
    kinds = ("service", "network", "volume")
    boxes = tuple(
        Box(f"{kind} {name}", kind, name, (name,) if kind == "service" else ())
        for kind in kinds
        for name in ODD
    )
    first = boxes[0].id
    joins = tuple(Join(first, box.id, box.kind, box.name) for box in boxes[1:])
    return Picture(ODD[4], boxes, joins)


def check(path: Path, text: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--accept"):
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("file", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_a_project_is_drawn(name: str, file: str, request: pytest.FixtureRequest) -> None:
    check(CASES / name / file, FORMATS[file](seen(name)), request)


@pytest.mark.parametrize("file", FORMATS)
def test_states_are_marked(file: str, request: pytest.FixtureRequest) -> None:
    text = FORMATS[file](seen("shop", live=True))
    check(CASES / "shop" / file.replace("graph", "live"), text, request)


@pytest.mark.parametrize("found", [odd(), seen("odd"), seen("shop", live=True)])
def test_dot_reads_what_is_written_for_it(found: Picture) -> None:
    if shutil.which("dot") is None:
        pytest.skip("there is no dot")
    done = subprocess.run(
        ["dot", "-Tplain"], input=drawn.dot(found).encode(), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    nodes = [line for line in done.stdout.splitlines() if line.startswith(b"node ")]
    assert len(nodes) == len(found.boxes)


@pytest.mark.parametrize("found", [odd(), seen("odd"), seen("shop", live=True)])
def test_mermaid_has_nothing_in_it_but_plain_lines(found: Picture) -> None:
    text = r"[\w ./:,()?>=@+#;<-]*"
    line = re.compile(
        rf'flowchart TD|    n\d+(\["{text}"\]|\(\["{text}"\]\)|\[\("{text}"\)\])(:::\w+)?'
        rf'|    n\d+ (-->|-\.->|---|-\.-)(\|"{text}"\|)? n\d+|    classDef \w+ [\w#:,-]+'
    )
    written = drawn.mermaid(found)
    assert [one for one in written.splitlines() if not line.fullmatch(one)] == []
    for label in re.findall(r'"(.*?)"', written):
        assert re.fullmatch(r"([^#;<]|#\d+;|<br/>)*", label), label


@pytest.mark.parametrize("found", [odd(), seen("odd"), seen("shop", live=True)])
def test_svg_is_xml_that_shows_every_name(found: Picture) -> None:
    root = ElementTree.fromstring(svg(found))
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    names = [each for each in found.boxes if each.name.isprintable()]
    assert {box.name for box in names} <= {*texts}


def test_boxes_do_not_overlap_and_edges_go_down() -> None:
    found = seen("shop")
    root = ElementTree.fromstring(svg(found))
    rects = [
        tuple(float(each.get(key)) for key in ("x", "y", "width", "height"))
        for each in root.iter("{http://www.w3.org/2000/svg}rect")
        if "box" in (each.get("class") or "")
    ]
    assert len(rects) == 14
    for index, (x, y, width, height) in enumerate(rects):
        for x2, y2, width2, height2 in rects[index + 1 :]:
            apart = x + width < x2 or x2 + width2 < x or y + height < y2 or y2 + height2 < y
            assert apart
    for each in root.iter("{http://www.w3.org/2000/svg}path"):
        if (each.get("class") or "").startswith("edge"):
            numbers = [float(n) for n in re.findall(r"[MC ,](-?[\d.]+)", each.get("d"))]
            assert numbers[1] < numbers[-1]


def test_a_long_chain_is_drawn() -> None:
    boxes = tuple(Box(f"service s{n}", "service", f"s{n}") for n in range(2000))
    joins = tuple(Join(one.id, other.id, "service") for one, other in pairwise(boxes))
    chain = Picture("chain", boxes, joins)
    assert len(drawn.outline(chain).splitlines()) == 2000
    assert svg(chain).count('class="box') == 2000
