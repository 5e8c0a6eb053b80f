"""What is created, changed, started and removed on an engine, by JSON and by tars.

Images come from registries and builds, which need the docker SDK: see `docker`. The oddities of
engines end here; each is marked `Engine:`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, TypeVar

from pycompose.engine.answers import made
from pycompose.engine.http1 import quote
from pycompose.engine.inside import Inside
from pycompose.engine.port import Query
from pycompose.errors import Conflict, EngineError, EngineUnavailable, NotFound, Unstartable
from pycompose.model.values import Json

T = TypeVar("T")
TAR: Final = {"Content-Type": "application/x-tar"}
_REMOVAL_SECONDS: Final = 60.0  # of a removal somebody else began; a guess, most take 0.1
_REMOVAL_LOOK_SECONDS: Final = 0.05
_IN_ITS_WAY: Final = re.compile(
    r"task [0-9a-f]+: already exists$"
    r"|^id already in use$"
    r"|failed to start shim: mkdir \S+: file exists"
)


class Changes(Inside):
    """All of `port.Engine` that needs no docker SDK; its docstrings hold."""

    # Containers

    def create_container(self, name: str, body: Json, *, platform: str = "") -> Json:
        """POST /containers/create."""
        query = {"name": name, **({"platform": platform} if platform else {})}
        try:
            return self._made("/containers/create", body, query=query)
        except EngineError as error:
            # Engine: Podman answers 500 for a name that is taken.
            if error.status == 500 and "is already in use" in error.message:
                raise Conflict(error.message, status=500, request=error.request) from error
            raise

    def start_container(self, container: str) -> None:
        """POST /containers/{id}/start.

        Engine: starts are not serialised, as Docker Compose does for fear of a race for ports
        published from a range. 32 starts by 8 threads over one range, and 32 over free ports,
        showed none on Docker 20.10, in half the time.
        """
        with _forgotten():
            self._posted(f"/containers/{quote(container)}/start")

    def stop_container(self, container: str, *, timeout: int | None = None) -> None:
        """POST /containers/{id}/stop."""
        query = _seconds(timeout)
        _again(lambda: self._posted(f"/containers/{quote(container)}/stop", query=query))

    def kill_container(self, container: str, *, signal: str = "SIGKILL") -> None:
        """POST /containers/{id}/kill; one that does not run is left alone (409)."""
        with suppress(Conflict):
            self._posted(f"/containers/{quote(container)}/kill", query={"signal": signal})

    def restart_container(self, container: str, *, timeout: int | None = None) -> None:
        """POST /containers/{id}/restart."""
        query = _seconds(timeout)
        with _forgotten():
            self._posted(f"/containers/{quote(container)}/restart", query=query)

    def pause_container(self, container: str) -> None:
        """POST /containers/{id}/pause."""
        self._posted(f"/containers/{quote(container)}/pause")

    def unpause_container(self, container: str) -> None:
        """POST /containers/{id}/unpause."""
        self._posted(f"/containers/{quote(container)}/unpause")

    def rename_container(self, container: str, name: str) -> None:
        """POST /containers/{id}/rename."""
        self._posted(f"/containers/{quote(container)}/rename", query={"name": name})

    def remove_container(
        self, container: str, *, force: bool = False, volumes: bool = False
    ) -> None:
        """DELETE /containers/{id}, and wait until it is gone."""
        query = _flags(force=force, v=volumes)
        try:
            self._delete(f"/containers/{quote(container)}", query)
        except NotFound:
            return
        except Conflict as conflict:
            # Engine: a second request is refused while a first one is under way.
            if "already in progress" not in conflict.message or not self._gone(container):
                raise
        except EngineError as error:
            # Engine: Docker 20.10 now and then writes a last line into the folder it removes.
            if error.status != 500 or "directory not empty" not in error.message:
                raise
            time.sleep(_REMOVAL_LOOK_SECONDS)
            with suppress(NotFound):
                self._delete(f"/containers/{quote(container)}", query)

    def _gone(self, container: str) -> bool:
        deadline = time.monotonic() + _REMOVAL_SECONDS
        while time.monotonic() < deadline:
            try:
                self.inspect_container(container)
            except NotFound:
                return True
            time.sleep(_REMOVAL_LOOK_SECONDS)
        return False

    def put_archive(
        self,
        container: str,
        path: str,
        data: bytes | Iterator[bytes],
        *,
        beside: bool = False,
        owned: bool = False,
    ) -> None:
        """PUT /containers/{id}/archive."""
        query = {"path": path}
        query |= {"noOverwriteDirNonDir": "true"} if beside else {}
        query |= {"copyUIDGID": "true"} if owned else {}

        address = f"/containers/{quote(container)}/archive"

        def send() -> None:
            self._whole("PUT", address, query, fields=TAR, body=data)

        if isinstance(data, bytes):
            _again(send)
        else:
            send()  # what has been sent is gone

    # Networks and volumes

    def create_network(self, body: Json) -> str:
        """POST /networks/create.

        Engine: before API 1.44 two networks may have one name. `CheckDuplicate` refuses most of
        them; of two created at the same moment the one that sorts first stays, whoever looks.
        """
        body = {**body, "CheckDuplicate": True}
        made = str(self._made("/networks/create", body)["Id"])
        if self.capabilities.api < (1, 44):
            name = body["Name"]
            same = [n for n in self.list_networks(filters={"name": [name]}) if n["Name"] == name]
            if len(same) > 1 and min(same, key=lambda n: (n["Created"], n["Id"]))["Id"] != made:
                self.remove_network(made)
                message = f"network with name {name} already exists"
                raise Conflict(message, status=409, request="POST /networks/create")
        return made

    def remove_network(self, network: str) -> None:
        """DELETE /networks/{id}."""
        try:
            self._delete(f"/networks/{quote(network)}")
        except EngineError as error:
            # Engine: Docker answers 403 for a network in use, as for a predefined one.
            if error.status == 403 and "active endpoints" in error.message:
                raise Conflict(error.message, status=403, request=error.request) from error
            raise

    def connect_network(self, network: str, body: Json) -> None:
        """POST /networks/{id}/connect."""
        self._posted(f"/networks/{quote(network)}/connect", body)

    def disconnect_network(self, network: str, container: str, *, force: bool = False) -> None:
        """POST /networks/{id}/disconnect."""
        body = {"Container": container, "Force": force}
        self._posted(f"/networks/{quote(network)}/disconnect", body)

    def create_volume(self, body: Json) -> Json:
        """POST /volumes/create; of a volume that is there already, it changes nothing."""
        return _again(lambda: self._made("/volumes/create", body, key="Name"))

    def remove_volume(self, volume: str, *, force: bool = False) -> None:
        """DELETE /volumes/{name}."""
        self._delete(f"/volumes/{quote(volume)}", _flags(force=force))

    def remove_image(self, image: str, *, force: bool = False) -> None:
        """DELETE /images/{name}."""
        self._delete(f"/images/{quote(image)}", _flags(force=force))

    # Requests

    def _made(
        self,
        path: str,
        body: Json,
        *,
        query: Query | None = None,
        key: str = "Id",
    ) -> Json:
        """POST, and return the answer, in which `key` tells what was made."""
        return made(self._posted(path, body, query), f"POST {path}", key=key)

    def _delete(self, path: str, query: Query | None = None) -> None:
        """DELETE; once more where the answer was lost: what is gone then is as it was to be."""
        try:
            self._whole("DELETE", path, query or {})
        except EngineUnavailable as lost:
            if not lost.request:
                raise  # nobody was reached
            with suppress(NotFound):
                self._whole("DELETE", path, query or {})


def _again(send: Callable[[], T]) -> T:
    """Send what may come twice and has the same end; again only where its answer was lost."""
    try:
        return send()
    except EngineUnavailable as lost:
        if not lost.request:
            raise  # nobody was reached
    return send()


@contextmanager
def _forgotten() -> Iterator[None]:
    """Tell the refusals of a start that every later one meets too.

    Engine: Docker 20.10 that was killed while it started a container has forgotten by its next
    start what it had begun, and finds it in its way.
    """
    try:
        yield
    except EngineError as error:
        if error.status != 500 or not _IN_ITS_WAY.search(error.message):
            raise
        message = (
            f"the engine was ended while it started this container, and cannot start it any more:"
            f" {error.message} ('up' makes it anew)"
        )
        raise Unstartable(message, status=500, request=error.request) from error


def _seconds(timeout: int | None) -> dict[str, str]:
    return {} if timeout is None else {"t": str(timeout)}


def _flags(**flags: bool) -> dict[str, str]:
    return {name: "1" for name, flag in flags.items() if flag}
