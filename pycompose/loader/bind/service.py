"""The attributes of a service: one line for each that the model has."""

from __future__ import annotations

from typing import Final

from pycompose.loader.bind.sections import (
    BUILD,
    DEPLOY,
    DEVELOP,
    DEVICE_REQUESTS,
    GRANTS,
    HOOKS,
    PROVIDER,
    model_use,
    ulimit,
)
from pycompose.loader.bind.values import (
    duration,
    each,
    entries,
    flag,
    fraction,
    hosts,
    keyed,
    number,
    octets,
    pairs,
    permissions,
    section,
    table,
    text,
    texts,
    variables,
)
from pycompose.loader.tree import Node, Scalar
from pycompose.model.devices import Blkio, BlkioRate, BlkioWeight, Device
from pycompose.model.mounts import BindOptions, ImageOptions, Mount, TmpfsOptions, VolumeOptions
from pycompose.model.service import (
    Attachment,
    CredentialSpec,
    Dependency,
    Healthcheck,
    Logging,
    Port,
)


def _networks(node: Node) -> dict[str, Attachment | None]:
    """Return attachments by network, in order of priority and then of name."""
    found = {key: _attachment(child) for key, child in entries(node).items()}
    return dict(sorted(found.items(), key=lambda item: (-_priority(item[1]), item[0])))


def _priority(attachment: Attachment | None) -> int:
    return attachment.priority if attachment is not None else 0


def _attachment(node: Node) -> Attachment | None:
    if isinstance(node, Scalar) and node.value is None:
        return None
    attachment: Attachment = _ATTACHMENT(node)
    return attachment


_ATTACHMENT: Final = section(
    table(
        aliases=texts,
        ipv4_address=text,
        ipv6_address=text,
        link_local_ips=texts,
        mac_address=text,
        driver_opts=pairs,
        priority=number,
        gw_priority=number,
        interface_name=text,
    ),
    Attachment,
)
_RATES: Final = each(section(table(path=text, rate=octets), BlkioRate, extended=False))
_BLKIO: Final = section(
    table(
        weight=number,
        weight_device=each(section(table(path=text, weight=number), BlkioWeight, extended=False)),
        device_read_bps=_RATES,
        device_read_iops=_RATES,
        device_write_bps=_RATES,
        device_write_iops=_RATES,
    ),
    Blkio,
    extended=False,
)
_MOUNT: Final = section(
    table(
        type=text,
        source=text,
        target=text,
        read_only=flag,
        consistency=text,
        bind=section(
            table(selinux=text, propagation=text, create_host_path=flag, recursive=text),
            BindOptions,
        ),
        volume=section(table(labels=pairs, nocopy=flag, subpath=text), VolumeOptions),
        tmpfs=section(table(size=octets, mode=permissions), TmpfsOptions),
        image=section(table(subpath=text), ImageOptions),
    ),
    Mount,
)
_PORT: Final = section(
    table(
        target=number,
        published=text,
        host_ip=text,
        protocol=text,
        mode=text,
        name=text,
        app_protocol=text,
    ),
    Port,
)
SERVICE: Final = table(
    profiles=texts,
    annotations=pairs,
    attach=flag,
    build=BUILD,
    develop=DEVELOP,
    blkio_config=_BLKIO,
    cap_add=texts,
    cap_drop=texts,
    cgroup_parent=text,
    cgroup=text,
    cpu_count=number,
    cpu_percent=number,
    cpu_period=number,
    cpu_quota=number,
    cpu_rt_period=number,
    cpu_rt_runtime=number,
    cpus=fraction,
    cpuset=text,
    cpu_shares=number,
    command=texts,
    configs=GRANTS,
    container_name=text,
    credential_spec=section(table(config=text, file=text, registry=text), CredentialSpec),
    depends_on=keyed(section(table(condition=text, restart=flag, required=flag), Dependency)),
    deploy=DEPLOY,
    device_cgroup_rules=texts,
    devices=each(section(table(source=text, target=text, permissions=text), Device)),
    dns=texts,
    dns_opt=texts,
    dns_search=texts,
    domainname=text,
    entrypoint=texts,
    provider=PROVIDER,
    environment=variables,
    expose=texts,
    extends=pairs,
    external_links=texts,
    extra_hosts=hosts,
    group_add=texts,
    gpus=DEVICE_REQUESTS,
    hostname=text,
    healthcheck=section(
        table(
            test=texts,
            timeout=duration,
            interval=duration,
            retries=number,
            start_period=duration,
            start_interval=duration,
            disable=flag,
        ),
        Healthcheck,
    ),
    image=text,
    init=flag,
    ipc=text,
    isolation=text,
    labels=pairs,
    label_file=texts,
    links=texts,
    logging=section(table(driver=text, options=pairs), Logging),
    mem_limit=octets,
    mem_reservation=octets,
    memswap_limit=octets,
    mem_swappiness=octets,
    mac_address=text,
    models=keyed(model_use),
    network_mode=text,
    networks=_networks,
    oom_kill_disable=flag,
    oom_score_adj=number,
    pid=text,
    pids_limit=number,
    platform=text,
    ports=each(_PORT),
    privileged=flag,
    pull_policy=text,
    read_only=flag,
    restart=text,
    runtime=text,
    scale=number,
    secrets=GRANTS,
    security_opt=texts,
    shm_size=octets,
    stdin_open=flag,
    stop_grace_period=duration,
    stop_signal=text,
    storage_opt=pairs,
    sysctls=pairs,
    tmpfs=texts,
    tty=flag,
    ulimits=keyed(ulimit),
    use_api_socket=flag,
    user=text,
    userns_mode=text,
    uts=text,
    volumes=each(_MOUNT),
    volumes_from=texts,
    working_dir=text,
    pre_start=HOOKS,
    post_start=HOOKS,
    pre_stop=HOOKS,
)
