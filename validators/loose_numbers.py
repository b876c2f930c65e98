"""Hide numbers that could be somebody's in what is shown, wherever they stand and however written.

Digits count in any script: full-width ones are read as well as ASCII's.
"""

import re

# How a DNI is written: all together, or as points, blanks and hyphens part it.
_DNI = r"\d{8}|\d{2}[-. ]\d{3}[-. ]\d{3}|\d{4}[- ]\d{4}|\d{2}-\d{6}|\d{2} \d{2} \d{2} \d{2}"
_ALONE = re.compile(rf"\s*'?(?:{_DNI})(?:\.0+)?\s*")
_DNI_INSIDE = re.compile(rf"(?<!\d)(?:{_DNI})(?!\d)")
_RUC = re.compile(
    r"(?<!\d)(?<!\d\.)[1\uFF11][0\uFF10][-. ]?(?:\d{8}|\d{2}[. ]\d{3}[. ]\d{3}|\d{4}[- ]\d{4})"
    r"[-. ]?\d(?!\d)(?!\.\d*[1-9])"
)
_DIGITS = re.compile(r"\d")
# The length of a RUC in one run.
_PLAIN = 11
_STARS = "10" + "*" * 9
_DAY = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_NAMED = re.compile(r"(?<!\d)\d{8}(?!\d)")


def is_dni_alone(text: str) -> bool:
    """Tell whether a label is a DNI and nothing else; a day written without marks is a day."""
    return bool(_ALONE.fullmatch(text)) and not _DAY.fullmatch(text.strip())


def without_dnis(text: str) -> str:
    """Return ``text`` with all that is written as a DNI starred, whatever it is."""
    return _DNI_INSIDE.sub(starred, text)


def without_rucs(text: str) -> str:
    """Return ``text`` without persons' RUCs: in one run, or parted with a right check digit.

    Of a number with decimals nothing is hidden: it is an amount.
    """
    return _RUC.sub(lambda match: _hidden_ruc(match[0]), text) if _DIGITS.search(text) else text


def without_called_rucs(text: str) -> str:
    """Return the text of a column called RUC without natural persons' RUCs, right or mistyped."""
    return _RUC.sub(_STARS, text)


def name_without_dnis(name: str) -> str:
    """Return a file's name with eight digits starred; a day stays (``padron_20240131``)."""
    return _NAMED.sub(lambda run: run[0] if _DAY.fullmatch(run[0]) else "*" * 8, name)


def starred(match: re.Match[str]) -> str:
    """Return as many stars as were matched."""
    return "*" * len(match[0])


def _hidden_ruc(text: str) -> str:
    return _STARS if len(text) == _PLAIN or _is_right(text) else text


def has_right_ruc(text: str) -> bool:
    """Tell whether a natural person's RUC with the right check digit is anywhere in ``text``."""
    return any(_is_right(match[0]) for match in _RUC.finditer(text))


def _is_right(text: str) -> bool:
    """Tell whether a natural person's RUC, parted or not, has the check digit it must have."""
    from stdnum.pe import ruc

    digits = "".join(str(int(digit)) for digit in _DIGITS.findall(text))
    return digits.startswith("10") and bool(ruc.is_valid(digits))
