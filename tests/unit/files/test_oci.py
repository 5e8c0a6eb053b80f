"""Compose files from registries, served on localhost."""

from __future__ import annotations

import base64
import json
import os

import pytest
from registry import ENV, registry

from pycompose.files import oci
from pycompose.files.oci import Artifact, artifact
from pycompose.files.remote import RemoteFiles

FILE = b"services: {a: {image: x}}\n"
DIGEST = f"sha256:{'0' * 64}"


@pytest.fixture
def held():
    with registry() as held:
        yield held


@pytest.fixture
def fetch(held, tmp_path):
    """Return a function that fetches `shop/app:1`, or another reference, from the registry."""

    def fetch(reference="shop/app:1"):
        return RemoteFiles({"HOME": str(tmp_path)}).fetch(f"oci://{held.host}/{reference}")

    return fetch


def contents(root):
    found = {}
    for name in os.listdir(root):
        with open(os.path.join(root, name), encoding="utf-8") as file:
            found[name] = file.read()
    return found


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("oci://host.example/a/b:v1", Artifact("host.example", "a/b", "v1")),
        ("oci://localhost:5000/a", Artifact("localhost:5000", "a", "latest")),
        ("oci://user/app", Artifact("registry-1.docker.io", "user/app", "latest")),
        ("oci://docker.io/user/app:1", Artifact("registry-1.docker.io", "user/app", "1")),
        (f"oci://h.example/a@{DIGEST}", Artifact("h.example", "a", DIGEST)),
        (f"oci://h.example/a:1@{DIGEST}", Artifact("h.example", "a", DIGEST)),
    ],
)
def test_an_artifact_has_a_registry_a_name_and_a_reference(reference, expected):
    assert artifact(reference) == expected


@pytest.mark.parametrize(
    "reference",
    [
        "oci://",
        "oci://h.example/",
        "oci://h.example/../x",
        "oci://h.example/a:b:c",
        "oci://a@b.c/d",
        "oci://h.example/a@sha256:1",
        "oci://h.example/a/v2/../../b",
        "oci://h.example/a?x=1",
    ],
)
def test_what_is_no_artifact_is_refused(reference):
    with pytest.raises(ValueError, match="expected 'oci://host/name:tag'"):
        artifact(reference)


def test_layers_become_files_and_further_compose_files_documents(held, fetch):
    digest = held.push(
        "1",
        held.layer(FILE, notes={"com.docker.compose.file": "compose.yaml"}),
        held.layer(b"x: 1\n", notes={"com.docker.compose.file": "compose.prod.yaml"}),
        held.layer(
            b"base\n",
            notes={"com.docker.compose.extends": "true", "com.docker.compose.file": "f00.yaml"},
        ),
        held.layer(b"A=1\n", ENV, {"com.docker.compose.envfile": "web.env"}),
        held.layer(b"{}", "application/vnd.docker.compose.config.empty.v1+json"),
    )
    path, root = fetch()
    assert (path, root.rpartition("/")[2]) == (f"{root}/compose.yaml", digest[7:])
    assert contents(root) == {
        "compose.yaml": "services: {a: {image: x}}\n\n---\nx: 1\n",
        "f00.yaml": "base\n",
        "web.env": "A=1\n",
    }


def test_what_is_there_is_not_fetched_again(held, fetch):
    digest = held.push("1", held.layer(FILE))
    fetch()
    held.blobs.clear()
    assert fetch() == fetch(f"shop/app@{digest}")


@pytest.mark.parametrize(
    "name",
    [
        *("../escaped", "/tmp/escaped", "a/b", "..", ".", "", "a\\b", "\0", "compose.yaml", "-x"),
        *("../../../../../../tmp/escaped", "a" * 300, ".ssh", None),
    ],
)
@pytest.mark.parametrize("kind", ["envfile", "file"])
def test_a_name_that_leads_elsewhere_is_refused(held, fetch, tmp_path, kind, name):
    notes = {f"com.docker.compose.{kind}": name}
    if name is None:
        notes = {}
    if kind == "file":
        notes["com.docker.compose.extends"] = "true"
    hostile = held.layer(b"escaped", ENV if kind == "envfile" else oci._COMPOSE, notes)
    held.push("1", held.layer(FILE), hostile)
    with pytest.raises(ValueError, match="no plain name of a file"):
        fetch()
    assert not list(tmp_path.rglob("*escaped*"))
    assert list((tmp_path / ".cache/pycompose/oci").iterdir()) == []


