"""`run`: one container of a service, beside those that `up` makes, for one command.

Source: docker/compose pkg/compose/run.go, cmd/compose/run.go; rules 129-138
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from pycompose.app.beforehand import Beforehand
from pycompose.app.converse import Console, Manner, detach_keys
from pycompose.app.inner import RunOptions
from pycompose.app.lifecycle import carry_out
from pycompose.app.options import UpOptions
from pycompose.app.running import accompany
from pycompose.app.session import Session
from pycompose.app.surroundings import ready
from pycompose.app.up import converge
from pycompose.errors import UsageError

if TYPE_CHECKING:
    from pycompose.model.project import Project
    from pycompose.model.service import Service
    from pycompose.plan.ops import Step
    from pycompose.plan.plan import Plan
    from pycompose.snapshot import Snapshot

SLUG_BYTES: Final = 32
SHORT: Final = 12  # digits of the slug in a name


def run(
    session: Session, options: RunOptions, console: Console, tell: Callable[[str], None]
) -> int:
    """Run a service's container for one command; return its exit code.

    `tell` gets the id of a container that is left running (`detach`).

    Raises:
        UsageError: there is no such service, a flag says what it cannot, or there is no terminal.
        ComposeFileError: the files forbid it.
        ApplyError: steps failed.
    """
    from pycompose.convert.container import OneOff
    from pycompose.plan.oneoff import draft

    session.known(session.project, (options.service,))
    project = session.load((options.service,), dependencies=not options.no_deps)
    project = ready(project, session.settings.environ)
    tty, stdin = _streams(options, console)
    slug = secrets.token_hex(SLUG_BYTES)
    service = _variant(session, project, options, slug, tty=tty, stdin=stdin)
    project = replace(project, services={**project.services, service.name: service})
    oneoff = OneOff(slug=slug, auto_remove=options.rm, aliases=options.use_aliases, stdin=stdin)
    planning = partial(draft, oneoff=oneoff, start=options.detach)
    asked = _up_options(options)
    with session.exclusive(project.name):
        there = Beforehand(session, asked, partial(planning, service=service)).do(project)
        project, snapshot, _ = there
        service = project.services[service.name]
        plan = converge(session, there, asked, partial(planning, service=service))
        made = carry_out(session, plan, project=project).made
        if session.settings.dry_run:
            if options.detach:
                return 0
            raise UsageError("interactive run is not supported in dry-run mode")
    [container] = [made[s.id] for s in plan.steps if _creates(s, service.container_name)]
    if options.detach:
        tell(container)
        return 0
    try:
        return _accompanied(session, project, snapshot, service, container, console, tty=tty)
    finally:
        if options.down:
            _take_back(session, project, plan, made)


def _accompanied(
    session: Session,
    project: Project,
    snapshot: Snapshot,
    service: Service,
    container: str,
    console: Console,
    *,
    tty: bool,
) -> int:
    from pycompose.plan.oneoff import start

    def begin() -> None:
        plan = start(project, snapshot, service, container)
        carry_out(session, plan, emit=lambda event: None)

    session.settle()
    manner = Manner(tty=tty, stdin=service.stdin_open, detach_keys=detach_keys(session.detach_keys))
    attachment = session.engine.attach(container, tty=tty, stdin=service.stdin_open)
    return accompany(
        session.engine, container, attachment, console, manner, sig_proxy=True, begin=begin
    )


def _creates(step: Step, name: str) -> bool:
    from pycompose.plan.ops import CreateContainer

    return isinstance(step, CreateContainer) and step.name == name


def _take_back(session: Session, project: Project, plan: Plan, made: Mapping[int, str]) -> None:
    from pycompose.observe import observe
    from pycompose.plan.oneoff import take_back

    with session.exclusive(project.name):
        snapshot = observe(session.engine, project.name, images=False)
        carry_out(session, take_back(project, snapshot, plan, set(made.values())))


def _streams(options: RunOptions, console: Console) -> tuple[bool, bool]:
    """Return whether the command gets a terminal, and whether its input is kept open.

    Raises:
        UsageError: it would be typed on a keyboard that is not there.

    Source: rule 132
    """
    stdin = options.interactive is not False
    tty = options.tty
    if tty is None:
        unasked = options.interactive is None and not console.keyboard
        tty = console.screen and not unasked
    if options.detach:
        return tty, stdin
    if tty and stdin and not console.keyboard:
        raise UsageError("the input device is not a TTY")
    return tty, stdin


def _variant(
    session: Session,
    project: Project,
    options: RunOptions,
    slug: str,
    *,
    tty: bool,
    stdin: bool,
) -> Service:
    """Return the service as it is to be run.

    Raises:
        UsageError: a flag says what it cannot.
    """
    from pycompose.loader import typed

    service = project.services[options.service]
    parts = (project.name, service.name, "run", slug[:SHORT])
    folder, home = session.settings.cwd, session.settings.environ.get("HOME", "")
    changed = service._replace(
        tty=tty,
        stdin_open=stdin,
        container_name=options.name or project.separator.join(parts),
        scale=1,
        restart="",
        deploy=service.deploy and service.deploy._replace(restart_policy=None),
        command=options.command or service.command,
        user=options.user or service.user,
        working_dir=options.workdir or service.working_dir,
        cap_add=_capabilities(service.cap_add, options.cap_add, options.cap_drop),
        cap_drop=_capabilities(service.cap_drop, options.cap_drop, options.cap_add),
        environment={**service.environment, **_environment(session, project, options)},
        labels={**service.labels, **_labels(options.labels)},
        ports=(*(service.ports if options.service_ports else ()), *typed.ports(options.publish)),
        volumes=(*service.volumes, *typed.mounts(options.volumes, folder, home)),
    )
    if options.entrypoint is not None:
        words = typed.split(options.entrypoint)
        changed = changed._replace(entrypoint=words, command=options.command)
    return changed


def _capabilities(
    given: tuple[str, ...], more: tuple[str, ...], fewer: tuple[str, ...]
) -> tuple[str, ...]:
    return (*(each for each in given if each not in fewer), *more)


def _environment(
    session: Session, project: Project, options: RunOptions
) -> Mapping[str, str | None]:
    """Return the variables that flags give, those of files below the others.

    Raises:
        UsageError: there is no such file.
        ComposeFileError: a file is malformed.
    """
    from pycompose.loader.dotenv import parse_env

    found: dict[str, str | None] = {}
    for path in options.env_files:
        try:
            source = session.sources.read(os.path.join(session.settings.cwd, path))
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror or 'there is no such file'}") from error
        found |= parse_env(source.text, source.name, project.environment.get).values
    for entry in options.environment:
        name, given, value = entry.partition("=")
        if given or name in project.environment:
            found[name] = value if given else project.environment[name]
    return found


def _labels(entries: tuple[str, ...]) -> dict[str, str]:
    """Return `name=value` entries by name.

    Raises:
        UsageError: an entry has no value.
    """
    found: dict[str, str] = {}
    for entry in entries:
        name, given, value = entry.partition("=")
        if not given:
            raise UsageError("label must be set as KEY=VALUE")
        found[name] = value
    return found


def _up_options(options: RunOptions) -> UpOptions:
    return UpOptions(
        services=(options.service,),
        build=options.build,
        no_deps=options.no_deps,
        pull=options.pull,
        quiet_build=options.quiet_build,
        quiet_pull=options.quiet_pull,
        remove_orphans=options.remove_orphans,
    )
