"""What the engine in memory holds: its objects, how they are found, and what it tells of them.

Requests come in as the Engine's words and either change what is held and tell events, or raise an
EngineError with the status and the words of Docker Engine 20.10. Networks, volumes and images are
made and removed here; the life of containers is in `engine.fake_containers`. No lock and no thread:
`engine.fake` calls it under its lock. Time is a number that moves only when something happens.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, NoReturn

from pycompose.engine.fake_objects import Container, Image, Network, Volume, tagged
from pycompose.errors import Conflict, EngineError, NotFound
from pycompose.model.values import Json

PREDEFINED: Final = ("bridge", "host", "none")
_EPOCH: Final = 1_700_000_000.0


def refuse(status: int, message: str) -> NoReturn:
    """Raise the error of an HTTP status."""
    kind = {404: NotFound, 409: Conflict}.get(status, EngineError)
    raise kind(message, status=status)


class Store:
    """Containers, networks, volumes and images, by id (volumes by name)."""

    def __init__(self, tell: Callable[[Json], None]) -> None:
        self.now = _EPOCH
        self.containers: dict[str, Container] = {}
        self.networks: dict[str, Network] = {}
        self.volumes: dict[str, Volume] = {}
        self.images: dict[str, Image] = {}
        self._tell = tell
        self._numbers = itertools.count(1)
        for name in PREDEFINED:
            driver = "null" if name == "none" else name
            network = Network(
                id=self.new_id(name), name=name, created=self.now, body={"Driver": driver}
            )
            self.networks[network.id] = network

    def new_id(self, kind: str) -> str:
        """Return 64 hexadecimal digits that no object has yet, the same ones in every run."""
        return hashlib.sha256(f"{kind} {next(self._numbers)}".encode()).hexdigest()

    def tell(self, kind: str, action: str, actor: str, attributes: Mapping[str, str]) -> None:
        """Send an event."""
        event: Json = {"Type": kind, "Action": action, "scope": "local", "time": int(self.now)}
        event["Actor"] = {"ID": actor, "Attributes": dict(attributes)}
        event["timeNano"] = round(self.now * 1e9)
        if kind == "container":
            event |= {"status": action, "id": actor, "from": attributes.get("image", "")}
        self._tell(event)

    def container_event(self, container: Container, action: str, **extra: str) -> None:
        """Send an event about a container; its labels are among the attributes."""
        attributes = {"image": container.body["Image"], "name": container.name, **extra}
        labels = container.config["Labels"]
        self.tell("container", action, container.id, {**labels, **attributes})

    # Looking up.

    def container(self, key: str) -> Container:
        """Return the container of this id, name, or beginning of an id."""
        name = key.removeprefix("/")
        for container in self.containers.values():
            if key == container.id or name == container.name:
                return container
        found = [one for one in self.containers.values() if key and one.id.startswith(key)]
        if len(found) == 1:
            return found[0]
        refuse(404, f"No such container: {key}")

    def network(self, key: str) -> Network:
        """Return the network of this id, name, or beginning of an id."""
        for network in self.networks.values():
            if key in (network.id, network.name):
                return network
        found = [one for one in self.networks.values() if key and one.id.startswith(key)]
        if len(found) == 1:
            return found[0]
        refuse(404, f"network {key} not found")

    def image(self, key: str) -> Image:
        """Return the local image of this reference or id."""
        digest = key.removeprefix("sha256:")
        for image in self.images.values():
            if tagged(key) in image.tags or image.id == key:
                return image
            if len(digest) >= 12 and image.id.removeprefix("sha256:").startswith(digest):
                return image
        refuse(404, f"No such image: {tagged(key)}")

    def endpoints(self, network: Network) -> list[Container]:
        """Return the running containers on a network."""
        return [
            container
            for container in self.containers.values()
            if any(
                point["EndpointID"] and point["NetworkID"] == network.id
                for point in container.networks.values()
            )
        ]

    def users(self, volume: str) -> list[str]:
        """Return the ids of the containers that mount a volume."""
        return [
            container.id
            for container in self.containers.values()
            if any(mount.name == volume for mount in container.mounts)
        ]

    # Networks, volumes, images.

    def create_network(self, body: Json) -> Network:
        """Create a network; its name must be free."""
        name = body.get("Name") or ""
        if any(network.name == name for network in self.networks.values()):
            refuse(409, f"network with name {name} already exists")
        network = Network(id=self.new_id("network"), name=name, created=self.now, body=body)
        self.networks[network.id] = network
        driver = body.get("Driver") or "bridge"
        self.tell("network", "create", network.id, {"name": name, "type": driver})
        return network

    def remove_network(self, network: Network) -> None:
        """Remove a network that no running container is on."""
        if network.name in PREDEFINED:
            refuse(403, f"{network.name} is a pre-defined network and cannot be removed")
        if self.endpoints(network):
            what = f"network {network.name} id {network.id} has active endpoints"
            raise Conflict(f"error while removing network: {what}", status=403)
        del self.networks[network.id]
        driver = network.body.get("Driver") or "bridge"
        self.tell("network", "destroy", network.id, {"name": network.name, "type": driver})

    def create_volume(self, body: Json) -> Volume:
        """Return the volume of this name, which is created if there is none."""
        name = body.get("Name") or self.new_id("volume")
        if name not in self.volumes:
            driver = body.get("Driver") or "local"
            options = body.get("DriverOpts") or None
            volume = Volume(name=name, created=self.now, driver=driver, options=options)
            volume.labels = body.get("Labels") or None
            self.volumes[name] = volume
            self.tell("volume", "create", name, {"driver": driver})
        return self.volumes[name]

    def remove_volume(self, name: str) -> None:
        """Remove a volume that no container mounts."""
        if name not in self.volumes:
            refuse(404, f"get {name}: no such volume")
        if self.users(name):
            refuse(409, f"remove {name}: volume is in use - [{', '.join(self.users(name))}]")
        volume = self.volumes.pop(name)
        self.tell("volume", "destroy", name, {"driver": volume.driver})

    def add_image(self, image: Image) -> None:
        """Keep an image; its tags are taken from those that had them."""
        for other in list(self.images.values()):
            kept = tuple(tag for tag in other.tags if tag not in image.tags)
            self.images[other.id] = replace(other, tags=kept)
        self.images[image.id] = image

    def remove_image(self, key: str, *, force: bool) -> None:
        """Remove a tag of an image, and the image with its last tag."""
        image = self.image(key)
        users = [one for one in self.containers.values() if one.image.id == image.id]
        by_tag = tagged(key) in image.tags
        rest = tuple(tag for tag in image.tags if by_tag and tag != tagged(key))
        if users and not rest and not force:
            short, user = image.id[7:19], users[0].id[:12]
            if by_tag:
                what = f'remove repository reference "{key}" (must force)'
                refuse(
                    409,
                    f"conflict: unable to {what} - container {user} is using its"
                    f" referenced image {short}",
                )
            using = f"(must be forced) - image is being used by stopped container {user}"
            refuse(409, f"conflict: unable to delete {short} {using}")
        self.images[image.id] = replace(image, tags=rest)
        if not rest and not users:
            del self.images[image.id]
