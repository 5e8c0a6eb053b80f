"""What a service's `deploy` section says, for one engine or for a cluster.

Its parts are named tuples: a file seldom has them, yet each data class would cost every start of
the program most of a millisecond.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from pycompose.model.devices import DeviceRequest
from pycompose.model.values import EMPTY, Json

Nanoseconds: TypeAlias = int


class DiscreteResource(NamedTuple):
    """A number of something that only the cluster's nodes know of."""

    kind: str = ""
    value: int = 0
    extensions: Mapping[str, Json] = EMPTY


class GenericResource(NamedTuple):
    """One entry of `generic_resources`."""

    discrete_resource_spec: DiscreteResource | None = None
    extensions: Mapping[str, Json] = EMPTY


class Amounts(NamedTuple):
    """What a container gets, at most or at least: `cpus` in processors, `memory` in bytes."""

    cpus: float = 0.0
    memory: int = 0
    pids: int = 0
    devices: tuple[DeviceRequest, ...] = ()
    generic_resources: tuple[GenericResource, ...] = ()
    extensions: Mapping[str, Json] = EMPTY


class Resources(NamedTuple):
    """The `resources` of a `deploy` section."""

    limits: Amounts | None = None
    reservations: Amounts | None = None
    extensions: Mapping[str, Json] = EMPTY


class RestartPolicy(NamedTuple):
    """When a container that has ended is started again; None is what the engine says."""

    condition: str = ""
    delay: Nanoseconds | None = None
    max_attempts: int | None = None
    window: Nanoseconds | None = None
    extensions: Mapping[str, Json] = EMPTY


class UpdateConfig(NamedTuple):
    """How a cluster replaces containers: `update_config` and `rollback_config`."""

    parallelism: int | None = None
    delay: Nanoseconds = 0
    failure_action: str = ""
    monitor: Nanoseconds = 0
    max_failure_ratio: float = 0.0
    order: str = ""
    extensions: Mapping[str, Json] = EMPTY


class Preference(NamedTuple):
    """One entry of `preferences`: the label of nodes over whose values containers are spread."""

    spread: str = ""
    extensions: Mapping[str, Json] = EMPTY


class Placement(NamedTuple):
    """Which nodes of a cluster may run containers."""

    constraints: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()
    max_replicas_per_node: int = 0
    extensions: Mapping[str, Json] = EMPTY


class Deploy(NamedTuple):
    """A service's `deploy` section; `replicas` is None where it gives no number.

    One engine honours `replicas`, `resources` but for reserved processors and generic resources,
    and of `restart_policy` the condition and the attempts; the rest is for a cluster.

    Source: compose-spec deploy.md
    """

    mode: str = ""
    replicas: int | None = None
    labels: Mapping[str, str] = EMPTY
    update_config: UpdateConfig | None = None
    rollback_config: UpdateConfig | None = None
    resources: Resources = Resources()
    restart_policy: RestartPolicy | None = None
    placement: Placement = Placement()
    endpoint_mode: str = ""
    extensions: Mapping[str, Json] = EMPTY
