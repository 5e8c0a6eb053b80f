"""The reconciler: from what is there to what is wanted. Project and Snapshot in, Plan out; pure.

Which containers stay, go, or are replaced is decided here; how they are is in `plan.recreate` and
`plan.rolling`.

Source: rules 74-88 and 107-117
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count, islice

from pycompose import graph, labels
from pycompose.convert.hashing import container_hash
from pycompose.errors import ComposeFileError, Problem
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan import grants, ports, renew, resources, unsupported, updates
from pycompose.plan.choice import Surplus, choose
from pycompose.plan.convergence import Convergence, Options, Policy
from pycompose.plan.diverged import Divergence, anonymous, diverged
from pycompose.plan.joins import joins, joins_of
from pycompose.plan.ops import Cause, Rename, Unpause
from pycompose.plan.orphans import is_orphan, warnings
from pycompose.plan.plan import Plan
from pycompose.plan.platforms import built_for
from pycompose.plan.progress import Progress, gate_of, wait_for_all
from pycompose.plan.recreate import TEMPORARY, UP, halt, recreate
from pycompose.plan.rolling import Replacement, begun, roll
from pycompose.snapshot import ContainerState, Snapshot

__all__ = ["Options", "Policy", "draft", "images_needed", "up"]


def images_needed(project: Project, snapshot: Snapshot, options: Options) -> tuple[str, ...]:
    """Return the references of images whose declared volumes `up` must know, sorted.

    A recreated container keeps its anonymous volumes only where the image still declares them;
    one that is recreated for another reason than its image or its file keeps them all. Whoever
    joins others counts as changed if it joins other containers now.
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
        joined = container_hash(service, joins_of(snapshot, service))
        if known.id != state.image_id or state.labels.get(labels.CONFIG_HASH) != joined:
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
    run = Convergence(built_for(project), snapshot, options)
    converge(run)
    plan = ports.in_turn(run.project, snapshot, run.steps.plan())
    return plan, run.steps.problems


def converge(run: Convergence, but: str = "") -> None:
    """Plan all that makes the engine run the project, but for one service."""
    orphans = [c for c in run.snapshot.containers if is_orphan(run.project, c)]
    going = {c.id for c in orphans} if run.options.remove_orphans else ()
    run.networks = resources.networks(run.project, run.snapshot, run.steps, going)
    renewed = _renewed(run) if run.options.recreate_volumes else {}
    run.volume_made = resources.volumes(run.project, run.snapshot, run.steps, renewed)
    grants.sweep(run.steps, run.snapshot)
    _orphans(run, orphans)
    for name in graph.order(run.project):
        if name != but:
            _service(run, run.project.services[name])
    if run.options.wait:
        wait_for_all(run.steps, run.project, run.services)


def _renewed(run: Convergence) -> dict[str, int]:
    """Plan volumes anew, their users removed first; the step that makes each."""
    made: dict[str, int] = {}
    for key, name in renew.volumes(run.project, run.snapshot):
        using = renew.users(run.snapshot, name)
        problem = renew.stranger(run.project, key, using)
        if problem is not None:
            run.steps.problems.append(problem)
            continue
        for state in using:
            after = [s.id for s in run.steps.all if getattr(s, "container", "") == state.id]
            why = f"volume {name} is made anew"
            run.evicted[state.id] = run.remove(state, "dependency", why, after)
            run.freed[state.name] = run.evicted[state.id]
        removed = [run.evicted[state.id] for state in using]
        made[key] = renew.volume(run.project, run.steps, key, removed)
    return made


def _orphans(run: Convergence, orphans: list[ContainerState]) -> None:
    if run.options.remove_orphans:
        for orphan in orphans:
            why = f"no service {orphan.service!r} in the files"
            run.freed[orphan.name] = run.remove(orphan, "orphan", why)
    if not run.options.ignore_orphans:
        left = [] if run.options.remove_orphans else orphans
        for warning in warnings(run.project, left, run.snapshot.containers):
            run.steps.warn(warning)


# Which containers stay, go, or are made anew.


def _service(run: Convergence, service: Service) -> None:
    progress = run.services[service.name] = Progress()
    gate = gate_of(run.steps, run.services, service) if run.options.start else []
    run.joins = joins(run.project, service, run.containers)
    mine = run.there.get(service.name, [])
    verdicts = {c.id: _verdict(run, service, c) for c in mine}
    keep, surplus = choose(run.project, service, mine, verdicts)
    if any(
        verdicts[c.id] is None and c.state in (*UP, "paused") and c.id not in run.halted
        for c in keep
    ):
        run.prepared[service.name] = []  # it runs already
    replacements, keep, surplus = _rolling(run, service, keep, surplus, verdicts)
    # What is too many goes at once, unless others are replaced, which may fail.
    later = [each for each in surplus if replacements and each.cause == "surplus"]
    for each in surplus:
        if each not in later:
            run.freed[each.state.name] = run.remove(*each)
    for state in keep:
        verdict = verdicts[state.id]
        if verdict is None:
            _reuse(run, service, state, gate, progress)
        else:
            recreate(run, service, state, verdict, gate, progress)
    after: list[int] = []
    if replacements:
        after = roll(run, service, replacements, updates.update(service), gate, progress)
        run.rolled[service.name] = after
    for each in later:
        run.freed[each.state.name] = run.remove(*each, after)
    missing = service.instances - len(keep) - len(replacements)
    for number in _free_numbers(run, service, missing):
        run.create(service, number, gate, progress, after=after)


