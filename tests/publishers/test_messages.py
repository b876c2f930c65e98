"""Everything publishers and the cleaner say has its sentence in both languages."""

import re
from pathlib import Path
from string import Formatter

import pytest

from acopio.messages import catalogue

FOLDER = Path(__file__).parents[2] / "publishers"
SAID = {
    key
    for path in FOLDER.rglob("*.py")
    for key in re.findall(r'"((?:ckan|folder|clean)-[a-z-]+)"', path.read_text("utf-8"))
    if not key.endswith("-")
}
CHANGES = {
    f"change-{code}"
    for code in re.findall(
        r'(?:"change": |\()"([a-z-]+)"',
        (FOLDER / "cleaning" / "changes.py").read_text("utf-8"),
    )
}


def test_keys_were_found() -> None:
    assert {"ckan-refused", "folder-unwritable", "clean-unreadable"} <= SAID
    assert {"change-encoding", "change-title-rows", "change-cells-rejected"} <= CHANGES


@pytest.mark.parametrize("key", sorted(SAID | CHANGES))
def test_there_is_a_sentence_in_both_languages(key: str) -> None:
    message = catalogue()[key]
    places = [{name for _, name, _, _ in Formatter().parse(message[lang])} for lang in ("es", "en")]
    assert places[0] == places[1]
    assert message["es"] != message["en"]
