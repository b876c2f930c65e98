"""Fixtures for every test: the services some of them need."""

import pytest

from tests.services import variable


@pytest.fixture(scope="session")
def ckan_url() -> str:
    return variable("ACOPIO_TEST_CKAN_URL")


@pytest.fixture(scope="session")
def ckan_token() -> str:
    """A sysadmin's."""
    return variable("ACOPIO_TEST_CKAN_TOKEN")


@pytest.fixture(scope="session")
def ckan_editor_token() -> str:
    """Of the user ``editor``, who may write only where a test makes it an editor."""
    return variable("ACOPIO_TEST_CKAN_EDITOR_TOKEN")


@pytest.fixture(scope="session")
def postgres_url() -> str:
    return variable("ACOPIO_TEST_POSTGRES_URL")
