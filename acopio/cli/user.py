"""``acopio user``: who may do what in the portal.

A token goes to standard output, alone and once; all else about it to standard error, so that
``$(acopio user token NAME)`` is the token.
"""

from typing import Any

import click

from acopio.cli.opened import opened_store
from acopio.cli.output import day, emit, json_option, listing, note, say
from acopio.config.settings import Settings
from acopio.messages import text

# As acopio.portal.users.ROLES: its module needs the database's library, and help is to be quick.
ROLES = ("admin", "officer", "publisher")


@click.group(help=text("help-user"))
def command() -> None:
    """Add, list and remove accounts, and renew their tokens."""


@command.command("add", help=text("help-user-add"))
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES), help=text("help-user-role"))
@click.option("--organization", metavar="ORG", help=text("help-user-organization"))
@click.pass_obj
def add(settings: Settings, name: str, role: str, organization: str | None) -> None:
    """Make an account and print its token."""
    from acopio.archive import Archive
    from acopio.portal import users
    from acopio.portal.site import Site

    with opened_store(settings) as store:
        archive = Archive(settings.archive_url, settings.home / "scratch")
        added = users.add(Site(settings, store, archive), name, role, organization)
    if added.made_organization:
        note(text("user-organization-made", {"organization": organization}))
    note(text("user-added", {"name": name, "role": text(f"role-{role}")}))
    if organization is None and role != "admin":
        note(text("user-without-organization", {"name": name}))
    _hand_over(added.token)


@command.command("list", help=text("help-user-list"))
@json_option
@click.pass_obj
def list_(settings: Settings, as_json: bool) -> None:
    """List all accounts, without their tokens: nobody knows them."""
    from acopio.portal import users

    with opened_store(settings) as store:
        found = [
            {
                "id": one.id,
                "name": one.name,
                "role": one.role,
                "organizations": list(one.organizations),
                "created": one.created.isoformat(),
            }
            for one in users.every(store)
        ]
    emit({"users": found}, as_json, _show_list)


def _show_list(document: dict[str, Any]) -> None:
    rows = [
        (
            one["name"],
            text(f"role-{one['role']}"),
            day(one["created"]),
            ", ".join(one["organizations"]),
        )
        for one in document["users"]
    ]
    listing("user", rows)


@command.command("token", help=text("help-user-token"))
@click.argument("name")
@click.pass_obj
def token(settings: Settings, name: str) -> None:
    """Give an account another token and print it."""
    from acopio.portal import users

    with opened_store(settings) as store:
        new = users.renew_token(store, name)
    note(text("user-token-renewed", {"name": name}))
    _hand_over(new)


@command.command("remove", help=text("help-user-remove"))
@click.argument("name")
@click.pass_obj
def remove(settings: Settings, name: str) -> None:
    """Remove an account, its token and what it might do."""
    from acopio.portal import users

    with opened_store(settings) as store:
        users.remove(store, name)
    say(text("user-removed", {"name": name}))


def _hand_over(new: str) -> None:
    note(text("user-token-once"))
    say(new)
