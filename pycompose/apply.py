"""Carry a plan out: scheduling, waiting, failures, cancellation. It takes no decision.

One coordinator (the calling thread) hands steps that are ready to worker threads and emits every
event, in order; workers only perform steps (`perform`). A step that fails has what depends on it
skipped, while independent branches go on. There is no way back: the next plan is the way back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from pycompose.cancel import Cancel
from pycompose.engine.port import Engine
from pycompose.errors import ApplyError, Cancelled, EngineError
from pycompose.events import Event, Notice, Sink, StepEvent
from pycompose.model.values import Json
from pycompose.perform import BuildContext, Contents, Move, Performer
from pycompose.plan import ops
from pycompose.plan.plan import Plan
from pycompose.plan.schedule import End, Schedule
from pycompose.plan.stubborn import Slow
from pycompose.plan.timings import Span
from pycompose.plan.verdict import Verdict, verdict
from pycompose.plan.words import done_word, working_word
from pycompose.workers import Workers

if TYPE_CHECKING:
    from pycompose.plan.providers import Provided
    from pycompose.programs import Programs

PARALLEL: Final = 8  # more at once only lengthen each call: the engine is the limit
PATIENT: Final = 64  # of those that mostly wait for processes to end, once they do; a guess
PATIENCE: Final = 0.3  # seconds that running steps get to end once the user interrupts
POLL: Final = 0.25  # seconds between looks where an engine does not tell of changes
SETTLED: Final = 0.5  # seconds that a container nothing checks must run: some crash at once
EXPLAINED: Final = 2.0  # seconds past the deadline that finding out why may take
NANOSECONDS: Final = 10**9  # in a second
LOOK_AGAIN: Final = 5.0  # seconds between looks where it does, should an event be lost

Diagnose = Callable[[ops.Wait, Json], str]  # what inspect says of a container → more about it
_PATIENT: Final = (
    *(ops.Stop, ops.Restart, ops.Exec, ops.RunHook),
    *(ops.CallProvider, ops.PullModel, ops.ConfigureModel),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a plan: step ids done and skipped, root causes, the containers made.

    `provided` are the variables that programs have set; they may hold secrets.
    `spared` are the steps that would have made up for others, had those failed. `spans` are when
    those that were begun and ended did so, in the seconds of `apply`'s clock.
    """

    done: tuple[int, ...] = ()
    failed: Mapping[int, EngineError] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()
    spared: tuple[int, ...] = ()
    made: Mapping[int, str] = field(default_factory=dict)
    provided: Mapping[int, Provided] = field(default_factory=dict)
    spans: Mapping[int, Span] = field(default_factory=dict)


