"""Where values come from: the documented cases of precedence, value and place of each."""

from __future__ import annotations

import pytest

from pycompose.errors import UsageError
from pycompose.loader.origins import Explainer
from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, load
from pycompose.loader.trace import Trace


class Files:
    def __init__(self, files):
        self.files = files

    def read(self, path):
        name = path.removeprefix("/shop/")
        if name not in self.files:
            raise FileNotFoundError(path)
        return Source(path, name, self.files[name])


def explainer(files, shell=None, env_files=(), name="", **options):
    named = tuple(f"/shop/{name}" for name in files if name in ("compose.yaml", "over.yaml"))
    trace, shell = Trace(), shell or {}
    project = load(
        LoadOptions(
            files=named,
            working_dir="/shop",
            environment=shell,
            environment_files=tuple(f"/shop/{path}" for path in env_files),
            name=name,
            **options,
        ),
        Files(files),
        trace,
    )
    return Explainer(project=project, trace=trace, shell=shell, named=name)


def told(found):
    """Return an explanation as short text: value @ place, what went in, what gave way."""
    parts = [f"{found.value} @ {found.origin.short}"]
    for variable in found.variables:
        parts.append(f"${variable.name}={variable.value} @ {variable.origin.short}")
        parts += (f"not {it.value} @ {it.origin.short}" for it in variable.overruled)
    return [*parts, *(f"over {it.value} @ {it.origin.short}" for it in found.overruled)]


def web(*lines):
    """Return a Compose file with the service `web`; the first line given is line 4."""
    text = "services:\n  web:\n    image: nginx\n"
    return text + "".join(f"    {line}\n" for line in lines)


