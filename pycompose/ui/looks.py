"""What `top`, `images`, `volumes`, `ls`, `stats` and `events` print; pure.

Source: docker/compose cmd/compose/{top,images,list,stats,events}.go, docker/cli formatter/stats.go
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from pycompose.model.values import Json
from pycompose.snapshot import Processes, ProjectState, UsedImage
from pycompose.ui.listing import Columns, aligned, compact, listing
from pycompose.ui.tables import ago
from pycompose.ui.text import printable
from pycompose.ui.units import binary, decimal

_SHORT_ID: Final = 12
_TOP: Final = Columns({}, (), gap=2, narrowest=4)
_WIDE: Final = 20  # the narrowest cell of Docker Compose's own tables
_COMMAND: Final = "CMD"

IMAGES: Final = Columns(
    {
        "ContainerName": "CONTAINER",
        "Repository": "REPOSITORY",
        "Tag": "TAG",
        "Platform": "PLATFORM",
        "ImageID": "IMAGE ID",
        "Size": "SIZE",
        "Created": "CREATED",
        "ID": "ID",
        "LastTagTime": "LAST TAG TIME",
    },
    ("ContainerName", "Repository", "Tag", "Platform", "ImageID", "Size", "Created"),
    narrowest=_WIDE,
)
VOLUMES: Final = Columns(
    {
        "Availability": "AVAILABILITY",
        "Driver": "DRIVER",
        "Group": "GROUP",
        "Labels": "LABELS",
        "Links": "LINKS",
        "Mountpoint": "MOUNTPOINT",
        "Name": "VOLUME NAME",
        "Scope": "SCOPE",
        "Size": "SIZE",
        "Status": "STATUS",
    },
    ("Driver", "Name"),
)
PROJECTS: Final = Columns(
    {"Name": "NAME", "Status": "STATUS", "ConfigFiles": "CONFIG FILES"},
    ("Name", "Status", "ConfigFiles"),
    narrowest=_WIDE,
)
STATS: Final = Columns(
    {
        "BlockIO": "BLOCK I/O",
        "CPUPerc": "CPU %",
        "Container": "CONTAINER",
        "ID": "CONTAINER ID",
        "MemPerc": "MEM %",
        "MemUsage": "MEM USAGE / LIMIT",
        "Name": "NAME",
        "NetIO": "NET I/O",
        "PIDs": "PIDS",
    },
    ("ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"),
)


def top(found: Sequence[Processes]) -> str:
    """Return the processes of containers as one table, "" where there is none."""
    titles = dict.fromkeys(title for each in found for title in each.titles)
    if not titles:
        return ""
    titles.pop(_COMMAND, None)
    shown = ["SERVICE", "#", *titles, _COMMAND]
    rows = []
    for each in found:
        for row in each.rows:
            known = dict(zip(each.titles, row, strict=False))
            cells = [known.get(title, "-") for title in shown[2:]]
            number = each.container.number
            named = [each.container.service, "-" if number is None else str(number)]
            rows.append([printable(cell) for cell in (*named, *cells)])
    return aligned(shown, rows, _TOP)


def images(found: Sequence[UsedImage], *, now: float, format: str) -> str:
    """Return the images of containers; `format` is one of `listing`'s, `now` in seconds."""
    rows = [
        {
            "ID": used.id,
            "ContainerName": used.container.name,
            "Repository": used.repository,
            "Tag": used.tag,
            "Platform": used.platform,
            "Size": used.size,
            "LastTagTime": used.made,
        }
        for used in found
    ]
    if format == "json":  # Compat: all of them in one array, and an empty line
        return f"{compact(rows)}\n\n"
    if format in ("json-array", "yaml"):
        return listing(rows, IMAGES, format)
    shown = [
        {
            **row,
            "Repository": used.repository or "<none>",
            "Tag": used.tag or "<none>",
            "ImageID": used.id.removeprefix("sha256:")[:_SHORT_ID],
            "Size": decimal(used.size),
            "Created": _since(used.made, now),
        }
        for row, used in zip(rows, found, strict=True)
    ]
    return listing(shown, IMAGES, format)


