"""How a service wants its containers replaced: `deploy.update_config` and `x-rolling`; pure.

Docker Compose leaves `update_config` to clusters, and so does `up`, unless the user says
`--rolling` or the service `x-rolling`. What is not given is as the specification has it.

Source: compose-spec deploy.md#update_config
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from pycompose.errors import Problem
from pycompose.model.deploy import UpdateConfig
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan.resources import problem
from pycompose.snapshot import ContainerState

EXTENSION: Final = "x-rolling"
Action: TypeAlias = Literal["continue", "pause", "rollback"]


class Update(NamedTuple):
    """How many at a time, in which order, and what becomes of a failure; durations in nanoseconds.

    `parallelism` 0 is all at once. `drain` is run in an old container before it is stopped, in the
    words of an exec; empty for nothing. `idle`: nobody said that old ones are to be stopped first.
    """

    start_first: bool = False
    parallelism: int = 1
    delay: int = 0
    monitor: int = 0
    action: Action = "pause"
    max_failure_ratio: float = 0.0
    drain: tuple[str, ...] = ()
    idle: bool = True

    def tolerated(self, containers: int) -> int:
        """Return how many of so many containers may fail before the action is taken."""
        if self.action == "continue":
            return containers
        # What is written as 0.3 is a little less than three tenths.
        return int(self.max_failure_ratio * containers + 1e-9)


def rolls(service: Service, asked: bool | None) -> bool:
    """Tell whether containers of a service are replaced one group after the other.

    `asked` is what the user says of all services, None for nothing; a service may refuse.
    """
    mine = service.extensions.get(EXTENSION)
    return asked is not False and mine is not False and (asked or mine is not None)


def update(service: Service) -> Update:
    """Return how the containers of a service are replaced; `wrong` yields nothing for it."""
    given = _config(service)
    mine = service.extensions.get(EXTENSION)
    drain = mine.get("drain") if isinstance(mine, Mapping) else None
    return Update(
        start_first=given.order == "start-first",
        parallelism=1 if given.parallelism is None else given.parallelism,
        delay=given.delay,
        monitor=given.monitor,
        action=given.failure_action or "pause",  # type: ignore[arg-type]  # `wrong` has looked
        max_failure_ratio=given.max_failure_ratio,
        drain=("/bin/sh", "-c", drain) if isinstance(drain, str) else tuple(drain or ()),
        idle=not given.order,
    )


def _config(service: Service) -> UpdateConfig:
    deploy = service.deploy
    return (deploy.update_config if deploy is not None else None) or UpdateConfig()


def wrong(project: Project, service: Service) -> Iterator[Problem]:
    """Yield what is wrong with what a service says about its updates."""
    config = ("services", service.name, "deploy", "update_config")
    given = _config(service)
    if given.failure_action and given.failure_action not in get_args(Action):
        message = f"expected one of {', '.join(get_args(Action))}, not {given.failure_action!r}"
        yield problem(project, (*config, "failure_action"), message)
    if not 0 <= given.max_failure_ratio <= 1:
        message = f"expected a number from 0 to 1, not {given.max_failure_ratio:g}"
        yield problem(project, (*config, "max_failure_ratio"), message)
    yield from wrong_extension(project, service)


def wrong_extension(project: Project, service: Service) -> Iterator[Problem]:
    """Yield what is wrong with the `x-rolling` of a service."""
    path = ("services", service.name, EXTENSION)
    mine = service.extensions.get(EXTENSION)
    if mine is None or isinstance(mine, bool):
        return
    if not isinstance(mine, Mapping):
        yield problem(project, path, "expected true, false or a mapping with 'drain'")
        return
    for key in mine:
        if key != "drain":
            yield problem(project, (*path, key), "unknown attribute, expected 'drain'")
    drain = mine.get("drain", ())
    words = isinstance(drain, list | tuple) and all(isinstance(word, str) for word in drain)
    if not (isinstance(drain, str) or words):
        message = "expected a command: a list of strings, or a string for the shell"
        yield problem(project, (*path, "drain"), message)


def impossible(
    project: Project,
    service: Service,
    wanted: Update,
    old: Sequence[ContainerState],
    *,
    private: bool,
) -> Iterator[Problem]:
    """Yield why no new container can start while the `old` ones run.

    `private`: one of them has anonymous volumes that its replacement takes over.
    """
    name = service.name
    hint = "'deploy.update_config.order: stop-first' stops the old one first"
    yield from _ports(project, service, wanted, old, hint)
    mode = service.network_mode
    if mode == "host" or mode.startswith(("service:", "container:")):
        yield problem(
            project,
            ("services", name, "network_mode"),
            "an old and a new container would be after the same ports at once",
            hint,
        )
    if service.mac_address:
        path = ("services", name, "mac_address")
        yield problem(project, path, "two containers at once cannot have one address", hint)
    for key, attachment in service.networks.items():
        for attribute in ("ipv4_address", "ipv6_address", "link_local_ips", "mac_address"):
            if attachment is not None and getattr(attachment, attribute):
                yield problem(
                    project,
                    ("services", name, "networks", key, attribute),
                    "two containers at once cannot have one address",
                    hint,
                )
    if private:
        yield problem(
            project,
            ("services", name),
            "an old and a new container would write to one anonymous volume at once",
            f"{hint}; a named volume says that sharing is meant, and"
            " --renew-anon-volumes gives the new one an empty one",
        )


def _ports(
    project: Project, service: Service, wanted: Update, old: Sequence[ContainerState], hint: str
) -> Iterator[Problem]:
    for index, port in enumerate(service.ports):
        first, _, last = port.published.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal() and int(first)):
            continue
        numbers = range(int(first), int(last or first) + 1)
        holders = [
            one
            for one in old
            if any(p.public in numbers and p.protocol == port.protocol for p in one.ports)
        ]
        new = min(wanted.parallelism or len(old), len(old))
        if holders and len(numbers) < len(holders) + new:
            what = f"port {port.published}/{port.protocol} of the host"
            yield problem(
                project,
                ("services", service.name, "ports", index),
                f"{what} cannot be held by old and new containers at once",
                f"{hint}; a wider range, or a proxy that publishes it, lets both run",
            )
