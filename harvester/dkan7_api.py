"""The questions a DKAN 7 answers, and how it wraps what it says."""

from typing import TYPE_CHECKING, Any

from acopio.errors import BadAnswer, NotFound, NotThatPlatform
from acopio.harvester import records, values
from acopio.http.addresses import shown

if TYPE_CHECKING:
    from requests import Response

    from acopio.http import Client

_PAGES = 1_000


class Api:
    """The Action API of the portal at ``base``. ``heavy``: what came last may be oversized.

    ``page=0`` goes with every list: without it DKAN redirects to the same address with it, and
    each question would be two. Every method raises SourceError: NotThatPlatform while nothing but
    other things than JSON came.
    """

    def __init__(self, client: "Client", base: str) -> None:
        self._get = client.get
        self._base = f"{base}/api/3/action"
        self._answered = False
        self.heavy = False

    def page(self, start: int, rows: int) -> list[object]:
        """Return ``rows`` datasets with their resources, from the one numbered ``start``."""
        asked = {"limit": rows, "offset": start, "page": 0}
        return self._asked("current_package_list_with_resources", asked)

    def names(self) -> list[str]:
        """Return the names of all datasets.

        A site may cut this list into pages without saying so, and shows the last of them again
        after the last; one that does not shows all for every page.
        """
        found: dict[str, None] = {}
        for page in range(_PAGES):
            listed = [values.line(name) for name in self._asked("package_list", {"page": page})]
            fresh = [name for name in listed if name and name not in found]
            if not fresh:
                break
            found |= dict.fromkeys(fresh)
        return list(found)

    def show(self, name: str) -> object:
        """Return the dataset of a name. Raises BadAnswer also when there is none."""
        try:
            found = self._asked("package_show", {"id": name})
        except NotFound as error:
            raise BadAnswer("dkan7-not-shown", name=name[:200]) from error
        if not found:
            raise BadAnswer("dkan7-not-shown", name=name[:200])
        return found[0]

    def _asked(self, action: str, params: dict[str, Any]) -> list[object]:
        answer = self._get(f"{self._base}/{action}", params=params)
        self.heavy = len(answer.content) > records.RECORD_BYTES
        found = self._result(answer)
        self._answered = True
        return found

    def _result(self, answer: "Response") -> list[object]:
        from acopio.http.answers import as_json

        url = shown(answer.url)
        try:
            envelope = values.mapping(as_json(answer))
        except BadAnswer as error:
            # A page in the place of an answer will not become one when less is asked for.
            if not self._answered and answer.content.lstrip()[:1] != b"{":
                raise NotThatPlatform("not-dkan7", url=url) from error
            raise
        if "result" not in envelope and not self._answered:
            raise NotThatPlatform("not-dkan7", url=url)
        found = _unwrapped(envelope.get("result"))
        if found is None or _is_error(found):
            raise BadAnswer("dkan7-unreadable", url=url)
        return found


def _unwrapped(result: object) -> list[object] | None:
    """Return the records of a result: one object, a list, or a list inside a list."""
    if isinstance(result, dict):
        return [result]
    if not isinstance(result, list):
        return None
    if len(result) == 1 and isinstance(result[0], list):
        return result[0]
    return result


def _is_error(found: list[object]) -> bool:
    """Tell an error, which DKAN gives as a result, and ``success`` true beside it."""
    first = found[0] if len(found) == 1 else None
    return isinstance(first, dict) and "__type" in first and "id" not in first
