"""Compose files in, a Project out.

The stages, in order; `load` is these calls and little more:

- read: the env files, then each Compose file, through `Sources`
- parse: text to documents of nodes that know their place
- identify: choose the project's name, which interpolation sees as COMPOSE_PROJECT_NAME
- interpolate: variables in place of `${...}`, then the types of the attributes
- validate: the schema, on each document alone, so that the right one is blamed
- canonical: short syntax to long
- resolve_paths: relative paths to absolute ones
- merge: documents, left to right
- defaults: values of attributes that are not given
- normalize: the default network, the real names of resources
- check: what a schema cannot say
- resolve_environment: `env_file`s and variables without a value
- bind: nodes to the model
- select: profiles and named services
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from types import TracebackType
from typing import Final

from pycompose.errors import ComposeFileError, Position, Problem, UsageError
from pycompose.loader.bind.project import bind
from pycompose.loader.canonical import canonical
from pycompose.loader.check import check
from pycompose.loader.defaults import defaults
from pycompose.loader.environment import Resolved, project_environment, reason
from pycompose.loader.environment import resolve as resolve_environment
from pycompose.loader.interpolate import interpolate
from pycompose.loader.merge import merge
from pycompose.loader.normalize import normalize
from pycompose.loader.parse import parse
from pycompose.loader.paths import resolve as resolve_paths
from pycompose.loader.salvage import salvage
from pycompose.loader.schema import validate
from pycompose.loader.select import activate, enable, used
from pycompose.loader.select import select as reduce_to
from pycompose.loader.sources import Source, Sources
from pycompose.loader.tree import Map, Node, Scalar
from pycompose.model.project import Project

_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9_-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Which of the stages are run that `config` can leave out; all of them, as a rule.

    Without `interpolate`, strings stay as they are written; without `check`, whatever only a
    reader of the whole file can know is taken as it is. Without `resolve_environment` no env file
    of a service is read.
    """

    interpolate: bool = True
    resolve_paths: bool = True
    normalize: bool = True
    check: bool = True
    resolve_environment: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """What is to be loaded, and how.

    `files` are absolute ("-" is standard input), in order. `working_dir` is absolute: relative
    paths of all files start there. `environment` is that of the process; variables of
    `environment_files` (absolute) are added below it, or of the working directory's `.env` where
    none is named and `dotenv` is left on. `name` and `profiles` are those of the command line;
    COMPOSE_PROJECT_NAME and COMPOSE_PROFILES are used where it has none. `services` are the
    services to keep, all enabled ones if empty, along with what they depend on unless
    `dependencies` is off. `all_resources` keeps networks, volumes, secrets and configs nobody
    uses. `compatibility` names containers and images with `_`. `stages` are those to run.
    """

    files: tuple[str, ...]
    working_dir: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    environment_files: tuple[str, ...] = ()
    dotenv: bool = True
    home: str = ""
    name: str = ""
    profiles: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    dependencies: bool = True
    all_resources: bool = False
    compatibility: bool = False
    stages: Stages = field(default_factory=Stages)


def load(options: LoadOptions, sources: Sources) -> Project:
    """Return the project that Compose files describe.

    Raises:
        ComposeFileError: files are missing or wrong; holds every problem that could be found.
        UsageError: the project has no name, or a service was named that does not exist.
    """
    faults = Faults()
    stages = options.stages
    whole = merged(options, sources, faults, canonical, merge)
    with faults:
        document, environment = whole.document, whole.environment
        pending = check(document) if stages.check else {}
        resolved = Resolved(document, {}, ())
        if stages.resolve_environment:
            resolved = resolve_environment(document, environment, sources, args=stages.normalize)
        project = replace(
            bind(resolved.document),
            name=whole.name,
            working_dir=options.working_dir,
            config_files=options.files,
            environment_files=options.environment_files,
            environment=environment,
            separator="_" if options.compatibility else "-",
            notices=whole.notices + resolved.notices,
            pending=_together(pending, resolved.problems),
        )
        project = select(project, options)
        if not faults.problems:
            return project
    faults.settle()
    raise AssertionError("faults without a problem")


@dataclass(frozen=True, slots=True)
class Merged:
    """What the files make together; `environment` is what interpolation saw."""

    document: Map
    name: str
    environment: dict[str, str]
    notices: tuple[Problem, ...]


def merged(
    options: LoadOptions,
    sources: Sources,
    faults: Faults,
    canonical: Callable[[Map], Map],
    merge: Callable[[Map, Map], Map],
) -> Merged:
    """Return what the files make together, as far as `normalize`; gather their problems."""
    stages = options.stages
    environment, notices = read_environment(options, sources)
    parsed: list[Map] = []
    for path in options.files:
        with faults:
            source = read(path, sources)
            parsed.extend(mappings(parse(source), source))
    name = identify(parsed, options, environment)
    environment["COMPOSE_PROJECT_NAME"] = name
    documents: list[Map] = []
    for node in parsed:
        with faults:
            document = node
            notices += obsolete(node)
            if stages.interpolate:
                found, unset = interpolate(node, environment.get)
                notices += unset
                assert isinstance(found, Map)
                document = found
            document = faults.outlived(document, validate)
            document = faults.outlived(document, canonical)
            if stages.resolve_paths:
                document = resolve_paths(document, options.working_dir, options.home)
            documents.append(document)
    if len(documents) < len(parsed) or not parsed:
        faults.settle()
    with faults:
        document = reduce(merge, documents)
        document = defaults(document, options.working_dir if stages.resolve_paths else ".")
        document = normalize(document, name) if stages.normalize else document
        return Merged(document, name, environment, notices)
    faults.settle()
    raise AssertionError("faults without a problem")


