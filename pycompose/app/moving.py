"""What backups, restores and clones of volumes have in common: an image that can, and the moving.

Bytes pass from a container to a file or the other way; which containers make way meanwhile is for
`plan.volumes` to say.
"""

from __future__ import annotations

import contextlib
import secrets
import tarfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from threading import Condition
from typing import IO, TYPE_CHECKING, Final, NamedTuple, cast

from pycompose.convert import mover as bodies
from pycompose.errors import EngineError, EngineUnavailable, UsageError
from pycompose.events import Notice, Sink
from pycompose.files.backup import Summary, content, write
from pycompose.files.tarstream import Damaged, Pieces
from pycompose.files.whole import new_file
from pycompose.model.values import familiar
from pycompose.mover import Said, feed, output, run
from pycompose.plan import ops

if TYPE_CHECKING:
    from pycompose.app.converse import Console
    from pycompose.app.session import Session
    from pycompose.engine.port import Engine
    from pycompose.model.project import Project
    from pycompose.snapshot import ContainerState

HELPER: Final = "debian:bookworm-slim"  # small, everywhere, and its tar is GNU tar
ENDING: Final = 10.0  # seconds that steps under way get once the user interrupts
_UNDONE: Final = 5.0  # seconds that a file that was begun has to be gone in
_OF_THE_DISK: Final = "lost+found"  # what a fresh file system has in it


class Look(NamedTuple):
    """Whether an image can move a volume, and whether the volume is empty."""

    able: bool
    empty: bool


class Mover:
    """Carries out the steps of a plan that move data; `source` is the backup that is restored."""

    def __init__(
        self, engine: Engine, console: Console | None, source: IO[bytes] | None = None
    ) -> None:
        self.engine = engine
        self.console = console
        self.source = source
        self.busy = 0
        self.changed = Condition()

    def __call__(
        self, step: ops.SaveVolume | ops.FillVolume | ops.CopyVolume, container: str, tell: Sink
    ) -> None:
        """Do what a step says.

        Raises:
            EngineError: it did not end well; a file that was begun is gone.
        """
        said = Said()
        with self._counted(), _failures_of(step):
            if isinstance(step, ops.SaveVolume):
                summary = self._save(step, container, said)
                where = "" if step.path == "-" else f", in {step.path}"
                tell(Notice(message=f"{step.volume}: {told(summary)}{where}", level="info"))
            elif isinstance(step, ops.FillVolume):
                assert self.source is not None, "a plan that restores has a backup"
                feed(self.engine, container, content(self.source), said)
            else:
                run(self.engine, container, said)
        for line in said.lines:
            tell(Notice(message=f"{step.volume}: {line.removeprefix('tar: ')}"))

    def _save(self, step: ops.SaveVolume, container: str, said: Said) -> Summary:
        with closing(output(self.engine, container, said)) as pieces:
            if step.path == "-":
                assert self.console is not None, "what is written there has somebody to write it"
                file = cast("IO[bytes]", _Out(self.console))
                return self._written(file, step, pieces)
            with new_file(step.path) as file:
                return self._written(file, step, pieces)

    def _written(self, file: IO[bytes], step: ops.SaveVolume, pieces: Iterator[bytes]) -> Summary:
        now = int(time.time())
        return write(file, step.manifest, pieces, compress=step.compress, time=now)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        with self.changed:
            self.busy += 1
        try:
            yield
        finally:
            with self.changed:
                self.busy -= 1
                self.changed.notify_all()

    def settle(self) -> None:
        """Wait until nothing is moved any more, once its containers are gone."""
        with self.changed:
            self.changed.wait_for(lambda: not self.busy, _UNDONE)


class _Out:
    """Standard output as a file."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def write(self, data: bytes) -> int:
        """Write all of it."""
        self.console.write(1, data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: it is written."""


