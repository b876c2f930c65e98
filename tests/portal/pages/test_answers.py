"""What pages say, to whom, in which language; and what strangers' texts do there: nothing."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from string import printable
from urllib.parse import quote

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from acopio.messages import catalogue
from acopio.portal.web.pages import datafiles
from acopio.portal.web.pages.rendering import POLICY
from acopio.store import datasets, schema, sequence
from tests.portal.pages import world as worlds
from tests.portal.pages.world import World, paths
from tests.portal.serving import served
from tests.sources import ROOT

TEMPLATES = sorted((ROOT / "acopio" / "portal" / "templates").glob("*.html"))
LARGEST = 100_000
STATUS = {"tombstone": 410, "missing": 404}
NAMES = sorted(paths(World(portal=None, job="x")))  # type: ignore[arg-type]


class Links(HTMLParser):
    """Every element's name and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def hrefs(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.found if tag == "a" and "href" in attrs]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_whole_small_and_guarded(world: World, name: str, language: str) -> None:
    answer = world.get(paths(world)[name], Accept_Language=language)
    assert answer.status_code == STATUS.get(name, 200)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert f'<html lang="{language}">' in answer.text
    assert len(answer.content) < LARGEST
    # No message without words, no place without a value.
    assert not re.search(
        r">\s*(page|state|outcome|status|facet|rule|verdict)-[a-z_-]+\s*<", answer.text
    )
    assert not re.search(r"\{(count|number|when|file|what|q|time|due|source|last)\}", answer.text)


@pytest.mark.parametrize("name", NAMES)
def test_no_page_runs_or_loads_anything_of_others(world: World, name: str) -> None:
    html = world.get(paths(world)[name]).text
    for tag, attrs in Links(html).found:
        assert tag not in ("script", "iframe", "object", "embed", "style", "base")
        assert not [key for key in attrs if key.startswith("on") or key == "style"]
        if tag in ("img", "link") and attrs.get("rel") != "alternate":
            assert (attrs.get("src") or attrs.get("href") or "").startswith("/static/")


def test_what_strangers_wrote_stays_text(world: World) -> None:
    pages = [f"/dataset/{worlds.HOSTILE}", f"/dataset/{worlds.HOSTILE}/report"]
    pages += [f"/dataset/{worlds.HOSTILE}/versions/1", f"/organization/{worlds.HOSTILE}"]
    pages += [f"/group/{worlds.GROUP}", "/dataset/?q=titulo"]
    for path in pages:
        html = world.get(path).text
        assert worlds.SCRIPT not in html
        assert "alert(1)" in unescape(html), f"{path} does not show it at all"
        addresses = [href.lower() for href in Links(html).hrefs()]
        assert not [one for one in addresses if not one.startswith(("/", "#", "http", "ftp:"))]


def test_links_that_strangers_gave_vouch_for_nothing(world: World) -> None:
    html = world.get(f"/dataset/{worlds.WARNED}").text
    outward = [
        attrs for tag, attrs in Links(html).found if (attrs.get("href") or "").startswith("http")
    ]
    assert outward
    assert {attrs["rel"] for attrs in outward} == {"nofollow noopener ugc"}


@pytest.mark.parametrize(
    ("asked", "headers", "language"),
    [
        ("", {}, "es"),
        ("", {"Accept-Language": "en-US,en;q=0.9,es;q=0.8"}, "en"),
        ("", {"Accept-Language": "fr, es;q=0.3"}, "es"),
        ("", {"Accept-Language": "q=;;,en;q=x"}, "es"),
        ("?lang=en", {"Accept-Language": "es"}, "en"),
        ("?lang=qu", {"Accept-Language": "en"}, "en"),
        ("", {"Accept-Language": "es", "Cookie": "lang=en"}, "en"),
        ("?lang=es", {"Cookie": "lang=en"}, "es"),
    ],
)
def test_the_reader_chooses_the_language(
    world: World, asked: str, headers: dict[str, str], language: str
) -> None:
    answer = world.get("/source/" + asked, **{"Accept-Language": "*", **headers})
    assert f'<html lang="{language}">' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_language_chosen_is_remembered_and_changes_nothing_else(world: World) -> None:
    answer = world.get("/dataset/?tags=presupuesto&q=ubigeo&lang=en")
    assert "lang=en" in answer.headers["Set-Cookie"]
    other = [href for href in Links(answer.text).hrefs() if "lang=es" in href]
    assert other == ["/dataset/?tags=presupuesto&q=ubigeo&lang=es"]


