"""up: observe, plan, apply, and show output unless detached."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from pycompose.app.beforehand import Beforehand, Ready, building_asked
from pycompose.app.lifecycle import carry_out
from pycompose.app.options import UpOptions
from pycompose.app.session import Session, truthy
from pycompose.cancel import Cancel
from pycompose.errors import ApplyError, ComposeFileError, EngineError, Unstartable, UsageError
from pycompose.events import LogLine, Notice, Sink
from pycompose.observe import observe, with_image_details
from pycompose.plan.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pycompose.app.attached import View
    from pycompose.app.beforehand import Draft
    from pycompose.model.project import Project
    from pycompose.snapshot import Snapshot

STARTED_WITHIN: Final = 10.0  # seconds that starts under way get to end before all is stopped


class Look(NamedTuple):
    """A project, what the engine held of it, and the plan from there to it."""

    project: Project
    snapshot: Snapshot
    plan: Plan


def up(session: Session, options: UpOptions) -> int:
    """Make the engine run the project; return the exit code.

    Raises:
        UsageError: the options name what does not exist.
        ApplyError: steps failed.
        Cancelled: the user interrupted.
    """
    project = _wanted(session, options)
    lost: frozenset[str] = frozenset()
    look = Beforehand(session, options).do
    while True:
        with ExitStack() as held:
            held.enter_context(session.exclusive(project.name))
            there = planned(session, options, project, look, lost)
            try:
                return bring_up(session, there, options, held)
            except ApplyError as error:
                found = _unstartable(there.plan, error)
                if not found or lost:
                    raise
        lost = frozenset(found)
        session.emit(Notice(message=f"{', '.join(found.values())}: made anew, as it cannot start"))
        # What was asked for once has been done for all others.
        options = options._replace(
            force_recreate=False,
            always_recreate_deps=False,
            recreate_volumes=False,
            renew_anon_volumes=False,
        )


def _unstartable(plan: Plan, error: ApplyError) -> dict[str, str]:
    """Return the containers that no start will bring up, by id, if nothing else went wrong."""
    found: dict[str, str] = {}
    failed: Mapping[int, EngineError] = getattr(error.report, "failed", {})
    for id, cause in failed.items():
        step = plan.steps[id - 1]
        container = getattr(step, "container", None)
        if not isinstance(cause, Unstartable) or not isinstance(container, str):
            return {}
        found[container] = step.resource
    return found


def bring_up(session: Session, planned: Look, options: UpOptions, held: ExitStack) -> int:
    """Carry a plan of `up` out, and show output unless detached; return the exit code."""
    project, snapshot, plan = planned
    if session.settings.dry_run or options.detach or options.no_start or options.wait:
        timeout = options.wait_timeout if options.wait or options.rolling else None
        carry_out(session, plan, timeout=timeout, project=project)
        return 0
    return _attached(session, project, snapshot, plan, options, held)


def look_and_plan(session: Session, options: UpOptions) -> Look:
    """Return what `up` would do, images first, and what it changes, with what it is made of."""
    from pycompose.plan.changes import replaced, with_changes

    first = Plan()

    def look(project: Project) -> Ready:
        nonlocal first
        ready, first = Beforehand(session, options).look(project)
        return ready

    project, snapshot, plan = planned(session, options, _wanted(session, options), look)
    old = replaced(plan)
    documents = {id: session.engine.inspect_container(id) for id in old}
    plan = _joined(first, with_changes(plan, project, snapshot, documents))
    return Look(project, snapshot, plan)


def planned(
    session: Session,
    options: UpOptions,
    project: Project,
    look: Callable[[Project], Ready],
    lost: frozenset[str] = frozenset(),
) -> Look:
    """Return the project with those that follow, what `look` sees of it, and the plan to it."""
    from pycompose.plan.joins import followers

    ready = look(project)
    plan = converge(session, ready, options, lost=lost)
    also = followers(project, ready.snapshot, plan)
    if also:
        ready = look(_wanted(session, options, also))
        plan = converge(session, ready, options, lost=lost)
    return Look(ready.project, ready.snapshot, plan)


def _joined(first: Plan, second: Plan) -> Plan:
    """Return one plan of two: containers are created once every image is there."""
    shift = len(first.steps)
    ids = tuple(step.id for step in first.steps)
    if not shift:
        return second
    from pycompose.plan.join import moved

    steps = (*first.steps, *(moved(step, shift, ids) for step in second.steps))
    return replace(second, steps=steps, notices=first.notices + second.notices)


def _wanted(session: Session, options: UpOptions, also: tuple[str, ...] = ()) -> Project:
    """Return the project with the services asked for, and `also` others beside them."""
    names = (*options.services, *also) if options.services else ()
    project = session.load(names, dependencies=not options.no_deps)
    if not project.services:
        raise UsageError("no service selected")
    services = dict(project.services)
    for name, count in options.scale.items():
        if name not in services:
            raise UsageError(f"no such service: {name}")
        if count > 1 and services[name].container_name:
            raise UsageError(
                f"service {name!r} can't be scaled: its container_name"
                f" {services[name].container_name!r} is for one container only"
            )
        services[name] = services[name]._replace(scale=count)
    for name in (options.exit_code_from, *options.attach):
        if name and name not in services:
            raise UsageError(f"no such service: {name}")
    from pycompose.app.surroundings import ready

    return ready(replace(project, services=services), session.settings.environ)


def converge(
    session: Session,
    ready: Ready,
    options: UpOptions,
    draft: Draft | None = None,
    *,
    lost: frozenset[str] = frozenset(),
) -> Plan:
    """Return the plan to the project from what is there, as `draft` makes it; without one, of `up`.

    `lost` are the ids of containers that cannot be started any more.

    Raises:
        ComposeFileError: something stands in its way; all that does.
    """
    from pycompose.app.preflight import look
    from pycompose.app.surroundings import gather
    from pycompose.plan.up import Options, Policy, images_needed
    from pycompose.plan.up import draft as draft_of_up

    project, snapshot, awaited = ready
    contents, around, problems = gather(project, session.settings.environ, session.address)
    policy: Policy = "never" if options.no_recreate else "diverged"
    forced = options.force_recreate or options.renew_anon_volumes
    converging = Options(
        named=frozenset(options.services),
        policy="force" if forced else policy,
        dependencies="force" if options.always_recreate_deps else policy,
        recreate_volumes=options.recreate_volumes,
        renew_anon_volumes=options.renew_anon_volumes,
        remove_orphans=options.remove_orphans,
        ignore_orphans=truthy(project.environment.get("COMPOSE_IGNORE_ORPHANS", "")),
        rolling=options.rolling,
        start=not options.no_start,
        wait=options.wait,
        timeout=options.timeout,
        contents=contents,
        lost=lost,
        around=around,
        awaited=awaited,
    )
    needed = images_needed(project, snapshot, converging)
    if needed:
        snapshot = with_image_details(session.engine, snapshot, needed)
    plan, forbidden = (draft or draft_of_up)(project, snapshot, converging)
    build = building_asked(options) != "never"
    problems += forbidden
    problems += look(
        session.engine,
        project,
        snapshot,
        plan,
        pull=options.pull,
        build=build,
    )
    if problems:
        raise ComposeFileError(*sorted(problems, key=lambda one: one.at))
    return plan


def _attached(
    session: Session,
    project: Project,
    snapshot: Snapshot,
    plan: Plan,
    options: UpOptions,
    held: ExitStack,
) -> int:
    """Show output while the plan is carried out; the project is let go of once it is."""
    from pycompose.app.attached import Attached
    from pycompose.plan.lifecycle import stop as plan_stop
    from pycompose.plan.ops import RemoveContainer, Start

    view = _view(project, options)
    names = sorted(
        project.container_name(service, number).removeprefix(f"{project.name}{project.separator}")
        for service in project.services.values()
        if service.name in view.shown
        for number in range(1, service.instances + 1)
    )
    for name in names:
        # The column of names is as wide as the longest one from the first line on.
        session.emit(LogLine(name=name, line=b"", raw=True))
    if names:
        session.emit(LogLine(name="Attaching to", line=", ".join(names).encode(), stream=0))
    steps = [step for step in plan.steps if not step.rescues]
    # What makes way for another is not in view: its end is nobody's end.
    gone = {step.container for step in steps if isinstance(step, RemoveContainer)}
    there = [
        c
        for c in snapshot.containers
        if c.service in project.services and not c.oneoff and c.id not in gone
    ]
    stopped = options.services or tuple(project.services)

    def work(cancel: Cancel, emit: Sink) -> tuple[str, ...]:
        with held:
            made = carry_out(
                session,
                plan,
                project=project,
                cancel=cancel,
                emit=emit,
                patience=STARTED_WITHIN,
            ).made
        refs = [step.container for step in steps if isinstance(step, Start)]
        return tuple(ref if isinstance(ref, str) else made[ref.op] for ref in refs)

    def stop(cancel: Cancel, emit: Sink) -> None:
        with session.exclusive():
            now = observe(session.engine, project.name, images=False)
            plan = plan_stop(project, now, stopped)
            carry_out(session, plan, project=project, cancel=cancel, emit=emit, timed=False)

    return Attached(session, project.name, view).run(there, work, stop)


def _view(project: Project, options: UpOptions) -> View:
    from pycompose.app.attached import View

    named = frozenset(options.services) or frozenset(project.services)
    shown = frozenset(options.attach) or (
        frozenset(project.services) if options.attach_dependencies else named
    )
    quiet = {s.name for s in project.services.values() if s.attach is False}
    shown -= frozenset(options.no_attach) | (quiet - set(options.attach))
    watched = frozenset(options.services) or shown or named
    if options.exit_code_from:
        watched |= {options.exit_code_from}
    return View(
        shown=shown,
        watched=watched,
        abort_on_exit=options.abort_on_container_exit
        or (bool(options.exit_code_from) and not options.abort_on_container_failure),
        abort_on_failure=options.abort_on_container_failure,
        exit_code_from=options.exit_code_from,
        timestamps=options.timestamps,
    )
