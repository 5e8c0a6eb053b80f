"""An engine in memory: the whole `engine.port.Engine`, honest enough to test plans with.

It answers with the statuses, words and shapes of Docker Engine 20.10, knows no clock (each change
takes one second of a time of its own) and no chance (ids are the same in every run). Public, for
tests of programs that use pycompose:

    engine = FakeEngine()
    engine.add_image("redis:7", volumes=["/data"])
    engine.behave("demo-migrate-1", Behaviour(exits=0))
    engine.fail(Killed(), at=3, mutating=True, after=True)   # kill -9 after the third change
    ...
    assert not engine.changes

One lock guards everything; any thread may call anything. The module is long as the port is.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Condition
from typing import Concatenate, Final, ParamSpec, TypeVar

from pycompose.engine import fake_inside
from pycompose.engine.fake_containers import Containers
from pycompose.engine.fake_faults import Call, Fault, Killed, summary
from pycompose.engine.fake_filters import (
    Filters,
    containers_chosen,
    events_chosen,
    images_chosen,
    networks_chosen,
    volumes_chosen,
)
from pycompose.engine.fake_objects import (
    Behaviour,
    Container,
    Image,
    Ran,
    StdStream,
    container_json,
    container_row,
    exec_json,
    image_json,
    image_row,
    network_json,
    stamp,
    tagged,
    volume_json,
)
from pycompose.engine.fake_store import Store, refuse
from pycompose.engine.fake_streams import FakeAttachment, FakeFiles, FakeStream
from pycompose.engine.port import Frame, Query
from pycompose.errors import EngineUnavailable, NotFound
from pycompose.model.values import Json, familiar
from pycompose.snapshot import NOTHING, Capabilities, Health

__all__ = ["FakeEngine", "Behaviour", "Call", "Killed", "Image", "Container", "Ran"]

P = ParamSpec("P")
T = TypeVar("T")
Method = Callable[Concatenate["FakeEngine", P], T]
_CAPABILITIES: Final = Capabilities(api=(1, 41), version="20.10.24", arch="amd64")


def _call(*, mutating: bool) -> Callable[[Method[P, T]], Method[P, T]]:
    """Make a method a call to the engine: one at a time, recorded, with the faults it is due."""

    def decorate(method: Method[P, T]) -> Method[P, T]:
        def called(self: FakeEngine, /, *args: P.args, **kwargs: P.kwargs) -> T:
            with self._changed:
                words = summary(args, kwargs)
                call = Call(method=method.__name__, args=words, mutating=mutating)
                fault = self._note(call)
                if fault is not None and not fault.after:
                    raise self._raised(fault)
                result = method(self, *args, **kwargs)
                if fault is not None:
                    raise self._raised(fault)
                return result

        functools.update_wrapper(called, method)
        return called

    return decorate


_reads, _changes = _call(mutating=False), _call(mutating=True)


@dataclass(slots=True, kw_only=True)
class _Listener:
    """Who follows the output of a container."""

    container: Container
    stream: FakeStream[Frame]
    wanted: tuple[int, ...]
    timestamps: bool = False

    def hear(self, stream: StdStream, line: bytes, at: float) -> None:
        if stream in self.wanted:
            mark = stamp(at).encode() + b" " if self.timestamps else b""
            tty = self.container.config.get("Tty")
            self.stream.put((1 if tty else stream, mark + line))


class FakeEngine:
    """An engine in memory; the methods of the port below, what tests need first.

    `calls` are all calls so far, in order. A call after a `Killed` raises it again, until
    `revive`: who was killed does nothing more, in no thread.
    """

    def __init__(self, *, capabilities: Capabilities = _CAPABILITIES) -> None:
        self._changed = Condition()
        self._store = Store(self._tell)
        self._life = Containers(self._store, self._write)
        self._history: list[Json] = []
        self._event_streams: list[tuple[FakeStream[Json], Filters | None, float]] = []
        self._listeners: list[_Listener] = []
        self._faults: list[Fault] = []
        self._killed: Killed | None = None
        self.capabilities: Capabilities = capabilities
        self.socket = ""
        self.registry: dict[str, Image] = {}
        self.calls: list[Call] = []

    # For tests: what there is, how it behaves, what goes wrong.

    def add_image(
        self,
        reference: str,
        *,
        volumes: Sequence[str] = (),
        healthcheck: Mapping[str, Json] | None = None,
        labels: Mapping[str, str] = NOTHING,
        id: str = "",
        local: bool = True,
        tagged_at: float = 0.0,
        platform: str = "linux/amd64",
    ) -> str:
        """Put an image into the engine, or only into the registry (`local=False`); its id.

        `tagged_at` is when it got its name, in seconds since 1970.
        """
        with self._changed:
            image = Image(
                id=id or f"sha256:{self._store.new_id('image')}",
                tags=(tagged(reference),),
                volumes=tuple(volumes),
                healthcheck=healthcheck,
                labels=labels,
                created=self._store.now,
                tagged=tagged_at or self._store.now,
                platform=platform,
            )
            if local:
                self._store.add_image(image)
            else:
                self.registry[tagged(reference)] = image
            return image.id

    def behave(self, key: str, behaviour: Behaviour) -> None:
        """Say how containers of this name, or of this image, behave from their next start on."""
        with self._changed:
            self._life.behaviours[key] = behaviour

    def exit(self, container: str, code: int = 0) -> None:
        """Let the program of a running container end by itself."""
        with self._changed:
            found = self._store.container(container)
            if not found.running:
                refuse(409, f"Container {found.id} is not running")
            self._life.exit(found, code, by_itself=True)

    def set_health(self, container: str, health: Health, output: str = "") -> None:
        """Let the health check of a container find something, and say why."""
        with self._changed:
            self._life.set_health(self._store.container(container), health, output)

    def write(self, container: str, line: bytes, *, stream: StdStream = 1) -> None:
        """Let a container write a line; `line` has its end."""
        with self._changed:
            self._life.write(self._store.container(container), stream, line)

    def container(self, key: str) -> Container:
        """Return the engine's own record of a container: `body`, `files`, `stdin`, `state`…

        Raises:
            NotFound: there is none of this name or id.
        """
        with self._changed:
            return self._store.container(key)

    def until(self, condition: Callable[[], bool], *, timeout: float = 10.0) -> None:
        """Block until something holds; looked at after each change.

        Raises:
            TimeoutError: it did not within so many seconds (of the real clock).
        """
        with self._changed:
            if not self._changed.wait_for(condition, timeout):
                raise TimeoutError(f"not so within {timeout:g} seconds")

    @property
    def now(self) -> float:
        """The engine's own time, in seconds since 1970."""
        with self._changed:
            return self._store.now

    @property
    def changes(self) -> list[Call]:
        """The mutating calls so far."""
        with self._changed:
            return [call for call in self.calls if call.mutating]

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._changed:
            self._store.now += seconds
            for stream, _, until in self._event_streams:
                if until < self._store.now:
                    stream.end()

    def fail(
        self,
        error: BaseException,
        *,
        call: str = "",
        at: int = 1,
        mutating: bool = False,
        after: bool = False,
        lasting: bool = False,
    ) -> None:
        """Raise `error` at the n-th call from now: of all calls, of one method, or of all changes.

        `after`: the engine carries the call out, only the answer is lost. `lasting`: at all such
        calls from then on.
        """
        with self._changed:
            options = {"mutating": mutating, "after": after, "lasting": lasting}
            self._faults.append(Fault(error=error, call=call, at=at, **options))

    def revive(self) -> None:
        """Forget all faults: whoever calls next is a new program."""
        with self._changed:
            self._killed = None
            self._faults.clear()

    def cut_streams(self) -> None:
        """Let all open streams lose their connection."""
        self._cut(EngineUnavailable("lost the connection to the engine"))

    # What holds it together.

    def _note(self, call: Call) -> Fault | None:
        if self._killed is not None:
            raise self._killed
        self.calls.append(call)
        if call.mutating:
            self.advance(1)
        due = [fault for fault in self._faults if fault.due(call)]
        return due[0] if due else None

    def _raised(self, fault: Fault) -> BaseException:
        if isinstance(fault.error, Killed):
            self._killed = fault.error
            self._cut(fault.error)
        return fault.error

    def _cut(self, error: BaseException) -> None:
        with self._changed:
            for stream, _, _ in self._event_streams:
                stream.fail(error)
            for listener in self._listeners:
                listener.stream.fail(error)
            self._event_streams.clear()
            self._listeners.clear()
            self._changed.notify_all()

    def _tell(self, event: Json) -> None:
        self._history.append(event)
        for stream, filters, _ in self._event_streams:
            for chosen in events_chosen([event], filters):
                stream.put(chosen)
        if event["Action"] in ("die", "destroy"):
            for listener in self._listeners:
                if listener.container.id == event["Actor"]["ID"]:
                    listener.stream.end()
        self._event_streams = [one for one in self._event_streams if not one[0].over]
        self._listeners = [one for one in self._listeners if not one.stream.over]
        self._changed.notify_all()

    def _write(self, container: Container, stream: StdStream, line: bytes) -> None:
        for listener in self._listeners:
            if listener.container is container:
                listener.hear(stream, line, self._store.now)

    def close(self) -> None:
        """Let go of all connections."""

    # Reads.

    @_reads
    def list_containers(self, *, all: bool = True, filters: Filters | None = None) -> list[Json]:
        """GET /containers/json, the newest first."""
        for container in list(self._store.containers.values()):
            self._life.poll(container)
        found = containers_chosen(reversed(self._store.containers.values()), filters)
        if not all and not (filters and "status" in filters):
            found = [one for one in found if one.running or one.state == "restarting"]
        return _copy([container_row(one, self._store.now) for one in found])

    @_reads
    def inspect_container(self, container: str) -> Json:
        """GET /containers/{id}/json."""
        found = self._store.container(container)
        self._life.poll(found)
        return _copy(container_json(found))

    @_reads
    def list_networks(self, *, filters: Filters | None = None) -> list[Json]:
        """GET /networks; a `name` filter matches parts of names."""
        found = networks_chosen(self._store.networks.values(), filters)
        return _copy([network_json(network) for network in found])

    @_reads
    def inspect_network(self, network: str) -> Json:
        """GET /networks/{id}."""
        found = self._store.network(network)
        return _copy(network_json(found, self._store.endpoints(found)))

    @_reads
    def list_volumes(self, *, filters: Filters | None = None) -> list[Json]:
        """GET /volumes; a `name` filter matches parts of names."""
        store = self._store
        found = volumes_chosen(
            store.volumes.values(), filters, lambda name: bool(store.users(name))
        )
        return _copy([volume_json(volume) for volume in found])

    @_reads
    def list_images(self, *, filters: Filters | None = None) -> list[Json]:
        """GET /images/json."""
        found = images_chosen(self._store.images.values(), filters)
        return _copy([image_row(image) for image in found])

    @_reads
    def inspect_image(self, image: str) -> Json:
        """GET /images/{name}/json."""
        return _copy(image_json(self._store.image(image)))

    @_reads
    def inspect_distribution(self, image: str) -> Json:
        """GET /distribution/{name}/json, from `registry`; an image's id stands for its digest."""
        found = self.registry.get(tagged(familiar(image)))
        if found is None:
            denied = "denied: requested access to the resource is denied"
            refuse(401, f"errors:\n{denied}\nunauthorized: authentication required\n")
        platform = {"architecture": "amd64", "os": "linux"}
        return {"Descriptor": {"digest": found.id}, "Platforms": [platform]}

    @_reads
    def ping(self) -> None:
        """GET /_ping."""

    @_reads
    def info(self) -> Json:
        """GET /info."""
        return {
            "ID": "FAKE",
            "Name": "fake",
            "ServerVersion": self.capabilities.version,
            "SystemTime": stamp(self._store.now),
            "OperatingSystem": "an engine in memory",
            "OSType": self.capabilities.os,
            "Architecture": "x86_64",
            "NCPU": 2,
            "MemTotal": 4 * 2**30,
            "Containers": len(self._store.containers),
            "Images": len(self._store.images),
            "SecurityOptions": [],
            "Swarm": {"LocalNodeState": "inactive", "ControlAvailable": False},
        }

    @_reads
    def events(
        self, *, since: str = "", until: str = "", filters: Filters | None = None
    ) -> FakeStream[Json]:
        """GET /events; `since` and `until` in seconds of the engine's own time."""
        stream: FakeStream[Json] = FakeStream(self._changed)
        end = float(until) if until else float("inf")
        for event in events_chosen(self._history if since or until else (), filters):
            if float(since or 0) <= event["timeNano"] / 1e9 <= end:
                stream.put(event)
        if end <= self._store.now:
            stream.end()
        else:
            self._event_streams.append((stream, filters, end))
        return stream

    @_reads
    def recent_events(self, seconds: float, *, filters: Filters | None = None) -> list[Json]:
        """GET /events of the last seconds."""
        since = self._store.now - seconds
        found = events_chosen(self._history, filters)
        return [_copy(event) for event in found if event["timeNano"] / 1e9 >= since]

    @_reads
    def logs(
        self,
        container: str,
        *,
        follow: bool = False,
        stdout: bool = True,
        stderr: bool = True,
        since: str = "",
        until: str = "",
        tail: str = "all",
        timestamps: bool = False,
        tty: bool = False,
    ) -> FakeStream[Frame]:
        """GET /containers/{id}/logs; only of a running container is more to come."""
        found = self._store.container(container)
        wanted = (1,) * stdout + (2,) * stderr
        if not wanted:
            refuse(400, "Bad parameters: you must choose at least one stream")
        stream: FakeStream[Frame] = FakeStream(self._changed)
        listener = _Listener(container=found, stream=stream, wanted=wanted, timestamps=timestamps)
        first, last = float(since or 0), float(until or "inf")
        lines = [one for one in found.log if one[0] in wanted and first <= one[2] <= last]
        for line in lines[-int(tail) :] if tail.isdigit() and int(tail) else lines:
            if tail != "0":
                listener.hear(*line)
        if follow and found.running:
            self._listeners.append(listener)
        else:
            stream.end()
        return stream

    @_reads
    def attach(
        self, container: str, *, tty: bool = False, stdin: bool = False, logs: bool = False
    ) -> FakeAttachment:
        """POST /containers/{id}/attach?stream=1; ends when the container does."""
        found = self._store.container(container)
        if found.state == "paused":
            way = "Unpause the container before attach."
            refuse(409, f"Container {container} is paused. {way}")

        def receive(data: bytes | None) -> None:
            found.stdin += data or b""
            found.stdin_closed = data is None

        attachment = FakeAttachment(self._changed, receive)
        listener = _Listener(container=found, stream=attachment, wanted=(1, 2))
        for line in found.log if logs else ():
            listener.hear(*line)
        if found.state == "exited":
            attachment.end()
        else:
            self._listeners.append(listener)
        return attachment

    @_reads
    def wait_container(self, container: str, *, condition: str = "not-running") -> int:
        """POST /containers/{id}/wait: block, return the exit code.

        Who waits has all the time in the world: what the container does after some polls, it does.
        """
        found = self._store.container(container)
        exits = found.exits
        active = ("running", "paused", "restarting")
        over = {
            "not-running": lambda: found.removed or found.state not in active,
            "next-exit": lambda: found.removed or found.exits > exits,
            "removed": lambda: found.removed,
        }
        if condition not in over:
            refuse(400, f"invalid condition: {condition!r}")

        def done() -> bool:
            found.polls = max(found.polls, self._life.behaviour(found).polls)
            self._life.settle(found)
            return self._killed is not None or over[condition]()

        self._changed.wait_for(done)
        if self._killed is not None:
            raise self._killed
        return found.exit_code

    @_reads
    def inspect_exec(self, exec: str) -> Json:
        """GET /exec/{id}/json."""
        return exec_json(self._life.exec(exec))

    @_reads
    def top(self, container: str) -> Json:
        """GET /containers/{id}/top."""
        return fake_inside.processes(self._store.container(container))

    @_reads
    def stats(self, container: str, *, follow: bool = True) -> FakeStream[Json]:
        """GET /containers/{id}/stats: one sample, whether followed or not."""
        stream: FakeStream[Json] = FakeStream(self._changed)
        stream.put(fake_inside.sample(self._store.container(container), self._store.now))
        stream.end()
        return stream

    @_reads
    def stat_path(self, container: str, path: str) -> Json:
        """HEAD /containers/{id}/archive."""
        return fake_inside.stat(self._store.container(container), path)

    @_reads
    def get_archive(self, container: str, path: str) -> FakeFiles:
        """GET /containers/{id}/archive."""
        found = self._store.container(container)
        stat = fake_inside.stat(found, path)
        return FakeFiles(self._changed, fake_inside.packed(found, path), stat)

    @_reads
    def export_container(self, container: str) -> FakeFiles:
        """GET /containers/{id}/export."""
        found = self._store.container(container)
        return FakeFiles(self._changed, fake_inside.packed(found, "/"), None)

    # Changes.

    @_changes
    def create_container(self, name: str, body: Json, *, platform: str = "") -> Json:
        """POST /containers/create; the body is kept verbatim."""
        several = self.capabilities.several_endpoints
        container = self._life.create(name, _copy(body), several_endpoints=several)
        return {"Id": container.id, "Warnings": []}

    @_changes
    def start_container(self, container: str) -> None:
        """POST /containers/{id}/start; a running one is left alone."""
        self._life.start(self._store.container(container))

    @_changes
    def stop_container(self, container: str, *, timeout: int | None = None) -> None:
        """POST /containers/{id}/stop; a stopped one is left alone."""
        self._life.stop(self._store.container(container))

    @_changes
    def kill_container(self, container: str, *, signal: str = "SIGKILL") -> None:
        """POST /containers/{id}/kill; one that does not run is left alone."""
        found = self._store.container(container)
        if found.running:
            self._life.kill(found, signal)

    @_changes
    def restart_container(self, container: str, *, timeout: int | None = None) -> None:
        """POST /containers/{id}/restart."""
        self._life.restart(self._store.container(container))

    @_changes
    def pause_container(self, container: str) -> None:
        """POST /containers/{id}/pause."""
        self._life.pause(self._store.container(container))

    @_changes
    def unpause_container(self, container: str) -> None:
        """POST /containers/{id}/unpause."""
        self._life.unpause(self._store.container(container))

    @_changes
    def rename_container(self, container: str, name: str) -> None:
        """POST /containers/{id}/rename."""
        self._life.rename(self._store.container(container), name)

    @_changes
    def remove_container(
        self, container: str, *, force: bool = False, volumes: bool = False
    ) -> None:
        """DELETE /containers/{id}; `volumes` removes its anonymous volumes. Gone is success."""
        with suppress(NotFound):
            found = self._store.container(container)
            self._life.remove(found, force=force, volumes=volumes)

    @_changes
    def create_exec(self, container: str, body: Json) -> str:
        """POST /containers/{id}/exec: the id; the bodies of those that ran are in `ran`."""
        return self._life.create_exec(self._store.container(container), _copy(body)).id

    @_changes
    def start_exec(self, exec: str, *, tty: bool = False) -> FakeAttachment:
        """POST /exec/{id}/start: the command is over at once, its output still to be read."""
        prepared = self._life.exec(exec)
        attachment = FakeAttachment(self._changed, lambda data: None)
        asked = {1: "AttachStdout", 2: "AttachStderr"}
        for stream, line in self._life.start_exec(prepared).output:
            if prepared.body.get(asked[stream]):
                attachment.put((1 if tty else stream, line))
        attachment.end()
        return attachment

    @_changes
    def detach_exec(self, exec: str) -> None:
        """POST /exec/{id}/start, detached: the command is over at once, its output lost."""
        self._life.start_exec(self._life.exec(exec))

    @_reads
    def resize_exec(self, exec: str, *, rows: int, columns: int) -> None:
        """POST /exec/{id}/resize; the size is in `sizes` of its container."""
        self._life.exec(exec).container.sizes.append((rows, columns))

    @_reads
    def resize_container(self, container: str, *, rows: int, columns: int) -> None:
        """POST /containers/{id}/resize; the size is in `sizes` of the container."""
        self._store.container(container).sizes.append((rows, columns))

    @_changes
    def put_archive(
        self,
        container: str,
        path: str,
        data: bytes | Iterator[bytes],
        *,
        beside: bool = False,
        owned: bool = False,
    ) -> None:
        """PUT /containers/{id}/archive; the files are in `container(…).files`."""
        del beside, owned
        whole = data if isinstance(data, bytes) else b"".join(data)
        self._life.extract(self._store.container(container), path, whole)

    @_changes
    def commit_container(self, container: str, query: Mapping[str, str]) -> str:
        """POST /commit: the image is as that of the container, with the name asked for."""
        made = self._store.container(container).image
        name = query.get("repo")
        tags = (f"{name}:{query.get('tag') or 'latest'}",) if name else ()
        self._store.add_image(replace(made, id=f"sha256:{self._store.new_id('image')}", tags=tags))
        return next(reversed(self._store.images))

    @_changes
    def create_network(self, body: Json) -> str:
        """POST /networks/create: the id."""
        return self._store.create_network(_copy(body)).id

    @_changes
    def remove_network(self, network: str) -> None:
        """DELETE /networks/{id}; with running containers on it: Conflict."""
        self._store.remove_network(self._store.network(network))

    @_changes
    def connect_network(self, network: str, body: Json) -> None:
        """POST /networks/{id}/connect."""
        self._life.connect(self._store.network(network), _copy(body))

    @_changes
    def disconnect_network(self, network: str, container: str, *, force: bool = False) -> None:
        """POST /networks/{id}/disconnect."""
        self._life.disconnect(self._store.network(network), self._store.container(container))

    @_changes
    def create_volume(self, body: Json) -> Json:
        """POST /volumes/create: the volume, an existing one unchanged."""
        return _copy(volume_json(self._store.create_volume(_copy(body))))

    @_changes
    def remove_volume(self, volume: str, *, force: bool = False) -> None:
        """DELETE /volumes/{name}; in use: Conflict."""
        self._store.remove_volume(volume)

    @_changes
    def pull_image(
        self, image: str, *, platform: str = "", on_progress: Callable[[Json], None] | None = None
    ) -> None:
        """POST /images/create, from `registry`."""
        image = tagged(familiar(image))
        name, _, tag = image.rpartition(":")
        found = self.registry.get(image)
        if found is None:
            hint = "repository does not exist or may require 'docker login'"
            denied = "denied: requested access to the resource is denied"
            refuse(404, f"pull access denied for {name}, {hint}: {denied}")
        for line in (
            {"status": f"Pulling from {name}", "id": tag},
            {"status": "Pull complete", "id": found.id[7:19], "progressDetail": {}},
            {"status": f"Status: Downloaded newer image for {image}"},
        ):
            if on_progress is not None:
                on_progress(line)
        self._store.add_image(found)

    @_changes
    def build_image(
        self,
        context: bytes | Iterator[bytes],
        query: Query,
        *,
        on_progress: Callable[[Json], None] | None = None,
    ) -> str:
        """POST /build: an image whose id depends on the context alone, as from a full cache."""
        data = context if isinstance(context, bytes) else b"".join(context)
        image = Image(id=f"sha256:{hashlib.sha256(data).hexdigest()}", created=self._store.now)
        image = self._store.images.get(image.id, image)
        names = query.get("t", ())
        tags = (*image.tags, *map(tagged, [names] if isinstance(names, str) else names))
        labels = json.loads(str(query.get("labels") or "{}"))
        self._store.add_image(replace(image, tags=tuple(dict.fromkeys(tags)), labels=labels))
        for line in (f"Successfully built {image.id[7:19]}\n", *(f"tagged {tag}" for tag in tags)):
            if on_progress is not None:
                on_progress({"stream": line})
        return image.id

    @_changes
    def remove_image(self, image: str, *, force: bool = False) -> None:
        """DELETE /images/{name}; in use: Conflict."""
        self._store.remove_image(image, force=force)


def _copy(value: T) -> T:
    """Return JSON that shares nothing with the engine's own."""
    copy: T = json.loads(json.dumps(value))
    return copy
