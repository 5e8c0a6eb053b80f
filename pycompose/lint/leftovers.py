"""What has no effect, or another one than its place suggests."""

from __future__ import annotations

from collections.abc import Iterator

from pycompose.lint.subject import Hit, Subject, below
from pycompose.loader.tree import Map, Scalar, Seq


def obsolete_versions(subject: Subject) -> Iterator[Hit]:
    """Yield the attribute `version`."""
    for document in subject.documents:
        if "version" in document.entries:
            at = document.key_at("version")
            yield Hit(at, ("version",), "the attribute 'version' has no meaning", "remove it")


def unused_resources(subject: Subject) -> Iterator[Hit]:
    """Yield networks, volumes, secrets and configs that no service uses."""
    used = _used(subject)
    for document in subject.documents:
        for section, names in used.items():
            resources = document.get(section)
            if not isinstance(resources, Map):
                continue
            for key in resources.entries:
                if key not in names and not key.startswith("x-"):
                    message = f"no service uses this {section[:-1]}"
                    yield Hit(resources.key_at(key), (section, key), message, "remove it")


def _used(subject: Subject) -> dict[str, set[str]]:
    """Return the names of the resources that services use, by section."""
    services = subject.services.values()
    used = {
        "networks": {"default", *(name for service in services for name in service.networks)},
        "volumes": {mount.source for service in services for mount in service.volumes},
        "secrets": {grant.source for service in services for grant in service.secrets},
        "configs": {grant.source for service in services for grant in service.configs},
    }
    for _, service in subject.written():
        secrets = below(service, "build", "secrets")
        for item in secrets.items if isinstance(secrets, Seq) else ():
            source = item.get("source") if isinstance(item, Map) else item
            if isinstance(source, Scalar):
                used["secrets"].add(str(source.value))
        config = below(service, "credential_spec", "config")
        if isinstance(config, Scalar):
            used["configs"].add(str(config.value))
    return used


def shadowed_services(subject: Subject) -> Iterator[Hit]:
    """Yield aliases that are the name of another service in the same network."""
    for service in subject.services.values():
        for network, attachment in service.networks.items():
            for index, alias in enumerate(attachment.aliases if attachment else ()):
                other = subject.services.get(alias)
                if other is not None and other is not service and network in other.networks:
                    path = ("services", service.name, "networks", network, "aliases", index)
                    message = f"{alias!r} is a service of this network, too: either may answer"
                    yield Hit(subject.at(*path), path, message, "choose another alias")
