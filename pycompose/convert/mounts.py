"""A service's mounts → `HostConfig.Binds` and `HostConfig.Mounts`; pure.

Source: https://docs.docker.com/reference/api/engine/ ContainerCreate, rules 82 and 102-104
"""

from __future__ import annotations

from collections.abc import Iterable

from pycompose import labels
from pycompose.convert.grants import folders, granted
from pycompose.model.mounts import BindOptions, Mount, VolumeOptions
from pycompose.model.project import Project
from pycompose.model.service import Service
from pycompose.model.values import Json
from pycompose.snapshot import MountState

_NON_RECURSIVE = {
    "disabled": {"NonRecursive": True},
    "writable": {"ReadOnlyNonRecursive": True},
    "readonly": {"ReadOnlyForceRecursive": True},
}


def binds_and_mounts(
    project: Project, service: Service, inherited: Iterable[MountState] = ()
) -> tuple[list[str], list[Json]]:
    """Return both lists; an inherited mount takes the place of an anonymous one of its target."""
    kept = {mount.target: mount for mount in inherited}
    binds: list[str] = []
    mounts: list[Json] = []
    for mount in service.volumes:
        if not mount.source and mount.type == "volume" and mount.target in kept:
            continue
        bind = _bind(project, mount)
        if bind:
            binds.append(bind)
        else:
            mounts.append(_mount(project, service, mount))
    mounts.extend(_inherit(mount) for mount in kept.values())
    mounts.extend(
        _file(each.item.file, each.target) for each in granted(project, service) if not each.written
    )
    mounts.extend(_private(project, folder) for folder in folders(project, service))
    return binds, mounts


def _private(project: Project, folder: str) -> Json:
    marks = {labels.GRANTS: project.name}
    return {"Type": "volume", "Target": folder, "VolumeOptions": {"Labels": marks}}


def _file(source: str, target: str) -> Json:
    return {"Type": "bind", "Source": source, "Target": target, "ReadOnly": True}


def _inherit(mount: MountState) -> Json:
    source = mount.name if mount.type == "volume" else mount.source
    return {
        "Type": mount.type,
        "Source": source,
        "Target": mount.target,
        "ReadOnly": mount.read_only,
    }


def creates_source(mount: Mount, api: tuple[int, int]) -> bool:
    """Tell whether an engine of this API makes the missing folder of a mount that asks for it."""
    options = mount.bind
    if options is None or not options.create_host_path:
        return False
    # Engine: older ones pass over it where the long form asks.
    return _short(options) or api >= (1, 42)


def _short(options: BindOptions) -> bool:
    return bool(options.create_host_path) and not (options.propagation or options.recursive)


def _bind(project: Project, mount: Mount) -> str:
    """Return the mount as `source:target:mode`, "" where that form cannot say it all."""
    # Compat: `consistency`, which engines pass over, is no reason for the long form.
    mode = "ro" if mount.read_only else "rw"
    if mount.type == "bind":
        options = mount.bind
        if options is None:
            return f"{mount.source}:{mount.target}:{mode}"
        if _short(options):
            selinux = f",{options.selinux}" if options.selinux else ""
            return f"{mount.source}:{mount.target}:{mode}{selinux}"
        return ""
    if mount.type == "volume" and mount.source:
        volume = mount.volume
        if volume is None or not (volume.labels or volume.nocopy or volume.subpath):
            return f"{_volume_name(project, mount.source)}:{mount.target}:{mode}"
    return ""


def _volume_name(project: Project, key: str) -> str:
    return project.volumes[key].name if key in project.volumes else key


def _source(project: Project, mount: Mount) -> str:
    if mount.type == "volume":
        return _volume_name(project, mount.source)
    if mount.type == "image" and mount.source in project.services:
        return project.image(project.services[mount.source])
    return mount.source


def anonymous_mark(project: Project, service: str) -> str:
    """Return by what a volume without a name is known that was made for a service."""
    return f"{project.name}/{service}"


def _mount(project: Project, service: Service, mount: Mount) -> Json:
    out: Json = {"Type": mount.type, "Target": mount.target, "ReadOnly": mount.read_only}
    if mount.source:
        out["Source"] = _source(project, mount)
    if mount.consistency:
        out["Consistency"] = mount.consistency
    if mount.type == "bind" and mount.bind is not None:
        options: Json = {}
        if mount.bind.propagation:
            options["Propagation"] = mount.bind.propagation
        if mount.bind.create_host_path:
            options["CreateMountpoint"] = True
        options.update(_NON_RECURSIVE.get(mount.bind.recursive, {}))
        out["BindOptions"] = options
    if mount.type == "volume" and (mount.volume is not None or not mount.source):
        asked = mount.volume or VolumeOptions()
        options = {"NoCopy": asked.nocopy, "Labels": dict(asked.labels), "Subpath": asked.subpath}
        if not mount.source:
            # It outlives its container, and nothing else would tell whose it is then.
            options["Labels"] = {
                **asked.labels,
                labels.ANONYMOUS: anonymous_mark(project, service.name),
            }
        out["VolumeOptions"] = {key: value for key, value in options.items() if value}
    if mount.type == "tmpfs" and mount.tmpfs is not None:
        options = {"SizeBytes": mount.tmpfs.size, "Mode": mount.tmpfs.mode}
        out["TmpfsOptions"] = {key: value for key, value in options.items() if value}
    if mount.type == "image" and mount.image is not None and mount.image.subpath:
        out["ImageOptions"] = {"Subpath": mount.image.subpath}
    return out
