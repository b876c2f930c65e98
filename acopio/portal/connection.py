"""The portal in process: what a publisher calls as it would call a remote CKAN."""

from collections.abc import Mapping
from typing import Any, NoReturn

from acopio.archive import Archive
from acopio.config.settings import Settings
from acopio.model import Target
from acopio.portal.caller import PIPELINE
from acopio.portal.problems import (
    NotAuthorized,
    NotFound,
    Problem,
    SearchError,
    SearchQueryError,
    ValidationError,
)
from acopio.portal.site import Call, Site, Upload
from acopio.store import Store


def connect(
    target: Target, settings: Settings, store: Store, archive: Archive
) -> "PortalConnection":
    """Return the connection to the portal that these parts make up."""
    return PortalConnection(Site(settings, store, archive), target)


class PortalConnection:
    """ckanapi's ``call_action`` on a portal in this process, as its administrator."""

    def __init__(self, site: Site, target: Target) -> None:
        self._call = Call(site=site, caller=PIPELINE, base=target.url.rstrip("/"))

    def call_action(
        self,
        action: str,
        data_dict: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call ``action``; raise ckanapi's errors. ``files`` maps ``upload`` to (name, handle)."""
        from ckanapi import errors
        from sqlalchemy.exc import DBAPIError

        from acopio.portal.actions import ACTIONS

        asked = dict(data_dict or {})
        for field, (name, body) in (files or {}).items():
            asked[field] = Upload(name=name, body=body)
        try:
            return ACTIONS[action].function(self._call, asked)
        except Problem as problem:
            _raise(problem)
        except (DBAPIError, OSError) as error:  # as a remote CKAN answers when its database fails
            reason = [self._call.base, 503, type(error).__name__]
            raise errors.CKANAPIError(str(reason)) from error


def _raise(problem: Problem) -> NoReturn:
    """Raise what ckanapi raises for the same answer of a remote CKAN."""
    from ckanapi import errors

    if isinstance(problem, ValidationError):
        raise errors.ValidationError({**problem.errors, "__type": problem.type}) from None
    known = {
        NotFound: errors.NotFound,
        NotAuthorized: errors.NotAuthorized,
        SearchError: errors.SearchError,
        SearchQueryError: errors.SearchQueryError,
    }
    raise known.get(type(problem), errors.CKANAPIError)(problem.message) from None
