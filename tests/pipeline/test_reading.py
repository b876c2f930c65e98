"""What an officer says of how a source's tables are written is followed, and judges them anew."""

from acopio.model import Reading
from tests.pipeline.world import Shelf, World

# The á of DOS, which under Windows is a hard space: the bytes alone do not tell them apart.
DOS = b"p\xa0gina;cu\xa0nto\n2024;1\n2025;2\n"


def columns(here: World) -> list[str]:
    """Return the names of the columns of what is published."""
    (release,) = Shelf.shown.values()
    (resource,) = release.resources
    assert resource.schema is not None
    return [field["name"] for field in resource.schema["fields"]]


def test_a_reading_that_changes_judges_what_seemed_unchanged(here: World) -> None:
    here.fill(1)
    here.put(0, DOS)
    here.change(recheck_days=30)
    assert here.run()["counts"]["created"] == 1
    assert columns(here) == ["p\u00a0gina", "cu\u00a0nto"]
    assert here.run()["counts"]["unchanged"] == 1
    here.change(reading=Reading(encoding="cp850"))
    assert here.run()["counts"]["updated"] == 1
    assert columns(here) == ["página", "cuánto"]
    assert here.run()["counts"]["unchanged"] == 1
