"""Accounts: shown to who has one, as in a CKAN whose users' details are not public."""

from typing import Any

from sqlalchemy import select

from acopio.portal import membership
from acopio.portal.actions import asking
from acopio.portal.actions.access import denied
from acopio.portal.actions.registry import reads
from acopio.portal.problems import NotFound
from acopio.portal.site import Asked, Call
from acopio.portal.text import like
from acopio.store import catalog

_user = catalog.user


@reads
def user_show(call: Call, asked: Asked) -> Any:
    """Return one account. ``id``: its id or name; left out: the caller's own."""
    if not call.caller.is_known:
        denied(call, "see user details")
    wanted = asking.text(asked, "id") or call.caller.id
    query = select(_user).where((_user.c.id == wanted) | (_user.c.name == wanted))
    with call.store.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise NotFound
    return membership.account(row)


@reads
def user_list(call: Call, asked: Asked) -> Any:
    """Return the accounts, by name. ``q``: with this text in their name; ``all_fields``: false."""
    if not call.caller.is_known:
        denied(call, "list users")
    query = select(_user).order_by(_user.c.name)
    if q := asking.text(asked, "q"):
        query = query.where(like(_user.c.name, q))
    with call.store.read() as connection:
        rows = connection.execute(query).all()
    if asking.truth(asked, "all_fields", default=True):
        return [membership.account(row) for row in rows]
    return [row.name for row in rows]
