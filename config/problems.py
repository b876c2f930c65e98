"""Sentences inside sentences, put into words only when they are shown."""

from collections.abc import Sequence

from acopio.errors import AcopioError, ConfigError
from acopio.messages import sentence


class Words:
    """What some errors say, one a line, in the language of whoever reads it."""

    def __init__(self, errors: Sequence[AcopioError]) -> None:
        self.errors = tuple(errors)

    def __str__(self) -> str:
        """Return the sentences."""
        return "\n".join(sentence(error) for error in self.errors)

    def __repr__(self) -> str:
        """Return keys and values, for logs."""
        return "; ".join(str(error) for error in self.errors)


def raise_all(errors: Sequence[ConfigError]) -> None:
    """Raise nothing, the one error, or one that tells them all."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ConfigError("several-problems", problems=Words(errors))
