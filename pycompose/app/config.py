"""`config`: the project as it is after all rules, or one list taken from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from pycompose.app.session import Session
from pycompose.convert.unfit import unfit
from pycompose.errors import EngineError, UsageError
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import Json, qualified

if TYPE_CHECKING:
    from pycompose.engine.port import Engine
    from pycompose.loader.origins import Explainer, Explanation
    from pycompose.loader.stages import Stages
    from pycompose.loader.variables import Variable


ConfigList: TypeAlias = Literal[
    "services", "volumes", "networks", "models", "hash", "profiles", "images", "environment"
]


class ConfigOptions(NamedTuple):
    """`config`; `show` is the list to print in place of the project.

    `hash` names services, with commas between them, or is `*` for all.
    """

    services: tuple[str, ...] = ()
    show: ConfigList | None = None
    format: str = ""
    hash: str = ""
    quiet: bool = False
    lock_image_digests: bool = False
    no_consistency: bool = False
    no_interpolate: bool = False
    no_normalize: bool = False
    no_path_resolution: bool = False
    resolve_image_digests: bool = False


def config(session: Session, options: ConfigOptions) -> str:
    """Return what to print: the list asked for, else the project unless it is only checked.

    Raises:
        ComposeFileError: the files are missing or wrong.
        EngineError: a registry does not know an image whose digest was asked for.
        UsageError: there is no such service, or no such format.

    Source: docker/compose cmd/compose/config.go (rules 25 and 26)
    """
    if options.show is not None:
        lines = _listed(session, options)
        # Compat: of the lists, only this one heeds --quiet.
        quiet = options.quiet and options.show == "environment"
        return "" if quiet else "".join(f"{line}\n" for line in lines)
    return _raw(session, options) if options.no_interpolate else _project(session, options)


def variables(session: Session) -> tuple[Variable, ...]:
    """Return the variables that the Compose files refer to, sorted by name.

    Raises:
        ComposeFileError: the files are missing or wrong.
    """
    from pycompose.loader.raw import load_raw
    from pycompose.loader.variables import variables

    return variables(load_raw(session.load_options(), session.sources))


def explained(session: Session, paths: tuple[str, ...]) -> tuple[Explanation, ...]:
    """Return where the values at some paths of the model come from.

    Raises:
        ComposeFileError: the files are missing or wrong.
        UsageError: there is no value at one of the paths.
    """
    explainer = _explainer(session)
    return tuple(explainer.explain(path) for path in paths)


def annotated(session: Session) -> str:
    """Return the whole project in YAML, with the place of each value beside it.

    Raises:
        ComposeFileError: the files are missing or wrong.
    """
    from pycompose.loader.dump import dump

    explainer = _explainer(session)
    return dump(explainer.project, note=lambda path: explainer.origin(path).short)


def _explainer(session: Session) -> Explainer:
    from pycompose.loader.origins import Explainer
    from pycompose.loader.stages import load
    from pycompose.loader.trace import Trace

    trace, options = Trace(), session.load_options()
    project = load(options, session.sources, trace)
    return Explainer(project=project, trace=trace, shell=options.environment, named=options.name)


def _stages(session: Session, options: ConfigOptions, **others: bool) -> Stages:
    from pycompose.loader.stages import Stages

    return Stages(
        interpolate=not options.no_interpolate,
        resolve_paths=not options.no_path_resolution,
        normalize=not (options.no_normalize or session.settings.compatibility),
        check=not options.no_consistency,
        **others,
    )


def _listed(session: Session, options: ConfigOptions) -> tuple[str, ...]:
    """Return the lines of a list; some are of all services, whichever were named."""
    from pycompose.loader import dump

    if options.show == "services" and options.no_interpolate:
        return tuple(sorted(_document(session, options).get("services") or ()))
    named = options.services if options.show in ("profiles", "images", "environment") else ()
    stages = _stages(session, options, resolve_environment=options.show in ("hash", "environment"))
    project = session.load(named, stages=stages)
    match options.show:
        case "hash":
            names = _hashed(project, options.hash)
            from pycompose.plan.platforms import built_for

            return dump.hashes(built_for(project), names)
        case "models":
            return dump.models(project)
        case "services":
            return dump.services(project)
        case "volumes":
            return dump.volumes(project)
        case "networks":
            return dump.networks(project)
        case "profiles":
            return dump.profiles(project)
        case "images":
            return dump.images(project)
    return dump.environment(project)


def _hashed(project: Project, text: str) -> tuple[str, ...]:
    """Return the services that `--hash` names, none for all of them.

    Raises:
        UsageError: there is no such enabled service.
    """
    names = () if text == "*" else tuple(text.split(","))
    for name in names:
        if name not in project.services:
            why = "disabled" if name in project.disabled else "not found"
            raise UsageError(f"no such service: {name}: {why}")
    return names


def _project(session: Session, options: ConfigOptions) -> str:
    form = _format(options.format)
    project = session.load(options.services, stages=_stages(session, options))
    _doubt(session, project)
    if options.resolve_image_digests or options.lock_image_digests:
        project = _pinned(project, session.engine)
    if options.lock_image_digests:
        services = {
            name: Service(name=name, image=service.image)
            for name, service in project.services.items()
        }
        project = Project(name="", services=services)
    if options.quiet:  # what is only checked is not written
        return ""
    from pycompose.loader.dump import dump

    return dump(project, form)


def _doubt(session: Session, project: Project) -> None:
    """Warn of values that no engine takes: the model has them, but nothing can be made of it."""
    found = [(name, it) for name, service in project.services.items() for it in unfit(service)]
    if found:
        from pycompose.plan.resources import problem

        for name, it in found:
            warning = problem(project, ("services", name, *it.path), it.message, it.hint)
            session.tell(warning._replace(severity="warning"))


def _raw(session: Session, options: ConfigOptions) -> str:
    form = _format(options.format)
    document = _document(session, options)
    services: dict[str, Any] = document.get("services") or {}
    if options.resolve_image_digests or options.lock_image_digests:
        for service in services.values():
            if "image" in service:
                service["image"] = digested(service["image"], session.engine)
    if options.lock_image_digests:
        images = {name: _image(service) for name, service in services.items()}
        document = {"services": images}
    if options.quiet:
        return ""
    from pycompose.loader.dump import dump_raw

    return dump_raw(document, form)


def _image(service: dict[str, Json]) -> dict[str, Json]:
    return {"image": service["image"]} if "image" in service else {}


def _format(text: str) -> Literal["yaml", "json"]:
    """Return the format to print in.

    Raises:
        UsageError: there is none of the name.
    """
    if text not in ("", "yaml", "json"):
        raise UsageError(f'unsupported format "{text}"')
    return "json" if text == "json" else "yaml"


def _document(session: Session, options: ConfigOptions) -> dict[str, Json]:
    """Return the model with its variables as written; named services make no difference."""
    from pycompose.loader.raw import load_raw
    from pycompose.loader.tree import plain

    loading = session.load_options(stages=_stages(session, options))
    document: dict[str, Json] = plain(load_raw(loading, session.sources))
    return document


def _pinned(project: Project, engine: Engine) -> Project:
    """Return the project with the digest of every image that a service names."""
    services = {
        name: service._replace(image=digested(service.image, engine)) if service.image else service
        for name, service in project.services.items()
    }
    return replace(project, services=services)


def digested(image: str, engine: Engine) -> str:
    """Return a reference in full, with the digest that its registry tells.

    Raises:
        EngineError: the registry does not know it, or none answers.
        UsageError: it is no reference.
    """
    try:
        name = qualified(image)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if "@" in name:
        return name
    try:
        found = engine.inspect_distribution(name)["Descriptor"]["digest"]
    except EngineError as error:
        message = f"failed to resolve digest for {name}: {error.message.strip()}"
        kind = type(error)
        raise kind(message, status=error.status, request=error.request) from error
    return f"{name}@{found}"
