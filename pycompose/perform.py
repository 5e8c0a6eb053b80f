"""Carry out one step of a plan: the one call of the Engine API that it stands for.

A step comes in, and the id of what it made goes out. No decision is taken here, nothing is ordered
and nothing waited for; any number of threads may perform steps of one plan at the same time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal, assert_never

from pycompose import labels
from pycompose.convert.hashing import digest
from pycompose.convert.joins import bound
from pycompose.engine.port import Engine
from pycompose.errors import Conflict, EngineError, NotFound
from pycompose.events import Notice, Progress, Sink
from pycompose.hooks import run_before, run_hook
from pycompose.model.values import Json
from pycompose.plan import ops
from pycompose.plan.stubborn import WORTH, Slow

if TYPE_CHECKING:
    from pycompose.plan.providers import Provided
    from pycompose.programs import Programs

BuildContext = Callable[[ops.BuildImage], bytes | Iterator[bytes]]
Contents = Callable[[ops.PutArchive], bytes]
# Moves what is in a volume: with the container that a step has for it, and what is told meanwhile.
Move = Callable[[ops.SaveVolume | ops.FillVolume | ops.CopyVolume, str, Sink], None]


class Performer:
    """Performs the steps of one plan.

    `made` holds the id of the container that each step has made so far; whoever runs the plan fills
    it. `tell` gets what an engine says meanwhile, and `slow` each stop that took long with what the
    engine says of its container, from whichever thread performs.
    """

    def __init__(
        self,
        engine: Engine,
        made: Mapping[int, str],
        tell: Sink,
        *,
        build_context: BuildContext | None = None,
        contents: Contents | None = None,
        programs: Programs | None = None,
        slow: Callable[[Slow], None] | None = None,
        move: Move | None = None,
    ) -> None:
        self.engine = engine
        self.made = made
        self.tell = tell
        self.build_context = build_context
        self.contents = contents
        self.programs = programs
        self.provided: dict[int, Provided] = {}
        self.hooks: set[int] = set()  # steps whose hooks or programs are running
        self.slow = slow
        self.move = move

    def resolve(self, ref: ops.Ref) -> str:
        """Return the id of a container that is there, or that a step has made."""
        return ref if isinstance(ref, str) else self.made.get(ref.op, "")

    def perform(self, step: ops.Op) -> str | None:
        """Make the call of a step; return the id of the container it made, None where it made none.

        Raises:
            EngineError: the engine refused, or did not answer.
        """
        engine = self.engine
        match step:
            case ops.CreateNetwork():
                engine.create_network(step.body)
            case ops.RemoveNetwork():
                with self._users_named("network", step.network):
                    _gone(lambda: engine.remove_network(step.network))
            case ops.Connect():
                container = self.resolve(step.container)
                body = {"Container": container, "EndpointConfig": step.endpoint}
                engine.connect_network(step.network, body)
            case ops.Disconnect():
                _gone(lambda: engine.disconnect_network(step.network, step.container, force=True))
            case ops.CreateVolume():
                engine.create_volume(step.body)
            case ops.RemoveVolume():
                with self._users_named("volume", step.volume):
                    _gone(lambda: engine.remove_volume(step.volume, force=True))
            case ops.PullImage():
                progress = self._progress(step)
                engine.pull_image(step.image, platform=step.platform, on_progress=progress)
            case ops.BuildImage():
                self._build(step)
            case ops.RemoveImage():
                _gone(lambda: engine.remove_image(step.image))
            case ops.CreateContainer():
                return self._create(step)
            case ops.Start():
                engine.start_container(self.resolve(step.container))
            case ops.Stop():
                self._stop(step, lambda id: engine.stop_container(id, timeout=step.timeout))
            case ops.Kill():
                container = self.resolve(step.container)
                _gone(lambda: engine.kill_container(container, signal=step.signal))
            case ops.Pause():
                engine.pause_container(self.resolve(step.container))
            case ops.Unpause():
                engine.unpause_container(self.resolve(step.container))
            case ops.Restart():
                self._stop(step, lambda id: engine.restart_container(id, timeout=step.timeout))
            case ops.Rename():
                engine.rename_container(self.resolve(step.container), step.name)
            case ops.RemoveContainer():
                container = self.resolve(step.container)
                _gone(
                    lambda: engine.remove_container(
                        container, force=step.force, volumes=step.volumes
                    )
                )
            case ops.PutArchive():
                self._put(step)
            case ops.Exec():
                self._hook(step)
            case ops.RunHook():
                self._hook(step)
            case ops.CallProvider() | ops.PullModel() | ops.ConfigureModel():
                self._program(step)
            case ops.SaveVolume() | ops.FillVolume() | ops.CopyVolume():
                self._move(step)
            case ops.Wait() | ops.Delay():
                raise AssertionError("waiting is no call")
            case _:
                assert_never(step)
        return None

    @contextmanager
    def _users_named(self, kind: Literal["network", "volume"], name: str) -> Iterator[None]:
        """Say who uses what an engine refuses to remove, as far as it tells."""
        try:
            yield
        except Conflict as error:
            users: list[str] | None = None
            with suppress(EngineError):
                users = [*map(_owned, self.engine.list_containers(filters={kind: [name]}))]
            if users:
                message = f"it is still used by {', '.join(sorted(users))}"
            elif kind == "network" and users is not None:
                # Engine: Docker 20.10 can miscount where many come and go, until it is restarted.
                message = f"{error.message}: no container is on it, restart the engine"
            else:
                raise
            raise Conflict(message, status=error.status, request=error.request) from error

    def _create(self, step: ops.CreateContainer) -> str:
        body = step.body
        if step.joins:
            ids = [self.resolve(ref) for ref in step.joins]
            body, hashed = bound(body, step.hashed or {}, ids)
            if hashed:
                body["Labels"] = {**body["Labels"], labels.CONFIG_HASH: digest(hashed)}
        answer = self.engine.create_container(step.name, body, platform=step.platform)
        for warning in answer.get("Warnings") or ():
            self.tell(Notice(message=f"{step.resource}: {warning}"))
        return str(answer["Id"])

    def _stop(self, step: ops.Stop | ops.Restart, call: Callable[[str], None]) -> None:
        """Make a call that stops a container; look at it afterwards if that took long."""
        container = self.resolve(step.container)
        began = time.monotonic()
        if isinstance(step, ops.Stop):
            _gone(lambda: call(container))
        else:
            call(container)
        seconds = time.monotonic() - began
        if self.slow is not None and seconds >= WORTH:
            with suppress(EngineError):  # it is gone: there is nothing to be told
                self.slow(Slow(step, self.engine.inspect_container(container), seconds))

    def _hook(self, step: ops.Exec | ops.RunHook) -> None:
        self.hooks.add(step.id)
        container = self.resolve(step.container)
        try:
            if isinstance(step, ops.Exec):
                run_hook(step, container, self.engine, self.tell)
            else:
                run_before(step, container, self.engine, self.tell)
        finally:
            self.hooks.discard(step.id)

    def _program(self, step: ops.CallProvider | ops.PullModel | ops.ConfigureModel) -> None:
        if self.programs is None:
            raise EngineError("there is nothing to run programs with")
        self.hooks.add(step.id)
        try:
            if isinstance(step, ops.CallProvider):
                self.provided[step.id] = self.programs.provide(step, self.tell)
            elif isinstance(step, ops.PullModel):
                self.programs.pull(step, self.tell)
            else:
                self.programs.configure(step, self.tell)
        finally:
            self.hooks.discard(step.id)

    def _move(self, step: ops.SaveVolume | ops.FillVolume | ops.CopyVolume) -> None:
        if self.move is None:
            raise EngineError("there is nothing to copy volumes with")
        self.hooks.add(step.id)
        try:
            self.move(step, self.resolve(step.container), self.tell)
        finally:
            self.hooks.discard(step.id)

    def _put(self, step: ops.PutArchive) -> None:
        if self.contents is None:
            raise EngineError("there is no content to write")
        self.engine.put_archive(self.resolve(step.container), step.folder, self.contents(step))

    def _build(self, step: ops.BuildImage) -> None:
        if self.build_context is None:
            raise EngineError("there is no build context to send")
        context = self.build_context(step)
        self.engine.build_image(context, step.query, on_progress=self._progress(step))

    def _progress(self, step: ops.Op) -> Callable[[Json], None]:
        def tell(document: Json) -> None:
            detail = document.get("progressDetail") or {}
            text = document.get("status") or document.get("stream") or ""
            self.tell(
                Progress(
                    parent=step.resource,
                    id=str(document.get("id", "")),
                    text=text.rstrip("\n"),
                    current=detail.get("current") or 0,
                    total=detail.get("total") or 0,
                )
            )

        return tell


def _owned(row: Json) -> str:
    """Return a container of a list as `container 'x' (project 'shop')`."""
    names = row.get("Names") or [row["Id"][:12]]
    owner = (row.get("Labels") or {}).get(labels.PROJECT)
    return f"container {names[0].lstrip('/')!r}" + (f" (project {owner!r})" if owner else "")


def _gone(call: Callable[[], None]) -> None:
    """Make a call whose end is that something is not there; that it was not there will do."""
    with suppress(NotFound):
        call()