def test_a_page_known_already_is_not_sent_again(world: World) -> None:
    first = world.get("/organization/")
    again = world.get("/organization/", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert world.get("/organization/?lang=en", If_None_Match=first.headers["ETag"]).content


def test_datasets_are_counted_by_verdict(world: World) -> None:
    for word, name in {"warnings": worlds.WARNED, "errors": worlds.CROWDED}.items():
        html = world.get(f"/dataset/?acopio_verdict={word}").text
        assert f'href="/dataset/{name}"' in html
    published = world.get("/dataset/?acopio_verdict=published").text
    assert 'href="/dataset/ubigeo"' in published
    assert f'href="/dataset/{worlds.WARNED}"' not in published
    assert "Calidad: publicado" in published


def test_search_hears_of_another_verdict_though_the_dataset_is_as_it_was(world: World) -> None:
    """A new rule finds something in the same bytes."""
    store = world.portal.site.store
    number = world.portal.result("package_show", {"id": "ubigeo"})["id"]
    asked = {"q": "name:ubigeo", "fq": "acopio_verdict:errors"}
    assert world.portal.result("package_search", asked)["count"] == 0
    for errors in (1, 0):
        with store.write() as connection:
            datasets.change(connection, number, {"errors": errors})
            sequence.announce(connection, [number])
        assert world.portal.result("package_search", asked)["count"] == errors


def test_the_dataset_s_first_lines_say_whether_it_is_good(world: World) -> None:
    html = world.get(f"/dataset/{worlds.WARNED}").text
    line = " ".join(
        re.sub("<[^>]*>", "", html.partition('class="line">')[2].partition("</p>")[0]).split()
    )
    assert re.fullmatch(r"Válido(, (al día|atrasado))?, 3 advertencias, 1 aviso\.", line)
    assert html.index("<h1>") < html.index('class="verdict') < html.index('id="archivos"')
    assert html.index('id="archivos"') < html.index('id="informe"') < html.index('id="filas"')


def test_every_download_a_dataset_offers_can_be_had(world: World) -> None:
    html = world.get(f"/dataset/{worlds.WARNED}").text
    offered = [a["href"] for _, a in Links(html).found if "download" in a and a["href"]]
    assert len(offered) >= 5
    for path in offered:
        assert world.get(path).status_code == 200, path


@pytest.mark.parametrize("name", ["dataset", "source", "job", "organization", "home", "search"])
def test_every_link_of_ours_leads_somewhere(world: World, name: str) -> None:
    html = world.get(paths(world)[name]).text
    ours = {href.partition("#")[0] for href in Links(html).hrefs() if href.startswith("/")}
    assert len(ours) > 8
    for path in sorted(ours):
        assert world.get(path).status_code in (200, 302, 304, 410), path


def test_a_report_has_each_rule_once_with_its_remedy_and_all_cases(world: World) -> None:
    html = world.get(f"/dataset/{worlds.WARNED}/report").text
    codes = re.findall(r'id="regla-([a-z0-9-]+)"', html)
    expected = ["decimal-comma", "delimiter-not-comma", "dictionary-missing", "encoding-not-utf8"]
    assert sorted(codes) == expected
    assert html.count("Cómo corregirlo:") == 4
    crowded = f"/dataset/{worlds.CROWDED}/report?regla=regla-1&pagina="
    assert world.get(crowded + "1").text.count("<li>") >= 25


def test_every_rule_has_a_name() -> None:
    rules = {key for key, message in catalogue().items() if "severity" in message}
    assert rules
    assert {code for code in rules if f"rule-{code}" not in catalogue()} == set()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda path: path.name)
def test_templates_say_only_what_the_catalogue_has(file: Path) -> None:
    text = file.read_text("utf-8")
    said = set(re.findall(r"\b(?:t|said|counted)\('([a-z][A-Za-z0-9_-]*[a-z0-9])'[,)]", text))
    counted = set(re.findall(r"\bcounted\('([a-z][a-z-]*[a-z])',", text))
    assert said | {f"many-{noun}" for noun in counted} <= set(catalogue())
    # What a template writes itself is no language's.
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>|&\w+;", " ", text, flags=re.DOTALL)
    words = set(re.findall(r"[A-Za-zÁÉÍÓÚáéíóúñ]{3,}", bare))
    names = {"CKAN", "JSON", "DCAT", "Turtle", "Data", "Package", "SHA", "data", "json"}
    code = {
        "acopio", "run", "source", "add", "FILE", "plan", "show", "ckanapi", "pandas", "Python",
        "DuckDB", "SQL", "import", "from", "RemoteCKAN", "portal", "action", "SELECT", "FROM",
        "LIMIT", "read", "csv", "limit", "package", "datastore", "search", "resource",
    }  # fmt: skip
    assert words - names - code == set()


def test_withheld_says_why_and_nothing_of_what_is_in_it(world: World) -> None:
    answer = world.get(f"/dataset/{worlds.WITHHELD}")
    assert answer.status_code == 200
    for said in (
        "Padrón de beneficiarios",
        "Ministerio de muestra",
        "datos personales",
        "automática",
    ):
        assert said in answer.text
    assert not re.search(r"\d{8}|\d?\*\*+\d?", answer.text)


