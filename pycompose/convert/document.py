"""Project → the canonical document: what the config hash is taken of, and what `config` prints.

Model values go in; fresh plain dicts, lists and scalars come out, their keys in the order in which
Docker Compose writes them and mappings sorted by key. Docker Compose has two forms of it: the JSON
one shows `command`, `entrypoint` and the sections `ipam`, `resources` and `placement` even where
they are empty, and no extensions but the project's; the YAML one is the other way round. Nothing
is escaped here.

Source: `docker compose config` of 2.40.3 (rules 22, 23 and 71)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final, TypeAlias

from pycompose.model.deploy import Deploy
from pycompose.model.project import Project
from pycompose.model.resources import FileObject, Network, Volume
from pycompose.model.service import Attachment, Dependency, Service, Ulimit
from pycompose.model.values import Json, go_duration

Document: TypeAlias = dict[str, Json]
Convert: TypeAlias = Callable[[Any], Json]
# The fields of a dataclass in the order of writing: name, converter, whether an empty value counts.
Rows: TypeAlias = tuple[tuple[str, Convert, bool], ...]


def project_document(project: Project) -> Document:
    """Return the whole project in its JSON form; the enabled services only."""
    services = _keyed(service_document)(project.services)
    out: Document = {"name": project.name, "services": services, **_deep(project.extensions)}
    for key, convert in _SHARED.items():
        if shared := getattr(project, key):
            out[key] = _keyed(convert)(shared)
    return dict(sorted(out.items()))


def yaml_document(project: Project) -> Document:
    """Return the whole project in its YAML form; the enabled services only."""
    named = {"name": project.name} if project.name else {}
    out: Document = {**named, "services": _keyed(_yaml_service)(project.services)}
    for key, convert in _SHARED.items():
        if shared := getattr(project, key):
            out[key] = {
                name: _without(convert(item), ipam={}) | _deep(item.extensions)
                for name, item in sorted(shared.items())
            }
    return {**out, **_deep(project.extensions)}


def _yaml_service(service: Service) -> Document:
    out = _without(service_document(service), command=None, entrypoint=None)
    if service.build is not None:
        out["build"].update(_deep(service.build.extensions))
    if service.deploy is not None:
        out["deploy"] = _without(out["deploy"], resources={}, placement={})
    for name, rates in out.get("blkio_config", {}).items():
        if isinstance(rates, list):
            lower = [{key.lower(): value for key, value in rate.items()} for rate in rates]
            out["blkio_config"][name] = lower
    for name, limits in out.get("ulimits", {}).items():
        if isinstance(limits, dict):
            # Compat: of Go's two encoders, only the JSON one leaves zeros out.
            out["ulimits"][name] = {"soft": 0, "hard": 0, **limits}
    out.update(_deep(service.extensions))
    return out


def service_document(service: Service) -> Document:
    """Return one service in its JSON form."""
    out: Document = {}
    for name, convert, empty_counts in _SERVICE:
        value = getattr(service, name)
        if value or (empty_counts and value is not None):
            out[name] = convert(value)
        elif name in ("command", "entrypoint"):
            out[name] = None
    return out


def network_document(network: Network) -> Document:
    """Return one network of the project in its JSON form."""
    ipam: Document = {}
    if network.ipam_driver:
        ipam["driver"] = network.ipam_driver
    if network.ipam_config:
        ipam["config"] = _each(_given(_POOL))(network.ipam_config)
    if network.ipam_options:
        # Compat: 2.40.3 reads past options and never sends them; like 5.x we send and show them.
        ipam["options"] = _mapping(network.ipam_options)
    return {**_write(network, _NETWORK_HEAD), "ipam": ipam, **_write(network, _NETWORK_TAIL)}


def volume_document(volume: Volume) -> Document:
    """Return one named volume of the project in its JSON form."""
    return _write(volume, _VOLUME)


def file_document(item: FileObject) -> Document:
    """Return one secret or config of the project in its JSON form."""
    return _write(item, _FILE_OBJECT)


def _write(value: Any, rows: Rows) -> Document:
    out: Document = {}
    for name, convert, empty_counts in rows:
        item = getattr(value, name)
        if item or (empty_counts and item is not None):
            out[name] = convert(item)
    return out


def _without(document: Document, **empty: Json) -> Document:
    """Return the document without the keys whose value is the empty one given for them."""
    return {
        key: value for key, value in document.items() if key not in empty or value != empty[key]
    }


def _deep(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {key: _deep(value[key]) for key in sorted(value)}
    return [_deep(item) for item in value] if isinstance(value, list | tuple) else value


def _same(value: Json) -> Json:
    return value


def _mapping(value: Mapping[str, Json]) -> Json:
    return {key: value[key] for key in sorted(value)}


def _keyed(convert: Convert) -> Convert:
    return lambda value: {key: convert(value[key]) for key in sorted(value)}


def _each(convert: Convert) -> Convert:
    return lambda value: [convert(item) for item in value]


def _given(rows: Rows) -> Convert:
    return lambda value: _write(value, rows)


def _hosts(hosts: Mapping[str, tuple[str, ...]]) -> Json:
    return sorted(f"{host}={address}" for host, found in hosts.items() for address in found)


def _attachment(attachment: Attachment | None) -> Json:
    return None if attachment is None else _write(attachment, _ATTACHMENT)


def _dependency(dependency: Dependency) -> Json:
    restart = {"restart": True} if dependency.restart else {}
    return {"condition": dependency.condition, **restart, "required": dependency.required}


def _deploy(deploy: Deploy) -> Json:
    replicas = {} if deploy.replicas is None else {"replicas": deploy.replicas}
    return {**replicas, "resources": {}, "placement": {}}


def _ulimit(ulimit: Ulimit) -> Json:
    return ulimit.single or _write(ulimit, _ULIMIT)


def _octal(mode: int) -> str:
    return f"0{mode:o}"


def _rows(names: str, empty_counts: str = "", **converters: Convert) -> Rows:
    counting = empty_counts.split()
    return tuple((name, converters.get(name, _same), name in counting) for name in names.split())


_ATTACHMENT: Final = _rows(
    "aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips"
    " mac_address priority",
    aliases=list,
    driver_opts=_mapping,
    link_local_ips=list,
)
_BUILD: Final = _rows(
    "context dockerfile dockerfile_inline args labels cache_from no_cache pull extra_hosts network"
    " target shm_size tags",
    args=_mapping,
    labels=_mapping,
    cache_from=list,
    extra_hosts=_hosts,
    shm_size=str,
    tags=list,
)
# Compat: Go's JSON encoder was never told the names of these keys.
_RATES: Final = _each(lambda item: {"Path": item.path, "Rate": str(item.rate)})
_BLKIO: Final = _rows(
    "weight weight_device device_read_bps device_read_iops device_write_bps device_write_iops",
    weight_device=_each(lambda item: {"Path": item.path, "Weight": item.weight}),
    device_read_bps=_RATES,
    device_read_iops=_RATES,
    device_write_bps=_RATES,
    device_write_iops=_RATES,
)
_REQUEST: Final = _rows(
    "capabilities driver count device_ids options",
    capabilities=list,
    device_ids=list,
    options=_mapping,
)
_HEALTHCHECK: Final = _rows(
    "test timeout interval retries start_period start_interval disable",
    empty_counts="timeout interval retries start_period start_interval",
    test=list,
    timeout=go_duration,
    interval=go_duration,
    start_period=go_duration,
    start_interval=go_duration,
)
_MOUNT: Final = _rows(
    "type source target read_only consistency bind volume tmpfs",
    bind=_given(_rows("selinux propagation create_host_path recursive")),
    volume=_given(_rows("labels nocopy subpath", labels=_mapping)),
    tmpfs=_given(_rows("size mode", size=str)),
)
_ULIMIT: Final = _rows("soft hard")
_GRANT: Final = _rows("source target uid gid mode", empty_counts="mode", mode=_octal)
_PORT: Final = _rows("name mode host_ip target published protocol app_protocol")
_POOL: Final = _rows("subnet gateway ip_range aux_addresses", aux_addresses=_mapping)
_NETWORK_HEAD: Final = _rows("name driver driver_opts", driver_opts=_mapping)
_NETWORK_TAIL: Final = _rows(
    "external internal attachable labels enable_ipv4 enable_ipv6",
    empty_counts="enable_ipv4 enable_ipv6",
    labels=_mapping,
)
_VOLUME: Final = _rows(
    "name driver driver_opts external labels", driver_opts=_mapping, labels=_mapping
)
_FILE_OBJECT: Final = _rows("name file environment content external labels", labels=_mapping)
_SHARED: Final[dict[str, Convert]] = {
    "networks": network_document,
    "volumes": volume_document,
    "secrets": file_document,
    "configs": file_document,
}
_SERVICE: Final = _rows(
    " ".join(field.name for field in fields(Service) if field.name not in ("name", "extensions")),
    empty_counts="attach build blkio_config command credential_spec deploy entrypoint healthcheck"
    " init logging scale stop_grace_period",
    annotations=_mapping,
    build=_given(_BUILD),
    blkio_config=_given(_BLKIO),
    cap_add=list,
    cap_drop=list,
    command=list,
    configs=_each(_given(_GRANT)),
    credential_spec=_given(_rows("config file registry")),
    depends_on=_keyed(_dependency),
    deploy=_deploy,
    device_cgroup_rules=list,
    devices=_each(_given(_rows("source target permissions"))),
    dns=list,
    dns_opt=list,
    dns_search=list,
    entrypoint=list,
    environment=_mapping,
    expose=list,
    extra_hosts=_hosts,
    group_add=list,
    gpus=_each(_given(_REQUEST)),
    healthcheck=_given(_HEALTHCHECK),
    labels=_mapping,
    logging=_given(_rows("driver options", options=_mapping)),
    mem_limit=str,
    mem_reservation=str,
    memswap_limit=str,
    mem_swappiness=str,
    networks=_keyed(_attachment),
    ports=_each(_given(_PORT)),
    profiles=list,
    secrets=_each(_given(_GRANT)),
    security_opt=list,
    shm_size=str,
    stop_grace_period=go_duration,
    storage_opt=_mapping,
    sysctls=_mapping,
    tmpfs=list,
    ulimits=_keyed(_ulimit),
    volumes=_each(_given(_MOUNT)),
)
