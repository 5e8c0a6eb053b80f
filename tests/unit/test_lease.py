"""The lock that an engine holds, on an engine in memory whose time passes as the tests say."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import pytest

from pycompose import labels, lease
from pycompose.engine.fake import FakeEngine, Killed
from pycompose.errors import EngineError, ProjectInUse
from pycompose.lease import LEASE_SECONDS, EngineLock

NAME = "pycompose-lock-demo"
FOREVER = 1000.0  # seconds that are never waited for


@pytest.fixture
def locks(engine: FakeEngine) -> Iterator[Locks]:
    made = Locks(engine)
    yield made
    for lock in made.made:
        lock.release()


class Locks:
    """Makes locks of the project `demo`, of one holder each, and keeps what they tell."""

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.made: list[EngineLock] = []
        self.told: list[str] = []
        self.numbers = itertools.count(1)

    def __call__(self, project: str = "demo") -> EngineLock:
        number = next(self.numbers)
        lock = EngineLock(self.engine, project, f"holder {number}", f"token{number}")
        self.made.append(lock)
        return lock

    def take(self, project: str = "demo", timeout: float | None = 0) -> EngineLock:
        lock = self(project)
        lock.acquire(timeout=timeout, waiting=self.told.append)
        return lock

    def dead(self) -> EngineLock:
        """Return a lock whose holder shows no more that it lives, and lets go of nothing."""
        lock = self.take()
        self.made.remove(lock)
        lock._ended.set()
        return lock


@pytest.fixture
def volumes(engine: FakeEngine):
    return lambda: sorted(volume["Name"] for volume in engine.list_volumes())


def test_it_is_held_once_and_can_be_had_again(locks, volumes) -> None:
    first = locks.take()
    with pytest.raises(ProjectInUse, match="project 'demo' is in use by holder 1; try again"):
        locks.take()
    first.release()
    first.release()
    assert volumes() == []
    locks.take()
    assert volumes() == [NAME]


def test_other_projects_have_locks_of_their_own(locks, volumes) -> None:
    locks.take()
    locks.take("other")
    assert volumes() == [NAME, "pycompose-lock-other"]


def test_who_waits_is_told_once_for_whom_and_then_has_it(locks, monkeypatch) -> None:
    monkeypatch.setattr(lease, "LOOK_SECONDS", 0.001)
    first = locks.take()
    looked = threading.Event()
    waiter = threading.Thread(target=locks.take, kwargs={"timeout": FOREVER})
    ask = locks.engine.info

    def info():
        looked.set()
        return ask()

    monkeypatch.setattr(locks.engine, "info", info)
    waiter.start()
    assert looked.wait(60)
    first.release()
    waiter.join()
    assert locks.told == ["waiting for holder 1 to finish with 'demo'"]
    with pytest.raises(ProjectInUse, match="by holder 2"):
        locks.take()


def test_of_many_at_once_one_has_it(engine, monkeypatch) -> None:
    monkeypatch.setattr(lease, "LOOK_SECONDS", 0.001)
    inside: list[str] = []
    most: list[int] = []

    def work(token: str) -> None:
        lock = EngineLock(engine, "demo", token, token)
        lock.acquire(timeout=None, waiting=lambda text: None)
        inside.append(token)
        most.append(len(inside))
        inside.remove(token)
        lock.release()

    threads = [threading.Thread(target=work, args=(f"token{i}",)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 12
    assert engine.list_volumes() == []


def test_what_a_dead_holder_left_is_taken_over_after_a_while(locks, volumes) -> None:
    locks.dead()
    locks.engine.advance(LEASE_SECONDS / 2)
    with pytest.raises(ProjectInUse, match="by holder 1"):
        locks.take()
    locks.engine.advance(LEASE_SECONDS)
    locks.take()
    assert volumes() == [NAME]
    (lock,) = locks.engine.list_volumes()
    assert lock["Labels"][labels.LOCK_HOLDER] == "holder 3"


def test_who_lives_shows_it_and_keeps_it_for_as_long_as_it_takes(locks, volumes, monkeypatch):
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.001)
    lock = locks.take()
    beats = []
    create = locks.engine.create_volume
    shown = threading.Semaphore(0)

    def created(body):
        beats.append(body["Name"])
        shown.release()
        return create(body)

    monkeypatch.setattr(locks.engine, "create_volume", created)
    for _ in range(5):
        locks.engine.advance(LEASE_SECONDS - 10)
        for _ in range(4):  # two beats: the first may have begun before
            assert shown.acquire(timeout=60)
        with pytest.raises(ProjectInUse):
            locks.take()
    assert f"{NAME}.token1.3" in beats
    lock.release()
    assert volumes() == []


def test_a_dead_holder_leaves_nothing_that_it_showed(locks, volumes) -> None:
    locks.dead()
    mark = {**locks.engine.list_volumes()[0]["Labels"]}
    locks.engine.create_volume({"Name": f"{NAME}.token1.7", "Labels": mark})
    locks.engine.advance(LEASE_SECONDS + 5)
    locks.take()
    assert volumes() == [NAME]


def test_who_died_while_taking_over_is_taken_over_in_turn(locks, volumes, monkeypatch) -> None:
    locks.dead()
    locks.engine.advance(LEASE_SECONDS + 5)
    # One that dies once it has created what lets it take over.
    locks.engine.fail(Killed(), call="create_volume", at=2, after=True)
    with pytest.raises(Killed):
        locks.take()
    locks.engine.revive()
    assert volumes() == [NAME, f"{NAME}.token1.end"]
    with pytest.raises(ProjectInUse):
        locks.take()
    locks.engine.advance(LEASE_SECONDS + 5)
    locks.take()
    assert volumes() == [NAME]


def test_two_who_find_a_dead_holder_do_not_both_have_it(engine, monkeypatch) -> None:
    """The slower one finds the lock of the faster one, and leaves it."""
    locks = Locks(engine)
    locks.dead()
    engine.advance(LEASE_SECONDS + 5)
    slow = locks()
    there = engine.list_volumes()
    slow._take_away(there[0])
    fast = locks.take()
    slow._take_away(there[0])
    with pytest.raises(ProjectInUse, match="by holder 3"):
        slow.acquire(timeout=0, waiting=locks.told.append)
    fast.release()
    assert engine.list_volumes() == []


def test_what_was_not_renewed_in_time_is_not_removed(locks, volumes, monkeypatch) -> None:
    lock = locks.take()
    began = lock._renewed
    monkeypatch.setattr(lease.time, "monotonic", lambda: began + LEASE_SECONDS)
    lock.release()
    assert volumes() == [NAME]


def test_a_removed_lock_is_made_again_and_a_lost_one_left_alone(locks, volumes) -> None:
    lock = locks.take()
    lock._ended.set()
    lock._thread.join()
    locks.engine.remove_volume(NAME)
    lock._beat_once()
    assert NAME in volumes()
    locks.engine.remove_volume(NAME)
    other = locks.take()
    lock._beat_once()
    lock.release()
    assert NAME in volumes()
    other.release()


def test_who_is_interrupted_while_asking_lets_go_of_what_came(engine) -> None:
    engine.fail(KeyboardInterrupt(), call="create_volume", after=True)
    lock = Locks(engine)()
    with pytest.raises(KeyboardInterrupt):
        lock.acquire(timeout=0, waiting=print)
    assert engine.list_volumes() != []
    lock.release()
    assert engine.list_volumes() == []


def test_an_engine_that_keeps_no_volumes_is_worked_with_all_the_same(locks) -> None:
    locks.engine.fail(EngineError("forbidden", status=403), call="create_volume")
    locks.take().release()
    assert locks.told == ["the engine keeps no lock of 'demo', going on without (forbidden)"]
