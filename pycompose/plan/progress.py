"""What is known of each service while its project is planned, and who waits for what; pure.

Source: rules 107-114
"""

from __future__ import annotations

from collections.abc import Mapping

from pycompose.model.project import Project
from pycompose.model.service import Dependency, Service
from pycompose.plan.ops import UNTIL, Ref, Until, Wait
from pycompose.plan.steps import Steps
from pycompose.snapshot import ContainerState


class Progress:
    """A service's containers as they are to be, and how far the plan brings them.

    `containers`, `names` and `numbers` belong together, one of each a container. `started` are the
    steps after which all of them run, `settled` the containers that the plan leaves running.
    """

    def __init__(self) -> None:
        self.containers: list[Ref] = []
        self.names: list[str] = []
        self.numbers: list[int] = []
        self.started: list[int] = []
        self.settled: list[ContainerState] = []

    def add(self, number: int, name: str, container: Ref) -> None:
        """Take note of a container."""
        self.containers.append(container)
        self.names.append(name)
        self.numbers.append(number)

    def reached(self, until: Until) -> bool:
        """Whether containers that the plan does not touch are there already."""
        if len(self.settled) != len(self.containers) or until == "completed":
            return False
        healthy = ("healthy",) if until == "healthy" else ("healthy", "none")
        return until == "started" or all(
            c.state == "running" and c.health in healthy for c in self.settled
        )


def gate_of(steps: Steps, services: Mapping[str, Progress], service: Service) -> list[int]:
    """Return the steps after which a service's containers may start: its dependencies are ready."""
    return [
        step
        for name, dependency in sorted(service.depends_on.items())
        if name in services and services[name].containers
        for step in _gate_on(steps, services[name], service.name, name, dependency)
    ]


def _gate_on(
    steps: Steps, progress: Progress, service: str, name: str, dependency: Dependency
) -> list[int]:
    until = UNTIL[dependency.condition]
    if until == "started" and dependency.required:
        return progress.started
    if not progress.started and progress.reached(until):
        return []
    return [
        steps.add(
            Wait,
            after=progress.started,
            resource=f"Service {name}",
            cause="dependency",
            why=f"{service} depends on it ({dependency.condition})",
            containers=tuple(progress.containers),
            names=tuple(progress.names),
            until=until,
            best_effort=not dependency.required,
            service=name,
        )
    ]


def wait_for_all(steps: Steps, project: Project, services: Mapping[str, Progress]) -> None:
    """Plan `--wait`: every service healthy or running; one-shots of others have ended."""
    once = {
        name
        for service in project.services.values()
        for name, need in service.depends_on.items()
        if need.condition == "service_completed_successfully"
    }
    for name, progress in services.items():
        until: Until = "completed" if name in once else "running_or_healthy"
        if progress.containers and not (not progress.started and progress.reached(until)):
            steps.add(
                Wait,
                after=progress.started,
                resource=f"Service {name}",
                cause="asked",
                why="--wait",
                containers=tuple(progress.containers),
                names=tuple(progress.names),
                until=until,
                service=name,
            )
