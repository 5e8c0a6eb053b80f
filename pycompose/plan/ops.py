"""The closed set of steps a plan is made of: an Engine API call each, with its full body.

What is not known until a step has run is a `Made`: the object that step creates. It is allowed
only where the id of a container stands. Nothing else is filled in later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, NamedTuple, Self, TypeAlias, dataclass_transform

from pycompose.model.values import Json

Cause: TypeAlias = Literal[
    "missing",  # nothing of the kind is there yet
    "changed",  # the file asks for something else than what is there
    "image",  # the image the container was made from is not the current one
    "forced",  # the user asked for a new one
    "incomplete",  # the container lacks a network or volume it should have
    "interrupted",  # an earlier command was cut off half-way
    "surplus",  # more of it than the file asks for
    "orphan",  # the file no longer knows it
    "stopped",  # it is there but does not run
    "dependency",  # something it depends on, or that depends on it, asks for it
    "asked",  # the command itself says so
    "replaced",  # part of putting another in its place
    "undone",  # a replacement failed, and is taken back
    "moving",  # part of copying what is in a volume
]


@dataclass(frozen=True, slots=True)
class Made:
    """The container that step `op` creates."""

    op: int


Ref: TypeAlias = str | Made


class Change(NamedTuple):
    """A field of a container that is made anew: `environment.COLOUR`, `ports[0]`, and its values.

    `at` is where the new value is written, "" for nowhere. None is no value; where not `known`,
    the engine does not tell the old one, and neither is given. Values are as they are: who shows
    them hides what is secret.
    """

    path: str
    old: Json = None
    new: Json = None
    at: str = ""
    known: bool = True


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Record:
    """What dataclasses would write for each of the kinds of steps below, once for all of them.

    Their twenty classes would cost every `up` ten milliseconds, also where there is nothing to do.
    A record holds what it was given; the rest are the attributes of its class.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    known: ClassVar[frozenset[str]] = frozenset()
    required: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        cls.fields = (*cls.fields, *cls.__annotations__)
        cls.known = frozenset(cls.fields)
        cls.required = frozenset(name for name in cls.fields if not hasattr(cls, name))

    def __init__(self, **values: Any) -> None:
        kind = type(self)
        if not kind.required <= values.keys() <= kind.known:
            wrong = sorted((kind.required - values.keys()) | (values.keys() - kind.known))
            raise TypeError(f"{kind.__name__} lacks, or does not know: {wrong}")
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to field {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.values() == other.values()

    __hash__ = None  # type: ignore[assignment]  # bodies are dicts

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.values().items())
        return f"{type(self).__name__}({given})"

    def values(self) -> dict[str, Any]:
        """Return the values of all fields, in their order."""
        return {name: getattr(self, name) for name in self.fields}

    def replaced(self, **changes: Any) -> Self:
        """Return the same with other values of some fields."""
        return type(self)(**{**self.__dict__, **changes})


class Step(_Record):
    """What every step has.

    `id` counts from 1 and is a topological order: every id in `after` is smaller. `resource` is
    what people see (`Container demo-web-1`). `why` is a sentence for them; `cause` its kind for
    machines. `destroys` names what is lost for good. A `best_effort` step may fail without
    failing what comes after it.

    Of the steps in `after`, as many may have failed or been left out as `tolerates` says; the
    others have ended well. A step with `rescues` makes up for those steps: once all of them are
    over, it is carried out if `failures` of them or more did not end well. Otherwise, or where a
    step in its own `after` was not carried out, there is nothing to make up for: a good end.
    """

    id: int
    after: tuple[int, ...] = ()
    resource: str
    cause: Cause
    why: str
    destroys: str = ""
    best_effort: bool = False
    service: str = ""
    tolerates: int = 0
    rescues: tuple[int, ...] = ()
    failures: int = 1


class CreateNetwork(Step):
    """POST /networks/create."""

    body: Json


class RemoveNetwork(Step):
    """DELETE /networks/{id}."""

    network: str


class Connect(Step):
    """POST /networks/{name}/connect with `{"Container": container, "EndpointConfig": endpoint}`."""

    network: str
    container: Ref
    endpoint: Json


class Disconnect(Step):
    """POST /networks/{id}/disconnect, forced."""

    network: str
    container: str


class CreateVolume(Step):
    """POST /volumes/create."""

    body: Json


class RemoveVolume(Step):
    """DELETE /volumes/{name}."""

    volume: str


class PullImage(Step):
    """POST /images/create."""

    image: str
    platform: str = ""


class BuildImage(Step):
    """POST /build: the context is a folder whose tar the executor makes."""

    image: str
    context: str
    dockerfile: str
    dockerfile_inline: str = ""
    query: Json


class RemoveImage(Step):
    """DELETE /images/{name}."""

    image: str


class CreateContainer(Step):
    """POST /containers/create?name={name}.

    Where the container shares something with others that the plan makes, those are `joins`, and
    `join:<n>` stands in the body for the id of the n-th; the config hash is that of `hashed` with
    the ids in it, where the container has one. Without joins the body is complete. `replaces` is
    the id of the container whose place it takes, "" for none; `changes` what differs, where
    somebody looked.
    """

    name: str
    body: Json
    platform: str = ""
    replaces: str = ""
    changes: tuple[Change, ...] = ()
    joins: tuple[Ref, ...] = ()
    hashed: Json = None


