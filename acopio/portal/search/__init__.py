"""The portal's search: what ``package_search`` asks of Solr, answered by tantivy in process.

The index is a projection of the catalogue: ``Index.sequence`` says up to which change it stands,
``Index.apply`` brings it further, and it can be made anew from the catalogue at any time.
"""

from acopio.portal.search.index import Index
from acopio.portal.search.query import Change, Found, Query, Visibility

__all__ = ["Change", "Found", "Index", "Query", "Visibility"]
