"""The use case `graph`: a project as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycompose.app.session import Session

if TYPE_CHECKING:
    from pycompose.model.project import Project
    from pycompose.snapshot import ContainerState


def seen(
    session: Session, services: tuple[str, ...], *, live: bool
) -> tuple[Project, tuple[ContainerState, ...] | None]:
    """Return the project with some services and what they depend on, and its containers.

    No engine is asked unless `live`; then there is None in place of the containers.

    Raises:
        UsageError: there is no such service.
        EngineError: the engine cannot be asked.
    """
    project = session.load(services, names_only=True)
    if not live:
        return project, None
    from pycompose.observe import containers

    return project, containers(session.engine, project.name)
