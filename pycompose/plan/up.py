"""The reconciler: from what is there to what is wanted. Project and Snapshot in, Plan out; pure.

Source: rules 74-88 and 107-117
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count, islice
from typing import Final, Literal, NamedTuple, TypeAlias

from pycompose import graph, labels
from pycompose.convert.container import container as convert_container
from pycompose.convert.hashing import container_hash
from pycompose.convert.joins import links
from pycompose.convert.surroundings import Surroundings
from pycompose.errors import ComposeFileError, Problem
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import EMPTY
from pycompose.plan import grants, hooks, ports, renew, resources, unsupported
from pycompose.plan.choice import choose
from pycompose.plan.diverged import Divergence, anonymous, diverged, inheritable
from pycompose.plan.joins import Containers, Joins, joins
from pycompose.plan.ops import (
    STOPPABLE,
    Cause,
    Connect,
    CreateContainer,
    Made,
    Ref,
    RemoveContainer,
    Rename,
    Start,
    Stop,
    Unpause,
)
from pycompose.plan.orphans import is_orphan, warnings
from pycompose.plan.plan import Plan
from pycompose.plan.platforms import built_for
from pycompose.plan.progress import Progress, gate_of, wait_for_all
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState, MountState, Snapshot

Policy: TypeAlias = Literal["diverged", "force", "never"]
_TEMPORARY: Final = re.compile(r"[0-9a-f]{12}_")
_UP: Final = ("running", "restarting")


class Options(NamedTuple):
    """How to converge.

    `named` are the services asked for (empty: all); the others are there as dependencies and
    follow `dependencies`. `timeout` in seconds, for stops. `contents` are digests of the secrets
    and configs in use, by `secrets.password`; `around` is what this machine has to say.
    """

    named: frozenset[str] = frozenset()
    policy: Policy = "diverged"
    dependencies: Policy = "diverged"
    recreate_volumes: bool = False
    renew_anon_volumes: bool = False
    remove_orphans: bool = False
    ignore_orphans: bool = False
    start: bool = True
    wait: bool = False
    timeout: int | None = None
    contents: Mapping[str, str] = EMPTY
    around: Surroundings = Surroundings()


def images_needed(project: Project, snapshot: Snapshot, options: Options) -> tuple[str, ...]:
    """Return the references of images whose declared volumes `up` must know, sorted.

    A recreated container keeps its anonymous volumes only where the image still declares them;
    one that is recreated for another reason than its image or its file keeps them all. A service
    that joins others always counts as changed: their ids are not known yet.
    """
    needed = set()
    for state in snapshot.containers:
        service = project.services.get(state.service)
        if service is None or state.oneoff or not any(map(anonymous, state.mounts)):
            continue
        image = project.image(service)
        known = snapshot.images.get(image)
        if known is None or known.volumes is not None:
            continue
        same = known.id == state.image_id
        if not same or state.labels.get(labels.CONFIG_HASH) != container_hash(service):
            needed.add(image)
    return tuple(sorted(needed))


def up(project: Project, snapshot: Snapshot, options: Options) -> Plan:
    """Return the steps that make the engine run the project.

    Images are expected to be there; a container of a missing one fails when it is created.

    Raises:
        ComposeFileError: an external network or volume is missing, a stranger holds the name of
            a network, a secret or config cannot be given to a container, or the project needs
            what is not supported yet.
    """
    plan, problems = draft(project, snapshot, options)
    if problems:
        raise ComposeFileError(*problems)
    return plan


def draft(project: Project, snapshot: Snapshot, options: Options) -> tuple[Plan, list[Problem]]:
    """Return the same steps as `up`, and what of missing or taken resources forbids them.

    Raises:
        ComposeFileError: the project needs what is not supported, or cannot be planned at all.
    """
    unsupported.refuse(project, snapshot.capabilities)
    project = built_for(project)
    run = _Up(project, snapshot, options)
    return run.plan(), run.steps.problems


class _Up:
    """One run of the planner; its state is the plan so far."""

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
        self.network_made: dict[str, int | str] = {}
        self.volume_made: dict[str, int] = {}
        self.dependents = graph.dependents(project)
        self.there: dict[str, list[ContainerState]] = {}
        for state in snapshot.containers:
            if not state.oneoff and state.state != "removing":
                self.there.setdefault(state.service, []).append(state)
        self.joins = Joins({}, (), {})  # of the service at hand

    def plan(self) -> Plan:
        self.network_made = resources.networks(self.project, self.snapshot, self.steps)
        renewed = self._renewed() if self.options.recreate_volumes else {}
        self.volume_made = resources.volumes(self.project, self.snapshot, self.steps, renewed)
        self._orphans()
        for name in graph.order(self.project):
            self._service(self.project.services[name])
        if self.options.wait:
            wait_for_all(self.steps, self.project, self.services)
        return ports.in_turn(self.project, self.snapshot, self.steps.plan())

    def _renewed(self) -> dict[str, int]:
        """Plan volumes anew, their users removed first; the step that makes each."""
        made: dict[str, int] = {}
        for key, name in renew.volumes(self.project, self.snapshot):
            using = renew.users(self.snapshot, name)
            problem = renew.stranger(self.project, key, using)
            if problem is not None:
                self.steps.problems.append(problem)
                continue
            for state in using:
                after = [s.id for s in self.steps.all if getattr(s, "container", "") == state.id]
                why = f"volume {name} is made anew"
                self.evicted[state.id] = self._remove(state, "dependency", why, after)
                self.freed[state.name] = self.evicted[state.id]
            removed = [self.evicted[state.id] for state in using]
            made[key] = renew.volume(self.project, self.steps, key, removed)
        return made

    # Which containers stay, go, or are made anew.

    def _service(self, service: Service) -> None:
        progress = self.services[service.name] = Progress()
        gate = gate_of(self.steps, self.services, service) if self.options.start else []
        self.joins = joins(self.project, service, self._containers)
        mine = self.there.get(service.name, [])
        verdicts = {c.id: self._verdict(service, c) for c in mine}
        keep, surplus = choose(self.project, service, mine, verdicts)
        for state, cause, why in surplus:
            self.freed[state.name] = self._remove(state, cause, why)
        for state in keep:
            verdict = verdicts[state.id]
            if verdict is None:
                self._reuse(service, state, gate, progress)
            else:
                self._recreate(service, state, verdict, gate, progress)
        for number in self._free_numbers(service, service.instances - len(keep)):
            self._create(service, number, gate, progress)

    def _free_numbers(self, service: Service, how_many: int) -> list[int]:
        """Return the lowest numbers that no container of the service has, gaps included."""
        taken = {
            c.number for c in self.snapshot.containers if c.service == service.name and not c.oneoff
        }
        return list(islice((n for n in count(1) if n not in taken), max(0, how_many)))

    def _policy(self, service: Service) -> Policy:
        named = not self.options.named or service.name in self.options.named
        return self.options.policy if named else self.options.dependencies

    def _verdict(self, service: Service, state: ContainerState) -> Divergence | None:
        policy = self._policy(service)
        if state.id in self.evicted:
            return Divergence("dependency", "a volume it uses is made anew")
        if policy == "force":
            return Divergence("forced", "recreation was asked for")
        found = diverged(
            self.project,
            service,
            state,
            self.snapshot,
            self.network_made,
            contents=self.options.contents,
            references=self.joins.references,
        )
        if found is not None and self.joins.made and state.state != "dead":
            found = Divergence("dependency", "what it shares something with is made anew")
        return None if policy == "never" and state.state != "dead" else found

    # One container.

    def _reuse(
        self,
        service: Service,
        state: ContainerState,
        gate: list[int],
        progress: Progress,
    ) -> None:
        after = list(gate)
        name = self.project.container_name(service, state.number or 1)
        if state.name != name and (name in self.freed or _TEMPORARY.match(state.name)):
            after.append(
                self.steps.add(
                    Rename,
                    after=self._free(name),
                    resource=f"Container {name}",
                    cause="interrupted",
                    why=f"it was left with the name {state.name}",
                    container=state.id,
                    name=name,
                    service=service.name,
                )
            )
        progress.containers.append(state.id)
        progress.names.append(name)
        progress.numbers.append(state.number or 1)
        halt = self.halted.get(state.id)
        if state.state in _UP and halt is None:
            progress.settled.append(state)
            self.steps.running.append(name)
        elif self.options.start:
            if state.state == "paused" and halt is None:
                kind: type[Unpause] | type[Start] = Unpause
                why = "it is paused"
            else:
                kind, why = Start, f"it is {state.state}"
            if halt is not None:
                after.append(halt)
                why = "something it depends on is recreated"
            if kind is Start:
                after += self._put(service, name, state.id, [] if halt is None else [halt])
            step = self.steps.add(
                kind,
                after=after,
                resource=f"Container {name}",
                cause="stopped" if halt is None else "dependency",
                why=why,
                container=state.id,
                service=service.name,
            )
            if kind is Start:
                step = self._hooked(service, name, state.id, step)
            progress.started.append(step)

    def _create(self, service: Service, number: int, gate: list[int], progress: Progress) -> None:
        name = self.project.container_name(service, number)
        made, ready = self._make(service, number, name, Divergence("missing", "no container yet"))
        self.named[name] = made
        after = [made, *ready, *gate]
        self._start(service, number, made, after, progress, "created")

    def _make(
        self,
        service: Service,
        number: int,
        name: str,
        reason: Divergence,
        *,
        inherited: tuple[MountState, ...] = (),
        replaces: str = "",
    ) -> tuple[int, list[int]]:
        """Plan a container called `name`; its step, and those it starts after.

        `replaces` is the id of the container whose place it takes, empty for none.
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
        )
        step = self.steps.add(
            CreateContainer,
            after=[*self._needs(service), *self._free(name)],
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
        return step, ready + self._put(service, final, Made(step), [step])

    def _recreate(
        self,
        service: Service,
        old: ContainerState,
        verdict: Divergence,
        gate: list[int],
        progress: Progress,
    ) -> None:
        """Create under a temporary name, stop and remove the old one, rename, start.

        One that had to go before its volume is gone already.
        """
        number = old.number or 1
        name = self.project.container_name(service, number)
        halts = self._halt_dependents(service, old)
        inherited = () if self.options.renew_anon_volumes else self._inherited(service, old)
        if old.id in self.evicted:
            made, ready = self._make(service, number, name, verdict, inherited=inherited)
            self.named[name] = made
            self._start(service, number, made, [made, *ready, *gate], progress, "recreated")
            return
        made, ready = self._make(
            service,
            number,
            f"{old.id[:12]}_{name}",
            verdict,
            inherited=inherited,
            replaces=old.id,
        )
        removed = self._remove(old, "replaced", f"replaced by #{made}", [made, *ready, *halts])
        renamed = self.steps.add(
            Rename,
            after=[removed, *self._free(name)],
            resource=f"Container {name}",
            cause="replaced",
            why=f"takes the place of {old.id[:12]}",
            container=Made(made),
            name=name,
            service=service.name,
        )
        self.named[name] = renamed
        self._start(service, number, made, [renamed, *gate], progress, "recreated")

    def _inherited(self, service: Service, old: ContainerState) -> tuple[MountState, ...]:
        image = self.snapshot.images.get(self.project.image(service))
        private = grants.volumes(self.snapshot)
        return tuple(m for m in inheritable(service, old, image) if m.name not in private)

    def _start(
        self,
        service: Service,
        number: int,
        made: int,
        after: list[int],
        progress: Progress,
        why: str,
    ) -> None:
        name = self.project.container_name(service, number)
        progress.containers.append(Made(made))
        progress.names.append(name)
        progress.numbers.append(number)
        if self.options.start:
            step = self.steps.add(
                Start,
                after=after,
                resource=f"Container {name}",
                cause="stopped",
                why=why,
                container=Made(made),
                service=service.name,
            )
            progress.started.append(self._hooked(service, name, Made(made), step))

    def _hooked(self, service: Service, name: str, container: Ref, started: int) -> int:
        return hooks.post_start(self.steps, self.project, service.name, name, container, started)

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

    def _put(self, service: Service, name: str, container: Ref, after: list[int]) -> list[int]:
        contents = self.options.contents
        return grants.put(self.steps, self.project, service, name, container, contents, after)

    def _remove(
        self, state: ContainerState, cause: Cause, why: str, after: list[int] | None = None
    ) -> int:
        """Plan to stop and remove a container, unless a step does already; its volumes stay."""
        if state.id in self.evicted:
            return self.evicted[state.id]
        needs = list(after or ())
        if state.state in STOPPABLE and state.id not in self.halted:
            if cause == "surplus":
                needs = hooks.pre_stop(self.steps, self.project, state, needs)
            needs = [
                self.steps.add(
                    Stop,
                    after=needs,
                    resource=f"Container {state.name}",
                    cause=cause,
                    why=why,
                    container=state.id,
                    timeout=self.options.timeout,
                    service=state.service,
                )
            ]
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

    def _free(self, name: str) -> list[int]:
        """Return the step that takes a container of this name away, if one does."""
        return [self.freed[name]] if name in self.freed else []

    def _needs(self, service: Service) -> list[int]:
        """Return the steps that make what a container of the service refers to."""
        networks = [self.network_made.get(key) for key in service.networks]
        volumes = [self.volume_made.get(m.source) for m in service.volumes if m.type == "volume"]
        linked = [name for there in self.joins.linked.values() for name in there.values()]
        others = [self.named.get(name) for name in (*service.containers, *linked)]
        shared = [made.op for made in self.joins.made]
        return [made for made in (*networks, *volumes, *others, *shared) if isinstance(made, int)]

    def _containers(self, service: str) -> Containers:
        """Return the containers of a service as they are to be, else as they are."""
        progress = self.services.get(service)
        if progress is not None:
            there = zip(progress.names, progress.containers, strict=True)
            return dict(zip(progress.numbers, there, strict=True))
        return {
            c.number: (c.name, c.id)
            for c in self.snapshot.containers
            if c.service == service and not c.oneoff and c.number is not None
        }

    def _halt_dependents(self, service: Service, old: ContainerState) -> list[int]:
        """Plan to stop the containers that ask to be restarted with this service."""
        halts: list[int] = []
        if not self.options.start or old.state not in STOPPABLE:
            return halts
        for name in self.dependents[service.name]:
            if not self.project.services[name].depends_on[service.name].restart:
                continue
            for state in self.snapshot.containers:
                mine = state.service == name and not state.oneoff
                if mine and state.state in _UP and state.id not in self.halted:
                    self.halted[state.id] = self.steps.add(
                        Stop,
                        after=hooks.pre_stop(self.steps, self.project, state),
                        resource=f"Container {state.name}",
                        cause="dependency",
                        why=f"{service.name}, which it depends on, is recreated",
                        container=state.id,
                        timeout=self.options.timeout,
                        service=name,
                    )
                    halts.append(self.halted[state.id])
        return halts

    def _orphans(self) -> None:
        orphans = [c for c in self.snapshot.containers if is_orphan(self.project, c)]
        if self.options.remove_orphans:
            for orphan in orphans:
                why = f"no service {orphan.service!r} in the files"
                self.freed[orphan.name] = self._remove(orphan, "orphan", why)
        if not self.options.ignore_orphans:
            left = [] if self.options.remove_orphans else orphans
            for warning in warnings(self.project, left, self.snapshot.containers):
                self.steps.warn(warning)
