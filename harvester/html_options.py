"""What the source kind ``html`` can be told of a page."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

_DATA_WORDS = """
csv tsv xls xlsx xlsm ods json jsonl geojson xml zip gz rar 7z parquet kml kmz gpkg shp dbf sav rdf
ttl
"""
_DATA = tuple(_DATA_WORDS.split())


def _selector(value: str) -> str:
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        LexborHTMLParser("<p>").css(value or "p")
    except SelectolaxError as error:
        raise PydanticCustomError("file-selector", "not a CSS selector") from error
    return value


Selector = Annotated[str, Field(max_length=1000), AfterValidator(_selector)]
Line = Annotated[str, Field(max_length=500)]


class HtmlOptions(BaseModel):
    """What an officer knows of the page; all of it may be left out.

    ``links`` chooses anchors (without it those to ``formats``), ``dataset`` the elements whose
    links are one dataset, ``title`` its title, ``next`` the link to the next page. ``depth`` is
    how far sub-folders of a listing are followed. The rest is said of every dataset.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    links: Selector = ""
    dataset: Selector = ""
    title: Selector = ""
    next: Selector = 'a[rel~="next"]'
    formats: tuple[Annotated[str, Field(pattern=r"^[a-z0-9]{1,10}$")], ...] = ()
    depth: int = Field(default=0, ge=0, le=5)
    licence: Line = ""
    publisher: Line = ""
    themes: tuple[Line, ...] = ()

    @property
    def wanted(self) -> frozenset[str]:
        """The formats of links that count; none: whatever was chosen counts."""
        return frozenset(self.formats or (() if self.links else _DATA))
