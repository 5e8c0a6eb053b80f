"""Variables: what a `$` loses, where a value does not come from, and secrets in plain sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pycompose.lint.subject import Hit, Subject
from pycompose.lint.written import build_args, environments, is_secret
from pycompose.loader.interpolate import TemplateError, substitute
from pycompose.loader.tree import Path, Scalar, Seq, walk

_BARE: Final = re.compile(r"(.?)\$([A-Za-z_][A-Za-z0-9_]*)", re.DOTALL)
_HASH: Final = re.compile(r"\$(?:2[abxy]?|1|5|6|7|y|apr1|argon2(?:id|i|d)|pbkdf2[\w-]*)\$")
_REQUIRED: Final = re.compile(r"(?:^|[^$])(?:\$\$)*\$\{([A-Za-z_][A-Za-z0-9_]*):?\?")
_HARMLESS: Final = frozenset(("", "yes", "no", "true", "false", "0", "1", "on", "off", "null"))
_SERVER: Final = (
    r"(?:DB|DATABASE|SQL|PG|POSTGRES|POSTGRESQL|MYSQL|MARIADB|MONGO|MONGODB|REDIS|MEMCACHED"
    r"|RABBITMQ|AMQP|KAFKA|ELASTICSEARCH)"
)
_HOST_NAME: Final = re.compile(rf"(?:^|_){_SERVER}_?(?:HOST|HOSTNAME|SERVER)$", re.IGNORECASE)
_LOCAL: Final = re.compile(r"(?:localhost|127\.0\.0\.1)(?::[0-9]+)?", re.IGNORECASE)
_LOCAL_URL: Final = re.compile(
    r"(?:jdbc:)?(?:postgres|postgresql|mysql|mariadb|mongodb|rediss?|amqps?)(?:\+\w+)?://"
    r"(?:[^/@]*@)?(?:localhost|127\.0\.0\.1)(?:[:/?]|$)",
    re.IGNORECASE,
)


def lost_dollars(subject: Subject) -> Iterator[Hit]:
    """Yield values whose `$` was hardly meant to begin a variable: passwords and hashes."""
    for path, node in _interpolated(subject):
        missing = _unset(node, subject)
        if not missing:
            continue
        hashed = _HASH.search(node.text) is not None
        for before, name in _BARE.findall(node.text):
            if name in missing and (hashed or _is_fragment(before, name, _owner(path, node))):
                yield Hit(
                    node.at,
                    path,
                    "a '$' begins a variable that is not set, so part of the value is lost",
                    "write '$$' for a '$' itself",
                    sensitive=True,
                )
                break


def _is_fragment(before: str, name: str, owner: str) -> bool:
    """Tell whether a variable's name looks like a piece of a password: `pass$word`."""
    signs = (
        name != name.upper(),  # names of variables are in upper case, as a rule
        before.isalnum() or before in tuple("!#%^&*+~"),
        is_secret(owner),
    )
    return sum(signs) > 1


def _owner(path: Path, node: Scalar) -> str:
    """Return the name of the variable that a value is of."""
    last = path[-1]
    return last if isinstance(last, str) else node.text.partition("=")[0]


def env_file_confusion(subject: Subject) -> Iterator[Hit]:
    """Yield references to variables that only an `env_file` gives, which is for containers."""
    given = _from_env_files(subject)
    for path, node in _interpolated(subject):
        for name in _unset(node, subject):
            if name in given:
                file, service = given[name]
                yield Hit(
                    node.at,
                    path,
                    f"variable {name!r} is empty here: {file} gives it to the container of"
                    f" {service!r} only",
                    "put it in .env, or name the file by --env-file",
                    sensitive=is_secret(_owner(path, node)),
                )


def _from_env_files(subject: Subject) -> dict[str, tuple[str, str]]:
    """Return the variables that come from env files, each with one and its service."""
    given: dict[str, tuple[str, str]] = {}
    for service in subject.services.values():
        for name in service.environment:
            at = subject.at("services", service.name, "environment", name)
            if at.file not in subject.files:
                given.setdefault(name, (at.file, service.name))
    return given


