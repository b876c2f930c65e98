"""Read a table block by block, two at a time, and hand each one's cells to whoever asks."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from acopio.validators.tabular.blocks import SIZE, Body, Marks, Unproved, blocks
from acopio.validators.tabular.splitting import Split, split

T = TypeVar("T")

_THREADS = 2
# Blocks on their way at once.
_AHEAD = 3
# More different texts than this share of the rows, and more than so many: a column is better taken
# as it is than looked up.
_SELDOM_REPEATED = 0.1
_FEW = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a table's rows are and how they are split.

    ``encoding`` is Python's name; ``header_rows`` stand above the data, titles included; ``width``
    is the number of columns of a regular row. ``translate`` where each line end is read as a line
    feed, inside cells too.
    """

    path: Path
    encoding: str
    marks: Marks
    header_rows: int
    width: int
    translate: bool = False
    block_size: int = SIZE


def over_blocks(
    layout: Layout, work: Callable[[Split], T], hashed: Callable[[dict[str, Any]], None]
) -> Iterator[T]:
    """Yield what ``work`` makes of each block, in order; it is called in threads.

    ``hashed`` is told frictionless's ``stats`` of the bytes when all are read. Memory holds a few
    blocks, whatever the file's size. Raises Unproved where cells cannot be told as Python's csv
    tells them.
    """
    if not layout.width:
        raise Unproved("no-columns")
    plain: list[bool] = [False] * layout.width

    def done(block: bytes) -> T:
        return work(split(block, layout.marks, plain))

    with layout.path.open("rb") as file, ThreadPoolExecutor(_THREADS) as pool:
        body = Body(file)
        given = _given(layout, body)
        first = next(given, None)
        if first is not None:
            parts = split(first, layout.marks, plain)
            # What seldom repeats in the first block is taken as it is from there on.
            plain = [_seldom_repeated(column) for column in parts.columns]
            yield work(parts)
        yield from _in_order(pool, done, given)
    hashed(body.stats())


def _given(layout: Layout, body: Body) -> Iterator[bytes]:
    given = blocks(body, layout.encoding, layout.marks, layout.header_rows, layout.block_size)
    return map(_translated, given) if layout.translate else given


def _translated(block: bytes) -> bytes:
    return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _in_order(
    pool: ThreadPoolExecutor, work: Callable[[bytes], T], given: Iterator[bytes]
) -> Iterator[T]:
    waiting: deque[Future[T]] = deque()
    for block in given:
        waiting.append(pool.submit(work, block))
        if len(waiting) >= _AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _seldom_repeated(column: Any) -> bool:
    return len(column.dictionary) > max(_FEW, len(column) * _SELDOM_REPEATED)
