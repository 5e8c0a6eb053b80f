"""How containers start, wait for each other, prove their health and end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pycompose.convert.unfit import unfit
from pycompose.lint.subject import Hit, Subject
from pycompose.model.service import Dependency, Healthcheck, Service

_SHELLS: Final = frozenset(("sh", "ash", "bash", "dash", "zsh"))
_SCRIPT_FLAG: Final = re.compile(r"-[a-zA-Z]*c[a-zA-Z]*")
_COMPOUND: Final = re.compile(r"[;&|\n]")
_SHELL_WORDS: Final = frozenset(("||", "&&", "|", ";", ">", ">>", "<", "2>&1", ">/dev/null"))
_REFERENCE: Final = re.compile(r"\$\{?[A-Za-z_]")


def _dependencies(subject: Subject) -> Iterator[tuple[Service, Service, Dependency]]:
    """Yield each service with each one it depends on, and how."""
    for service in subject.services.values():
        for name, dependency in service.depends_on.items():
            other = subject.services.get(name)
            if other is not None:
                yield service, other, dependency


def _off(healthcheck: Healthcheck) -> bool:
    return healthcheck.disable or (healthcheck.test or ())[:1] == ("NONE",)


def never_healthy(subject: Subject) -> Iterator[Hit]:
    """Yield waits for the health of services whose check is switched off."""
    for service, other, dependency in _dependencies(subject):
        check = other.healthcheck
        if dependency.condition == "service_healthy" and check is not None and _off(check):
            path = ("services", service.name, "depends_on", other.name, "condition")
            message = f"{other.name!r} never gets healthy, its healthcheck is switched off"
            yield Hit(subject.at(*path), path, message, "wait for 'service_started'")


def unknown_health(subject: Subject) -> Iterator[Hit]:
    """Yield waits for the health of services without a check in the file."""
    for service, other, dependency in _dependencies(subject):
        check = other.healthcheck
        if dependency.condition != "service_healthy" or (check and (check.test or _off(check))):
            continue
        path = ("services", service.name, "depends_on", other.name, "condition")
        yield Hit(
            subject.at(*path),
            path,
            f"{other.name!r} has no healthcheck here; unless its image brings one, this fails",
            f"give {other.name!r} a healthcheck",
        )


def unused_health(subject: Subject) -> Iterator[Hit]:
    """Yield dependencies in short form on services that have a healthcheck."""
    for service, other, dependency in _dependencies(subject):
        check = other.healthcheck
        if dependency.condition != "service_started" or not check or not check.test or _off(check):
            continue
        path = ("services", service.name, "depends_on", other.name)
        if subject.at(*path, "condition") == subject.at(*path):  # the file gives no condition
            yield Hit(
                subject.at(*path),
                path,
                f"{service.name!r} does not wait until {other.name!r} is healthy",
                "write 'condition: service_healthy', or service_started if that is enough",
            )


def restarting_jobs(subject: Subject) -> Iterator[Hit]:
    """Yield services that others wait for the end of, while they are always started again."""
    told: set[str] = set()
    for service, other, dependency in _dependencies(subject):
        restarts = other.restart in ("always", "unless-stopped")
        if dependency.condition != "service_completed_successfully" or not restarts:
            continue
        if other.name not in told:
            told.add(other.name)
            path = ("services", other.name, "restart")
            message = f"{service.name!r} waits for the end of this service, which is restarted"
            yield Hit(subject.at(*path), path, message, 'write "no", or on-failure')


def shell_syntax(subject: Subject) -> Iterator[Hit]:
    """Yield healthchecks that need a shell but have none."""
    for service in subject.services.values():
        test = service.healthcheck.test if service.healthcheck else None
        if not test or test[0] != "CMD":
            continue
        words = test[1:]
        if words and words[0].rpartition("/")[2] in _SHELLS:
            continue
        path = ("services", service.name, "healthcheck", "test")
        hint = 'write ["CMD-SHELL", "..."], or the whole command as one string'
        if len(words) == 1 and " " in words[0].strip():
            message = "'CMD' runs one program of this very name, with its spaces"
            yield Hit(subject.at(*path), path, message, "make each word an item, or use CMD-SHELL")
        elif found := next((word for word in words if word in _SHELL_WORDS), ""):
            message = f"'CMD' runs no shell, {found!r} is an ordinary argument"
            yield Hit(subject.at(*path), path, message, hint)
        elif any(_REFERENCE.search(word) for word in words):
            message = "'CMD' runs no shell, the '$' in its arguments stays as it is"
            yield Hit(subject.at(*path), path, message, hint)


def timings(subject: Subject) -> Iterator[Hit]:
    """Yield numbers of healthchecks that have no effect."""
    for service in subject.services.values():
        check = service.healthcheck
        if check is None or _off(check):
            continue
        path = ("services", service.name, "healthcheck")
        for key, value, default in (
            ("interval", check.interval, "30s"),
            ("timeout", check.timeout, "30s"),
            ("retries", check.retries, "3"),
        ):
            if value == 0:
                message = f"0 stands for the default, which is {default}"
                yield Hit(subject.at(*path, key), (*path, key), message, "give a number above 0")
        if check.start_interval and not check.start_period:
            where = (*path, "start_interval")
            message = "'start_interval' has no effect without a 'start_period'"
            yield Hit(subject.at(*where), where, message, "add one")


def shell_first(subject: Subject) -> Iterator[Hit]:
    """Yield services whose first process is a shell, which hands on no signal."""
    jobs = {
        other.name
        for _, other, dependency in _dependencies(subject)
        if dependency.condition == "service_completed_successfully"
    }
    for service in subject.services.values():
        if service.init or service.name in jobs or service.restart[:2] in ("no", "on"):
            continue
        script = _script((*(service.entrypoint or ()), *(service.command or ())))
        if script and _COMPOUND.search(script) and not re.search(r"\b(?:exec|trap)\b", script):
            key = "command" if service.command else "entrypoint"
            path = ("services", service.name, key)
            yield Hit(
                subject.at(*path),
                path,
                "the shell is the first process and hands on no signal: each stop takes the whole"
                " grace period",
                "begin the last command with 'exec', or set 'init: true'",
                sensitive=True,
            )


def _script(words: tuple[str, ...]) -> str:
    """Return what a shell is told to run, "" where no shell is first."""
    if not words or words[0].rpartition("/")[2] not in _SHELLS:
        return ""
    for index, word in enumerate(words[1:], start=1):
        if _SCRIPT_FLAG.fullmatch(word):
            return words[index + 1] if index + 1 < len(words) else ""
        if not word.startswith("-"):
            return ""
    return ""


def impossible(subject: Subject) -> Iterator[Hit]:
    """Yield values that no engine takes."""
    for service in subject.services.values():
        for it in unfit(service):
            path = ("services", service.name, *it.path)
            yield Hit(subject.at(*path), path, it.message, it.hint)
