"""A licence is the same licence however its address is written."""

import pytest

from acopio.publishers.ckansite.record import called

ODC_BY = "http://www.opendefinition.org/licenses/odc-by"


@pytest.mark.parametrize(
    "said",
    [
        "http://opendefinition.org/licenses/odc-by/",
        "https://www.opendefinition.org/licenses/odc-by",
        " HTTP://OpenDefinition.org/licenses/ODC-BY ",
    ],
)
def test_ways_of_writing_an_address_are_one(said: str) -> None:
    assert called(said) == called(ODC_BY)


@pytest.mark.parametrize(
    "said", ["http://opendefinition.org/licenses/odc-odbl", "odc-by", "http://other.example/odc-by"]
)
def test_another_licence_stays_another(said: str) -> None:
    assert called(said) != called(ODC_BY)
