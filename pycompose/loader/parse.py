"""Text to nodes with places: YAML 1.2 scalars, anchors, merge keys, and the tags of Compose.

In comes the text of one file, out go its documents. PyYAML serves for events only (libyaml's where
it was built in): its composer recurses and its scalars are those of YAML 1.1, where `22:22` is a
number and `no` a boolean. Nothing here recurses, so neither deep nor self-referring documents can
exhaust anything; what aliases stand for is counted as if it were written out.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, Final, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.scanner import Scanner

try:
    from yaml import cyaml
except ImportError:  # pragma: no cover - PyYAML was built without libyaml
    _native: Any = None
else:
    _native = cyaml.CParser  # type: ignore[attr-defined]

from pycompose.errors import MOST_PROBLEMS, ComposeFileError, Position, Problem
from pycompose.loader.dates import Moment, instant
from pycompose.loader.sources import Source
from pycompose.loader.suggest import did_you_mean
from pycompose.loader.syntax import MAX_DEPTH, Open, syntax_problem, unprintable
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, Value, dotted
from pycompose.loader.words import show

MAX_NODES: Final = 500_000  # after aliases: 6,500 services of 50 lines; a second of work

_CORE: Final = "tag:yaml.org,2002:"
_KEPT_TAGS: Final = ("!reset", "!override")
_MERGE: Final = "\0<<"  # no key holds NUL


class _PurePythonParser(Reader, Scanner, Parser):
    """PyYAML's own parser of events, for installations without libyaml."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def _events(text: str) -> Callable[[], Any]:
    """Return the function that gives the next event of `text`, None after the last one."""
    parser: Any = (_native or _PurePythonParser)(text)
    get_event: Callable[[], Any] = parser.get_event
    return get_event


def parse(source: Source) -> tuple[Node, ...]:
    """Return the documents of a text; an empty text is one document that holds null.

    Raises:
        ComposeFileError: it is no YAML, or holds duplicate keys, keys that are no strings, unknown
            or circular aliases, or more nodes or levels than any real file has.

    Source: compose-spec 10-fragments.md, https://yaml.org/spec/1.2.2
    """
    walk = _Walk(source.name)
    try:
        documents = walk.documents(_events(source.text))
    except yaml.MarkedYAMLError as error:
        walk.problems.append(syntax_problem(error, source, walk.around()))
        raise ComposeFileError(*walk.problems) from None
    except (ReaderError, UnicodeEncodeError):
        raise ComposeFileError(unprintable(source)) from None
    if walk.problems:
        raise ComposeFileError(*walk.problems)
    return tuple(documents) or (Scalar(None, Position(source.name, 1, 1)),)


