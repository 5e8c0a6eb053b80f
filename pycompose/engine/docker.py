"""A Docker Engine (or Podman by its Docker API): reads by `Wire`, changes by the docker SDK.

Of the SDK only the low-level APIClient is used, with raw JSON bodies and our own transport
beneath it. It is imported by the first change (100 ms), never by a read. The oddities of engines
and of the SDK end here; each is marked `Engine:` or `Compat:`. All of it is one module, as the
import contract gives the SDK one home.
"""
# ruff: noqa: PLC0415  (see above: the SDK is imported where it is used)

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from threading import Lock, local
from typing import Any, Final, TypeVar

from pycompose.engine.answers import decoded, foreign, json_lines, made, refusal
from pycompose.engine.http1 import Head
from pycompose.engine.inside import Inside
from pycompose.engine.transport import Endpoint, dial, unreachable
from pycompose.errors import Conflict, EngineError, EngineUnavailable, NotFound, Unstartable
from pycompose.model.values import Json
from pycompose.snapshot import Capabilities

T = TypeVar("T")
_KEPT_CONNECTIONS: Final = 16  # twice the workers of `apply`
_REMOVAL_SECONDS: Final = 60.0  # of a removal somebody else began; a guess, most take 0.1
_REMOVAL_LOOK_SECONDS: Final = 0.05
_IN_ITS_WAY: Final = re.compile(
    r"task [0-9a-f]+: already exists$"
    r"|^id already in use$"
    r"|failed to start shim: mkdir \S+: file exists"
)
_TAR: Final = {"Content-Type": "application/x-tar"}


