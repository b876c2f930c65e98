"""Everything said to people is in the catalogue, once, in both languages."""

import tomllib
from collections import Counter
from string import Formatter

import pytest

from acopio import errors
from acopio.messages import LANGUAGES, catalogue, said, speaking, spoken, stored, text
from tests.sources import ROOT, calls, modules

FILES = sorted((ROOT / "config" / "messages").glob("*.toml"))
MESSAGES = {
    key: message
    for file in FILES
    for key, message in tomllib.loads(file.read_text("utf-8")).items()
}
# Called with the key of a message first.
SPEAKERS = {
    "text",
    "said",
    "_no",
    "_problem",
    *(n for n, v in vars(errors).items() if isinstance(v, type)),
}


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_the_catalogue_is_these_files() -> None:
    assert catalogue() == MESSAGES


def test_no_key_stands_in_two_files() -> None:
    counted = Counter(key for file in FILES for key in tomllib.loads(file.read_text("utf-8")))
    assert [key for key, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_message_says_the_same_in_both_languages(key: str) -> None:
    message = MESSAGES[key]
    for part in ("", "fix_"):
        said = [message[part + language] for language in LANGUAGES if part + language in message]
        assert len(said) in ({2} if not part else {0, 2}), f"{key}: a language is missing"
        assert all(said), f"{key}: an empty sentence"
        assert len({frozenset(places(sentence)) for sentence in said}) <= 1, key


@pytest.mark.parametrize("name", sorted(modules()))
def test_every_key_used_is_in_the_catalogue(name: str) -> None:
    used = {key for function, key in calls(modules()[name]) if function in SPEAKERS}
    # A generic helper called ``text`` may be something else's: keys are words joined by hyphens.
    keys = {key for key in used if "-" in key and key.replace("-", "").isalnum()}
    assert keys <= set(MESSAGES), f"not in config/messages: {keys - set(MESSAGES)}"


def test_a_reason_within_a_reason_speaks_the_readers_language() -> None:
    error = errors.BadAnswer("listing-endless", records=7)
    inner = said("record-not-served", {"position": 3, "reason": stored(error)})
    kept = said("listing-incomplete", {"reason": inner})
    for language, word in (("es", "registro número 3"), ("en", "record number 3")):
        with speaking(language):
            sentence = spoken(kept)
            assert sentence is not None
            assert word in sentence
            assert text("listing-endless", {"records": 7}) in sentence
            assert "{" not in sentence


@pytest.mark.parametrize(
    "reason",
    [
        "El portal no responde.",
        "",
        '{"key": ',
        '{"key": []}',
        '{"key": "job-cancelled"}',
        '{"key": "job-cancelled", "params": 1}',
        '{"key": ' + "[" * 100_000,
    ],
)
def test_a_reason_in_plain_words_stays_as_it_is(reason: str) -> None:
    assert reason in (spoken(said("listing-incomplete", {"reason": reason})) or "")
