"""The example that is built: a page that counts its visits in Redis."""

from __future__ import annotations

import os
import re
import shutil
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

EXAMPLE = Path(__file__).parents[2] / "examples" / "flask-redis"
IMAGES = ("python:3.12-alpine", "redis:alpine")
PATIENCE = 180.0


def visits(port: int) -> int:
    """Visit the page; return the number it tells."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
                page = answer.read().decode()
                break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    found = re.search(r"visited (\d+) time", page)
    assert found, page
    return int(found[1])


def test_the_page_is_built_and_counts_its_visits(scene, free_port) -> None:
    for image in IMAGES:
        if not scene.client.images.list(image):
            # Where everything was prepared, as scripts/test does, a missing image is a fault.
            prepared = os.environ.get("PYCOMPOSE_TEST_ENGINE") == "required"
            (pytest.fail if prepared else pytest.skip)(f"no image {image}: see scripts/images")
    shutil.copytree(EXAMPLE, scene.folder, dirs_exist_ok=True)
    scene.write(
        f'services:\n  web:\n    ports: !override ["127.0.0.1:{free_port}:5000"]\n',
        "compose.override.yaml",
    )
    built = f"{scene.name}-web"
    try:
        scene.up()
        assert scene.states() == {"web-1": "running", "redis-1": "running"}
        assert scene.client.images.list(built)
        first = visits(free_port)
        assert [visits(free_port), visits(free_port)] == [first + 1, first + 2]
        before, since = scene.ids(), time.time()
        scene.up()
        assert scene.ids() == before
        assert scene.changes(since) == []
        scene.run("down", "--rmi", "local", "--volumes")
        assert not scene.client.images.list(built)
        assert scene.client.images.list("redis:alpine")
        assert scene.nothing_left()
    finally:
        scene.close()
        for image in scene.client.images.list(built):
            scene.client.api.remove_image(image.id, force=True)