class DockerEngine:
    """Implements `port.Engine`, whose docstrings hold.

    `config_folder` is where the user's config.json with credentials lies; empty: where the SDK
    looks for it.
    """

    def __init__(
        self, endpoint: Endpoint, *, api_version: str = "", config_folder: str = ""
    ) -> None:
        wire = Inside(endpoint, api_version=api_version)
        self._wire = wire
        self._config_folder = config_folder
        self._lock = Lock()
        self._adapter: Any = None
        self._clients = local()  # an APIClient is a requests.Session: one for each thread
        self.list_containers = wire.list_containers
        self.inspect_container = wire.inspect_container
        self.list_networks = wire.list_networks
        self.inspect_network = wire.inspect_network
        self.list_volumes = wire.list_volumes
        self.list_images = wire.list_images
        self.inspect_image = wire.inspect_image
        self.ping = wire.ping
        self.info = wire.info
        self.events = wire.events
        self.logs = wire.logs
        self.attach = wire.attach
        self.wait_container = wire.wait_container
        self.inspect_exec = wire.inspect_exec
        self.create_exec = wire.create_exec
        self.start_exec = wire.start_exec
        self.detach_exec = wire.detach_exec
        self.resize_exec = wire.resize_exec
        self.resize_container = wire.resize_container
        self.top = wire.top
        self.stats = wire.stats
        self.stat_path = wire.stat_path
        self.get_archive = wire.get_archive
        self.export_container = wire.export_container
        self.commit_container = wire.commit_container

    @property
    def capabilities(self) -> Capabilities:
        """What this engine is and can do."""
        return self._wire.capabilities

    @property
    def socket(self) -> str:
        """The path of its socket on this machine, "" where it is reached in another way."""
        endpoint = self._wire.endpoint
        return endpoint.path if endpoint.kind == "unix" else ""

    def close(self) -> None:
        """Let go of all connections."""
        self._wire.close()
        with self._lock:
            if self._adapter is not None:
                self._adapter.end()

    # Containers

    def create_container(self, name: str, body: Json, *, platform: str = "") -> Json:
        """POST /containers/create."""
        query = {"name": name, **({"platform": platform} if platform else {})}
        try:
            return self._made("/containers/create", query=query, body=body)
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
            self._send("POST", "/containers/{0}/start", container)

    def stop_container(self, container: str, *, timeout: int | None = None) -> None:
        """POST /containers/{id}/stop."""
        query = _seconds(timeout)
        _again(lambda: self._send("POST", "/containers/{0}/stop", container, query=query))

    def kill_container(self, container: str, *, signal: str = "SIGKILL") -> None:
        """POST /containers/{id}/kill; one that does not run is left alone (409)."""
        with suppress(Conflict):
            self._send("POST", "/containers/{0}/kill", container, query={"signal": signal})

    def restart_container(self, container: str, *, timeout: int | None = None) -> None:
        """POST /containers/{id}/restart."""
        query = _seconds(timeout)
        with _forgotten():
            self._send("POST", "/containers/{0}/restart", container, query=query)

    def pause_container(self, container: str) -> None:
        """POST /containers/{id}/pause."""
        self._send("POST", "/containers/{0}/pause", container)

    def unpause_container(self, container: str) -> None:
        """POST /containers/{id}/unpause."""
        self._send("POST", "/containers/{0}/unpause", container)

    def rename_container(self, container: str, name: str) -> None:
        """POST /containers/{id}/rename."""
        self._send("POST", "/containers/{0}/rename", container, query={"name": name})

    def remove_container(
        self, container: str, *, force: bool = False, volumes: bool = False
    ) -> None:
        """DELETE /containers/{id}, and wait until it is gone."""
        query = _flags(force=force, v=volumes)
        try:
            self._delete("/containers/{0}", container, query)
        except NotFound:
            return
        except Conflict as conflict:
            # Engine: a second request is refused while a first one is under way.
            if "already in progress" not in conflict.message or not self._gone(container):
                raise

    def _gone(self, container: str) -> bool:
        deadline = time.monotonic() + _REMOVAL_SECONDS
        while time.monotonic() < deadline:
            try:
                self._wire.inspect_container(container)
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
        url, query = "/containers/{0}/archive", {"path": path}
        query |= {"noOverwriteDirNonDir": "true"} if beside else {}
        query |= {"copyUIDGID": "true"} if owned else {}

        def send() -> None:
            self._send("PUT", url, container, query=query, data=data, headers=_TAR)

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
        made = str(self._made("/networks/create", body=body)["Id"])
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
            self._delete("/networks/{0}", network)
        except EngineError as error:
            # Engine: Docker answers 403 for a network in use, as for a predefined one.
            if error.status == 403 and "active endpoints" in error.message:
                raise Conflict(error.message, status=403, request=error.request) from error
            raise

    def connect_network(self, network: str, body: Json) -> None:
        """POST /networks/{id}/connect."""
        self._send("POST", "/networks/{0}/connect", network, body=body)

    def disconnect_network(self, network: str, container: str, *, force: bool = False) -> None:
        """POST /networks/{id}/disconnect."""
        body = {"Container": container, "Force": force}
        self._send("POST", "/networks/{0}/disconnect", network, body=body)

    def create_volume(self, body: Json) -> Json:
        """POST /volumes/create; of a volume that is there already, it changes nothing."""
        return _again(lambda: self._made("/volumes/create", body=body, key="Name"))

    def remove_volume(self, volume: str, *, force: bool = False) -> None:
        """DELETE /volumes/{name}."""
        self._delete("/volumes/{0}", volume, _flags(force=force))

    # Images

    def pull_image(
        self, image: str, *, platform: str = "", on_progress: Callable[[Json], None] | None = None
    ) -> None:
        """POST /images/create."""
        with _naming(f"cannot pull image {image!r}"), _failures_of("POST /images/create"):
            from docker.utils import parse_repository_tag

            logins = _Logins(self._config_folder)
            name, tag = parse_repository_tag(image)
            query = {"fromImage": name, "tag": tag or "latest"}
            if platform:
                query["platform"] = platform
            headers = logins.header_for(name)
            with _naming(hint=logins.hint):
                for line in self._lines("/images/create", query, headers):
                    if on_progress:
                        on_progress(line)

    def build_image(
        self,
        context: bytes | Iterator[bytes],
        query: Mapping[str, str],
        *,
        on_progress: Callable[[Json], None] | None = None,
    ) -> str:
        """POST /build.

        Raises:
            EngineError: also for an error reported inside the answer.
        """
        made = ""
        with _failures_of("POST /build"):
            headers = {**_TAR, **_Logins(self._config_folder).header_for_all()}
            for line in self._lines("/build", query, headers, context):
                if on_progress:
                    on_progress(line)
                aux = line.get("aux")
                text = str(line.get("stream", ""))
                if isinstance(aux, dict) and aux.get("ID"):
                    made = aux["ID"]
                elif text.startswith("Successfully built ") and not made:
                    made = text.split()[2]
        if not made:
            raise EngineError("engine ended the build without an image", request="POST /build")
        return made

    def inspect_distribution(self, image: str) -> Json:
        """GET /distribution/{name}/json."""
        request = f"GET /distribution/{image}/json"
        with _failures_of(request):
            from docker.utils import parse_repository_tag

            logins = _Logins(self._config_folder)
            headers = logins.header_for(parse_repository_tag(image)[0])
            with _naming(hint=logins.hint):
                answer = self._send("GET", "/distribution/{0}/json", image, headers=headers)
                return decoded(answer.content, request)

    def remove_image(self, image: str, *, force: bool = False) -> None:
        """DELETE /images/{name}."""
        self._delete("/images/{0}", image, _flags(force=force))

    # Requests

    def _made(
        self,
        path: str,
        *arguments: str,
        body: Json,
        query: Mapping[str, str] | None = None,
        key: str = "Id",
    ) -> Json:
        """POST, and return the answer, in which `key` tells what was made."""
        answer = self._send("POST", path, *arguments, query=query, body=body)
        return made(answer.content, f"POST {path.format(*arguments)}", key=key)

    def _delete(self, path: str, argument: str, query: Mapping[str, str] | None = None) -> None:
        """DELETE; once more where the answer was lost: what is gone then is as it was to be."""
        try:
            self._send("DELETE", path, argument, query=query)
        except EngineUnavailable as lost:
            if not lost.request:
                raise  # nobody was reached
            with suppress(NotFound):
                self._send("DELETE", path, argument, query=query)

    def _send(
        self,
        method: str,
        path: str,
        *arguments: str,
        query: Mapping[str, str] | None = None,
        body: Json = None,
        data: bytes | Iterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
    ) -> Any:
        """Send a request once and return its answer (a requests.Response), if it is a success.

        `arguments` are quoted and fill the places in `path`.
        """
        request = f"{method} {path.format(*arguments)}"
        with _failures_of(request):
            client = self._client()
            url = client._url(path, *arguments)
            options = {"params": query, "headers": dict(headers or {}), "stream": stream}
            if body is not None:
                response = client._post_json(url, body, allow_redirects=False, **options)
            else:
                call = getattr(client, f"_{method.lower()}")
                response = call(url, data=data, allow_redirects=False, **options)
            success = response.status_code < 300 or response.status_code == 304
            if success and not foreign(response.headers.get("Content-Type", "")):
                return response
            head = Head(response.status_code, response.reason or "", {})
            raise refusal(head, response.content, request)

    def _lines(
        self,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        data: bytes | Iterator[bytes] | None = None,
    ) -> Iterator[Json]:
        """POST, and yield the lines of the answer; an error among them is raised."""
        request = f"POST {path}"
        response = self._send("POST", path, query=query, headers=headers, data=data, stream=True)
        with closing(response):
            for line in json_lines(response.iter_content(None), request):
                if not isinstance(line, dict):
                    raise EngineError(f"engine sent no JSON object for {request}", request=request)
                if error := line.get("error"):
                    raise EngineError(str(error), request=request)
                yield line

    def _client(self) -> Any:
        """Return this thread's APIClient, connected by our own transport.

        The SDK believes in a unix socket that it never opens, so that every kind of endpoint
        takes one way: ours, with one pool of connections for all threads.
        """
        client: Any = getattr(self._clients, "client", None)
        if client is None:
            from docker import APIClient

            version = "{}.{}".format(*self.capabilities.api)
            client = APIClient(base_url="unix:///var/run/docker.sock", version=version)
            client.timeout = None
            client.trust_env = False
            with self._lock:
                self._adapter = self._adapter or _adapter(self._wire.endpoint)
            client.mount("http+docker://", self._adapter)
            client._custom_adapter = self._adapter
            self._clients.client = client
        return client