class _Walk:
    """Builds the documents of one stream, and keeps what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        # The collections around the open one: (entries, keys, key, items, at, tag, anchor, merges,
        # count, deepest); of a mapping `items` is None, of a sequence `entries`.
        self.stack: list[Any] = []

    # Longer than our functions are: a call per node would double its time.
    def documents(self, get_event: Callable[[], Any]) -> list[Node]:
        """Return the documents of the events."""
        file, stack, problem, constants = self.file, self.stack, self.problem, _CONSTANTS
        new: Callable[..., Position] = tuple.__new__
        documents: list[Node] = []
        anchors: dict[str, tuple[Node | None, int, int]] = {}
        entries: dict[str, Node] | None = None
        items: list[Node] | None = None
        keys: dict[str, Position] = {}
        key: str | None = None
        merges: list[Node] | None = None
        at = Position(file, 1, 1)
        tag, anchor, count, started, deepest = "", None, 0, 0, 0
        node: Node
        while True:
            try:
                event = get_event()
            except yaml.MarkedYAMLError:
                stack.append((entries, keys, key, items, at, tag, anchor, merges, started, deepest))
                raise
            if event is None:
                return documents
            kind = type(event)
            mark = event.start_mark
            if kind is ScalarEvent:
                text = event.value
                place = new(Position, (file, mark.line + 1, mark.column + 1))
                plain = event.implicit[0]
                if (  # an ordinary key needs no node
                    key is None
                    and entries is not None
                    and event.anchor is None
                    and (
                        text not in constants and text[0] not in "0123456789-+.<"
                        if plain
                        else event.tag is None
                    )
                ):
                    key = text
                    if key in keys:
                        problem(place, f"key {show(key)} is defined already at {keys[key]}")
                    keys[key] = place
                    continue
                if plain:
                    value = constants.get(text, text)
                    if value is text and text[0] in "0123456789-+.":
                        value = _number(text)
                        if text[4:5] == "-" and (moment := instant(text)) is not None:
                            value = self.dated(moment, key, place)
                    node = Scalar(value, place, text)
                elif event.tag is None:
                    node = Scalar(text, place, text, True)
                else:
                    node = self.tagged(event, place)
                count += 1
                if event.anchor is not None:
                    anchors[event.anchor] = (node, 1, 0)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                stack.append((entries, keys, key, items, at, tag, anchor, merges, started, deepest))
                started = count
                deepest = len(stack)
                at = new(Position, (file, mark.line + 1, mark.column + 1))
                if deepest > MAX_DEPTH:
                    self.fail(at, f"nested more than {MAX_DEPTH} levels deep")
                tag = event.tag if event.tag in _KEPT_TAGS else ""
                anchor = event.anchor
                if anchor is not None:
                    anchors[anchor] = (None, 0, 0)
                if kind is MappingStartEvent:
                    entries, keys, items = {}, {}, None
                else:
                    entries, items = None, []
                key = merges = None
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                if entries is None:
                    node = Seq(tuple(items or ()), at, tag)
                else:
                    if merges is not None:
                        self.merge(merges, entries, keys)
                    node = Map(entries, at, keys, tag)
                count += 1
                ended, inner, size = anchor, deepest, count - started
                entries, keys, key, items, at, tag, anchor, merges, started, deepest = stack.pop()
                if ended is not None:
                    anchors[ended] = (node, size, inner - len(stack))
                deepest = max(deepest, inner)
            elif kind is AliasEvent:
                place = new(Position, (file, mark.line + 1, mark.column + 1))
                node, size, height = self.alias(event.anchor, anchors, place, key)
                count += size
                deepest = max(deepest, len(stack) + height)
                if deepest > MAX_DEPTH:
                    self.fail(place, f"nested more than {MAX_DEPTH} levels deep, with its aliases")
            else:
                if kind is DocumentStartEvent and event.version not in (None, (1, 1)):
                    place = Position(file, mark.line + 1, mark.column + 1)
                    version = ".".join(map(str, event.version))
                    problem(place, f"Compose files are no YAML {version}", _NO_VERSION)
                continue
            if count > MAX_NODES:
                place = Position(file, mark.line + 1, mark.column + 1)
                what = "aliases stand for" if kind is AliasEvent else "this file holds"
                self.fail(place, f"{what} more than {MAX_NODES} values")
            if key is not None:
                if key is _MERGE:
                    merges = [*(merges or ()), node]
                elif entries is not None:
                    entries[key] = node
                key = None
            elif items is not None:
                items.append(node)
            elif entries is None:
                documents.append(node)
            else:
                place = new(Position, (file, mark.line + 1, mark.column + 1))
                if kind is ScalarEvent and plain and text == "<<":
                    key = _MERGE
                    if merges is not None:
                        problem(place, "merge key '<<' is given twice", _TWO_MERGES)
                    continue
                key = self.key(node, place if kind is AliasEvent else node.at)
                if key in keys:
                    problem(place, f"key {show(key)} is defined already at {keys[key]}")
                keys[key] = place

    def around(self) -> list[Open]:
        """Return the collections that are open, then the last ones that closed inside them."""
        found: list[Open] = []
        path: Path = ()
        last: Node | None = None
        for entries, keys, key, items, at, *_ in self.stack[1:]:
            node: Node = Seq(tuple(items or ()), at) if entries is None else Map(entries, at, keys)
            found.append(Open(path, node))
            path = (*path, len(items or ()) if entries is None else key or "")
            last = node
        while isinstance(last, Map | Seq) and (below := _last(last)) is not None:
            path, last = (*found[-1].path, below[0]), below[1]
            found.append(Open(path, last))
        return found

    def path(self) -> Path:
        """Return the path of the open collection."""
        keys = (frame[2] if frame[3] is None else len(frame[3]) for frame in self.stack[1:20])
        return tuple(key for key in keys if key is not None)

    def problem(self, at: Position, message: str, hint: str = "") -> None:
        """Note what is wrong and go on."""
        self.problems.append(Problem(at, dotted(self.path()), message, hint))
        if len(self.problems) == MOST_PROBLEMS:
            raise ComposeFileError(*self.problems)

    def fail(self, at: Position, message: str) -> NoReturn:
        """Give up: what follows could cost without bound."""
        self.problem(at, message)
        raise ComposeFileError(*self.problems)

    def alias(
        self, name: str, anchors: dict[str, tuple[Node | None, int, int]], at: Position, key: Any
    ) -> tuple[Node, int, int]:
        """Return what an alias stands for, its number of nodes and its height."""
        found = anchors.get(name)
        if found is None:
            hint = did_you_mean(name, anchors) or f"define it above, by '&{name}'"
            self.problem(at, f"unknown alias {show(name)}, no anchor of that name above", hint)
        elif found[0] is None:
            within = "merges" if key is _MERGE else "refers to"
            self.problem(at, f"alias {show(name)} {within} the very value it stands in")
        else:
            return found  # type: ignore[return-value]
        # A mapping passes wherever a value is expected, a merge too: one mistake, one problem.
        return (Scalar("", at) if key is not _MERGE else Map({}, at)), 1, 0

    def merge(
        self, merges: list[Node], entries: dict[str, Node], keys: dict[str, Position]
    ) -> None:
        """Add to a mapping what its merge key names; what it says itself wins, then the first."""
        for node in merges:
            for source in node.items if isinstance(node, Seq) else (node,):
                if not isinstance(source, Map):
                    self.problem(source.at, "'<<' merges mappings only, this is none", _ALIAS)
                    continue
                for key, value in source.entries.items():
                    # Compat: what is to be reset is not there for a merge key.
                    if key not in entries and value.tag != "!reset":
                        entries[key] = value
                        keys[key] = source.key_at(key)

    def key(self, node: Node, at: Position) -> str:
        """Return a node as a key; note what is wrong where it is no string."""
        if not isinstance(node, Scalar):
            what = "a mapping" if isinstance(node, Map) else "a list"
            if not (isinstance(node, Map) and next(iter(node.entries), "").startswith("\0")):
                self.problem(at, f"{what} cannot be a key", "put it in quotes if it is text")
            return f"\0{at.line}:{at.column}"
        value = node.value
        if isinstance(value, str):
            return value
        kind = "null" if value is None else "a boolean" if isinstance(value, bool) else "a number"
        self.problem(at, f"key {show(node.text)} is {kind}, a key must be text", _QUOTE_IT)
        return node.text

    def dated(self, moment: str, key: str | None, at: Position) -> Moment:
        """Return a date; note that only an extension may hold one."""
        path = self.path() if key is None else (*self.path(), key)
        if not any(str(part).startswith("x-") for part in path):
            message = "a date or time is no text in YAML, and no attribute takes one"
            self.problems.append(Problem(at, dotted(path), message, _QUOTE_IT))
        return Moment(moment)

    def tagged(self, event: Any, at: Position) -> Scalar:
        """Return a scalar with an explicit tag: the core ones convert, ours stay, others drop."""
        text, tag = event.value, event.tag
        if tag in _KEPT_TAGS:
            return Scalar(text, at, text, True, tag)
        name = tag.removeprefix(_CORE) if tag.startswith(_CORE) else ""
        value = _resolve(text)
        if name == "binary":
            try:
                decoded = base64.b64decode("".join(text.split()), validate=True)
            except (binascii.Error, ValueError):
                self.problem(at, "the value of '!!binary' is not in base64")
                return Scalar("", at, text, True)
            return Scalar(decoded.decode("utf-8", "replace"), at, text, True)
        wanted = _CORE_TYPES.get(name)
        if wanted is None:
            return Scalar(text, at, text, True)
        if name == "float" and type(value) is int:
            value = float(value)
        if type(value) is not wanted:
            self.problem(at, f"the value tagged '!!{name}' is no {name}")
        return Scalar(value, at, text)


def _last(node: Map | Seq) -> tuple[str | int, Node] | None:
    """Return the last entry of a collection, None where it has none."""
    if isinstance(node, Seq):
        return (len(node.items) - 1, node.items[-1]) if node.items else None
    return next(reversed(node.entries.items()), None)


_QUOTE_IT: Final = "put it in quotes"
_ALIAS: Final = "write '<<: *name' for the mapping marked by '&name'"
_NO_VERSION: Final = "remove the line, or write '%YAML 1.1'"
_TWO_MERGES: Final = "merge a list: '<<: [*first, *second]'"
_CORE_TYPES: Final = {"int": int, "float": float, "bool": bool, "null": type(None)}

_CONSTANTS: Final[dict[str, Value]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((s + t for s in ("", "+") for t in (".inf", ".Inf", ".INF")), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INT: Final = re.compile(r"([-+]?)(?:0([bB])([01]+)|0([oO]?)([0-7]+)|0([xX])([0-9a-fA-F]+))")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DIGITS: Final = re.compile(r"[-+]?[0-9]+")
_INT_MIN, _INT_MAX = -(2**63), 2**64 - 1


def _resolve(text: str) -> Value:
    value = _CONSTANTS.get(text, text)
    return _number(text) if value is text and text[0] in "0123456789-+." else value


def _number(text: str) -> Value:
    """Return a plain scalar as the number it spells, else as it is.

    Underscores may stand anywhere after the first character; `0b`, `0o`, `0x` and a leading zero
    choose a base. A number too large for 64 bits is a float; one too large for that is text.
    """
    digits = text.replace("_", "") if text[0] != "." else text
    if _FLOAT.fullmatch(digits) is None:
        return _based(digits, text)
    if _DIGITS.fullmatch(digits) is not None and len(digits) < 24:
        if digits.lstrip("+-")[0] == "0":
            return _based(digits, int(digits))
        if _INT_MIN <= (number := int(digits)) <= _INT_MAX:
            return number
    value = float(digits)
    return text if value in (float("inf"), float("-inf")) else value


def _based(digits: str, otherwise: Value) -> Value:
    match = _INT.fullmatch(digits)
    if match is None:
        return otherwise
    sign, _, binary, _, octal, _, hexadecimal = match.groups()
    number = int(binary or octal or hexadecimal, 2 if binary else 8 if octal else 16)
    number = -number if sign == "-" else number
    return number if _INT_MIN <= number <= _INT_MAX else otherwise
