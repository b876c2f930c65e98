"""Hide the person in one text: a cell, a title, a label.

What is shown of a number is at most its first and last digit; of a name, its initials.
"""

import re
from collections.abc import Callable, Mapping

from acopio.validators.lexicon import fold, is_full_name, lexicon
from acopio.validators.loose_numbers import (
    is_dni_alone,
    starred,
    without_called_rucs,
    without_rucs,
)
from acopio.validators.personal import PersonalKind
from acopio.validators.shapes import MENTION, Shape, shape_of

_DNI_INSIDE = re.compile(r"[0-9][0-9. ]{5,9}[0-9]")
_WORDS = re.compile(r"[^\W\d_]+(?:[ ,]{1,2}[^\W\d_]+)*")
_WORD = re.compile(r"[^\W\d_]+")
_MAIL = re.compile(r"([\w.%+-])[\w.%+-]{0,63}@([\w.-]+)")
_TITLE = 10000
_NO_NAMES = frozenset({"dni", "ruc", "con", "a", "el", "la", "por", "responsable"})


def mask(kind: PersonalKind, text: str) -> str:
    """Return ``text`` with the person hidden: ``4******1``, ``10*********``, ``J. P.``."""
    if not text.strip():
        return text
    return _MASKS[kind](text)


def _mask_number(text: str) -> str:
    text = text.strip()
    if len(text) < 6:
        return "*" * len(text)
    return text[0] + "*" * (len(text) - 2) + text[-1]


def _mask_ruc(text: str) -> str:
    """Hide a natural person's RUC, whose digits 3 to 10 are a DNI; a company's stays."""
    return without_called_rucs(text)


def _mask_name(text: str) -> str:
    return " ".join(f"{word[0]}." for word in re.findall(r"\w+", text))


def _mask_mention(text: str) -> str:
    """Hide the number in a text, and every name: known words, and those that run on with them."""
    text = _DNI_INSIDE.sub(starred, text)
    return _WORDS.sub(lambda match: _without_names(match.group()), text)


def _without_names(run: str) -> str:
    """Return a run of words with names reduced to initials; capitals beside a name are one too."""
    words = _WORD.findall(run)
    known = [_is_name_word(word) for word in words]
    for order in (range(1, len(words)), range(len(words) - 2, -1, -1)):
        for index in order:
            before = index - 1 if order.step > 0 else index + 1
            known[index] = known[index] or (known[before] and _could_be_a_name(words[index]))
    marks = iter(known)
    return _WORD.sub(lambda word: f"{word[0][0]}." if next(marks) else word[0], run)


def _could_be_a_name(word: str) -> bool:
    return word[0].isupper() and fold(word) not in _NO_NAMES


def _is_name_word(word: str) -> bool:
    known = lexicon()
    folded = fold(word)
    return folded in known.given or folded in known.family


def title_kind(text: str) -> PersonalKind | None:
    """Tell what of a person a title or label says: a number, a full name, or nothing."""
    text = text[:_TITLE].strip()
    if not text:
        return None
    if MENTION.search(text) or shape_of(text) is Shape.MENTION:
        return PersonalKind.MENTION
    # After a colon or a dash stands who signs.
    parts = re.split(r"[:;/|\t]| - ", text)
    return PersonalKind.NAME if any(is_full_name(part) for part in parts) else None


def hidden_title(text: str) -> str:
    """Return the text of a title or label with the person in it hidden, if there is one."""
    return _mask_mention(text) if title_kind(text) else text


def hidden_label(text: str) -> str:
    """Return a column's label with the person in it hidden: a DNI alone is nobody's name for one.

    A file without a header has its first row there.
    """
    if is_dni_alone(text):
        return _mask_number(text)
    return without_rucs(hidden_title(text))


def _mask_mail(text: str) -> str:
    """Hide whose address it is; the provider tells nobody who."""
    return _MAIL.sub(lambda match: f"{match[1]}***@{match[2]}", text)


def _mask_whole(text: str) -> str:
    return "***"


_MASKS: Mapping[PersonalKind, Callable[[str], str]] = {
    PersonalKind.DNI: _mask_number,
    PersonalKind.RUC: _mask_ruc,
    PersonalKind.NAME: _mask_name,
    PersonalKind.MENTION: _mask_mention,
    PersonalKind.PHONE: _mask_number,
    PersonalKind.EMAIL: _mask_mail,
    PersonalKind.HEALTH: _mask_whole,
}
