"""What changes in a container that is made anew, field by field, with the old and the new value.

Pure: the old values come from what the engine says of the old container, which is asked for the
containers of `replaced` only, and only where people want to see a plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pycompose import labels
from pycompose.convert import reading
from pycompose.convert.hashing import changed_fields, field_digests
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import Json
from pycompose.plan.diverged import place
from pycompose.plan.ops import Change, CreateContainer, RemoveContainer
from pycompose.plan.plan import Plan
from pycompose.snapshot import ContainerState, Snapshot

_SHORT = 12  # characters of an id, as the docker CLI shows them


def replaced(plan: Plan) -> tuple[str, ...]:
    """Return the ids of the containers whose old values `with_changes` takes."""
    return tuple(_predecessors(plan).values())


def _predecessors(plan: Plan) -> dict[int, str]:
    """Return the container in whose place a step creates one, by step.

    One that had to go first, for a volume's sake, has no other relation to it than its name.
    """
    removed = {
        step.resource: step.container
        for step in plan.steps
        if isinstance(step, RemoveContainer) and step.cause == "dependency"
    }
    found = {}
    for step in plan.steps:
        if isinstance(step, CreateContainer):
            ours = step.cause in ("changed", "image", "forced")
            old = step.replaces if ours else "" if step.replaces else removed.get(step.resource)
            if isinstance(old, str) and old:
                found[step.id] = old
    return found


def with_changes(
    plan: Plan, project: Project, snapshot: Snapshot, documents: Mapping[str, Json]
) -> Plan:
    """Return the plan with the changes of its new containers; `documents` are of `replaced`."""
    states = {state.id: state for state in snapshot.containers}
    olds = _predecessors(plan)
    steps = tuple(
        step.replaced(
            changes=_changes(step, project, states[old], snapshot, documents[old]),
        )
        if isinstance(step, CreateContainer) and (old := olds.get(step.id, "")) in documents
        else step
        for step in plan.steps
    )
    return replace(plan, steps=steps)


def _changes(
    step: CreateContainer,
    project: Project,
    state: ContainerState,
    snapshot: Snapshot,
    document: Json,
) -> tuple[Change, ...]:
    service = project.services[step.service]
    old, new = reading.as_requested(document), step.body
    paths = _changed(state, service, old, new)
    found = [
        _change(project, service, path, old, new) for path in paths if not path.startswith("ports[")
    ]
    found += _ports(project, service, paths, old, new)
    image = snapshot.images.get(project.image(service))
    other = not step.replaces and image is not None and image.id != state.image_id
    if (step.cause == "image" or other) and "image" not in paths:
        found.append(_image(project, service, state, snapshot))
    return tuple(sorted(found, key=lambda change: change.path))


def _changed(state: ContainerState, service: Service, old: Json, new: Json) -> tuple[str, ...]:
    try:
        return changed_fields(json.loads(state.labels[labels.FIELDS]), service)
    except (KeyError, ValueError, AttributeError, TypeError):
        # Compat: a container made by Docker Compose has no digests of its fields. Of those that the
        # engine tells word for word, what the service gives is compared; what is gone is not seen.
        return tuple(
            path
            for path in sorted(field_digests(service))
            if path.partition(".")[0] in reading.VERBATIM
            and reading.value(new, path) not in (None, reading.value(old, path))
        )


def _change(project: Project, service: Service, path: str, old: Json, new: Json) -> Change:
    at = place(project, service, path)
    if not reading.readable(path):
        return Change(path, at=str(at or ""), known=False)
    return Change(path, reading.value(old, path), reading.value(new, path), str(at or ""))


def _image(project: Project, service: Service, state: ContainerState, snapshot: Snapshot) -> Change:
    name = project.image(service)
    current = snapshot.images[name].id if name in snapshot.images else ""
    ids = [id.removeprefix("sha256:")[:_SHORT] for id in (state.image_id, current)]
    at = place(project, service, "image") or place(project, service, "build")
    return Change("image", f"{name} ({ids[0]})", f"{name} ({ids[1]})", str(at or ""))


def _ports(
    project: Project, service: Service, paths: Iterable[str], old: Json, new: Json
) -> Iterator[Change]:
    """Yield the changes of ports: each new one beside one that goes, of the same target if any."""
    before, after = reading.ports(old), reading.ports(new)
    gone = {text: target for text, target in before.items() if text not in after}
    for path in paths:
        if not path.startswith("ports["):
            continue
        index = int(path[len("ports[") : -1])
        text, target = None, ""
        if index < len(service.ports):
            port = service.ports[index]
            target = f"{port.target}/{port.protocol}"
            ends = (port.host_ip, port.published, target)
            text = ":".join(end for end in ends if end)
            if text in before:
                continue  # it has another place in the list
        same = [one for one, its in gone.items() if its == target] or list(gone)
        was = same[0] if same else None
        if was is not None:
            del gone[was]
        if was is not None or text is not None:
            yield Change(path, was, text, str(place(project, service, path) or ""))
