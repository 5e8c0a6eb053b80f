"""The archive that brings a secret or config into a container."""

from __future__ import annotations

import io
import tarfile
import time

from pycompose.errors import EngineError
from pycompose.files.contents import content, unreadable
from pycompose.model.project import Project
from pycompose.plan.ops import PutArchive


def archive(project: Project, step: PutArchive) -> bytes:
    """Return the tar that a step unpacks in a container.

    Raises:
        EngineError: its file or variable has gone since the plan was made; with its place.
    """
    try:
        data = content(project, step.section, step.key)
    except (OSError, LookupError) as error:
        # A failure of this one step: the others are carried out.
        raise EngineError(str(unreadable(project, step.section, step.key, error))) from None
    member = tarfile.TarInfo(step.path.removeprefix(step.folder).lstrip("/"))
    member.size, member.mtime = len(data), int(time.time())
    member.uid, member.gid, member.mode = step.uid, step.gid, step.mode
    written = io.BytesIO()
    # Engine: no PAX headers, which Python writes unless told.
    with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as tar:
        tar.addfile(member, io.BytesIO(data))
    return written.getvalue()