def _since(moment: str, now: float) -> str:
    try:
        then = datetime.fromisoformat(f"{moment[:19]}+00:00")
    except ValueError:
        return "N/A"
    return f"{ago(now - then.timestamp())} ago" if then.year > 1 else "N/A"


def projects(found: Sequence[ProjectState], format: str) -> str:
    """Return projects as a list; `format` is one of `listing`'s."""
    rows = [
        {"Name": each.name, "Status": each.status, "ConfigFiles": ",".join(each.files)}
        for each in found
    ]
    return listing(rows, PROJECTS, "json-array" if format == "json" else format)


def stats(samples: Sequence[Json], *, format: str = "table", truncate: bool = True) -> str:
    """Return what containers use; `format` is one of `listing`'s."""
    return listing([used(sample, truncate=truncate) for sample in samples], STATS, format)


def used(sample: Json, *, truncate: bool = True) -> Json:
    """Return what a sample of GET /containers/{id}/stats tells, as docker words it."""
    memory = sample.get("memory_stats") or {}
    taken, limit = _memory(memory), float(memory.get("limit") or 0)
    network = (sample.get("networks") or {}).values()
    read, written = _blocks(sample.get("blkio_stats") or {})
    received = sum(each.get("rx_bytes") or 0 for each in network)
    sent = sum(each.get("tx_bytes") or 0 for each in network)
    id = sample["id"]
    return {
        "BlockIO": f"{decimal(read)} / {decimal(written)}",
        "CPUPerc": f"{_processors(sample):.2f}%",
        "Container": id,
        "ID": id[:_SHORT_ID] if truncate else id,
        "MemPerc": f"{taken / limit * 100 if limit else 0:.2f}%",
        "MemUsage": f"{binary(taken)} / {binary(limit)}",
        "Name": str(sample.get("name") or "").removeprefix("/"),
        "NetIO": f"{decimal(received)} / {decimal(sent)}",
        "PIDs": str((sample.get("pids_stats") or {}).get("current") or 0),
    }


def _memory(memory: Mapping[str, Json]) -> float:
    """Return the bytes in use without the cache that can be let go of at any time."""
    usage, details = float(memory.get("usage") or 0), memory.get("stats") or {}
    for name in ("total_inactive_file", "inactive_file"):
        if name in details and details[name] < usage:
            return usage - float(details[name])
    return usage


def _processors(sample: Json) -> float:
    """Return the share of one processor, in percent."""
    now, before = sample.get("cpu_stats") or {}, sample.get("precpu_stats") or {}
    usage = [float((each.get("cpu_usage") or {}).get("total_usage") or 0) for each in (now, before)]
    system = [float(each.get("system_cpu_usage") or 0) for each in (now, before)]
    used, passed = usage[0] - usage[1], system[0] - system[1]
    count = now.get("online_cpus") or len((now.get("cpu_usage") or {}).get("percpu_usage") or ())
    return used / passed * count * 100 if used > 0 and passed > 0 else 0.0


def _blocks(blkio: Mapping[str, Json]) -> tuple[int, int]:
    totals = {"read": 0, "write": 0}
    for each in blkio.get("io_service_bytes_recursive") or ():
        name = str(each.get("op") or "").lower()
        if name in totals:
            totals[name] += each.get("value") or 0
    return totals["read"], totals["write"]


def event(found: Json, *, json: bool) -> str:
    """Return an event as text with its line end; as JSON, its time is in RFC 3339."""
    seconds, nanos = divmod(found["time"], 10**9)
    moment = datetime.fromtimestamp(seconds).astimezone()
    marks = dict(sorted(found["attributes"].items()))
    if json:
        zone = moment.strftime("%z")
        zone = "Z" if zone == "+0000" else f"{zone[:3]}:{zone[3:]}"
        fraction = f".{nanos:09d}".rstrip("0").rstrip(".")
        stamp = f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}{zone}"
        return f"{compact(dict(sorted({**found, 'attributes': marks, 'time': stamp}.items())))}\n"
    told = ", ".join(f"{name}={value}" for name, value in marks.items())
    stamp = f"{moment:%Y-%m-%d %H:%M:%S}.{nanos // 1000:06d}"
    action, id = found["action"], found["id"]
    return f"{printable(f'{stamp} container {action} {id} ({told})')}\n\n"
