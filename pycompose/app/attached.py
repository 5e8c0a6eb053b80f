"""A terminal's view of a project: output of its containers while they come and go.

One loop in the main thread takes everything there is to know from one queue: what containers
write, in the order in which they wrote it, what the engine says happened to them, what became of a
plan that is carried out meanwhile, and the user's interrupts.

Source: rules 141-151
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from pycompose import labels
from pycompose.cancel import Cancel
from pycompose.errors import ApplyError, Cancelled, EngineError, EngineUnavailable, NotFound
from pycompose.events import Event, LogLine, Notice, StepEvent
from pycompose.follow import Ended, Follower, Output, Target, stamped
from pycompose.interleave import Reordered
from pycompose.moments import moment

if TYPE_CHECKING:
    from pycompose.app.session import Session
    from pycompose.model.values import Json
    from pycompose.snapshot import ContainerState

ALIVE: Final = ("running", "restarting", "paused")
KILLED_WITHIN: Final = 1.5  # seconds that a kill gets before the command leaves anyway


@dataclass(slots=True)
class Tracked:
    """A container in view: whether it runs, is followed, and what it ended with."""

    name: str
    service: str
    alive: bool = False
    followed: bool = False
    again: bool = False  # it has started again before the end of its output was here
    since: str = ""  # when it ended last, in the engine's time
    ended: tuple[int, bool] | None = None  # exit code, and whether it is restarted


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is shown and what ends it.

    `shown` are the services whose output is shown, `watched` those that keep the view open. With
    `abort_on_exit` or `abort_on_failure` the first container that ends takes the others along;
    `exit_code_from` names the service whose code is returned.
    """

    shown: frozenset[str]
    watched: frozenset[str]
    abort_on_exit: bool = False
    abort_on_failure: bool = False
    exit_code_from: str = ""
    timestamps: bool = False
    tail: str = "0"
    since: str = ""
    until: str = ""


