"""What pycompose asks of an engine: the Engine API's own words, JSON in and JSON out.

Implemented by `engine.docker.DockerEngine` (a real engine) and `engine.fake.FakeEngine` (one in
memory). Every method raises only `pycompose.errors.EngineError` and its kinds: NotFound for 404,
Conflict for 409, EngineUnavailable where nothing answered or a connection was lost. No call has a
time limit of its own; none is sent twice. All methods may be called from many threads at once.

Source: https://docs.docker.com/reference/api/engine/ (the paths in the docstrings).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias, TypeVar

from pycompose.model.values import Json
from pycompose.snapshot import Capabilities

Frame: TypeAlias = tuple[int, bytes]  # (1 stdout | 2 stderr, bytes); a terminal's output is all 1
Query: TypeAlias = Mapping[
    str, str | Sequence[str]
]  # a parameter with several values comes as often
T_co = TypeVar("T_co", covariant=True)


class Stream(Protocol[T_co]):
    """An endless answer: iterate it in one thread, `close` it from any, which ends the iteration.

    A connection lost before the engine ended the stream raises EngineUnavailable from the
    iteration; one that was closed from here ends it quietly.
    """

    def __iter__(self) -> Iterator[T_co]: ...

    def close(self) -> None:
        """End the stream; safe to call twice and from any thread."""
        ...


class Attachment(Stream[Frame], Protocol):
    """A container's or exec's standard streams over one connection."""

    def write(self, data: bytes) -> None:
        """Send bytes to standard input."""
        ...

    def close_stdin(self) -> None:
        """End standard input; output goes on."""
        ...


class Files(Stream[bytes], Protocol):
    """A tar that an engine sends, in pieces.

    `stat` says what the path is that was asked for: `name`, `size`, `mode` (as Go has it),
    `mtime`, `linkTarget`; None where no path was asked for.
    """

    stat: Json


class Engine(Protocol):
    """An engine of today or of yesterday, or one in memory."""

    @property
    def capabilities(self) -> Capabilities:
        """What this engine is and can do; asked once (GET /_ping)."""
        ...

    @property
    def socket(self) -> str:
        """The path of its socket on this machine, "" where it is reached in another way."""
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...

    # Reads. `filters` are the API's: {"label": ["k=v"], "name": […], …}.

    def list_containers(
        self, *, all: bool = True, filters: Mapping[str, Sequence[str]] | None = None
    ) -> list[Json]:
        """GET /containers/json."""
        ...

    def inspect_container(self, container: str) -> Json:
        """GET /containers/{id}/json."""
        ...

    def list_networks(self, *, filters: Mapping[str, Sequence[str]] | None = None) -> list[Json]:
        """GET /networks. A `name` filter matches parts of names: compare them afterwards."""
        ...

    def inspect_network(self, network: str) -> Json:
        """GET /networks/{id}."""
        ...

    def list_volumes(self, *, filters: Mapping[str, Sequence[str]] | None = None) -> list[Json]:
        """GET /volumes: the `Volumes` list. A `name` filter matches parts of names."""
        ...

    def list_images(self, *, filters: Mapping[str, Sequence[str]] | None = None) -> list[Json]:
        """GET /images/json."""
        ...

    def inspect_image(self, image: str) -> Json:
        """GET /images/{name}/json."""
        ...

    def inspect_distribution(self, image: str) -> Json:
        """GET /distribution/{name}/json: what the registry of `image` says of it.

        Asked with the user's credentials for that registry.
        """
        ...

    def ping(self) -> None:
        """GET /_ping on a new connection: an engine that is about to end takes none.

        Raises:
            EngineUnavailable: it does not answer.
        """
        ...

    def info(self) -> Json:
        """GET /info."""
        ...

    def events(
        self,
        *,
        since: str = "",
        until: str = "",
        filters: Mapping[str, Sequence[str]] | None = None,
    ) -> Stream[Json]:
        """GET /events. The request has reached the engine when this returns."""
        ...

    def recent_events(
        self, seconds: float, *, filters: Mapping[str, Sequence[str]] | None = None
    ) -> list[Json]:
        """GET /events of the last seconds, oldest first, as far as the engine remembers them.

        An engine whose clock differs may leave out those of the last second.
        """
        ...

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
    ) -> Stream[Frame]:
        """GET /containers/{id}/logs; `tty` says that the container has a terminal (no frames)."""
        ...

    def attach(
        self, container: str, *, tty: bool = False, stdin: bool = False, logs: bool = False
    ) -> Attachment:
        """POST /containers/{id}/attach?stream=1, hijacked."""
        ...

    def wait_container(self, container: str, *, condition: str = "not-running") -> int:
        """POST /containers/{id}/wait: block, return the exit code."""
        ...

    def inspect_exec(self, exec: str) -> Json:
        """GET /exec/{id}/json: whether it is `Running`, and its `ExitCode`."""
        ...

    def top(self, container: str) -> Json:
        """GET /containers/{id}/top: `{"Titles": […], "Processes": [[…], …]}`.

        Where the container does not run: Conflict.
        """
        ...

    def stats(self, container: str, *, follow: bool = True) -> Stream[Json]:
        """GET /containers/{id}/stats: a sample each second, or one with the one before."""
        ...

    def stat_path(self, container: str, path: str) -> Json:
        """HEAD /containers/{id}/archive: what `path` is, as `Files.stat`; nothing: NotFound."""
        ...

    def get_archive(self, container: str, path: str) -> Files:
        """GET /containers/{id}/archive: a tar of `path`, by its last component's name."""
        ...

    def export_container(self, container: str) -> Files:
        """GET /containers/{id}/export: a tar of the whole file system, without volumes."""
        ...

    # Changes.

    def create_container(self, name: str, body: Json, *, platform: str = "") -> Json:
        """POST /containers/create: `{"Id": …, "Warnings": […]}`."""
        ...

    def start_container(self, container: str) -> None:
        """POST /containers/{id}/start; a running one is left alone (304)."""
        ...

    def stop_container(self, container: str, *, timeout: int | None = None) -> None:
        """POST /containers/{id}/stop; a stopped one is left alone. `timeout` in seconds."""
        ...

    def kill_container(self, container: str, *, signal: str = "SIGKILL") -> None:
        """POST /containers/{id}/kill."""
        ...

    def restart_container(self, container: str, *, timeout: int | None = None) -> None:
        """POST /containers/{id}/restart."""
        ...

    def pause_container(self, container: str) -> None:
        """POST /containers/{id}/pause."""
        ...

    def unpause_container(self, container: str) -> None:
        """POST /containers/{id}/unpause."""
        ...

    def rename_container(self, container: str, name: str) -> None:
        """POST /containers/{id}/rename."""
        ...

    def remove_container(
        self, container: str, *, force: bool = False, volumes: bool = False
    ) -> None:
        """DELETE /containers/{id}; `volumes` removes its anonymous volumes.

        Returns once the container is gone, also when another request is removing it.
        """
        ...

    def create_exec(self, container: str, body: Json) -> str:
        """POST /containers/{id}/exec: the id. Where the container does not run: Conflict."""
        ...

    def start_exec(self, exec: str, *, tty: bool = False) -> Attachment:
        """POST /exec/{id}/start, hijacked: the command begins, and its output ends with it.

        A command that cannot be begun is no error: it exits with 126 or 127, the reason its output.
        """
        ...

    def detach_exec(self, exec: str) -> None:
        """POST /exec/{id}/start, detached: the command begins, and its output is lost."""
        ...

    def resize_exec(self, exec: str, *, rows: int, columns: int) -> None:
        """POST /exec/{id}/resize: the size of its terminal; before it has begun, an EngineError."""
        ...

    def resize_container(self, container: str, *, rows: int, columns: int) -> None:
        """POST /containers/{id}/resize: the size of its terminal."""
        ...

    def put_archive(
        self,
        container: str,
        path: str,
        data: bytes | Iterator[bytes],
        *,
        beside: bool = False,
        owned: bool = False,
    ) -> None:
        """PUT /containers/{id}/archive: extract a tar at `path`.

        `beside` what is there: no folder takes the place of a file, or the other way round. What is
        `owned` belongs to the user of the container's image rather than to those the tar says.
        """
        ...

    def commit_container(self, container: str, query: Mapping[str, str]) -> str:
        """POST /commit: the id of an image made of a container; `query` as in the API."""
        ...

    def create_network(self, body: Json) -> str:
        """POST /networks/create: the id. A second network of one name is a Conflict, always."""
        ...

    def remove_network(self, network: str) -> None:
        """DELETE /networks/{id}; with containers on it: Conflict (403 on some engines)."""
        ...

    def connect_network(self, network: str, body: Json) -> None:
        """POST /networks/{id}/connect: `{"Container": …, "EndpointConfig": {…}}`."""
        ...

    def disconnect_network(self, network: str, container: str, *, force: bool = False) -> None:
        """POST /networks/{id}/disconnect."""
        ...

    def create_volume(self, body: Json) -> Json:
        """POST /volumes/create: the volume. An existing one of this name is returned unchanged."""
        ...

    def remove_volume(self, volume: str, *, force: bool = False) -> None:
        """DELETE /volumes/{name}; in use: Conflict."""
        ...

    def pull_image(
        self, image: str, *, platform: str = "", on_progress: Callable[[Json], None] | None = None
    ) -> None:
        """POST /images/create, with the user's credentials for the registry of `image`.

        `on_progress` gets each line of the answer: {"id", "status", "progressDetail"}.

        Raises:
            EngineError: also for an error reported inside the answer; the image is named.
        """
        ...

    def build_image(
        self,
        context: bytes | Iterator[bytes],
        query: Query,
        *,
        on_progress: Callable[[Json], None] | None = None,
    ) -> str:
        """POST /build (classic builder) with a tar; `query` as in the API; the image's id.

        `on_progress` gets each line of the answer: {"stream"} and the like.
        """
        ...

    def remove_image(self, image: str, *, force: bool = False) -> None:
        """DELETE /images/{name}; in use: Conflict."""
        ...
