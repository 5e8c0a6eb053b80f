"""Fixtures that all tests share: engines, names nobody else has, and cleaning up after a test."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections.abc import Iterator

import pytest
from hypothesis import settings

from pycompose import labels
from pycompose.engine.docker import DockerEngine
from pycompose.engine.fake import FakeEngine
from pycompose.engine.port import Engine
from pycompose.engine.transport import Endpoint
from pycompose.errors import EngineError

# No test is timed: the machine may be slow and loaded.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

IMAGE = os.environ.get("PYCOMPOSE_TEST_IMAGE", "busybox:latest")
REQUIRED = os.environ.get("PYCOMPOSE_TEST_ENGINE") == "required"


def endpoint(path: str) -> Endpoint:
    """Return the endpoint of a unix socket."""
    return Endpoint(kind="unix", address=f"unix://{path}", path=path)


def _engine_socket() -> str:
    return os.environ.get("DOCKER_HOST", "").removeprefix("unix://") or "/var/run/docker.sock"


def _absent(reason: str) -> None:
    """Skip the test, or fail it where a real engine is required."""
    if REQUIRED:
        pytest.fail(f"PYCOMPOSE_TEST_ENGINE=required, but {reason}")
    pytest.skip(f"{reason}: start one by scripts/engine start")


@pytest.fixture
def real_engine() -> Iterator[DockerEngine]:
    """A real engine that holds the image of the tests; the test is skipped where there is none."""
    path = _engine_socket()
    engine = DockerEngine(endpoint(path))
    try:
        engine.inspect_image(IMAGE)
    except EngineError as error:
        engine.close()
        _absent(f"no usable engine at {path} ({error})")
    yield engine
    engine.close()


@pytest.fixture
def engine_socket() -> str:
    """The path of the real engine's socket."""
    return _engine_socket()


@pytest.fixture
def engine() -> FakeEngine:
    """An engine in memory that holds the image of the tests."""
    fake = FakeEngine()
    fake.add_image(IMAGE)
    return fake


@pytest.fixture
def project_name(request: pytest.FixtureRequest) -> Iterator[str]:
    """A name nobody else has; what a real engine holds of that project goes after the test."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = f"pct{worker}{secrets.token_hex(4)}"
    yield name
    if "real_engine" in request.fixturenames or request.node.get_closest_marker("docker"):
        with contextlib.closing(DockerEngine(endpoint(_engine_socket()))) as engine:
            clean(engine, name)


def clean(engine: Engine, project: str) -> None:
    """Remove the containers, networks and volumes with the label of a project."""
    mine = {"label": [f"{labels.PROJECT}={project}"]}
    with contextlib.suppress(EngineError):
        for container in engine.list_containers(filters=mine):
            with contextlib.suppress(EngineError):
                engine.remove_container(container["Id"], force=True, volumes=True)
        for network in engine.list_networks(filters=mine):
            with contextlib.suppress(EngineError):
                engine.remove_network(network["Id"])
        for volume in engine.list_volumes(filters=mine):
            with contextlib.suppress(EngineError):
                engine.remove_volume(volume["Name"])


@pytest.fixture
def free_port() -> int:
    """A TCP port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def image() -> str:
    """The image of the tests: a busybox."""
    return IMAGE