class Attached:
    """The view of one project."""

    def __init__(self, session: Session, project: str, view: View) -> None:
        self.session = session
        self.project = project
        self.view = view
        self.inbox: Reordered[tuple[str, Any]] = Reordered()
        self.tracked: dict[str, Tracked] = {}
        self.follower = Follower(session.engine, self.inbox.put)
        self.working = 0  # plans that are being carried out
        self.inner: Cancel | None = None
        self.started = False
        self.expected: set[str] = set()  # containers that were started, not yet told of by events
        self.told: set[str] = set()  # containers whose start the events have told of
        self.begun = ""  # when the view was opened, in the engine's time
        self.exit_code = 0
        self.decided = False  # a service's own exit code was taken
        self.stopping = False
        self.stop_next = False  # once what is being carried out has ended
        self.interrupts = 0
        self.failure: Exception | None = None
        self.stop: Callable[[Cancel], Iterable[str]] = lambda cancel: ()

    def run(
        self,
        there: Iterable[ContainerState],
        work: Callable[[Cancel, Callable[[Event], None]], Iterable[str]] | None,
        stop: Callable[[Cancel, Callable[[Event], None]], None] | None = None,
    ) -> int:
        """Show output until no watched container is left; return the exit code.

        `there` are the containers that exist now. `work` carries a plan out meanwhile, and returns
        the ids of the containers it started; `stop` stops what was started, when the user or a
        service's end asks for it.

        Raises:
            Cancelled: the user interrupted; what could be stopped is stopped.
            ApplyError: the plan failed.
            EngineError: the connection to the engine was lost.
        """
        events = self.session.engine.events(
            filters={"type": ["container"], "label": [f"{labels.PROJECT}={self.project}"]}
        )
        self._thread(lambda: self._read_events(events))
        self.begun = moment(str(self.session.engine.info().get("SystemTime", "")))
        for container in there:
            self._see(container)
        if stop is not None:
            self.stop = lambda cancel: stop(cancel, self._post) or ()
        if work is not None:
            self._carry_out(lambda cancel: work(cancel, self._post))
        try:
            with self.session.cancel.listening(lambda n: self.inbox.put(("cancel", n))):
                while not self._over():
                    self._next()
        finally:
            self.follower.close()
            events.close()
            for output in self.inbox.rest():
                self._output(output)
        if self.failure is not None:
            raise self.failure
        if self.interrupts:
            raise Cancelled
        self.session.still_there()
        return self.exit_code

    # What the loop takes from the queue.

    def _next(self) -> None:
        found = self.inbox.get()
        if isinstance(found, LogLine | Ended):
            self._output(found)
        elif found is not None:
            self._take(*found)

    def _take(self, kind: str, value: Any) -> None:
        if kind == "emit":
            self._emit(value)
        elif kind == "event":
            self._event(value)
        elif kind == "state":
            self._state(*value)
        elif kind == "worked":
            self._worked(*value)
        elif kind == "cancel":
            self._interrupt()
        elif kind == "killed":
            self.working = 0
            self.tracked.clear()
        else:
            self.failure = value

    def _over(self) -> bool:
        if self.failure is not None:
            return True
        if self.working or self.expected:
            return False
        return not any(
            one.service in self.view.watched and (one.alive or one.followed)
            for one in self.tracked.values()
        )

    def _output(self, output: Output) -> None:
        if isinstance(output, Ended):
            one = self.tracked.get(output.container)
            if output.error is not None and not isinstance(output.error, NotFound):
                self._emit(Notice(message=f"output can't be read: {output.error}"))
            if one is not None:
                one.followed = False
                self._tell_end(one)
                if one.again:
                    one.again = False
                    self._follow(output.container, one)
        elif self.view.timestamps:
            self._emit(stamped(output))
        else:
            self._emit(output)

    def _emit(self, event: Event) -> None:
        if isinstance(event, StepEvent) and event.text in ("Starting", "Started"):
            self.started = True
        self.session.emit(event)

    def _event(self, event: Json) -> None:
        actor = event.get("Actor") or {}
        id, marks = actor.get("ID", ""), actor.get("Attributes") or {}
        action = str(event.get("Action") or event.get("status") or "")
        service = marks.get(labels.SERVICE, "")
        if not service or marks.get(labels.ONEOFF) == "True" or labels.HOOK in marks:
            return
        if action == "start":
            self.told.add(id)
            self.expected.discard(id)
            one = self.tracked.setdefault(id, Tracked(self._display(marks), service))
            one.name = self._display(marks)
            one.alive = True
            if not one.followed:  # else its last end is still to be told
                one.ended = None
            self.inbox.hold()  # what it writes first may have to go before what is here
            self._follow(id, one)
        elif action == "die" and id in self.tracked:
            at = int(event.get("timeNano") or 0)
            self.tracked[id].since = f"{at // 10**9}.{at % 10**9:09}" if at else ""
            code = int(marks.get("exitCode") or marks.get("containerExitCode") or 0)
            self._thread(lambda: self._look(id, code))
        elif action in ("destroy", "remove") and id in self.tracked:
            self.tracked[id].alive = False

    def _display(self, marks: Json) -> str:
        name, number = str(marks.get("name", "")), marks.get(labels.NUMBER, "")
        if labels.REPLACE in marks:
            from pycompose.plan.recreate import TEMPORARY

            name = TEMPORARY.sub("", name)  # it is about to get that of the one it replaces
        service = marks.get(labels.SERVICE, "")
        for separator in "-_":
            if name == f"{self.project}{separator}{service}{separator}{number}":
                return f"{service}{separator}{number}"
        return name

    def _look(self, id: str, code: int) -> None:
        """Ask, off the main thread, what became of a container whose process has ended."""
        try:
            state = self.session.engine.inspect_container(id)["State"]
            restarting = state["Status"] in ("restarting", "running")
        except EngineError:
            restarting = False
        self.inbox.put(("state", (id, code, restarting)))

    def _state(self, id: str, code: int, restarting: bool) -> None:
        one = self.tracked.get(id)
        if one is None:
            return
        one.ended = (code, restarting)
        if not restarting:
            one.alive = False
        if not one.followed:
            self._tell_end(one)
        if not restarting:
            self._judge(one.service, code)

    def _tell_end(self, one: Tracked) -> None:
        """Say how a container ended, once, after the last line it wrote."""
        if one.ended is None:
            return
        code, restarting = one.ended
        one.ended = None
        if one.service in self.view.shown or one.service in self.view.watched:
            text = f"exited with code {code}{' (restarting)' if restarting else ''}"
            self._emit(LogLine(name=one.name, line=text.encode(), stream=0))

    def _judge(self, service: str, code: int) -> None:
        """Let a container's end decide about the others, and about the exit code."""
        view = self.view
        if service == view.exit_code_from and not self.decided:
            self.decided, self.exit_code = True, code
        if self.stopping or service not in view.watched:
            return
        if view.abort_on_exit or (view.abort_on_failure and code != 0):
            self.stopping = True
            if not self.decided:
                self.exit_code = code
            self._emit(Notice(message="Aborting on container exit...", level="info"))
            self._stop()

    # Following.

    def _see(self, container: ContainerState) -> None:
        from pycompose.app.inspect import display_name

        name = display_name(container, self.project)
        alive = container.state in ALIVE
        one = self.tracked[container.id] = Tracked(name, container.service, alive)
        if one.service in self.view.shown and (alive or self.view.tail != "0"):
            one.followed = True
            view = self.view
            self.follower.follow(
                Target(
                    id=container.id,
                    name=name,
                    since=view.since,
                    until=view.until,
                    tail=view.tail,
                )
            )

    def _follow(self, id: str, one: Tracked) -> None:
        if one.service not in self.view.shown:
            return
        if one.followed:
            one.again = True
            return
        one.followed = True
        last, told = self.follower.reached.get(id, (None, 0))
        since = one.since or self.begun
        self.follower.follow(
            Target(id=id, name=one.name, since=since, whole=True, last=last, told=told)
        )

    def _read_events(self, events: Iterable[Json]) -> None:
        try:
            for event in events:
                self.inbox.put(("event", event))
        except EngineError as error:
            self.inbox.put(("lost", error))
        else:
            self.inbox.put(("lost", EngineUnavailable("the engine ended its stream of events")))

    # Working and stopping.

    def _post(self, event: Event) -> None:
        self.inbox.put(("emit", event))

    def _thread(self, target: Callable[[], None]) -> None:
        Thread(target=target, daemon=True).start()

    def _carry_out(self, work: Callable[[Cancel], Iterable[str]]) -> None:
        cancel = self.inner = Cancel()
        self.working += 1

        def run() -> None:
            try:
                self.inbox.put(("worked", (None, work(cancel))))
            except Exception as error:  # carried to the main thread, which raises it
                self.inbox.put(("worked", (error, ())))

        self._thread(run)

    def _worked(self, error: Exception | None, started: Iterable[str]) -> None:
        self.working = max(0, self.working - 1)
        self.expected.update(set(started) - self.told)
        if self.stop_next:
            self.stop_next = False
            self._carry_out(self.stop)
        if error is None or (isinstance(error, Cancelled) and self.stopping):
            return
        if isinstance(error, ApplyError) and self.stopping:
            self._emit(Notice(message=str(error)))
        else:
            self.failure = error

    def _stop(self) -> None:
        if self.inner is None or not self.working:
            self._carry_out(self.stop)
            return
        # What is being started now must be seen to run before it can be stopped.
        self.stop_next = True
        with suppress(Cancelled):  # where it has just ended by itself
            self.inner.cancel()

    def _interrupt(self) -> None:
        self.interrupts += 1
        if not self.started and self.working:
            self.failure = Cancelled()
        elif self.interrupts == 1 and not self.stopping:
            self.stopping = True
            message = "Gracefully Stopping... press Ctrl+C again to force"
            self._emit(Notice(message=message, level="info"))
            self._stop()
        else:
            self._thread(self._kill)

    def _kill(self) -> None:
        """Kill what still runs, and leave soon whether or not the engine is done."""
        engine = self.session.engine
        ids = [id for id, one in self.tracked.items() if one.alive and self._ours(one)]

        def kill(id: str) -> None:
            with suppress(EngineError):  # it is gone, or the next command will find it
                engine.kill_container(id)

        threads = [Thread(target=kill, args=(id,), daemon=True) for id in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(KILLED_WITHIN)
        self.inbox.put(("killed", None))

    def _ours(self, one: Tracked) -> bool:
        return one.service in self.view.watched
