"""Values that are read in another way than they look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pycompose.lint.subject import Hit, Subject, below
from pycompose.lint.written import Variable, build_args, environments, variables
from pycompose.loader.short.scalars import string
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, walk

# What YAML 1.1 takes for a number to base 60.
_BASE_60: Final = re.compile(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_SWITCHES: Final = frozenset(("yes", "no", "on", "off"))
_MODE: Final = re.compile(r"[0-7]{3}")
_STRINGS: Final = ("environment", "labels", "annotations", "sysctls")


def base_60(subject: Subject) -> Iterator[Hit]:
    """Yield unquoted values such as `22:22`."""
    for path, node in _plain(subject):
        if _BASE_60.fullmatch(node.text):
            yield Hit(
                node.at,
                path,
                f"unquoted {node.text} is a number to base 60 for tools that read YAML 1.1",
                f'write "{node.text}"',
            )


def switches(subject: Subject) -> Iterator[Hit]:
    """Yield unquoted yes, no, on and off."""
    for path, node in _plain(subject):
        if node.text.lower() in _SWITCHES:
            yield Hit(
                node.at,
                path,
                f"unquoted {node.text} is text for YAML 1.2, but a boolean for YAML 1.1",
                f'write "{node.text}" for text, true or false for a boolean',
            )


def rewritten(subject: Subject) -> Iterator[Hit]:
    """Yield unquoted numbers and booleans that are passed on in another spelling."""
    for variable in _texts(subject):
        node = variable.node
        if variable.listed or node.quoted or node.value is None:
            continue
        passed = string(node)
        if isinstance(node.value, str) or passed == node.text:
            continue
        if variable.secret:
            message = "the unquoted value is not passed on as it is written, but as a number"
        else:
            message = f"unquoted {node.text} is passed on as '{passed}'"
        yield Hit(node.at, variable.path, message, "put it in quotes", variable.secret)


def decimal_modes(subject: Subject) -> Iterator[Hit]:
    """Yield file modes that lack the zero of an octal number."""
    for path, service in subject.written():
        for section in ("secrets", "configs"):
            grants = service.get(section)
            for index, grant in enumerate(grants.items if isinstance(grants, Seq) else ()):
                mode = grant.get("mode") if isinstance(grant, Map) else None
                if _is_decimal(mode):
                    yield _decimal(mode, (*path, section, index, "mode"))
        mounts = service.get("volumes")
        for index, mount in enumerate(mounts.items if isinstance(mounts, Seq) else ()):
            mode = below(mount, "tmpfs", "mode") if isinstance(mount, Map) else None
            if _is_decimal(mode):
                yield _decimal(mode, (*path, "volumes", index, "tmpfs", "mode"))


def _is_decimal(node: Node | None) -> bool:
    return isinstance(node, Scalar) and not node.quoted and _MODE.fullmatch(node.text) is not None


def _decimal(node: Node | None, path: Path) -> Hit:
    assert isinstance(node, Scalar)
    message = f"mode {node.text} is decimal, which is 0{int(node.text):o} in octal"
    return Hit(node.at, path, message, f"write 0{node.text}")


def duplicates(subject: Subject) -> Iterator[Hit]:
    """Yield variables that a list gives twice."""
    for path, service in subject.written():
        for keys in (*((key,) for key in _STRINGS), ("build", "args"), ("build", "labels")):
            seen: dict[str, Variable] = {}
            for variable in variables(below(service, *keys), (*path, *keys)):
                first = seen.setdefault(variable.name, variable)
                if variable.listed and first is not variable:
                    message = f"{variable.name!r} is given in line {first.at.line} already"
                    hint = "the last one counts, remove the other"
                    yield Hit(variable.at, variable.path, message, hint, variable.secret)


def quotes(subject: Subject) -> Iterator[Hit]:
    """Yield values in quotes that are part of the value, as in `- NAME="value"`."""
    for variable in (*environments(subject), *build_args(subject)):
        text = variable.text or ""
        if variable.listed and len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
            yield Hit(
                variable.at,
                variable.path,
                f"the quotes after '{variable.name}=' are passed on as part of the value",
                "leave them out, or put the whole item in quotes",
                variable.secret,
            )


def spaces(subject: Subject) -> Iterator[Hit]:
    """Yield names and values with spaces around the equals sign, as in `- NAME = value`."""
    for variable in (*environments(subject), *build_args(subject)):
        name, text = variable.name, variable.text
        if variable.listed and text is not None and (name != name.rstrip() or text[:1] == " "):
            yield Hit(
                variable.at,
                variable.path,
                "the spaces around '=' are passed on as part of the name and of the value",
                f"write {name.strip()}=...",
                variable.secret,
            )


def _plain(subject: Subject) -> Iterator[tuple[Path, Scalar]]:
    """Yield the unquoted strings of services."""
    for path, service in subject.written():
        for key, child in service.entries.items():
            if not key.startswith("x-"):
                for below_, node in walk(child, (*path, key)):
                    if isinstance(node, Scalar) and not node.quoted and isinstance(node.value, str):
                        yield below_, node


def _texts(subject: Subject) -> Iterator[Variable]:
    """Yield what is passed on as text, of services and what they share."""
    for path, service in subject.written():
        for key in _STRINGS:
            yield from variables(service.get(key), (*path, key))
        for keys in (("build", "args"), ("build", "labels"), ("logging", "options")):
            yield from variables(below(service, *keys), (*path, *keys))
    for section in ("networks", "volumes"):
        for path, item in subject.written(section):
            for key in ("labels", "driver_opts"):
                yield from variables(item.get(key), (*path, key))