FOO = "services.web.environment.FOO"
MAP = "environment: {FOO: compose}"  # at 4:24
CASES = {
    "environment as a mapping": ({"compose.yaml": web(MAP)}, {}, ["compose @ compose.yaml:4"]),
    "environment as a list": (
        {"compose.yaml": web("environment:", "  - A=1", "  - FOO=x")},
        {},
        ["x @ compose.yaml:6"],
    ),
    "env_file": (
        {"compose.yaml": web("env_file: a.env"), "a.env": "# a\nFOO=a\n"},
        {},
        ["a @ a.env:2"],
    ),
    "a later env_file over an earlier one": (
        {"compose.yaml": web("env_file: [a.env, b.env]"), "a.env": "FOO=a", "b.env": "\nFOO=b"},
        {},
        ["b @ b.env:2", "over a @ a.env:1"],
    ),
    "a raw env_file": (
        {
            "compose.yaml": web("env_file: [{path: a.env, format: raw}]"),
            "a.env": "A=1\nFOO='a' # b\n",
        },
        {},
        ["'a' # b @ a.env:2"],
    ),
    "environment over env_file": (
        {"compose.yaml": web(MAP, "env_file: [a.env, b.env]"), "a.env": "FOO=a", "b.env": "FOO=b"},
        {},
        ["compose @ compose.yaml:4", "over b @ b.env:1", "over a @ a.env:1"],
    ),
    "no value, from the shell": (
        {"compose.yaml": web("environment: [FOO]"), ".env": "FOO=dot"},
        {"shell": {"FOO": "sh"}},
        ["sh @ compose.yaml:4", "$FOO=sh @ shell", "not dot @ .env:1"],
    ),
    "no value, from .env": (
        {"compose.yaml": web("environment: {FOO: }"), ".env": "A=1\nFOO=dot"},
        {},
        ["dot @ compose.yaml:4", "$FOO=dot @ .env:2"],
    ),
    "no value anywhere": (
        {"compose.yaml": web("environment: [FOO]")},
        {},
        ["None @ compose.yaml:4"],
    ),
    "no value over env_file": (
        {"compose.yaml": web("environment: [FOO]", "env_file: a.env"), "a.env": "FOO=a"},
        {"shell": {"FOO": "sh"}},
        ["sh @ compose.yaml:4", "$FOO=sh @ shell", "over a @ a.env:1"],
    ),
    "a variable of the shell over .env": (
        {"compose.yaml": web("environment: {FOO: '<${X}>'}"), ".env": "X=dot"},
        {"shell": {"X": "sh"}},
        ["<sh> @ compose.yaml:4", "$X=sh @ shell", "not dot @ .env:1"],
    ),
    "a variable of .env": (
        {"compose.yaml": web("environment: {FOO: $X}"), ".env": "X=dot"},
        {},
        ["dot @ compose.yaml:4", "$X=dot @ .env:1"],
    ),
    "a variable of --env-file, in place of .env": (
        {"compose.yaml": web("environment: {FOO: $X}"), ".env": "X=dot", "p.env": "X=p"},
        {"env_files": ("p.env",)},
        ["p @ compose.yaml:4", "$X=p @ p.env:1"],
    ),
    "a later --env-file over an earlier one": (
        {"compose.yaml": web("environment: {FOO: $X}"), "p.env": "X=p", "q.env": "A=1\nX=q"},
        {"env_files": ("p.env", "q.env")},
        ["q @ compose.yaml:4", "$X=q @ q.env:2", "not p @ p.env:1"],
    ),
    "the shell over several --env-file": (
        {"compose.yaml": web("environment: {FOO: $X}"), "p.env": "X=p", "q.env": "X=q"},
        {"env_files": ("p.env", "q.env"), "shell": {"X": "sh"}},
        ["sh @ compose.yaml:4", "$X=sh @ shell", "not q @ q.env:1", "not p @ p.env:1"],
    ),
    "a default in the reference": (
        {"compose.yaml": web("environment: {FOO: '${X:-${Y:-d}}'}")},
        {"shell": {"Y": "y"}},
        ["y @ compose.yaml:4", "$X=None @ unset", "$Y=y @ shell"],
    ),
    "an override file": (
        {"compose.yaml": web(MAP), "over.yaml": "services: {web: {environment: [FOO=over]}}"},
        {},
        ["over @ over.yaml:1", "over compose @ compose.yaml:4"],
    ),
    "an override file over env_file": (
        {
            "compose.yaml": web(MAP, "env_file: a.env"),
            "over.yaml": "services: {web: {environment: [FOO=over]}}",
            "a.env": "FOO=a",
        },
        {},
        ["over @ over.yaml:1", "over compose @ compose.yaml:4", "over a @ a.env:1"],
    ),
    "a later document": (
        {"compose.yaml": web(MAP) + "---\nservices: {web: {environment: [FOO=two]}}\n"},
        {},
        ["two @ compose.yaml:6", "over compose @ compose.yaml:4"],
    ),
    "extends, in a file": (
        {
            "compose.yaml": web(MAP, "extends: base")
            + "  base: {image: x, environment: {FOO: base}}\n"
        },
        {},
        ["compose @ compose.yaml:4", "over base @ compose.yaml:6"],
    ),
    "extends, inherited": (
        {"compose.yaml": web("extends: base") + "  base: {image: x, environment: {FOO: base}}\n"},
        {},
        ["base @ compose.yaml:5"],
    ),
    "extends, from another file": (
        {
            "compose.yaml": web(MAP, "extends: {file: base.yaml, service: base}"),
            "base.yaml": "services:\n  base: {environment: {FOO: $X}}",
            ".env": "X=dot",
        },
        {},
        ["compose @ compose.yaml:4", "over dot @ base.yaml:2"],
    ),
    "extends, several levels, and an override file": (
        {
            "compose.yaml": web(MAP, "extends: mid")
            + "  mid: {image: x, extends: base, environment: {FOO: mid}}\n"
            + "  base: {image: x, environment: {FOO: base}}\n",
            "over.yaml": "services: {web: {environment: {FOO: over}}}",
        },
        {},
        [
            "over @ over.yaml:1",
            "over compose @ compose.yaml:4",
            "over mid @ compose.yaml:6",
            "over base @ compose.yaml:7",
        ],
    ),
    "include": (
        {
            "compose.yaml": "include: [sub/compose.yaml]\n",
            "sub/compose.yaml": web("environment: {FOO: $X}"),
            "sub/.env": "A=1\nX=sub",
        },
        {},
        ["sub @ sub/compose.yaml:4", "$X=sub @ sub/.env:2"],
    ),
    "include, the shell wins": (
        {
            "compose.yaml": "include: [sub/compose.yaml]\n",
            "sub/compose.yaml": web("environment: {FOO: $X}"),
            "sub/.env": "X=sub",
        },
        {"shell": {"X": "sh"}},
        ["sh @ sub/compose.yaml:4", "$X=sh @ shell", "not sub @ sub/.env:1"],
    ),
    "include, the local file wins": (
        {
            "compose.yaml": "include: [sub/compose.yaml]\n" + web(MAP),
            "sub/compose.yaml": web("environment: {FOO: sub}"),
        },
        {},
        ["compose @ compose.yaml:5", "over sub @ sub/compose.yaml:4"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_value_and_the_place_of_a_variable(case):
    files, how, expected = CASES[case]
    assert told(explainer(files, **how).explain(FOO)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("services.web.image", ["nginx @ compose.yaml:3"]),
        ("services.web.ports[0].target", ["80 @ over.yaml:2", "over 80 @ compose.yaml:4"]),
        ("services.web.ports[0].mode", ["ingress @ default"]),
        ("services.web.command[0]", ["b @ over.yaml:3", "over a @ compose.yaml:5"]),
        ("services.web.labels.com.example.team", ["x @ compose.yaml:6"]),
        ('services.web.labels["com.example.team"]', ["x @ compose.yaml:6"]),
        ("services.web.build.args.A", ["a @ compose.yaml:7", "$A=a @ shell"]),
        ("services.web.networks", ["{'default': None} @ default"]),
        ("networks.default.name", ["shop_default @ default"]),
        ("services.off.image", ["x @ over.yaml:4"]),
    ],
)
def test_other_attributes(path, expected):
    files = {
        "compose.yaml": web(
            "ports: ['8080:80']",
            "command: [a]",
            "labels: {com.example.team: x}",
            "build: {context: ., args: [A]}",
        ),
        "over.yaml": "services:\n  web: {ports: ['8080:80'],\n    command: [b]}\n"
        "  off: {image: x, profiles: [p]}",
    }
    assert told(explainer(files, {"A": "a"}).explain(path)) == expected


@pytest.mark.parametrize(
    ("files", "how", "expected"),
    [
        ({"compose.yaml": web()}, {}, ["shop @ directory"]),
        ({"compose.yaml": "name: a\n" + web()}, {}, ["a @ compose.yaml:1"]),
        ({"compose.yaml": "name: ${X}\n" + web()}, {"shell": {"X": "x"}},
         ["x @ compose.yaml:1", "$X=x @ shell"]),
        ({"compose.yaml": "name: a\n" + web()}, {"name": "p"},
         ["p @ command line", "over a @ compose.yaml:1"]),
        ({"compose.yaml": "name: a\n" + web(), ".env": "COMPOSE_PROJECT_NAME=e"}, {},
         ["e @ .env:1", "over a @ compose.yaml:1"]),
        ({"compose.yaml": web()}, {"name": "s", "shell": {"COMPOSE_PROJECT_NAME": "s"}},
         ["s @ shell"]),
    ],
)  # fmt: skip
def test_the_name_of_the_project(files, how, expected):
    assert told(explainer(files, **how).explain("name")) == expected


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("services.wbe", r"services has no 'wbe' \(did you mean 'web'\?\)"),
        ("services.web.imag", r"services.web has no 'imag' \(did you mean 'image'\?\)"),
        ("services.web.image.x", "services.web.image has no 'x'"),
        ("services.web.ports[1]", r"services.web.ports has 1 items, the last is \[0\]"),
        ("zzz", "the project has no 'zzz'"),
        ("a..b", "is no path, write"),
        ("", "is no path, write"),
    ],
)
def test_paths_that_lead_nowhere(path, message):
    with pytest.raises(UsageError, match=message):
        explainer({"compose.yaml": web("ports: ['80']")}).explain(path)


def test_the_rule_is_told():
    files, how, _ = CASES["an override file over env_file"]
    found = explainer(files, **how).explain(FOO)
    assert [loser.why for loser in found.overruled] == [
        "a later file wins over an earlier one",
        "environment wins over env_file",
    ]


def test_without_a_trace_the_same_project_is_loaded():
    files, _, _ = CASES["extends, several levels, and an override file"]
    found = explainer(files)
    paths = tuple(f"/shop/{name}" for name in files)
    assert load(LoadOptions(files=paths, working_dir="/shop"), Files(files)) == found.project
