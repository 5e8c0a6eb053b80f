"""A plan in a file, and whether what it was made of is still so; pure.

The file holds what `plan --format json` shows, masked alike, and fingerprints of what the engine
held and of what the files said. Nothing is carried out from it: the plan is made again, and has to
be the same. The file is described by `schemas/saved-plan.schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from pycompose import labels
from pycompose.convert.document import network_document, service_document, volume_document
from pycompose.convert.gojson import go_json
from pycompose.convert.hashing import DIGEST_LENGTH
from pycompose.errors import UsageError
from pycompose.model.project import Project
from pycompose.model.values import Json
from pycompose.plan.plan import Plan
from pycompose.snapshot import Snapshot

VERSION: Final = 1  # of the file's form
_SHORT: Final = 12  # characters of an id, as the docker CLI shows them


def document(
    plan: Plan,
    project: Project,
    snapshot: Snapshot,
    *,
    engine: str,
    options: Mapping[str, Any],
    contents: Mapping[str, str],
) -> Json:
    """Return what is written for a plan.

    `engine` is the id of the engine, `options` what the plan was asked for with, `contents` the
    digests of secrets and configs.
    """
    made: Json = {
        "version": VERSION,
        "project": project.name,
        "options": dict(options),
        "engine": {"id": engine, "resources": _resources(project, snapshot)},
        "inputs": _inputs(project, contents),
        "plan": plan.to_json(),
    }
    return json.loads(json.dumps(made))  # tuples become lists, as they are in the file


def read(text: str, name: str) -> Json:
    """Return a saved plan from the text of the file called `name`.

    Raises:
        UsageError: it is none, or one of another version.
    """
    try:
        saved = json.loads(text)
    except ValueError:
        saved = None
    if not isinstance(saved, dict) or "version" not in saved:
        raise UsageError(f"{name}: not a plan: expected a file written by 'pycompose plan -o'")
    if saved["version"] != VERSION:
        raise UsageError(
            f"{name}: a plan of version {saved['version']}, expected {VERSION}: plan again"
        )
    if not _whole(saved):
        raise UsageError(f"{name}: the plan is damaged: plan again")
    return saved


def _whole(saved: Json) -> bool:
    parts = [saved.get(name) for name in ("options", "engine", "inputs", "plan")]
    if not all(isinstance(part, dict) for part in parts):
        return False
    resources = saved["engine"].get("resources")
    return isinstance(resources, dict) and all(isinstance(r, dict) for r in resources.values())


def moved(saved: Json, now: Json) -> tuple[str, ...]:
    """Return what is no longer as it was when a plan was saved, a sentence each."""
    if saved.get("project") != now["project"]:
        return (f"it is a plan of project {saved.get('project')}, this is {now['project']}",)
    if saved["engine"].get("id") != now["engine"]["id"]:
        return ("it was made for another engine",)
    before, after = saved["engine"]["resources"], now["engine"]["resources"]
    found = [*_compared(before, after, _moved_resource, ("is gone", "is new"))]
    found += _compared(
        saved["inputs"],
        now["inputs"],
        lambda old, new: "has changed",
        ("is no longer in the files", "is new in the files"),
    )
    if not found and saved["plan"] != now["plan"]:
        found.append("the same files and the same state lead to another plan now")
    return tuple(found)


def _compared(
    before: Json, after: Json, tell: Callable[[Json, Json], str], only: tuple[str, str]
) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"{name} {only[0]}"
        elif name not in before:
            yield f"{name} {only[1]}"
        elif before[name] != after[name]:
            yield f"{name} {tell(before[name], after[name])}"


def _moved_resource(before: Json, after: Json) -> str:
    if before.get("id") != after.get("id"):
        return "is another one now"
    if before.get("state") != after.get("state"):
        return f"was {before.get('state')}, is {after.get('state')} now"
    return "has changed"


def _resources(project: Project, snapshot: Snapshot) -> dict[str, Json]:
    """Return what the engine holds of the project, and what it uses of others."""
    found: dict[str, Json] = {}
    for c in snapshot.containers:
        rest = [dict(c.labels), dict(c.networks), [list(m) for m in c.mounts], c.image_id]
        found[f"container {c.name}"] = {"id": c.id, "state": c.state, "digest": _digest(rest)}
    names = {n.name for n in project.networks.values()}
    for n in snapshot.networks:
        if n.name in names or n.id in names or n.labels.get(labels.PROJECT) == project.name:
            key = f"network {n.name} ({n.id[:_SHORT]})"
            found[key] = {"id": n.id, "digest": _digest([n.driver, dict(n.labels)])}
    names = {v.name for v in project.volumes.values()}
    for v in snapshot.volumes:
        if v.name in names or v.labels.get(labels.PROJECT) == project.name:
            found[f"volume {v.name}"] = {"digest": _digest([v.driver, dict(v.labels)])}
    for name, image in snapshot.images.items():
        found[f"image {name}"] = {"id": image.id}
    return found


def _inputs(project: Project, contents: Mapping[str, str]) -> dict[str, str]:
    """Return a digest for each part of the project that a plan is made of."""
    found = {f"the content of {name}": digest for name, digest in contents.items()}
    for name, service in project.services.items():
        found[f"services.{name}"] = _digest([service_document(service), service.instances])
    for name, network in project.networks.items():
        found[f"networks.{name}"] = _digest(network_document(network))
    for name, volume in project.volumes.items():
        found[f"volumes.{name}"] = _digest(volume_document(volume))
    return found


def _digest(value: Json) -> str:
    """Return a digest that shows a change and is too short to find a secret by."""
    return sha256(go_json(value).encode()).hexdigest()[:DIGEST_LENGTH]
