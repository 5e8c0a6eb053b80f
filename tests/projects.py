"""Projects and engines for tests: short ways to say them, and `up` and `down` in one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pycompose import labels
from pycompose.apply import Report, apply
from pycompose.convert.hashing import container_hash
from pycompose.engine.fake import FakeEngine
from pycompose.events import Event
from pycompose.model.mounts import Mount
from pycompose.model.project import Project
from pycompose.model.resources import Network, Volume
from pycompose.model.service import Dependency, Service
from pycompose.observe import observe, with_image_details
from pycompose.plan.down import Options as DownOptions
from pycompose.plan.down import down as plan_down
from pycompose.plan.plan import Plan
from pycompose.plan.up import Options, images_needed
from pycompose.plan.up import up as plan_up
from pycompose.snapshot import (
    Capabilities,
    ContainerState,
    ImageState,
    NetworkState,
    Snapshot,
    VolumeState,
)

IMAGE_ID = "sha256:" + "1" * 64
IMAGE = "busybox:latest"
EMPTY_TAR = bytes(10240)


def service(name: str, **fields: Any) -> Service:
    """Return a service that runs the image of the tests on the default network."""
    values: dict[str, Any] = {"image": IMAGE, "networks": {"default": None}, **fields}
    return Service(name=name, **values)


def project(*services: Service, name: str = "demo", **fields: Any) -> Project:
    """Return a project of services, and of the networks and volumes they name."""
    networks = {key for one in services for key in one.networks}
    volumes = {m.source for one in services for m in one.volumes if m.type == "volume" and m.source}
    values: dict[str, Any] = {
        "services": {one.name: one for one in sorted(services, key=lambda s: s.name)},
        "networks": {key: Network(name=f"{name}_{key}") for key in sorted(networks)},
        "volumes": {key: Volume(name=f"{name}_{key}") for key in sorted(volumes)},
        **fields,
    }
    return Project(name=name, **values)


def needs(condition: Any = "service_started", **fields: Any) -> Dependency:
    """Return a dependency of a condition."""
    return Dependency(condition=condition, **fields)


def named_volume(key: str, target: str = "/data") -> Mount:
    """Return the mount of a named volume."""
    return Mount(type="volume", source=key, target=target)


def snapshot(
    *containers: ContainerState,
    networks: tuple[NetworkState, ...] = (),
    volumes: tuple[VolumeState, ...] = (),
    images: Mapping[str, ImageState] | None = None,
    name: str = "demo",
) -> Snapshot:
    """Return a snapshot of an old engine that has the image of the tests."""
    return Snapshot(
        capabilities=Capabilities(api=(1, 41)),
        project=name,
        containers=containers,
        networks=networks,
        volumes=volumes,
        images={IMAGE: ImageState(id=IMAGE_ID, tags=(IMAGE,))} if images is None else images,
    )


def state(wanted: Service, number: int = 1, **fields: Any) -> ContainerState:
    """Return the container `number` of a service of the project `demo`, running and current."""
    id = f"{wanted.name}{number}".encode().hex().ljust(64, "0")
    marks = {
        labels.PROJECT: "demo",
        labels.SERVICE: wanted.name,
        labels.NUMBER: str(number),
        labels.CONFIG_HASH: container_hash(wanted),
        labels.IMAGE: IMAGE_ID,
    }
    values: dict[str, Any] = {
        "id": id,
        "name": f"demo-{wanted.name}-{number}",
        "state": "running",
        "service": wanted.name,
        "number": number,
        "image": IMAGE,
        "image_id": IMAGE_ID,
        "labels": marks,
        "networks": {f"demo_{key}": f"id-{key}" for key in wanted.networks},
        **fields,
    }
    return ContainerState(**values)


def network(key: str = "default", **fields: Any) -> NetworkState:
    """Return a network of the project `demo`."""
    marks = {labels.PROJECT: "demo", labels.NETWORK: key}
    return NetworkState(**{"id": f"id-{key}", "name": f"demo_{key}", "labels": marks, **fields})


def volume(key: str, **fields: Any) -> VolumeState:
    """Return a volume of the project `demo`."""
    marks = {labels.PROJECT: "demo", labels.VOLUME: key}
    return VolumeState(**{"name": f"demo_{key}", "labels": marks, **fields})


def look(engine: FakeEngine, wanted: Project, options: Options | None = None) -> Snapshot:
    """Return what `up` sees: all that `app.up` looks up before it plans."""
    seen = observe(engine, wanted.name, wanted)
    needed = images_needed(wanted, seen, options or Options())
    return with_image_details(engine, seen, needed) if needed else seen


def next_up(engine: FakeEngine, wanted: Project, **options: Any) -> Plan:
    """Return the plan of `up`."""
    chosen = Options(**options)
    return plan_up(wanted, look(engine, wanted, chosen), chosen)


def next_down(engine: FakeEngine, wanted: Project, **options: Any) -> Plan:
    """Return the plan of `down`."""
    return plan_down(wanted, observe(engine, wanted.name, wanted), DownOptions(**options))


def carry_out(engine: FakeEngine, plan: Plan) -> Report:
    """Apply a plan, one step after the other."""
    return apply(plan, engine, silent, parallel=1, contents=lambda step: EMPTY_TAR)


def up(engine: FakeEngine, wanted: Project, **options: Any) -> Report:
    """Run `up`, one step after the other."""
    return carry_out(engine, next_up(engine, wanted, **options))


def down(engine: FakeEngine, wanted: Project, **options: Any) -> Report:
    """Run `down`, one step after the other."""
    return carry_out(engine, next_down(engine, wanted, **options))


def silent(event: Event) -> None:
    """Tell nobody."""
    del event


def names(engine: FakeEngine, wanted: Project) -> list[str]:
    """Return the names of the project's containers, sorted."""
    return [container.name for container in observe(engine, wanted.name).containers]
