"""The names of file formats, in the form CKAN gives them."""

from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from tomllib import loads
from urllib.parse import urlsplit


def known_as(format_name: str) -> str:
    """Return a format's usual name (``CSV`` for ``csv`` and ``text/csv``), or what was given."""
    said = format_name.strip()
    return _names().get(said.lower().lstrip("."), said)


def guessed(url: str) -> str:
    """Return the format that an address's ending says, empty if none is known."""
    ending = PurePosixPath(urlsplit(url).path).suffix.lstrip(".").lower()
    return _names().get(ending, "")


@cache
def _names() -> dict[str, str]:
    text = files("acopio.config").joinpath("portal").joinpath("formats.toml").read_text("utf-8")
    return {
        alias.lower(): name for name, aliases in loads(text).items() for alias in (name, *aliases)
    }
