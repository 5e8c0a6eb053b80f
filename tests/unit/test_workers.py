"""The workers of a plan: how many steps run at once, and which comes first."""

from __future__ import annotations

import threading
from queue import SimpleQueue

import pytest

from pycompose.plan.ops import CreateVolume
from pycompose.workers import STALLED, Workers


def step(id: int) -> CreateVolume:
    return CreateVolume(id=id, after=(), resource="", cause="missing", why="", body={})


@pytest.fixture
def performed():
    return SimpleQueue()


def begun(workers: Workers) -> list[int]:
    return [each.id for each in workers.begin()]


def test_no_more_run_than_there_are_places(performed):
    workers = Workers(2, performed.put)
    workers.add([step(1), step(2), step(3)])
    assert begun(workers) == [1, 2]
    assert begun(workers) == []
    workers.ended()
    assert begun(workers) == [3]
    assert workers.stalls() is None  # nobody waits, and there is no more room


def test_what_became_ready_last_begins_first(performed):
    workers = Workers(1, performed.put)
    workers.add([step(1), step(2)])
    assert begun(workers) == [1]
    workers.add([step(3), step(4)])
    workers.ended()
    assert begun(workers) == [3]


def test_more_begin_where_nothing_ends(performed, monkeypatch):
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    workers = Workers(4, performed.put, places=1)
    workers.add([step(1), step(2), step(3)])
    assert begun(workers) == [1]
    assert workers.stalls() == now + STALLED
    now = 100.5
    workers.ended()
    assert begun(workers) == [2]
    assert workers.stalls() == now + STALLED
    workers.widen()
    assert begun(workers) == [3]
    assert workers.stalls() is None


def test_threads_perform_what_has_begun_and_end(performed):
    workers = Workers(2, performed.put)
    workers.start()
    workers.add([step(1), step(2)])
    assert begun(workers) == [1, 2]
    assert sorted(performed.get(timeout=60).id for _ in range(2)) == [1, 2]
    workers.close()
    for thread in threading.enumerate():
        if thread.name.endswith("(_work)"):
            thread.join(60)
            assert not thread.is_alive()


def test_what_no_thread_has_taken_is_dropped(performed):
    workers = Workers(2, performed.put)
    workers.add([step(1), step(2), step(3)])
    assert begun(workers) == [1, 2]
    workers.drop()
    assert workers.busy == 0
    assert begun(workers) == []
    workers.start()  # a thread that comes late takes nothing
    workers.close()
    assert performed.empty()
