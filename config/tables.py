"""What may stand in a source's or a target's table (contract, section 3), as pydantic models.

A validator that says no raises ``PydanticCustomError(key, ...)``, the key being the message's in
``config/messages/settings.toml``; ``problem`` turns pydantic's own findings into such keys too.
"""

import re
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from acopio.config import cron
from acopio.config.settings import file_system_of

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
# What CKAN takes as an organization's name; ``from-publisher`` is written like one.
_OWNER = re.compile(r"[a-z0-9_-]{2,100}")
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_BLACKOUT = re.compile(rf"(?P<start>{_CLOCK})-(?P<end>{_CLOCK}|24:00)")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET = re.compile(r"(?i)(.*[_-])?(token|password|passwd|secret|api_?key|apikey|credentials?)")
_MAX_URL = 2048


def _no(key: str, **params: Any) -> PydanticCustomError:
    # The key serves as pydantic's template as well: nobody reads that, the catalogue is read.
    return PydanticCustomError(key, key, params)


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise _no("file-name")
    return value


def _owner(value: str) -> str:
    if value and not _OWNER.fullmatch(value):
        raise _no("file-owner")
    return value


def _email(value: str) -> str:
    if len(value) > 254 or not _EMAIL.fullmatch(value):
        raise _no("file-email")
    return value


def _timezone(value: str) -> str:
    if value not in zoneinfo.available_timezones():
        raise _no("file-timezone")
    return value


def _blackout(value: str) -> str:
    found = _BLACKOUT.fullmatch(value)
    if found is None or found["start"] == found["end"]:
        raise _no("file-blackout")
    return value


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise _no("file-url") from None
    if parts.username is not None or parts.password is not None:
        raise _no("file-url-credentials")
    plain = value.isprintable() and " " not in value and "\\" not in value
    if parts.scheme not in {"http", "https"} or not parts.hostname or not plain:
        raise _no("file-url")
    return value


def _variable(value: str) -> str:
    if not _VARIABLE.fullmatch(value):
        raise _no("file-variable")
    if value.upper().startswith("ACOPIO_"):
        raise _no("file-variable-reserved")
    return value


def _no_secrets(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse a key that asks for a secret, however deep it stands."""
    waiting: list[Any] = [options]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            for key in value:
                refuse_secret(key)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return options


def refuse_secret(key: str) -> None:
    """Raise PydanticCustomError when a key of this name would hold a secret itself."""
    if _SECRET.fullmatch(key):
        raise _no("file-secret", secret=key)


Name = Annotated[str, AfterValidator(_name)]
Owner = Annotated[str, AfterValidator(_owner)]
Text = Annotated[str, Field(max_length=1000)]
Email = Annotated[str, AfterValidator(_email)]
Zone = Annotated[str, AfterValidator(_timezone)]
Blackout = Annotated[str, AfterValidator(_blackout)]
WebAddress = Annotated[str, Field(max_length=_MAX_URL), AfterValidator(_web_address)]
Variable = Annotated[str, Field(max_length=200), AfterValidator(_variable)]
Options = Annotated[dict[str, Any], AfterValidator(_no_secrets)]
Days = Annotated[float, Field(ge=0, le=36500)]


class _Table(BaseModel):
    # TOML is typed: "1" is no number. Lists become tuples all the same.
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class ReadingTable(_Table):
    """How a source's tables are written, where an officer knows better than any guess."""

    encoding: Literal["utf-8", "cp1252", "iso8859-1", "cp850"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    header_row: Annotated[int, Field(ge=1, le=500)] = 1
    decimal: Literal[".", ","] = "."
    date_order: Literal["ymd", "dmy", "mdy"] = "ymd"


class SourceTable(_Table):
    """One table of a source file."""

    kind: str
    url: WebAddress
    title: Text = ""
    owner: Owner = ""
    contact: Annotated[tuple[Email, ...], Field(strict=False, max_length=50)] = ()
    schedule: Annotated[str, Field(max_length=200)] | None = None
    timezone: Zone = "America/Lima"
    blackout: Annotated[tuple[Blackout, ...], Field(strict=False, max_length=50)] = ()
    targets: Annotated[tuple[Name, ...], Field(strict=False, max_length=50)] = ("portal",)
    gate: Literal["strict", "standard", "lenient", "report-only"] = "standard"
    pause: Annotated[float, Field(ge=0, le=3600)] = 0.7
    files: Literal["fetch", "skip"] = "fetch"
    recheck_days: Days = 0
    withdraw_after_days: Days = 7
    withdraw_at_most: Annotated[float, Field(ge=0, le=1)] = 0.10
    enabled: bool = True
    reading: dict[str, Any] = {}
    rules: list[Any] = []
    options: Options = {}

    @model_validator(mode="after")
    def _paths_can_follow(self) -> "SourceTable":
        if self.kind == "ckan":
            _root_address(self.url)
        return self

    @model_validator(mode="after")
    def _schedule_comes(self) -> "SourceTable":
        if self.schedule is not None:
            try:
                cron.trigger(self.schedule, self.timezone)
            except ValueError:
                raise _no("file-cron", at="schedule") from None
        return self


class TargetTable(_Table):
    """One table of a target file."""

    kind: str
    url: Annotated[str, Field(max_length=_MAX_URL)] = ""
    token_env: Variable | None = None
    token_file: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    files: Literal["upload", "link"] = "upload"
    options: Options = {}

    @model_validator(mode="after")
    def _address_fits(self) -> "TargetTable":
        if self.token_env and self.token_file:
            raise _no("file-two-tokens", at="token_file")
        if self.kind == "folder":
            _folder_address(self.url)
        elif self.kind != "portal" or self.url:
            # The built-in portal is called in process and needs no address.
            _target_address(self.url)
            _root_address(self.url)
        return self


def _folder_address(value: str) -> None:
    try:
        file_system_of(value)
    except ImportError as error:
        raise _no("file-fsspec-missing", at="url", reason=str(error)) from None
    except ValueError:
        raise _no("file-fsspec", at="url") from None
    if "@" in value.partition("://")[2].partition("/")[0]:
        raise _no("file-url-credentials", at="url")


def _target_address(value: str) -> None:
    try:
        _web_address(value)
    except PydanticCustomError as error:
        raise _no(error.type, at="url") from None


def _root_address(value: str) -> None:
    """Refuse a query or fragment where the paths of an API are put behind the address."""
    if "?" in value or "#" in value:
        raise _no("file-url-query", at="url")


def token_file(value: str | None, folder: Path) -> str | None:
    """Return the absolute path of a token file named in a file of ``folder``."""
    return None if value is None else str((folder / Path(value).expanduser()).resolve())