def test_what_an_officer_withholds_is_not_said_to_have_failed_the_checks(world: World) -> None:
    store = world.portal.site.store
    with store.write() as connection:
        row = schema.dataset.c
        of_it = row.name == worlds.WITHHELD
        number = connection.execute(select(row.id).where(of_it)).scalar_one()
        datasets.change(connection, number, {"ruling": '{"action": "withhold"}'})
    ruled = world.get(f"/dataset/{worlds.WITHHELD}").text
    with store.write() as connection:
        datasets.change(connection, number, {"ruling": None})
    assert "un oficial de datos dispuso no publicarlo" in ruled
    assert "no pasó la revisión" not in ruled
    assert "no pasó la revisión" in world.get(f"/dataset/{worlds.WITHHELD}").text


def test_a_tombstone_keeps_the_hashes(world: World) -> None:
    answer = world.get(f"/dataset/{worlds.WITHDRAWN}")
    assert answer.status_code == 410
    assert re.search(r'<code class="hash">[0-9a-f]{64}</code>', answer.text)
    assert "La fuente ya no lo lista." in answer.text


def test_ids_lead_to_names(world: World) -> None:
    package = world.portal.result("package_show", {"id": worlds.WARNED})
    answer = world.get(f"/dataset/{package['id']}?tabla=x")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/dataset/{worlds.WARNED}?tabla=x",
    )
    resource = package["resources"][1]["id"]
    answer = world.get(f"/dataset/{worlds.WARNED}/resource/{resource}")
    assert answer.headers["Location"].startswith(f"/dataset/{worlds.WARNED}#archivo-")


def test_what_is_private_is_as_if_it_were_not(world: World) -> None:
    owner = {"owner_org": worlds.HOSTILE, "private": True}
    world.portal.result("package_create", {"name": "secreto", **owner}, "sysadmin")
    nothing = world.get("/dataset/secreta")
    assert world.get("/dataset/secreto").status_code == nothing.status_code == 404


def test_a_thousand_files_are_cut_into_pages(world: World) -> None:
    last = world.get(f"/dataset/{worlds.CROWDED}?archivos=67")
    assert "Archivo 999" in last.text
    beyond = world.get(f"/dataset/{worlds.CROWDED}?archivos=68")
    assert beyond.status_code == 200
    assert "la última es la 67" in beyond.text


def test_the_rows_of_a_table_are_counted_once(world: World) -> None:
    assert world.get(f"/dataset/{worlds.WARNED}").status_code == 200
    counted = datafiles._counted.cache_info()
    assert world.get(f"/dataset/{worlds.WARNED}").status_code == 200
    again = datafiles._counted.cache_info()
    assert again.misses == counted.misses
    assert again.hits > counted.hits


@pytest.mark.parametrize(
    "path",
    [f"/dataset/{worlds.WARNED}?pagina=999", f"/dataset/{worlds.CROWDED}?archivos=999",
     "/organization/?page=999", f"/dataset/{worlds.WARNED}/versions?pagina=999",
     "/dataset/?page=999", f"/source/{worlds.SOURCE}?pagina=999",
     "/job/{job}?page=999"],
)  # fmt: skip
def test_a_page_beyond_the_last_says_so_and_leads_to_the_first(world: World, path: str) -> None:
    answer = world.get(path.format(job=world.job))
    assert answer.status_code == 200
    assert "No hay nada en esta página; la última es la" in answer.text
    (first,) = re.findall(r'href="([^"]*)">Ir a la primera', answer.text)
    shown = world.get(unescape(first).partition("#")[0])
    assert shown.status_code == 200
    assert "No hay nada en esta página" not in shown.text


@pytest.mark.parametrize(
    ("sort", "direction"), [("", "other"), ("title", "ascending"), ("findings", "descending")]
)
def test_a_sorted_column_tells_its_direction(world: World, sort: str, direction: str) -> None:
    html = world.get(f"/job/{world.job}?sort={sort}").text
    assert re.findall('aria-sort="([a-z]+)"', html) == [direction]


def test_robots_and_browsers_find_what_they_ask_for_by_custom(world: World) -> None:
    robots = world.get("/robots.txt")
    assert (robots.status_code, robots.text) == (200, "User-agent: *\nDisallow:\n")
    icon = world.get("/favicon.ico")
    assert icon.status_code == 302
    assert world.get(icon.headers["Location"]).headers["Content-Type"] == "image/svg+xml"


def test_a_run_s_counts_lead_to_what_they_count(world: World) -> None:
    html = world.get(f"/job/{world.job}").text
    links = [href for href in Links(html).hrefs() if "outcome=withheld" in href]
    assert links
    shown = world.get(links[0].partition("#")[0]).text
    assert worlds.WITHHELD in shown
    assert f'href="/dataset/{worlds.WARNED}"' not in shown


