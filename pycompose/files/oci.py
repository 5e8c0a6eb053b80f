"""Compose files from registries: artifacts as `docker compose publish` makes them.

A small client of the registry's HTTP API: one manifest, its layers, each checked by its digest and
bounded in size. A layer becomes a file under a plain name, whatever its annotations say
(CVE-2025-62725). Credentials of docker's configuration go to the registry they are for, and are not
sent along when it points elsewhere.

Source: OCI distribution-spec; docker/compose internal/oci, pkg/remote/oci.go; rules 188-190
"""

from __future__ import annotations

import base64
import binascii
import errno
import hashlib
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Final, NamedTuple

from pycompose.files.cache import kept
from pycompose.loader.remote import OCI
from pycompose.loader.sources import Fetched
from pycompose.model.values import Json

MOST_BYTES: Final = (
    16 * 1024 * 1024
)  # of one manifest or layer: Compose files are thousandfold less
MOST_LAYERS: Final = 100
PATIENCE: Final = 60  # seconds without a byte

_PROJECT: Final = "application/vnd.docker.compose.project"
_COMPOSE: Final = "application/vnd.docker.compose.file+yaml"
_ENV: Final = "application/vnd.docker.compose.envfile"
_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*")
_TAG: Final = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?|\[[0-9a-f:]+\](?::[0-9]+)?")
_FILE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}|\.env[A-Za-z0-9._-]{0,250}")
_CHALLENGE: Final = re.compile(r'(\w+)="([^"]*)"')


class Artifact(NamedTuple):
    """An artifact in a registry; `reference` is a tag or a digest."""

    host: str
    name: str
    reference: str


def artifact(reference: str) -> Artifact:
    """Return the artifact of a reference such as `oci://host/name:tag`.

    Raises:
        ValueError: it is none.
    """
    rest = reference.removeprefix(OCI)
    rest, _, digest = rest.partition("@")
    host, slash, name = rest.partition("/")
    # As in names of images: what has neither dot nor colon is a name in Docker Hub.
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        host, name = "docker.io", rest if slash else f"library/{rest}"
    name, _, tag = name.partition(":")
    reference = digest or tag or "latest"
    if not (
        _HOST.fullmatch(host)
        and _NAME.fullmatch(name)
        and (_DIGEST if digest else _TAG).fullmatch(reference)
    ):
        raise ValueError("expected 'oci://host/name:tag' or 'oci://host/name@sha256:…'")
    return Artifact("registry-1.docker.io" if host == "docker.io" else host, name, reference)


