"""up, down, start, stop and restart: observe, plan, apply."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pycompose.app.beforehand import Beforehand, Ready, building_asked
from pycompose.app.options import DownOptions, StartOptions, StopOptions, UpOptions
from pycompose.app.session import Session, truthy
from pycompose.cancel import Cancel
from pycompose.errors import ApplyError, ComposeFileError, EngineError, Unstartable, UsageError
from pycompose.events import Event, LogLine, Notice, Progress, Sink
from pycompose.model.values import EMPTY
from pycompose.observe import observe, with_image_details
from pycompose.plan.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pycompose.app.attached import View
    from pycompose.app.beforehand import Draft
    from pycompose.model.project import Project
    from pycompose.perform import Move
    from pycompose.plan.providers import Provided
    from pycompose.plan.stubborn import Slow
    from pycompose.programs import Programs
    from pycompose.snapshot import Snapshot


NOTHING: Final[Mapping[int, Any]] = MappingProxyType({})
STARTED_WITHIN: Final = 10.0  # seconds that starts under way get to end before all is stopped


class Outcome(NamedTuple):
    """What came of a plan: the containers that steps made, the variables that programs set."""

    made: Mapping[int, str] = NOTHING
    provided: Mapping[int, Provided] = NOTHING


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


def plan_up(session: Session, options: UpOptions) -> Plan:
    """Return what `up` would do, images first, and what it changes; nothing is changed."""
    return look_and_plan(session, options).plan


def look_and_plan(session: Session, options: UpOptions) -> Look:
    """Return what `plan_up` does, with what it is made of."""
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
    from pycompose.plan.up import Options, images_needed
    from pycompose.plan.up import draft as draft_of_up

    project, snapshot, awaited = ready
    contents, around, problems = gather(project, session.settings.environ, session.address)
    policy = "never" if options.no_recreate else "diverged"
    forced = options.force_recreate or options.renew_anon_volumes
    converging = Options(
        named=frozenset(options.services),
        policy="force" if forced else policy,  # type: ignore[arg-type]  # a Literal of two
        dependencies="force" if options.always_recreate_deps else policy,  # type: ignore[arg-type]
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


def carry_out(
    session: Session,
    plan: Plan,
    *,
    project: Project | None = None,
    timeout: float | None = None,
    quiet: bool = False,
    cancel: Cancel | None = None,
    emit: Sink | None = None,
    patience: float | None = None,
    move: Move | None = None,
    timed: bool = True,
) -> Outcome:
    """Apply a plan, or tell what it would do under --dry-run; return what came of it.

    `project` is what secrets and configs that the plan writes are of, and the variables that its
    programs get; it tells the places of what was waited for in vain, and of what had to be killed
    though it was asked to stop. `move` copies volumes. Without `emit` nobody
    listens to what hooks write. When its steps ran is kept in the session if the plan is `timed`.
    """
    emit = emit or _without(LogLine, session.emit)
    if not plan.steps:
        for remark in plan.remarks:
            emit(remark)
        return Outcome()
    if session.settings.dry_run:
        from pycompose.app.rehearse import rehearse

        rehearse(plan, emit)
        return Outcome()
    from pycompose.app.diagnosis import diagnosis
    from pycompose.apply import PATIENCE, apply
    from pycompose.files.archive import archive
    from pycompose.files.context import build_context
    from pycompose.plan.ops import Restart, Stop
    from pycompose.plan.stubborn import warnings

    slow: list[Slow] = []
    programs = _programs(session, project, plan)
    # What a container does that makes way for another says nothing of the file as it is now.
    asked = any(isinstance(s, Stop | Restart) and s.cause == "asked" for s in plan.steps)
    try:
        report = apply(
            plan,
            session.engine,
            _without(Progress, emit) if quiet else emit,
            cancel=cancel or session.cancel,
            parallel=session.settings.parallel,
            timeout=timeout,
            build_context=build_context,
            contents=partial(archive, project) if project is not None else None,
            diagnose=diagnosis(session.engine, project, plan) if project is not None else None,
            slow=slow.append if asked and project is not None else None,
            programs=programs,
            move=move,
            patience=PATIENCE if patience is None else patience,
        )
        if timed:
            session.carried.append((plan, report.spans))
    except ApplyError as error:
        if timed:
            session.carried.append((plan, getattr(error.report, "spans", NOTHING)))
        raise
    finally:
        if programs is not None:
            programs.close()
        if slow and project is not None:
            for warning in warnings(project, slow):
                emit(warning)
    return Outcome(report.made, report.provided)


def _programs(session: Session, project: Project | None, plan: Plan) -> Programs | None:
    """Return what runs the programs of a plan, None where it has none."""
    from pycompose.plan.ops import CallProvider, ConfigureModel, PullModel

    if not any(isinstance(s, CallProvider | ConfigureModel | PullModel) for s in plan.steps):
        return None
    from pycompose.app.programs import environment
    from pycompose.programs import Programs

    environ = session.settings.environ
    if project is None:
        return Programs(environ)
    return Programs(environment(project, environ, session.chosen))


def _without(kind: type[Event], emit: Sink) -> Sink:
    def filtered(event: Event) -> None:
        if not isinstance(event, kind):
            emit(event)

    return filtered


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


def down(session: Session, options: DownOptions) -> None:
    """Take the project down.

    Raises:
        UsageError: a service was named that does not exist.
        ApplyError: steps failed.
    """
    from pycompose.plan.adopt import with_dependents
    from pycompose.plan.down import Options
    from pycompose.plan.down import down as plan_down

    with session.exclusive():
        project, snapshot = project_there(session, options.services, images=bool(options.rmi))
        services = options.services
        if session.project_if_any is None:
            services = with_dependents(project, services)
        asked = Options(
            services=frozenset(services),
            volumes=options.volumes,
            images=options.rmi,
            remove_orphans=options.remove_orphans,
            timeout=options.timeout,
            fast=options.fast,
            programs=_providers(session, project),
        )
        carry_out(session, plan_down(project, snapshot, asked), project=project)


def _providers(session: Session, project: Project) -> Mapping[str, str]:
    """Return the programs that provide services, by type."""
    if not any(service.provider for service in project.services.values()):
        return EMPTY
    from pycompose.app.programs import programs_of

    return programs_of(project, session.settings.environ).providers


def start(session: Session, options: StartOptions) -> None:
    """Start containers of services and of what they depend on, in order.

    Raises:
        UsageError: a service was named that does not exist, or containers are missing.
        ApplyError: steps failed.
    """
    from pycompose.plan import adopt
    from pycompose.plan import lifecycle as plans

    with session.exclusive():
        project, snapshot = project_there(session, options.services)
        if session.project_if_any is None:
            adopt.check_start(project, snapshot, options.services)
        if any(service.pre_start for service in project.services.values()):
            project = session.load(options.services)  # hooks need more than names
        plan = plans.start(project, snapshot, options.services, wait=options.wait)
        _complete(snapshot, plan)
        timeout = options.wait_timeout if options.wait else None
        carry_out(session, plan, timeout=timeout, project=project)


def stop(session: Session, options: StopOptions) -> None:
    """Stop containers, dependents first.

    Raises:
        UsageError: a service was named that does not exist.
        ApplyError: steps failed.
    """
    from pycompose.plan import lifecycle as plans

    with session.exclusive():
        project, snapshot = project_there(session, options.services)
        plan = plans.stop(project, snapshot, options.services, timeout=options.timeout)
        carry_out(session, plan, project=project)


def restart(session: Session, options: StopOptions) -> None:
    """Restart containers, and those of services that ask to be restarted with them.

    Raises:
        UsageError: a service was named that does not exist.
        ApplyError: steps failed.
    """
    from pycompose.plan import adopt
    from pycompose.plan import lifecycle as plans

    with session.exclusive():
        project, snapshot = project_there(session, options.services)
        if session.project_if_any is None:
            adopt.check(project, options.services)
        plan = plans.restart(
            project,
            snapshot,
            options.services,
            timeout=options.timeout,
            dependents=not options.no_deps,
        )
        _complete(snapshot, plan)
        carry_out(session, plan, project=project)


def _complete(snapshot: Snapshot, plan: Plan) -> None:
    """Check that no container is started on a volume that was filled only in part.

    Raises:
        UsageError: one would be.
    """
    from pycompose.plan.resources import incomplete

    bad = incomplete(snapshot)
    started = {getattr(step, "container", "") for step in plan.steps}
    for container in snapshot.containers if bad else ():
        if container.id in started:
            for mount in container.mounts:
                if mount.type == "volume" and mount.name in bad:
                    raise UsageError(
                        f"volume {mount.name} of {container.name} is incomplete: what was to fill"
                        " it was cut off (restore or clone it once more)"
                    )


def project_there(
    session: Session, services: tuple[str, ...], *, images: bool = False
) -> tuple[Project, Snapshot]:
    """Return the project from its files, else from the labels of what is there."""
    from pycompose.plan.adopt import adopt

    project = session.project_if_any
    if project is not None:
        session.known(project, services)
        if any(name in project.disabled for name in services):
            project = session.load(services, names_only=True)
    snapshot = observe(session.engine, session.project_name, project, images=images)
    if project is not None:
        return project, snapshot
    project = adopt(snapshot)
    # Which images they use, the containers had to tell first.
    return project, observe(session.engine, project.name, project) if images else snapshot
