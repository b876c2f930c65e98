"""What commands print: one JSON document or tables on standard output, all else on standard error.

Texts of sources are strangers' texts: control characters, which a terminal would obey, are shown
instead.
"""

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import click

from acopio.messages import text

Document = Mapping[str, Any]
Shown = TypeVar("Shown", bound=Document)

# Wide enough never to cut a row where there is no terminal whose width would be the limit.
_UNLIMITED = 10_000
# Below this, the last column of a table is no longer read with ease.
_READABLE = 20

json_option = click.option("--json", "as_json", is_flag=True, help=text("help-json"))


def emit(document: Shown, as_json: bool, show: Callable[[Shown], None]) -> None:
    """Print ``document`` as one JSON document, or as ``show`` shows it to people."""
    if as_json:
        print_json(document)
    else:
        show(document)


def print_json(document: Document) -> None:
    """Print one JSON document (RFC 8259: UTF-8, no NaN) on standard output, and a line feed."""
    dump = json.JSONEncoder(ensure_ascii=False, indent=2, allow_nan=False, default=str).encode
    try:
        words = dump(document)
    except ValueError:
        words = dump(_finite(document))
    # Half a surrogate pair, as wild JSON brings them, has no UTF-8.
    click.echo(words.encode("utf-8", "replace"))


def print_parts(parts: Iterable[str]) -> None:
    """Print one JSON document that comes in parts, and a line feed."""
    for part in parts:
        click.echo(part.encode("utf-8", "replace"), nl=False)
    click.echo()


def say(line: str) -> None:
    """Print a line for people on standard output."""
    click.echo(plain(line))


def tell(sentence: str, indent: str = "  ") -> None:
    """Print prose on standard output, its lines broken between words on a terminal."""
    from shutil import get_terminal_size
    from textwrap import fill

    words = plain(sentence)
    if sys.stdout.isatty():
        width = max(_READABLE, get_terminal_size().columns)
        click.echo(
            fill(
                words,
                width,
                initial_indent=indent,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
    else:
        click.echo(indent + words)


def note(line: str) -> None:
    """Print a line on standard error: progress, advice, what went wrong."""
    click.echo(plain(line), err=True)


def listing(name: str, rows: Iterable[Sequence[object]]) -> None:
    """Print rows under the headings ``NAME-columns``, or where there are none, ``no-NAME``."""
    found = list(rows)
    if found:
        table(text(f"{name}-columns").split("|"), found)
    else:
        say(text(f"no-{name}"))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their headings on standard output.

    Where the terminal is narrow the last column is folded, and the others stay whole: names are
    there to be copied.
    """
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    # Text, so that brackets in a title are not taken for rich's markup.
    lines = [[Text(plain("" if cell is None else str(cell))) for cell in row] for row in rows]
    console = Console(
        width=None if sys.stdout.isatty() else _UNLIMITED, highlight=False, emoji=False
    )
    widths = [max(map(cell_len, map(str, column))) for column in zip(columns, *lines, strict=True)]
    whole = sum(width + 3 for width in widths[:-1]) + _READABLE <= console.width
    last = len(columns) - 1
    grid = Table(
        *(
            Column(plain(name), overflow="fold", no_wrap=whole and index < last)
            for index, name in enumerate(columns)
        ),
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for line in lines:
        grid.add_row(*line)
    console.print(grid)


def counted(noun: str, number: int) -> str:
    """Return ``1 creado``, ``3 creados``: the message ``NOUN`` for one, ``many-NOUN`` for more."""
    return f"{number} {text(noun if number == 1 else f'many-{noun}')}"


def size(count: int | None) -> str:
    """Return a number of bytes as people read it; a dash when it is not known."""
    if count is None:
        return "-"
    for unit, below in (("B", 1), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if count < 1000 * below:
            return f"{count / below:.0f} {unit}"
    return f"{count / 1e12:.1f} TB"


def moment(iso: str) -> str:
    """Return a moment of a document as the reader's clock shows it, to the minute."""
    return f"{datetime.fromisoformat(iso).astimezone():%Y-%m-%d %H:%M}"


def day(iso: str) -> str:
    """Return the day of a moment of a document, as the reader's calendar shows it."""
    return moment(iso)[:10]


def _is_watched() -> bool:
    """Tell whether standard error is a terminal; where it was closed there is none."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error while the block runs; only on a terminal.

    Gives a function to call with how many more are done. ``total`` None: nobody knows how many.
    """
    if not _is_watched():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(plain(label)), total=total)
        yield lambda done: bar.advance(task, done)


@contextmanager
def live_progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """Show a bar whose label, done and total are set anew each time; only on a terminal."""
    if not _is_watched():
        yield lambda label, done, total: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")

        def update(label: str, done: int, total: int | None) -> None:
            bar.update(task, description=escape(plain(label)), completed=done, total=total)

        yield update


def plain(line: str) -> str:
    """Return ``line`` with control characters, line feeds and tabs aside, made visible."""
    return "".join(c if c.isprintable() or c in "\n\t" else _visible(c) for c in line)


def _visible(character: str) -> str:
    return character if character == "\u00a0" else character.encode("unicode_escape").decode()


def _finite(value: Any) -> Any:
    """Return ``value`` with null for what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value
