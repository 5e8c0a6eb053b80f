"""Images: references that are none or say too little, and what a build takes with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pycompose.lint.subject import Hit, Subject
from pycompose.model.build import Build
from pycompose.model.values import image_ref

# Where databases keep their data.
DATA_FOLDERS: Final = {
    **dict.fromkeys(("mysql", "mysql-server", "mariadb", "percona"), ("/var/lib/mysql",)),
    # 18 and later keep it in /var/lib/postgresql.
    **dict.fromkeys(
        ("postgres", "postgis", "timescaledb", "pgvector"),
        ("/var/lib/postgresql/data", "/var/lib/postgresql"),
    ),
    "mongo": ("/data/db",),
    "couchdb": ("/opt/couchdb/data",),
    "cassandra": ("/var/lib/cassandra",),
    "influxdb": ("/var/lib/influxdb", "/var/lib/influxdb2"),
    "neo4j": ("/data",),
}
_SERVERS: Final = frozenset(
    (*DATA_FOLDERS, "redis", "valkey", "memcached", "elasticsearch", "opensearch")
)
# Source: https://github.com/distribution/reference/blob/main/regexp.go
_COMPONENT: Final = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_DOMAIN: Final = (
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
)
_REFERENCE: Final = re.compile(
    rf"(?:(?:{_DOMAIN}|\[[0-9a-fA-F:]+\])(?::[0-9]+)?/)?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::\w[\w.-]{0,127})?(?:@[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
_ID: Final = re.compile(r"(?:sha256:)?[0-9a-f]{64}")


def base_name(image: str) -> str:
    """Return the last part of an image's name: `mysql` of `docker.io/library/mysql:8`."""
    return image_ref(image).name.rpartition("/")[2]


def is_server(image: str) -> bool:
    """Tell whether an image is known as that of a database."""
    return base_name(image) in _SERVERS


def invalid(subject: Subject) -> Iterator[Hit]:
    """Yield images that no engine can have."""
    for service in subject.services.values():
        image = service.image
        if image and not _REFERENCE.fullmatch(image) and not _ID.fullmatch(image):
            ref = image_ref(image)
            if ref.name != ref.name.lower():
                why, hint = "names of images are in lower case", f"write {ref.name.lower()!r}"
            else:
                why, hint = "this is no reference to an image", "expected NAME[:TAG][@DIGEST]"
            path = ("services", service.name, "image")
            yield Hit(subject.at(*path), path, why, hint)


def unpinned(subject: Subject) -> Iterator[Hit]:
    """Yield images whose content may change at any pull, while nothing says when to pull."""
    for service in subject.services.values():
        if not service.image or service.build is not None or service.pull_policy:
            continue
        ref = image_ref(service.image)
        if ref.digest or ref.tag not in ("", "latest") or _ID.fullmatch(service.image):
            continue
        path = ("services", service.name, "image")
        what = "what 'latest' is" if ref.tag else "no tag means 'latest', and what that is"
        message = f"{what} depends on when it was pulled"
        yield Hit(subject.at(*path), path, message, "name a version, or set 'pull_policy'")


def unfiltered_contexts(subject: Subject) -> Iterator[Hit]:
    """Yield build contexts that send `.git` or `.env` along, as no `.dockerignore` is there."""
    for service in subject.services.values():
        build = service.build
        if build is None or not build.context.startswith("/"):
            continue
        sent = [name for name in (".env", ".git") if _exists(subject, build, name)]
        ignoring = (".dockerignore", f"{build.dockerfile or 'Dockerfile'}.dockerignore")
        if sent and not any(_exists(subject, build, name) for name in ignoring):
            path = ("services", service.name, "build", "context")
            yield Hit(
                subject.at(*path),
                path,
                f"the build gets {' and '.join(sent)}: its context has no .dockerignore",
                "add one",
            )


def _exists(subject: Subject, build: Build, name: str) -> bool:
    return subject.disk.mode(f"{build.context.rstrip('/')}/{name}") is not None
