"""The files of `schemas/`: sound in themselves, and telling what Compose files could say when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SCHEMAS = sorted((Path(__file__).parents[2] / "schemas").glob("*.json"))
COMPOSE = json.loads((Path(__file__).parents[2] / "schemas/compose.schema.json").read_text())

# The legacy version that an attribute came with, in paths with `*` for names and `[]` for items.
# Those that are not here have none: they came with the Compose Specification.
SINCE = {
    "3.0": """
        version services networks volumes
        services.*.build services.*.cap_add services.*.cap_drop services.*.cgroup_parent
        services.*.command services.*.container_name services.*.depends_on services.*.deploy
        services.*.devices services.*.dns services.*.dns_search services.*.domainname
        services.*.entrypoint services.*.env_file services.*.environment services.*.expose
        services.*.external_links services.*.extra_hosts services.*.healthcheck
        services.*.healthcheck.disable services.*.healthcheck.interval
        services.*.healthcheck.retries services.*.healthcheck.test services.*.healthcheck.timeout
        services.*.hostname services.*.image services.*.ipc services.*.labels services.*.links
        services.*.logging services.*.logging.driver services.*.logging.options
        services.*.mac_address services.*.network_mode services.*.networks
        services.*.networks.*.aliases services.*.networks.*.ipv4_address
        services.*.networks.*.ipv6_address services.*.pid services.*.ports services.*.privileged
        services.*.read_only services.*.restart services.*.security_opt services.*.shm_size
        services.*.stdin_open services.*.stop_grace_period services.*.stop_signal
        services.*.sysctls services.*.tmpfs services.*.tty services.*.ulimits
        services.*.ulimits.*.hard services.*.ulimits.*.soft services.*.user
        services.*.userns_mode services.*.volumes services.*.working_dir
        services.*.build.args services.*.build.context services.*.build.dockerfile
        services.*.deploy.labels services.*.deploy.mode services.*.deploy.placement
        services.*.deploy.placement.constraints services.*.deploy.replicas
        services.*.deploy.resources services.*.deploy.resources.limits
        services.*.deploy.resources.limits.cpus services.*.deploy.resources.limits.memory
        services.*.deploy.resources.reservations services.*.deploy.resources.reservations.cpus
        services.*.deploy.resources.reservations.memory services.*.deploy.restart_policy
        services.*.deploy.restart_policy.condition services.*.deploy.restart_policy.delay
        services.*.deploy.restart_policy.max_attempts services.*.deploy.restart_policy.window
        services.*.deploy.update_config services.*.deploy.update_config.delay
        services.*.deploy.update_config.failure_action
        services.*.deploy.update_config.max_failure_ratio services.*.deploy.update_config.monitor
        services.*.deploy.update_config.parallelism
        networks.*.driver networks.*.driver_opts networks.*.external networks.*.external.name
        networks.*.internal networks.*.ipam networks.*.ipam.config networks.*.ipam.config[].subnet
        networks.*.ipam.driver networks.*.labels
        volumes.*.driver volumes.*.driver_opts volumes.*.external volumes.*.external.name
        volumes.*.labels
    """,
    "3.1": """
        secrets services.*.secrets services.*.secrets[].gid services.*.secrets[].mode
        services.*.secrets[].source services.*.secrets[].target services.*.secrets[].uid
        secrets.*.external secrets.*.external.name secrets.*.file
        secrets.*.labels
    """,
    "3.2": """
        services.*.build.cache_from services.*.deploy.endpoint_mode
        services.*.ports[].mode services.*.ports[].protocol services.*.ports[].published
        services.*.ports[].target services.*.volumes[].bind services.*.volumes[].bind.propagation
        services.*.volumes[].consistency services.*.volumes[].read_only
        services.*.volumes[].source services.*.volumes[].target services.*.volumes[].type
        services.*.volumes[].volume services.*.volumes[].volume.nocopy networks.*.attachable
    """,
    "3.3": """
        configs services.*.build.labels services.*.configs services.*.credential_spec
        services.*.credential_spec.file services.*.credential_spec.registry
        services.*.deploy.placement.preferences services.*.deploy.placement.preferences[].spread
        configs.*.external configs.*.file configs.*.labels
    """,
    "3.4": """
        services.*.build.network services.*.build.target services.*.deploy.update_config.order
        services.*.healthcheck.start_period volumes.*.name
    """,
    "3.5": """
        services.*.build.shm_size services.*.deploy.resources.reservations.generic_resources
        services.*.deploy.resources.reservations.generic_resources[].discrete_resource_spec
        services.*.deploy.resources.reservations.generic_resources[].discrete_resource_spec.kind
        services.*.deploy.resources.reservations.generic_resources[].discrete_resource_spec.value
        services.*.isolation networks.*.name secrets.*.name configs.*.name
    """,
    "3.6": "services.*.volumes[].tmpfs services.*.volumes[].tmpfs.size",
    "3.7": "services.*.deploy.rollback_config services.*.init",
    "3.8": """
        services.*.credential_spec.config services.*.deploy.placement.max_replicas_per_node
        secrets.*.driver secrets.*.driver_opts secrets.*.template_driver configs.*.template_driver
    """,
    "3.9": "services.*.build.extra_hosts services.*.deploy.resources.limits.pids",
    "3.12": "services.*.healthcheck.start_interval",
    "3.13": "services.*.networks.*.driver_opts services.*.oom_score_adj",
}
# These share the definition of another attribute, and it tells when that one came.
SHARED = (
    "services.*.build.secrets[].",
    "services.*.build.ulimits.*.",
    "services.*.configs[].",
    "services.*.deploy.rollback_config.",
    "configs.*.external.",
)


def _attributes(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every attribute of a schema by its path, however it is defined."""
    if "$ref" in schema:
        yield from _attributes(COMPOSE["$defs"][schema["$ref"].rpartition("/")[2]], path)
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _attributes(choice, path)
    for name, attribute in schema.get("properties", {}).items():
        below = f"{path}.{name}" if path else name
        if "description" in attribute:  # elsewhere it is narrowed only
            yield below, attribute
        yield from _attributes(attribute, below)
    for pattern, item in schema.get("patternProperties", {}).items():
        if pattern != "^x-":
            yield from _attributes(item, f"{path}.*")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _attributes(schema["additionalProperties"], f"{path}.*")
    if isinstance(schema.get("items"), dict):
        yield from _attributes(schema["items"], f"{path}[]")


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_is_one(path: Path) -> None:
    schema = json.loads(path.read_text())
    assert schema["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"]
    assert schema["description"].endswith(".")


def test_an_attribute_tells_the_legacy_version_it_came_with() -> None:
    expected = {path: version for version, paths in SINCE.items() for path in paths.split()}
    found = {
        path: attribute["x-since"]
        for path, attribute in _attributes(COMPOSE)
        if "x-since" in attribute and not path.startswith(SHARED)
    }
    assert found == expected


def test_every_attribute_of_the_table_is_in_the_schema() -> None:
    known = {path for path, _ in _attributes(COMPOSE)}
    assert not [path for paths in SINCE.values() for path in paths.split() if path not in known]