def _free_numbers(run: Convergence, service: Service, how_many: int) -> list[int]:
    """Return the lowest numbers that no container of the service has, gaps included."""
    taken = run.taken.get(service.name, ())
    return list(islice((n for n in count(1) if n not in taken), max(0, how_many)))


def _rolling(
    run: Convergence,
    service: Service,
    keep: list[ContainerState],
    surplus: list[Surplus],
    verdicts: Mapping[str, Divergence | None],
) -> tuple[list[Replacement], list[ContainerState], list[Surplus]]:
    """Return the containers that are replaced one group after the other, and what is left."""
    rolls = updates.rolls(service, run.options.rolling)
    run.steps.problems += updates.wrong_extension(run.project, service)
    if rolls:
        run.steps.problems += updates.wrong(run.project, service)
    if not run.options.start:
        return [], keep, surplus
    gone = list(surplus)
    replacements: list[Replacement] = []
    left: list[ContainerState] = []
    for state in keep:
        verdict = verdicts[state.id]
        name = run.project.container_name(service, state.number or 1)
        twin = next((s for s in gone if begun(state, s.state, name, rolls=rolls)), None)
        if verdict is None and twin is not None and twin.state.id not in run.evicted:
            gone.remove(twin)
            reason = Divergence(twin.cause, twin.why)
            replacements.append(Replacement(twin.state, reason, state))
        elif verdict is not None and rolls and state.id not in run.evicted:
            replacements.append(Replacement(state, verdict))
        else:
            left.append(state)
    return replacements, left, gone


def _policy(run: Convergence, service: Service) -> Policy:
    named = not run.options.named or service.name in run.options.named
    return run.options.policy if named else run.options.dependencies


def _verdict(run: Convergence, service: Service, state: ContainerState) -> Divergence | None:
    policy = _policy(run, service)
    if state.id in run.evicted:
        return Divergence("dependency", "a volume it uses is made anew")
    if state.id in run.options.lost:
        return Divergence("incomplete", "the engine cannot start it any more")
    if policy == "force":
        return Divergence("forced", "recreation was asked for")
    found = diverged(
        run.project,
        service,
        state,
        run.snapshot,
        run.networks.made,
        contents=run.options.contents,
        references=run.joins.references,
        awaited=run.options.awaited.get(service.name, ()),
    )
    if found is not None and run.joins.made and state.state != "dead":
        found = Divergence("dependency", "what it shares something with is made anew")
    left = state.id in run.networks.left
    if found is None and left:
        found = Divergence("incomplete", "it is taken off a network that goes")
    return None if policy == "never" and state.state != "dead" and not left else found


def _reuse(
    run: Convergence,
    service: Service,
    state: ContainerState,
    gate: list[int],
    progress: Progress,
) -> None:
    """Plan that a container runs, under its own name; restarted, if it asks for that."""
    after = list(gate)
    name = run.project.container_name(service, state.number or 1)
    if state.name != name and (name in run.freed or TEMPORARY.match(state.name)):
        after.append(
            run.steps.add(
                Rename,
                after=run.free(name),
                resource=f"Container {name}",
                cause="interrupted",
                why=f"it was left with the name {state.name}",
                container=state.id,
                name=name,
                service=service.name,
            )
        )
    progress.add(state.number or 1, name, state.id)
    halted = run.halted.get(state.id)
    if halted is None and state.state in UP:
        halted = _followed(run, service, state)
    if halted is None and state.stopping and run.options.start:
        # Its end can be waited for, and not prevented.
        why = "it was told to stop before"
        halted = run.halted[state.id] = run.stop(state, "interrupted", why, [])
    if state.state in UP and halted is None:
        progress.settled.append(state)
        run.steps.running.append(name)
    elif run.options.start:
        progress.started.append(_started(run, service, state, name, after, halted))


def _followed(run: Convergence, service: Service, state: ContainerState) -> int | None:
    """Plan to stop a container once what it wants to be restarted with has been replaced."""
    for name, need in service.depends_on.items():
        if need.restart and run.rolled.get(name):
            why = f"{name}, which it depends on, is replaced"
            return halt(run, state, why, run.rolled[name])
    return None


def _started(
    run: Convergence,
    service: Service,
    state: ContainerState,
    name: str,
    after: list[int],
    halted: int | None,
) -> int:
    """Plan to start a container that does not run, or is halted; the step after which it runs."""
    if state.state == "paused" and halted is None:
        return run.steps.add(
            Unpause,
            after=after,
            resource=f"Container {name}",
            cause="stopped",
            why="it is paused",
            container=state.id,
            service=service.name,
        )
    stops = [] if halted is None else [halted]
    put = run.put(service, name, state.id, stops)
    why = f"it is {state.state}" if halted is None else "something it depends on is recreated"
    why = "it was told to stop before" if state.stopping else why
    cause: Cause = "stopped" if halted is None else "dependency"
    return run.begin(service, name, state.id, [*after, *stops, *put], cause, why)
