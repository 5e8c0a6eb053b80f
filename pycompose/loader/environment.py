"""Variables: the project's own from env files, and those of its services.

The project's environment is what interpolation sees. A service's is its `env_file`s below its
`environment`, where a variable without a value takes the project's. All of it happens on nodes, so
that a variable keeps the place where it was set, be it in an env file.

Source: compose-spec 05-services.md#env_file; rules 9-12
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from pycompose.errors import ComposeFileError, Owner, Position, Problem
from pycompose.loader.dotenv import EnvFile, parse_env
from pycompose.loader.interpolate import Lookup
from pycompose.loader.sources import Source, Sources
from pycompose.loader.trace import Rule, Trace
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted


def project_environment(
    environment: Mapping[str, str],
    files: Sequence[str],
    sources: Sources,
    *,
    required: bool,
    trace: Trace | None = None,
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Return the environment with the variables of env files added, and what is to be noticed.

    What the environment has already wins; of the files, the last one does.

    Raises:
        ComposeFileError: a file is no env file, or is missing though it is required.
    """
    added: dict[str, str] = {}
    notices: list[Problem] = []

    for path in files:
        try:
            source = sources.read(path)
        except (FileNotFoundError, IsADirectoryError):
            if required:
                at = Position(path, 1, 1)
                raise ComposeFileError(Problem(at, "", "there is no such env file")) from None
            continue
        except (OSError, ValueError) as error:
            raise ComposeFileError(Problem(Position(path, 1, 1), "", reason(error))) from None
        parsed = parse_env(source.text, source.name, environment.get, earlier=added)
        added.update(parsed.values)
        if trace is not None:
            trace.read(parsed)
        notices.extend(parsed.notices)
    return {**added, **environment}, tuple(notices)


def reason(error: OSError | ValueError) -> str:
    """Return why a text cannot be read, without the number of the error and the path."""
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


@dataclass(slots=True)
class _Resolver:
    """Resolves services one after the other; reads each file once."""

    environment: Mapping[str, str]
    sources: Sources | None = None
    args: bool = True
    trace: Trace | None = None
    read: dict[str, Source] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)

    def service(self, name: str, service: Map) -> Map:
        """Return a service whose `environment` holds its env files and has all values it can."""
        path: Path = ("services", name)
        entries = dict(service.entries)
        given = entries.get("environment")
        variables = self.resolve(given) if isinstance(given, Map) else Map({}, service.at)
        files = entries.pop("env_file", None)
        if isinstance(files, Seq) and files.items:
            variables = self.files(files, variables, (*path, "env_file"))
        if variables.entries:
            entries["environment"] = variables
        build = entries.get("build") if self.args else None
        if isinstance(build, Map) and isinstance(args := build.get("args"), Map):
            known = _without_nulls(self.resolve(args))
            entries["build"] = Map({**build.entries, "args": known}, build.at, build.keys)
        return Map(entries, service.at, service.keys)

    def resolve(self, variables: Map) -> Map:
        """Return variables with those that have no value taken from the project's environment."""
        entries = {
            name: self.value(name, node) if isinstance(node, Scalar) else node
            for name, node in variables.entries.items()
        }
        return Map(entries, variables.at, variables.keys)

    def value(self, name: str, node: Scalar) -> Scalar:
        """Return a variable's value, its name's in the environment where it has none."""
        if node.value is not None or name not in self.environment:
            return node
        return Scalar(self.environment[name], node.at, self.environment[name], quoted=True)

    def files(self, files: Seq, variables: Map, path: Path) -> Map:
        """Return the variables of env files below those given."""
        entries: dict[str, Scalar] = {}

        def lookup(name: str) -> str | None:
            if name in self.environment:
                return self.environment[name]
            node = variables.entries.get(name)
            known = isinstance(node, Scalar) and node.value is not None
            return str(node.value) if isinstance(node, Scalar) and known else None

        for index, item in enumerate(files.items):
            found = self.file(item, lookup, entries, (*path, index))
            self.tell(path, "env_file", found, entries)
            entries |= found
        self.tell(path, "environment", variables.entries, entries)
        keys = {name: node.at for name, node in entries.items()}
        return Map({**entries, **variables.entries}, variables.at, {**keys, **variables.keys})

    def tell(
        self, path: Path, rule: Rule, found: Mapping[str, Node], before: Mapping[str, Node]
    ) -> None:
        """Tell which of the variables before give way to those found."""
        for name in found if self.trace is not None else ():
            if self.trace is not None and name in before:
                self.trace.overrule(
                    rule, (*path[:2], "environment", name), found[name], before[name]
                )

    def file(
        self, item: Node, lookup: Lookup, before: Mapping[str, Scalar], path: Path
    ) -> dict[str, Scalar]:
        """Return the variables of one `env_file` entry, each where its file sets it.

        It sees those of the files `before` it.
        """
        entries = item.entries if isinstance(item, Map) else {"path": item}
        where = entries.get("path")
        if not isinstance(where, Scalar):
            return {}
        required, form = entries.get("required"), entries.get("format")
        optional = isinstance(required, Scalar) and required.value is False
        earlier = {name: str(node.value) for name, node in before.items()}
        try:
            source = self.source(str(where.value))
            raw = isinstance(form, Scalar) and bool(form.value)
            if isinstance(form, Scalar) and form.value not in (None, "", "raw"):
                message = f"expected the format 'raw', not {str(form.value)!r}"
                self.found.append(Problem(form.at, dotted((*path, "format")), message))
            parsed = parse_env(source.text, source.name, lookup, earlier=earlier, raw=raw)
        except ComposeFileError as error:
            self.found.extend(error.problems)
            return {}
        except FileNotFoundError:
            if not optional:
                message = f"there is no env file {str(where.value)!r}"
                hint = "'required: false' lets it be missing"
                self.found.append(Problem(where.at, dotted(path), message, hint))
            return {}
        except (OSError, ValueError) as error:
            self.found.append(Problem(where.at, dotted(path), reason(error)))
            return {}
        self.found.extend(parsed.notices)
        return _scalars(parsed)

    def source(self, path: str) -> Source:
        """Return the text of a file, read once."""
        if path not in self.read:
            assert self.sources is not None
            self.read[path] = self.sources.read(path)
        return self.read[path]


