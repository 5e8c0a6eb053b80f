"""Project → the canonical document: what the config hash is taken of, and what `config` prints.

Model values go in; fresh plain dicts, lists and scalars come out, their keys in the order in which
Docker Compose writes them and mappings sorted by key. Docker Compose has two forms of it: the JSON
one shows `command`, `entrypoint` and some sections even where they are empty, and no extensions but
the project's; the YAML one is the other way round. Nothing is escaped here.

Source: `docker compose config` of 2.40.3 (rules 22, 23 and 71)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final, TypeAlias

from pycompose.convert import sections
from pycompose.convert.writing import (
    Convert,
    Document,
    Form,
    Rows,
    deep,
    each,
    keyed,
    mapping,
    optional,
    rows,
    section,
    write,
)
from pycompose.model.models import Model
from pycompose.model.project import Project
from pycompose.model.resources import FileObject, Network, Volume
from pycompose.model.service import Attachment, Dependency, Service
from pycompose.model.values import Json, go_duration

_NOT_PRINTED: Final = ("label_file",)


def project_document(project: Project) -> Document:
    """Return the whole project in its JSON form; the enabled services only."""
    services = keyed(service_document)(project.services)
    out: Document = {"name": project.name, "services": services, **deep(project.extensions)}
    for key, convert in _SHARED.items():
        # Compat: the JSON form has no models.
        if key != "models" and (shared := getattr(project, key)):
            out[key] = {name: convert(item, "json") for name, item in sorted(shared.items())}
    return dict(sorted(out.items()))


def yaml_document(project: Project) -> Document:
    """Return the whole project in its YAML form; the enabled services only."""
    table = _service("yaml")
    out: Document = {"name": project.name} if project.name else {}
    out["services"] = {
        name: write(service, table, "yaml") for name, service in sorted(project.services.items())
    }
    for key, convert in _SHARED.items():
        if shared := getattr(project, key):
            out[key] = {name: convert(item, "yaml") for name, item in sorted(shared.items())}
    return {**out, **deep(project.extensions)}


def service_document(service: Service, *, but: tuple[str, ...] = _NOT_PRINTED) -> Document:
    """Return one service in its JSON form, without the attributes in `but`."""
    return write(service, _service("json", but))


def network_document(network: Network, form: Form = "json") -> Document:
    """Return one network of the project."""
    ipam: Document = {}
    if network.ipam_driver:
        ipam["driver"] = network.ipam_driver
    if network.ipam_config:
        ipam["config"] = each(section(_POOL))(network.ipam_config)
    if network.ipam_options:
        # Compat: 2.40.3 reads past options and never sends them; like 5.x we send and show them.
        ipam["options"] = mapping(network.ipam_options)
    if form == "yaml":
        ipam.update(deep(network.ipam_extensions))
    shown = {"ipam": ipam} if ipam or form == "json" else {}
    return {**write(network, _NETWORK_HEAD), **shown, **write(network, _NETWORK_TAIL, form)}


def volume_document(volume: Volume, form: Form = "json") -> Document:
    """Return one named volume of the project."""
    return write(volume, _VOLUME, form)


def file_document(item: FileObject, form: Form = "json") -> Document:
    """Return one secret or config of the project."""
    return write(item, _FILE_OBJECT, form)


def model_document(model: Model, form: Form = "json") -> Document:
    """Return one model of the project."""
    return write(model, _MODEL, form)


@cache
def _service(form: Form, but: tuple[str, ...] = _NOT_PRINTED) -> Rows:
    """Return the rows of a service; the order is that of the model's fields."""
    healthcheck = rows(
        "test timeout interval retries start_period start_interval disable",
        counting="timeout interval retries start_period start_interval",
        test=list,
        timeout=go_duration,
        interval=go_duration,
        start_period=go_duration,
        start_interval=go_duration,
    )
    bind = rows("selinux propagation create_host_path recursive")
    mount = rows(
        "type source target read_only consistency bind volume tmpfs image",
        bind=section(bind, form),
        volume=section(rows("labels nocopy subpath", labels=mapping), form),
        tmpfs=section(rows("size mode", size=str), form),
        image=section(rows("subpath"), form),
    )
    port = rows("name mode host_ip target published protocol app_protocol")
    names = [name for name in Service._fields if name not in ("name", "extensions", *but)]
    return rows(
        " ".join(names),
        counting="attach blkio_config build credential_spec deploy develop healthcheck init logging"
        " provider scale stop_grace_period" + (" command entrypoint" if form == "yaml" else ""),
        shown="command entrypoint" if form == "json" else "",
        annotations=mapping,
        build=sections.build(form),
        blkio_config=_blkio(form),
        cap_add=list,
        cap_drop=list,
        command=optional(list),
        configs=sections.grants(form),
        credential_spec=section(rows("config file registry"), form),
        depends_on=keyed(_dependency(form)),
        deploy=sections.deploy(form),
        develop=sections.develop(form),
        device_cgroup_rules=list,
        devices=each(section(rows("source target permissions"), form)),
        dns=list,
        dns_opt=list,
        dns_search=list,
        entrypoint=optional(list),
        environment=mapping,
        expose=list,
        extends=mapping,
        external_links=list,
        extra_hosts=sections.hosts,
        group_add=list,
        gpus=sections.device_requests,
        healthcheck=section(healthcheck, form),
        label_file=list,
        labels=mapping,
        links=list,
        logging=section(rows("driver options", options=mapping), form),
        mem_limit=str,
        mem_reservation=str,
        memswap_limit=str,
        mem_swappiness=str,
        models=sections.models(form),
        networks=keyed(_attachment(form)),
        ports=each(section(port, form)),
        post_start=sections.hooks(form),
        pre_start=sections.hooks(form),
        pre_stop=sections.hooks(form),
        profiles=list,
        provider=sections.provider(form),
        secrets=sections.grants(form),
        security_opt=list,
        shm_size=str,
        stop_grace_period=go_duration,
        storage_opt=mapping,
        sysctls=mapping,
        tmpfs=list,
        ulimits=sections.ulimits(form),
        volumes=each(section(mount, form)),
        volumes_from=list,
    )


