"""Tell UTF-16 that has no byte order mark by its structure, as SQL Server's ``bcp -w`` writes it.

Of each pair of bytes one is NUL in nearly every character that people of this continent write, and
always the same one. NULs that stand in other text are in no such order.
"""

import re

# Bytes at the start of a file that are looked at.
HEAD = 64 << 10
_FEWEST = 4
# Control characters that text does not hold, those of Latin-1 among them.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")


def utf16_without_mark(head: bytes) -> str:
    """Return ``utf-16-le`` or ``utf-16-be`` for a ``head`` so written, nothing for any other.

    ``head`` is the first ``HEAD`` bytes of a file. It must have a line end, and each line end where
    a character begins. What follows it may be broken all the same.
    """
    pairs = head[: len(head) // 2 * 2]
    if pairs.count(0) * 5 < len(pairs) * 2 or len(pairs) < 2 * _FEWEST:
        return ""
    first, second = pairs[::2].count(0), pairs[1::2].count(0)
    codec, of_letters, of_others = (
        ("utf-16-le", second, first) if second > first else ("utf-16-be", first, second)
    )
    few = len(pairs) // 200
    if of_letters * 10 < len(pairs) // 2 * 8 or of_others > few:
        return ""
    text = pairs.decode(codec, "replace")
    ends = text.count("\n") + text.count("\r")
    astray = pairs.count(b"\n") + pairs.count(b"\r") - ends
    return codec if ends and astray <= few and len(_CONTROL.findall(text)) <= few else ""
