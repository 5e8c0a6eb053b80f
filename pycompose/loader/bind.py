"""Node tree → model: every attribute gets its type, and the tree stays as the project's places.

In goes a normalized document whose attributes all have the long form; out comes a `Project` with
every service in it, enabled or not. What cannot be converted (a duration, a size) is told at its
place. Attributes the model does not have are none of this module's business. Half of the module is
tables, one line for each attribute of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from pycompose.errors import ComposeFileError, Position, Problem
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted, plain
from pycompose.model.build import Build
from pycompose.model.deploy import Deploy
from pycompose.model.mounts import BindOptions, Grant, Mount, TmpfsOptions, VolumeOptions
from pycompose.model.project import Project
from pycompose.model.resources import FileObject, IpamPool, Network, Volume
from pycompose.model.service import (
    Attachment,
    Dependency,
    Healthcheck,
    Logging,
    Port,
    Service,
    Ulimit,
)
from pycompose.model.values import nanoseconds, size

Convert: TypeAlias = Callable[[Node], Any]
Table: TypeAlias = Mapping[str, Convert]


class _Wrong(Exception):
    """A value that cannot be converted."""

    def __init__(self, node: Node, message: str) -> None:
        super().__init__(message)
        self.node = node


@dataclass(frozen=True, slots=True)
class NodePlaces:
    """The `Places` of a project that was read from files."""

    document: Map

    def find(self, *path: str | int) -> Position | None:
        """Return the place of the value at `path`, or of the nearest one around it."""
        node: Node = self.document
        found: Position | None = None
        for part in path:
            child: Node | None = None
            if isinstance(node, Map) and isinstance(part, str):
                child = node.get(part)
            elif isinstance(node, Seq) and isinstance(part, int) and 0 <= part < len(node.items):
                child = node.items[part]
            if child is None:
                break
            node, found = child, child.at
        return found


def bind(document: Map) -> Project:
    """Return the project that a normalized document describes.

    Its directories, files and environment are left for the caller to fill in.

    Raises:
        ComposeFileError: values have no such type as their attribute.
    """
    problems: list[Problem] = []
    parts: dict[str, Any] = {}
    for kind, table in _KINDS.items():
        found = document.get(kind)
        parts[kind] = {}
        for key, node in sorted(found.entries.items()) if isinstance(found, Map) else ():
            values = _values(node, table, (kind, key), problems)
            if values is not None:
                parts[kind][key] = _MAKERS[kind](**values)
    if problems:
        raise ComposeFileError(*problems)
    services = {key: Service(name=key, **values) for key, values in parts.pop("services").items()}
    name = document.get("name")
    return Project(
        name=_text(name) if name is not None else "",
        services=services,
        extensions=_extensions(document),
        places=NodePlaces(document),
        **parts,
    )


def _values(node: Node, table: Table, path: Path, problems: list[Problem]) -> dict[str, Any] | None:
    """Return what a node gives for each attribute; None where some of it is wrong."""
    if not isinstance(node, Map):
        return {}
    before = len(problems)
    values: dict[str, Any] = {}
    extensions = False
    for key, child in node.entries.items():
        convert = table.get(key)
        if convert is None:
            extensions = extensions or key.startswith("x-")
        elif child.__class__ is not Scalar or child.value is not None:
            try:
                values[key] = convert(child)
            except _Wrong as wrong:
                problems.append(Problem(wrong.node.at, dotted((*path, key)), str(wrong)))
    if extensions:
        values["extensions"] = _extensions(node)
    return values if len(problems) == before else None


def _extensions(node: Map) -> dict[str, Any]:
    return {key: plain(child) for key, child in node.entries.items() if key.startswith("x-")}


def _section(table: Table, make: Callable[..., Any]) -> Convert:
    """Return a converter of mappings with these attributes; null attributes count as not given."""

    def convert(node: Node) -> Any:
        if not isinstance(node, Map):
            raise _Wrong(node, "expected a mapping")
        return make(
            **{
                key: table[key](child)
                for key, child in node.entries.items()
                if key in table and not (child.__class__ is Scalar and child.value is None)
            }
        )

    return convert


def _text(node: Node) -> str:
    if not isinstance(node, Scalar):
        raise _Wrong(node, "expected a string")
    value = node.value
    if isinstance(value, str):
        return value
    return "" if value is None else node.text or str(value)


def _number(node: Node) -> int:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, int):
        return value
    try:
        return int(_text(node), 10)
    except ValueError:
        raise _Wrong(node, f"expected a whole number, not {_text(node)!r}") from None


def _flag(node: Node) -> bool:
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    raise _Wrong(node, "expected true or false")


def _duration(node: Node) -> int:
    try:
        return nanoseconds(_text(node))
    except ValueError as error:
        raise _Wrong(node, str(error)) from None


def _bytes(node: Node) -> int:
    if isinstance(node, Scalar) and isinstance(node.value, int):
        return node.value
    try:
        return size(_text(node))
    except ValueError as error:
        raise _Wrong(node, str(error)) from None


def _mode(node: Node) -> int:
    """Return permission bits: a number as it is, a text as octal digits."""
    if isinstance(node, Scalar) and isinstance(node.value, int):
        return node.value
    try:
        return int(_text(node), 8)
    except ValueError:
        raise _Wrong(node, f"expected octal digits such as '0440', not {_text(node)!r}") from None


def _texts(node: Node) -> tuple[str, ...]:
    return tuple([_text(item) for item in _items(node)])


def _items(node: Node) -> tuple[Node, ...]:
    if not isinstance(node, Seq):
        raise _Wrong(node, "expected a list")
    return node.items


def _entries(node: Node) -> dict[str, Node]:
    if not isinstance(node, Map):
        raise _Wrong(node, "expected a mapping")
    return node.entries


def _pairs(node: Node) -> dict[str, str]:
    return {key: _text(child) for key, child in _entries(node).items()}


def _variables(node: Node) -> dict[str, str | None]:
    return {
        key: None if isinstance(child, Scalar) and child.value is None else _text(child)
        for key, child in _entries(node).items()
    }


def _each(convert: Convert) -> Convert:
    return lambda node: tuple([convert(item) for item in _items(node)])


def _keyed(convert: Convert) -> Convert:
    return lambda node: {key: convert(child) for key, child in _entries(node).items()}


def _hosts(node: Node) -> dict[str, tuple[str, ...]]:
    """Return addresses by host, from `host=address` items or a mapping."""
    if isinstance(node, Seq):
        found: dict[str, tuple[str, ...]] = {}
        for item in node.items:
            host, _, address = _text(item).partition("=")
            found[host] = (*found.get(host, ()), address)
        return found
    return {
        host: _texts(child) if isinstance(child, Seq) else (_text(child),)
        for host, child in _entries(node).items()
    }


def _networks(node: Node) -> dict[str, Attachment | None]:
    """Return attachments by network, in order of priority and then of name."""
    found = {key: _attachment(child) for key, child in _entries(node).items()}
    return dict(sorted(found.items(), key=lambda item: (-_priority(item[1]), item[0])))


def _priority(attachment: Attachment | None) -> int:
    return attachment.priority if attachment is not None else 0


def _attachment(node: Node) -> Attachment | None:
    if isinstance(node, Scalar) and node.value is None:
        return None
    attachment: Attachment = _ATTACHMENT(node)
    return attachment


def _ulimit(node: Node) -> Ulimit:
    if isinstance(node, Map):
        limits = node.entries
        return Ulimit(**{key: _number(limits[key]) for key in ("soft", "hard") if key in limits})
    return Ulimit(single=_number(node))


def _build(node: Node) -> Build:
    build: Build = _BUILD(node)
    extensions = _extensions(node) if isinstance(node, Map) else {}
    return replace(build, extensions=extensions) if extensions else build


def _external(node: Node) -> bool:
    return _flag(node) if isinstance(node, Scalar) else True


def _table(**converters: Convert) -> Table:
    return converters


_ATTACHMENT: Final = _section(
    _table(
        aliases=_texts,
        ipv4_address=_text,
        ipv6_address=_text,
        link_local_ips=_texts,
        mac_address=_text,
        driver_opts=_pairs,
        priority=_number,
        gw_priority=_number,
        interface_name=_text,
    ),
    Attachment,
)
_BUILD: Final = _section(
    _table(
        context=_text,
        dockerfile=_text,
        dockerfile_inline=_text,
        args=_variables,
        labels=_pairs,
        cache_from=_texts,
        no_cache=_flag,
        pull=_flag,
        network=_text,
        target=_text,
        tags=_texts,
        extra_hosts=_hosts,
        shm_size=_bytes,
    ),
    Build,
)
_GRANT: Final = _each(
    _section(_table(source=_text, target=_text, uid=_text, gid=_text, mode=_mode), Grant)
)
_MOUNT: Final = _section(
    _table(
        type=_text,
        source=_text,
        target=_text,
        read_only=_flag,
        consistency=_text,
        bind=_section(
            _table(selinux=_text, propagation=_text, create_host_path=_flag, recursive=_text),
            BindOptions,
        ),
        volume=_section(_table(labels=_pairs, nocopy=_flag, subpath=_text), VolumeOptions),
        tmpfs=_section(_table(size=_bytes, mode=_mode), TmpfsOptions),
    ),
    Mount,
)
_PORT: Final = _section(
    _table(
        target=_number,
        published=_text,
        host_ip=_text,
        protocol=_text,
        mode=_text,
        name=_text,
        app_protocol=_text,
    ),
    Port,
)
_SERVICE: Final = _table(
    profiles=_texts,
    annotations=_pairs,
    attach=_flag,
    build=_build,
    cap_add=_texts,
    cap_drop=_texts,
    cgroup_parent=_text,
    cgroup=_text,
    command=_texts,
    configs=_GRANT,
    container_name=_text,
    depends_on=_keyed(_section(_table(condition=_text, restart=_flag, required=_flag), Dependency)),
    deploy=_section(_table(replicas=_number), Deploy),
    dns=_texts,
    dns_opt=_texts,
    dns_search=_texts,
    domainname=_text,
    entrypoint=_texts,
    environment=_variables,
    expose=_texts,
    extra_hosts=_hosts,
    group_add=_texts,
    hostname=_text,
    healthcheck=_section(
        _table(
            test=_texts,
            timeout=_duration,
            interval=_duration,
            retries=_number,
            start_period=_duration,
            start_interval=_duration,
            disable=_flag,
        ),
        Healthcheck,
    ),
    image=_text,
    init=_flag,
    ipc=_text,
    isolation=_text,
    labels=_pairs,
    logging=_section(_table(driver=_text, options=_pairs), Logging),
    network_mode=_text,
    networks=_networks,
    pid=_text,
    pids_limit=_number,
    platform=_text,
    ports=_each(_PORT),
    privileged=_flag,
    pull_policy=_text,
    read_only=_flag,
    restart=_text,
    runtime=_text,
    scale=_number,
    secrets=_GRANT,
    security_opt=_texts,
    shm_size=_bytes,
    stdin_open=_flag,
    stop_grace_period=_duration,
    stop_signal=_text,
    sysctls=_pairs,
    tmpfs=_texts,
    tty=_flag,
    ulimits=_keyed(_ulimit),
    user=_text,
    userns_mode=_text,
    uts=_text,
    volumes=_each(_MOUNT),
    working_dir=_text,
)
_POOL: Final = _each(
    _section(
        _table(subnet=_text, gateway=_text, ip_range=_text, aux_addresses=_pairs),
        IpamPool,
    )
)
_IPAM: Final = _section(_table(driver=_text, options=_pairs, config=_POOL), dict)
_NETWORK: Final = _table(
    name=_text,
    driver=_text,
    driver_opts=_pairs,
    ipam=_IPAM,
    external=_external,
    internal=_flag,
    attachable=_flag,
    labels=_pairs,
    enable_ipv4=_flag,
    enable_ipv6=_flag,
)
_VOLUME: Final = _table(
    name=_text, driver=_text, driver_opts=_pairs, external=_external, labels=_pairs
)
_FILE_OBJECT: Final = _table(
    name=_text, file=_text, environment=_text, content=_text, external=_external, labels=_pairs
)


def _network(*, ipam: Mapping[str, Any] | None = None, **values: Any) -> Network:
    parts = {f"ipam_{key}": value for key, value in (ipam or {}).items()}
    return Network(**values, **parts)


_KINDS: Final[dict[str, Table]] = {
    "services": _SERVICE,
    "networks": _NETWORK,
    "volumes": _VOLUME,
    "secrets": _FILE_OBJECT,
    "configs": _FILE_OBJECT,
}
_MAKERS: Final[dict[str, Callable[..., Any]]] = {
    "services": dict,
    "networks": _network,
    "volumes": Volume,
    "secrets": FileObject,
    "configs": FileObject,
}
