"""What the words beside a link say: a title, a period, or only that one may click."""

import re
from urllib.parse import unquote

from acopio.harvester import formats, values
from acopio.matching import undated

_LONGEST = 150
_ACRONYM = 10

# Words of which a title does not consist: Spanish and English, as pages of links have them.
_ACTIONS_WORDS = """
abrir acceder acceso aca acá actual actualizada actualizado aqui aquí archivo archivos bajar base
bases calculo cálculo cell clic click completa completo con dar data dato datos de del descarga
descargable descargar descargas descargue documento documentos download each el en enlace enlaces
este esta excel fichero file files for formato formatos from full haga haz here hoja kilobytes la
las link los mas más megabytes more nueva nuevo open para peso por presione pulse puede size tabla
tamaño tamano the this ultima última una ver version versión view vista visualizar word
bytes kb mb gb kib mib
"""
_PERIODS_WORDS = """
anexo año años ano anual enero febrero marzo abril mayo junio julio agosto setiembre septiembre
octubre noviembre diciembre ene feb mar abr may jun jul ago set sep oct nov dic
mes parte periodo período primer primera primero segunda segundo tercer tercera tercero cuarta
cuarto quinta quinto sexta sexto trimestre semestre bimestre cuatrimestre tomo fecha
january february march april june july august september october november december
quarter year month part iii
"""
_ACTIONS = frozenset(_ACTIONS_WORDS.split())
_PERIODS = frozenset(_PERIODS_WORDS.split())
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]{3,}\Z")
_EDGES = " \t:;,|>»«•·*-=" + "\N{EN DASH}\N{EM DASH}"
_PAIRS = ("<>", "«»")
_ORDINAL = re.compile(r"\d{1,3}\s?[.)°-]+\s+(?=\S)")
_ASIDE = re.compile(r"\s*[(\[]([^()\[\]]{0,60})[)\]]\Z")
_EMPTY_ASIDE = re.compile(r"[(\[]\s*[)\]]")
_DANGLING = re.compile(r"(?:\s+(?:al|a|de|del|el|hasta|desde|fecha|corte))+\Z", re.IGNORECASE)
_LEADING_YEAR = re.compile(r"((?:19|20)\d\d) (?=[^\W\d_])(.+)\Z")
_SEPARATORS = re.compile(r"[\s_+-]+")


def names_something(words: str) -> bool:
    """Tell a text that can be a title from ``descargar aquí``, ``Excel (12 KB)`` and ``2026``."""
    return any(_LETTERS.match(word) and word not in _PERIODS for word in _telling(words))


def is_prose(words: str) -> bool:
    """Tell a text longer than titles are."""
    return len(words) > _LONGEST


def tells_apart(words: str) -> bool:
    """Tell a text that distinguishes one file from its neighbours; ``Primer trimestre`` does."""
    return bool(_telling(words)) and not is_prose(words)


def _telling(words: str) -> list[str]:
    found = [word.lower() for word in _WORD.findall(words[:_LONGEST])]
    return [word for word in found if word not in _ACTIONS and not formats.is_extension(word)]


def title(words: str) -> str:
    """Return what a page says as a title: one line, without bullets, numbering, ``(CSV, 2 MB)``.

    The name of a file becomes words.
    """
    found = _ORDINAL.sub("", _bare(values.line(words, values.TITLE)), count=1)
    aside = _ASIDE.search(found)
    if aside and not tells_apart(aside[1]):
        found = found[: aside.start()]
    found = _bare(found)
    is_file = " " not in found and extension(found)
    return from_file(stem(found)) if is_file else found


def lasting(words: str) -> str:
    """Return a title without the date of a cut: ``Padrón al 31-08-2026`` is ``Padrón``."""
    found = _EMPTY_ASIDE.sub("", undated(words))
    if found == words:
        return words
    return _bare(_DANGLING.sub("", _bare(values.line(found)))) or words


def _bare(words: str) -> str:
    """Return words without bullets and separators around them; what encloses some is none."""
    quoted = 0 <= words.find("«") < words.rfind("»")
    found = words.lstrip(_EDGES.replace("«", "") if quoted else _EDGES)
    closing = {pair[1] for pair in _PAIRS if 0 <= found.find(pair[0]) < found.rfind(pair[1])}
    return found.rstrip("".join(set(_EDGES) - closing))


def extension(name: str) -> str:
    """Return the extension of a file's name where it is of a known format, else ``""``."""
    before, _, last = name.rpartition(".")
    return last.lower() if before and formats.is_extension(last.lower()) else ""


def stem(name: str) -> str:
    """Return a file's name without its extension; ``obras.csv.gz`` is ``obras``."""
    for _ in range(2):
        name = name[: -len(extension(name)) - 1] if extension(name) else name
    return name


def from_file(name: str) -> str:
    """Return a file's stem as a title: ``2026-Gasto-Mensual`` is ``Gasto Mensual 2026``."""
    found = undated(unquote(name)) or unquote(name)
    found = _SEPARATORS.sub(" ", values.line(found, values.TITLE)).strip()
    year = _LEADING_YEAR.match(found)
    if year:
        found = f"{year[2]} {year[1]}"
    if found.isupper() and (" " in found or len(found) > _ACRONYM):
        return found.capitalize()
    return found[:1].upper() + found[1:]
