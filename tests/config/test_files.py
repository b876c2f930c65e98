from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acopio.config.files import read_sources, read_targets, to_toml
from acopio.config.settings import load_settings
from acopio.config.tables import TargetTable
from acopio.errors import ConfigError
from acopio.messages import sentence
from acopio.model import FilePolicy, Reading, Source, Target, TargetFiles

# Names allowed are not looked up: no test waits for a resolver.
SETTINGS = load_settings(
    {"ACOPIO_ALLOWED_PRIVATE_HOSTS": "127.0.0.1:8201,datos.invalid,ckan.invalid,x.invalid"}
)

WHOLE = """\
[mef]
title = "Ministerio de Economía y Finanzas"
kind = "ckan"
url = "https://datos.invalid/norte"
owner = "from-publisher"
contact = ["datos@mef.example"]
schedule = "0 3 * * *"
timezone = "America/Lima"
blackout = ["08:00-18:00", "22:00-24:00"]
targets = ["portal", "national"]
gate = "strict"
pause = 1
files = "skip"
recheck_days = 30
withdraw_after_days = 0
withdraw_at_most = 0.25
enabled = false
[mef.reading]
encoding = "cp1252"
delimiter = "\\t"
header_row = 3
decimal = ","
date_order = "dmy"
[mef.options]
organization = "mef"
"""
LEAST = '[mef]\nkind = "ckan"\nurl = "https://datos.invalid"\n'


