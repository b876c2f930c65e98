"""The search index follows the catalogue, also back to an older one."""

from pathlib import Path

from sqlalchemy import delete, update

from acopio.portal.caller import PIPELINE
from acopio.store import catalog
from tests.publishers.places import PortalPlace


def found(place: PortalPlace) -> set[str]:
    answer = place.ask("package_search", {"q": "*:*"})
    return {one["name"] for one in answer["results"]}


def test_a_database_restored_from_a_backup_is_indexed_anew(tmp_path: Path) -> None:
    place = PortalPlace.at(tmp_path)
    place.ask("organization_create", {"name": "mef"}, PIPELINE)
    for name in ("uno", "dos"):
        place.ask("package_create", {"name": name, "owner_org": "mef"}, PIPELINE)
    assert found(place) == {"uno", "dos"}
    with place.site.store.write() as connection:  # as it was before "dos"
        connection.execute(delete(catalog.package).where(catalog.package.c.name == "dos"))
        connection.execute(update(catalog.sequence).values(number=1))
        connection.execute(update(catalog.package).values(sequence=1))
    assert found(place) == {"uno"}
    place.ask("package_create", {"name": "tres", "owner_org": "mef"}, PIPELINE)
    assert found(place) == {"uno", "tres"}


def test_what_is_remembered_of_a_question_ends_with_the_next_change(tmp_path: Path) -> None:
    place = PortalPlace.at(tmp_path)
    place.ask("organization_create", {"name": "mef"}, PIPELINE)
    for number in range(3):
        place.ask("package_create", {"name": f"gasto-{number}", "owner_org": "mef"}, PIPELINE)
        for _ in range(2):
            assert len(found(place)) == number + 1
    recent = {"q": "metadata_modified:[NOW-1HOUR TO NOW]"}
    assert place.ask("package_search", recent)["count"] == 3
