"""Who asks: a stranger, or a user by their token."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from acopio.store import catalog

# Who writes an organization's datasets, by capacity there (CKAN's own).
_WRITERS = frozenset({"editor", "admin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """``role`` is ``admin``, ``officer``, ``publisher``, or empty for a stranger.

    An officer approves what sources give and writes nothing here, whatever its capacities.
    ``capacities`` maps ids of organizations and groups to ``member``, ``editor`` or ``admin``.
    """

    id: str = ""
    name: str = ""
    role: str = ""
    capacities: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_sysadmin(self) -> bool:
        """Whether everything is allowed."""
        return self.role == "admin"

    @property
    def is_known(self) -> bool:
        """Whether a valid token came with the request."""
        return bool(self.role)

    def writes_to(self, organization: str) -> bool:
        """Tell whether the caller may create and change datasets of an organization."""
        return self.is_sysadmin or self._has(organization, _WRITERS)

    @property
    def writes_somewhere(self) -> bool:
        """Whether there is an organization the caller may write datasets of."""
        return self.is_sysadmin or any(self._has(one, _WRITERS) for one in self.capacities)

    def administers(self, group: str) -> bool:
        """Tell whether the caller may change an organization or group, and who is in it."""
        return self.is_sysadmin or self._has(group, frozenset({"admin"}))

    def reads_private_of(self, organization: str) -> bool:
        """Tell whether the caller sees the private datasets of an organization."""
        return self.is_sysadmin or organization in self.capacities

    def _has(self, group: str, capacities: frozenset[str]) -> bool:
        return self.role == "publisher" and self.capacities.get(group) in capacities


STRANGER = Caller()
# The pipeline, which writes in process: its judgement was made before.
PIPELINE = Caller(id="acopio", name="acopio", role="admin")


def hashed(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def by_token(connection: Connection, token: str) -> Caller:
    """Return whose token it is. As in CKAN a wrong one makes a stranger, not an error."""
    user = catalog.user
    row = connection.execute(select(user).where(user.c.token_hash == hashed(token))).first()
    if row is None:
        return STRANGER
    member = catalog.member
    rows = connection.execute(
        select(member.c.group, member.c.capacity).where(
            member.c.kind == "user", member.c.object == row.id
        )
    )
    return Caller(
        id=row.id,
        name=row.name,
        role=row.role,
        capacities={found.group: found.capacity for found in rows},
    )
