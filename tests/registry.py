"""A small registry on localhost: manifests and blobs in memory, with or without tokens."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROJECT = "application/vnd.docker.compose.project"
COMPOSE = "application/vnd.docker.compose.file+yaml"
ENV = "application/vnd.docker.compose.envfile"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER = "application/vnd.docker."
IMAGE_LIST = f"{DOCKER}distribution.manifest.list.v2+json"
IMAGE = f"{DOCKER}distribution.manifest.v2+json"


def _media_type(manifest: bytes) -> str:
    """Return what a manifest says that it is, before all else; what is none is served as one."""
    found = re.search(rb'"mediaType": "([^"]+)"', manifest)
    return found[1].decode() if found else MANIFEST


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Registry:
    """What the registry holds; `login` is `user:password` where it grants tokens to that alone.

    `requests` are the paths asked for, each with the header of authorization. `elsewhere` is an
    address blobs are handed out at.
    """

    def __init__(self) -> None:
        self.host = ""
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, bytes] = {}
        self.login = ""
        self.elsewhere = ""
        self.requests: list[tuple[str, str]] = []

    def layer(
        self, data: bytes, kind: str = COMPOSE, notes: Mapping[str, str] | None = None
    ) -> dict[str, object]:
        """Keep a blob and return its descriptor."""
        self.blobs[digest_of(data)] = data
        descriptor = {"mediaType": kind, "digest": digest_of(data), "size": len(data)}
        return {**descriptor, "annotations": dict(notes or {})}

    def push(self, name: str, *layers: object, **changes: object) -> str:
        """Keep a manifest under a tag and its digest, which is returned."""
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": PROJECT}
        data = json.dumps({**manifest, "layers": layers, **changes}).encode()
        self.manifests[name] = self.manifests[digest_of(data)] = data
        return digest_of(data)

    def push_image(self, tag: str, saved: bytes, variable: str) -> None:
        """Keep an image, as `docker save` wrote it, with one more variable, for one platform."""
        with tarfile.open(fileobj=io.BytesIO(saved)) as archive:

            def read(name: str) -> bytes:
                file = archive.extractfile(name)
                assert file is not None
                return file.read()

            (found,) = json.loads(read("manifest.json"))
            config = json.loads(read(found["Config"]))
            layers = [
                self.layer(read(name), f"{DOCKER}image.rootfs.diff.tar") for name in found["Layers"]
            ]
        config["config"]["Env"].append(variable)
        described = self.layer(json.dumps(config).encode(), f"{DOCKER}container.image.v1+json")
        image = {"schemaVersion": 2, "mediaType": IMAGE, "config": described, "layers": layers}
        data = json.dumps(image).encode()
        self.manifests[digest_of(data)] = data
        platform = {"architecture": config["architecture"], "os": config["os"]}
        row = {"mediaType": IMAGE, "digest": digest_of(data), "size": len(data)}
        rows = [{**row, "platform": platform}]
        several = {"schemaVersion": 2, "mediaType": IMAGE_LIST, "manifests": rows}
        data = json.dumps(several).encode()
        self.manifests[tag] = self.manifests[digest_of(data)] = data

    def answer(self, path: str, authorization: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, header and body of the answer to a GET."""
        self.requests.append((path, authorization))
        if path.startswith("/token"):
            basic = base64.b64encode(self.login.encode()).decode()
            known = authorization == f"Basic {basic}"
            return (200, {}, b'{"token": "granted"}') if known else (401, {}, b"")
        if self.login and authorization != "Bearer granted":
            realm = f'realm="http://{self.host}/token",service="{self.host}"'
            return 401, {"WWW-Authenticate": f"Bearer {realm}"}, b""
        if path == "/v2/":
            return 200, {}, b"{}"
        _, _, kind, name = path.rsplit("/", 3)
        if kind == "blobs" and self.elsewhere:
            return 307, {"Location": f"{self.elsewhere}{path}"}, b""
        data = (self.blobs if kind == "blobs" else self.manifests).get(name)
        if data is None:
            return 404, {}, b""
        return 200, {} if kind == "blobs" else {"Content-Type": _media_type(data)}, data


@contextmanager
def registry() -> Iterator[Registry]:
    """Serve an empty registry."""
    held = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, header, body = held.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in {**header, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
