"""What one answer may cost: seconds, bytes, hops."""

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of every request. Times are seconds, sizes bytes.

    ``read`` is the longest silence. ``answer_seconds`` and ``file_seconds`` are totals: redirects,
    retries and waits within one call count; waiting for one's turn at a host does not.
    ``answer_bytes`` bounds what is held in memory, after decompression; ``file_bytes`` a file.
    ``retries`` come after the first attempt, the n-th after ``backoff * 2**n``. A Retry-After up
    to ``retry_after_cap`` is waited out; a longer one starts a cool-down, which lasts at least
    ``cooldown`` and, whatever the host says, at most ``cooldown_cap``.
    """

    connect: float = 10.0
    read: float = 60.0
    answer_seconds: float = 5 * 60.0
    file_seconds: float = 2 * 3600.0
    answer_bytes: int = 64 * _MIB
    file_bytes: int = 10 * 1024 * _MIB
    redirects: int = 10
    retries: int = 3
    backoff: float = 0.5
    retry_after_cap: float = 60.0
    cooldown: float = 15 * 60.0
    cooldown_cap: float = 24 * 3600.0


DEFAULT_LIMITS = Limits()
