"""What the contract suite runs, and on what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pycompose import labels
from pycompose.engine.fake import Behaviour, FakeEngine
from pycompose.engine.port import Engine


@dataclass(frozen=True, kw_only=True)
class Program:
    """What a container runs: it writes, then ends with `exits`, or waits for SIGTERM."""

    out: str = ""
    err: str = ""
    exits: int | None = None
    stop_code: int = 7
    reads: bool = False

    @property
    def command(self) -> list[str]:
        lines = [f"echo {self.out}"] * bool(self.out) + [f"echo {self.err} >&2"] * bool(self.err)
        if self.reads:
            lines.append("read line; echo got $line")
        if self.exits is not None:
            lines.append(f"exit {self.exits}")
        else:
            lines.insert(0, f"trap 'exit {self.stop_code}' TERM")
            lines.append("sleep 300 & wait")
        return ["sh", "-c", "; ".join(lines)]

    @property
    def behaviour(self) -> Behaviour:
        pairs = ((1, self.out), (2, self.err))
        output = tuple((stream, f"{text}\n".encode()) for stream, text in pairs if text)
        return Behaviour(exits=self.exits, output=output, stop_code=self.stop_code)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An engine under test, and a project of its own in it."""

    engine: Engine
    project: str
    image: str
    fake: FakeEngine | None

    @property
    def labels(self) -> dict[str, str]:
        return {labels.PROJECT: self.project}

    @property
    def mine(self) -> dict[str, list[str]]:
        return {"label": [f"{labels.PROJECT}={self.project}"]}

    def name(self, suffix: str) -> str:
        return f"{self.project}-{suffix}"

    def create(self, suffix: str = "web", program: Program | None = None, **body: Any) -> str:
        """Create a container; `body` is the rest of the request."""
        program = program or Program()
        if self.fake is not None:
            self.fake.behave(self.name(suffix), program.behaviour)
        base = {"Image": self.image, "Cmd": program.command, "Labels": self.labels}
        made: str = self.engine.create_container(self.name(suffix), {**base, **body})["Id"]
        return made

    def run(self, suffix: str = "web", program: Program | None = None, **body: Any) -> str:
        """Create and start a container."""
        container = self.create(suffix, program, **body)
        self.engine.start_container(container)
        return container

    def network(self, suffix: str = "net") -> str:
        return self.engine.create_network({"Name": self.name(suffix), "Labels": self.labels})

    def volume(self, suffix: str = "data", **labels: str) -> Any:
        body = {"Name": self.name(suffix), "Labels": {**self.labels, **labels}}
        return self.engine.create_volume(body)

    def row(self, container: str) -> Any:
        """The container as a list shows it."""
        return next(
            row for row in self.engine.list_containers(filters=self.mine) if row["Id"] == container
        )

    def state(self, container: str) -> Any:
        return self.engine.inspect_container(container)["State"]
