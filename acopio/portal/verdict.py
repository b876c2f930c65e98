"""How good a dataset is, in a word, from what was found in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from acopio.store.datasets import Known
from acopio.store.schema import dataset

# The field under which ``package_search`` knows the word.
FIELD = "acopio_verdict"
UNEXAMINED = "unexamined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``word`` is ``published``, ``warnings``, ``errors``, ``last-good`` or ``unexamined``."""

    word: str
    errors: int = 0
    warnings: int = 0
    infos: int = 0


def word(judged: Known | Row[Any]) -> str:
    """Return the word for a dataset that is shown."""
    if judged.outcome == "kept_last_good":
        return "last-good"
    if judged.errors:
        return "errors"
    return "warnings" if judged.warnings else "published"


def of(known: Known | None) -> Verdict:
    """Return the verdict on a dataset that is shown; None: nobody judged it."""
    if known is None:
        return Verdict(word=UNEXAMINED)
    return Verdict(
        word=word(known), errors=known.errors, warnings=known.warnings, infos=known.infos
    )


def words(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the words for datasets by id; those nobody judged are left out."""
    query = select(dataset.c.id, dataset.c.outcome, dataset.c.errors, dataset.c.warnings)
    rows: Iterable[Row[Any]] = connection.execute(query.where(dataset.c.id.in_(list(ids))))
    return {row.id: word(row) for row in rows}
