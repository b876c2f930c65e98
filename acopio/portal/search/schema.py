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

# A longer value is not looked for as a whole.
LONGEST_EXACT = 1_000
_ANALYZER = "words"

# Spanish plurals, before accents go: interés is none. Snowball takes them for verbs (hogares).
_PLURALS = (
    (re.compile(r"[sS]\b(?<=\w(?:\w[aoAO]|[aeiouAEIOU][eE])\w)"), ""),
    (re.compile(r"[eE][sS]\b(?<=\w[b-df-hj-np-tv-zB-DF-HJ-NP-TV-ZñÑ]\w\w)"), ""),
    (re.compile(r"[zZ]\b"), "c"),
)


def schema() -> Schema:
    """Return tantivy's schema of the fields above."""
    builder = SchemaBuilder()
    for name in (*EXACT, OTHERS, TITLE_ORDER):
        builder.add_text_field(
            name, stored=name == "id", fast=True, tokenizer_name="raw", index_option="basic"
        )
    for name in (PRESENT, KIND):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in TEXT:
        builder.add_text_field(name, tokenizer_name=_ANALYZER)
    builder.add_json_field(EXTRAS, tokenizer_name=_ANALYZER)
    for name in (*DATES, *NUMBERS):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field(SEQUENCE, stored=True)
    return builder.build()


@cache
def _analyzer() -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(r"[\p{L}\p{M}]+|\p{N}+"))
    for step in (
        Filter.lowercase(),
        Filter.ascii_fold(),
        Filter.stemmer("spanish"),
        Filter.stemmer("english"),
        Filter.remove_long(100),
    ):
        builder = builder.filter(step)
    return builder.build()


def register(index: Index) -> None:
    """Tell an index how text is cut into words; needed each time it is opened."""
    index.register_tokenizer(_ANALYZER, _analyzer())


def singular(text: str) -> str:
    """Return text ready for the analyzer: composed, valid, Spanish plurals made singular."""
    text = normalize("NFC", valid(text)).replace("_", " ")
    for plural, without in _PLURALS:
        text = plural.sub(without, text)
    return text


def words(text: str) -> list[str]:
    """Return the words of ``text`` as they stand in the index."""
    return _analyzer().analyze(singular(text))


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