def test_content_that_is_not_what_its_digest_says_is_refused(held, fetch):
    digest = held.push("1", layer := held.layer(FILE))
    held.blobs[layer["digest"]] = b"services: {}"
    with pytest.raises(ValueError, match="not what its digest says"):
        fetch()
    held.manifests[digest] = b"{}"
    with pytest.raises(ValueError, match="not the one of that digest"):
        fetch(f"shop/app@{digest}")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"artifactType": "application/vnd.other"}, "no Compose project"),
        ({"layers": []}, "no Compose project"),
        ({"layers": [1]}, "no manifest of an artifact"),
        ({"layers": [{"mediaType": "x", "digest": "../../etc"}]}, "no manifest of an artifact"),
        ({"layers": [{"mediaType": "x", "digest": DIGEST}] * 101}, "more than 100 layers"),
    ],
)
def test_what_is_no_compose_project_is_refused(held, fetch, manifest, message):
    held.push("1", held.layer(FILE), **manifest)
    with pytest.raises(ValueError, match=message):
        fetch()


def test_an_env_file_alone_is_no_project(held, fetch):
    held.push("1", held.layer(b"A=1", ENV, {"com.docker.compose.envfile": "a.env"}))
    with pytest.raises(ValueError, match="holds no Compose file"):
        fetch()


def test_two_layers_of_one_name_are_refused(held, fetch):
    notes = {"com.docker.compose.envfile": "a.env"}
    held.push("1", held.layer(FILE), held.layer(b"A=1", ENV, notes), held.layer(b"A=2", ENV, notes))
    with pytest.raises(ValueError, match=r"two layers are named 'a\.env'"):
        fetch()


def test_no_more_than_a_bounded_size_is_read(held, fetch, monkeypatch):
    monkeypatch.setattr(oci, "MOST_BYTES", 1000)
    held.push("1", held.layer(b"#" * 1001))
    with pytest.raises(ValueError, match="more than 1000 bytes"):
        fetch()


def test_an_answer_that_is_an_error_is_told(held, fetch):
    with pytest.raises(OSError, match="the registry answers 404"):
        fetch()
    for answer in (b"<html>", b"[" * 100_000):
        held.manifests["1"] = answer
        with pytest.raises(ValueError, match="no manifest"):
            fetch()


def test_a_registry_that_is_not_there_is_told(tmp_path):
    with pytest.raises(OSError, match=r"no answer from 127\.0\.0\.1:9: Connection refused"):
        RemoteFiles({"HOME": str(tmp_path)}).fetch("oci://127.0.0.1:9/a")


def logged_in(tmp_path, host):
    auth = base64.b64encode(b"me:s3cret").decode()
    (tmp_path / ".docker").mkdir(exist_ok=True)
    (tmp_path / ".docker/config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))


def test_credentials_get_a_token_of_their_own_registry(held, fetch, tmp_path):
    held.login = "me:s3cret"
    held.push("1", held.layer(FILE))
    logged_in(tmp_path, "other.example")
    with pytest.raises(OSError, match="the registry grants no access"):
        fetch()
    assert not [header for _, header in held.requests if header.startswith("Basic")]
    logged_in(tmp_path, held.host)
    assert contents(fetch().root) == {"compose.yaml": FILE.decode()}
    token = next(path for path, header in held.requests if header.startswith("Basic"))
    assert token.startswith("/token?service=127.0.0.1%3A")
    assert token.endswith("&scope=repository%3Ashop%2Fapp%3Apull")


def test_credentials_are_not_sent_along_to_another_address(held, fetch, tmp_path):
    held.login = "me:s3cret"
    held.push("1", held.layer(FILE))
    logged_in(tmp_path, held.host)
    with registry() as other:
        other.blobs = held.blobs
        held.elsewhere = f"http://{other.host}"
        assert contents(fetch().root) == {"compose.yaml": FILE.decode()}
        assert [header for _, header in other.requests] == [""]