def apply(
    plan: Plan,
    engine: Engine,
    emit: Sink,
    *,
    cancel: Cancel | None = None,
    parallel: int = 0,
    timeout: float | None = None,
    build_context: BuildContext | None = None,
    contents: Contents | None = None,
    diagnose: Diagnose | None = None,
    slow: Callable[[Slow], None] | None = None,
    programs: Programs | None = None,
    move: Move | None = None,
    patience: float = PATIENCE,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Carry out every step of a plan.

    `parallel` is how many steps are carried out at the same time; 0 is what suits an engine: eight,
    and many more of those that wait for a container to stop or for a hook to end, where they do.

    `timeout`, in seconds, bounds all `Wait` steps together. `build_context` returns the tar that a
    BuildImage step sends, `contents` the one that a PutArchive step writes. `diagnose` adds to the
    error of a Wait step what is known of the container. `slow` gets each stop that took long, from
    any thread. `programs` runs those of this machine, `move` copies volumes. `patience`, in
    seconds, is how long running steps may take to end once `cancel` was called. `clock` tells the
    seconds of the report.

    Raises:
        ApplyError: steps failed; every root cause is named.
        Cancelled: the user interrupted; running steps got a moment to end.
    """
    for remark in plan.remarks:
        emit(remark)
    run = _Run(
        plan,
        engine,
        emit,
        cancel or Cancel(),
        timeout=timeout,
        build_context=build_context,
        contents=contents,
        diagnose=diagnose,
        slow=slow,
        programs=programs,
        move=move,
        patience=patience,
        clock=clock,
        parallel=parallel,
    )
    return run.run()


class _Run:
    """One execution of one plan."""

    def __init__(
        self,
        plan: Plan,
        engine: Engine,
        emit: Sink,
        cancel: Cancel,
        *,
        timeout: float | None,
        build_context: BuildContext | None,
        contents: Contents | None,
        diagnose: Diagnose | None,
        slow: Callable[[Slow], None] | None,
        programs: Programs | None,
        move: Move | None,
        patience: float,
        clock: Callable[[], float],
        parallel: int,
    ) -> None:
        self.steps = {step.id: step for step in plan.steps}
        self.engine = engine
        self.emit = emit
        self.cancel = cancel
        self.diagnose = diagnose
        self.patience = patience
        self.clock = clock
        self.begun: dict[int, float] = {}
        self.spans: dict[int, Span] = {}
        self.schedule = Schedule(plan.steps)
        self.inbox: SimpleQueue[tuple[str, int, Any]] = SimpleQueue()
        self.failed: dict[int, EngineError] = {}
        self.made: dict[int, str] = {}
        self.performer = Performer(
            engine,
            self.made,
            self._send,
            build_context=build_context,
            contents=contents,
            slow=slow,
            programs=programs,
            move=move,
        )
        patient = sum(isinstance(step, _PATIENT) for step in plan.steps)
        sizes = [parallel] if parallel > 0 else [PARALLEL, min(PATIENT, patient)]
        places = 0 if parallel > 0 else PARALLEL
        self.workers = [
            Workers(min(size, len(plan.steps)), self._perform, places) for size in sizes
        ]
        self.waits: dict[int, ops.Wait] = {}
        self.sleeping: dict[int, float] = {}  # a delay → when it is over
        self.lasting: dict[int, tuple[float, float]] = {}  # a wait that lasts: since when, to when
        self.looking: dict[int, bool] = {}  # a wait that is looked at; True: look once more after
        self.listening = False
        self.deadline = None if timeout is None else time.monotonic() + timeout
        self.timeout = timeout
        self.late = False  # the deadline is over

    def run(self) -> Report:
        waits = any(isinstance(s, ops.Wait) and s.until != "started" for s in self.steps.values())
        for workers in self.workers:
            workers.start()
        stream = self._listen() if waits else None
        try:
            with self.cancel.listening(lambda count: self.inbox.put(("cancel", count, None))):
                self._hand_out(self.schedule.first())
                while self.schedule.open:
                    self._next()
        finally:
            for workers in self.workers:
                workers.close()
            if stream is not None:
                stream()
        report = Report(
            done=tuple(self.schedule.done),
            failed=self.failed,
            skipped=tuple(self.schedule.skipped),
            spared=tuple(self.schedule.spared),
            made=self.made,
            provided=self.performer.provided,
            spans=self.spans,
        )
        if self.failed:
            raise ApplyError(
                tuple((self.steps[id].resource, error) for id, error in self.failed.items()),
                report,
            )
        return report

    # The coordinator.

    def _next(self) -> None:
        # Not only where the inbox is empty: an engine may tell of others without end.
        self._expire()
        if not self.schedule.open:
            return
        timeout = self._rest()
        try:
            kind, id, value = self.inbox.get(timeout=timeout)
        except Empty:
            self._look_at(self.waits)
            return
        if kind == "done":
            self._workers_of(self.steps[id]).ended()
            self._done(self.steps[id], value)
        elif kind == "failed":
            self._workers_of(self.steps[id]).ended()
            self._fail(self.steps[id], value)
        elif kind == "emit":
            self.emit(value)
        elif kind == "looked":
            self._looked(id, value)
        elif kind == "listening":
            self.listening = bool(value)
            self._look_at(self.waits)
        elif kind == "event":
            self._look_at(self._concerned(value))
        elif kind == "cancel":
            self._leave()
        else:
            raise value

    def _rest(self) -> float | None:
        """Return the seconds that may pass before something is due; None without end."""
        ends = list(self.sleeping.values())
        ends += [end for workers in self.workers if (end := workers.stalls()) is not None]
        if self.waits:
            ends += [
                end
                for id, (_, end) in self.lasting.items()
                if id in self.waits and id not in self.looking
            ]
            ends += [] if self.deadline is None else [self.deadline]
        now = time.monotonic()
        rests = [max(0.0, end - now) for end in ends]
        if self.waits:
            rests.append(LOOK_AGAIN if self.listening else POLL)
        return min(rests, default=None)

    def _expire(self) -> None:
        """End the delays that are over; once all time is, look a last time, then wait no more."""
        now = time.monotonic()
        for workers in self.workers:
            if (end := workers.stalls()) is not None and end <= now:
                workers.widen()
                self._hand_out(())
        for id in [id for id, end in self.sleeping.items() if end <= now]:
            del self.sleeping[id]
            self._done(self.steps[id], None)
        if not self.waits or self.deadline is None or now < self.deadline:
            return
        if not self.late:
            self.late = True
            self.deadline += EXPLAINED
            self._look_at(self.waits)
            return
        for id in list(self.waits):
            step = self.waits.pop(id)
            self._fail(step, EngineError(self._too_late(step)))

    def _too_late(self, step: ops.Wait) -> str:
        return f"not {step.until.replace('_', ' ')} after {self.timeout:g}s"

    def _leave(self) -> None:
        """Hand out nothing more, let running steps end for a moment, and go."""
        for workers in self.workers:
            workers.drop()
        end = time.monotonic() + self.patience
        while self._busy() and (rest := end - time.monotonic()) > 0:
            with suppress(Empty):
                kind, id, _ = self.inbox.get(timeout=rest)
                if kind in ("done", "failed"):
                    self._workers_of(self.steps[id]).ended()
                    if kind == "done":
                        self._tell(self.steps[id], done_word(self.steps[id]), "done")
        raise Cancelled

    def _busy(self) -> bool:
        # Nobody waits for hooks, which take as long as they like.
        return sum(workers.busy for workers in self.workers) > len(self.performer.hooks)

    def _workers_of(self, step: ops.Op) -> Workers:
        """Return the workers that carry a step out."""
        return self.workers[-1] if isinstance(step, _PATIENT) else self.workers[0]

    def _hand_out(self, steps: Iterable[ops.Op]) -> None:
        """Begin steps that are ready: at once what nobody works for, others as workers are free."""
        tasks: dict[Workers, list[ops.Op]] = {workers: [] for workers in self.workers}
        for step in steps:
            if isinstance(step, ops.Wait | ops.Delay):
                self._sit_out(step)
            else:
                tasks[self._workers_of(step)].append(step)
        for workers, added in tasks.items():
            workers.add(added)
            for step in workers.begin():
                self._begin(step)

    def _begin(self, step: ops.Op) -> None:
        self._tell(step, working_word(step), "working")
        self.begun[step.id] = self.clock()

    def _sit_out(self, step: ops.Wait | ops.Delay) -> None:
        self._begin(step)
        if isinstance(step, ops.Wait):
            if step.until == "started":
                self._done(step, None)
                return
            self.waits[step.id] = step
            if self.listening or self.late or not self.engine.capabilities.health_events:
                self._look_at([step.id])
        else:
            self.sleeping[step.id] = time.monotonic() + step.duration / NANOSECONDS

    def _done(self, step: ops.Op, result: str | None) -> None:
        if isinstance(result, str):
            self.made[step.id] = result
        self._tell(step, done_word(step), "done")
        self._ended(step, "well")

    def _fail(self, step: ops.Op, error: EngineError) -> None:
        reason = str(error).partition("\n")[0]
        if step.best_effort:
            # Its failure is no failure.
            self.emit(Notice(message=f"{step.resource}: {reason}"))
            self._ended(step, "passed")
            return
        self.failed[step.id] = error
        self._tell(step, "Error", "failed", reason)
        self._ended(step, "lost")

    def _ended(self, step: ops.Op, end: End) -> None:
        self.spans[step.id] = Span(self.begun[step.id], self.clock())
        moves = self.schedule.ended(step.id, end)
        for excused, failed in moves.excused:
            self.emit(Notice(message=f"{excused.resource}: it needs #{failed}, which failed"))
        self._hand_out(moves.ready)

    def _tell(self, step: ops.Op, text: str, status: Any, detail: str = "") -> None:
        if not text:
            return
        names = [step.resource]
        if isinstance(step, ops.Wait):
            names = [f"Container {name}" for name in step.names]
        for name in names:
            self.emit(StepEvent(id=name, text=text, status=status, detail=detail))

    # Waiting.

    def _listen(self) -> Callable[[], None]:
        """Follow the engine's events in a thread of its own; return what ends that."""
        streams: list[Any] = []

        def follow() -> None:
            try:
                stream = self.engine.events(filters={"type": ["container"]})
                streams.append(stream)
                self.inbox.put(("listening", 0, True))
                for event in stream:
                    self.inbox.put(("event", 0, event))
                self.inbox.put(("listening", 0, False))
            except EngineError:
                self.inbox.put(("listening", 0, False))
            except BaseException as error:  # carried to the coordinator, which raises it
                self.inbox.put(("error", 0, error))

        def close() -> None:
            for stream in streams:
                stream.close()

        if self.engine.capabilities.health_events:
            Thread(target=follow, daemon=True).start()
        return close

    def _concerned(self, event: Json) -> list[int]:
        id = (event.get("Actor") or {}).get("ID") or event.get("id", "")
        return [
            wait.id
            for wait in self.waits.values()
            if id in map(self.performer.resolve, wait.containers)
        ]

    def _look_at(self, ids: Iterable[int]) -> None:
        for id in list(ids):
            if id in self.looking:
                self.looking[id] = True
            else:
                self.looking[id] = False
                self._look(self.waits[id])

    def _look(self, wait: ops.Wait) -> None:
        containers = [self.performer.resolve(ref) for ref in wait.containers]
        late = self.late

        def look() -> None:
            try:
                found = verdict(map(self.engine.inspect_container, containers), wait.until)
                if late and found.state == "pending":
                    found = found._replace(state="failed", reason=self._too_late(wait))
                if found.state == "failed" and self.diagnose is not None:
                    more = self.diagnose(wait, found.about)
                    found = found._replace(reason=f"{found.reason}\n{more}")
                self.inbox.put(("looked", wait.id, found))
            except EngineError as error:
                self.inbox.put(("looked", wait.id, Verdict("failed", str(error))))
            except BaseException as error:  # carried to the coordinator, which raises it
                self.inbox.put(("error", wait.id, error))

        # Not through the workers: a look must not wait for steps that wait for the engine.
        Thread(target=look, daemon=True).start()

    def _looked(self, id: int, found: Verdict) -> None:
        again = self.looking.pop(id)
        if id not in self.waits:
            return
        now = time.monotonic()
        since, _ = self.lasting.pop(id, (now, 0.0))
        if found.state in ("running", "reached"):
            least = SETTLED if found.state == "running" else 0.0
            end = since + max(least, self.waits[id].steady / NANOSECONDS)
            if end <= now:
                self._done(self.waits.pop(id), None)
                return
            self.lasting[id] = since, end
        if found.state == "failed":
            self._fail(self.waits.pop(id), EngineError(found.reason))
        elif again:
            self._look_at([id])

    # The workers.

    def _perform(self, step: ops.Op) -> None:
        try:
            self.inbox.put(("done", step.id, self.performer.perform(step)))
        except EngineError as error:
            self.inbox.put(("failed", step.id, error))
        except BaseException as error:  # carried to the coordinator, which raises it
            self.inbox.put(("error", step.id, error))

    def _send(self, event: Event) -> None:
        self.inbox.put(("emit", 0, event))
