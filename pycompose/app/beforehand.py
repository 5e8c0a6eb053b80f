"""What is done before containers are looked at: images, models, and services that programs provide.

A plan of its own, since what comes of it are facts that the plan of containers is made of.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pycompose.app.options import UpOptions
from pycompose.app.session import Session
from pycompose.model.values import EMPTY
from pycompose.observe import observe, with_image_details

if TYPE_CHECKING:
    from pycompose.errors import Problem
    from pycompose.model.project import Project
    from pycompose.plan.convergence import Options
    from pycompose.plan.images import Building
    from pycompose.plan.models import Runner
    from pycompose.plan.plan import Plan
    from pycompose.plan.providers import Provided
    from pycompose.snapshot import Snapshot

# Steps, and what forbids them.
Draft: TypeAlias = "Callable[[Project, Snapshot, Options], tuple[Plan, list[Problem]]]"


class Ready(NamedTuple):
    """A project with the variables that are known by now, and what the engine holds of it.

    `awaited` are those that are not, as in the options of the planner.
    """

    project: Project
    snapshot: Snapshot
    awaited: Mapping[str, tuple[str, ...]] = EMPTY


def building_asked(options: UpOptions) -> Building:
    """Return when images are to be built."""
    return "always" if options.build else "never" if options.no_build else ""


class Beforehand:
    """What one command does beforehand, once for each service."""

    def __init__(self, session: Session, options: UpOptions, draft: Draft | None = None) -> None:
        self.session = session
        self.options = options
        self.draft = draft
        self.provided: dict[str, Provided] = {}
        self.runner: Runner | None = None

    def do(self, project: Project) -> Ready:
        """Bring images and models in, and have services provided; return what is there then.

        Raises:
            ComposeFileError: something forbids the rest, which is told before.
            ApplyError: steps failed.
        """
        from pycompose.app.lifecycle import carry_out
        from pycompose.app.up import converge

        session, options = self.session, self.options
        snapshot = observe(session.engine, project.name, project)
        plan = self._plan(project, snapshot, ask=not session.settings.dry_run)
        if not plan.steps:
            return self._ready(project, snapshot)
        converge(session, self._ready(project, snapshot), options, self.draft)
        quiet = options.quiet_pull or options.quiet_build
        done = carry_out(session, plan, project=project, quiet=quiet)
        for id, variables in done.provided.items():
            self.provided[plan.steps[id - 1].service] = variables
        return self._ready(project, observe(session.engine, project.name, project))

    def look(self, project: Project) -> tuple[Ready, Plan]:
        """Return what is there now, and what `do` would do; nothing is done, and nobody asked.

        Raises:
            ComposeFileError: programs are missing, or a build needs what is not supported.
        """
        snapshot = observe(self.session.engine, project.name, project)
        return self._ready(project, snapshot), self._plan(project, snapshot, ask=False)

    def _plan(self, project: Project, snapshot: Snapshot, *, ask: bool) -> Plan:
        from pycompose.app.surroundings import proxies_for
        from pycompose.plan.freshness import to_look_at
        from pycompose.plan.images import images

        pull, building = self.options.pull, building_asked(self.options)
        around = proxies_for(self.session.settings.environ, self.session.address)
        looked = with_image_details(
            self.session.engine, snapshot, to_look_at(project, snapshot, pull)
        )
        plan = images(
            project,
            looked,
            pull=pull,
            building=building,
            proxies=around.arguments,
            now=time.time(),
        )
        if not _needs_programs(project):
            return plan
        from pycompose.app.programs import environment, prepared, programs_of, runner

        environ = self.session.settings.environ
        found = programs_of(project, environ)
        if ask and project.models and self.runner is None:
            given = environment(project, environ, self.session.chosen)
            self.runner = runner(project, found, given)
        return prepared(project, plan, found, self.runner, self.provided, rehearsed=not ask)

    def _ready(self, project: Project, snapshot: Snapshot) -> Ready:
        if not _needs_programs(project):
            return Ready(project, snapshot)
        from pycompose.app.programs import awaited, with_variables

        return Ready(
            with_variables(project, self.runner, self.provided),
            snapshot,
            awaited(project, self.runner, self.provided),
        )


def _needs_programs(project: Project) -> bool:
    return bool(project.models) or any(one.provider for one in project.services.values())
