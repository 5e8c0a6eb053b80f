"""The table: everything the loader knows of an attribute, one row each.

A pattern is a path with `*` for any name and `[]` for any item. The stages do not search the table:
each makes a tree of the rows that concern it (`tree_of`) and walks it alongside the document, so
that what has no row costs nothing and the order is that of the file. A new attribute is one row,
and a function in `short/` if it has a syntax of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal, NamedTuple, TypeAlias

from pycompose.loader.short.build import build, contexts, ssh
from pycompose.loader.short.commands import command, test
from pycompose.loader.short.depends import depends_on
from pycompose.loader.short.devices import device, device_key, every, gpus, request
from pycompose.loader.short.env_files import env_file, env_file_key
from pycompose.loader.short.external import resource
from pycompose.loader.short.grants import config_key, grant, secret_key, with_target
from pycompose.loader.short.hosts import hosts
from pycompose.loader.short.links import link
from pycompose.loader.short.lists import assigned_key, listed, value_key, without_empty
from pycompose.loader.short.mappings import strings, variables
from pycompose.loader.short.mounts import mount, mount_key
from pycompose.loader.short.names import by_name
from pycompose.loader.short.policies import pull_policy
from pycompose.loader.short.ports import exposed, port, port_key
from pycompose.loader.short.scalars import Cast, counted, microseconds, sized, text, whole, within
from pycompose.loader.tree import Map, Node, Scalar

# How an override joins what is there already, where that is not the rule for its kind (mappings by
# key, lists appended, scalars replaced): "replace" takes the override, be it null; "union" appends
# items that are not there yet; "driver" replaces a section whose driver changes; "subnet" is the
# odd rule of address pools.
Merge: TypeAlias = Literal["replace", "union", "driver", "subnet"]

# What of an attribute is a path: "file" of this machine, "linked" if links in it are followed;
# "portable" may be one of Windows too; "context" may be a URL; "mount" and "device" are sections
# that hold a path under conditions.
PathKind: TypeAlias = Literal["file", "linked", "portable", "context", "mount", "device"]


class Field(NamedTuple):
    """One attribute.

    `shape` turns short syntax into long, `expand` one item of a list into several. Items of a list
    with the same `unique` key are one: the last, at the place of the first. `default` fills in
    what no document gave, once all are merged.
    """

    pattern: tuple[str, ...]
    shape: Callable[[Node], Node] | None = None
    expand: Callable[[Node], tuple[Node, ...]] | None = None
    cast: Cast | None = None
    merge: Merge | None = None
    unique: Callable[[Node], str] | None = None
    path: PathKind | None = None
    default: Callable[[Node], Node] | None = None

    @property
    def spec(self) -> str:
        """The section of the Compose Specification that the attribute is told in."""
        section, *rest = self.pattern
        if rest[1:2] and rest[1] in _CHAPTERS:
            return f"{_CHAPTERS[rest[1]]}#{rest[2]}" if len(rest) > 2 else _CHAPTERS[rest[1]]
        page = _CHAPTERS.get(section, "04-version-and-name.md")
        return f"{page}#{rest[1]}" if len(rest) > 1 else page


_CHAPTERS: Final = {
    "services": "05-services.md",
    "networks": "06-networks.md",
    "volumes": "07-volumes.md",
    "configs": "08-configs.md",
    "secrets": "09-secrets.md",
    "build": "build.md",
    "deploy": "deploy.md",
    "develop": "develop.md",
    "models": "models.md",
}


def _row(
    pattern: str,
    shape: Callable[[Node], Node] | None = None,
    *,
    expand: Callable[[Node], tuple[Node, ...]] | None = None,
    cast: Cast | None = None,
    merge: Merge | None = None,
    unique: Callable[[Node], str] | None = None,
    path: PathKind | None = None,
    default: Callable[[Node], Node] | None = None,
) -> Field:
    return Field(
        pattern=tuple(pattern.split(".")),
        shape=shape,
        expand=expand,
        cast=cast,
        merge=merge,
        unique=unique,
        path=path,
        default=default,
    )


def _missing(**values: str | bool) -> Callable[[Node], Node]:
    """Return a function that gives a mapping these values where it has none."""

    def fill(node: Node) -> Node:
        if not isinstance(node, Map) or values.keys() <= node.entries.keys():
            return node
        added: dict[str, Node] = {
            key: text(value, node.at) if isinstance(value, str) else Scalar(value, node.at, "true")
            for key, value in values.items()
            if key not in node.entries
        }
        return Map({**node.entries, **added}, node.at, node.keys)

    return fill


def _replicated(node: Node) -> Node:
    """Return a service whose `deploy` section, if there is one, repeats its `scale`."""
    deploy, scale = (
        (node.get("deploy"), node.get("scale")) if isinstance(node, Map) else (None, None)
    )
    if not isinstance(node, Map) or not isinstance(deploy, Map) or scale is None:
        return node
    if "replicas" in deploy.entries:
        return node
    deploy = Map({**deploy.entries, "replicas": scale}, deploy.at, deploy.keys)
    return Map({**node.entries, "deploy": deploy}, node.at, node.keys)


_DISCRETE: Final = (
    "services.*.deploy.resources.reservations.generic_resources.[].discrete_resource_spec"
)


def _updates(section: str) -> tuple[Field, ...]:
    """Return the rows of `update_config` or `rollback_config`."""
    path = f"services.*.deploy.{section}"
    return (
        _row(f"{path}.delay", cast="duration"),
        _row(f"{path}.failure_action"),
        _row(f"{path}.max_failure_ratio", cast="float"),
        _row(f"{path}.monitor", cast="duration"),
        _row(f"{path}.order"),
        _row(f"{path}.parallelism", within(0)),
    )


def _hook(path: str) -> tuple[Field, ...]:
    """Return the rows of a command that is run in a container."""
    return (
        _row(f"{path}.command", command),
        _row(f"{path}.environment", variables),
        _row(f"{path}.privileged", cast="bool"),
        _row(f"{path}.user"),
        _row(f"{path}.working_dir"),
    )


FIELDS: Final[tuple[Field, ...]] = (
    _row("version"),
    _row("name"),
    _row("services"),
    _row("services.*", default=_replicated),
    _row("services.*.annotations", strings),
    _row("services.*.attach", cast="bool"),
    _row("services.*.blkio_config"),
    _row("services.*.blkio_config.device_read_bps.[].rate", cast="size"),
    _row("services.*.blkio_config.device_read_iops.[].rate", cast="size"),
    _row("services.*.blkio_config.device_write_bps.[].rate", cast="size"),
    _row("services.*.blkio_config.device_write_iops.[].rate", cast="size"),
    _row("services.*.blkio_config.weight", cast="int"),
    _row("services.*.blkio_config.weight_device.[].weight", cast="int"),
    _row("services.*.build", build),
    _row("services.*.build.additional_contexts", contexts),
    _row("services.*.build.additional_contexts.*", path="context"),
    _row("services.*.build.args", variables),
    _row("services.*.build.args.*", merge="replace"),
    _row("services.*.build.cache_from"),
    _row("services.*.build.cache_to"),
    _row("services.*.build.context", path="context"),
    _row("services.*.build.dockerfile"),
    _row("services.*.build.dockerfile_inline"),
    _row("services.*.build.entitlements"),
    _row("services.*.build.extra_hosts", hosts),
    _row("services.*.build.extra_hosts.*", merge="union"),
    _row("services.*.build.isolation"),
    _row("services.*.build.labels", strings),
    _row("services.*.build.network"),
    _row("services.*.build.no_cache", cast="bool"),
    _row("services.*.build.no_cache_filter", listed),
    _row("services.*.build.platforms"),
    _row("services.*.build.privileged", cast="bool"),
    _row("services.*.build.provenance", cast="str"),
    _row("services.*.build.pull", cast="bool"),
    _row("services.*.build.sbom", cast="str"),
    _row("services.*.build.secrets"),
    _row("services.*.build.secrets.[]", grant),
    _row("services.*.build.secrets.[].mode", cast="mode"),
    _row("services.*.build.shm_size", cast="size"),
    _row("services.*.build.ssh", ssh),
    _row("services.*.build.ssh.*", path="file"),
    _row("services.*.build.tags", unique=assigned_key),
    _row("services.*.build.target"),
    _row("services.*.build.ulimits"),
    _row("services.*.build.ulimits.*", cast="int"),
    _row("services.*.build.ulimits.*.hard", cast="int"),
    _row("services.*.build.ulimits.*.soft", cast="int"),
    _row("services.*.cap_add", unique=assigned_key),
    _row("services.*.cap_drop", unique=assigned_key),
    _row("services.*.cgroup"),
    _row("services.*.cgroup_parent"),
    _row("services.*.command", command, merge="replace"),
    _row("services.*.configs", unique=config_key),
    _row("services.*.configs.[]", grant),
    _row("services.*.configs.[].mode", cast="mode"),
    _row("services.*.container_name"),
    _row("services.*.cpu_count", within(0)),
    _row("services.*.cpu_percent", within(0, 100)),
    _row("services.*.cpu_period", microseconds),
    _row("services.*.cpu_quota", microseconds),
    _row("services.*.cpu_rt_period", microseconds),
    _row("services.*.cpu_rt_runtime", microseconds),
    _row("services.*.cpu_shares", cast="int"),
    _row("services.*.cpus", cast="float"),
    _row("services.*.cpuset"),
    _row("services.*.credential_spec"),
    _row("services.*.depends_on", depends_on),
    _row("services.*.depends_on.*", default=_missing(condition="service_started", required=True)),
    _row("services.*.depends_on.*.required", cast="bool"),
    _row("services.*.depends_on.*.restart", cast="bool"),
    _row("services.*.deploy"),
    _row("services.*.deploy.endpoint_mode"),
    _row("services.*.deploy.labels", strings),
    _row("services.*.deploy.mode"),
    _row("services.*.deploy.placement.constraints"),
    _row("services.*.deploy.placement.max_replicas_per_node", within(0)),
    _row("services.*.deploy.placement.preferences"),
    _row("services.*.deploy.placement.preferences.[].spread"),
    _row("services.*.deploy.replicas", cast="int"),
    _row("services.*.deploy.resources.limits.cpus", cast="float"),
    _row("services.*.deploy.resources.limits.memory", sized),
    _row("services.*.deploy.resources.limits.pids", cast="int"),
    _row("services.*.deploy.resources.reservations.cpus", cast="float"),
    _row("services.*.deploy.resources.reservations.devices"),
    _row("services.*.deploy.resources.reservations.devices.[]", request, default=every),
    _row("services.*.deploy.resources.reservations.devices.[].capabilities"),
    _row("services.*.deploy.resources.reservations.devices.[].count"),
    _row("services.*.deploy.resources.reservations.devices.[].device_ids"),
    _row("services.*.deploy.resources.reservations.devices.[].driver"),
    _row("services.*.deploy.resources.reservations.devices.[].options", strings),
    _row("services.*.deploy.resources.reservations.generic_resources"),
    _row(f"{_DISCRETE}.kind"),
    _row(f"{_DISCRETE}.value", whole),
    _row("services.*.deploy.resources.reservations.memory", sized),
    _row("services.*.deploy.restart_policy.condition"),
    _row("services.*.deploy.restart_policy.delay", cast="duration"),
    _row("services.*.deploy.restart_policy.max_attempts", within(0)),
    _row("services.*.deploy.restart_policy.window", cast="duration"),
    *_updates("rollback_config"),
    *_updates("update_config"),
    _row("services.*.develop"),
    _row("services.*.develop.watch"),
    _row("services.*.develop.watch.[].action"),
    *_hook("services.*.develop.watch.[].exec"),
    _row("services.*.develop.watch.[].ignore", listed),
    _row("services.*.develop.watch.[].include", listed),
    _row("services.*.develop.watch.[].initial_sync"),
    _row("services.*.develop.watch.[].path", path="linked"),
    _row("services.*.develop.watch.[].target"),
    _row("services.*.device_cgroup_rules"),
    _row("services.*.devices", unique=device_key),
    _row("services.*.devices.[]", device),
    _row("services.*.dns", listed, expand=without_empty, unique=assigned_key),
    _row("services.*.dns_opt", unique=assigned_key),
    _row("services.*.dns_search", listed, unique=assigned_key),
    _row("services.*.domainname"),
    _row("services.*.entrypoint", command, merge="replace"),
    _row("services.*.env_file", listed, unique=env_file_key),
    _row("services.*.env_file.[]", env_file, default=_missing(required=True)),
    _row("services.*.env_file.[].path", path="file"),
    _row("services.*.env_file.[].required", cast="bool"),
    _row("services.*.environment", variables),
    _row("services.*.environment.*", merge="replace"),
    _row("services.*.expose", unique=value_key),
    _row("services.*.expose.[]", exposed),
    _row("services.*.extends"),
    _row("services.*.external_links"),
    _row("services.*.extra_hosts", hosts),
    _row("services.*.extra_hosts.*", merge="union"),
    _row("services.*.gpus", gpus),
    _row("services.*.gpus.[]", request, default=every),
    _row("services.*.gpus.[].options", strings),
    _row("services.*.group_add"),
    _row("services.*.group_add.[]", cast="str"),
    _row("services.*.healthcheck"),
    _row("services.*.healthcheck.disable", cast="bool"),
    _row("services.*.healthcheck.interval", cast="duration"),
    _row("services.*.healthcheck.retries", counted),
    _row("services.*.healthcheck.start_interval", cast="duration"),
    _row("services.*.healthcheck.start_period", cast="duration"),
    _row("services.*.healthcheck.test", test, merge="replace"),
    _row("services.*.healthcheck.timeout", cast="duration"),
    _row("services.*.hostname"),
    _row("services.*.image"),
    _row("services.*.init", cast="bool"),
    _row("services.*.ipc"),
    _row("services.*.isolation"),
    _row("services.*.label_file", listed),
    _row("services.*.label_file.[]", path="file"),
    _row("services.*.labels", strings),
    _row("services.*.links", unique=assigned_key),
    _row("services.*.links.[]", link),
    _row("services.*.logging", merge="driver"),
    _row("services.*.logging.driver"),
    _row("services.*.logging.options"),
    _row("services.*.logging.options.*", cast="str"),
    _row("services.*.mac_address"),
    _row("services.*.mem_limit", cast="size"),
    _row("services.*.mem_reservation", cast="size"),
    _row("services.*.mem_swappiness", cast="size"),
    _row("services.*.memswap_limit", cast="size"),
    _row("services.*.models", by_name),
    _row("services.*.models.*.endpoint_var"),
    _row("services.*.models.*.model_var"),
    _row("services.*.network_mode"),
    _row("services.*.networks", by_name),
    _row("services.*.networks.*.aliases", unique=assigned_key),
    _row("services.*.networks.*.driver_opts.*", cast="str"),
    _row("services.*.networks.*.gw_priority", cast="int"),
    _row("services.*.networks.*.link_local_ips", unique=assigned_key),
    _row("services.*.networks.*.priority", cast="int"),
    _row("services.*.oom_kill_disable", cast="bool"),
    _row("services.*.oom_score_adj", within(-1000, 1000)),
    _row("services.*.pid"),
    _row("services.*.pids_limit", cast="int"),
    _row("services.*.platform"),
    _row("services.*.ports", expand=port, unique=port_key),
    _row("services.*.ports.[]", default=_missing(mode="ingress", protocol="tcp")),
    _row("services.*.ports.[].target", cast="int"),
    _row("services.*.post_start"),
    *_hook("services.*.post_start.[]"),
    _row("services.*.pre_start"),
    *_hook("services.*.pre_start.[]"),
    _row("services.*.pre_start.[].image"),
    _row("services.*.pre_start.[].per_replica", cast="bool"),
    _row("services.*.pre_stop"),
    *_hook("services.*.pre_stop.[]"),
    _row("services.*.privileged", cast="bool"),
    _row("services.*.profiles", unique=assigned_key),
    _row("services.*.provider"),
    _row("services.*.provider.options"),
    _row("services.*.provider.options.*", cast="str"),
    _row("services.*.provider.options.*.[]", cast="str"),
    _row("services.*.provider.type"),
    _row("services.*.pull_policy", pull_policy),
    _row("services.*.pull_refresh_after"),
    _row("services.*.read_only", cast="bool"),
    _row("services.*.restart"),
    _row("services.*.runtime"),
    _row("services.*.scale", cast="int"),
    _row("services.*.secrets", unique=secret_key),
    _row("services.*.secrets.[]", grant, default=with_target),
    _row("services.*.secrets.[].mode", cast="mode"),
    _row("services.*.security_opt"),
    _row("services.*.shm_size", cast="size"),
    _row("services.*.stdin_open", cast="bool"),
    _row("services.*.stop_grace_period", cast="duration"),
    _row("services.*.stop_signal"),
    _row("services.*.storage_opt", strings),
    _row("services.*.sysctls", strings),
    _row("services.*.tmpfs", listed, unique=assigned_key),
    _row("services.*.tty", cast="bool"),
    _row("services.*.ulimits"),
    _row("services.*.ulimits.*", cast="int", merge="replace"),
    _row("services.*.ulimits.*.hard", cast="int"),
    _row("services.*.ulimits.*.soft", cast="int"),
    _row("services.*.use_api_socket", cast="bool"),
    _row("services.*.user"),
    _row("services.*.userns_mode"),
    _row("services.*.uts"),
    _row("services.*.volumes", unique=mount_key),
    _row("services.*.volumes.[]", mount, path="mount"),
    _row("services.*.volumes.[].bind.create_host_path", cast="bool"),
    _row("services.*.volumes.[].image"),
    _row("services.*.volumes.[].read_only", cast="bool"),
    _row("services.*.volumes.[].tmpfs.mode", cast="mode"),
    _row("services.*.volumes.[].tmpfs.size", cast="size"),
    _row("services.*.volumes.[].volume.labels", strings),
    _row("services.*.volumes.[].volume.nocopy", cast="bool"),
    _row("services.*.volumes_from"),
    _row("services.*.working_dir"),
    _row("networks"),
    _row("networks.*", resource),
    _row("networks.*.attachable", cast="bool"),
    _row("networks.*.driver"),
    _row("networks.*.driver_opts"),
    _row("networks.*.driver_opts.*", cast="str"),
    _row("networks.*.enable_ipv4", cast="bool"),
    _row("networks.*.enable_ipv6", cast="bool"),
    _row("networks.*.external", cast="bool"),
    _row("networks.*.internal", cast="bool"),
    _row("networks.*.ipam"),
    _row("networks.*.ipam.config", merge="subnet"),
    _row("networks.*.ipam.config.[].aux_addresses", strings),
    _row("networks.*.ipam.driver"),
    _row("networks.*.ipam.options"),
    _row("networks.*.ipam.options.*", cast="str"),
    _row("networks.*.labels", strings),
    _row("networks.*.name"),
    _row("volumes"),
    _row("volumes.*", resource, path="device"),
    _row("volumes.*.driver"),
    _row("volumes.*.driver_opts"),
    _row("volumes.*.driver_opts.*", cast="str"),
    _row("volumes.*.external", cast="bool"),
    _row("volumes.*.labels", strings),
    _row("volumes.*.name"),
    _row("secrets"),
    _row("secrets.*", resource),
    _row("secrets.*.driver"),
    _row("secrets.*.driver_opts"),
    _row("secrets.*.driver_opts.*", cast="str"),
    _row("secrets.*.environment"),
    _row("secrets.*.external", cast="bool"),
    _row("secrets.*.file", path="portable"),
    _row("secrets.*.labels", strings),
    _row("secrets.*.name"),
    _row("secrets.*.template_driver"),
    _row("configs"),
    _row("configs.*", resource),
    _row("configs.*.content"),
    _row("configs.*.environment"),
    _row("configs.*.external", cast="bool"),
    _row("configs.*.file", path="portable"),
    _row("configs.*.labels", strings),
    _row("configs.*.name"),
    _row("configs.*.template_driver"),
    _row("models"),
    _row("models.*"),
    _row("models.*.context_size"),
    _row("models.*.model"),
    _row("models.*.name"),
    _row("models.*.runtime_flags"),
)


class Row:
    """A place in the tree of patterns: what is known of the attribute, and what is below it.

    `entries` are by key, `any` is for keys that are names, `item` for the items of a list.
    """

    __slots__ = ("any", "entries", "field", "item")

    def __init__(self) -> None:
        self.field: Field | None = None
        self.entries: dict[str, Row] = {}
        self.any: Row | None = None
        self.item: Row | None = None


def tree_of(fields: Iterable[Field]) -> Row:
    """Return the tree of the patterns of some fields."""
    root = Row()
    for each in fields:
        row = root
        for part in each.pattern:
            row = _below(row, part)
        row.field = each
    return root


def _below(row: Row, part: str) -> Row:
    if part == "*":
        row.any = row.any or Row()
        return row.any
    if part == "[]":
        row.item = row.item or Row()
        return row.item
    return row.entries.setdefault(part, Row())


def rewrite(node: Node, row: Row, change: Callable[[Node, Field], Node]) -> Node:
    """Return a tree with `change` made wherever `row` knows of a field, outermost first.

    Nodes that `change` returns as they are stay the same objects.
    """
    if row.field is not None:
        node = change(node, row.field)
    if isinstance(node, Map):
        known, other = row.entries, row.any
        changed: dict[str, Node] = {}
        for key in node.entries if other is not None else known:
            below, value = known.get(key, other), node.entries.get(key)
            if below is not None and value is not None:
                new = rewrite(value, below, change)
                if new is not value:
                    changed[key] = new
        if changed:
            return Map({**node.entries, **changed}, node.at, node.keys, node.tag)
    elif row.item is not None and not isinstance(node, Scalar):
        below = row.item
        items = tuple([rewrite(item, below, change) for item in node.items])
        if any(new is not old for new, old in zip(items, node.items, strict=True)):
            return type(node)(items, node.at, node.tag)
    return node
