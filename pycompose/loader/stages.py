"""Compose files in, a Project out.

The stages, in order; `load` is these calls and little more. From interpolate to merge they are
those of `assemble`, which an included file goes through as well:

- read: the env files, then each Compose file, through `Sources`
- parse: text to documents of nodes that know their place
- identify: choose the project's name, which interpolation sees as COMPOSE_PROJECT_NAME
- interpolate: variables in place of `${...}`, then the types of the attributes
- validate: the schema, on each document alone, so that the right one is blamed
- canonical: short syntax to long
- resolve_paths: relative paths to absolute ones
- include: the document over those that it includes
- extends: services over those that they extend
- merge: documents, left to right
- defaults: values of attributes that are not given
- normalize: the default network, implied dependencies, the real names of resources
- check: what a schema cannot say
- resolve_environment: `env_file`s and variables without a value
- resolve_labels: `label_file`s
- bind: nodes to the model
- select: profiles and named services
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from pycompose.errors import ComposeFileError, Owner, Position, Problem, UsageError
from pycompose.loader.assemble import assemble
from pycompose.loader.bind.project import bind
from pycompose.loader.canonical import canonical
from pycompose.loader.check import check, check_order
from pycompose.loader.defaults import defaults
from pycompose.loader.environment import Resolved, project_environment
from pycompose.loader.environment import resolve as resolve_environment
from pycompose.loader.faults import Faults
from pycompose.loader.interpolate import interpolate
from pycompose.loader.label_files import resolve as resolve_labels
from pycompose.loader.links import follow
from pycompose.loader.merge import merge
from pycompose.loader.normalize import normalize
from pycompose.loader.reading import Place, Reading, Scope
from pycompose.loader.remote import is_remote, shown
from pycompose.loader.select import activate, enable, heard, misspelt, used, without
from pycompose.loader.select import select as reduce_to
from pycompose.loader.sources import Remote, Sources
from pycompose.loader.trace import Trace
from pycompose.loader.tree import Map, Scalar
from pycompose.loader.words import show
from pycompose.model.project import Project
from pycompose.model.values import EMPTY

_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9_-]")


class Stages(NamedTuple):
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


class LoadOptions(NamedTuple):
    """What is to be loaded, and how.

    `files` are absolute ("-" is standard input), in order. `working_dir` is absolute: relative
    paths of all files start there. `environment` is that of the process; variables of
    `environment_files` (absolute) are added below it, or of the working directory's `.env` where
    none is named and `dotenv` is left on. `name` and `profiles` are those of the command line;
    COMPOSE_PROJECT_NAME and COMPOSE_PROFILES are used where it has none. `services` are the
    services to keep, all enabled ones if empty, along with what they depend on unless
    `dependencies` is off. `all_resources` keeps networks, volumes, secrets and configs nobody
    uses. `compatibility` names containers and images with `_`. `stages` are those to run. For
    `names_only` it is enough to know what there is, in which order: nothing that is wrong with a
    service or resource matters, and what cannot be known for that is left out. `remote` fetches
    files from elsewhere, which are refused without it.
    """

    files: tuple[str, ...]
    working_dir: str
    environment: Mapping[str, str] = EMPTY
    environment_files: tuple[str, ...] = ()
    dotenv: bool = True
    home: str = ""
    name: str = ""
    profiles: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    dependencies: bool = True
    all_resources: bool = False
    compatibility: bool = False
    stages: Stages = Stages()
    names_only: bool = False
    remote: Remote | None = None

    def __repr__(self) -> str:
        return f"LoadOptions(files={self.files!r}, …)"  # variables hold secrets


def load(options: LoadOptions, sources: Sources, trace: Trace | None = None) -> Project:
    """Return the project that Compose files describe; `trace` is told where values come from.

    Raises:
        ComposeFileError: files are missing or wrong; holds every problem that could be found.
        UsageError: the project has no name, or a service was named that does not exist.
    """
    faults = Faults()
    stages = options.stages
    whole = merged(options, sources, faults, canonical, merge, trace)
    with faults:
        document, environment = whole.document, whole.environment
        if stages.resolve_paths:
            document = follow(document, sources)
        pending = check(document, _unknown(whole.found)) if stages.check else {}
        if options.names_only:
            pending = check_order(document)
        resolved = Resolved(document, {})
        if stages.resolve_environment:
            resolved = resolve_environment(
                document, environment, sources, args=stages.normalize, trace=trace
            )
        labelled = resolve_labels(resolved.document, sources)
        if trace is not None:
            trace.document = labelled.document
        values = _gathered(faults, whole.found, resolved.found, labelled.found)
        project = replace(
            bind(labelled.document),
            name=whole.name,
            working_dir=options.working_dir,
            config_files=options.files,
            environment_files=options.environment_files,
            environment=environment,
            environments=whole.environments,
            separator="_" if options.compatibility else "-",
            pending=_gathered(faults, pending, {} if options.names_only else values),
        )
        if options.names_only:
            project = without(project, _unknown(values))
        project = select(project, options)
        if not faults.problems:
            return project
    faults.settle()
    raise AssertionError("faults without a problem")


Found: TypeAlias = Mapping[Owner, Sequence[Problem]]


class Merged(NamedTuple):
    """What the files make together; `environment` is what interpolation saw.

    `environments` are those of single files, by the names that messages call them. `found` is what
    is wrong, or to be noticed, of single values, by whose they are.
    """

    document: Map
    name: str
    environment: dict[str, str]
    environments: Mapping[str, Mapping[str, str]]
    found: Found


def merged(
    options: LoadOptions,
    sources: Sources,
    faults: Faults,
    canonical: Callable[[Map], Map],
    merge: Callable[[Map, Map], Map],
    trace: Trace | None = None,
) -> Merged:
    """Return what the files make together, as far as `normalize`; gather their problems."""
    stages = options.stages
    environment, notices = read_environment(options, sources, trace)
    reading = Reading(
        sources,
        faults,
        options.working_dir,
        canonical=canonical,
        merge=merge,
        interpolate=stages.interpolate,
        absolute=stages.resolve_paths,
        trace=trace,
        remote=options.remote,
    )
    reading.note({(): notices})
    parsed: list[Map] = []
    places: list[Place] = []
    for path in options.files:
        with faults:
            places.append(_placed(path, options, reading))
            parsed.extend(reading.documents(places[-1].path))
    if not parsed:
        _refuse_nothing(places, reading)
    name = identify(parsed, options, environment)
    environment["COMPOSE_PROJECT_NAME"] = name
    with faults:
        # Compat: relative paths of all files start where those of the first do.
        base = next((it.folder for it in places), options.working_dir)
        scope = Scope(environment=environment, base=base, home=options.home)
        document = assemble(places, scope, reading)
        if not faults.lost:
            if trace is not None:
                trace.keep(document, reading.everything(), reading.environments)
            document = defaults(document)
            document = normalize(document, name) if stages.normalize else document
            return Merged(document, name, environment, reading.environments, reading.found)
    faults.settle()
    raise AssertionError("faults without a problem")


def _placed(path: str, options: LoadOptions, reading: Reading) -> Place:
    """Return where a file of the project is."""
    if is_remote(path):
        return reading.fetched(path, Position(shown(path), 1, 1), "")
    return Place(path, options.working_dir)


def _refuse_nothing(places: Sequence[Place], reading: Reading) -> None:
    """Raise that there is nothing in the files, unless it is known why."""
    reading.faults.settle()
    files = (Position(reading.name(place.path), 1, 1) for place in places)
    raise ComposeFileError(*(Problem(at, "", "the file is empty") for at in files))


def _unknown(found: Found) -> frozenset[Owner]:
    """Return whose values are not all known."""
    return frozenset(
        owner for owner, problems in found.items() if any(it.severity == "error" for it in problems)
    )


def _gathered(faults: Faults, *all_found: Found) -> dict[Owner, tuple[Problem, ...]]:
    """Return all that was found, each problem with what led to its file."""
    pending: dict[Owner, tuple[Problem, ...]] = {}
    for found in all_found:
        for owner, problems in found.items():
            pending[owner] = (*pending.get(owner, ()), *map(faults.told, problems))
    return pending


def read_environment(
    options: LoadOptions, sources: Sources, trace: Trace | None = None
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Return what interpolation sees but for the project's name, and what is to be noticed.

    Raises:
        ComposeFileError: an env file is wrong, or missing though it was named.
    """
    named = options.environment_files
    implied = (posixpath.join(options.working_dir, ".env"),) if options.dotenv else ()
    return project_environment(
        options.environment, named or implied, sources, required=bool(named), trace=trace
    )


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
            value, found = interpolate(node, environment.get, ("name",))
            if wrong := [it for its in found.values() for it in its if it.severity == "error"]:
                raise ComposeFileError(*wrong)
        if isinstance(value, Scalar) and isinstance(value.value, str) and value.value:
            name = normalized(value.value)
            if not name:
                message = f"no character of {show(value.value)} can be part of a project's name"
                hint = "use lower case letters, digits, hyphens and underscores"
                raise ComposeFileError(Problem(value.at, "name", message, hint))
            return name
    name = normalized(posixpath.basename(options.working_dir))
    if not name:
        raise UsageError("the project has no name: give one by 'name:' or -p")
    return name


def normalized(name: str) -> str:
    """Return a project name in lower case, without the characters such a name cannot have."""
    return _NOT_IN_NAMES.sub("", name.lower()).lstrip("_-")


def select(project: Project, options: LoadOptions) -> Project:
    """Return the project with the services that profiles and names leave, and what they use."""
    profiles = options.profiles
    if not profiles:
        listed = project.environment.get("COMPOSE_PROFILES", "").split(",")
        profiles = tuple(profile.strip() for profile in listed if profile.strip())
    shared = (*project.pending.get((), ()), *misspelt(project, profiles))
    project = replace(project, pending={**project.pending, (): shared})
    project = enable(activate(project, profiles), options.services)
    project = reduce_to(
        project,
        options.services,
        dependencies=options.dependencies,
        lenient=options.names_only or not options.stages.check,
    )
    return heard(project if options.all_resources else used(project))
