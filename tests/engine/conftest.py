"""The engines the contract holds for: in memory, the adapter before it over HTTP, a real one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing

import pytest
from engine_subject import Subject
from fake_server import serving

from pycompose.engine.docker import DockerEngine
from pycompose.engine.fake import FakeEngine
from pycompose.engine.transport import Endpoint


@pytest.fixture(params=["fake", "http", pytest.param("docker", marks=pytest.mark.docker)])
def subject(
    request: pytest.FixtureRequest, project_name: str, image: str, engine: FakeEngine
) -> Iterator[Subject]:
    """Each engine the contract holds for."""
    if request.param == "docker":
        real = request.getfixturevalue("real_engine")
        yield Subject(engine=real, project=project_name, image=image, fake=None)
    elif request.param == "fake":
        yield Subject(engine=engine, project=project_name, image=image, fake=engine)
    else:
        with tempfile.TemporaryDirectory() as folder, serving(engine, f"{folder}/s"):
            path = f"{folder}/s"
            where = Endpoint(kind="unix", address=f"unix://{path}", path=path)
            with closing(DockerEngine(where)) as adapter:
                yield Subject(engine=adapter, project=project_name, image=image, fake=engine)