def written(folder: Path, text: str, name: str = "fuentes.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    """Return what is said of a source file, in Spanish."""
    with pytest.raises(ConfigError) as caught:
        read_sources(written(folder, text), SETTINGS)
    return sentence(caught.value)


def target_refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read_targets(written(folder, text, "destinos.toml"), SETTINGS)
    assert "hunter2" not in str(caught.value), "a log would tell the secret"
    return sentence(caught.value)


def test_everything_a_source_may_say(tmp_path: Path) -> None:
    assert read_sources(written(tmp_path, WHOLE), SETTINGS) == [
        Source(
            name="mef",
            title="Ministerio de Economía y Finanzas",
            kind="ckan",
            url="https://datos.invalid/norte",
            owner="from-publisher",
            contact=("datos@mef.example",),
            schedule="0 3 * * *",
            timezone="America/Lima",
            blackout=("08:00-18:00", "22:00-24:00"),
            targets=("portal", "national"),
            gate="strict",
            pause=1.0,
            files=FilePolicy.SKIP,
            recheck_days=30,
            withdraw_after_days=0,
            withdraw_at_most=0.25,
            enabled=False,
            reading=Reading(
                encoding="cp1252", delimiter="\t", header_row=3, decimal=",", date_order="dmy"
            ),
            options={"organization": "mef"},
        )
    ]


def test_what_is_left_out_has_the_models_defaults(tmp_path: Path) -> None:
    source = Source(name="mef", kind="ckan", url="https://datos.invalid")
    assert read_sources(written(tmp_path, LEAST), SETTINGS) == [source]


def test_sources_come_in_the_files_order(tmp_path: Path) -> None:
    text = LEAST.replace("[mef]", "[z]") + LEAST.replace("[mef]", "[a]")
    assert [s.name for s in read_sources(written(tmp_path, text), SETTINGS)] == ["z", "a"]


def test_a_misspelt_key_is_named_with_line_and_nearest(tmp_path: Path) -> None:
    said = refusal(tmp_path, LEAST + 'shedule = "0 3 * * *"\n')
    assert said == "fuentes.toml:4: «shedule» no se conoce aquí; quizá «schedule»."


def test_a_misspelt_option_too(tmp_path: Path) -> None:
    said = refusal(tmp_path, LEAST + '[mef.options]\norganisation = "x"\n')
    assert said == (
        "fuentes.toml:5: «options.organisation» no se conoce aquí; quizá «organization»."
    )


def test_all_problems_are_told_in_the_order_of_lines(tmp_path: Path) -> None:
    said = refusal(
        tmp_path, 'x = 1\n[b]\nkind = 3\n[a]\nkind = "ckan"\nurl = "ftp://x"\npause = "1"'
    )
    lines = [line.split(":")[1] for line in said.splitlines()]
    assert lines == ["1", "2", "3", "6", "7"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('gate = "estandar"', "strict, standard, lenient, report-only"),
        ("pause = -1", "debe ser 0 o más"),
        ("pause = inf", "debe ser un número"),
        ('pause = "1"', "debe ser un número"),
        ("withdraw_at_most = 10", "debe ser 1 o menos"),
        ("recheck_days = -0.5", "debe ser 0 o más"),
        ("enabled = 1", "debe ser true o false"),
        ("title = 5", "debe ser un texto"),
        ('contact = "a@b.pe"', "debe ser una lista"),
        ('contact = ["a@b"]', "direcciones de correo"),
        ('contact = ["a@b.pe, c@d.pe"]', "direcciones de correo"),
        ("contact = [1]", "debe ser un texto"),
        ('schedule = "0 3 * *"', "expresión cron"),
        ('schedule = "0 3 31 2 *"', "expresión cron"),
        ('timezone = "America/Nazca"', "zona horaria"),
        ('timezone = "../../etc/passwd"', "zona horaria"),
        ('blackout = ["8-18"]', "HH:MM-HH:MM"),
        ('blackout = ["08:00-08:00"]', "HH:MM-HH:MM"),
        ('blackout = ["24:00-08:00"]', "HH:MM-HH:MM"),
        ('targets = ["Portal"]', "debe ser un nombre"),
        ('owner = "MEF"', "debe ser un nombre de organización"),
        ('owner = "o"', "debe ser un nombre de organización"),
        ('owner = "a b"', "debe ser un nombre de organización"),
        (f'owner = "{"o" * 101}"', "debe ser un nombre de organización"),
        ('files = "link"', "fetch, skip"),
        ("options = 3", "debe ser una tabla"),
        ("reading = 3", "debe ser una tabla"),
        ('reading = {encoding = "utf-16"}', "utf-8, cp1252, iso8859-1, cp850"),
        ("reading = {header_row = 0}", "debe ser 1 o más"),
        ('reading = {delimitador = ";"}', "quizá «delimiter»"),
        ('token = "abc"', "los secretos no se escriben aquí"),
        ('api_key = "abc"', "los secretos no se escriben aquí"),
        ('options = {deep = {password = "abc"}}', "los secretos no se escriben aquí"),
        (f'title = "{"x" * 1001}"', "1000 caracteres"),
    ],
)
def test_a_bad_value_says_what_was_expected(tmp_path: Path, line: str, expected: str) -> None:
    said = refusal(tmp_path, LEAST + line)
    assert said.startswith("fuentes.toml:4: ")
    assert expected in said
    assert "abc" not in said


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ftp://datos.invalid", "http://"),
        ("https://", "http://"),
        ("https://a b", "http://"),
        ("https://x.invalid:99999", "http://"),
        ("https://[::1", "http://"),
        ("https://x\\\\@127.0.0.1", "usuario o una clave"),
        ("https://somebody:hunter2@datos.invalid", "usuario o una clave"),
        ("http://127.0.0.1", "127.0.0.1"),
        ("http://127.0.0.1:8202", "127.0.0.1:8202"),
        ("http://169.254.169.254/latest", "169.254.169.254"),
        ("http://localhost", "localhost"),
    ],
)
def test_a_bad_or_private_address_is_refused(tmp_path: Path, url: str, expected: str) -> None:
    said = refusal(tmp_path, LEAST.replace("https://datos.invalid", url))
    assert said.startswith("fuentes.toml:3: «url»")
    assert expected in said
    assert "hunter2" not in said


def test_a_host_that_does_not_resolve_is_fine(tmp_path: Path) -> None:
    unknown = load_settings({})
    assert read_sources(written(tmp_path, LEAST), unknown)


def test_a_private_host_allowed_by_name_is_fine(tmp_path: Path) -> None:
    text = LEAST.replace("https://datos.invalid", "http://127.0.0.1:8201/norte")
    assert read_sources(written(tmp_path, text), SETTINGS)[0].url.endswith("/norte")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "no tiene ninguna tabla"),
        ("[mef\n", "fuentes.toml:1: no es TOML válido"),
        ('[mef]\nkind = "ckan\n', "fuentes.toml:2: no es TOML válido"),
        (LEAST + LEAST, "fuentes.toml:4: esta tabla o clave ya está"),
        (LEAST + 'kind = "ckan"\n', "fuentes.toml:4: esta tabla o clave ya está"),
        ('kind = "ckan"', "fuentes.toml:1: «kind» está fuera de toda tabla"),
        (LEAST.replace("[mef]", "[-mef]"), "fuentes.toml:1: «-mef» no sirve de nombre"),
        (LEAST.replace("[mef]", '["a b"]'), "fuentes.toml:1: «a b» no sirve de nombre"),
        (LEAST.replace("ckan", "ckanx"), "fuentes.toml:2: no existe la clase «ckanx»"),
        ('[mef]\nkind = "ckan"', "fuentes.toml:1: falta «url»"),
        ("x = " + "[" * 5000, "demasiados niveles"),
        ("x = " + "9" * 5000, "miles de cifras"),
        (LEAST + "pause = 0x" + "f" * 5000, "fuentes.toml:4: «pause»"),
    ],
)
def test_what_is_wrong_with_the_file_itself(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in refusal(tmp_path, text)


def test_dotted_and_inline_tables_have_lines_too(tmp_path: Path) -> None:
    said = refusal(tmp_path, LEAST + '\noptions.fqq = "x"\n')
    assert said.startswith("fuentes.toml:5: «options.fqq»")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(LEAST.encode() + 'title = "Economía"\n'.encode("latin-1"))
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (1 << 20) + b"\n")
    expected = {
        latin: "latin.toml:4",
        large: "1 MiB",
        tmp_path: str(tmp_path),
        tmp_path / "no": "no",
    }
    for path, words in expected.items():
        with pytest.raises(ConfigError) as caught:
            read_sources(path, SETTINGS)
        assert words in sentence(caught.value)


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    assert read_sources(written(tmp_path, "\ufeff" + LEAST), SETTINGS)


def test_the_reader_chooses_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError) as caught:
        read_sources(written(tmp_path, LEAST + "pase = 1\nfile = 2\n"), SETTINGS)
    monkeypatch.setenv("ACOPIO_LANG", "en")
    assert "did you mean 'pause'?" in sentence(caught.value)
    monkeypatch.setenv("ACOPIO_LANG", "es")
    assert "quizá «pause»" in sentence(caught.value)


# --- targets


def test_everything_a_target_may_say(tmp_path: Path) -> None:
    text = (
        '[national]\nkind = "ckan"\nurl = "https://ckan.invalid"\n'
        'token_env = "PNDA_TOKEN"\nfiles = "link"\n'
        f'[copies]\nkind = "folder"\nurl = "file://{tmp_path}"\ntoken_file = "secret/token"\n'
    )
    national, copies = read_targets(written(tmp_path, text), SETTINGS)
    assert national == Target(
        name="national",
        kind="ckan",
        url="https://ckan.invalid",
        token_env="PNDA_TOKEN",
        files=TargetFiles.LINK,
    )
    assert copies.token_file == str(tmp_path / "secret" / "token")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('kind = "ckan"\nurl = "https://x.invalid"\ntoken_env = "ACOPIO_TOKEN"', "ACOPIO_"),
        ('kind = "ckan"\nurl = "https://x.invalid"\ntoken_env = "ey.J0-hunter2"', "variable"),
        ('kind = "ckan"\nurl = "https://x.invalid"\ntoken = "hunter2"', "secretos"),
        (
            'kind = "ckan"\nurl = "https://x.invalid"\ntoken_file = "hunter2"\ntoken_env = "A"',
            "Deje uno",
        ),
        ('kind = "ckan"', "http://"),
        ('kind = "ckan"\nurl = "https://a:hunter2@x.invalid"', "usuario o una clave"),
        ('kind = "ckan"\nurl = "http://127.0.0.1:5000"', "127.0.0.1:5000"),
        ('kind = "folder"\nurl = "copies"', "fsspec"),
        ('kind = "folder"\nurl = "nosuch://x"', "fsspec"),
        ('kind = "folder"\nurl = "ftp://a:hunter2@x/y"', "usuario o una clave"),
        ('kind = "ckan"\nurl = "https://x.invalid"\nfiles = "fetch"', "upload, link"),
        ('kind = "ckanx"\nurl = "https://x.invalid"', "«ckanx»"),
    ],
)
def test_what_a_target_may_not_say(tmp_path: Path, text: str, expected: str) -> None:
    said = target_refusal(tmp_path, f"[t]\n{text}\n")
    assert said.startswith("destinos.toml:")
    assert expected in said
    assert "hunter2" not in said


def test_the_built_in_portal_needs_no_address() -> None:
    assert TargetTable(kind="portal").url == ""


def test_a_file_system_that_is_not_installed_is_named(tmp_path: Path) -> None:
    text = '[t]\nkind = "folder"\nurl = "dropbox://folder"\n'
    assert "destinos.toml:3: «url» pide un sistema de archivos" in target_refusal(tmp_path, text)


def test_no_more_than_twenty_problems_are_told(tmp_path: Path) -> None:
    said = refusal(tmp_path, "".join(f"k{number} = 1\n" for number in range(30)))
    assert len(said.splitlines()) == 20


# --- export


# The folder is shared by all examples of a test: each writes its file anew.
SHARED_FOLDER = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LIKE_TOML = st.text("[]{}='\"#.\n\\ab1-\x00é", max_size=80)
NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
SOURCES = st.builds(
    Source,
    name=NAMES,
    kind=st.just("ckan"),
    url=st.just("https://datos.invalid"),
    title=st.text(st.characters(codec="utf-8"), max_size=50),
    owner=st.one_of(st.just(""), st.from_regex(r"[a-z0-9_-]{2,100}", fullmatch=True)),
    contact=st.lists(st.just("a@b.example"), max_size=2).map(tuple),
    schedule=st.sampled_from([None, "0 3 * * *", "@daily"]),
    blackout=st.lists(st.just("08:00-18:00"), max_size=2).map(tuple),
    targets=st.lists(NAMES, max_size=3).map(tuple),
    gate=st.sampled_from(["strict", "standard", "lenient", "report-only"]),
    pause=st.floats(0, 3600),
    files=st.sampled_from(FilePolicy),
    recheck_days=st.floats(0, 365),
    withdraw_after_days=st.floats(0, 365),
    withdraw_at_most=st.floats(0, 1),
    enabled=st.booleans(),
    reading=st.builds(
        Reading,
        encoding=st.sampled_from(["", "cp1252", "cp850"]),
        delimiter=st.sampled_from(["", ";", "\t"]),
        header_row=st.integers(0, 500),
        decimal=st.sampled_from(["", "."]),
        date_order=st.sampled_from(["", "mdy"]),
    ),
    options=st.fixed_dictionaries({}, optional={"organization": NAMES}),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sources=st.lists(SOURCES, min_size=1, max_size=3, unique_by=lambda source: source.name))
def test_what_is_exported_reads_back_equal(tmp_path: Path, sources: list[Source]) -> None:
    path = written(tmp_path, "\n".join(to_toml(source) for source in sources))
    assert read_sources(path, SETTINGS) == sources


def test_an_export_leaves_defaults_out(tmp_path: Path) -> None:
    assert to_toml(read_sources(written(tmp_path, LEAST), SETTINGS)[0]) == LEAST


def test_an_export_writes_nested_options() -> None:
    options: dict[str, Any] = {"list": [1, 2.5, True], "table": {"a b": "x\x7f"}}
    source = Source(name="x", kind="ckan", url="https://x.invalid", options=options)
    assert to_toml(source).endswith(
        '[x.options]\nlist = [1, 2.5, true]\ntable = { "a b" = "x\\u007f" }\n'
    )


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    raw=st.one_of(
        st.binary(max_size=200), st.text("[]{}='\"#.\n\\ab1-\x00é", max_size=80).map(str.encode)
    )
)
def test_any_bytes_are_sources_or_a_config_error(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(raw)
    for read in (read_sources, read_targets):
        with pytest.raises(ConfigError) as caught:
            read(path, SETTINGS)
        assert "any.toml" in sentence(caught.value)


@pytest.mark.parametrize("mark", ["?apikey=hunter2", "?", "#hunter2", "/#"])
def test_the_address_of_a_ckan_is_its_root(tmp_path: Path, mark: str) -> None:
    expected = "{}:3: «url» lleva una consulta («?») o un fragmento («#»)."
    said = refusal(tmp_path, LEAST.replace("invalid", f"invalid{mark}"))
    assert (said.startswith(expected.format("fuentes.toml")), "hunter2" in said) == (True, False)
    target = f'[nacional]\nkind = "ckan"\nurl = "https://ckan.invalid{mark}"\n'
    assert target_refusal(tmp_path, target).startswith(expected.format("destinos.toml"))


def test_a_catalogue_may_have_a_query_and_a_wrong_one_is_not_repeated(tmp_path: Path) -> None:
    given = LEAST.replace("ckan", "datajson").replace("invalid", "invalid/api?key=hunter2")
    assert read_sources(written(tmp_path, given), SETTINGS)[0].url.endswith("?key=hunter2")
    assert "hunter2" not in refusal(tmp_path, given.replace("https", "ftp"))
