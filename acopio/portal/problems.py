"""What an action refuses, and why. Each becomes CKAN's error object and status code over HTTP.

    Problem
     +-- NotFound          404  there is no such thing
     +-- NotAuthorized     403  there may be, but not for this caller
     +-- ValidationError   409  the given values cannot be stored; ``errors`` by field
     +-- SearchQueryError  400  a parameter of the search is unknown or misplaced
     +-- SearchError       409  the query cannot be read
     +-- IntegrityError    400  a list of objects was due, and something else came
     +-- BadRequest        400  not an answerable request: a bare JSON string, as CKAN sends

``message`` is one sentence for a developer, in English as CKAN's own: clients match on it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class Problem(Exception):  # noqa: N818 (a refusal, no error of ours)
    """An action could not be done; nothing was changed."""

    status: ClassVar[int] = 400
    type: ClassVar[str] = ""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(Problem):
    """There is no such thing."""

    status = 404
    type = "Not Found Error"


class NotAuthorized(Problem):
    """The caller may not do this, or not see it."""

    status = 403
    type = "Authorization Error"


class ValidationError(Problem):
    """The given values cannot be stored. ``errors`` has a list of sentences for each field."""

    status = 409
    type = "Validation Error"

    def __init__(self, errors: Mapping[str, Any]) -> None:
        super().__init__("; ".join(f"{field}: {said}" for field, said in errors.items()))
        self.errors = dict(errors)


class SearchQueryError(Problem):
    """A parameter of the search is unknown, or has a value it cannot have."""

    status = 400
    type = "Search Query Error"


class SearchError(Problem):
    """The query's text cannot be read."""

    status = 409
    type = "Search Error"


class IntegrityError(Problem):
    """A list of objects was due, and something else came."""

    status = 400
    type = "Integrity Error"


class BadRequest(Problem):
    """Not a request that could be answered."""
