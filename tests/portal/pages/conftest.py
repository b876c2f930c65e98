from collections.abc import Iterator

import pytest

from tests.portal.pages.world import World, made


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with made(tmp_path_factory.mktemp("pages")) as found:
        yield found