@contextlib.contextmanager
def _failures_of(step: ops.SaveVolume | ops.FillVolume | ops.CopyVolume) -> Iterator[None]:
    try:
        yield
    except Damaged as error:
        whole = "what tar wrote is not whole" if isinstance(step, ops.SaveVolume) else "the backup"
        raise EngineError(f"{whole}: {error}") from error
    except OSError as error:
        path = step.source if isinstance(step, ops.CopyVolume) else step.path
        raise EngineError(f"{path}: {error.strerror or error}") from error


def told(summary: Summary) -> str:
    """Return what is in a backup, for people: `13 entries, 4 of them files with 12.3 MB`."""
    size, unit = float(summary.size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    entries = "1 entry" if summary.members == 1 else f"{summary.members:,} entries"
    return f"{entries}, {summary.files:,} of them files with {size:.3g} {unit}"


def token() -> str:
    """Return what tells the containers of this command from those of others."""
    return secrets.token_hex(4)


def choose_image(
    session: Session,
    project: Project,
    asked: str,
    users: Iterable[ContainerState],
    volume: str = "",
    *,
    there: bool = True,
) -> tuple[str, Look]:
    """Return an image that can move a volume, and what was seen of the volume on the way.

    `asked` is the user's, pulled if it is missing; else it is one that the volume's `users` have,
    or the project's services, or the `HELPER`, whichever is there and can. A rehearsal starts
    nothing: it takes the first, and the volume for empty. `there` tells that the volume exists.

    Raises:
        UsageError: none can.
        EngineError: the engine refused.
    """
    engine = session.engine
    local = {
        familiar(tag): image["Id"]
        for image in engine.list_images()
        for tag in (image.get("RepoTags") or ())
    }
    if asked:
        if familiar(asked) not in local and not session.settings.dry_run:
            _pull(session, asked)
        candidates = [asked]
    else:
        names = [project.image(service) for service in project.services.values()]
        mounted = [c.image_id for c in users]
        found = [local[familiar(n)] for n in (*names, HELPER) if familiar(n) in local]
        candidates = list(dict.fromkeys(filter(None, (*mounted, *found))))
    if session.settings.dry_run:
        return (candidates or [HELPER])[0], Look(able=True, empty=True)
    for image in candidates:
        look = look_at(engine, project.name, image, volume if there else "")
        if look.able:
            return image, look
    tags = {id: tag for tag, id in local.items()}
    tried = ", ".join(tags.get(image, image) for image in candidates)
    why = f"has none that keeps all attributes: {tried}" if tried else "is there"
    hint = "" if asked else f" (say --image {HELPER}, which is pulled if it is missing)"
    raise UsageError(f"volumes are moved by GNU tar, and no image {why}{hint}")


def _pull(session: Session, image: str) -> None:
    from pycompose.app.lifecycle import carry_out
    from pycompose.plan.plan import Plan

    step = ops.PullImage(
        id=1, resource=f"Image {image}", cause="missing", why="--image", image=image
    )
    carry_out(session, Plan(steps=(step,)))


def look_at(engine: Engine, project: str, image: str, volume: str) -> Look:
    """Try an image, and look into a volume ("" is none, and empty); nothing is left of it.

    Raises:
        EngineError: the engine refused.
    """
    body = bodies.probe(project, image, volume)
    container = str(engine.create_container(f"{project}-volume-{token()}", body)["Id"])
    try:
        empty = not volume or _empty(engine, container)
        said = Said()
        try:
            quiet = not any(any(piece) for piece in output(engine, container, said))
            return Look(quiet and not said.lines, empty)
        except EngineUnavailable:
            raise
        except EngineError:
            return Look(able=False, empty=empty)
    finally:
        engine.remove_container(container, force=True, volumes=True)


def _empty(engine: Engine, container: str) -> bool:
    """Tell whether there is nothing in the volume of a container that need not run."""
    with closing(engine.get_archive(container, bodies.VOLUME)) as files:
        try:
            with tarfile.open(fileobj=Pieces(iter(files)), mode="r|") as tar:
                for found in tar:
                    if found.name.partition("/")[2] not in ("", _OF_THE_DISK):
                        return False
        except tarfile.TarError as error:
            raise EngineError(f"the engine sent no tar that can be read: {error}") from error
    return True
