from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acopio.config.settings import Settings, countries, file_system_of, load_settings
from acopio.errors import ConfigError
from acopio.messages import sentence


def refused(**environ: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_settings(environ)
    return caught.value


def test_defaults_are_the_contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = tmp_path / ".acopio"
    assert load_settings({"PATH": "/bin"}) == Settings(
        home=home,
        database_url=f"sqlite:///{home}/acopio.db",
        archive_url=f"file://{home}/archive",
        executor="local",
        allowed_private_hosts=frozenset(),
        lang="es",
        country="peru",
    )


def test_database_and_archive_follow_home(tmp_path: Path) -> None:
    settings = load_settings({"ACOPIO_HOME": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path}/acopio.db"
    assert settings.archive_url == f"file://{tmp_path}/archive"


def test_home_is_absolute_however_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert load_settings({"ACOPIO_HOME": "state"}).home == Path.cwd() / "state"
    assert load_settings({"ACOPIO_HOME": "~/state"}).home == Path("/home/somebody/state")


def test_everything_can_be_set() -> None:
    settings = load_settings(
        {
            "ACOPIO_DATABASE_URL": "postgresql+psycopg://u:p@db/acopio",
            "ACOPIO_ARCHIVE_URL": "memory://archive",
            "ACOPIO_EXECUTOR": "local:3",
            "ACOPIO_ALLOWED_PRIVATE_HOSTS": " 127.0.0.1:8201, Portal.Interno ,[::1]:80,::1,",
            "ACOPIO_LANG": "en",
            "ACOPIO_COUNTRY": "peru",
        }
    )
    assert settings.database_url == "postgresql+psycopg://u:p@db/acopio"
    assert settings.archive_url == "memory://archive"
    assert settings.executor == "local:3"
    assert settings.allowed_private_hosts == {"127.0.0.1:8201", "portal.interno", "[::1]:80", "::1"}
    assert settings.lang == "en"


def test_an_empty_variable_is_not_set() -> None:
    assert load_settings({"ACOPIO_LANG": "", "ACOPIO_EXECUTOR": ""}).executor == "local"


def test_variables_of_tests_are_ignored() -> None:
    assert load_settings({"ACOPIO_TEST_CKAN_URL": "anything"}).lang == "es"


def test_unknown_variable_is_named_with_the_nearest() -> None:
    error = refused(ACOPIO_DATABSE_URL="sqlite:///x.db")
    assert "ACOPIO_DATABSE_URL" in sentence(error)
    assert "ACOPIO_DATABASE_URL" in sentence(error)


def test_unknown_variable_without_a_near_one_lists_all() -> None:
    error = refused(ACOPIO_ZZZZZZZZZZZZ="1")
    assert error.params["name"] == "ACOPIO_ZZZZZZZZZZZZ"
    assert "ACOPIO_EXECUTOR" in sentence(error)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACOPIO_EXECUTOR", "threads"),
        ("ACOPIO_EXECUTOR", "local:0"),
        ("ACOPIO_EXECUTOR", "tcp://host"),
        ("ACOPIO_EXECUTOR", "local\n"),
        ("ACOPIO_LANG", "qu"),
        ("ACOPIO_COUNTRY", "atlantis"),
        ("ACOPIO_COUNTRY", "messages"),
        ("ACOPIO_COUNTRY", "../peru"),
        ("ACOPIO_ALLOWED_PRIVATE_HOSTS", "http://127.0.0.1"),
        ("ACOPIO_ALLOWED_PRIVATE_HOSTS", "a b"),
        ("ACOPIO_HOME", "/etc/hostname"),
        ("ACOPIO_HOME", "/srv/what?"),
    ],
)
def test_bad_value_is_named_with_what_was_expected(name: str, value: str) -> None:
    error = refused(**{name: value})
    said = sentence(error)
    assert name in said
    assert error.params["value"] in said


@pytest.mark.parametrize("value", ["mysql://root:hunter2@db/x", "hunter2", "sqlite://", "/x.db"])
def test_bad_database_is_named_without_its_password(value: str) -> None:
    error = refused(ACOPIO_DATABASE_URL=value)
    assert "ACOPIO_DATABASE_URL" in sentence(error)
    assert "hunter2" not in f"{sentence(error)} {error}"


@pytest.mark.parametrize("value", ["archive", "/srv/archive", "nosuch://x", "://"])
def test_bad_archive_address_is_refused(value: str) -> None:
    assert "ACOPIO_ARCHIVE_URL" in sentence(refused(ACOPIO_ARCHIVE_URL=value))


def test_a_file_system_that_is_not_installed_is_named() -> None:
    said = sentence(refused(ACOPIO_ARCHIVE_URL="dropbox://archive"))
    assert "ACOPIO_ARCHIVE_URL" in said
    assert "dropbox" in said


def test_file_systems_are_fsspecs() -> None:
    assert file_system_of("file:///srv/x") == "file"
    assert file_system_of("memory://x") == "memory"
    with pytest.raises(ValueError, match="nosuch"):
        file_system_of("nosuch://x")


def test_peru_is_a_country_and_folders_without_entities_are_not() -> None:
    assert "peru" in countries()
    assert "messages" not in countries()


@given(st.dictionaries(st.text("ACOPIO_LANGHMEX", min_size=8).map("ACOPIO_".__add__), st.text()))
def test_nothing_but_config_error_is_raised(environ: dict[str, str]) -> None:
    try:
        assert isinstance(load_settings(environ), Settings)
    except ConfigError as error:
        assert error.params["name"] in environ  # noqa: PT017


@pytest.mark.parametrize("value", ["1GB", "0", "511", "-1", "٣٠٠", "99999999999"])
def test_a_workers_memory_is_a_whole_number_of_mebibytes(value: str) -> None:
    with pytest.raises(ConfigError, match="bad-worker-memory") as raised:
        load_settings({"ACOPIO_WORKER_MEMORY": value})
    assert raised.value.params == {"name": "ACOPIO_WORKER_MEMORY", "value": value}
    assert load_settings({"ACOPIO_WORKER_MEMORY": "512"}).worker_memory == 512
