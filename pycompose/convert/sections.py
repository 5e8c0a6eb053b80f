"""The sections of a service in the canonical document: how it is built, deployed and developed.

Each function takes a form and returns the converter of a section to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pycompose.convert.writing import (
    Convert,
    Form,
    each,
    keyed,
    mapping,
    number,
    optional,
    rows,
    section,
    write,
)
from pycompose.model.limits import Ulimit
from pycompose.model.models import ModelUse
from pycompose.model.values import Json, go_duration


def build(form: Form) -> Convert:
    """Return the converter of `build` sections."""
    table = rows(
        "context dockerfile dockerfile_inline entitlements args provenance sbom ssh labels"
        " cache_from cache_to no_cache no_cache_filter additional_contexts pull extra_hosts"
        " isolation network target secrets shm_size tags ulimits platforms privileged",
        entitlements=list,
        args=mapping,
        ssh=_keys,
        labels=mapping,
        cache_from=list,
        cache_to=list,
        no_cache_filter=list,
        additional_contexts=mapping,
        extra_hosts=hosts,
        secrets=grants(form),
        shm_size=str,
        tags=list,
        ulimits=ulimits(form),
        platforms=list,
    )
    return section(table, form)


def grants(form: Form) -> Convert:
    """Return the converter of what a service uses of secrets or configs."""
    table = rows("source target uid gid mode", counting="mode", mode=_octal)
    return each(section(table, form))


def hosts(value: Mapping[str, tuple[str, ...]]) -> Json:
    """Return `extra_hosts` as a list."""
    return sorted(f"{host}={address}" for host, found in value.items() for address in found)


def ulimits(form: Form) -> Convert:
    """Return the converter of `ulimits`."""
    # Compat: of Go's two encoders, only the JSON one leaves zeros out.
    zeros: Json = {"soft": 0, "hard": 0} if form == "yaml" else {}

    def convert(limit: Ulimit) -> Json:
        return limit.single or {**zeros, **write(limit, _ULIMIT)}

    return keyed(convert)


def deploy(form: Form) -> Convert:
    """Return the converter of `deploy` sections."""
    update = section(_UPDATE, form)
    return section(
        rows(
            "mode replicas labels update_config rollback_config resources restart_policy placement"
            " endpoint_mode",
            counting="replicas",
            shown="resources placement",
            labels=mapping,
            update_config=update,
            rollback_config=update,
            resources=_resources(form),
            restart_policy=section(_RESTART, form),
            placement=section(
                rows(
                    "constraints preferences max_replicas_per_node",
                    constraints=list,
                    preferences=each(section(rows("spread"), form)),
                ),
                form,
            ),
        ),
        form,
    )


def _resources(form: Form) -> Convert:
    spec = section(rows("kind value", counting="kind value"), form)
    generic = each(section(rows("discrete_resource_spec", discrete_resource_spec=spec), form))
    table = rows(
        "cpus memory pids devices generic_resources",
        cpus=number,
        memory=str,
        devices=device_requests,
        generic_resources=generic,
    )
    amounts = section(table, form)
    return section(rows("limits reservations", limits=amounts, reservations=amounts), form)


def develop(form: Form) -> Convert:
    """Return the converter of `develop` sections."""
    table = rows(
        "path action target exec include ignore initial_sync",
        shown="exec",
        exec=_hook(form),
        include=list,
        ignore=list,
    )
    return section(rows("watch", watch=each(section(table, form))), form)


def hooks(form: Form) -> Convert:
    """Return the converter of lists of hooks."""
    return each(_hook(form))


def _hook(form: Form) -> Convert:
    table = rows(
        "command user privileged working_dir environment image per_replica",
        counting="command" if form == "yaml" else "",
        shown="command" if form == "json" else "",
        command=optional(list),
        environment=mapping,
    )
    return section(table, form)


def models(form: Form) -> Convert:
    """Return the converter of a service's `models`."""
    table = rows("endpoint_var model_var")

    def convert(use: ModelUse | None) -> Json:
        return None if use is None else write(use, table, form)

    return keyed(convert)


def provider(form: Form) -> Convert:
    """Return the converter of `provider` sections."""
    return section(rows("type options", options=keyed(list)), form)


def _keys(value: Mapping[str, str]) -> Json:
    return [f"{id}: {path}" if path else id for id, path in value.items()]


def _octal(mode: int) -> str:
    return f"0{mode:o}"


_ULIMIT: Final = rows("soft hard")
_UPDATE: Final = rows(
    "parallelism delay failure_action monitor max_failure_ratio order",
    counting="parallelism",
    delay=go_duration,
    monitor=go_duration,
    max_failure_ratio=number,
)
_RESTART: Final = rows(
    "condition delay max_attempts window",
    counting="delay max_attempts window",
    delay=go_duration,
    window=go_duration,
)
_DEVICE_REQUEST: Final = rows(
    "capabilities driver count device_ids options",
    capabilities=list,
    device_ids=list,
    options=mapping,
)
device_requests: Final = each(section(_DEVICE_REQUEST))
