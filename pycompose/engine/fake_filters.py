"""The `filters` of the Engine API's lists and events, for the engine in memory.

Several values of one filter mean any of them, but for labels, of which all must be there; several
filters mean all of them. A filter nobody knows is refused, as the engine does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias, TypeVar

from pycompose.engine.fake_objects import Container, Image, Network, Volume, tagged
from pycompose.engine.fake_store import refuse
from pycompose.model.values import Json

Filters: TypeAlias = Mapping[str, Sequence[str]]
T = TypeVar("T")
Tests: TypeAlias = Mapping[str, Callable[[T, str], bool]]

_TRUE: Final = ("true", "1")
_CONTAINER: Final[Tests[Container]] = {
    "label": lambda one, value: _labelled(value, one.config["Labels"]),
    "id": lambda one, value: one.id.startswith(value),
    "name": lambda one, value: any(re.search(value, text) for text in (one.name, f"/{one.name}")),
    "status": lambda one, value: one.state == value,
    "health": lambda one, value: one.health == value,
    "ancestor": lambda one, value: tagged(value) in one.image.tags or one.image.id == value,
    "network": lambda one, value: any(
        value in (name, point["NetworkID"]) for name, point in one.networks.items()
    ),
    "volume": lambda one, value: any(value in (mount.name, mount.target) for mount in one.mounts),
}
_NETWORK: Final[Tests[Network]] = {
    "label": lambda one, value: _labelled(value, one.body.get("Labels") or {}),
    "id": lambda one, value: value in one.id,
    "name": lambda one, value: value in one.name,
    "driver": lambda one, value: (one.body.get("Driver") or "bridge") == value,
}
_VOLUME: Final[Tests[Volume]] = {
    "label": lambda one, value: _labelled(value, one.labels or {}),
    "name": lambda one, value: value in one.name,
    "driver": lambda one, value: one.driver == value,
}
_IMAGE: Final[Tests[Image]] = {
    "label": lambda one, value: _labelled(value, one.labels),
    "reference": lambda one, value: any(value in (tag, tag.rpartition(":")[0]) for tag in one.tags),
    "dangling": lambda one, value: (value in _TRUE) is not bool(one.tags),
}
_EVENT: Final[Tests[Json]] = {
    "label": lambda one, value: _labelled(value, one["Actor"]["Attributes"]),
    "type": lambda one, value: one["Type"] == value,
    "event": lambda one, value: value in (one["Action"], one["Action"].partition(":")[0]),
    "container": lambda one, value: _about("container", one, value),
    "network": lambda one, value: _about("network", one, value),
    "volume": lambda one, value: _about("volume", one, value),
    "image": lambda one, value: one["Actor"]["Attributes"].get("image") == value,
}


def _labelled(wanted: str, labels: Mapping[str, str]) -> bool:
    key, equals, value = wanted.partition("=")
    return key in labels and (not equals or labels[key] == value)


def _about(kind: str, event: Json, key: str) -> bool:
    actor = event["Actor"]
    return event["Type"] == kind and key in (actor["ID"], actor["Attributes"].get("name"))


def _chosen(items: Iterable[T], filters: Filters | None, tests: Tests[T]) -> list[T]:
    for name in filters or {}:
        if name not in tests:
            refuse(400, f"Invalid filter '{name}'")
    found = list(items)
    for name, values in (filters or {}).items():
        enough = all if name == "label" else any
        if values:
            found = [one for one in found if enough(tests[name](one, value) for value in values)]
    return found


def containers_chosen(items: Iterable[Container], filters: Filters | None) -> list[Container]:
    """Return the containers that GET /containers/json shows."""
    return _chosen(items, filters, _CONTAINER)


def networks_chosen(items: Iterable[Network], filters: Filters | None) -> list[Network]:
    """Return the networks that GET /networks shows."""
    return _chosen(items, filters, _NETWORK)


def volumes_chosen(
    items: Iterable[Volume], filters: Filters | None, used: Callable[[str], bool]
) -> list[Volume]:
    """Return the volumes that GET /volumes shows; `used` knows which names are mounted."""
    dangling: Tests[Volume] = {
        "dangling": lambda one, value: (value in _TRUE) is not used(one.name)
    }
    return _chosen(items, filters, {**_VOLUME, **dangling})


def images_chosen(items: Iterable[Image], filters: Filters | None) -> list[Image]:
    """Return the images that GET /images/json shows."""
    return _chosen(items, filters, _IMAGE)


def events_chosen(items: Iterable[Json], filters: Filters | None) -> list[Json]:
    """Return the events that GET /events tells."""
    return _chosen(items, filters, _EVENT)
