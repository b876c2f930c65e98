"""A downloaded file is called what the server says, and its name is never a path."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from acopio.http.names import file_name

URL = "https://datos.example.gob.pe/sites/RENIPRESS_31-08-2026.csv?x=/y"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("", "RENIPRESS_31-08-2026.csv"),
        ("inline", "RENIPRESS_31-08-2026.csv"),
        ("attachment; filename=gasto.csv", "gasto.csv"),
        ('attachment; filename="gasto 2026; final.csv"', "gasto 2026; final.csv"),
        (r'attachment; filename="a\"b.csv"', "a_b.csv"),
        ("attachment; FILENAME*=UTF-8''a%C3%B1o.csv", "año.csv"),
        ("attachment; filename=\"x.csv\"; filename*=utf-8'es'a%C3%B1o.csv", "año.csv"),
        ("attachment; filename*=ISO-8859-1''a%F1o.csv; filename=x.csv", "año.csv"),
        ("attachment; filename*=klingon''a; filename=x.csv", "x.csv"),
        ("attachment; filename*=UTF-8''%FF; filename=x.csv", "x.csv"),
        ('attachment; filename="a\u00c3\u00b1o.csv"', "año.csv"),
        ('attachment; filename="a\u00f1o.csv"', "año.csv"),
        ('attachment; filename="a%C3%B1o.csv"', "año.csv"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment; filename*=UTF-8''..%2F..%2Fa.csv", "a.csv"),
        (r'attachment; filename="C:\\datos\\a.csv"', "a.csv"),
        ('attachment; filename=".."', "RENIPRESS_31-08-2026.csv"),
        ('attachment; filename=".htaccess"', "htaccess"),
        ('attachment; filename="a\x00\x1b[31m.csv"', "a[31m.csv"),
        ('attachment; filename=""', "RENIPRESS_31-08-2026.csv"),
    ],
)
def test_name_is_the_declared_one(disposition: str, name: str) -> None:
    assert file_name(disposition, URL) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h.example/", "download"),
        ("https://h.example/datos/", "datos"),
        ("https://h.example/a%2Fb%2F..%2Fc.csv", "c.csv"),
        ("https://h.example/%2e%2e", "download"),
    ],
)
def test_name_comes_from_the_address(url: str, name: str) -> None:
    assert file_name("", url) == name


def test_long_name_keeps_its_ending() -> None:
    name = file_name("", "https://h.example/" + "x" * 1000 + ".csv")
    assert len(name) == 150
    assert name.endswith(".csv")


@given(st.text(), st.text())
@example('attachment; filename="' + "a" * 149 + '."', "")
@example("attachment; filename*=UTF-8''%E2%80%AE.csv", "")
def test_any_name_is_one_safe_component(disposition: str, path: str) -> None:
    for header in (disposition, f'attachment; filename="{disposition}"'):
        name = file_name(header, "https://h.example/" + path.replace("[", "").replace("]", ""))
        assert 0 < len(name) <= 150
        assert name.isprintable()
        assert not set(name) & set('/\\<>:"|?*')
        assert not name.startswith(".")
        assert not name.endswith((".", " "))
