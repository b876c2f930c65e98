import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.config.entities import _aliases, _entities, _plain, organization_of
from acopio.model import Dataset, Organization, Source


def organization(publisher: Organization | None, owner: str = "from-publisher") -> Organization:
    source = Source(
        name="nacional", kind="ckan", url="https://x.example", owner=owner, title="PNDA"
    )
    return organization_of(source, Dataset(id="1", title="t", publisher=publisher), "peru")


@pytest.mark.parametrize(
    "title",
    [
        "Ministerio de Salud",
        "MINISTERIO  DE SALUD.",
        "minsa",
        "Ministerio de Salud - MINSA",
        "Ministerio de Salud (MINSA)",
        "Vacunación - [Ministerio de Salud - MINSA]",
        "Dirección General de Epidemiología [MINSA]",
    ],
)
def test_an_entity_is_known_by_every_name_it_goes_by(title: str) -> None:
    expected = Organization(name="minsa", title="Ministerio de Salud")
    assert organization(Organization(title=title)) == expected


def test_accents_do_not_matter() -> None:
    for title in ("Ministerio de Economia y Finanzas", "MINISTERIO DE ECONOMÍA Y FINANZAS"):
        assert organization(Organization(title=title)).name == "mef"


def test_the_name_helps_where_the_title_does_not() -> None:
    assert organization(Organization(name="mef", title="Portal de datos")).name == "mef"


def test_a_unit_is_not_taken_for_the_entity_it_belongs_to() -> None:
    own = organization(Organization(title="Hospital de la Costa - MINSA"))
    assert own.name == "hospital-de-la-costa-minsa"


def test_an_unknown_publisher_keeps_its_own_name() -> None:
    own = organization(Organization(name="muni-norte", title="Municipalidad  del Norte"))
    assert own == Organization(name="muni-norte", title="Municipalidad del Norte")


@pytest.mark.parametrize("publisher", [None, Organization(), Organization(title="市役所")])
def test_without_a_usable_publisher_the_source_is_the_organization(
    publisher: Organization | None,
) -> None:
    assert organization(publisher) == Organization(name="nacional", title="PNDA")


def test_a_fixed_owner_wins() -> None:
    publisher = Organization(title="Ministerio de Salud")
    assert organization(publisher, "mef").title == "Ministerio de Economía y Finanzas"
    assert organization(publisher, "otra") == Organization(name="otra", title="PNDA")
    assert organization(publisher, "").name == "nacional"


def test_no_alias_names_two_entities() -> None:
    entities = _entities("peru")
    assert len(entities) >= 40
    for slug, entity in entities.items():
        for alias in (slug, entity["title"], *entity["aliases"]):
            assert _aliases("peru")[_plain(alias)].name == slug, alias


@given(st.builds(Organization, name=st.text(), title=st.text()))
def test_the_name_is_always_a_slug(publisher: Organization) -> None:
    name = organization(publisher).name
    assert 1 < len(name) <= 100
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert name.strip("-") == name
