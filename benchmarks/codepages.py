"""How many bytes beyond ASCII it takes to tell Windows-1252 from DOS's code page 850.

``python -m benchmarks.codepages``. Names of places and the words of acopio's own Spanish sentences
are drawn at random, as they are, in capitals, and in capitals with small accents, as programs of
DOS wrote them; the draws are the same each time.
"""

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files

from acopio.cli.output import table
from acopio.validators.codepages import DOS, WINDOWS, Vote

TRIALS = 2000
SIZES = (1, 2, 3, 5, 10, 20)
PLACES = """
Áncash Apurímac Huánuco Junín San_Martín Bagua Rodríguez_de_Mendoza Carhuaz Huarmey Asunción
Abancay Aymaraes Camaná Caravelí Caylloma La_Unión Huanca_Sancos Víctor_Fajardo Vilcas_Huamán
Páucar_del_Sara_Sara Cajabamba Celendín Jaén Hualgayoc San_Ignacio Cutervo Contumazá La_Convención
Quispicanchi Huaytará Angaraes Ambo Puerto_Inca Marañón Leoncio_Prado Lauricocha Huamalíes
Dos_de_Mayo Concepción Chanchamayo Satipo Tarma Yauli Bolívar Chepén Pacasmayo Pataz
Sánchez_Carrión Otuzco Virú Gran_Chimú Ferreñafe Cañete Huarochirí Oyón Barranca Canta
Datem_del_Marañón Mariscal_Ramón_Castilla Requena Ucayali Tahuamanu Manú Ilo
Daniel_Alcides_Carrión Oxapampa Morropón Sechura Ayabaca Azángaro Lampa Melgar San_Román Carabaya
Huancané Moyobamba Mariscal_Cáceres Picota El_Dorado Tocache Jorge_Basadre Contralmirante_Villar
Tumbes Padre_Abad Purús Nuñoa Viñac Ñahuimpuquio Breña Ate Magdalena_Vieja Íllimo Óndores Ocaña
Pacucha Chañaral Muñani Ocuviri Chupán Llama Túpac_Amaru Mórrope Jesús_María
"""


def phrases() -> list[str]:
    """Return names and words with a character beyond ASCII."""
    names = [name.replace("_", " ") for name in PLACES.split()]
    sentences = " ".join(_sentences())
    words = sorted(set(re.findall(r"[^\W\d_]+", sentences)))
    return [phrase for phrase in (*names, *words) if not phrase.isascii()]


def _sentences() -> Iterator[str]:
    for file in files("acopio.config").joinpath("messages").iterdir():
        if file.name.endswith(".toml"):
            for message in tomllib.loads(file.read_text("utf-8")).values():
                yield from (message.get("es", ""), message.get("fix_es", ""))


def small_accents(text: str) -> str:
    """Return ``text`` with its letters of ASCII in capitals and its others small."""
    return "".join(c.upper() if c.isascii() else c.lower() for c in text)


def right(page: str, write: Callable[[str], str], size: int, given: Sequence[str]) -> float:
    """Return how many trials of ``size`` bytes, in percent, are told to be in ``page``."""
    draw = random.Random(f"{page} {size}")  # noqa: S311 - draws, not secrets
    hits = 0
    for _ in range(TRIALS):
        text: list[str] = []
        beyond = 0
        while beyond < size:
            phrase = write(draw.choice(given))
            text.append(phrase)
            beyond += sum(not c.isascii() for c in phrase)
        vote = Vote()
        vote.add(",".join(text).encode(page))
        hits += vote.page == page
    return 100 * hits / TRIALS


def main() -> None:
    """Print a row for each way of writing in each code page."""
    given = phrases()
    ways: dict[str, Callable[[str], str]] = {
        "as they are": str,
        "capitals": str.upper,
        "capitals, small accents": small_accents,
    }
    rows = [
        [f"{page}, {name}", *(f"{right(page, write, size, given):.1f}" for size in SIZES)]
        for page in (WINDOWS, DOS)
        for name, write in ways.items()
    ]
    table(["right, of 100, by bytes beyond ASCII", *map(str, SIZES)], rows)


if __name__ == "__main__":
    main()
