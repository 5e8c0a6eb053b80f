"""Names that a shell offers: those of a project's files, and those its containers have.

Nothing is told, nothing is fetched: whoever asks is typing.
"""

from __future__ import annotations

from pycompose import labels
from pycompose.app.session import Session


def services(session: Session) -> tuple[str, ...]:
    """Return the services that are enabled, sorted; of containers, where no file is in use.

    Raises:
        PycomposeError: the files, or the engine in their place, cannot be read.
    """
    project = session.project_if_any
    return tuple(sorted(project.services)) if project is not None else _present(session, ())


def in_states(session: Session, states: tuple[str, ...]) -> tuple[str, ...]:
    """Return the services with a container in one of the states, sorted.

    Where asking the engine is not cheap, or it cannot be asked, these are the services of the
    files.

    Raises:
        PycomposeError: neither can be read.
    """
    from pycompose.errors import EngineError

    try:
        if session.engine.socket:
            return _present(session, states)
    except EngineError:
        pass
    return services(session)


def profiles(session: Session) -> tuple[str, ...]:
    """Return the profiles of the files' services, sorted.

    Raises:
        PycomposeError: the files cannot be read.
    """
    project = session.project
    every = [*project.services.values(), *project.disabled.values()]
    return tuple(sorted({profile for service in every for profile in service.profiles}))


def volumes(session: Session) -> tuple[str, ...]:
    """Return the volumes of the files, sorted.

    Raises:
        PycomposeError: the files cannot be read.
    """
    return tuple(sorted(session.project.volumes))


def projects(session: Session) -> tuple[str, ...]:
    """Return the projects that have containers, sorted.

    Raises:
        EngineError: the engine cannot be asked.
    """
    found = session.engine.list_containers(filters={"label": [labels.PROJECT]})
    return tuple(sorted({container["Labels"][labels.PROJECT] for container in found}))


def _present(session: Session, states: tuple[str, ...]) -> tuple[str, ...]:
    """Return the services that have a container, in one of the states where some are given."""
    name = session.project_name
    mine = [f"{labels.PROJECT}={name}", f"{labels.ONEOFF}=False"]
    found = session.engine.list_containers(filters={"label": mine})
    return tuple(
        sorted(
            {
                container["Labels"][labels.SERVICE]
                for container in found
                if not states or container["State"] in states
            }
        )
    )