def _together(
    one: Mapping[str, tuple[Problem, ...]], other: Mapping[str, tuple[Problem, ...]]
) -> dict[str, tuple[Problem, ...]]:
    return {key: one.get(key, ()) + other.get(key, ()) for key in (*one, *other)}


class Faults:
    """Gathers the problems of documents, so that one document does not hide those of the next."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        del kind, trace
        if isinstance(error, ComposeFileError):
            self.problems.extend(error.problems)
            return True
        return False

    def outlived(self, document: Map, stage: Callable[[Map], Map | None]) -> Map:
        """Return what a stage makes of the document, less what it refuses in it.

        Raises:
            ComposeFileError: without what is refused, others would be blamed.
        """
        try:
            return stage(document) or document
        except ComposeFileError as error:
            rest = salvage(document, error.problems)
            if rest is None:
                raise
            result = stage(rest) or rest
            self.problems.extend(error.problems)
            return result

    def settle(self) -> None:
        """Raise all problems together, if there are any, in the order of their files."""
        if self.problems:
            order = list(dict.fromkeys(problem.at.file for problem in self.problems))
            raise ComposeFileError(
                *sorted(self.problems, key=lambda p: (order.index(p.at.file), p.at))
            )


def read_environment(
    options: LoadOptions, sources: Sources
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Return what interpolation sees but for the project's name, and what is to be noticed.

    Raises:
        ComposeFileError: an env file is wrong, or missing though it was named.
    """
    named = options.environment_files
    implied = (posixpath.join(options.working_dir, ".env"),) if options.dotenv else ()
    return project_environment(options.environment, named or implied, sources, required=bool(named))


def read(path: str, sources: Sources) -> Source:
    """Return the text of a Compose file.

    Raises:
        ComposeFileError: it cannot be read.
    """
    try:
        return sources.read(path)
    except FileNotFoundError:
        raise ComposeFileError(Problem(Position(path, 1, 1), "", "there is no such file")) from None
    except (OSError, ValueError) as error:
        raise ComposeFileError(Problem(Position(path, 1, 1), "", reason(error))) from None


def mappings(documents: Sequence[Node], source: Source) -> list[Map]:
    """Return the documents of a file that hold anything.

    Raises:
        ComposeFileError: none does, or one is no mapping.
    """
    found = [node for node in documents if not (isinstance(node, Scalar) and node.value is None)]
    if not found:
        raise ComposeFileError(Problem(Position(source.name, 1, 1), "", "the file is empty"))
    for node in found:
        if not isinstance(node, Map):
            message = "expected a mapping with 'services' at the top of the file"
            raise ComposeFileError(Problem(node.at, "", message))
    return [node for node in found if isinstance(node, Map)]


def identify(documents: Sequence[Map], options: LoadOptions, environment: Mapping[str, str]) -> str:
    """Return the project's name: the one asked for, else that of the files, else the directory's.

    Raises:
        ComposeFileError: the name in a file cannot be interpolated.
        UsageError: there is no name, or the one asked for has characters no project name has.

    Source: compose-spec 04-version-and-name.md; rules 1 and 2
    """
    given = options.name or environment.get("COMPOSE_PROJECT_NAME", "")
    if given:
        if normalized(given) != given:
            raise UsageError(
                f"invalid project name {given!r}: expected lower case letters, digits, hyphens and"
                " underscores, beginning with a letter or a digit"
            )
        return given
    named = [node for document in documents if (node := document.get("name")) is not None]
    for node in reversed(named):
        value = node
        if options.stages.interpolate:
            value = interpolate(node, environment.get, ("name",)).node
        if isinstance(value, Scalar) and isinstance(value.value, str) and value.value:
            return _not_empty(normalized(value.value))
    return _not_empty(normalized(posixpath.basename(options.working_dir)))


def _not_empty(name: str) -> str:
    if not name:
        raise UsageError("the project has no name: give one by 'name:' or -p")
    return name


def normalized(name: str) -> str:
    """Return a project name in lower case, without the characters such a name cannot have."""
    return _NOT_IN_NAMES.sub("", name.lower()).lstrip("_-")


def obsolete(document: Map) -> tuple[Problem, ...]:
    """Return a warning for a `version`, which has no meaning any more."""
    if "version" not in document.entries:
        return ()
    at = document.key_at("version")
    message = "the attribute 'version' is obsolete, it is ignored"
    return (Problem(at, "version", message, "remove it to avoid confusion", "warning"),)


def select(project: Project, options: LoadOptions) -> Project:
    """Return the project with the services that profiles and names leave, and what they use."""
    profiles = options.profiles
    if not profiles:
        listed = project.environment.get("COMPOSE_PROFILES", "").split(",")
        profiles = tuple(profile.strip() for profile in listed if profile.strip())
    project = enable(activate(project, profiles), options.services)
    project = reduce_to(
        project,
        options.services,
        dependencies=options.dependencies,
        lenient=not options.stages.check,
    )
    return project if options.all_resources else used(project)
