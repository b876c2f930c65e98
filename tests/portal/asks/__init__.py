"""The calls that a real CKAN and the portal are both sent: each builds on those before."""

from tests.portal.asks.ask import Ask
from tests.portal.asks.datasets import DATASETS
from tests.portal.asks.groups import ENDINGS, GROUPS
from tests.portal.asks.http import HTTP, SITE
from tests.portal.asks.organizations import MEMBERS, ORGANIZATIONS
from tests.portal.asks.resources import RESOURCES, UPLOADS
from tests.portal.asks.searches import SEARCHES

__all__ = ["ASKS", "Ask"]

_FIRST = [*SITE, *ORGANIZATIONS, *MEMBERS, *DATASETS, *RESOURCES, *UPLOADS]
ASKS = [*_FIRST, *HTTP, *SEARCHES, *GROUPS, *ENDINGS]
