"""A Docker Engine (or Podman by its Docker API), whole: images from registries and builds as well.

Of the docker SDK: the user's credentials with their helpers, the names of images, `.dockerignore`.
It is imported by the first pull or build (100 ms) and by nothing else; as the import contract gives
it one home, all of this is one module. Its oddities end here; each is marked `Compat:`.
"""
# ruff: noqa: PLC0415  (see above: the SDK is imported where it is used)

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from pycompose.engine.answers import decoded, json_lines
from pycompose.engine.changes import TAR, Changes
from pycompose.engine.http1 import quote
from pycompose.engine.port import Query
from pycompose.engine.streams import WireStream
from pycompose.engine.transport import Endpoint
from pycompose.errors import EngineError
from pycompose.model.values import Json


class DockerEngine(Changes):
    """Implements `port.Engine`, whose docstrings hold.

    `config_folder` is where the user's config.json with credentials lies; empty: where the SDK
    looks for it.
    """

    def __init__(
        self, endpoint: Endpoint, *, api_version: str = "", config_folder: str = ""
    ) -> None:
        super().__init__(endpoint, api_version=api_version)
        self._config_folder = config_folder

    def pull_image(
        self, image: str, *, platform: str = "", on_progress: Callable[[Json], None] | None = None
    ) -> None:
        """POST /images/create."""
        with _naming(f"cannot pull image {image!r}"), _failures("POST /images/create"):
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
        query: Query,
        *,
        on_progress: Callable[[Json], None] | None = None,
    ) -> str:
        """POST /build.

        Raises:
            EngineError: also for an error reported inside the answer.
        """
        made = ""
        with _failures("POST /build"):
            headers = {**TAR, **_Logins(self._config_folder).header_for_all()}
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
        with _failures(request):
            from docker.utils import parse_repository_tag

            logins = _Logins(self._config_folder)
            headers = logins.header_for(parse_repository_tag(image)[0])
            with _naming(hint=logins.hint):
                path = f"/distribution/{quote(image)}/json"
                return decoded(self._whole("GET", path, {}, fields=headers), request)

    def _lines(
        self,
        path: str,
        query: Query,
        fields: Mapping[str, str],
        body: bytes | Iterable[bytes] | None = None,
    ) -> Iterator[Json]:
        """POST, and yield the lines of the answer; an error among them is raised."""
        request = f"POST {path}"
        connection, head = self._open("POST", path, query, fields=fields, body=body)
        lines = json_lines(connection.body(head), request)
        with closing(WireStream(connection, lines, request, self._drop)) as stream:
            for line in stream:
                if not isinstance(line, dict):
                    raise EngineError(f"engine sent no JSON object for {request}", request=request)
                if error := line.get("error"):
                    raise EngineError(str(error), request=request)
                yield line


@contextmanager
def _failures(request: str) -> Iterator[None]:
    """Turn the SDK's exceptions into ours."""
    from docker.errors import DockerException

    try:
        yield
    except DockerException as error:
        raise EngineError(str(error), request=request) from error


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
        from shutil import which

        if not helper or which(f"docker-credential-{helper}"):
            return False
        self.hint = f"no credentials: docker-credential-{helper} is not installed"
        return True

    def _encoded(self, value: Json) -> str:
        return str(self._auth.encode_header(value).decode("ascii"))


def context_paths(folder: str, patterns: Sequence[str], dockerfile: str) -> list[str]:
    """Return the paths below a folder that a build gets, less those that patterns leave out.

    `patterns` are the lines of a `.dockerignore`; the Dockerfile is always kept.
    """
    from docker.utils.build import exclude_paths

    return sorted(exclude_paths(folder, list(patterns), dockerfile=dockerfile))
