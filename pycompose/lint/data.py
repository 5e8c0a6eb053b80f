"""What containers read and keep: bind mounts, secrets, configs, the data of databases."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from pycompose.lint.images import DATA_FOLDERS, base_name
from pycompose.lint.subject import Hit, Subject
from pycompose.model.service import Service


def missing_sources(subject: Subject) -> Iterator[Hit]:
    """Yield bind mounts of what is not in the project's folder."""
    folder = subject.project.working_dir.rstrip("/") + "/"
    for service in subject.services.values():
        for index, mount in enumerate(service.volumes):
            if mount.type != "bind" or not mount.source.startswith(folder):
                continue
            if subject.disk.mode(mount.source) is None:
                path = ("services", service.name, "volumes", index)
                create = mount.bind is None or mount.bind.create_host_path is not False
                then = "the engine makes an empty folder of it" if create else "nothing starts then"
                message = f"there is no {mount.source.removeprefix(folder)!r}, {then}"
                yield Hit(subject.at(*path), path, message, "create it, or mend the path")


def missing_files(subject: Subject) -> Iterator[Hit]:
    """Yield secrets and configs whose file is not there."""
    for section, key, file in _files(subject):
        if subject.disk.mode(file) is None:
            path = (section, key, "file")
            message = f"there is no such file, {_users(subject, section, key)} cannot start"
            yield Hit(subject.at(*path), path, message, "create it, or mend the path")


def readable_secrets(subject: Subject) -> Iterator[Hit]:
    """Yield files of secrets that every user of the machine may read or change."""
    for section, key, file in _files(subject):
        mode = subject.disk.mode(file) if section == "secrets" else None
        if mode is not None and stat.S_ISREG(mode) and mode & (stat.S_IROTH | stat.S_IWOTH):
            path = (section, key, "file")
            what = "change" if mode & stat.S_IWOTH else "read"
            message = f"every user of this machine may {what} this secret"
            yield Hit(subject.at(*path), path, message, "take the rights away: chmod o-rwx")


def _files(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """Yield the section, key and file of the secrets and configs that services use."""
    project = subject.project
    for section, objects in (("configs", project.configs), ("secrets", project.secrets)):
        for key, item in objects.items():
            if item.file and not item.external and _users(subject, section, key):
                yield section, key, item.file


def _users(subject: Subject, section: str, key: str) -> str:
    users = [
        service.name
        for service in subject.services.values()
        for grant in (service.secrets if section == "secrets" else service.configs)
        if grant.source == key
    ]
    return " and ".join(repr(name) for name in dict.fromkeys(users))


def homeless_databases(subject: Subject) -> Iterator[Hit]:
    """Yield databases whose data is in a volume without a name."""
    for service in subject.services.values():
        folders = _data_folders(service)
        mounts = [
            (index, mount)
            for index, mount in enumerate(service.volumes)
            if any(_covers(mount.target, folder) for folder in folders)
        ]
        kept = any(mount.source or mount.type == "tmpfs" for _, mount in mounts) or any(
            _covers(entry.partition(":")[0], folder)
            for entry in service.tmpfs
            for folder in folders
        )
        if folders and not kept and not service.volumes_from:
            where = ("volumes", mounts[0][0]) if mounts else ("image",)
            path = ("services", service.name, *where)
            yield Hit(
                subject.at(*path),
                path,
                "the data of this database is in a volume without a name: 'down' loses track of it",
                f"mount a named volume at {folders[0]}",
            )


def _data_folders(service: Service) -> tuple[str, ...]:
    """Return where a service keeps data, if it is a database; one of the folders is in use."""
    folders = DATA_FOLDERS.get(base_name(service.image), ())
    moved = service.environment.get("PGDATA")
    return (*folders, moved) if folders and moved else folders


def _covers(target: str, folder: str) -> bool:
    """Tell whether a mount holds a folder, or the part of it that matters."""
    one, other = target.rstrip("/") + "/", folder.rstrip("/") + "/"
    return one.startswith(other) or other.startswith(one)