def _blkio(form: Form) -> Convert:
    # Compat: Go's JSON encoder was never told the names of these keys.
    spell = str.title if form == "json" else str
    path, rate, weight = map(spell, ("path", "rate", "weight"))
    rates = each(lambda item: {path: item.path, rate: str(item.rate)})
    table = rows(
        "weight weight_device device_read_bps device_read_iops device_write_bps device_write_iops",
        weight_device=each(lambda item: {path: item.path, weight: item.weight}),
        device_read_bps=rates,
        device_read_iops=rates,
        device_write_bps=rates,
        device_write_iops=rates,
    )
    return section(table)


def _attachment(form: Form) -> Convert:
    table = rows(
        "aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips"
        " mac_address priority",
        aliases=list,
        driver_opts=mapping,
        link_local_ips=list,
    )

    def convert(attachment: Attachment | None) -> Json:
        return None if attachment is None else write(attachment, table, form)

    return convert


def _dependency(form: Form) -> Convert:
    table = rows("condition restart required", counting="required")

    def convert(dependency: Dependency) -> Json:
        return write(dependency, table, form)

    return convert


_POOL: Final = rows("subnet gateway ip_range aux_addresses", aux_addresses=mapping)
_NETWORK_HEAD: Final = rows("name driver driver_opts", driver_opts=mapping)
_NETWORK_TAIL: Final = rows(
    "external internal attachable labels enable_ipv4 enable_ipv6",
    counting="enable_ipv4 enable_ipv6",
    labels=mapping,
)
_VOLUME: Final = rows(
    "name driver driver_opts external labels", driver_opts=mapping, labels=mapping
)
_FILE_OBJECT: Final = rows(
    "name file environment content external labels driver driver_opts template_driver",
    labels=mapping,
    driver_opts=mapping,
)
_MODEL: Final = rows("name model context_size runtime_flags", runtime_flags=list)
_Shared: TypeAlias = Callable[..., Document]
_SHARED: Final[dict[str, _Shared]] = {
    "networks": network_document,
    "volumes": volume_document,
    "secrets": file_document,
    "configs": file_document,
    "models": model_document,
}
