"""What counts as a change: the config hash of a service, a network and a volume, field by field.

The hashes equal those of Docker Compose, byte for byte, so that either tool recognises what the
other one made. Digests of single fields are our own: they name what changed and show no value.

Source: docker/compose 2.40.3 pkg/compose/hash.go (rules 70-73)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from pycompose.convert.document import network_document, service_document, volume_document
from pycompose.convert.joins import resolved
from pycompose.convert.writing import Document
from pycompose.model.resources import Network, Volume
from pycompose.model.service import Service
from pycompose.model.values import Json

DIGEST_LENGTH: Final = 8  # hex digits: a false "same" in four billion, and short enough for a label
_NOT_HASHED: Final = ("build", "depends_on", "profiles", "pull_policy", "scale")
_NO_REFERENCES: Final[Mapping[str, str]] = MappingProxyType({})
_GO_ESCAPES: Final = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
        **{chr(code): "\ufffd" for code in range(0xD800, 0xE000)},
    }
)
_compact: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_STRING_OR_FLOAT: Final = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+(?:e[-+]\d+)?|e[-+]\d+)')


def go_json(value: Json, *, indent: int | None = None) -> str:
    """Return JSON as Go's encoder writes it; keys keep their order, nothing is sorted here."""
    if indent is None:
        text = _compact(value)
    else:
        text = json.dumps(value, ensure_ascii=False, indent=indent, separators=(",", ": "))
    if _has_float(value):
        text = _STRING_OR_FLOAT.sub(_go_float, text)
    return text.translate(_GO_ESCAPES) if _needs_escape(text) else text


def _has_float(value: Json) -> bool:
    values = [value]  # it grows below: asked of every value, a recursion takes twice the time
    for item in values:
        kind = type(item)
        if kind is dict:
            values += item.values()
        elif kind is list or kind is tuple:
            values += item
        elif kind is float:
            return True
    return False


def _go_float(found: re.Match[str]) -> str:
    """Return a float as Go's encoder writes it, a string as it is."""
    text = found[0]
    if text.startswith('"'):
        return text
    value = float(text)
    if value and not 1e-6 <= abs(value) < 1e21:
        mantissa, _, exponent = f"{Decimal(text).normalize():e}".partition("e")
        return f"{mantissa}e{int(exponent):+d}"
    return f"{Decimal(text).normalize():f}"


def _needs_escape(text: str) -> bool:
    return not text.isascii() or "<" in text or ">" in text or "&" in text


def config_hash(service: Service) -> str:
    """Return the hash of a service as it is written; 64 hex digits."""
    return _sha256(go_json(_hashed(service_document(service))))


def container_hash(service: Service, references: Mapping[str, str] = _NO_REFERENCES) -> str:
    """Return the hash that says whether a container is up to date; 64 hex digits.

    Docker Compose takes it of the service that it creates the container of, which names containers
    where the file names services; `references` are their ids by service.
    """
    return digest(hashed(service, references))


def digest(document: Document) -> str:
    """Return the hash of what `hashed` returns; 64 hex digits."""
    return _sha256(go_json(document))


def network_hash(network: Network) -> str:
    """Return the hash that says whether a network is up to date; 64 hex digits."""
    return _sha256(go_json(network_document(network)))


def volume_hash(volume: Volume) -> str:
    """Return the hash that says whether a volume is up to date; 64 hex digits."""
    driven = volume if volume.driver else volume._replace(driver="local")
    return _sha256(go_json(volume_document(driven)))


def field_digests(service: Service) -> Mapping[str, str]:
    """Return a short digest for each given field that counts into `container_hash`, by its path.

    A path is `image`, `environment.FOO`, `ports[0]` or `volumes[/data]`: mappings go one level
    deep, mounts are told by their target. The path is part of what is digested, so that equal
    values in two places do not look equal.
    """
    return digests(hashed(service))


def digests(document: Document) -> Mapping[str, str]:
    """Return the `field_digests` of what `hashed` returns."""
    paths = dict(_paths(document))
    texts = [_compact(value) for value in paths.values()]
    if _has_float(document) or _needs_escape("".join(texts)):
        texts = [go_json(value) for value in paths.values()]
    return {
        path: _sha256(f"{path}\0{text}")[:DIGEST_LENGTH]
        for path, text in zip(paths, texts, strict=True)
    }


def changed_fields(old: Mapping[str, str], service: Service) -> tuple[str, ...]:
    """Return the paths that were added, removed or changed since `old` was digested, sorted."""
    new = field_digests(service)
    return tuple(sorted(path for path in {*old, *new} if old.get(path) != new.get(path)))


def _hashed(document: Document) -> Document:
    for name in _NOT_HASHED:
        document.pop(name, None)
    if "deploy" in document:
        document["deploy"].pop("replicas", None)
    return document


def hashed(service: Service, references: Mapping[str, str] = _NO_REFERENCES) -> Document:
    """Return what `container_hash` is taken of."""
    document = _hashed(service_document(resolved(service, references), label_files=True))
    if "volumes_from" in document:
        # Compat: only the name of a container is left of `container:name:ro`.
        document["volumes_from"] = [
            text.split(":")[1] if text.startswith("container:") else text
            for text in document["volumes_from"]
        ]
    return document


def _paths(document: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    for name, value in document.items():
        if value is None:
            continue
        if isinstance(value, dict) and value:
            yield from ((f"{name}.{key}", item) for key, item in value.items())
        elif name == "ports":
            yield from ((f"{name}[{index}]", item) for index, item in enumerate(value))
        elif name in ("volumes", "secrets", "configs"):
            yield from (
                (f"{name}[{item.get('target', item.get('source'))}]", item) for item in value
            )
        else:
            yield name, value


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()
