"""Words that tell a person's name from a place's or an office's; one file a country."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[a-z0-9]+")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """A country's words, folded: lower case, no accents. See ``config/<country>/persons.toml``.

    ``people`` are the names, given and of families.
    """

    identity: frozenset[str]
    document: frozenset[str]
    ruc: frozenset[str]
    never: frozenset[str]
    doubtful: frozenset[str]
    number: frozenset[str]
    paper: frozenset[str]
    names: frozenset[str]
    maybe_names: frozenset[str]
    not_names: frozenset[str]
    private: frozenset[str]
    contact: frozenset[str]
    office: frozenset[str]
    holders: frozenset[str]
    phone: frozenset[str]
    mobile: frozenset[str]
    health: frozenset[str]
    counts: frozenset[str]
    given: frozenset[str]
    family: frozenset[str]
    people: frozenset[str]
    organization: frozenset[str]
    particles: frozenset[str]
    providers: frozenset[str]
    illness: frozenset[str]


@cache
def lexicon(country: str = "peru") -> Lexicon:
    """Return the words of ``country``, a folder of the configuration."""
    text = files("acopio.config").joinpath(country).joinpath("persons.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    words = {**tables["columns"], **tables["words"]}
    words["people"] = [*words["given"], *words["family"]]
    return Lexicon(**{name: frozenset(map(fold, listed)) for name, listed in words.items()})


def fold(text: str) -> str:
    """Return ``text`` in lower case and without accents; ñ becomes n."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def name_words(label: str) -> frozenset[str]:
    """Return the words of a column's name, and the name run together: ``NRO_DNI``, ``nroDni``."""
    words = _WORD.findall(fold(_CAMEL.sub(" ", label)))
    return frozenset([*words, "".join(words)])


def is_person(text: str) -> bool:
    """Tell whether ``text`` reads like a person's name, or a part of one."""
    return name_in(text) > 0


def is_full_name(text: str) -> bool:
    """Tell whether ``text`` reads like a name with both surnames, as places hardly ever have."""
    return name_in(text) > 1


def name_in(text: str) -> int:
    """Return 2 for a text that reads like a full name, 1 for one like a part of one, else 0."""
    known = lexicon()
    if len(text) > _LONGEST_NAME:
        return 0
    words = fold(text.replace(",", " ").replace(".", " ")).split()
    if known.people.isdisjoint(words):
        # Nearly all prose.
        return 0
    own = [word for word in words if word not in known.particles]
    if not 1 <= len(own) <= 6 or not all(word.isalpha() for word in own):
        return 0
    if known.organization.intersection(own):
        return 0
    hits = sum(1 for word in own if word in known.people)
    if len(own) >= 3 and hits >= 2 and hits * 2 >= len(own):
        return 2
    return 1 if hits * 3 >= len(own) else 0
