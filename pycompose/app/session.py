"""What the commands share: settings, the project and the engine, each made when first asked for.

The composition root: it knows which adapters are behind the ports.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from pycompose.app.settings import Settings
from pycompose.errors import (
    ComposeFileError,
    EngineUnavailable,
    Position,
    Problem,
    PycomposeError,
    UsageError,
)
from pycompose.events import Notice, Sink

if TYPE_CHECKING:
    from pycompose.cancel import Cancel
    from pycompose.engine.port import Engine
    from pycompose.engine.transport import Endpoint
    from pycompose.files.discover import Found
    from pycompose.loader.sources import Remote, Sources
    from pycompose.loader.stages import LoadOptions, Stages
    from pycompose.model.project import Project
    from pycompose.plan.plan import Plan
    from pycompose.plan.timings import Span


class Session:
    """One run of a command.

    `emit` gets what there is to tell; `confirm` asks the user a question; `cancel` is what
    interrupts call; `command` is how other commands are told who holds the project.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        emit: Sink,
        confirm: Callable[[str], bool],
        cancel: Cancel,
        engine: Engine | None = None,
        sources: Sources | None = None,
        command: str = "pycompose",
        settle: Callable[[], None] = lambda: None,
    ) -> None:
        self.settings = settings
        self.emit = emit
        self.confirm = confirm
        self.settle = settle
        self.cancel = cancel
        self.carried: list[tuple[Plan, Mapping[int, Span]]] = []  # plans, and when steps ran
        self._engine = engine
        self._sources = sources
        self._told: set[str] = set()
        self._command = command
        self._endpoint: Endpoint | None = None  # of the engine, where it was looked for
        self._locks = ExitStack()  # lets go of the project
        self._holding = 0  # how many parts of the command hold the project
        self._guard = Lock()

    @property
    def engine(self) -> Engine:
        """The engine, found when first asked for.

        Raises:
            EngineUnavailable: there is none.
        """
        if self._engine is None:
            from pycompose.engine import connect
            from pycompose.engine.discover import config_folder, discover

            settings = self.settings
            endpoint = discover(
                settings.environ, host=settings.host or "", context=settings.context or ""
            )
            self._endpoint = endpoint
            self._engine = connect(
                endpoint,
                api_version=settings.environ.get("DOCKER_API_VERSION", ""),
                config_folder=config_folder(settings.environ),
            )
        return self._engine

    def still_there(self) -> None:
        """Check that containers ended by themselves, and not with the engine.

        Engine: one that ends stops its containers first, which looks like an end of theirs.

        Raises:
            EngineUnavailable: it takes no connection any more.
        """
        try:
            self.engine.ping()
        except EngineUnavailable as error:
            message = f"the engine has ended, and the containers with it: {error.message}"
            raise EngineUnavailable(message) from error

    @property
    def address(self) -> str:
        """The address of the engine, "" where it was not found by one."""
        return self._endpoint.address if self.engine and self._endpoint else ""

    @property
    def chosen(self) -> str:
        """The address of the engine, where a flag says which one it is; else ""."""
        asked = self.settings.host or self.settings.context
        return self.address if asked else ""

    @cached_property
    def found(self) -> Found:
        """The Compose files of this command.

        Raises:
            NoComposeFile: there are none.
            ComposeFileError: a named one does not exist.
        """
        from pycompose.files.discover import find

        settings = self.settings
        try:
            found = find(settings.cwd, settings.files, settings.project_directory or "")
        except FileNotFoundError as error:
            path = str(error).removeprefix("no such file: ")
            raise ComposeFileError(
                Problem(Position(path, 1, 1), "", "there is no such file")
            ) from None
        for warning in found.warnings:
            self.emit(Notice(message=warning))
        return found

    @cached_property
    def project(self) -> Project:
        """The whole project, as far as its names are concerned (see `LoadOptions.names_only`).

        Raises:
            ComposeFileError: the files are missing or wrong.
        """
        return self.load(names_only=True)

    def load(
        self,
        services: tuple[str, ...] = (),
        *,
        dependencies: bool = True,
        names_only: bool = False,
        stages: Stages | None = None,
    ) -> Project:
        """Return the project reduced to some services, and what they depend on.

        Raises:
            ComposeFileError: the files are missing or wrong.
            UsageError: there is no such service.
        """
        project = self.read(
            services, dependencies=dependencies, names_only=names_only, stages=stages
        )
        for notice in project.notices:
            self.tell(notice)
        return project

    def tell(self, notice: Problem) -> None:
        """Show a warning, unless it was shown already."""
        if str(notice) not in self._told:
            self._told.add(str(notice))
            self.emit(Notice(message=str(notice), problem=notice))

    def read(
        self,
        services: tuple[str, ...] = (),
        *,
        dependencies: bool = True,
        all_resources: bool = False,
        names_only: bool = False,
        stages: Stages | None = None,
        sources: Sources | None = None,
    ) -> Project:
        """Return the same as `load`, and leave it to the caller to tell its notices.

        Raises:
            ComposeFileError: the files are missing or wrong.
            UsageError: there is no such service.
        """
        from pycompose.loader.stages import load

        options = self.load_options(
            services,
            dependencies=dependencies,
            all_resources=all_resources,
            names_only=names_only,
            stages=stages,
        )
        return load(options, sources or self.sources)

    def load_options(
        self,
        services: tuple[str, ...] = (),
        *,
        dependencies: bool = True,
        all_resources: bool = False,
        names_only: bool = False,
        stages: Stages | None = None,
    ) -> LoadOptions:
        """Return what the loader is to load for this command."""
        from pycompose.loader.stages import LoadOptions, Stages

        settings = self.settings
        return LoadOptions(
            files=self.found.files,
            working_dir=self.found.working_dir,
            environment={"PWD": settings.cwd, **settings.environ},
            environment_files=settings.env_files,
            dotenv=not truthy(settings.environ.get("COMPOSE_DISABLE_ENV_FILE", "")),
            home=settings.environ.get("HOME", ""),
            name=settings.project_name or "",
            profiles=settings.profiles,
            services=services,
            dependencies=dependencies,
            all_resources=all_resources or settings.all_resources,
            compatibility=settings.compatibility,
            names_only=names_only,
            remote=self.remote,
            stages=stages or Stages(),
        )

    @cached_property
    def sources(self) -> Sources:
        """The texts that the loader reads."""
        from pycompose.files.disk import DiskSources

        return self._sources or DiskSources(self.settings.cwd, sys.stdin.buffer)

    @cached_property
    def remote(self) -> Remote | None:
        """What fetches Compose files from elsewhere, None where that is not allowed."""
        if not self.settings.allow_remote:
            return None
        from pycompose.files.remote import RemoteFiles

        return RemoteFiles(self.settings.environ)

    @cached_property
    def project_if_any(self) -> Project | None:
        """The project, None where only its name is known and must do.

        A command that needs no more than labels reads no file if it was given the name (`-p`) and
        no file.
        """
        settings = self.settings
        if settings.project_named and not settings.files:
            return None
        try:
            return self.project
        except PycomposeError:
            if settings.environ.get("COMPOSE_PROJECT_NAME"):
                return None
            raise

    @property
    def project_name(self) -> str:
        """The name of the project; reads its files only where it was not given."""
        project = self.project_if_any
        if project is not None:
            return project.name
        return (self.settings.project_name or "").lower()

    @cached_property
    def named(self) -> str:
        """The name of the project for a command that needs no more: files are the last resort."""
        return (self.settings.project_name or "").lower() or self.project.name

    @property
    def detach_keys(self) -> str:
        """The keys by which the user's docker CLI leaves a process, "" for the usual ones."""
        from pycompose.engine.discover import setting

        return setting(self.settings.environ, "detachKeys")

    @contextmanager
    def exclusive(self, name: str = "") -> Iterator[None]:
        """Be the only command that changes the project meanwhile; wait for one that does.

        Several parts of one command may hold it at once. A rehearsal changes nothing and waits
        for nobody. `name` is the project's, where its files have been read for it already.

        Raises:
            ProjectInUse: the other command took longer than `--lock-timeout`.
        """
        with self._guard:
            if not self._holding:
                self._lock(name)
            self._holding += 1
        try:
            yield
        finally:
            with self._guard:
                self._holding -= 1
                if not self._holding:
                    self._locks.close()

    @contextmanager
    def exclusive_with(self, other: str) -> Iterator[None]:
        """Be the only command that changes the project, and another one; as `exclusive`."""
        with ExitStack() as held:
            # Two commands that want the same two take them in the same order.
            for name in sorted({self.project_name, other}):
                if name == self.project_name:
                    held.enter_context(self.exclusive(name))
                else:
                    held.enter_context(self._locked(name))
            yield

    def renamed(self, name: str) -> Session:
        """Return a session of the same files, all profiles on, as a project of another name."""
        other = Session(
            self.settings._replace(project_name=name, project_named=True, profiles=("*",)),
            emit=self.emit,
            confirm=self.confirm,
            cancel=self.cancel,
            engine=self.engine,
            sources=self.sources,
            command=self._command,
            settle=self.settle,
        )
        other._endpoint = self._endpoint
        other._told = self._told
        return other

    def _lock(self, name: str) -> None:
        self._locks = self._locked(name or self.project_name)

    def _locked(self, name: str) -> ExitStack:
        """Keep other commands away: those of this machine, then those of others, if there are."""
        engine, endpoint = self.engine, self._endpoint
        if self.settings.dry_run or endpoint is None:
            return ExitStack()
        from pycompose.files.lock import ProjectLock, lock_folder

        timeout = self.settings.lock_timeout

        def waiting(text: str) -> None:
            self.emit(Notice(message=text, level="info"))

        with ExitStack() as locks:
            with suppress(OSError):  # nowhere to keep a lock: the command goes on without
                folder = lock_folder(self.settings.environ)
                here = ProjectLock(folder, endpoint.address, name, self._command)
                locks.callback(here.release)
                here.acquire(timeout=timeout, waiting=waiting)
            if not engine.socket:  # else it is on this machine
                from socket import gethostname

                from pycompose.lease import EngineLock

                holder = f"'{self._command}' (process {os.getpid()} on {gethostname()})"
                there = EngineLock(engine, name, holder, os.urandom(8).hex())
                locks.callback(there.release)
                there.acquire(timeout=timeout, waiting=waiting)
            return locks.pop_all()

    def known(self, project: Project, services: tuple[str, ...]) -> None:
        """Check that services exist.

        Raises:
            UsageError: one does not.
        """
        for name in services:
            if name not in project.services and name not in project.disabled:
                raise UsageError(f"no such service: {name}")

    def close(self) -> None:
        """Let go of the engine."""
        if self._engine is not None:
            self._engine.close()


def truthy(text: str) -> bool:
    """Tell whether a variable switches something on.

    Source: compose.md 1.3 (y, and what Go's ParseBool takes as true)
    """
    return text.strip().lower() in ("1", "t", "true", "y")
