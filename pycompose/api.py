"""The Python API: projects without a command line. What the names in `pycompose.__all__` do."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from pycompose.app.diagnosis import diagnosis
from pycompose.app.preflight import look
from pycompose.app.programs import awaited, environment, prepared, programs_of, with_variables
from pycompose.app.programs import runner as ask
from pycompose.app.surroundings import gather, proxies_for, ready
from pycompose.apply import Report
from pycompose.apply import apply as carry_out
from pycompose.engine import connect as connect_to
from pycompose.engine.discover import config_folder, discover
from pycompose.engine.port import Engine
from pycompose.errors import ComposeFileError, Position, Problem
from pycompose.events import Event, Sink
from pycompose.files.archive import archive
from pycompose.files.context import build_context
from pycompose.files.discover import find
from pycompose.files.disk import DiskSources
from pycompose.files.remote import RemoteFiles
from pycompose.loader.stages import LoadOptions
from pycompose.loader.stages import load as load_project
from pycompose.model.project import Project
from pycompose.observe import containers, observe, with_image_details
from pycompose.plan.down import Options as DownOptions
from pycompose.plan.down import down as plan_down_of
from pycompose.plan.freshness import to_look_at
from pycompose.plan.images import images
from pycompose.plan.models import Runner
from pycompose.plan.plan import Plan
from pycompose.plan.providers import Provided
from pycompose.plan.up import Options as UpOptions
from pycompose.plan.up import draft, images_needed
from pycompose.programs import Programs
from pycompose.snapshot import ContainerState


def silent(event: Event) -> None:
    """Take an event and tell nobody."""
    del event


def load(
    *files: str,
    directory: str = ".",
    name: str = "",
    profiles: Iterable[str] = (),
    services: Iterable[str] = (),
    environment: Mapping[str, str] | None = None,
    allow_remote: bool = False,
) -> Project:
    """Return the project of some Compose files, or of the one found from `directory` upwards.

    `environment` is what `${VARIABLES}` are taken from, before the directory's `.env`; without
    one it is that of the process. With `allow_remote`, files are fetched from git repositories and
    registries.

    Raises:
        ComposeFileError: the files are wrong or missing; holds every problem found.
        NoComposeFile: none was named and none was found.
        UsageError: the project has no name, or a service was named that does not exist.
    """
    cwd = os.path.abspath(directory)
    try:
        found = find(cwd, files)
    except FileNotFoundError as error:
        path = str(error).removeprefix("no such file: ")
        raise ComposeFileError(Problem(Position(path, 1, 1), "", "there is no such file")) from None
    options = LoadOptions(
        files=found.files,
        working_dir=found.working_dir,
        environment=_environment(environment),
        home=os.path.expanduser("~"),
        name=name,
        profiles=tuple(profiles),
        services=tuple(services),
        remote=RemoteFiles(_environment(environment)) if allow_remote else None,
    )
    return load_project(options, DiskSources(cwd))


@contextmanager
def connect(host: str = "", *, environment: Mapping[str, str] | None = None) -> Iterator[Engine]:
    """Open an engine for a `with` block: `host`, else what DOCKER_HOST and contexts say.

    `environment` stands for that of the process.

    Raises:
        EngineUnavailable: there is none; says what was tried.
    """
    env = _environment(environment)
    engine = connect_to(discover(env, host=host), config_folder=config_folder(env))
    try:
        yield engine
    finally:
        engine.close()


def _environment(given: Mapping[str, str] | None) -> Mapping[str, str]:
    return dict(os.environ) if given is None else given


def plan_up(project: Project, engine: Engine, options: UpOptions | None = None) -> Plan:
    """Return the steps that make the engine run the project; images are expected to be there.

    Raises:
        EngineError: the engine refused to tell what it holds.
        ComposeFileError: an external resource or a secret is missing, or a name or a port is
            taken by a stranger.
    """
    return _planned(project, engine, options or UpOptions(), Runner(), {})


def _planned(
    project: Project,
    engine: Engine,
    options: UpOptions,
    runner: Runner,
    called: Mapping[str, Provided],
) -> Plan:
    waiting = awaited(project, runner, called)
    project = with_variables(ready(project, os.environ), runner, called)
    contents, around, problems = gather(project, os.environ, _address(engine))
    options = options._replace(contents=contents, around=around, awaited=waiting)
    snapshot = observe(engine, project.name, project)
    needed = images_needed(project, snapshot, options)
    snapshot = with_image_details(engine, snapshot, needed)
    plan, forbidden = draft(project, snapshot, options)
    problems += [*forbidden, *look(engine, project, snapshot, plan)]
    if problems:
        raise ComposeFileError(*problems)
    return plan


def _address(engine: Engine) -> str:
    return f"unix://{engine.socket}" if engine.socket else ""


def plan_down(project: Project, engine: Engine, options: DownOptions | None = None) -> Plan:
    """Return the steps that take the project down.

    Raises:
        EngineError: the engine refused to tell what it holds.
    """
    snapshot = observe(engine, project.name, project)
    options = (options or DownOptions())._replace(
        programs=programs_of(project, os.environ).providers
    )
    return plan_down_of(project, snapshot, options)


def apply(
    plan: Plan,
    engine: Engine,
    emit: Sink = silent,
    *,
    project: Project | None = None,
    timeout: float | None = None,
) -> Report:
    """Carry out every step of a plan, and nothing else.

    `project` is what the plan is of: what is written into containers comes from there. `timeout`,
    in seconds, bounds all waiting together.

    Raises:
        ApplyError: steps failed; every root cause is named.
    """
    if project is not None:
        project = ready(project, os.environ)
    contents = partial(archive, project) if project is not None else None
    diagnose = diagnosis(engine, project, plan) if project is not None else None
    variables = environment(project, os.environ, "") if project is not None else os.environ
    programs = Programs(variables)
    try:
        return carry_out(
            plan,
            engine,
            emit,
            timeout=timeout,
            build_context=build_context,
            contents=contents,
            diagnose=diagnose,
            programs=programs,
        )
    finally:
        programs.close()


def up(
    project: Project,
    engine: Engine,
    *,
    wait: bool = False,
    rolling: bool | None = None,
    emit: Sink = silent,
) -> Report:
    """Make the engine run the project: pull and build what is missing, then converge.

    With `wait`, return once every service runs and is healthy; with `rolling`, containers are
    replaced one after the other, without it as their services ask.

    Raises:
        ApplyError: steps failed; what is up stays up.
        EngineError: the engine refused to tell what it holds.
    """
    arguments = proxies_for(os.environ, _address(engine)).arguments
    seen = observe(engine, project.name, project)
    seen = with_image_details(engine, seen, to_look_at(project, seen, ""))
    first = images(project, seen, proxies=arguments, now=time.time())
    found = programs_of(project, os.environ)
    known = ask(project, found, environment(project, os.environ, ""))
    first = prepared(project, first, found, known, {}, rehearsed=False)
    done = apply(first, engine, emit, project=project)
    called = {first.steps[id - 1].service: each for id, each in done.provided.items()}
    plan = _planned(project, engine, UpOptions(wait=wait, rolling=rolling), known, called)
    return apply(plan, engine, emit, project=project)


def down(project: Project, engine: Engine, *, volumes: bool = False, emit: Sink = silent) -> Report:
    """Take the project down; with `volumes`, its volumes and their data too.

    Raises:
        ApplyError: steps failed.
    """
    plan = plan_down(project, engine, DownOptions(volumes=volumes))
    return apply(plan, engine, emit, project=project)


def ps(project: Project, engine: Engine, *, all: bool = False) -> tuple[ContainerState, ...]:
    """Return the project's containers, sorted by name; with `all`, stopped ones too.

    Raises:
        EngineError: the engine refused to tell what it holds.
    """
    return containers(engine, project.name, all=all)
