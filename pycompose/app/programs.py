"""The programs of this machine that a project needs: where they are, what they are to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from pycompose.engine.discover import config_folder
from pycompose.errors import ComposeFileError, EngineError
from pycompose.files.plugins import plugin, program
from pycompose.model.values import EMPTY
from pycompose.plan import models, providers
from pycompose.plan.models import Runner
from pycompose.plan.plan import Plan
from pycompose.plan.providers import Provided
from pycompose.plan.resources import problem
from pycompose.plan.steps import Steps

if TYPE_CHECKING:
    from pycompose.model.project import Project


class Found(NamedTuple):
    """Paths of programs: of providers by type, and of what runs models; "" where there is none."""

    providers: Mapping[str, str] = EMPTY
    model: str = ""


def programs_of(project: Project, environ: Mapping[str, str]) -> Found:
    """Return the programs that the project needs; `environ` is that of the process."""
    folder = config_folder(environ)
    found = {type: program(type, folder, environ) for type in providers.types(project)}
    return Found(found, plugin(models.PLUGIN, folder) if project.models else "")


def environment(project: Project, environ: Mapping[str, str], host: str) -> dict[str, str]:
    """Return the variables that programs get; `host` is an engine that was chosen by a flag."""
    chosen = {"DOCKER_HOST": host} if host else {}
    return {**environ, **project.environment, **chosen}


def runner(project: Project, found: Found, environ: Mapping[str, str]) -> Runner:
    """Ask what runs models which are there and where they answer; `environ` is that of programs.

    Raises:
        ComposeFileError: it does not answer.
    """
    from pycompose.programs import Programs

    if not found.model:
        return Runner()
    try:
        return Programs(environ).runner(found.model)
    except EngineError as error:
        raise ComposeFileError(problem(project, ("models",), str(error))) from error


def prepared(
    project: Project,
    plan: Plan,
    found: Found,
    known: Runner | None,
    called: Mapping[str, Provided],
    *,
    rehearsed: bool,
) -> Plan:
    """Return a plan of images with what programs do after them.

    `known` is what runs models as far as it was asked; services in `called` are provided already.
    Of a plan that is only `rehearsed` it is told what cannot be known.

    Raises:
        ComposeFileError: programs are missing.
    """
    asked = known or Runner(found.model)
    wrong = [*models.missing(project, asked), *providers.missing(project, found.providers)]
    if wrong:
        raise ComposeFileError(*wrong)
    steps = Steps()
    steps.all.extend(plan.steps)
    steps.notices.extend(plan.notices)
    models.ready(steps, project, asked, after=[step.id for step in steps.all])
    before = [step.id for step in steps.all]
    providers.calls(steps, project, found.providers, after=before, called=called)
    for name in sorted(awaited(project, known, called)) if rehearsed else ():
        steps.warn(
            f"service {name!r}: a program that runs first sets some of its variables: should they"
            " be others now, its containers are made anew"
        )
    return steps.plan()


def with_variables(
    project: Project, known: Runner | None, called: Mapping[str, Provided]
) -> Project:
    """Return a project whose services have the variables that programs have set so far."""
    return models.with_models(providers.provided(project, called), known or Runner())


def awaited(
    project: Project, known: Runner | None, called: Mapping[str, Provided]
) -> dict[str, tuple[str, ...]]:
    """Return what the names of variables begin with that programs are still to set, by service."""
    found = providers.awaited(project, called)
    for name, names in models.awaited(project, known or Runner()).items():
        found[name] = (*found.get(name, ()), *names)
    return found
