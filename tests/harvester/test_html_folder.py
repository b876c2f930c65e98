"""Folder listings as web servers write them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from acopio.demo.pages import FolderSite, LinksSite
from acopio.demo.server import Body, Portal, serve
from acopio.errors import NotThatPlatform
from acopio.messages import spoken
from acopio.model import Dataset, Incomplete
from acopio.ports import Context
from tests.harvester import conformance
from tests.harvester.conformance import Listed

APACHE = """<html><head><title>Index of /datos</title></head><body><h1>Index of /datos</h1>
<table><tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
<tr><td><a href="/">Parent Directory</a></td><td>&nbsp;</td><td align="right">  - </td></tr>
<tr><td><a href="2026/">2026/</a></td><td align="right">2026-10-01 12:00  </td><td>  - </td></tr>
<tr><td><a href="OBRAS.csv">OBRAS.csv</a></td><td>2026-10-01 12:00  </td><td>1.5K</td></tr>
<tr><td><a href="LEEME.txt">LEEME.txt</a></td><td>2026-09-01 12:00  </td><td>10</td></tr>
<tr><td><a href="/otros/x.csv">x.csv</a></td><td>2026-09-01 12:00  </td><td>10</td></tr>
</table></body></html>"""
NGINX = """<html><head><title>Index of /datos/</title></head><body>
<h1>Index of /datos/</h1><hr><pre><a href="../">../</a>
<a href="2026/">2026/</a>               01-Oct-2026 12:00       -
<a href="OBRAS.csv">OBRAS.csv</a>       01-Oct-2026 12:00    1536
</pre><hr></body></html>"""
LIGHTTPD = """<!DOCTYPE html><html><head><title>Index of /datos/</title></head><body>
<h2>Index of /datos/</h2><table><tbody>
<tr class="d"><td class="n"><a href="../">..</a>/</td><td class="m">&nbsp;</td></tr>
<tr class="d"><td class="n"><a href="2026/">2026</a>/</td><td class="m">2026-Oct-01 12:00:00</td>
<td class="s">- &nbsp;</td></tr><tr><td class="n"><a href="OBRAS.csv">OBRAS.csv</a></td>
<td class="m">2026-Oct-01 12:00:00</td><td class="s">1.5K</td></tr></tbody></table></body></html>"""
IIS = """<html><head><title>datos.example - /datos/</title></head><body>
<H1>datos.example - /datos/</H1><hr><pre><A HREF="/">[To Parent Directory]</A><br><br>
 10/1/2026  9:05 AM        &lt;dir&gt; <A HREF="/datos/2026/">2026</A><br>
 10/1/2026 12:00 PM         1536 <A HREF="/datos/OBRAS.csv">OBRAS.csv</A><br>
 10/1/2026  1:00 PM           10 <A HREF="/datos/LEEME.txt">LEEME.txt</A><br></pre></body></html>"""


@pytest.fixture
def lent(tmp_path: Path) -> Iterator[Context]:
    made = conformance.context(tmp_path)
    yield made
    made.http.close()


def listed(lent: Context, portal: Portal, **options: Any) -> Listed:
    with serve(portal) as url:
        source = conformance.source("html", f"{url}/datos/", options)
        return list(conformance.harvester("html", lent).harvest(source))


def folder(*names: str) -> FolderSite:
    return FolderSite(files={f"/datos/{name}": Body(content=b"a\n1\n") for name in names})


@pytest.mark.parametrize(
    "page", [APACHE, NGINX, LIGHTTPD, IIS], ids=["apache", "nginx", "lighttpd", "iis"]
)
def test_names_dates_and_sizes_are_taken_from_the_listing(lent: Context, page: str) -> None:
    (dataset,) = listed(lent, LinksSite(pages={"/datos/": page}))
    assert isinstance(dataset, Dataset)
    (resource,) = dataset.resources
    assert (dataset.id, dataset.title, resource.size) == ("obras", "OBRAS", 1536)
    noon_in_lima = datetime(2026, 10, 1, 17, 0, tzinfo=UTC)
    assert dataset.modified == resource.modified == noon_in_lima


def test_a_date_that_is_none_is_no_date(lent: Context) -> None:
    page = APACHE.replace("2026-10-01 12:00", "2026-13-41 99:00")
    (dataset,) = conformance.datasets(listed(lent, LinksSite(pages={"/datos/": page})))
    assert dataset.modified is None


def test_an_empty_folder_is_an_empty_listing(lent: Context) -> None:
    assert (
        listed(lent, LinksSite(pages={"/datos/": NGINX.replace("OBRAS.csv", "a.txt")}))[:-1] == []
    )
    assert listed(lent, folder("LEEME.txt")) == []


def test_a_folder_of_folders_says_which_option_is_missing(lent: Context) -> None:
    (found,) = listed(lent, folder("2025/obras.csv", "2026/obras.csv"))
    assert isinstance(found, Incomplete)
    assert "depth" in str(spoken(found.reason))


def test_sub_folders_are_followed_as_deep_as_is_wished(lent: Context) -> None:
    site = folder("gasto.csv", "2025/gasto.csv", "2026/gasto.csv", "2026/mensual/enero.csv")
    found = {
        depth: [
            (each.id, each.title) for each in conformance.datasets(listed(lent, site, depth=depth))
        ]
        for depth in (0, 1, 2)
    }
    assert found[0] == [("gasto", "Gasto")]
    assert found[1] == [*found[0], ("2025/gasto", "Gasto (2025)"), ("2026/gasto", "Gasto (2026)")]
    assert found[2] == [*found[1], ("2026/mensual/enero", "Enero (mensual)")]


def test_a_sub_folder_that_cannot_be_read_is_incomplete(lent: Context) -> None:
    page = APACHE.replace('href="2026/"', 'href="cerrada/"')
    found = listed(lent, LinksSite(pages={"/datos/": page}), depth=1)
    assert len(conformance.datasets(found)) == 1
    assert isinstance(found[-1], Incomplete)


def test_a_folder_can_be_read_as_a_page(lent: Context) -> None:
    (dataset,) = conformance.datasets(
        listed(lent, LinksSite(pages={"/datos/": APACHE}), links="a[href='/otros/x.csv']")
    )
    assert dataset.id == "/otros/x"


def test_a_file_instead_of_a_folder_is_no_source(lent: Context) -> None:
    site = FolderSite(files={"/datos/": Body(content=b"a,b\n1,2\n")})
    with pytest.raises(NotThatPlatform):
        listed(lent, site)
