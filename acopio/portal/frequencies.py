"""How often datasets change: codes of the EU authority table for what portals write.

``config/portal/frequencies.toml`` has the words of each code.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def code(said: str) -> str:
    """Return the code (``MONTHLY``) of what a portal writes, empty where it is not known."""
    codes: Mapping[str, str] = _table()["codes"]
    return codes.get(said.strip().lower(), "")


def address(known: str) -> str:
    """Return the address of a code in the authority table."""
    return f"{_table()['base']}{known}"


@cache
def _table() -> Mapping[str, Any]:
    source = files("acopio.config").joinpath("portal").joinpath("frequencies.toml")
    document = tomllib.loads(source.read_text("utf-8"))
    base = document.pop("base")
    codes = {word.lower(): known for known, words in document.items() for word in words}
    return {"base": base, "codes": codes}