def _again(send: Callable[[], T]) -> T:
    """Send what may come twice and has the same end; again only where its answer was lost."""
    try:
        return send()
    except EngineUnavailable as lost:
        if not lost.request:
            raise  # nobody was reached
    return send()


def _adapter(endpoint: Endpoint) -> Any:
    """Return a requests adapter whose connections are ours.

    Compat: docker-py 7 keeps a pool for every URL, so 40 inspects would open 40 sockets.
    """
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool
    from urllib3.connection import HTTPConnection

    class Connection(HTTPConnection):
        def connect(self) -> None:
            try:
                self.sock = dial(endpoint)
            except OSError as error:
                raise unreachable(endpoint, error) from error

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    pool = Pool("localhost", maxsize=_KEPT_CONNECTIONS, block=False)

    class Adapter(HTTPAdapter):
        def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
            return pool

        def request_url(self, request: Any, proxies: Any) -> str:
            return str(request.path_url)

        def end(self) -> None:
            pool.close()

    return Adapter()


@contextmanager
def _failures_of(request: str) -> Iterator[None]:
    """Turn the SDK's exceptions, and those of the libraries beneath it, into ours."""
    from docker.errors import DockerException
    from requests import RequestException

    try:
        yield
    except RequestException as error:
        message = f"lost the connection to the engine during {request}"
        raise EngineUnavailable(message, request=request) from error
    except DockerException as error:
        raise EngineError(str(error), request=request) from error


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


