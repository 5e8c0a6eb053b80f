"""What to do about a value that breaks the schema: where it belongs, or how to write it.

In come the document, the schema and a path, out goes the hint of a message, "" where nothing
certain can be said. Texts of attributes that may hold secrets are never repeated: of pairs and
options only the key is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from pycompose.loader.gate import Schema
from pycompose.loader.outline import homes, mappings, pattern, schemas, written
from pycompose.loader.outline import types as types_of
from pycompose.loader.suggest import closeness, did_you_mean
from pycompose.loader.tree import Map, Node, Path, Scalar, Seq, dotted
from pycompose.loader.words import brief

_CLOSE: Final = 0.85  # so close that it is a slip of the finger, whatever else the word may mean

# What people write who think of `docker run`, of Dockerfiles or of Kubernetes.
_OTHER_WORDS: Final = {
    "cmd": "command",
    "env": "environment",
    "envs": "environment",
    "env_vars": "environment",
    "mounts": "volumes",
    "depends": "depends_on",
    "requires": "depends_on",
    "workdir": "working_dir",
    "memory": "mem_limit",
    "cpu": "cpus",
    "health_check": "healthcheck",
    "restart_policy": "restart",
    "capabilities": "cap_add",
    "path": "file",
}

# The one key of a mapping for which a single text was probably meant.
_SHORTHAND: Final = {
    ("services", "*"): "image",
    ("services", "*", "healthcheck"): "test",
    ("services", "*", "logging"): "driver",
    ("services", "*", "deploy"): "replicas",
    ("services", "*", "depends_on", "*"): "condition",
    ("networks", "*"): "driver",
    ("networks", "*", "ipam"): "driver",
    ("volumes", "*"): "driver",
    ("secrets", "*"): "file",
    ("configs", "*"): "file",
    ("models", "*"): "model",
}
_NO_SPACE: Final = re.compile(r"([A-Za-z_][\w.-]*):[^\s/].*", re.DOTALL)
_WORDS_FOR_TRUE: Final = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false"}
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@dataclass(slots=True)
class Advice:
    """Hints about one document; `parents` gathers the mappings that hints name as likely ones."""

    document: Map
    root: Schema
    parents: set[Path] = field(default_factory=set)

    def unknown(self, path: Path, key: str, known: Collection[str]) -> str:
        """Return what to do about an attribute that the mapping at `path` does not have."""
        node = self.at(path)
        value = node.entries[key] if isinstance(node, Map) else None
        if isinstance(node, Map) and (hint := self.beside(path, node, key)):
            return hint
        if isinstance(node, Map) and (hint := self.split(path, node)):
            return hint
        near = did_you_mean(key[:60], known)
        if near and closeness(key, known) >= _CLOSE:
            return near
        if not path and isinstance(value, Map) and value.entries.keys() & {"image", "build"}:
            return f"a service belongs under 'services': 'services: {{{key}: ...}}'"
        if path and isinstance(value, Map) and value.entries.keys() & {"image", "build"}:
            return "a service belongs under 'services', indent it less"
        return self.home(path, key) or near or self.other(key, known)

    def other(self, key: str, known: Collection[str]) -> str:
        """Return what another tool's word for an attribute is called here."""
        word = _OTHER_WORDS.get(key.lower().replace("-", "_"), "")
        return f"did you mean {word!r}?" if word in known else ""

    def beside(self, path: Path, node: Map, key: str) -> str:
        """Return the empty mapping above a key to which the key, indented more, would belong."""
        keys = list(node.entries)
        above = keys[: keys.index(key)]
        blank = next((one for one in reversed(above) if _is_blank(node.entries[one])), None)
        if blank is None:
            return ""
        between = above[above.index(blank) + 1 :]
        for schema in mappings((*path, blank), self.root):
            if all(self.takes(schema, node, one) for one in (*between, key)):
                self.parents.add((*path, blank))
                return f"did you mean it to be under {dotted((*path, blank))!r}?"
        return ""

    def takes(self, schema: Schema, node: Map, key: str) -> bool:
        """Whether a mapping would take what stands beside it, by its attribute or as a name."""
        return key in schema.get("properties", {}) or self.takes_names(schema, node, key)

    def takes_names(self, schema: Schema, node: Map, key: str) -> bool:
        """Whether a mapping by name would take a value that stands beside it."""
        named = [pattern for pattern in schema.get("patternProperties", {}) if pattern != "^x-"]
        return bool(named) and isinstance(node.entries[key], Map)

    def split(self, path: Path, node: Map) -> str:
        """Return the item of a list that a space after its colon made a mapping."""
        if not path or not isinstance(path[-1], int) or len(node.entries) != 1:
            return ""
        [(key, value)] = node.entries.items()
        if not isinstance(value, Scalar) or value.value is None:
            return ""
        if not any(each.get("type") == "string" for each in schemas(path, self.root)):
            return ""
        return f"write '- {_quoted(f'{key}:{value.text}')}', without a space after the colon"

    def home(self, path: Path, key: str) -> str:
        """Return where an attribute belongs that is known, but not here."""
        found = [home for home, name in homes(self.root) if name == key]
        here = pattern(path, self.root)
        for length in reversed(range(len(path))):
            if here[:length] in found:
                where = f"to {dotted(path[:length])!r}" if length else "at the top of the file"
                return f"{key!r} belongs {where}, indent it less"
        below = [home for home in found if home[: len(path)] == here]
        if below and path:
            nearest = min(below, key=len)[len(path) :]
            return f"{key!r} belongs under {written(nearest)!r}"
        if not path and ("services", "*") in found:
            return f"{key!r} belongs under a service: 'services: {{NAME: {{{key}: ...}}}}'"
        return ""

    def missing(self, path: Path, key: str) -> str:
        """Return how to give an attribute that a mapping must have."""
        choices = [c for each in schemas((*path, key), self.root) for c in each.get("enum", ())]
        return f"write '{key}: {choices[0]}'" if choices else f"write '{key}: ...'"

    def kind(self, path: Path, types: Collection[str]) -> str:
        """Return how to write the value at `path` as one of the types that it may have."""
        node = self.at(path)
        if not isinstance(node, Map) and (hint := self.misplaced(path, types)):
            return hint
        if isinstance(node, Scalar):
            return self.scalar(path, node, types)
        if isinstance(node, Seq):
            return self.mapping_of(path, node) if "object" in types else self.single(node, types)
        return self.list_of(path, node, types)

    def misplaced(self, path: Path, types: Collection[str]) -> str:
        """Return whether a value among named mappings is an attribute of one of them."""
        parent, key = self.at(path[:-1]), path[-1] if path else ""
        if "object" not in types or not isinstance(parent, Map) or not isinstance(key, str):
            return ""
        if not any(key in schema.get("properties", {}) for schema in mappings(path, self.root)):
            return ""
        if key not in {name for home, name in homes(self.root) if home == pattern(path, self.root)}:
            return ""
        if path[:-1] and (hint := self.beside(path[:-1], parent, key)):
            return hint
        section = str(path[-2]) if len(path) > 1 else ""
        if _is_blank(parent.entries[key]) or not section:
            return ""
        return f"{key!r} is an attribute, write it below the name of one of the {section}"

    def scalar(self, path: Path, node: Scalar, types: Collection[str]) -> str:
        """Return how to write a single value as the list, mapping or text that is expected."""
        text, last = node.text, str(path[-1]) if path else ""
        if node.value is None:
            return "give it a value, or remove it"
        pairs = self.takes_pairs(path)
        if "object" in types:
            match = _NO_SPACE.fullmatch(text)
            if match and not node.quoted:
                return f"write '{match[1]}: ...', with a space after the colon"
            name, equals, _ = text.partition("=")
            if equals and pairs:
                return f"write '{brief(name)}: ...' below '{last}:'"
            word = _SHORTHAND.get(pattern(path, self.root), "")
            if word and isinstance(path[-1], str):
                shown = "..." if word == "test" else brief(text)  # a command may hold a secret
                return f"write '{word}: {shown}' below '{last}:'"
        if (
            "array" in types
            and not pairs
            and ("object" not in types or isinstance(node.value, str))
        ):
            return f"write a list: '- {_quoted(text)}'"
        if isinstance(node.value, str):
            return _unquoted(text, types)
        numbers = "number" in types or "integer" in types
        if "string" in types and "object" not in types and not numbers:
            return _restart(path, node) or f"write '\"{brief(text)}\"', in quotes"
        return ""

    def takes_pairs(self, path: Path) -> bool:
        """Whether the value at a path is a mapping of names to texts, whose texts may be secret."""
        return any(
            "string" in types_of(value)
            for schema in mappings(path, self.root)
            if isinstance(value := schema.get("additionalProperties"), dict)
        )

    def single(self, node: Seq, types: Collection[str]) -> str:
        """Return how to write a list of one value as that value."""
        only = node.items[0] if len(node.items) == 1 else None
        if "string" in types and isinstance(only, Scalar) and isinstance(only.value, str):
            return "write a single value, without brackets or '- '"
        return ""

    def mapping_of(self, path: Path, node: Seq) -> str:
        """Return how to write a list as the mapping that is expected."""
        first = node.items[0] if node.items else None
        word = _SHORTHAND.get(pattern(path, self.root), "")
        if word == "test":
            return "write 'test: [...]' below 'healthcheck:'"
        if isinstance(first, Map) and first.entries:
            return f"write '{brief(next(iter(first.entries)))}:' without the '- ' before it"
        if isinstance(first, Scalar) and isinstance(first.value, str) and first.value:
            name = brief(re.split("[=:]", first.value, maxsplit=1)[0])
            return f"write '{name}:' in place of '- {name}'"
        return ""

    def list_of(self, path: Path, node: Map, types: Collection[str]) -> str:
        """Return how to write a mapping as the list, or the text, that is expected."""
        if not node.entries:
            return ""
        key, value = next(iter(node.entries.items()))
        name = brief(key)
        if path and isinstance(path[-1], int) and "string" in types:
            if self.takes_pairs(path[:-1]):
                return f"write '- {name}=...', or '{name}: ...' without dashes"
            mapping = mappings(path[:-1], self.root)
            return f"write '{name}:' without the '- ' before it" if mapping else ""
        if "array" not in types or {"object", "string"} & set(types):
            return ""
        for schema in mappings((*path, 0), self.root):
            if key in schema.get("properties", {}):
                return f"begin each item with '- ': '- {name}: ...'"
        if not isinstance(value, Scalar):
            return f"write a list: '- {name}'"
        text = f"{key}:{value.text}" if value.value is not None else key
        return f"write a list: '- {_quoted(text)}'"

    def at(self, path: Path) -> Node:
        """Return the node at a path."""
        node: Node = self.document
        for part in path:
            if isinstance(node, Map) and isinstance(part, str):
                node = node.entries[part]
            elif isinstance(node, Seq) and isinstance(part, int):
                node = node.items[part]
        return node


def _is_blank(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _quoted(text: str) -> str:
    """Return an item of a list as it is safely written."""
    shown = brief(text)
    return f'"{shown}"' if re.search(r"[:#{}\[\]&*!|>%@`]|^[\d.]+$", shown) else shown


def _unquoted(text: str, types: Collection[str]) -> str:
    if "boolean" in types:
        word = _WORDS_FOR_TRUE.get(text.lower(), text.lower())
        if word in ("true", "false"):
            return f"write '{word}', without quotes"
    if {"integer", "number"} & set(types) and _NUMBER.fullmatch(text):
        return f"write '{text}', without quotes"
    return ""


def _restart(path: Path, node: Scalar) -> str:
    if path[-1] == "restart" and node.value is False:
        return "write '\"no\"', in quotes"
    return ""
