"""`project rename`: the same containers, networks and volumes under another project's name.

Cut off anywhere, it is finished by the same command; nothing of the old project is lost before the
new one has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pycompose import labels
from pycompose.app.beforehand import Beforehand, Ready
from pycompose.app.clone import PROJECT_NAME, wrong_name
from pycompose.app.lifecycle import carry_out
from pycompose.app.moving import Mover, choose_image, token
from pycompose.app.options import UpOptions
from pycompose.app.session import Session
from pycompose.app.surroundings import ready
from pycompose.app.up import converge
from pycompose.app.volumes import move
from pycompose.convert import mover as bodies
from pycompose.convert import network as convert
from pycompose.errors import UsageError
from pycompose.events import Notice
from pycompose.observe import containers, everyone, observe
from pycompose.plan import lifecycle, ops
from pycompose.plan import rename as plans
from pycompose.plan import volumes as moves
from pycompose.plan.plan import Plan

if TYPE_CHECKING:
    from pycompose.model.project import Project


class RenameOptions(NamedTuple):
    """`project rename`; `remove_old` removes the volumes that were copied."""

    name: str
    remove_old: bool = False
    image: str = ""


def rename(session: Session, options: RenameOptions) -> None:
    """Give the project another name.

    Raises:
        UsageError: the name is none, or is taken, or something cannot be carried over.
        ComposeFileError: the files forbid it.
        ApplyError: steps failed.
    """
    if not PROJECT_NAME.fullmatch(options.name):
        raise UsageError(wrong_name(options.name))
    if options.name == session.project_name:
        raise UsageError(f"project {options.name} has that name already")
    with session.exclusive_with(options.name):
        _rename(session, options)


def _rename(session: Session, options: RenameOptions) -> None:
    here, there = session.renamed(session.project_name), session.renamed(options.name)
    services = _services(here, options.name)
    old, new = _loaded(here, services), _loaded(there, services)
    quiet = UpOptions(no_start=True, detach=True)

    def look() -> plans.Both:
        engine = session.engine
        return plans.Both(old, new, observe(engine, old.name, old), observe(engine, new.name, new))

    both = look()
    if message := plans.refusal(both):
        raise UsageError(message)
    running, rehearsed = both.running, session.settings.dry_run
    image, _ = choose_image(session, old, options.image, both.mine)
    # Images come first, and what would forbid the rest is told before anything changes.
    Beforehand(there, quiet, lambda *_: (Plan(), [])).do(_carried(both).project)
    unmarked = both._replace(after=both.after._replace(hooks=()))
    converge(there, _carried(unmarked), quiet)
    carry_out(session, plans.begin(both, f"{old.name}-rename-{token()}", image), project=old)
    if not both.after.containers:
        _copy(session, both, image)
    both = plans.halfway(both) if rehearsed else look()
    carried = _carried(both)
    carry_out(there, converge(there, carried, quiet), project=carried.project)
    if running:
        made = plans.replaced(carried.project, carried.snapshot)
        now = made if rehearsed else observe(session.engine, new.name, carried.project)
        plan = lifecycle.start(carried.project, now, running)
        carry_out(there, plan, project=carried.project)
    both = both if rehearsed else look()
    carry_out(session, plans.end(both, volumes=options.remove_old))
    if not rehearsed:
        _tell(session, both, options)


def _services(here: Session, name: str) -> tuple[str, ...]:
    """Return the services of the files that have containers, under either name."""
    known = {*here.project.services, *here.project.disabled}
    found = {
        container.service
        for project in (here.project_name, name)
        for container in containers(here.engine, project)
    }
    return tuple(sorted(found & known))


def _loaded(session: Session, services: tuple[str, ...]) -> Project:
    """Return the project of some services and all volumes; of none, what there is of names."""
    project = session.read(
        services, dependencies=False, all_resources=True, names_only=not services
    )
    for notice in project.notices:
        session.tell(notice)
    return ready(project, session.settings.environ)


def _carried(both: plans.Both) -> Ready:
    return Ready(*plans.carried(both))


def _copy(session: Session, both: plans.Both, image: str) -> None:
    """Copy the volumes; those that an attempt which was cut off has begun are done anew."""
    there = {volume.name for volume in both.after.volumes}
    around = () if session.settings.dry_run else everyone(session.engine)
    jobs, cut = [], []
    for key, (source, name) in both.copies.items():
        body = bodies.copier(
            both.new.name,
            image,
            source,
            name,
            empty=name in there,
            origin=both.old.name,
        )
        jobs.append(
            moves.Job(
                volume=name,
                name=f"{both.new.name}-volume-{key}-{token()}",
                body=body,
                kind=ops.CopyVolume,
                fields={"source": source},
                why=f"from {source}",
                create=None if name in there else convert.volume(both.new, key),
            )
        )
        cut += [c for c in around if c.labels.get(labels.MOVER_FILLS) == name]
    plan = moves.move(both.new, jobs, (), (), old=cut)
    if plan.steps:
        move(session, both.new, plan, Mover(session.engine, None))


def _tell(session: Session, both: plans.Both, options: RenameOptions) -> None:
    old, new = both.old.name, both.new.name
    kept = [name for name, _ in both.copies.values()]
    words = [f"project {old} is {new} now: say -p {new} from now on, or 'name: {new}' in its file"]
    if kept and not options.remove_old:
        names = ", ".join(kept)
        words.append(f"{names} and what is in there is kept ('-p {old} down --volumes' removes it)")
    shared = [v.name for k, v in both.old.volumes.items() if v.name == both.new.volumes[k].name]
    if shared:
        words.append(f"{', '.join(shared)} has one name in both projects, and is used as it is")
    for message in words:
        session.emit(Notice(message=message, level="info"))