@contextmanager
def _naming(what: str = "", *, hint: str = "") -> Iterator[None]:
    """Say in an engine's error what was being done, and what might help."""
    try:
        yield
    except EngineError as error:
        message = (f"{what}: " if what else "") + error.message + (f" ({hint})" if hint else "")
        kind = type(error)
        raise kind(message, status=error.status, request=error.request) from error


class _Logins:
    """The user's credentials for registries; `hint` says why some could not be read.

    A credential helper that is missing or fails means going on without credentials, as most
    images need none. docker-py would warn on stderr and give up.
    """

    def __init__(self, config_folder: str) -> None:
        from docker import auth

        path = os.path.join(config_folder, "config.json") if config_folder else None
        self.hint = ""
        self._auth = auth
        self._config: Any
        if path and not os.path.exists(path):
            self._config = auth.AuthConfig({})
        else:
            self._config = auth.load_config(path)
        helpers = self._config.get("credHelpers", {})
        for registry, name in list(helpers.items()):
            if self._missing(name):
                del helpers[registry]
        if self._missing(self._config.get("credsStore", "")):
            del self._config["credsStore"]

    def header_for(self, repository: str) -> dict[str, str]:
        """Return the header that logs in to the registry of a repository, and to no other."""
        from docker.errors import DockerException

        registry, _ = self._auth.resolve_repository_name(repository)
        try:
            login = self._auth.resolve_authconfig(self._config, registry)
        except DockerException as error:
            self.hint = str(error)
            return {}
        return {"X-Registry-Auth": self._encoded(login)} if login else {}

    def header_for_all(self) -> dict[str, str]:
        """Return the header with all credentials: a build may use any registry."""
        from docker.errors import DockerException

        try:
            logins = self._config.get_all_credentials()
        except DockerException as error:
            self.hint = str(error)
            logins = dict(self._config.auths)
        known = {registry: login for registry, login in logins.items() if login}
        if self._auth.INDEX_NAME in known:
            known.setdefault(self._auth.INDEX_URL, known[self._auth.INDEX_NAME])
        return {"X-Registry-Config": self._encoded(known)} if known else {}

    def _missing(self, helper: str) -> bool:
        if not helper or shutil.which(f"docker-credential-{helper}"):
            return False
        self.hint = f"no credentials: docker-credential-{helper} is not installed"
        return True

    def _encoded(self, value: Json) -> str:
        return str(self._auth.encode_header(value).decode("ascii"))


def _seconds(timeout: int | None) -> dict[str, str]:
    return {} if timeout is None else {"t": str(timeout)}


def _flags(**flags: bool) -> dict[str, str]:
    return {name: "1" for name, flag in flags.items() if flag}


def context_paths(folder: str, patterns: Sequence[str], dockerfile: str) -> list[str]:
    """Return the paths below a folder that a build gets, less those that patterns leave out.

    `patterns` are the lines of a `.dockerignore`; the Dockerfile is always kept.
    """
    from docker.utils.build import exclude_paths

    return sorted(exclude_paths(folder, list(patterns), dockerfile=dockerfile))
