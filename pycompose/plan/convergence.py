"""One run of the planner of `up`: what it looks at, the plan so far, and how a container is made.

What is to become of each container is decided elsewhere (`plan.up`, `plan.recreate`,
`plan.rolling`); here stands what all of them add to a plan. Pure.

Source: rules 80, 107 and 115
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from pycompose import graph
from pycompose.convert.container import OneOff
from pycompose.convert.container import container as convert_container
from pycompose.convert.joins import links
from pycompose.convert.surroundings import Surroundings
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import EMPTY
from pycompose.plan import grants, hooks
from pycompose.plan.diverged import Divergence, inheritable
from pycompose.plan.joins import Containers, Joins, standing
from pycompose.plan.ops import (
    STOPPABLE,
    Cause,
    Connect,
    CreateContainer,
    Made,
    Ref,
    RemoveContainer,
    Start,
    Stop,
)
from pycompose.plan.pre_start import pre_start
from pycompose.plan.progress import Progress
from pycompose.plan.resources import Networks
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState, MountState, Snapshot

Policy: TypeAlias = Literal["diverged", "force", "never"]


class Options(NamedTuple):
    """How to converge.

    `named` are the services asked for (empty: all); the others are there as dependencies and
    follow `dependencies`. `rolling` replaces containers of all services one group after the other,
    or of none; None is as each service asks. `timeout` in seconds, for stops. `contents` are
    digests of the secrets and configs in use, by `secrets.password`; `lost` the ids of containers
    that the engine cannot start any more; `around` is what this machine has to say. `awaited` is,
    by service, what the names of variables begin with that nobody knows yet: a container that may
    have others because of them is taken to be as it is to be.
    """

    named: frozenset[str] = frozenset()
    policy: Policy = "diverged"
    dependencies: Policy = "diverged"
    recreate_volumes: bool = False
    renew_anon_volumes: bool = False
    remove_orphans: bool = False
    ignore_orphans: bool = False
    rolling: bool | None = None
    start: bool = True
    wait: bool = False
    timeout: int | None = None
    contents: Mapping[str, str] = EMPTY
    lost: frozenset[str] = frozenset()
    around: Surroundings = Surroundings()
    awaited: Mapping[str, tuple[str, ...]] = EMPTY


class Convergence:
    """The state of one run: what is wanted, what is there, and what is planned so far."""

    def __init__(self, project: Project, snapshot: Snapshot, options: Options) -> None:
        self.project = project
        self.snapshot = snapshot
        self.options = options
        self.steps = Steps()
        self.services: dict[str, Progress] = {}
        self.halted: dict[str, int] = {}  # container id → the step that stops it for a dependency
        self.freed: dict[str, int] = {}  # container name → the step that frees it
        self.named: dict[str, int] = {}  # container name → the step that gives it
        self.evicted: dict[str, int] = {}  # container id → the step that removes it for a volume
        self.prepared: dict[str, list[int]] = {}  # service → the steps that prepare its start
        self.rolled: dict[str, list[int]] = {}  # service → the steps after which it is replaced
        self.networks = Networks({}, {}, set())
        self.volume_made: dict[str, int] = {}
        self.dependents = graph.dependents(project)
        self.there: dict[str, list[ContainerState]] = {}
        self.taken: dict[str, set[int | None]] = {}  # service → the numbers that are not free
        for state in snapshot.containers:
            if state.oneoff:
                continue
            self.taken.setdefault(state.service, set()).add(state.number)
            if state.state != "removing":
                self.there.setdefault(state.service, []).append(state)
        self.joins = Joins({}, (), {})  # of the service at hand

    # One container.

    def create(
        self,
        service: Service,
        number: int,
        gate: Iterable[int],
        progress: Progress,
        *,
        after: Iterable[int] = (),
    ) -> None:
        """Plan a container that is missing: made after some steps, started after its gate."""
        name = self.project.container_name(service, number)
        reason = Divergence("missing", "no container yet")
        made, ready = self.make(service, number, name, reason, after=after)
        self.named[name] = made
        self.start(service, number, made, [made, *ready, *gate], progress, "created")

    def make(
        self,
        service: Service,
        number: int,
        name: str,
        reason: Divergence,
        *,
        inherited: tuple[MountState, ...] = (),
        replaces: str = "",
        after: Iterable[int] = (),
        oneoff: OneOff | None = None,
    ) -> tuple[int, list[int]]:
        """Plan a container called `name`; its step, and those it starts after.

        `replaces` is the id of the container whose place it takes, empty for none; `oneoff` is for
        a container of `run`.
        """
        final = self.project.container_name(service, number)
        image = self.snapshot.images.get(self.project.image(service))
        made = convert_container(
            self.project,
            service,
            number,
            capabilities=self.snapshot.capabilities,
            image_id=image.id if image else "",
            inherited=inherited,
            replaces=bool(replaces),
            contents=self.options.contents,
            around=self.options.around,
            references=self.joins.references,
            linked=links(service, self.joins.linked, self.project.name, number),
            oneoff=oneoff,
        )
        step = self.steps.add(
            CreateContainer,
            after=[*self._needs(service), *self.free(name), *after],
            resource=f"Container {final}",
            cause=reason.cause,
            why=reason.why,
            name=name,
            body=made.body,
            platform=made.platform,
            replaces=replaces,
            joins=self.joins.made,
            hashed=made.hashed if self.joins.made else None,
            service=service.name,
        )
        ready = self._connect(service, final, step, made.connect)
        return step, ready + self.put(service, final, Made(step), [step])

    def start(
        self,
        service: Service,
        number: int,
        made: int,
        after: Iterable[int],
        progress: Progress,
        why: str,
    ) -> None:
        """Plan the start of a container that a step makes, unless nothing is to be started."""
        name = self.project.container_name(service, number)
        progress.add(number, name, Made(made))
        if self.options.start:
            step = self.begin(service, name, Made(made), after, "stopped", why)
            progress.started.append(step)

    def begin(
        self,
        service: Service,
        name: str,
        container: Ref,
        after: Iterable[int],
        cause: Cause,
        why: str,
        **more: Any,
    ) -> int:
        """Plan the start of a container and what it runs then; the step after which all is done."""
        # What makes up for a failure starts what has run before.
        ready = [] if "rescues" in more else self._prepared(service, container, list(after))
        started = self.steps.add(
            Start,
            after=[*after, *ready],
            resource=f"Container {name}",
            cause=cause,
            why=why,
            container=container,
            service=service.name,
            **more,
        )
        return hooks.post_start(
            self.steps, self.project, service.name, name, container, started, **more
        )

    def _prepared(self, service: Service, container: Ref, after: list[int]) -> list[int]:
        """Return the steps that prepare the start of a service's containers, planned once."""
        if service.pre_start and service.name not in self.prepared:
            self.prepared[service.name] = pre_start(
                self.steps,
                self.project,
                self.snapshot,
                service,
                container,
                after,
                self.joins,
                self.options.around,
            )
        return self.prepared.get(service.name, [])

    def inherited(self, service: Service, old: ContainerState) -> tuple[MountState, ...]:
        """Return the mounts of an old container whose data the one in its place keeps."""
        if self.options.renew_anon_volumes:
            return ()
        image = self.snapshot.images.get(self.project.image(service))
        private = grants.volumes(self.snapshot)
        return tuple(m for m in inheritable(service, old, image) if m.name not in private)

    def _connect(
        self, service: Service, name: str, made: int, connect: tuple[tuple[str, object], ...]
    ) -> list[int]:
        return [
            self.steps.add(
                Connect,
                after=[made],
                resource=f"Network {network}",
                cause="missing",
                why=f"{name} joins it",
                network=network,
                container=Made(made),
                endpoint=endpoint,
                service=service.name,
            )
            for network, endpoint in connect
        ]

    def put(self, service: Service, name: str, container: Ref, after: Iterable[int]) -> list[int]:
        """Plan what is written into a container before it starts; the steps that do."""
        contents = self.options.contents
        return grants.put(self.steps, self.project, service, name, container, contents, list(after))

    def stop(self, state: ContainerState, cause: Cause, why: str, after: Iterable[int]) -> int:
        """Plan to stop a container."""
        return self.steps.add(
            Stop,
            after=after,
            resource=f"Container {state.name}",
            cause=cause,
            why=why,
            container=state.id,
            timeout=self.options.timeout,
            service=state.service,
        )

    def remove(
        self, state: ContainerState, cause: Cause, why: str, after: Iterable[int] = ()
    ) -> int:
        """Plan to stop and remove a container, unless a step does already; its volumes stay."""
        if state.id in self.evicted:
            return self.evicted[state.id]
        needs = list(after)
        if state.state in STOPPABLE and state.id not in self.halted:
            if cause == "surplus":
                needs = hooks.pre_stop(self.steps, self.project, state, needs)
            needs = [self.stop(state, cause, why, needs)]
        elif state.id in self.halted:
            needs.append(self.halted[state.id])
        removed = self.steps.add(
            RemoveContainer,
            after=needs,
            resource=f"Container {state.name}",
            cause=cause,
            why=why,
            container=state.id,
            force=True,
            service=state.service,
        )
        grants.remove_volumes(self.steps, self.snapshot, state, removed)
        return removed

    # What a container waits for.

    def free(self, name: str) -> list[int]:
        """Return the step that takes a container of this name away, if one does."""
        return [self.freed[name]] if name in self.freed else []

    def _needs(self, service: Service) -> list[int]:
        """Return the steps that make what a container of the service refers to."""
        networks, cleared, volumes = self.networks.made, self.networks.cleared, self.volume_made
        made = [networks.get(key) for key in service.networks]
        needed = [step for step in made if isinstance(step, int)]  # the others are there
        if cleared:
            needed += [step for key in service.networks for step in cleared.get(key, ())]
        if volumes:
            mounted = [mount.source for mount in service.volumes if mount.type == "volume"]
            needed += [volumes[key] for key in mounted if key in volumes]
        names = [*service.containers]
        for there in self.joins.linked.values():
            names += there.values()
        needed += [self.named[name] for name in names if name in self.named]
        return needed + [each.op for each in self.joins.made]

    def containers(self, service: str) -> Containers:
        """Return the containers of a service as they are to be, else as they are."""
        progress = self.services.get(service)
        if progress is not None:
            there = zip(progress.names, progress.containers, strict=True)
            return dict(zip(progress.numbers, there, strict=True))
        return standing(self.snapshot, service)
