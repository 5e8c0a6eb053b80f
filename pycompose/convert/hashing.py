"""What counts as a change: the config hash of a service, a network and a volume, field by field.

The hashes equal those of Docker Compose, byte for byte, so that either tool recognises what the
other one made. Digests of single fields are our own: they name what changed and show no value.

Source: docker/compose 2.40.3 pkg/compose/hash.go (rules 70-73)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Final, NamedTuple

from pycompose.convert.document import network_document, service_document, volume_document
from pycompose.convert.gojson import compact, escaped, go_json, string
from pycompose.convert.joins import resolved
from pycompose.convert.writing import Document
from pycompose.model.resources import Network, Volume
from pycompose.model.service import Service
from pycompose.model.values import Json

DIGEST_LENGTH: Final = 8  # hex digits: a false "same" in four billion, and short enough for a label
_NOT_HASHED: Final = ("build", "depends_on", "profiles", "pull_policy", "scale")
_LISTED: Final = ("ports", "volumes", "secrets", "configs")
_NO_REFERENCES: Final[Mapping[str, str]] = MappingProxyType({})


def config_hash(service: Service) -> str:
    """Return the hash of a service as it is written; 64 hex digits."""
    return _sha256(go_json(_hashed(service, but=(*_NOT_HASHED, "label_file"))))


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
    return fingerprint(hashed(service)).fields


class Fingerprint(NamedTuple):
    """What tells a document: its `digest`, and the `field_digests` of it."""

    hash: str
    fields: Mapping[str, str]

    @property
    def label(self) -> str:
        """The digests of fields as a label says them: JSON."""
        return "{" + ",".join([f'{string(k)}:"{v}"' for k, v in self.fields.items()]) + "}"


def fingerprint(document: Document) -> Fingerprint:
    """Return both for what `hashed` returns; one encoding serves them."""
    whole: list[str] = []
    fields: dict[str, str] = {}
    for name, value in document.items():
        if isinstance(value, dict) and value:
            inner: list[str] = []
            for key, item in value.items():
                text = string(item) if type(item) is str else compact(item)
                fields[f"{name}.{key}"] = text
                inner.append(f"{string(key)}:{text}")
            whole.append(f'"{name}":{{{",".join(inner)}}}')
        elif name in _LISTED:
            items = [compact(item) for item in value]
            fields.update(zip(_places(name, value), items, strict=True))
            whole.append(f'"{name}":[{",".join(items)}]')
        else:
            text = compact(value)
            whole.append(f'"{name}":{text}')
            if value is not None:
                fields[name] = text
    written = "{" + ",".join(whole) + "}"
    text = escaped(written)
    if text != written:
        fields = {path: escaped(part) for path, part in fields.items()}
    digests = {
        path: sha256(f"{path}\0{part}".encode()).hexdigest()[:DIGEST_LENGTH]
        for path, part in fields.items()
    }
    return Fingerprint(_sha256(text), digests)


def _places(name: str, items: Sequence[Json]) -> Iterator[str]:
    """Return the paths of the items of a list: a port by its index, others by their target."""
    if name == "ports":
        return (f"ports[{index}]" for index in range(len(items)))
    return (f"{name}[{item.get('target', item.get('source'))}]" for item in items)


def changed_fields(old: Mapping[str, str], service: Service) -> tuple[str, ...]:
    """Return the paths that were added, removed or changed since `old` was digested, sorted."""
    new = field_digests(service)
    return tuple(sorted(path for path in {*old, *new} if old.get(path) != new.get(path)))


def _hashed(service: Service, *, but: tuple[str, ...] = _NOT_HASHED) -> Document:
    document = service_document(service, but=but)
    if "deploy" in document:
        document["deploy"].pop("replicas", None)
    return document


def hashed(service: Service, references: Mapping[str, str] = _NO_REFERENCES) -> Document:
    """Return what `container_hash` is taken of."""
    document = _hashed(resolved(service, references))
    if "volumes_from" in document:
        # Compat: only the name of a container is left of `container:name:ro`.
        document["volumes_from"] = [
            text.split(":")[1] if text.startswith("container:") else text
            for text in document["volumes_from"]
        ]
    return document


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()
