import pytest

from tests.portal.search.catalogue import Catalogue, samples


@pytest.fixture(scope="package")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The thirty samples, which no test changes."""
    return Catalogue(tmp_path_factory.mktemp("search"), samples())
