"""What a check on values is: a question about some columns, and how its answer is judged."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from acopio.model import Finding
from acopio.validators.columns import Column
from acopio.validators.values import Answer, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A question and what its answer means. The findings name no resource: who asks does.

    Which columns are asked about is decided from the survey: no candidate, no check, no reading.
    """

    question: Question
    judge: Callable[[Answer], Iterator[Finding]]


def name_of(column: Column) -> str:
    """Return what findings call a column; one without a label goes by its number."""
    return column.label or f"field{column.number}"
