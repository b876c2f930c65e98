"""What a page of links becomes: titles as an officer would write them, ids that last."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from acopio.demo.pages import LinksSite
from acopio.demo.server import Answer, Portal, Request, serve
from acopio.errors import NotThatPlatform, Unreachable
from acopio.model import BadRecord, Dataset, Incomplete, Licence, Organization, Role
from acopio.ports import Context
from tests.harvester import conformance
from tests.harvester.conformance import Listed

PAGE = "/datos/index.php"


@pytest.fixture
def lent(tmp_path: Path) -> Iterator[Context]:
    made = conformance.context(tmp_path)
    yield made
    made.http.close()


@dataclass
class Raw:
    """A site with one page of given bytes."""

    body: bytes
    media_type: str = "text/html"
    path: str = ""

    def answer(self, request: Request) -> Answer:
        return Answer(body=self.body, headers={"Content-Type": self.media_type})


def listed(lent: Context, portal: Portal, options: dict[str, Any] | None = None) -> Listed:
    with serve(portal) as url:
        source = conformance.source("html", url + PAGE, options)
        return list(conformance.harvester("html", lent).harvest(source))


def of(lent: Context, html: str, **options: Any) -> list[Dataset]:
    """Return the datasets of a page, none of which may be anything else."""
    found = listed(lent, LinksSite(pages={PAGE: html}), options)
    assert conformance.datasets(found) == found
    return conformance.datasets(found)


def titles(lent: Context, html: str, **options: Any) -> list[str]:
    return [dataset.title for dataset in of(lent, html, **options)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<tr><td>1<td>Obras públicas<td>2026<td><a href=o.csv>Descargar aquí</a>",
            "Obras públicas",
        ),
        ("<tr><td><a href=o.csv>CSV</a><td>Obras públicas", "Obras públicas"),
        ("<tr><td><a href=/ficha>Obras públicas</a><td><a href=o.csv>Excel</a>", "Obras públicas"),
    ],
)
def test_a_row_is_called_what_its_first_cell_says(lent: Context, html: str, expected: str) -> None:
    page = f"<h1>Datos</h1><table><tr><th>N°<th>Nombre</tr>{html}</table>"
    assert titles(lent, page) == [expected]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<li><a href=o.csv>Obras públicas</a> (CSV, 12 KB)", "Obras públicas"),
        ("<li>Obras públicas: <a href=o.csv>descargar</a>", "Obras públicas"),
        ("<li>• 3. Obras públicas <a href=o.csv>[CSV]</a>", "Obras públicas"),
        ("<li><a href=o.csv>CSV</a> Obras públicas", "Obras públicas"),
        ("<li>Obras públicas<ul><li><a href=o.csv>2026</a></ul>", "Obras públicas"),
        ("<li><a href=o.csv>obras_publicas.csv</a>", "Obras publicas"),
        ("<dl><dt>Obras públicas<dd><a href=o.csv>bajar</a></dl>", "Obras públicas"),
        (
            "<h3>Obras públicas</h3><p>Las del año.</p><div><a href=o.csv>Ver</a></div>",
            "Obras públicas",
        ),
        ("<h3>Obras <a href=o.csv>CSV</a></h3>", "Obras"),
        (
            "<a href=o.csv><script>x()</script>Total &lt;img src=x&gt;</a>",
            "Total <img src=x>",
        ),
        ("<a href=o.csv>» Programa «Vaso de Leche»</a>", "Programa «Vaso de Leche»"),
        ("<a href=o.csv>«Vaso de Leche» 2026 »</a>", "«Vaso de Leche» 2026 »"),
        ("<a href=o.csv>» Obras públicas ></a>", "Obras públicas"),
        ("<a href=OBRAS_PUBLICAS.csv>aquí</a>", "Obras publicas"),
        ("<a href=2026-Obras.csv>aquí</a>", "Obras 2026"),
        ("<p>Padrón al 31-08-2026 <a href=p_31-08-2026.csv>aquí</a></p>", "Padrón"),
        (f"<h3>Obras</h3><p>{'Son las obras del año. ' * 9}<a href=o.csv>aquí</a></p>", "Obras"),
    ],
)
def test_elsewhere_by_the_words_beside_the_link(lent: Context, html: str, expected: str) -> None:
    assert titles(lent, html) == [expected]


def test_what_would_be_called_alike_is_told_apart(lent: Context) -> None:
    html = "<li>Gasto <a href=a.csv>Primer trimestre</a> <a href=b.csv>Segundo trimestre</a>"
    assert titles(lent, html) == ["Gasto: Primer trimestre", "Gasto: Segundo trimestre"]
    html = "<h2>Gasto</h2><a href=enero.csv>CSV</a> <a href=febrero.csv>CSV</a>"
    assert titles(lent, html) == ["Gasto: Enero", "Gasto: Febrero"]


def test_formats_and_cuts_of_a_file_are_one_dataset(lent: Context) -> None:
    html = """<tr><td>Padrón<td><a href=p_31-08-2026.csv>CSV</a> <a href=p_31-08-2026.xlsx>Excel</a>
    <tr><td>Padrón<td><a href=p_30-09-2026.csv>CSV</a>
    <tr><td>Gasto<td><a href=2025-gasto.csv>2025</a> <a href=2026-gasto.csv>2026</a>"""
    padron, *spending = of(lent, f"<table>{html}</table>")

    assert [(each.id, each.title) for each in spending] == [
        ("2025-gasto", "Gasto: 2025"),
        ("2026-gasto", "Gasto: 2026"),
    ]
    assert padron.id == "p"
    assert [(each.name, each.format) for each in padron.resources] == [
        ("p_31-08-2026.csv", "csv"),
        ("Padrón", "xlsx"),
        ("p_30-09-2026.csv", "csv"),
    ]


@pytest.mark.parametrize("again", ["_30-09-2026", "_31-08-2026_0", "_30-09-2026_12"])
def test_the_next_cut_is_the_same_dataset_and_the_same_resource(lent: Context, again: str) -> None:
    before, after = (
        of(lent, f"<li>Padrón <a href='f/P{date}.csv?v={n}'>aquí</a>")[0]
        for n, date in enumerate(["_31-08-2026", again])
    )
    assert (before.id, before.title) == (after.id, after.title)
    assert (before.id, before.resources[0].id) == (after.id, after.resources[0].id)
    assert before.resources[0].url != after.resources[0].url


def test_numbers_of_ordinances_are_no_dates(lent: Context) -> None:
    html = "<a href=ordenanza-1234-2026.csv>Uno</a> <a href=ordenanza-1235-2026.csv>Dos</a>"
    assert len({dataset.id for dataset in of(lent, html)}) == 2


def test_an_id_is_where_the_file_is_not_how_one_gets_there(lent: Context) -> None:
    site = LinksSite(pages={PAGE: "<a href=a/Obras.csv>Obras</a>"})
    with serve(site) as one, serve(site) as other:
        pages = [conformance.source("html", url + PAGE) for url in (one, other)]
        ids = [
            each.id
            for page in pages
            for each in conformance.datasets(
                list(conformance.harvester("html", lent).harvest(page))
            )
        ]
    assert ids == ["a/obras", "a/obras"]
    assert of(lent, "<a href='/x.php?f=a.csv&PHPSESSID=7'>Obras</a>")[0].id == "/x.php?f=a.csv"


def test_a_dictionary_belongs_to_what_it_explains(lent: Context) -> None:
    html = """<table><tr><td>Obras<td><a href=o.csv>CSV</a> <a href=campos.csv>Diccionario</a>
    <tr><td>Gasto<td><a href=gasto.csv>CSV</a><tr><td>Gasto<td><a href=gasto_diccionario.csv>CSV</a>
    <tr><td>Metadatos de parques<td><a href=metadatos-parques.csv>CSV</a></table>"""
    found = {each.id: [one.role for one in each.resources] for each in of(lent, html)}
    assert found == {
        "o": [Role.DATA, Role.DICTIONARY],
        "gasto": [Role.DATA, Role.DICTIONARY],
        "parques": [Role.DICTIONARY],
    }


def test_addresses_are_read_as_browsers_do(lent: Context) -> None:
    html = r"""<base href="/archivos/"><a href=" Año 1.csv#x ">A</a> <a href="..\b.csv">B</a>
    <a href="https://otro.example/c.csv">C</a> <a href="//otro.example/d.csv">D</a>
    <a href="#">E</a> <a href="javascript:f('x.csv')">F</a> <a href="mailto:g@h.csv">G</a>
    <a href="otra.html">H</a> <a>I</a>"""
    with serve(LinksSite(pages={PAGE: html})) as url:
        source = conformance.source("html", url + PAGE)
        found = list(conformance.harvester("html", lent).harvest(source))
    assert [each.resources[0].url for each in conformance.datasets(found)] == [
        f"{url}/archivos/A%C3%B1o%201.csv",
        f"{url}/b.csv",
        "https://otro.example/c.csv",
        "http://otro.example/d.csv",
    ]
    assert conformance.datasets(found)[0].landing_page == url + PAGE


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ("Áreas".encode("latin-1"), "text/html"),
        ("Áreas".encode("latin-1"), "text/html; charset=UTF-8"),
        ("Áreas".encode(), "text/html; charset=ISO-8859-1"),
        ("Áreas".encode("cp850"), "text/html; charset=cp850"),
        (b"<meta charset=cp850>" + "Áreas".encode("cp850"), "text/html"),
        ("Áreas".encode(), "text/html; charset=punycode"),
        ("Áreas".encode("latin-1"), "text/html; charset=rot13"),
    ],
)
def test_text_is_read_whatever_it_is_declared_to_be(
    lent: Context, body: bytes, media_type: str
) -> None:
    page = b"<p>" + body + b" <a href=a.csv>CSV</a>"
    (dataset,) = conformance.datasets(listed(lent, Raw(page, media_type)))
    assert dataset.title == "Áreas"


def test_a_page_in_utf_16_is_read(lent: Context) -> None:
    (dataset,) = conformance.datasets(
        listed(lent, Raw("<p>Áreas <a href=a.csv>CSV</a>".encode("utf-16")))
    )
    assert dataset.title == "Áreas"


def test_selectors_choose_links_datasets_and_titles(lent: Context) -> None:
    html = """<div class=card><h4>Descarga</h4><b>Obras</b><a class=f href=/ver?id=1>CSV</a>
    <a class=f href=/ver?id=2>Diccionario</a></div>
    <div class=card><a class=f href=/ver?id=3>Excel</a><b>Gasto al 31-08-2026</b></div>
    <a class=f href=/ver?id=4>otro</a> <div class=card>vacío</div>"""
    works, spending = of(lent, html, links="a.f", dataset=".card", title="b")
    assert (works.id, works.title, len(works.resources)) == ("obras", "Obras", 2)
    assert [each.format for each in works.resources] == ["csv", ""]
    assert (spending.id, spending.title) == ("gasto", "Gasto")


def test_what_the_officer_knows_is_said_of_each_dataset(lent: Context) -> None:
    html = "<a href=o.csv>Obras</a> <a href=n.pdf>Norma</a>"
    options = {"licence": "odc-by", "publisher": "Municipalidad", "themes": ["Gobernabilidad"]}
    (dataset,) = of(lent, html, **options)
    assert dataset.licence == Licence(id="odc-by")
    assert dataset.publisher == Organization(title="Municipalidad")
    assert dataset.themes == ("Gobernabilidad",)
    assert titles(lent, html, formats=["pdf"]) == ["Norma"]
    by_address = of(lent, html, licence="https://opendefinition.org/licenses/odc-by/")
    assert by_address[0].licence == Licence(url="https://opendefinition.org/licenses/odc-by/")
    assert of(lent, html)[0].licence is None


@pytest.mark.parametrize("selector", ["a[[", "a:nope", ","])
def test_what_is_no_selector_is_refused_when_the_source_is_added(
    lent: Context, selector: str
) -> None:
    options = conformance.harvester("html", lent).Options
    with pytest.raises(ValueError, match="links"):
        options.model_validate({"links": selector})


def test_a_link_that_leads_nowhere_costs_only_itself(lent: Context) -> None:
    html = """<a href=o.csv>Obras</a> <a href="file:///C:/Users/vaso.xlsx">Vaso</a>
    <a href="http://yo:clave@h.example/a.csv">A</a> <a href="http://[h/b.csv">B</a>"""
    found = listed(lent, LinksSite(pages={PAGE: html}))
    bad = [each for each in found if isinstance(each, BadRecord)]
    assert [each.id for each in conformance.datasets(found)] == ["o"]
    assert len({each.id for each in bad}) == len(bad) == 3
    assert not any("clave@" in f"{each.id}{each.raw}{each.reason}" for each in bad)


def test_a_page_that_breaks_off_loses_its_last_link_and_says_so(lent: Context) -> None:
    html = "<html><li><a href=o.csv>Obras</a><li><a href=g.csv>Gas"
    found = listed(lent, LinksSite(pages={PAGE: html}))
    assert [each.id for each in conformance.datasets(found)] == ["o"]
    assert isinstance(found[-1], Incomplete)


@pytest.mark.parametrize("html", ["", "<p>Nada", "<a href=x.html>x</a>", "<a href='#'>x.csv</a>"])
def test_a_page_without_links_to_files_is_no_source(lent: Context, html: str) -> None:
    with pytest.raises(NotThatPlatform):
        listed(lent, LinksSite(pages={PAGE: html}))


def pager(pages: dict[str, str]) -> LinksSite:
    return LinksSite(pages={f"/datos/{path}": html for path, html in pages.items()})


def test_pages_are_turned_to_the_end(lent: Context) -> None:
    site = pager(
        {
            "index.php": "<a href=a.csv>Uno</a><a rel='nofollow next' href=2.php>»</a>",
            "2.php": "<a href=a.csv>Uno</a><a href=b.csv>Dos</a><a rel=next href=3.php>»</a>",
            "3.php": "<a href=c.csv>Tres</a>",
        }
    )
    found = listed(lent, site)
    assert [each.id for each in conformance.datasets(found)] == ["a", "b", "c"]
    assert len(found) == 3
    assert len(listed(lent, site, {"next": ""})) == 1


@pytest.mark.parametrize(
    "second",
    [
        "<a href=b.csv>Dos</a><a rel=next href=index.php>»</a>",
        "<a href=b.csv>Dos</a><a rel=next href=http://127.0.0.2/3.php>»</a>",
        "<a href=b.csv>Dos</a><a rel=next href=4.php>»</a>",
        "<a href=b.csv>Dos</a><a rel=next href=3.php>»</a>",
        "<html><a href=b.csv>Dos</a><a href=c.csv>Tr",
    ],
    ids=["a loop", "another site", "a dead page", "a page without links", "a page cut short"],
)
def test_a_pager_that_ends_badly_is_incomplete(lent: Context, second: str) -> None:
    first = "<a href=a.csv>Uno</a><a rel=next href=2.php>»</a>"
    found = listed(lent, pager({"index.php": first, "2.php": second, "3.php": "Sesión expirada"}))
    assert [each.id for each in conformance.datasets(found)] == ["a", "b"]
    assert isinstance(found[-1], Incomplete)
    assert found[-1].reason


def test_a_pager_without_end_is_left(lent: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acopio.harvester.html_reading._PAGES", 5)

    @dataclass
    class Endless:
        path: str = ""

        def answer(self, request: Request) -> Answer:
            page = int(request.query.get("p", "0"))
            html = f"<a href={page}.csv>Tabla {page}</a><a rel=next href=?p={page + 1}>»</a>"
            return Answer(body=html.encode())

    found = listed(lent, Endless())
    assert len(conformance.datasets(found)) == 5
    assert isinstance(found[-1], Incomplete)


def test_gone_is_what_every_file_says_of_itself(lent: Context) -> None:
    site = LinksSite(pages={PAGE: "<a href=a.csv>CSV</a><a href=a.xlsx>Excel</a>"})
    answers = {"/datos/a.csv": 410, "/datos/a.xlsx": 410}

    @dataclass
    class Gone:
        path: str = ""

        def answer(self, request: Request) -> Answer:
            status = answers.get(request.path)
            return Answer(status=status) if status else site.answer(request)

    with serve(Gone()) as url:
        kind, source = conformance.harvester("html", lent), conformance.source("html", url + PAGE)
        (dataset,) = conformance.datasets(list(kind.harvest(source)))
        assert kind.is_gone(source, dataset) is True
        answers["/datos/a.xlsx"] = 404
        assert kind.is_gone(source, dataset) is False
    assert kind.is_gone(source, dataset) is False


def test_a_host_that_went_away_is_unreachable(lent: Context) -> None:
    with serve(LinksSite()) as url:
        gone = url
    with pytest.raises(Unreachable):
        list(conformance.harvester("html", lent).harvest(conformance.source("html", gone)))
