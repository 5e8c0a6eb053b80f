"""The life of the data: what WordPress stores outlives `down`, and goes with `down --volumes`."""

from __future__ import annotations

import contextlib
import http.client
import http.cookiejar
import json
import os
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

EXAMPLE = Path(__file__).parents[2] / "examples" / "wordpress"
IMAGES = ("mysql:5.7", "wordpress:latest")
PATIENCE = 300.0  # seconds; the database may take minutes for its first start
TITLE = "A post that outlives its containers"
USER, PASSWORD = "captain", "correct horse battery staple"


class Browser:
    """A user of the site: keeps cookies, follows redirects, waits until the site answers."""

    def __init__(self, port: int) -> None:
        self.site = f"http://localhost:{port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def ask(self, path: str, headers: dict[str, str] | None = None, **form: str) -> str:
        """GET a page, or POST a form; return the page."""
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.site + path, data, headers or {})
        with contextlib.closing(self.opener.open(request, timeout=120)) as answer:
            self.at = answer.url
            return answer.read().decode(errors="replace")

    def page(self, path: str, holds: str) -> str:
        """Return a page once it holds a text."""
        deadline, last = time.monotonic() + PATIENCE, ""
        while time.monotonic() < deadline:
            try:
                last = self.ask(path)
                if holds in last:
                    return last
            except urllib.error.HTTPError as error:  # no database yet
                last = f"{error}"
                error.close()
            except (OSError, http.client.HTTPException) as error:
                last = f"{error}"
            time.sleep(0.5)
        pytest.fail(f"{path} never held {holds!r}; last: {last[-500:]}")

    def install(self) -> None:
        """Fill in the installation form."""
        page = self.ask(
            "/wp-admin/install.php?step=2",
            weblog_title="Life of the data",
            user_name=USER,
            admin_password=PASSWORD,
            admin_password2=PASSWORD,
            pw_weak="1",
            admin_email="captain@example.org",
            blog_public="0",
            Submit="Install WordPress",
            language="",
        )
        assert USER in page

    def publish(self, title: str) -> int:
        """Log in and publish a post; return its number."""
        self.ask("/wp-login.php")  # sets the cookie that the form is checked with
        self.ask("/wp-login.php", log=USER, pwd=PASSWORD, testcookie="1")
        nonce = self.ask("/wp-admin/admin-ajax.php?action=rest-nonce").strip()
        answer = self.ask(
            "/?rest_route=/wp/v2/posts",
            headers={"X-WP-Nonce": nonce},
            title=title,
            content="Still here.",
            status="publish",
        )
        made = json.loads(answer)
        assert made["status"] == "publish"
        return int(made["id"])


def test_what_wordpress_stores_lives_as_long_as_its_volume(scene, free_port) -> None:
    for image in IMAGES:
        if not scene.client.images.list(image):
            # Where everything was prepared, as scripts/test does, a missing image is a fault.
            prepared = os.environ.get("PYCOMPOSE_TEST_ENGINE") == "required"
            (pytest.fail if prepared else pytest.skip)(f"no image {image}: see scripts/images")
    shutil.copy(EXAMPLE / "docker-compose.yml", scene.folder)
    scene.write(
        f'services:\n  wordpress:\n    ports: !override ["127.0.0.1:{free_port}:80"]\n',
        "docker-compose.override.yml",
    )
    network, volume = f"{scene.name}_default", f"{scene.name}_db_data"
    installing = "/wp-admin/install.php"

    def runs() -> None:
        assert scene.states() == {"db-1": "running", "wordpress-1": "running"}
        assert scene.networks() == [network]
        assert scene.volumes() == [volume]

    scene.up()
    runs()
    first = scene.ids()
    browser = Browser(free_port)
    browser.page(installing, "WordPress")
    browser.install()
    post = browser.publish(TITLE)
    assert TITLE in browser.page(f"/?rest_route=/wp/v2/posts/{post}", TITLE)

    scene.run("down")
    assert scene.names() == []
    assert scene.networks() == []
    assert scene.volumes() == [volume]

    scene.up()
    runs()
    assert not set(first.values()) & set(scene.ids().values())
    stored = Browser(free_port).page(f"/?rest_route=/wp/v2/posts/{post}", TITLE)
    assert json.loads(stored)["title"]["rendered"] == TITLE

    scene.run("down", "--volumes")
    assert scene.nothing_left()

    scene.up()
    runs()
    fresh = Browser(free_port)
    fresh.page("/", "admin_email" if "admin_email" in fresh.page(installing, "WordPress") else "")
    assert installing in fresh.at
    scene.run("down", "--volumes")
    assert scene.nothing_left()
