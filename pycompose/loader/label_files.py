"""`label_file`: files of labels, below the `labels` of their service.

It happens on nodes, so that a label keeps the place where it was set, be it in such a file. The
paths stay in the document: they count into the config hash of a container.

Source: compose-spec 05-services.md#label_file; compose-go types/project.go
"""

from __future__ import annotations

from pycompose.errors import ComposeFileError, Owner, Position, Problem
from pycompose.loader.dotenv import EnvFile, parse_env
from pycompose.loader.environment import Resolved, reason
from pycompose.loader.sources import Sources
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted


def resolve(document: Map, sources: Sources) -> Resolved:
    """Return the document with the labels of every service, label files read."""
    services = document.get("services")
    if not isinstance(services, Map):
        return Resolved(document, {})
    changed: dict[str, Node] = {}
    found: dict[Owner, tuple[Problem, ...]] = {}
    for name, service in services.entries.items():
        files = service.get("label_file") if isinstance(service, Map) else None
        if isinstance(service, Map) and isinstance(files, Seq) and files.items:
            reader = _Reader(sources)
            labels = reader.labels(service, files, ("services", name, "label_file"))
            changed[name] = Map({**service.entries, "labels": labels}, service.at, service.keys)
            if reader.problems:
                found["services", name] = tuple(reader.problems)
    if not changed:
        return Resolved(document, {})
    known = Map({**services.entries, **changed}, services.at, services.keys)
    entries: dict[str, Node] = {**document.entries, "services": known}
    return Resolved(Map(entries, document.at, document.keys), found)


class _Reader:
    """Reads the label files of one service; gathers what is wrong, or to be noticed, of them."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.problems: list[Problem] = []
        self.found: dict[str, Node] = {}

    def labels(self, service: Map, files: Seq, path: Path) -> Map:
        """Return the labels of a service, those it gives itself above those of its files."""
        keys: dict[str, Position] = {}
        for index, item in enumerate(files.items):
            parsed = self.file(item, (*path, index))
            if parsed is not None:
                self.problems.extend(parsed.notices)
                keys.update(parsed.places)
                for name, value in parsed.values.items():
                    self.found[name] = Scalar(value, parsed.places[name], value, quoted=True)
        given = service.get("labels")
        if not isinstance(given, Map):
            return Map(self.found, files.at, keys)
        return Map({**self.found, **given.entries}, given.at, {**keys, **given.keys})

    def lookup(self, name: str) -> str | None:
        """Return a label of an earlier file: the only variables that there are in such files."""
        label = self.found.get(name)
        return str(label.value) if isinstance(label, Scalar) else None

    def file(self, item: Node, path: Path) -> EnvFile | None:
        """Return the labels of one file; None where it cannot be read."""
        where = str(item.value) if isinstance(item, Scalar) else ""
        try:
            source = self.sources.read(where)
            return parse_env(source.text, source.name, self.lookup)
        except ComposeFileError as error:
            self.problems.extend(error.problems)
        except FileNotFoundError:
            message = f"there is no label file {where!r}"
            self.problems.append(Problem(item.at, dotted(path), message))
        except (OSError, ValueError) as error:
            self.problems.append(Problem(item.at, dotted(path), reason(error)))
        return None