class Start(Step):
    """POST /containers/{id}/start."""

    container: Ref


class Stop(Step):
    """POST /containers/{id}/stop; `timeout` in seconds, None for the container's own."""

    container: Ref
    timeout: int | None = None


class Kill(Step):
    """POST /containers/{id}/kill."""

    container: Ref
    signal: str = "SIGKILL"


class Pause(Step):
    """POST /containers/{id}/pause."""

    container: Ref


class Unpause(Step):
    """POST /containers/{id}/unpause."""

    container: Ref


class Restart(Step):
    """POST /containers/{id}/restart; `timeout` in seconds."""

    container: Ref
    timeout: int | None = None


class Rename(Step):
    """POST /containers/{id}/rename."""

    container: Ref
    name: str


class RemoveContainer(Step):
    """DELETE /containers/{id}; `volumes` removes its anonymous volumes with it."""

    container: Ref
    force: bool = False
    volumes: bool = False


class PutArchive(Step):
    """PUT /containers/{id}/archive: write a secret or config at `path` in a container.

    The bytes are not part of the plan: the executor gets those of `section`.`key`, and `digest`
    tells which they were when the plan was made. `folder` is where the archive is unpacked: the
    root, or the volume that `path` is in.
    """

    container: Ref
    section: Literal["secrets", "configs"]
    key: str
    digest: str
    path: str
    folder: str = "/"
    uid: int = 0
    gid: int = 0
    mode: int = 0o444


class Exec(Step):
    """POST /containers/{id}/exec, and /exec/{id}/start: a hook is run to its end.

    The step fails where the command does not end with 0; what runs before a stop (`pre_stop`,
    `drain`) has nothing to do in a container that is gone or does not run. `name` is what stands
    before its output, `place` where the files ask for it.
    """

    container: Ref
    name: str
    moment: Literal["post_start", "pre_stop", "drain"]
    place: str
    body: Json


class RunHook(Step):
    """POST /containers/{id}/attach, start and wait: a `pre_start` hook is run to its end.

    The step fails where its container does not end with 0. `name` is what stands before its
    output, `place` where the files ask for it.
    """

    container: Ref
    name: str
    place: str


class CallProvider(Step):
    """Run a program of this machine that provides a service, or takes it away again.

    `PROGRAM compose --project-name=… up|down --OPTION=VALUE… SERVICE`, with those of the options
    that it says it takes; `options` are lists of values by name. What it sets is told to nobody
    but whoever carries the plan out.
    """

    program: str
    command: Literal["up", "down"]
    project: str
    options: Json


class PullModel(Step):
    """Run `PROGRAM pull MODEL`."""

    program: str
    model: str


class ConfigureModel(Step):
    """Run `PROGRAM configure [--context-size SIZE] MODEL [-- FLAG…]`; a size of 0 is none."""

    program: str
    model: str
    context_size: int
    flags: tuple[str, ...]


class SaveVolume(Step):
    """POST /containers/{id}/attach, start and wait: what a volume holds is written to a file.

    The container writes a tar of the `volume`; it becomes the backup at `path`, "-" for standard
    output, as its `manifest` says, and compressed by `compress` ("" is not).
    """

    container: Ref
    volume: str
    path: str
    manifest: Json
    compress: str = ""


class FillVolume(Step):
    """POST /containers/{id}/attach, start and wait: a volume gets what a backup holds.

    `path` is the backup's, "-" for standard input.
    """

    container: Ref
    volume: str
    path: str


class CopyVolume(Step):
    """POST /containers/{id}/start and wait: a `volume` gets what another one, `source`, holds."""

    container: Ref
    source: str
    volume: str


Until: TypeAlias = Literal["started", "healthy", "completed", "running_or_healthy", "serving"]


STOPPABLE: Final = ("running", "restarting", "paused")  # states of a container that can be stopped
UNTIL: Final[Mapping[str, Until]] = {  # what each condition of `depends_on` waits for
    "service_started": "started",
    "service_healthy": "healthy",
    "service_completed_successfully": "completed",
}


class Wait(Step):
    """Wait until containers have reached a state; changes nothing, but orders other steps.

    `started`: nothing, it only orders. `healthy`: every one's health check passes. `completed`:
    every one has exited with 0. `running_or_healthy`: healthy where there is a health check, else
    running, or ended with its work done. `serving`: the same, but an end is none. `steady`, in
    nanoseconds, is how long they have to stay so.
    """

    containers: tuple[Ref, ...]
    names: tuple[str, ...]
    until: Until
    steady: int = 0


class Delay(Step):
    """Let `duration` nanoseconds pass; no call. One of 0 only brings steps together."""

    duration: int


Op: TypeAlias = (
    CreateNetwork
    | RemoveNetwork
    | Connect
    | Disconnect
    | CreateVolume
    | RemoveVolume
    | PullImage
    | BuildImage
    | RemoveImage
    | CreateContainer
    | Start
    | Stop
    | Kill
    | Pause
    | Unpause
    | Restart
    | Rename
    | RemoveContainer
    | PutArchive
    | Exec
    | RunHook
    | CallProvider
    | PullModel
    | ConfigureModel
    | SaveVolume
    | FillVolume
    | CopyVolume
    | Wait
    | Delay
)