def loader_warnings(subject: Subject) -> Iterator[Hit]:
    """Yield what the loader warns of, where no other rule tells it better."""
    told = {hit.at for hit in (*lost_dollars(subject), *env_file_confusion(subject))}
    told.update(document.key_at("version") for document in subject.documents)
    for notice in subject.project.notices:
        if notice.at not in told:
            path = _parted(notice.path, subject)
            yield Hit(notice.at, path, notice.message, notice.hint, sensitive=True)


def _parted(path: str, subject: Subject) -> Path:
    """Return a dotted path with the name of its service as a part of its own."""
    for name in subject.services:
        if path.startswith(f"services.{name}."):
            return ("services", name, path.removeprefix(f"services.{name}."))
    return (path,) if path else ()


def required_behind_profile(subject: Subject) -> Iterator[Hit]:
    """Yield `${NAME:?}` in services that a profile has to enable."""
    for path, service in subject.written():
        profiles = service.get("profiles")
        if not isinstance(profiles, Seq) or not profiles.items:
            continue
        for where, node in walk(service, path):
            match = _REQUIRED.search(node.text) if isinstance(node, Scalar) else None
            if match is not None:
                yield Hit(
                    node.at,
                    where,
                    f"Docker Compose demands {match[1]!r} of every command, also where no profile"
                    " enables this service",
                    f"give a default, ${{{match[1]}:-}}",
                    sensitive=True,
                )


def plain_secrets(subject: Subject) -> Iterator[Hit]:
    """Yield passwords, tokens and keys that the file gives itself."""
    for variable in environments(subject):
        text = (variable.text or "").strip("'\" ")
        if not variable.secret or "$" in text or text.lower() in _HARMLESS or text[:1] == "/":
            continue
        yield Hit(
            variable.at,
            variable.path,
            f"{variable.name.strip()!r} looks like a secret, and the file holds its value",
            "take it from 'secrets', or from a variable that is not committed",
            sensitive=True,
        )


def secret_args(subject: Subject) -> Iterator[Hit]:
    """Yield build arguments that look like secrets: the image keeps them."""
    for variable in build_args(subject):
        if variable.secret:
            yield Hit(
                variable.at,
                variable.path,
                f"{variable.name.strip()!r} looks like a secret, and build arguments stay in the"
                " history of the image",
                "use 'build.secrets'",
                sensitive=True,
            )


def local_servers(subject: Subject) -> Iterator[Hit]:
    """Yield databases that are looked for on `localhost`, which is the container itself."""
    for variable in environments(subject):
        text, name = (variable.text or "").strip("'\" "), str(variable.path[1])
        service = subject.services.get(name)
        if service is None or service.network_mode:
            continue
        if _LOCAL_URL.match(text) or (
            _LOCAL.fullmatch(text) and _HOST_NAME.search(variable.name.strip())
        ):
            yield Hit(
                variable.at,
                variable.path,
                f"{variable.name.strip()!r} names localhost, which is the container itself",
                "name the service that runs the server",
                sensitive=True,
            )


def _interpolated(subject: Subject) -> Iterator[tuple[Path, Scalar]]:
    """Yield the values that hold a `$`, but for those of extensions at the top."""
    for document in subject.documents:
        for key, section in document.entries.items():
            if key.startswith("x-"):
                continue
            for path, node in walk(section, (key,)):
                value = node.value if isinstance(node, Scalar) else None
                if isinstance(node, Scalar) and isinstance(value, str) and "$" in value:
                    yield path, node


def _unset(node: Scalar, subject: Subject) -> list[str]:
    """Return the variables of a value that are not set and have no default."""
    names: list[str] = []
    try:
        substitute(node.text, subject.project.environment.get, names.append)
    except TemplateError:  # of a service that no profile enables
        return []
    return names
