"""The fields a dataset is indexed under, and how their text is cut into words.

Raise ``VERSION`` whenever a dataset would be indexed otherwise: the index is then made anew.
"""

import re
from functools import cache
from unicodedata import normalize

from tantivy import (
    Filter,
    Index,
    Schema,
    SchemaBuilder,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Tokenizer,
)

VERSION = 1

# Matched as they are, capitals and accents too; each can be counted for facets.
EXACT = ("id", "name", "tags", "groups", "organization", "res_format", "license_id")
# Cut into words, which are folded and stemmed. ``text`` holds what ``ANYWHERE`` does not name.
TEXT = (
    "title", "notes", "text", "res_name", "res_description",
    "author", "author_email", "maintainer", "maintainer_email",
)  # fmt: skip
# Microseconds since 1970.
DATES = ("metadata_created", "metadata_modified")
NUMBERS = ("num_resources", "num_tags")
# What a word without a field is looked for in, and how much it weighs there, as CKAN has it.
ANYWHERE = {"title": 4.0, "notes": 1.0, "text": 1.0}
ANYWHERE_EXACT = {"name": 4.0, "tags": 2.0, "groups": 2.0}

# The acopio's own: everything else a package says about itself, as ``key`` SEPARATOR ``value``...
OTHERS = "others"
SEPARATOR = "\x1f"
# ... the words of its extras, by key; the names of the fields that have a value; and what the
# documents are: the datasets, and one that says up to which change of the catalogue they stand.
EXTRAS = "extras"
PRESENT = "present"
KIND, DATASET, STAND = "kind", "dataset", "stand"
SEQUENCE = "sequence"
TITLE_ORDER = "title_order"
# An order that differs for any two, where all else is equal.
TIE = "tie"
STORED = ("id", "name", "organization", TITLE_ORDER)

# A longer value is not looked for as a whole.
LONGEST_EXACT = 1_000
_STEMMED, _WHOLE = "stemmed", "whole"
_LONGEST_WORD = 100

# Plurals, Spanish first, before accents go (interés is none): Snowball takes them for verbs. What
# is left of luces, luz and of cities, city is alike then. Digits stand apart: covid19, COVID-19.
_ENDS = "dlnrcjsxyzDLNRCJSXYZ"  # what a Spanish word whose plural has -es may end in
_OTHERS = "bfghkmpqtvwñBFGHKMPQTVWÑ"
_PLAIN = (
    (re.compile(rf"[sS]\b(?<=\w(?:\w[aoAO]|[^{_ENDS}\W][eE]|\w(?![sS])[{_ENDS}{_OTHERS}])\w)"), ""),
    (re.compile(rf"[eE][sS]\b(?<=\w[{_ENDS}]\w\w)"), ""),
    (re.compile(r"[zZ]\b"), "c"),
    (re.compile(r"[yY]\b"), "i"),
    (re.compile(r"[0-9]+"), r" \g<0> "),
)


def schema() -> Schema:
    """Return tantivy's schema of the fields above."""
    builder = SchemaBuilder()
    for name in (*EXACT, OTHERS, TITLE_ORDER):
        builder.add_text_field(
            name, stored=name in STORED, fast=True, tokenizer_name="raw", index_option="basic"
        )
    builder.add_text_field(KIND, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(PRESENT, tokenizer_name="whitespace", index_option="basic")
    for name in TEXT:
        builder.add_text_field(name, tokenizer_name=_STEMMED)
        builder.add_text_field(whole(name), tokenizer_name=_WHOLE, index_option="basic")
    builder.add_json_field(EXTRAS, tokenizer_name=_STEMMED)
    for name in (*DATES, *NUMBERS):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field(TIE, fast=True)
    builder.add_integer_field(SEQUENCE, stored=True)
    return builder.build()


def whole(field: str) -> str:
    """Return the column that has the words of a text field as they are, not their stems."""
    return f"{field}_whole"


@cache
def _stemming() -> TextAnalyzer:
    return _analyzer(Filter.stemmer("spanish"))


def _analyzer(*steps: Filter) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    first = (Filter.remove_long(_LONGEST_WORD), Filter.lowercase(), Filter.ascii_fold())
    for step in (*first, *steps):
        builder = builder.filter(step)
    return builder.build()


def register(index: Index) -> None:
    """Tell an index how text is cut into words; needed each time it is opened."""
    index.register_tokenizer(_STEMMED, _stemming())
    index.register_tokenizer(_WHOLE, _analyzer())


def plain(text: str) -> str:
    """Return text as the analyzer for stems wants it: composed, in the singular."""
    text = normalize("NFC", text).replace("_", " ")
    for found, instead in _PLAIN:
        text = found.sub(instead, text)
    return text


def words(text: str) -> list[str]:
    """Return the stems of the words of ``text``, as they stand in the index."""
    return _stemming().analyze(plain(valid(text)))


def folded(text: str) -> str:
    """Return text in small letters, without accents: what is sorted and compared by."""
    letters = normalize("NFKD", valid(text).casefold())
    return re.sub(r"[\u0300-\u036f]", "", letters)


def valid(text: str) -> str:
    """Return text that can be written as UTF-8: JSON may hold half of a surrogate pair."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def other(key: str, value: str) -> str:
    """Return the term that stands for ``key: value`` in ``OTHERS``."""
    return f"{key}{SEPARATOR}{value}"
