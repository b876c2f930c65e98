"""The threads of a run: they ask portals and targets, and one thread hears what they came to.

What a thread has to write waits for nobody else's: the hearer writes for all that are back.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Generic, TypeVar

from acopio.engine import TARGET_CONNECTIONS

Item = TypeVar("Item")
Result = TypeVar("Result")


class Crew(Generic[Item, Result]):
    """Does one thing to each item sent, several at a time; belongs to the thread that made it."""

    def __init__(self, pool: ThreadPoolExecutor, do: Callable[[Item], Result]) -> None:
        self._pool = pool
        self._do = do
        self._back: SimpleQueue[Result | None] = SimpleQueue()
        self.out = 0

    def send(self, items: Iterable[Item]) -> None:
        """Send items on their way; they are taken up in this order."""
        for item in items:
            self.out += 1
            self._pool.submit(self._carry, item)

    def _carry(self, item: Item) -> None:
        result = None
        try:
            result = self._do(item)
        finally:
            self._back.put(result)  # whatever happens: the hearer counts who is out

    def back(self) -> list[Result | None]:
        """Wait for one of those out, if any, and return what all that are back by then came to."""
        came = [self._back.get()] if self.out else []
        while not self._back.empty():
            came.append(self._back.get())
        self.out -= len(came)
        return came


@contextmanager
def crew(name: str, do: Callable[[Item], Result]) -> Iterator[Crew[Item, Result]]:
    """Open a crew whose threads bear a name; wait for all that are out when the block ends."""
    with ThreadPoolExecutor(TARGET_CONNECTIONS, thread_name_prefix=name) as pool:
        yield Crew(pool, do)
