"""Read a table block by block, and hand each one's cells to whoever asks.

A long table is read by this process and a copy of it at once. Both cut the same blocks; each works
on its own.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from acopio.validators.tabular.beside import Copy, can_be_copied, copied
from acopio.validators.tabular.blocks import SIZE, Body, Marks, Reads, Unproved, blocks
from acopio.validators.tabular.splitting import Split, split

T_co = TypeVar("T_co", covariant=True)
U_co = TypeVar("U_co", covariant=True)
T = TypeVar("T")
U = TypeVar("U")

# Shorter tables, in bytes, are read before a copy has done its share.
_LONG = 16 << 20
# Blocks the copy has before it: the one it is at, and the next.
_AHEAD = 2
# Blocks whose results wait for one before them.
_WAITING = 8
# Asked of the copy instead of the number of a block.
_TOTAL = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a table's rows are and how they are split.

    ``encoding`` is Python's name; ``header_rows`` stand above the data, titles included; ``width``
    is the number of columns of a regular row. ``translate`` where each line end is read as a line
    feed, inside cells too. Where it is not ``hashed``, its hashes are empty.
    """

    path: Path
    encoding: str
    marks: Marks
    header_rows: int
    width: int
    translate: bool = False
    block_size: int = SIZE
    hashed: bool = True


class Work(Protocol[T_co, U_co]):
    """What is done with the blocks of a table; all it gives must be picklable."""

    def block(self, parts: Split, number: int) -> T_co:
        """Return what is found in a block, the ``number``-th from 0."""
        ...

    def total(self) -> U_co:
        """Return what was gathered of all blocks this process had."""
        ...


class Pass(Generic[T, U]):
    """One reading of a whole table: iterate over what is found in its blocks, in order.

    Afterwards ``totals`` has that of each process that worked on it, and ``stats`` frictionless's
    ``stats`` of the bytes. Memory holds a few blocks, whatever the file's size. Iterating raises
    Unproved where cells cannot be told as Python's csv tells them.
    """

    def __init__(self, layout: Layout, work: Work[T, U]) -> None:
        self._layout = layout
        self._work = work
        self.stats: dict[str, Any] = {}
        self.totals: list[U] = []

    def __iter__(self) -> Iterator[T]:
        """Read the table."""
        if not self._layout.width:
            raise Unproved("no-columns")
        with self._layout.path.open("rb") as file, ExitStack() as stack:
            body = Body(file, self._layout.hashed)
            given = enumerate(_given(self._layout, body))
            copy: Copy[int, Any] | None = None
            if self._is_worth_two():
                copy = stack.enter_context(copied(self._answers()))
            yield from self._in_order(given, copy)
            asked = [copy.ask(_TOTAL)] if copy is not None else []
            self.totals = [self._work.total(), *(other.result() for other in asked)]
            self.stats = body.stats()

    def _is_worth_two(self) -> bool:
        return self._layout.path.stat().st_size >= _LONG and can_be_copied()

    def _in_order(
        self, given: Iterator[tuple[int, bytes]], copy: Copy[int, Any] | None
    ) -> Iterator[T]:
        waiting: deque[Future[T]] = deque()
        asked: deque[Future[T]] = deque()
        for number, block in given:
            while asked and asked[0].done():
                asked.popleft()
            if copy is not None and len(asked) < _AHEAD:
                asked.append(copy.ask(number))
                waiting.append(asked[-1])
            else:
                waiting.append(self._done(number, block))
            while waiting and (waiting[0].done() or len(waiting) > _WAITING):
                yield waiting.popleft().result()
        for future in waiting:
            yield future.result()

    def _done(self, number: int, block: bytes) -> "Future[T]":
        done: Future[T] = Future()
        done.set_result(self._worked(number, block))
        return done

    def _worked(self, number: int, block: bytes) -> T:
        return self._work.block(split(block, self._layout.marks, self._layout.width), number)

    def _answers(self) -> Callable[[int], T | U]:
        """Return what the copy does: cut the blocks again, and work on those it is asked for."""
        given: Iterator[tuple[int, bytes]] | None = None

        def answer(number: int) -> T | U:
            nonlocal given
            if number == _TOTAL:
                return self._work.total()
            if given is None:
                # Its own: where a file was read to is shared between copies.
                given = enumerate(_given(self._layout, self._layout.path.open("rb")))
            block = next(block for place, block in given if place == number)
            return self._worked(number, block)

        return answer


def _given(layout: Layout, file: Reads) -> Iterator[bytes]:
    given = blocks(file, layout.encoding, layout.marks, layout.header_rows, layout.block_size)
    return map(_translated, given) if layout.translate else given


def _translated(block: bytes) -> bytes:
    return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
