"""Lints a text as a file `compose.yaml` in `/shop`."""

from __future__ import annotations

from collections.abc import Sequence

from pycompose.lint.findings import Finding, lint
from pycompose.loader.sources import Source
from pycompose.loader.stages import LoadOptions, load


class Nothing:
    """A disk with nothing on it."""

    def mode(self, path: str) -> int | None:
        del path
        return None


class Texts:
    """Files by name, in `/shop`."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def follow(self, path: str) -> str:
        return path

    def read(self, path: str) -> Source:
        name = path.removeprefix("/shop/")
        if name not in self.texts:
            raise FileNotFoundError(path)
        return Source(path, name, self.texts[name])


class Read(Texts):
    """Keeps what was read."""

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__(texts)
        self.read_texts: dict[str, Source] = {}

    def follow(self, path: str) -> str:
        return path

    def read(self, path: str) -> Source:
        return self.read_texts.setdefault(path, super().read(path))


def found(
    text: str,
    *services: str,
    variables: dict[str, str] | None = None,
    beside: dict[str, str] | None = None,
    **others: str,
) -> tuple[Finding, ...]:
    """Return the findings of a text.

    `others` are further Compose files by their first word, `beside` what these may refer to.
    """
    named = {"compose.yaml": text, **{f"{name}.yaml": other for name, other in others.items()}}
    sources = Read(named | (beside or {}))
    options = LoadOptions(
        files=tuple(f"/shop/{name}" for name in named),
        working_dir="/shop",
        environment=variables or {},
        all_resources=True,
    )
    project = load(options, sources)
    return lint(project, list(sources.read_texts.values()), Nothing(), services)


def told(findings: Sequence[Finding]) -> list[tuple[str, int, str]]:
    """Return the rule, line and path of findings."""
    return [(each.rule.id, each.at.line, each.path) for each in findings]
