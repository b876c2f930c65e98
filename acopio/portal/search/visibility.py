"""What a caller may see, as a tree of its own: no text of a query can reach into it."""

from acopio.portal.search.query import Visibility
from acopio.portal.search.syntax import All, Node, Some, Word


def seen_by(who: Visibility) -> Node:
    """Return what matches all that ``who`` may see."""
    states = ("active", "draft") if who.drafts else ("active",)
    clauses = [_any("state", states)]
    if not who.private:
        clauses.append(Word("capacity", "public"))
    if who.organizations is not None:
        own = [f"creator-{who.user}"] if who.user else []
        members = [f"member-{organization}" for organization in who.organizations]
        clauses.append(_any("permission_labels", ("public", *members, *own)))
    return All(tuple(clauses))


def _any(field: str, values: tuple[str, ...]) -> Node:
    return Some(tuple(Word(field, value) for value in values))