class Resolved(NamedTuple):
    """A document whose services know their variables, and what was found on the way.

    What was found is by service, so that what nobody asks for can be passed over.
    """

    document: Map
    found: Mapping[Owner, tuple[Problem, ...]]


def resolve_variables(document: Map, environment: Mapping[str, str]) -> Map:
    """Return the document with the variables of its services resolved, env files left unread."""
    services = document.get("services")
    if not isinstance(services, Map):
        return document
    resolver = _Resolver(environment)
    changed: dict[str, Node] = {}
    for name, service in services.entries.items():
        given = service.get("environment") if isinstance(service, Map) else None
        if isinstance(service, Map) and isinstance(given, Map):
            entries = {**service.entries, "environment": resolver.resolve(given)}
            changed[name] = replace(service, entries=entries)
    resolved = replace(services, entries={**services.entries, **changed})
    return replace(document, entries={**document.entries, "services": resolved})


def resolve(
    document: Map,
    environment: Mapping[str, str],
    sources: Sources,
    *,
    args: bool = True,
    trace: Trace | None = None,
) -> Resolved:
    """Return the document with the variables of every service resolved, env files read.

    `args` asks for those of its builds too.
    """
    services = document.get("services")
    if not isinstance(services, Map):
        return Resolved(document, {})
    resolver = _Resolver(environment, sources, args, trace)
    resolved: dict[str, Node] = {}
    found: dict[Owner, tuple[Problem, ...]] = {}
    for name, service in services.entries.items():
        resolved[name] = resolver.service(name, service) if isinstance(service, Map) else service
        if resolver.found:
            found["services", name] = tuple(resolver.found)
            resolver.found.clear()
    entries = {**document.entries, "services": Map(resolved, services.at, services.keys)}
    known = Map(entries, document.at, document.keys)
    return Resolved(known, found)


def _without_nulls(variables: Map) -> Map:
    entries = {
        name: node
        for name, node in variables.entries.items()
        if not (isinstance(node, Scalar) and node.value is None)
    }
    return Map(entries, variables.at, variables.keys)


def _scalars(parsed: EnvFile) -> dict[str, Scalar]:
    return {
        name: Scalar(value, parsed.places[name], value, quoted=True)
        for name, value in parsed.values.items()
    }