def test_first_rows_come_in_pages(world: World) -> None:
    second = world.get(f"/dataset/{worlds.WARNED}?pagina=2").text
    rows = second.partition('id="filas"')[2]
    assert re.findall(r'rowheader" class="num">(\d+)<', rows) == [str(n) for n in range(11, 21)]


def test_the_style_sheet_may_be_kept_for_ever(world: World) -> None:
    (path,) = re.findall(r'href="(/static/[0-9a-f]+/acopio.css)"', world.get("/").text)
    answer = world.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"].startswith("text/css")
    older = world.get("/static/000000000000/acopio.css")
    assert (older.status_code, older.headers["Cache-Control"]) == (200, "no-cache")
    assert world.get("/static/x/..%2fapp.py").status_code == 404


PARAMETERS = [
    "q", "page", "sort", "tags", "organization", "res_format", "license_id", "groups", "lang",
    "archivos", "tabla", "pagina", "regla", "outcome",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=60),
    st.text(printable, max_size=60),
    st.sampled_from(
        ["-1", "0", "1e9", "9" * 30, "²", "a:b", '"', "[* TO", "\x00", "title:(", "x" * 9000]
    ),
)


@given(
    name=st.sampled_from([name for name in NAMES if name not in STATUS]),
    query=st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=5),
)
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_query_breaks_a_page(world: World, name: str, query: list[tuple[str, str]]) -> None:
    given = "&".join(f"{key}={quote(value, errors='replace')}" for key, value in query)
    path = paths(world)[name].partition("?")[0]
    answer = world.get(f"{path}?{given}")
    assert answer.status_code in (200, 400), given
    assert len(answer.content) < LARGEST


@pytest.mark.parametrize("letter", ["x", "á", "𝄞"])
@pytest.mark.parametrize("path", ["/dataset/", "/", "/organization/ministerio-de-muestra"])
def test_a_search_of_many_and_long_values_stays_small(world: World, path: str, letter: str) -> None:
    values = [f"tags={quote(letter * 90 + str(n))}" for n in range(30)]
    values += [f"organization={quote(letter * 200)}"] * 3 + [f"q={quote(letter * 600)}"]
    answer = world.get(f"{path}?{'&'.join(values)}")
    assert answer.status_code == 200
    assert len(answer.content) < LARGEST
    assert answer.text.count('<span aria-hidden="true">\N{MULTIPLICATION SIGN}</span>') in range(
        1, 7
    )


def test_a_long_search_has_fewer_values_to_filter_by(world: World) -> None:
    brief, long = (
        world.get(f"/dataset/?q={quote(' '.join(['muchos'] * times))}").text.count("nofollow")
        for times in (1, 40)
    )
    assert 0 < long < brief


@pytest.mark.parametrize(
    "path",
    [
        "/dataset/%00", "/dataset/" + "x" * 5000, "/dataset/%ff%fe", "/dataset/a%2Fb", "/job/%00",
        f"/dataset/{worlds.WARNED}/versions/{10**30}", f"/dataset/{worlds.WARNED}/versions/0",
        f"/dataset/{worlds.WARNED}/versions/" + "9" * 5000,
        f"/dataset/{worlds.WARNED}/versions/9999999999",
        f"/dataset/{worlds.WARNED}/versions/%C2%B2", f"/dataset/{worlds.WARNED}/versions/-1",
        f"/dataset/{worlds.WARNED}/resource/x", "/organization/%00", "/group/x", "/source/x",
        "/nada",
        "/dataset/<script>alert(1)</script>",
    ],
)  # fmt: skip
def test_an_address_of_nothing_says_so_and_offers_a_search(world: World, path: str) -> None:
    answer = world.get(path)
    assert answer.status_code == 404
    assert 'action="/dataset/"' in answer.text
    assert "<script>" not in answer.text


def test_programs_are_told_of_nothing_and_of_wrong_methods_in_json(world: World) -> None:
    assert world.get("/api/nada").json() == {"detail": "Not Found"}
    refused = requests.delete(world.portal.url + "/dataset/", timeout=60)
    allowed = set(refused.headers["Allow"].split(", "))
    assert (refused.status_code, allowed) == (405, {"GET", "HEAD"})


def test_a_fault_of_ours_is_a_page_too_and_tells_no_secret(tmp_path: Path) -> None:
    """A table is gone from under a portal that runs."""
    with served(tmp_path) as portal:
        with portal.site.store.write() as connection:
            connection.execute(text("DROP TABLE harvest_source"))
        answer = requests.get(f"{portal.url}/source/?lang=en", timeout=60)
    assert answer.status_code == 500
    assert "The portal could not show this page" in answer.text
    assert "harvest_source" not in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY
