"""Names made from what sources wrote: safe on every file system, and free at the target."""

import re
import unicodedata
from collections.abc import Iterator

# Windows reads these as devices, whatever their extension.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
LONGEST = 120


def safe_name(text: str, fallback: str = "archivo") -> str:
    """Return ``text`` as one path component that no file system takes for something else.

    No separators, control or direction marks, leading or trailing dots and spaces, device names;
    at most 120 characters and 240 bytes, an extension kept; ``fallback`` when nothing is left.
    Words of any script are kept.
    """
    normal = unicodedata.normalize("NFC", text)
    seen = "".join(c for c in normal if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cc"})
    name = _FORBIDDEN.sub("-", seen).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > 10:
        stem, dot, extension = name, "", ""
    ending = dot + extension
    while stem and (len(stem + ending) > LONGEST or len((stem + ending).encode()) > 2 * LONGEST):
        stem = stem[:-1]
    name = (stem.strip(" .") + ending) if stem.strip(" .") else fallback + ending
    return f"_{name}" if _DEVICES.match(name) else name


# Words CKAN's own addresses use.
_RESERVED = frozenset({"new", "edit", "search"})
# A name taken so often is no accident.
NAMES = 50


def candidates(name: str) -> Iterator[str]:
    """Yield names for a dataset, of ``a-z0-9-_`` and 2 to 100 long: ``name``, ``name-2``, ...

    A name that is one already comes first as it is.
    """
    from slugify import slugify

    base = name if re.fullmatch(r"[a-z0-9_-]{2,100}", name) else ""
    base = base or slugify(name, max_length=96).strip("-") or "dataset"
    if len(base) < 2 or base in _RESERVED or _DEVICES.match(base):
        base = f"dataset-{base}"
    yield base
    for number in range(2, NAMES):
        yield f"{base[:96]}-{number}"
