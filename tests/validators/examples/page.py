"""docs/findings.md, made from the message catalogue, the gate's table and the examples.

``python -m tests.validators.examples.page`` writes it anew.
"""

from collections.abc import Iterator, Mapping, Sequence

from acopio.gate import PERSONS, table
from acopio.messages import LANGUAGES, about, catalogue, speaking, text
from acopio.model import Finding, Severity
from tests.sources import ROOT
from tests.validators.examples.every import EXAMPLES, PASSED_ON, described, findings_of
from tests.validators.examples.example import Example

PAGE = ROOT / "docs" / "findings.md"
_FAMILIES = {
    PERSONS: "Persons",
    "not-what-it-is": "Not what it says it is",
    "empty": "Empty, cut or not readable to the end",
    "other": "Other",
}
_TONGUES = {"es": "Español", "en": "English"}
_HEAD = """# Findings

What acopio says of files and datasets: one entry for each code, with what each gate does, the
least example that brings it about, and what the validators say of that example, in both languages.

An **error** counts against a gate by its family; a **warning** never stops a publication; **info**
is worth knowing and counts as clean. Where a version was published before, what is withheld for
anything but persons leaves that version standing.

<!-- Made by `python -m tests.validators.examples.page`. Change messages or examples instead. -->
"""


def page() -> str:
    """Return the page as it should be now."""
    return "\n".join([_HEAD, *_contents(), *_entries(), *_passed_on()]) + "\n"


def _contents() -> Iterator[str]:
    yield "| code | | severity | family |\n|---|---|---|---|"
    for code in _ordered():
        message = catalogue()[code]
        name = _named(code)["en"]
        yield f"| [{code}](#{code}) | {name} | {message['severity']} | {message['family']} |"
    yield ""


def _ordered() -> list[str]:
    """Return the codes that have an example, by family, the worst first."""
    families = list(_FAMILIES)
    severities = [Severity.ERROR, Severity.WARNING, Severity.INFO]

    def place(code: str) -> tuple[int, int, str]:
        message = catalogue()[code]
        severity = Severity(message["severity"])
        return families.index(message["family"]), severities.index(severity), code

    return sorted((code for code in described() if code in EXAMPLES), key=place)


def _entries() -> Iterator[str]:
    family = ""
    for code in _ordered():
        if catalogue()[code]["family"] != family:
            family = catalogue()[code]["family"]
            yield f"## {_FAMILIES[family]}\n"
        yield from _entry(code, EXAMPLES[code])


def _entry(code: str, example: Example) -> Iterator[str]:
    message, names = catalogue()[code], _named(code)
    found = next(one for one in findings_of(code) if one.code == code)
    yield f"### {code}\n"
    weight = f"{message['severity']}, family `{message['family']}`"
    yield f"**{names['en']}** · *{names['es']}* · {weight}\n"
    yield from _gates(message)
    yield f"{example.what}\n"
    yield "```text"
    yield from example.shown()
    yield "```\n"
    for language in LANGUAGES:
        yield from _said(found, language)
    yield ""


def _said(found: Finding, language: str) -> Iterator[str]:
    with speaking(language):
        yield f"- {_TONGUES[language]}: {_safe(about(found))} → {_safe(about(found, part='fix_'))}"


def _gates(message: Mapping[str, str]) -> Iterator[str]:
    """Yield a table of what each gate does with a resource of which this is found."""
    gates = table()
    done = [_done(rules, message) for rules in gates.values()]
    yield f"| {' | '.join(gates)} |"
    yield "|---" * len(gates) + "|"
    yield f"| {' | '.join(done)} |\n"


def _done(rules: Mapping[str, str], message: Mapping[str, str]) -> str:
    if rules.get("none") == "withhold":
        return "nothing is published"
    if message["severity"] != Severity.ERROR:
        return "published" if message["severity"] == Severity.INFO else "published with findings"
    return "withheld" if rules[message["family"]] == "withhold" else "published with findings"


def _passed_on() -> Iterator[str]:
    yield "## frictionless's own, that acopio's files do not bring about\n"
    yield "| code | when |\n|---|---|"
    for code, when in sorted(PASSED_ON.items()):
        yield f"| {code} | {when} |"


def _named(code: str) -> dict[str, str]:
    names = {}
    for language in LANGUAGES:
        with speaking(language):
            names[language] = text(f"rule-{code}")
    return names


def _safe(sentence: str) -> str:
    """Return a sentence in which Markdown sees nothing of its own."""
    return "".join("\\" + c if c in "\\`*_<>[]|" else c for c in sentence.replace("\n", " "))


def missing(codes: Sequence[str]) -> list[str]:
    """Return those of ``codes`` that have neither an example nor a reason for having none."""
    return [code for code in codes if code not in EXAMPLES and code not in PASSED_ON]


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
