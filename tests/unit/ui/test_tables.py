"""`ps` as Docker Compose 2.40.3 prints it; golden texts."""

from __future__ import annotations

import json
import time

import pytest

from pycompose.errors import UsageError
from pycompose.snapshot import ContainerState, MountState, PortState
from pycompose.ui.listing import Columns, aligned
from pycompose.ui.tables import ago, listed, ports, quoted

LONG = ContainerState(
    id="98beb0951df8fc56e6e16998df2a98fe4a39425257cc11f328176a29f764e7a3",
    name="clioraps-longname-1",
    state="running",
    service="longname",
    number=1,
    health="healthy",
    status="Up 2 seconds (healthy)",
    created=1795485102.0,
    image="clioracle-busy:1",
    command="sleep 1000",
    labels={"b": "x y", "a.b": "1"},
    networks={"clioraps_default": "id"},
)
WEB = ContainerState(
    id="80f3d1caaa604b920ecf8daab0489fd98f754ccc378f5325890fa79e081bf015",
    name="clioraps-web-1",
    state="exited",
    service="web",
    exit_code=3,
    status="Exited (3) 2 seconds ago",
    created=1795485042.0,
    image="clioracle-busy:1",
    command="sh -c 'echo hello; echo err >&2'",
    mounts=(
        MountState(
            type="volume", name="clioraps_data", source="/v", target="/data", read_only=False
        ),
        MountState(type="bind", name="", source="/tmp/o", target="/o", read_only=True),
    ),
    ports=(
        PortState(private=80, public=18080, host_ip="0.0.0.0", protocol="tcp"),
        PortState(private=80, public=18080, host_ip="::", protocol="tcp"),
    ),
)
NOW = 1795485105.0


def ps(*containers: ContainerState, format: str = "table", truncate: bool = True) -> str:
    return listed(containers, project="clioraps", now=NOW, format=format, truncate=truncate)


def test_the_table_is_that_of_docker_compose() -> None:
    assert ps(LONG, WEB) == (
        "NAME                  IMAGE              COMMAND                  SERVICE    CREATED"
        "              STATUS                     PORTS\n"
        'clioraps-longname-1   clioracle-busy:1   "sleep 1000"             longname   3 seconds ago'
        "        Up 2 seconds (healthy)     \n"
        'clioraps-web-1        clioracle-busy:1   "sh -c \'echo hello; …"   web        About a'
        " minute ago   Exited (3) 2 seconds ago   0.0.0.0:18080->80/tcp, [::]:18080->80/tcp\n"
    )


def test_an_empty_table_is_its_header() -> None:
    assert ps() == "NAME      IMAGE     COMMAND   SERVICE   CREATED   STATUS    PORTS\n"


def test_other_shapes_of_nothing() -> None:
    assert [ps(format=shape) for shape in ("ids", "services", "json", "{{.Name}}")] == [
        "",
        "\n",
        "",
        "",
    ]
    assert ps(format="table {{.Name}}") == "NAME\n"


def test_ids_are_whole_and_services_named_once() -> None:
    assert ps(LONG, WEB, format="ids") == f"{LONG.id}\n{WEB.id}\n"
    assert ps(WEB, LONG, WEB, format="services") == "longname\nweb\n"


def test_json_is_one_object_a_line_with_docker_composes_keys(monkeypatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    lines = ps(LONG, WEB, format="json").splitlines()
    assert list(json.loads(lines[0])) == sorted(json.loads(lines[0]))
    assert lines[0] == (
        '{"Command":"\\"sleep 1000\\"","CreatedAt":"2026-11-24 01:51:42 +0000 UTC","ExitCode":0,'
        '"Health":"healthy","ID":"98beb0951df8","Image":"clioracle-busy:1","Labels":"a.b=1,b=x y",'
        '"LocalVolumes":"0","Mounts":"","Name":"clioraps-longname-1",'
        '"Names":"clioraps-longname-1","Networks":"clioraps_default","Ports":"",'
        '"Project":"clioraps","Publishers":[],"RunningFor":"3 seconds ago","Service":"longname",'
        '"Size":"0B","State":"running","Status":"Up 2 seconds (healthy)"}'
    )
    web = json.loads(lines[1])
    assert (web["ExitCode"], web["Health"], web["LocalVolumes"]) == (3, "", "1")
    assert web["Mounts"] == "clioraps_data,/tmp/o"
    assert web["Publishers"][0] == {
        "URL": "0.0.0.0",
        "TargetPort": 80,
        "PublishedPort": 18080,
        "Protocol": "tcp",
    }
    assert "-\\u003e80/tcp" in lines[1]


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("{{.Name}} {{.State}}", "clioraps-longname-1 running\n"),
        ('{{ .Name | upper }}{{"x"}}', "CLIORAPS-LONGNAME-1x\n"),
        ("{{upper .State}}\\t{{.ID}}", "RUNNING\t98beb0951df8\n"),
        ("{{json .Name}}", '"clioraps-longname-1"\n'),
        ('{{.Label "a.b"}}|{{.Label "no"}}', "1|\n"),
        ("{{.Publishers}}", "[]\n"),
        ("xml", "xml\n"),
        (
            "table {{.Name}}\\t{{.Status}}",
            "NAME                  STATUS\nclioraps-longname-1   Up 2 seconds (healthy)\n",
        ),
        (
            'table {{.ID}} {{.Label "a.b"}}',
            "CONTAINER ID b\n98beb0951df8 1\n",
        ),
    ],
)
def test_templates(format, text) -> None:
    assert ps(LONG, format=format) == text


