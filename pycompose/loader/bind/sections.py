"""The sections of a service that have tables of their own: how it is built, deployed, developed."""

from __future__ import annotations

from typing import Final

from pycompose.loader.bind.values import (
    duration,
    each,
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
    variants,
)
from pycompose.loader.tree import Map, Node, Scalar
from pycompose.model.build import Build
from pycompose.model.deploy import (
    Amounts,
    Deploy,
    DiscreteResource,
    GenericResource,
    Placement,
    Preference,
    Resources,
    RestartPolicy,
    UpdateConfig,
)
from pycompose.model.develop import Develop, Trigger
from pycompose.model.devices import DeviceRequest
from pycompose.model.hooks import Hook
from pycompose.model.limits import Ulimit
from pycompose.model.models import ModelUse, Provider
from pycompose.model.mounts import Grant


def ulimit(node: Node) -> Ulimit:
    """Return one entry of `ulimits`."""
    if isinstance(node, Map):
        limits = node.entries
        return Ulimit(**{key: number(limits[key]) for key in ("soft", "hard") if key in limits})
    return Ulimit(single=number(node))


def model_use(node: Node) -> ModelUse | None:
    """Return how a service learns of a model; None where the file does not say."""
    if isinstance(node, Scalar) and node.value is None:
        return None
    use: ModelUse = _MODEL_USE(node)
    return use


GRANTS: Final = each(
    section(table(source=text, target=text, uid=text, gid=text, mode=permissions), Grant)
)
BUILD: Final = section(
    table(
        context=text,
        dockerfile=text,
        dockerfile_inline=text,
        entitlements=texts,
        args=variables,
        provenance=text,
        sbom=text,
        ssh=pairs,
        labels=pairs,
        cache_from=texts,
        cache_to=texts,
        no_cache=flag,
        no_cache_filter=texts,
        additional_contexts=pairs,
        pull=flag,
        extra_hosts=hosts,
        isolation=text,
        network=text,
        target=text,
        secrets=GRANTS,
        shm_size=octets,
        tags=texts,
        ulimits=keyed(ulimit),
        platforms=texts,
        privileged=flag,
    ),
    Build,
)
DEVICE_REQUESTS: Final = each(
    section(
        table(capabilities=texts, driver=text, count=number, device_ids=texts, options=pairs),
        DeviceRequest,
        extended=False,
    )
)
_DISCRETE: Final = section(table(kind=text, value=number), DiscreteResource)
_AMOUNTS: Final = section(
    table(
        cpus=fraction,
        memory=octets,
        pids=number,
        devices=DEVICE_REQUESTS,
        generic_resources=each(section(table(discrete_resource_spec=_DISCRETE), GenericResource)),
    ),
    Amounts,
)
_UPDATE: Final = section(
    table(
        parallelism=number,
        delay=duration,
        failure_action=text,
        monitor=duration,
        max_failure_ratio=fraction,
        order=text,
    ),
    UpdateConfig,
)
DEPLOY: Final = section(
    table(
        mode=text,
        replicas=number,
        labels=pairs,
        update_config=_UPDATE,
        rollback_config=_UPDATE,
        resources=section(table(limits=_AMOUNTS, reservations=_AMOUNTS), Resources),
        restart_policy=section(
            table(condition=text, delay=duration, max_attempts=number, window=duration),
            RestartPolicy,
        ),
        placement=section(
            table(
                constraints=texts,
                preferences=each(section(table(spread=text), Preference)),
                max_replicas_per_node=number,
            ),
            Placement,
        ),
        endpoint_mode=text,
    ),
    Deploy,
)
_HOOK: Final = section(
    table(
        command=texts,
        user=text,
        privileged=flag,
        working_dir=text,
        environment=variables,
        image=text,
        per_replica=flag,
    ),
    Hook,
)
HOOKS: Final = each(_HOOK)
_TRIGGER: Final = section(
    table(
        path=text,
        action=text,
        target=text,
        exec=_HOOK,
        include=texts,
        ignore=texts,
        initial_sync=flag,
    ),
    Trigger,
)
DEVELOP: Final = section(table(watch=each(_TRIGGER)), Develop)
_MODEL_USE: Final = section(table(endpoint_var=text, model_var=text), ModelUse)
PROVIDER: Final = section(table(type=text, options=variants), Provider)
