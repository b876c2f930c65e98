"""What pages say, from the message catalogue, with values that may be HTML."""

from typing import Any

from markupsafe import Markup, escape

from acopio import messages


class _Given(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def say(key: str, **params: Any) -> Markup:
    """Return the message ``key`` in the reader's language as HTML; values are escaped."""
    # Without values the catalogue leaves the places of a sentence as they stand.
    return escape(messages.text(key)).format_map(_Given(params))


def counted(noun: str, number: int, shown: str) -> str:
    """Return ``1 creado``, ``1,200 creados``: the message ``NOUN`` for one, else ``many-NOUN``."""
    return f"{shown} {messages.text(noun if number == 1 else f'many-{noun}')}"


def known(key: str) -> bool:
    """Tell whether the catalogue has a message."""
    return key in messages.catalogue()
