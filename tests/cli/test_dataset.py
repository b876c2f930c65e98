"""``acopio dataset``: what is known of each, in documents and in words."""

from tests.cli.desk import Desk


def test_the_list_has_every_dataset_with_what_became_of_it(harvested: Desk) -> None:
    found = harvested.json("dataset", "list")["datasets"]
    assert [one["name"] for one in found] == [f"conjunto-{n}" for n in range(5)]
    assert [one["outcome"] for one in found] == ["created"] * 3 + ["withheld"] * 2
    assert {one["source"] for one in found} == {"muni"}
    assert found[0]["findings"] == {"error": 0, "warning": 0, "info": 1}
    assert found[2]["findings"]["error"] == 1
    assert found[3]["reason"]


def test_the_list_is_narrowed_by_source_and_outcome(harvested: Desk) -> None:
    withheld = harvested.json("dataset", "list", "--source", "muni", "--outcome", "withheld")
    assert [one["name"] for one in withheld["datasets"]] == ["conjunto-3", "conjunto-4"]
    assert harvested.json("dataset", "list", "--outcome", "failed") == {"datasets": []}
    assert harvested.type("dataset", "list", "--source", "nadie").exit_code == 2
    assert harvested.type("dataset", "list", "--outcome", "bad").exit_code == 2


def test_one_dataset_is_shown_with_its_places_files_and_findings(harvested: Desk) -> None:
    one = harvested.json("dataset", "show", "conjunto-2")
    (publication,) = one["publications"]
    assert (publication["target"], publication["state"]) == ("carpeta", "active")
    assert publication["url"].endswith("/published/conjunto-2")
    (resource,) = one["resources"]
    assert resource["url"] == f"{harvested.url}/f/2.csv"
    assert (len(resource["sha256"]), resource["published"]) == (64, True)
    codes = [finding["code"] for finding in one["findings_list"]]
    assert codes == ["dictionary-missing", "extra-cell"]
    assert harvested.json("dataset", "show", one["id"]) == one
    assert harvested.type("dataset", "show", "nada", "--json").exit_code == 2


def test_people_read_it(harvested: Desk) -> None:
    told = harvested.type("dataset", "list").stdout
    assert "retenido" in told
    page = harvested.type("dataset", "show", "conjunto-3").stdout
    assert page.startswith("Conjunto 3 (conjunto-3)\n")
    assert "Sin copia publicada" in page
    assert "no es lo que dice ser" in page
    assert "html-instead-of-data" in page
    assert "With a published copy" in harvested.type(
        "dataset", "show", "conjunto-0", ACOPIO_LANG="en"
    ).stdout  # fmt: skip
    assert "acopio job list" in harvested.type("dataset", "list", "--outcome", "failed").stdout
