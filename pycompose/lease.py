"""One command at a time changes a project, from whatever machine: a lock that the engine holds.

It is a volume of a fixed name. An engine creates a volume once and answers everyone with the labels
it was created with, so that one of many who ask at the same moment finds its own token there. An
engine frees nothing by itself: who holds the lock shows that it lives by further volumes, one every
BEAT_SECONDS, and what has shown nothing for LEASE_SECONDS by the engine's clock may be taken away.
Only one may do that: who has created the volume that stands for the end of that very token.

None of these volumes has a label of the project; they hold no data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Event, Thread
from typing import Final

from pycompose import labels
from pycompose.engine.port import Engine
from pycompose.errors import EngineError, EngineUnavailable, NotFound, ProjectInUse
from pycompose.model.values import Json
from pycompose.moments import moment

LEASE_SECONDS: Final = 60.0  # after which who shows nothing is taken for dead
BEAT_SECONDS: Final = 15.0  # three may be lost on the way
LOOK_SECONDS: Final = 0.5  # between two looks of who waits; each is some requests


class EngineLock:
    """The lock of one project on one engine.

    `holder` is how others are told who has it, `token` what nobody else will ever have.
    """

    def __init__(self, engine: Engine, project: str, holder: str, token: str) -> None:
        self._engine = engine
        self._project = project
        self._name = f"pycompose-lock-{project}"
        self._labels = {
            labels.LOCK: project,
            labels.LOCK_HOLDER: holder,
            labels.LOCK_TOKEN: token,
        }
        self._token = token
        self._renewed = 0.0  # when the engine was last asked to show that we live
        self._beats = 0
        self._held = False
        self._asking = False  # for the lock, and no answer has come yet
        self._ended = Event()
        self._thread: Thread | None = None

    def acquire(self, *, timeout: float | None, waiting: Callable[[str], None]) -> None:
        """Take the lock; wait for as long as another command has it, `timeout` seconds at most.

        `waiting` is told once who holds it. Where the engine keeps no volumes for us, the command
        goes on without, and `waiting` is told that.

        Raises:
            EngineUnavailable: the engine does not answer.
            ProjectInUse: the time is over.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        told = False
        while not self._taken(waiting):
            holder = self._holder()
            if holder is None:
                continue  # it is free by now
            if deadline is not None and time.monotonic() >= deadline:
                raise ProjectInUse(
                    f"project {self._project!r} is in use by {holder}; try again when it has ended"
                )
            if not told:
                waiting(f"waiting for {holder} to finish with {self._project!r}")
                told = True
            time.sleep(LOOK_SECONDS)
        if self._held:
            self._thread = Thread(target=self._live, daemon=True)
            self._thread.start()

    def release(self) -> None:
        """Let go of the lock; of one that is not held, too."""
        self._ended.set()
        if self._asking:  # we were interrupted, and may have got it all the same
            with suppress(EngineError):
                lock = _named(self._there(), self._name)
                self._held = lock is not None and _label(lock, labels.LOCK_TOKEN) == self._token
        if self._thread is not None:
            self._thread.join(BEAT_SECONDS)  # not for ever, as the engine may be gone
        # Else it may be another's by now: it is left, and taken away once somebody wants it.
        if self._held and time.monotonic() - self._renewed < LEASE_SECONDS / 2:
            with suppress(EngineError):
                self._remove(self._beat())
                self._remove(self._name)  # the last: by it the others are found
        self._held = False

    def _taken(self, waiting: Callable[[str], None]) -> bool:
        """Try to take the lock; also True where there can be none."""
        self._renewed = time.monotonic()
        self._asking = True
        try:
            self._held = self._created(self._name)
            self._asking = False
        except EngineUnavailable:
            raise
        except EngineError as error:
            self._asking = False
            # Engine: Podman may refuse the second of two requests of one moment.
            with suppress(EngineError):
                if _named(self._there(), self._name):
                    return False
            waiting(f"the engine keeps no lock of {self._project!r}, going on without ({error})")
            return True
        return self._held

    def _created(self, name: str) -> bool:
        """Create a volume, unless there is one; whether it is ours."""
        made = self._engine.create_volume({"Name": name, "Labels": self._labels})
        return _label(made, labels.LOCK_TOKEN) == self._token

    def _there(self) -> list[Json]:
        return self._engine.list_volumes(filters={"label": [f"{labels.LOCK}={self._project}"]})

    def _holder(self) -> str | None:
        """Return who holds the lock, None where nobody does; take it from who has died."""
        there = self._there()
        lock = _named(there, self._name)
        if lock is None:
            return None
        if self._silent(there, lock) and self._take_away(lock):
            return None
        return _label(lock, labels.LOCK_HOLDER) or "another command"

    def _silent(self, there: Iterable[Json], volume: Json) -> bool:
        """Whether who created a volume has not shown that it lives for too long."""
        token = _label(volume, labels.LOCK_TOKEN)
        shown = [moment(str(it.get("CreatedAt", ""))) for it in _of(there, token)]
        now = moment(str(self._engine.info().get("SystemTime", "")))
        if not now or not shown or not all(shown):
            return False
        return float(now) - max(map(float, shown)) > LEASE_SECONDS

    def _take_away(self, volume: Json) -> bool:
        """Remove a volume of somebody who has died; whether that was ours to do."""
        token = _label(volume, labels.LOCK_TOKEN)
        right = f"{self._name}.{token}.end"
        began = time.monotonic()
        if not self._created(right):
            there = self._there()
            other = _named(there, right)
            dead = other is not None and self._silent(there, other)
            return dead and self._take_away(other) and self._take_away(volume)
        there = self._there()
        gone = [it["Name"] for it in _of(there, token)] if self._silent(there, volume) else []
        # Who was held up for so long may have been taken for dead in turn.
        if time.monotonic() - began < LEASE_SECONDS / 2:
            for name in sorted(gone, key=len, reverse=True):  # that by which they are found, last
                self._remove(name)
            self._remove(right)
        return True

    def _remove(self, name: str) -> None:
        with suppress(NotFound):
            self._engine.remove_volume(name)

    def _live(self) -> None:
        """Show again and again that we live, until the lock is let go or lost."""
        while self._held and not self._ended.wait(BEAT_SECONDS):
            self._beat_once()

    def _beat_once(self) -> None:
        began = time.monotonic()
        before = self._beat()
        self._beats += 1
        with suppress(EngineError):
            self._created(self._beat())
            # Somebody may have removed what nothing uses; then it is made again.
            self._held = self._created(self._name)
            self._renewed = began
            self._remove(before)

    def _beat(self) -> str:
        return f"{self._name}.{self._token}.{self._beats}"


def _of(volumes: Iterable[Json], token: str) -> Iterator[Json]:
    return (it for it in volumes if _label(it, labels.LOCK_TOKEN) == token)


def _named(volumes: Iterable[Json], name: str) -> Json | None:
    return next((it for it in volumes if it["Name"] == name), None)


def _label(volume: Json, label: str) -> str:
    return str((volume.get("Labels") or {}).get(label, ""))
