"""What a service mounts; canonical long form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from pycompose.model.values import EMPTY, Json

MountType: TypeAlias = Literal["bind", "volume", "tmpfs", "npipe", "cluster", "image"]


class BindOptions(NamedTuple):
    """Options of a bind mount; `create_host_path` makes a missing source a directory."""

    selinux: str = ""
    propagation: str = ""
    create_host_path: bool | None = None
    recursive: str = ""
    extensions: Mapping[str, Json] = EMPTY


class VolumeOptions(NamedTuple):
    """Options of a volume mount."""

    labels: Mapping[str, str] = EMPTY
    nocopy: bool = False
    subpath: str = ""
    extensions: Mapping[str, Json] = EMPTY


class TmpfsOptions(NamedTuple):
    """Options of a tmpfs mount: `size` in bytes, `mode` as permission bits."""

    size: int = 0
    mode: int = 0
    extensions: Mapping[str, Json] = EMPTY


class ImageOptions(NamedTuple):
    """Options of an image mount."""

    subpath: str = ""
    extensions: Mapping[str, Json] = EMPTY


class Mount(NamedTuple):
    """One entry of a service's `volumes`.

    `source` is a path (bind), a key of the project's volumes (volume), an image or a service that
    has one (image), or "" for an anonymous volume. An options field is None where the file has no
    such section and the short syntax implies none; an empty one counts into the config hash.

    Source: compose-spec 05-services.md#volumes
    """

    type: MountType
    source: str = ""
    target: str = ""
    read_only: bool = False
    consistency: str = ""
    bind: BindOptions | None = None
    volume: VolumeOptions | None = None
    tmpfs: TmpfsOptions | None = None
    image: ImageOptions | None = None
    extensions: Mapping[str, Json] = EMPTY


class Grant(NamedTuple):
    """A service's use of a secret or a config: one entry of its `secrets` or `configs`.

    `source` is a key of the project's secrets or configs; `target` is "" where a config names
    none; `mode` are permission bits, None where not given.
    """

    source: str
    target: str = ""
    uid: str = ""
    gid: str = ""
    mode: int | None = None
    extensions: Mapping[str, Json] = EMPTY
