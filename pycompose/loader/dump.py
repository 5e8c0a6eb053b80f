"""Project → text: what `config` prints, in whole or in part.

A printed project can be loaded again and gives an equal one. Nothing is printed here; the caller
decides where a text goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key
from typing import Final, Literal

from pycompose.convert.document import project_document, yaml_document
from pycompose.convert.gojson import go_json
from pycompose.convert.hashing import config_hash
from pycompose.loader.yamltext import Note, write_yaml
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import Json

# Keys whose value is a mapping by name; of the others, the keys are attributes in a fixed order.
_MAPPINGS: Final = {
    *("additional_contexts", "annotations", "args", "aux_addresses", "configs", "depends_on"),
    *("driver_opts", "environment", "labels", "models", "networks", "options", "secrets"),
    *("services", "storage_opt", "sysctls", "ulimits"),
}


def dump(
    project: Project, format: Literal["yaml", "json"] = "yaml", *, note: Note | None = None
) -> str:
    """Return the project as Docker Compose's `config` prints it, each `$` written as `$$`.

    `note` returns what the line of a value is to say in a comment, for its path; YAML only.

    Source: rules 20, 22 and 23
    """
    if format == "json":
        return go_json(project_document(project), indent=2).replace("$", "$$")
    return write_yaml(_naturally(yaml_document(project)), note=note).replace("$", "$$")


def dump_raw(document: Json, format: Literal["yaml", "json"] = "yaml") -> str:
    """Return a document that was not interpolated, its keys sorted and every `$` as it is.

    Source: rule 26
    """
    if format == "json":
        return go_json(_sorted(document), indent=2)
    return write_yaml(_naturally(document, mapping=True, free=True))


def _sorted(document: Json) -> Json:
    if isinstance(document, dict):
        return {key: _sorted(document[key]) for key in sorted(document)}
    return [_sorted(item) for item in document] if isinstance(document, list) else document


def _naturally(document: Json, *, mapping: bool = False, free: bool = False) -> Json:
    """Return a document with its mappings in natural order, as go-yaml writes them.

    `mapping` says that this is one, `free` that it is an extension, where every dict is one.
    """
    if isinstance(document, list):
        return [_naturally(item, mapping=free, free=free) for item in document]
    if not isinstance(document, dict):
        return document
    keys = sorted(document, key=natural) if mapping else document
    return {
        key: _naturally(
            document[key],
            mapping=free or key.startswith("x-") or (not mapping and _is_mapping(key, document)),
            free=free or (not mapping and key.startswith("x-")),
        )
        for key in keys
    }


def _is_mapping(key: str, document: Json) -> bool:
    # `volumes` is a list in a service and a mapping at the top.
    return key in _MAPPINGS or (key == "volumes" and isinstance(document[key], dict))


def _compare(one: str, other: str) -> int:
    """Order keys as go-yaml does: digits by their number, letters after what is neither."""
    after_digit = False
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a == b:
            after_digit = a.isdecimal()
            continue
        if a.isalpha() and b.isalpha():
            return -1 if a < b else 1
        if a.isalpha() or b.isalpha():
            return -1 if a.isalpha() == after_digit else 1
        return _compare_numbers(one, other, index)
    return len(one) - len(other)


def _compare_numbers(one: str, other: str, index: int) -> int:
    lead = 0
    if "0" in (one[index], other[index]):
        before = index
        while before and one[before - 1].isdecimal():
            before -= 1
        lead = int(one[before:index].strip("0") != "")
    numbers = []
    for text in (one, other):
        number, end = lead, index
        while end < len(text) and text[end].isdecimal():
            number, end = number * 10 + ord(text[end]) - ord("0"), end + 1
        numbers.append((number, end, text[index]))
    return -1 if numbers[0] < numbers[1] else 1


natural = cmp_to_key(_compare)


def services(project: Project) -> tuple[str, ...]:
    """Return the names of the enabled services, sorted."""
    return tuple(sorted(project.services))


def volumes(project: Project) -> tuple[str, ...]:
    """Return the keys of the project's volumes, sorted."""
    return tuple(sorted(project.volumes))


def networks(project: Project) -> tuple[str, ...]:
    """Return the keys of the project's networks, sorted."""
    return tuple(sorted(project.networks))


def models(project: Project) -> tuple[str, ...]:
    """Return the models that the project asks for, as their runner knows them, sorted."""
    return tuple(sorted(model.model for model in project.models.values() if model.model))


def images(project: Project) -> tuple[str, ...]:
    """Return the image of each enabled service, in order of the services' names."""
    return tuple(project.image(project.services[name]) for name in sorted(project.services))


def profiles(project: Project) -> tuple[str, ...]:
    """Return the profiles that any service names, enabled or not, sorted."""
    every: Iterable[Service] = (*project.services.values(), *project.disabled.values())
    return tuple(sorted({profile for service in every for profile in service.profiles}))


def environment(project: Project) -> tuple[str, ...]:
    """Return what interpolation saw as `NAME=value`, sorted; secrets included."""
    return tuple(sorted(f"{name}={value}" for name, value in project.environment.items()))


def hashes(project: Project, names: Iterable[str] = ()) -> tuple[str, ...]:
    """Return `name hash` for the named services, for all enabled ones if none is named.

    Each is what the label of the service's containers says.
    """
    chosen = sorted(names) or sorted(project.services)
    return tuple(f"{name} {config_hash(project.services[name])}" for name in chosen)
