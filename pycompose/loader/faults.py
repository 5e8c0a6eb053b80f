"""Problems gathered while files are read, so that one document does not hide those of the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from pycompose.errors import ComposeFileError, Link, Problem
from pycompose.loader.salvage import salvage
from pycompose.loader.tree import Map


class Faults:
    """Gathers problems: a `with` block ends at its first, the next block is tried all the same.

    `lost` tells that a block has ended that way, so that something is missing; `chains` what led
    to a file.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.lost = False
        self.chains: dict[str, tuple[Link, ...]] = {}

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        del kind, trace
        if isinstance(error, ComposeFileError):
            self.problems.extend(error.problems)
            self.lost = True
            return True
        return False

    @contextmanager
    def led(self, chain: tuple[Link, ...]) -> Iterator[None]:
        """Let the problems that are found in the block tell what led there."""
        before = len(self.problems)
        try:
            yield
        except ComposeFileError as error:
            raise ComposeFileError(*(_led(chain, it) for it in error.problems)) from None
        finally:
            self.problems[before:] = [_led(chain, it) for it in self.problems[before:]]

    def outlived(self, document: Map, stage: Callable[[Map], Map | None]) -> Map:
        """Return what a stage makes of the document, less what it refuses in it.

        Raises:
            ComposeFileError: without what is refused, others would be blamed.
        """
        try:
            return stage(document) or document
        except ComposeFileError as error:
            rest = salvage(document, error.problems)
            if rest is None:
                raise
            try:
                result = stage(rest) or rest
            except ComposeFileError:
                raise error from None  # too much is wrong to go on without it
            self.problems.extend(error.problems)
            return result

    def told(self, problem: Problem) -> Problem:
        """Return a problem that tells what led to its file."""
        return _led(self.chains.get(problem.at.file, ()), problem)

    def settle(self) -> None:
        """Raise all problems together, if there are any, in the order of their files."""
        # What several files lead to is told once, with what came first.
        first = {it[:3]: self.told(it) for it in reversed(self.problems)}
        if problems := list(reversed(first.values())):
            order = list(dict.fromkeys(problem.at.file for problem in problems))
            raise ComposeFileError(
                *sorted(problems, key=lambda problem: (order.index(problem.at.file), problem.at))
            )


def _led(chain: tuple[Link, ...], problem: Problem) -> Problem:
    return problem._replace(chain=problem.chain or chain)
