"""Who may do what in the portal: accounts, their role, their organization and their token.

An account's name stands in the catalogue alone. The ledger knows an account by its id, so that a
name that tells a person can be erased with the account.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from acopio import ledger
from acopio.errors import ConfigError
from acopio.portal import groups
from acopio.portal.actions.organization import organization_create
from acopio.portal.caller import PIPELINE, hashed
from acopio.portal.fields import checks
from acopio.portal.moments import now
from acopio.portal.problems import ValidationError
from acopio.portal.site import Call, Site
from acopio.store import Store, catalog

ACTOR = "cli"
# What a role is in its organization, in CKAN's words. An admin is above all of them.
CAPACITIES = {"officer": "member", "publisher": "editor"}
ROLES = ("admin", *CAPACITIES)
TOKEN_BYTES = 32

user = catalog.user
member = catalog.member


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account. ``organizations`` are names, in order."""

    id: str
    name: str
    role: str
    created: datetime
    organizations: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A new account's token, and whether its organization had to be made."""

    token: str
    made_organization: bool


def add(site: Site, name: str, role: str, organization: str | None) -> Added:
    """Make an account; its token is known to the caller alone from then on.

    An organization nobody has published in yet is made: accounts are often there before data.
    Without an organization an officer or publisher may do nothing more than a stranger, until
    ``member_create`` puts it into one. Raises ConfigError for a name that cannot be one or is
    taken, and for an organization given to an admin.
    """
    _check(name, "user-name-bad")
    _check_organization(role, organization)
    with site.store.read() as connection:
        if _find(connection, name) is not None:
            raise ConfigError("user-exists", name=name)
    made = organization is not None and _make_organization(site, organization)
    token, number = _new_token(), str(uuid4())
    row = {"id": number, "name": name, "role": role, "created": now()}
    with site.store.write() as connection:
        try:
            connection.execute(insert(user).values(**row, token_hash=hashed(token)))
        except IntegrityError:
            raise ConfigError("user-exists", name=name) from None
        if organization is not None:
            _join(connection, number, role, organization)
        facts = {"change": "added", "role": role, "organization": organization}
        ledger.append(connection, ledger.Kind.USER, number, facts, actor=ACTOR)
    return Added(token=token, made_organization=made)


def every(store: Store) -> list[User]:
    """Return all accounts, by name."""
    query = (
        select(member.c.object, catalog.group.c.name)
        .join(catalog.group, catalog.group.c.id == member.c.group)
        .where(member.c.kind == "user", catalog.group.c.is_organization)
        .order_by(catalog.group.c.name)
    )
    organizations: dict[str, list[str]] = {}
    with store.read() as connection:
        for row in connection.execute(query):
            organizations.setdefault(row.object, []).append(row.name)
        rows = connection.execute(select(user).order_by(user.c.name)).all()
    return [
        User(
            id=row.id,
            name=row.name,
            role=row.role,
            created=row.created,
            organizations=organizations.get(row.id, ()),
        )
        for row in rows
    ]


def renew_token(store: Store, name: str) -> str:
    """Give an account another token; the old one is worth nothing from then on.

    Raises ConfigError for an unknown name.
    """
    token = _new_token()
    with store.write() as connection:
        number = _known(connection, name).id
        row = update(user).where(user.c.id == number).values(token_hash=hashed(token))
        connection.execute(row)
        ledger.append(connection, ledger.Kind.USER, number, {"change": "token"}, actor=ACTOR)
    return token


def remove(store: Store, name: str) -> None:
    """Remove an account, its token and its memberships. Raises ConfigError for an unknown name."""
    with store.write() as connection:
        number = _known(connection, name).id
        theirs = (member.c.kind == "user") & (member.c.object == number)
        connection.execute(delete(member).where(theirs))
        connection.execute(delete(user).where(user.c.id == number))
        ledger.append(connection, ledger.Kind.USER, number, {"change": "removed"}, actor=ACTOR)


def _new_token() -> str:
    """Return letters and digits alone: no shell, header or option parser stumbles over it."""
    return secrets.token_hex(TOKEN_BYTES)


def _check(name: str, key: str) -> None:
    try:
        checks.name(name)
    except checks.Invalid:
        raise ConfigError(key, name=name[:100]) from None


def _check_organization(role: str, organization: str | None) -> None:
    if organization is None:
        return
    if role not in CAPACITIES:
        raise ConfigError("user-admin-of-all", organization=organization[:100])
    _check(organization, "user-organization-bad")


def _make_organization(site: Site, name: str) -> bool:
    """Make an organization unless it is there; tell whether it was made."""
    with site.store.read() as connection:
        there = groups.find(connection, name, is_organization=True)
    if there is not None:
        if there.state == "deleted":
            raise ConfigError("user-organization-deleted", name=name)
        return False
    try:
        organization_create(Call(site=site, caller=PIPELINE, base=""), {"name": name})
    except ValidationError:  # another made it meanwhile, or a group has this name
        with site.store.read() as connection:
            if groups.find(connection, name, is_organization=True) is None:
                raise ConfigError("user-organization-taken", name=name) from None
        return False
    return True


def _join(connection: Connection, number: str, role: str, organization: str) -> None:
    found = groups.find(connection, organization, is_organization=True)
    if found is None:
        raise ConfigError("user-organization-deleted", name=organization)
    row = {"group": found.id, "kind": "user", "object": number, "capacity": CAPACITIES[role]}
    connection.execute(insert(member).values(**row))


def _find(connection: Connection, name: str) -> Row[tuple[str]] | None:
    return connection.execute(select(user.c.id).where(user.c.name == name)).first()


def _known(connection: Connection, name: str) -> Row[tuple[str]]:
    found = _find(connection, name) if name.isprintable() else None
    if found is None:
        raise ConfigError("user-unknown", name=name[:100])
    return found
