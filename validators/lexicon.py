"""Words that tell a person's name from a place's or an office's; one file a country."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """A country's words, folded: lower case, no accents. See ``config/<country>/persons.toml``."""

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
    own, hits = _known_words(text)
    return own > 0 and hits * 3 >= own


def is_full_name(text: str) -> bool:
    """Tell whether ``text`` reads like a name with both surnames, as places hardly ever have."""
    own, hits = _known_words(text)
    return own >= 3 and hits >= 2 and hits * 2 >= own


@lru_cache(maxsize=4096)
def _known_words(text: str) -> tuple[int, int]:
    """Return how many words could be a name's, 0 if any cannot, and how many are known ones."""
    known = lexicon()
    if len(text) > 80:
        return 0, 0
    words = fold(text.replace(",", " ").replace(".", " ")).split()
    own = [word for word in words if word not in known.particles]
    if not 1 <= len(own) <= 6 or not all(word.isalpha() for word in own):
        return 0, 0
    if known.organization.intersection(own):
        return 0, 0
    return len(own), sum(1 for word in own if word in known.given or word in known.family)
