"""Which language a reader gets: what they chose, else what their browser asks for, else ours."""

from starlette.requests import Request

from acopio.messages import LANGUAGES

COOKIE = "lang"


def asked_for(request: Request) -> str | None:
    """Return the language the address asks for, ``?lang=en``."""
    wanted = request.query_params.get("lang")
    return wanted if wanted in LANGUAGES else None


def of_reader(request: Request, default: str) -> str:
    """Return the language to answer in."""
    chosen = asked_for(request) or request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else _accepted(request) or default


def _accepted(request: Request) -> str | None:
    """Return the language ``Accept-Language`` prefers among ours (RFC 9110, 12.5.4)."""
    best: tuple[float, str] | None = None
    for part in request.headers.get("accept-language", "")[:500].split(","):
        name, _, quality = part.strip().partition(";")
        language = name.strip()[:2].lower()
        weight = _weight(quality)
        if language in LANGUAGES and weight > (best[0] if best else 0):
            best = (weight, language)
    return best[1] if best else None


def _weight(quality: str) -> float:
    try:
        return float(quality.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0
