"""Talk to one CKAN: its actions, files one by one, and its refusals as sentences."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from acopio.errors import PublishError, SourceError
from acopio.model import ReleaseFile, Target
from acopio.ports import ActionApi, Context
from acopio.publishers.ckansite.answers import is_sound
from acopio.publishers.intact import checked

# How much of a refusal is repeated: some portals echo the whole dataset.
DETAIL = 600
# How deep a refusal is read: dataset, resource, field, complaint, and some to spare.
DEPTH = 8


class Site:
    """The Action API of one target. Raises ckanapi's errors; ``spoken`` makes them ours."""

    def __init__(self, context: Context, target: Target) -> None:
        self._context = context
        self._target = target
        self._api: ActionApi = context.connect(target)

    def call(self, action: str, data: Mapping[str, Any] | None = None) -> Any:
        """Call an action with data that JSON can carry.

        Raises PublishError for an answer that lacks what we read of it.
        """
        try:
            answer = self._api.call_action(action, dict(data or {}))
        except KeyError:  # ckanapi: "success" without a "result"
            raise self.nonsense(action) from None
        return self._sound(action, answer)

    def nonsense(self, action: str) -> PublishError:
        """Return the error for an answer that no CKAN would give."""
        return PublishError("ckan-nonsense", target=self._target.name, action=action)

    def _sound(self, action: str, answer: Any) -> Any:
        if not is_sound(action, answer):
            raise self.nonsense(action)
        return answer

    def find(self, name_or_id: str) -> Any:
        """Return a dataset, None when there is none, False when we may not see it."""
        from ckanapi.errors import NotAuthorized, NotFound

        try:
            return self.call("package_show", {"id": name_or_id})
        except NotFound:
            return None
        except NotAuthorized:
            return False

    def upload(self, resource: str, file: ReleaseFile, said: Mapping[str, str]) -> Any:
        """Replace a resource's file, and what is ``said`` of it; return the resource.

        The file goes alone, beside plain texts, read from disk as it is sent: ckanapi would hold
        it in memory whole. Raises PublishError if the file is damaged.
        """
        data = {"id": resource, **said}
        name = upload_name(file)
        with checked(self._context.archive.path(file.sha256), file).open("rb") as body:
            if getattr(self._api, "address", None) is None:  # in process: no request to stream
                self._context.http.go_on()
                part = {"upload": (name, body)}
                answer = self._api.call_action("resource_patch", data, files=part)
            else:
                answer = self._post("resource_patch", data, (name, body, file.media_type))
        return self._sound("resource_patch", answer)

    def _post(self, action: str, data: Mapping[str, str], file: tuple[str, Any, str]) -> Any:
        from ckanapi.common import reverse_apicontroller_action
        from requests_toolbelt import MultipartEncoder

        encoder = MultipartEncoder({**data, "upload": file})
        headers = {"Content-Type": encoder.content_type}
        token = self._context.secret(self._target)
        if token:
            headers["Authorization"] = token
        url = f"{self._target.url.rstrip('/')}/api/3/action/{action}"
        answer = self._context.http.session.post(
            url, data=encoder, headers=headers, allow_redirects=False
        )
        try:
            return reverse_apicontroller_action(url, answer.status_code, answer.text)
        except KeyError:  # as in ``call``
            raise self.nonsense(action) from None


def upload_name(file: ReleaseFile) -> str:
    """Return a file name CKAN leaves as it is, with the ending of the file's format."""
    from slugify import slugify

    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{2,98}", file.name):
        return file.name
    stem = slugify(file.name.rpartition(".")[0] or file.name, max_length=80)
    return f"{stem or 'archivo'}.{slugify(file.format) or 'bin'}"


@contextmanager
def spoken(target: Target) -> Iterator[None]:
    """Turn what a CKAN or the way to it raises into PublishError, without tokens or bodies."""
    from ckanapi.errors import CKANAPIError, ServerIncompatibleError
    from requests import RequestException

    try:
        yield
    except (CKANAPIError, ServerIncompatibleError, SourceError, RequestException) as error:
        key, params = _said(error)
        raise PublishError(key, target=target.name, url=target.url, **params) from None
    except RecursionError:  # an answer nested beyond reading
        raise PublishError("ckan-broken", target=target.name, status=200) from None


def _said(error: Exception) -> tuple[str, dict[str, Any]]:
    """Return the message's key and values for what was raised."""
    from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound, ServerIncompatibleError
    from ckanapi.errors import ValidationError as Refused

    if isinstance(error, Refused):
        return "ckan-refused", {"details": details(error.error_dict)}
    plain = {
        NotAuthorized: "ckan-not-allowed",
        NotFound: "ckan-not-there",
        ServerIncompatibleError: "ckan-not-ckan",
    }.get(type(error))
    if plain:
        return plain, {}
    if isinstance(error, CKANAPIError):
        return _unexpected(error)
    reason = error.code if isinstance(error, SourceError) else type(error).__name__
    return "ckan-unreachable", {"reason": reason}


def status_of(error: Exception) -> int:
    """Return the HTTP status of an answer ckanapi did not recognise, 0 for all else."""
    found = re.match(r"\[['\"][^'\"]*['\"], (\d{3}), ", str(error))
    return int(found.group(1)) if found else 0


def _unexpected(error: Exception) -> tuple[str, dict[str, Any]]:
    """Tell what ckanapi did not recognise: ``[url, status, body]``, or an index's complaint."""
    answer, status = str(error), status_of(error)
    if not status:
        return "ckan-index", {"details": answer[:DETAIL]}
    if status == 413:
        return "ckan-too-large", {}
    html = re.search(r"(?i)<!doctype html|<html", answer[:2_000]) is not None
    if status < 500 and html:
        return "ckan-not-ckan", {}
    return "ckan-broken", {"status": status}


def details(error: Any) -> str:
    """Return CKAN's nested refusal as one bounded line: ``tags: too short; name: in use``."""
    said = "; ".join(_flat(error, "", DEPTH))
    return said if len(said) <= DETAIL else said[: DETAIL - 1] + "…"


def _flat(value: Any, path: str, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple):
        for inner, where in _parts(value, path) if depth else ():
            yield from _flat(inner, where, depth - 1)
    elif value:
        yield f"{path}: {value}" if path else str(value)


def _parts(value: Any, path: str) -> Iterator[tuple[Any, str]]:
    if isinstance(value, Mapping):
        named = ((key, inner) for key, inner in value.items() if key != "__type")
        yield from ((inner, f"{path}.{key}" if path else str(key)) for key, inner in named)
    else:
        yield from ((inner, path) for inner in value)
