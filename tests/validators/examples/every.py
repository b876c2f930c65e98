"""Every finding's least example: what docs/findings.md shows, and a test of each code."""

from collections.abc import Mapping, Sequence
from functools import cache

from acopio.messages import catalogue
from acopio.model import Finding
from tests.validators.examples import access, datasets, files, formats, own_rules, tables, values
from tests.validators.examples.example import Example

EXAMPLES: Mapping[str, Example] = {
    **access.CASES,
    **files.CASES,
    **formats.CASES,
    **tables.CASES,
    **values.CASES,
    **own_rules.CASES,
    **datasets.CASES,
}

# What frictionless can say of other people's data packages, and acopio passes on if it ever does.
PASSED_ON: Mapping[str, str] = {
    "blank-header": "A header row without a name; acopio looks for the header below it.",
    "hash-count": "A package declares another hash; acopio declares none to frictionless.",
    "byte-count": "A package declares another size; acopio declares none to frictionless.",
    "field-count": "A package declares another number of columns; acopio declares none.",
    "row-count": "A package declares another number of rows; acopio declares none.",
    "error": "frictionless's own last resort, for what it has no other code for.",
    "source-error": "A source frictionless cannot read; acopio has read it before.",
    "scheme-error": "An address frictionless cannot open; acopio gives it files.",
    "format-error": "A format frictionless does not know; acopio gives it tables alone.",
    "encoding-error": "Bytes that are not in the encoding given; acopio decides by all of them.",
    "compression-error": "An archive that cannot be unpacked; acopio unpacks by itself.",
    "resource-error": "A descriptor frictionless refuses; acopio makes it.",
}


@cache
def findings_of(code: str) -> Sequence[Finding]:
    """Return all that is found in the example of ``code``; judged once."""
    return EXAMPLES[code].findings()


def described() -> list[str]:
    """Return the codes of the message catalogue's findings, sorted."""
    return sorted(code for code, message in catalogue().items() if "severity" in message)
