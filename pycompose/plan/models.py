"""Models that services talk to: pulled and configured by a plug-in of the docker command; pure.

Engines know no models. Docker Model Runner's plug-in is asked which are there and where they
answer, which the services learn from variables that count into their hashes.

Source: docker/compose 2.40.3 pkg/compose/model.go
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple

from pycompose.errors import Problem
from pycompose.model.models import ModelUse
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.plan.ops import ConfigureModel, PullModel
from pycompose.plan.resources import problem
from pycompose.plan.steps import Steps

PLUGIN: Final = "model"  # of the docker command


class Runner(NamedTuple):
    """What is known of what runs models: its program, and what that answers.

    `program` is "" where there is none; `models` are None, and `endpoint` "", where nobody asked.
    """

    program: str = ""
    models: frozenset[str] | None = None
    endpoint: str = ""


def missing(project: Project, runner: Runner) -> list[Problem]:
    """Return the services that talk to models, where nothing runs any."""
    if runner.program:
        return []
    message = "needs Docker Model Runner, there is no plug-in 'docker-model' of the docker command"
    hint = "install the package docker-model-plugin"
    return [
        problem(project, ("services", name, "models"), message, hint)
        for name, service in project.services.items()
        if service.models
    ]


def ready(steps: Steps, project: Project, runner: Runner, after: Iterable[int] = ()) -> list[int]:
    """Plan that every model of the project is there and configured; the steps that end it."""
    first = list(after)
    return [_ready(steps, project, runner, key, first) for key in sorted(project.models)]


def _ready(steps: Steps, project: Project, runner: Runner, key: str, first: list[int]) -> int:
    model = project.models[key]
    resource = f"Model {model.name or key}"
    after = first
    if runner.models is None or model.model not in runner.models:
        known = runner.models is not None
        why = f"{model.model} is not here" if known else "nobody has looked whether it is here"
        pulled = steps.add(
            PullModel,
            after=first,
            resource=resource,
            cause="missing",
            why=why,
            program=runner.program,
            model=model.model,
        )
        after = [pulled]
    return steps.add(
        ConfigureModel,
        after=after,
        resource=resource,
        cause="asked",
        why=f"models.{key}",
        program=runner.program,
        model=model.model,
        context_size=model.context_size,
        flags=model.runtime_flags,
    )


def with_models(project: Project, runner: Runner) -> Project:
    """Return a project whose services have the variables that tell of their models."""
    if not any(service.models for service in project.services.values()):
        return project
    services = {
        name: service._replace(
            environment={**service.environment, **_variables(project, service, runner)}
        )
        for name, service in project.services.items()
    }
    return replace(project, services=services)


def _variables(project: Project, service: Service, runner: Runner) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, use in service.models.items():
        endpoint, model = names(key, use)
        found[model] = project.models[key].model
        if runner.endpoint:
            found[endpoint] = runner.endpoint
    return found


def names(key: str, use: ModelUse | None) -> tuple[str, str]:
    """Return the variables that tell where a model answers, and which one it is."""
    stem = key.upper().replace("-", "_")
    given = use or ModelUse()
    return given.endpoint_var or f"{stem}_URL", given.model_var or f"{stem}_MODEL"


def awaited(project: Project, runner: Runner) -> dict[str, tuple[str, ...]]:
    """Return the variables that nobody knows yet, by service."""
    if runner.endpoint:
        return {}
    return {
        name: tuple(names(key, use)[0] for key, use in service.models.items())
        for name, service in project.services.items()
        if service.models
    }
