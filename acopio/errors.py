"""The errors acopio raises, named by what the caller can do about them.

* AcopioError
  + ConfigError        settings, a file or a name is wrong: the process stops before any work
  + SourceError        this source's run ends; other sources go on
    - Blocked          it answered, and refused us (401, 403, 418, 429) or may not be asked at all
    - CoolingDown      it refused us a while ago and is left in peace until ``until``
    - Unreachable      nobody answered, or not in time
    - BadTLS           its certificate cannot be trusted
    - NotThatPlatform  it answers, but is not the kind of portal the source file says
    - BadAnswer        it answered something that cannot be used
      . NotFound       404 or 410 at that address
      . Truncated      the body ended before it was whole
      . TooLarge       the body is above the limit
  + RetryLater         another process has it, or a wait is needed: ``seconds`` says how long
  + PublishError       the target refused this dataset, or cannot be used: the run goes on
  + NotPermitted       what was asked would break a rule that protects persons or history
  + Cancelled          the job's cancel event was set: stop, in good order

An error carries a key of the message catalogue and the values its sentence needs; it is put into
words when it is shown, in the reader's language. An error writes to nothing. Bad *data* is never
an error: it is a ``Finding``.
"""

from functools import partial
from typing import Any, ClassVar


class AcopioError(Exception):
    """Base of every error raised on purpose: ``AcopioError("message-key", name=value, ...)``."""

    code: ClassVar[str] = "error"

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    def __reduce__(self) -> tuple[Any, ...]:
        """Be made again from key and values: errors travel from workers to who waits for them."""
        return partial(type(self), self.key, **self.params), ()

    def __str__(self) -> str:
        """Return key and values, for logs; ``acopio.messages.sentence`` is for people."""
        return " ".join([self.key, *(f"{name}={value!r}" for name, value in self.params.items())])


class ConfigError(AcopioError):
    """Settings, a file or a name is wrong; raised before any work starts."""

    code = "config"


class SourceError(AcopioError):
    """A source or one of its addresses cannot be read. ``code`` is also the finding's code."""

    code = "bad-answer"


class Blocked(SourceError):
    """The host refused us, or its address may not be asked: not measured from here."""

    code = "blocked"


class CoolingDown(SourceError):
    """The host refused us before and is left in peace for a while."""

    code = "cooling-down"


class Unreachable(SourceError):
    """No answer: the name does not resolve, nothing listens, or time ran out."""

    code = "unreachable"


class BadTLS(SourceError):
    """The host's certificate is expired, incomplete, or for another name."""

    code = "bad-tls"


class NotThatPlatform(SourceError):
    """The address answers, but not as the kind of portal the source file names."""

    code = "not-that-platform"


class BadAnswer(SourceError):
    """The answer cannot be used."""

    code = "bad-answer"


class NotFound(BadAnswer):
    """404 or 410; ``params["status"]`` tells which."""

    code = "link-broken"


class Truncated(BadAnswer):
    """The body ended early, and resuming did not complete it."""

    code = "truncated-download"


class TooLarge(BadAnswer):
    """The body is above the limit, as announced or as received."""

    code = "too-large"


class RetryLater(AcopioError):
    """Not now. ``seconds`` is how long to wait before asking again."""

    code = "retry-later"

    def __init__(self, key: str, *, seconds: float, **params: Any) -> None:
        super().__init__(key, seconds=seconds, **params)
        self.seconds = seconds


class PublishError(AcopioError):
    """A target refused a dataset, or cannot be used; the run goes on with the next."""

    code = "publish-error"


class NotPermitted(AcopioError):
    """Refused because it would publish persons or rewrite history."""

    code = "not-permitted"


class Cancelled(AcopioError):
    """The job was cancelled while it waited or read; no source or target is to blame."""

    code = "cancelled"
