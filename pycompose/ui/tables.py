"""The list of `ps` as Docker Compose prints it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pycompose.model.values import Json
from pycompose.snapshot import ContainerState, PortState
from pycompose.ui.listing import Columns, listing
from pycompose.ui.text import fit, printable

_COMMAND: Final = 20  # columns of a command that is cut short
_MOUNT: Final = 15
_SHORT_ID: Final = 12

HEADERS: Final = {
    "Command": "COMMAND",
    "CreatedAt": "CREATED AT",
    "ExitCode": "EXIT CODE",
    "Health": "HEALTH",
    "ID": "CONTAINER ID",
    "Image": "IMAGE",
    "Labels": "LABELS",
    "LocalVolumes": "LOCAL VOLUMES",
    "Mounts": "MOUNTS",
    "Name": "NAME",
    "Names": "NAMES",
    "Networks": "NETWORKS",
    "Ports": "PORTS",
    "Project": "PROJECT",
    "Publishers": "PUBLISHERS",
    "RunningFor": "CREATED",
    "Service": "SERVICE",
    "Size": "SIZE",
    "State": "STATE",
    "Status": "STATUS",
}
_DEFAULT: Final = ("Name", "Image", "Command", "Service", "RunningFor", "Status", "Ports")


def listed(
    containers: Sequence[ContainerState],
    *,
    project: str,
    now: float,
    format: str = "table",
    truncate: bool = True,
) -> str:
    """Return the list of containers as text, each line ended.

    `format` is `ids`, `services`, or one of `listing`; `now` is in seconds since the epoch.

    Raises:
        UsageError: the template cannot be read.

    Source: docker/compose cmd/compose/ps.go, cmd/formatter/container.go
    """
    if format == "ids":
        return "".join(f"{item.id}\n" for item in containers)
    if format == "services":
        # Compat: a blank line where there is none.
        return "\n".join(sorted({item.service for item in containers})) + "\n"
    rows = [fields(item, project=project, now=now, truncate=truncate) for item in containers]
    return listing(rows, Columns(HEADERS, _DEFAULT), format)


def fields(container: ContainerState, *, project: str, now: float, truncate: bool) -> Json:
    """Return what `ps` tells of a container, under Docker Compose's names, in their order."""
    mounts = [mount.name or mount.source for mount in container.mounts]
    command = fit(container.command, _COMMAND) if truncate else container.command
    return {
        "Command": quoted(command),
        "CreatedAt": _moment(container.created),
        "ExitCode": container.exit_code or 0,
        "Health": "" if container.health == "none" else container.health,
        "ID": container.id[:_SHORT_ID] if truncate else container.id,
        "Image": container.image,
        "Labels": ",".join(f"{name}={value}" for name, value in sorted(container.labels.items())),
        "LocalVolumes": str(sum(mount.type == "volume" for mount in container.mounts)),
        "Mounts": ",".join(fit(name, _MOUNT) if truncate else name for name in mounts),
        "Name": container.name,
        "Names": container.name,
        "Networks": ",".join(sorted(container.networks)),
        "Ports": ports(container.ports),
        "Project": project,
        "Publishers": _publishers(container.ports),
        "RunningFor": f"{ago(now - container.created)} ago",
        "Service": container.service,
        "Size": "0B",
        "State": container.state,
        "Status": container.status,
    }


def _moment(seconds: float) -> str:
    moment = datetime.fromtimestamp(int(seconds)).astimezone()
    return moment.strftime("%Y-%m-%d %H:%M:%S %z %Z")


def ago(seconds: float) -> str:
    """Return a span of time the way docker tells it: `About a minute`, `3 weeks`.

    Source: docker/go-units HumanDuration
    """
    whole, minutes, hours = int(seconds), int(seconds / 60), int(seconds / 3600 + 0.5)
    if whole < 1:
        return "Less than a second"
    if whole < 60:
        return "1 second" if whole == 1 else f"{whole} seconds"
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    if hours == 1:
        return "About an hour"
    days = hours // 24
    for limit, count, unit in (
        (48, hours, "hours"),
        (24 * 14, days, "days"),
        (24 * 60, days // 7, "weeks"),
        (24 * 730, days // 30, "months"),
    ):
        if hours < limit:
            return f"{count} {unit}"
    return f"{int(seconds / 3600) // 24 // 365} years"


def ports(states: Sequence[PortState]) -> str:
    """Return ports as docker lists them: `0.0.0.0:8000->80/tcp, [::]:8000->80/tcp`.

    Neighbours are joined where the host's numbers equal the container's: `8000-8002/tcp`.

    Source: docker/cli cli/command/formatter/container.go DisplayablePorts
    """
    runs: dict[tuple[str, str], tuple[int, int]] = {}
    joined, single = [], []
    for port in sorted(states, key=lambda p: (p.private, p.host_ip, p.public, p.protocol)):
        if port.host_ip and port.public != port.private:
            host = _address(port.host_ip, str(port.public))
            single.append(f"{host}->{port.private}/{port.protocol}")
            continue
        key = (port.host_ip, port.protocol)
        first, last = runs.get(key, (port.private, port.private - 1))
        if port.private != last + 1:
            joined.append(_run(key, first, last))
            first = port.private
        runs[key] = (first, port.private)
    return ", ".join([*joined, *(_run(key, *run) for key, run in runs.items()), *single])


def _run(key: tuple[str, str], first: int, last: int) -> str:
    host, protocol = key
    numbers = str(first) if first == last else f"{first}-{last}"
    published = f"{_address(host, numbers)}->" if host else ""
    return f"{published}{numbers}/{protocol}"


def _address(host: str, port: str) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _publishers(states: Sequence[PortState]) -> Json:
    return [
        {
            "URL": port.host_ip,
            "TargetPort": port.private,
            "PublishedPort": port.public,
            "Protocol": port.protocol,
        }
        for port in sorted(states, key=lambda p: (p.private, p.host_ip, p.public, p.protocol))
    ]


def quoted(text: str) -> str:
    """Return text in double quotes, as Go's %q: control characters are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(escaped)}"'.replace("\\e", "\\x1b")