def test_json_of_a_row_is_the_row() -> None:
    assert json.loads(ps(LONG, format="{{json .}}")) == json.loads(ps(LONG, format="json"))


@pytest.mark.parametrize(
    ("format", "message"),
    [
        ("{{.Nope}}", "no field 'Nope', expected one of Command, "),
        ("{{.Name", "unclosed action"),
        ("{{range .}}x{{end}}", "'range .' is not supported"),
        ("{{}}", "'' is not supported"),
        ('{{join .Name ","}}', "is not supported"),
    ],
)
def test_what_a_template_cannot_do_is_told(format, message) -> None:
    with pytest.raises(UsageError) as caught:
        ps(LONG, format=format)
    assert str(caught.value).startswith("template parsing error: ")
    assert message in str(caught.value)


def port(private: int, public: int = 0, host: str = "", protocol: str = "tcp") -> PortState:
    return PortState(private=private, public=public, host_ip=host, protocol=protocol)


@pytest.mark.parametrize(
    ("states", "text"),
    [
        ([], ""),
        ([port(80)], "80/tcp"),
        ([port(82), port(80), port(81)], "80-82/tcp"),
        ([port(80), port(82)], "80/tcp, 82/tcp"),
        ([port(80), port(80, protocol="udp")], "80/tcp, 80/udp"),
        ([port(80, 80, "::"), port(81, 81, "::")], "[::]:80-81->80-81/tcp"),
        ([port(80, 8000, "0.0.0.0"), port(81)], "81/tcp, 0.0.0.0:8000->80/tcp"),
        (
            [port(0), port(8001, protocol="udp"), port(90, 19000, "127.0.0.1", "udp")],
            "0/tcp, 8001/udp, 127.0.0.1:19000->90/udp",
        ),
    ],
)
def test_ports_are_joined_where_docker_joins_them(states, text) -> None:
    assert ports(states) == text


MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "Less than a second"),
        (0.9, "Less than a second"),
        (1, "1 second"),
        (59, "59 seconds"),
        (MINUTE, "About a minute"),
        (2 * MINUTE, "2 minutes"),
        (50 * MINUTE, "50 minutes"),
        (HOUR, "About an hour"),
        (1.6 * HOUR, "2 hours"),
        (47 * HOUR, "47 hours"),
        (2 * DAY, "2 days"),
        (13 * DAY, "13 days"),
        (14 * DAY, "2 weeks"),
        (59 * DAY, "8 weeks"),
        (60 * DAY, "2 months"),
        (700 * DAY, "23 months"),
        (800 * DAY, "2 years"),
    ],
)
def test_spans_of_time_are_dockers(seconds, text) -> None:
    assert ago(seconds) == text


def test_quoted_text_is_gos() -> None:
    assert quoted('a "b" \\ \x1b\n') == '"a \\"b\\" \\\\ \\x1b\\n"'


def test_columns_are_at_least_ten_wide() -> None:
    assert aligned(["A", "B"], [["1", "2"], ["123456789", ""]], Columns({}, ())) == (
        "A           B\n1           2\n123456789   \n"
    )


def test_names_cannot_steer_the_terminal() -> None:
    bad = ContainerState(id="x", name="a\x1b[2J\nb", state="running")
    assert "\x1b" not in ps(bad) + ps(bad, format="{{.Name}}")
    assert ps(bad).count("\n") == 2