class Registry:
    """Fetches artifacts into a cache; `environment` is that of the process."""

    def __init__(self, cache: str, environment: Mapping[str, str]) -> None:
        self.cache = cache
        self.environment = environment
        self.authorization = ""

    def fetch(self, source: Artifact) -> Fetched:
        """Return the Compose file of an artifact, on this machine.

        Raises:
            OSError: the registry does not hand it out.
            ValueError: it is no artifact of Docker Compose, or not what it says it is.
        """
        data = self.get(source, f"manifests/{source.reference}", _MANIFEST)
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        if _DIGEST.fullmatch(source.reference) and digest != source.reference:
            raise ValueError("the manifest is not the one of that digest")
        layers = _layers(data)
        key = f"oci/{digest.removeprefix('sha256:')}"
        root = kept(self.cache, key, lambda folder: self.fill(folder, source, layers))
        return Fetched(os.path.join(root, "compose.yaml"), root)

    def fill(self, folder: str, source: Artifact, layers: list[Json]) -> None:
        """Put the files of an artifact into an empty folder."""
        files: dict[str, bytes] = {}
        for layer in layers:
            digest = layer["digest"]
            data = self.get(source, f"blobs/{digest}", "*/*")
            if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
                raise ValueError(f"the layer {digest} is not what its digest says")
            name = _file_name(layer)
            if name == "compose.yaml" and name in files:
                files[name] += b"\n---\n" + data  # further Compose files are further documents
            elif name in files:
                raise ValueError(f"two layers are named {name!r}")
            else:
                files[name] = data
        if "compose.yaml" not in files:
            raise ValueError("it holds no Compose file")
        for name, data in files.items():
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with open(os.open(os.path.join(folder, name), flags, 0o600), "wb") as file:
                file.write(data)

    def get(self, source: Artifact, path: str, accept: str) -> bytes:
        """Return what the registry answers to a GET."""
        host = source.host.rpartition(":")[0] or source.host
        # As the engine does: only a registry of this very machine is asked without TLS.
        scheme = "http" if host in ("localhost", "127.0.0.1", "[::1]") else "https"
        url = f"{scheme}://{source.host}/v2/{source.name}/{path}"
        try:
            return _read(url, accept, self.authorization)
        except urllib.error.HTTPError as error:
            challenge = error.headers.get("WWW-Authenticate", "")
            if error.code != 401 or self.authorization or not challenge:
                raise OSError(
                    errno.EIO, f"the registry answers {error.code} {error.reason}"
                ) from None
        except (urllib.error.URLError, HTTPException) as error:
            raise OSError(errno.EIO, f"no answer from {source.host}: {_why(error)}") from None
        self.authorization = self.authorize(source, challenge)
        return self.get(source, path, accept)

    def authorize(self, source: Artifact, challenge: str) -> str:
        """Return the header that a registry asks for: a token, or the credentials themselves."""
        basic = self.credentials(source.host)
        kind, _, rest = challenge.partition(" ")
        if kind.lower() != "bearer":
            return basic or "Basic Og=="  # no user, no password
        asked = dict(_CHALLENGE.findall(rest))
        realm = asked.pop("realm", "")
        if not realm.startswith(("https://", "http://localhost", "http://127.0.0.1")):
            raise ValueError("the registry asks for a token of an address without TLS")
        query = urllib.parse.urlencode(
            {"service": asked.get("service", ""), "scope": f"repository:{source.name}:pull"}
        )
        try:
            answer = json.loads(_read(f"{realm}?{query}", "application/json", basic))
            return f"Bearer {answer.get('token') or answer['access_token']}"
        except (urllib.error.URLError, HTTPException, KeyError, AttributeError) as error:
            raise OSError(errno.EACCES, f"the registry grants no access: {_why(error)}") from None

    def credentials(self, host: str) -> str:
        """Return the header of the credentials that docker's configuration has for a registry."""
        folder = self.environment.get("DOCKER_CONFIG") or os.path.join(
            self.environment.get("HOME", "/"), ".docker"
        )
        key = "https://index.docker.io/v1/" if host == "registry-1.docker.io" else host
        try:
            with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
                encoded = json.load(file)["auths"][key]["auth"]
            base64.b64decode(encoded, validate=True)
        except (OSError, ValueError, KeyError, TypeError, binascii.Error):
            return ""
        return f"Basic {encoded}"


def _read(url: str, accept: str, authorization: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": accept})
    if authorization:
        request.add_unredirected_header("Authorization", authorization)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        data: bytes = answer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"the registry sends more than {MOST_BYTES} bytes")
    return data


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason)


def _layers(data: bytes) -> list[Json]:
    """Return the layers of a manifest.

    Raises:
        ValueError: it is no manifest of a Compose project.
    """
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError):
        manifest = None
    layers = manifest.get("layers") if isinstance(manifest, dict) else None
    if not isinstance(layers, list) or not all(_is_layer(layer) for layer in layers):
        raise ValueError("the registry sends no manifest of an artifact")
    if len(layers) > MOST_LAYERS:
        raise ValueError(f"it has more than {MOST_LAYERS} layers")
    found = [layer for layer in layers if layer["mediaType"] in (_COMPOSE, _ENV)]
    if manifest.get("artifactType") not in (_PROJECT, None) or not found:
        raise ValueError("it is no Compose project")
    return found


def _is_layer(layer: Json) -> bool:
    return (
        isinstance(layer, dict)
        and isinstance(layer.get("mediaType"), str)
        and isinstance(digest := layer.get("digest"), str)
        and _DIGEST.fullmatch(digest) is not None
        and isinstance(layer.get("annotations", {}), dict)
    )


def _file_name(layer: Json) -> str:
    """Return the name under which a layer is kept.

    Raises:
        ValueError: its annotation is anything but a plain name.
    """
    notes = layer.get("annotations", {})
    if layer["mediaType"] == _ENV:
        name = notes.get("com.docker.compose.envfile")
    elif "com.docker.compose.extends" in notes:
        name = notes.get("com.docker.compose.file")
    else:
        return "compose.yaml"
    if not isinstance(name, str) or not _FILE.fullmatch(name) or name == "compose.yaml":
        raise ValueError(f"a layer is named {str(name)[:100]!r}, which is no plain name of a file")
    return name
