"""Projects made by chance: Compose files with whatever a plan has to get right, and their changes.

Strategies of hypothesis yield documents; `read` loads one as a user's file is loaded.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import strategies as st
from projects import IMAGE

from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, load
from pycompose.model.project import Project

NAMES = ("a", "b", "c", "d", "e")
OTHER_IMAGE = "db:1"  # declares a volume
BRIEF_IMAGE = "true:1"  # its containers end at once
OUTSIDE = "outside"  # a network and a volume that are no project's
ENVIRONMENT = {"TOKEN": "s3cret"}

Document = dict[str, Any]
rarely = st.sampled_from([False, False, False, True])


class _Texts:
    def __init__(self, text: str) -> None:
        self.text = text

    def read(self, path: str) -> Source:
        return Source(path, "compose.yaml", self.text)

    def follow(self, path: str) -> str:
        return path


@cache
def _read(text: str, profiles: tuple[str, ...]) -> Project:
    options = LoadOptions(
        files=("/demo/compose.yaml",),
        working_dir="/demo",
        environment=ENVIRONMENT,
        dotenv=False,
        name="demo",
        profiles=profiles,
    )
    return load(options, _Texts(text))


def read(document: Document) -> Project:
    """Return the project that a document describes, with the profiles that it names itself."""
    return _read(json.dumps(document), tuple(document.get("x-profiles", ())))


_updates = st.fixed_dictionaries(
    {
        "order": st.sampled_from(["stop-first", "start-first"]),
        "parallelism": st.integers(0, 2),
        "monitor": st.just("1ms"),
        "failure_action": st.sampled_from(["pause", "continue", "rollback"]),
    }
)


@st.composite
def services(draw: Any, name: str, earlier: tuple[str, ...]) -> Document:
    """Draw a service that may refer to earlier ones, which have containers."""
    # What cannot be scaled to nothing may be referred to.
    one: Document = {
        "image": draw(st.sampled_from([IMAGE, OTHER_IMAGE])),
        "environment": {"VERSION": draw(st.sampled_from("12"))},
        "scale": draw(st.integers(1, 3)),
    }
    conditions = st.sampled_from(["service_started", "service_healthy"])
    needs = st.fixed_dictionaries({"condition": conditions, "restart": st.booleans()})
    if earlier:
        one["depends_on"] = draw(st.dictionaries(st.sampled_from(earlier), needs, max_size=2))
    _networks(draw, one, earlier)
    _volumes(draw, one, earlier)
    if draw(rarely):
        one["container_name"] = f"named-{draw(st.sampled_from([name, name, 'moved']))}-{name}"
        one["scale"] = 1
    if draw(rarely):
        one["secrets"] = [{"source": "token", "mode": 0o400}]
        one["read_only"] = draw(st.booleans())
    if draw(rarely):
        one["configs"] = [{"source": "conf", "target": "/etc/conf"}]
    if draw(rarely):
        one["post_start"] = [{"command": "true"}]
    if draw(rarely):
        one["pre_start"] = [{"image": BRIEF_IMAGE, "command": "true"}]
    if draw(rarely):
        one["x-rolling"] = True
        one["deploy"] = {"update_config": draw(_updates)}
    if draw(rarely):
        one["labels"] = {"org.example.version": draw(st.sampled_from("12"))}
    return one


def _networks(draw: Any, one: Document, earlier: tuple[str, ...]) -> None:
    if earlier and draw(rarely):
        one["network_mode"] = f"service:{draw(st.sampled_from(earlier))}"
        return
    if draw(rarely):
        one["network_mode"] = "none"
        return
    known = st.sampled_from(["default", "front", "back", OUTSIDE])
    one["networks"] = sorted(draw(st.sets(known, min_size=1, max_size=3)))
    if earlier and draw(rarely):
        one["links"] = [f"{draw(st.sampled_from(earlier))}:other"]


def _volumes(draw: Any, one: Document, earlier: tuple[str, ...]) -> None:
    mounts = ["one:/one", "two:/two", f"{OUTSIDE}:/outside:ro", "/cache", "/more"]
    one["volumes"] = sorted(draw(st.sets(st.sampled_from(mounts), max_size=3)))
    if earlier and draw(rarely):
        one["volumes_from"] = [draw(st.sampled_from(earlier))]
    if earlier and draw(rarely):
        one[draw(st.sampled_from(["ipc", "pid"]))] = f"service:{draw(st.sampled_from(earlier))}"


@st.composite
def documents(draw: Any) -> Document:
    """Draw a whole file."""
    found: dict[str, Document] = {}
    for name in NAMES:
        if draw(st.booleans()) or (name == NAMES[-1] and not found):
            found[name] = draw(services(name, tuple(found)))
    return _whole(draw, found)


def _whole(draw: Any, found: dict[str, Document]) -> Document:
    version = st.sampled_from("12")
    # Those that nobody refers to may have no container, or be of a profile.
    referred = {name for one in found.values() for name in _refers(one)}
    for name, one in found.items():
        one.pop("profiles", None)
        if name not in referred and "container_name" not in one and draw(rarely):
            one["scale"] = 0
        elif name not in referred and len(found) > 1 and draw(rarely):
            one["profiles"] = ["extra"]
    document: Document = {
        "services": found,
        "networks": {
            "front": {"labels": {"version": draw(version)}},
            "back": {},
            OUTSIDE: {"external": True, "name": OUTSIDE},
        },
        "volumes": {
            "one": {"labels": {"version": draw(version)}},
            "two": {},
            OUTSIDE: {"external": True, "name": OUTSIDE},
        },
        "secrets": {"token": {"environment": "TOKEN"}},
        "configs": {"conf": {"content": f"version {draw(version)}"}},
    }
    if draw(rarely):
        document["networks"]["default"] = {"labels": {"version": draw(version)}}
    if draw(st.booleans()):
        document["x-profiles"] = ["extra"]
    if all("profiles" in one for one in found.values()):
        document["x-profiles"] = ["extra"]
    return document


def _refers(one: Document) -> set[str]:
    words = [one.get(key, "") for key in ("network_mode", "ipc", "pid")]
    shared = {word.removeprefix("service:") for word in words if word.startswith("service:")}
    links = {link.split(":")[0] for link in one.get("links", ())}
    return {*one.get("depends_on", ()), *one.get("volumes_from", ()), *shared, *links}


@st.composite
def pairs(draw: Any) -> tuple[Document, Document]:
    """Draw a file and a later version of it: some services are others then, some new or gone."""
    old = draw(documents())
    if draw(rarely):
        return old, draw(documents())
    found: dict[str, Document] = {}
    for name in NAMES:
        was = old["services"].get(name)
        kept = was is not None and _refers(was) <= {*found}
        fate = draw(st.sampled_from(["stays", "stays", "changes", "gone"]))
        if kept and fate == "stays":
            found[name] = json.loads(json.dumps(was))
            if found[name]["scale"] == 0:
                found[name]["scale"] = 1
        elif fate == "changes" or (name == NAMES[-1] and not found):
            found[name] = draw(services(name, tuple(found)))
    return old, _whole(draw, found)
