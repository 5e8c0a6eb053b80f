"""Network and volume → the bodies of `POST /networks/create` and `POST /volumes/create`; pure."""

from __future__ import annotations

from pycompose import labels
from pycompose.convert.hashing import network_hash, volume_hash
from pycompose.model.project import Project
from pycompose.model.resources import IpamPool
from pycompose.model.values import Json
from pycompose.version import VERSION


def network(project: Project, key: str) -> Json:
    """Return the body that creates the project's network `key`.

    Source: https://docs.docker.com/reference/api/engine/ NetworkCreate
    """
    wanted = project.networks[key]
    body: Json = {
        "Name": wanted.name,
        "CheckDuplicate": True,  # Engine: before 23.0 two networks of one name are allowed
        "Internal": wanted.internal,
        "Attachable": wanted.attachable,
        "Labels": {
            **wanted.labels,
            labels.NETWORK: key,
            labels.PROJECT: project.name,
            labels.VERSION: VERSION,
            labels.CONFIG_HASH: network_hash(wanted),
        },
    }
    if wanted.driver:
        body["Driver"] = wanted.driver
    if wanted.driver_opts:
        body["Options"] = dict(wanted.driver_opts)
    if wanted.enable_ipv4 is not None:
        body["EnableIPv4"] = wanted.enable_ipv4
    if wanted.enable_ipv6 is not None:
        body["EnableIPv6"] = wanted.enable_ipv6
    if wanted.ipam_driver or wanted.ipam_config or wanted.ipam_options:
        body["IPAM"] = {
            "Driver": wanted.ipam_driver or "default",
            "Config": [_pool(pool) for pool in wanted.ipam_config],
        }
        if wanted.ipam_options:
            body["IPAM"]["Options"] = dict(wanted.ipam_options)
    return body


def _pool(pool: IpamPool) -> Json:
    values = {
        "Subnet": pool.subnet,
        "IPRange": pool.ip_range,
        "Gateway": pool.gateway,
        "AuxiliaryAddresses": dict(pool.aux_addresses),
    }
    return {key: value for key, value in values.items() if value}


def volume(project: Project, key: str) -> Json:
    """Return the body that creates the project's volume `key`.

    Source: https://docs.docker.com/reference/api/engine/ VolumeCreate
    """
    wanted = project.volumes[key]
    body: Json = {
        "Name": wanted.name,
        "Labels": {
            **wanted.labels,
            labels.VOLUME: key,
            labels.PROJECT: project.name,
            labels.VERSION: VERSION,
            labels.CONFIG_HASH: volume_hash(wanted),
        },
    }
    if wanted.driver:
        body["Driver"] = wanted.driver
    if wanted.driver_opts:
        body["DriverOpts"] = dict(wanted.driver_opts)
    return body
