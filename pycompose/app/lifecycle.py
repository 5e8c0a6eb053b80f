"""down, start, stop and restart: observe, plan, apply; and how any command carries out a plan."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pycompose.app.options import DownOptions, StartOptions, StopOptions
from pycompose.app.session import Session
from pycompose.cancel import Cancel
from pycompose.errors import ApplyError, UsageError
from pycompose.events import Event, LogLine, Progress, Sink
from pycompose.model.values import EMPTY
from pycompose.observe import observe
from pycompose.plan.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycompose.model.project import Project
    from pycompose.perform import Move
    from pycompose.plan.providers import Provided
    from pycompose.plan.stubborn import Slow
    from pycompose.programs import Programs
    from pycompose.snapshot import Snapshot


NOTHING: Final[Mapping[int, Any]] = MappingProxyType({})


class Outcome(NamedTuple):
    """What came of a plan: the containers that steps made, the variables that programs set."""

    made: Mapping[int, str] = NOTHING
    provided: Mapping[int, Provided] = NOTHING


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
