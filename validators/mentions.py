"""Tell whether a text speaks of DNIs where its columns are named, however it may be laid out.

What a table's columns are is sometimes read wrongly, in a file of a few broken rows; whom it may
name is then decided by the words alone.
"""

import re
from pathlib import Path

from acopio.validators.encoding import FOREIGN
from acopio.validators.lexicon import lexicon
from acopio.validators.persons import names_a_dni

# Titles and labels stand at the top, in so many characters and lines.
_TOP = 16 << 10
_LINES = 40
_LONGEST = 200
_PIECES = re.compile(r"[,;\t|\"]")


def speaks_of_dnis(path: Path, encoding: str) -> bool:
    """Tell whether a piece of the text's first lines, cut at any delimiter, names DNIs.

    Raises OSError.
    """
    with path.open("r", encoding=encoding, errors=FOREIGN, newline="") as file:
        text = file.read(_TOP)
    words = {entry.split()[-1] for entry in lexicon().identity}
    lower = text.lower()
    if not any(word in lower for word in words):
        return False
    pieces = (piece for line in text.splitlines()[:_LINES] for piece in _PIECES.split(line))
    return any(names_a_dni(piece) for piece in pieces if piece and len(piece) <= _LONGEST)
