"""Tables whose columns are known to hold persons or not: made here, after shapes seen in Peru.

Nothing is anybody's: numbers come from a seeded generator, names are given names and surnames of
the lexicon drawn apart, providers of mail are real and the addresses at them are not.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from acopio.validators.country import ubigeos
from acopio.validators.lexicon import lexicon

ROWS = 40
Cells = Sequence[str]
Make = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A table, and the kind of person each of its columns holds; the others hold none."""

    name: str
    columns: Mapping[str, Cells]
    kinds: Mapping[str, str]

    def text(self) -> str:
        """Return the table as CSV; no cell needs a quote."""
        rows = zip(*self.columns.values(), strict=True)
        return "\n".join(map(";".join, [list(self.columns), *rows])) + "\n"


def digits(count: int, *starts: str) -> Make:
    def make(chance: random.Random) -> str:
        start = chance.choice(starts or ("",))
        return start + "".join(chance.choices("0123456789", k=count - len(start)))

    return make


def words(*choices: str) -> Make:
    return lambda chance: chance.choice(choices)


def number(low: int, high: int) -> Make:
    return lambda chance: str(chance.randint(low, high))


def amount(chance: random.Random) -> str:
    return f"{chance.uniform(10, 900_000):.2f}"


def ruc(start: str) -> Make:
    def make(chance: random.Random) -> str:
        body = digits(10, start)(chance)
        weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
        return f"{body}{(11 - total % 11) % 10}"

    return make


GIVEN = sorted(lexicon().given - lexicon().family)
FAMILY = sorted(lexicon().family - lexicon().given)


def given(chance: random.Random) -> str:
    return chance.choice(GIVEN).upper()


def surname(chance: random.Random) -> str:
    return chance.choice(FAMILY).upper()


def full_name(chance: random.Random) -> str:
    return f"{surname(chance)} {surname(chance)} {given(chance)} {given(chance)}"


def short_name(chance: random.Random) -> str:
    return f"{given(chance)} {surname(chance)}".title()


def mail(*domains: str) -> Make:
    return lambda chance: f"{chance.choice(GIVEN)}{chance.randint(1, 999)}@{chance.choice(domains)}"


def spaced_mobile(chance: random.Random) -> str:
    plain = digits(9, "9")(chance)
    return f"+51 {plain[:3]} {plain[3:6]} {plain[6:]}"


def day(chance: random.Random) -> str:
    return f"20{chance.randint(10, 24)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"


dni = digits(8, "0", "1", "2", "4", "7")
mobile = digits(9, "9")
landline = digits(9, "01", "044", "054")
private = mail("gmail.com", "hotmail.com", "yahoo.es")
office_mail = mail("salud.gob.pe", "munipuno.gob.pe", "minedu.gob.pe")
ubigeo = words(*sorted(code for code in ubigeos()["inei"] if len(code) == 6))
district = words("SAN JUAN DE LURIGANCHO", "SANTA ROSA", "MIGUEL GRAU", "ATE", "LINCE", "PUNO")
company = words(
    "INVERSIONES SANTA ROSA SAC", "CONSTRUCTORA QUISPE EIRL", "SERVICIOS GRAU SRL",
    "GRUPO FLORES S.A.", "CONSORCIO VIAL SAN MARTIN",
)  # fmt: skip
school = words("JOSE OLAYA", "MIGUEL GRAU", "RICARDO PALMA", "I.E. 1025", "MARIA AUXILIADORA")
illness = words("Diabetes tipo 2", "Tuberculosis pulmonar", "Anemia leve", "Asma", "Hipertension")
cie10 = words("A09", "E11.9", "I10", "J45.0", "O80")
entity = words("MUNICIPALIDAD DISTRITAL DE LINCE", "GOBIERNO REGIONAL DE PUNO", "UGEL 03")
sex = words("F", "M")
post = words("Alcaldesa", "Regidor", "Gerente", "Asistente")

# What may stand in any table and is nobody's.
TRAPS: Mapping[str, Make] = {
    "UBIGEO": ubigeo,
    "DISTRITO": district,
    "ANO_EJE": number(2015, 2026),
    "MES": number(1, 12),
    "SEC_EJEC": digits(6, "0", "3"),
    "EXPEDIENTE_SIAF": digits(10, "00000"),
    "ACTIVIDAD_ACCION_OBRA": digits(8, "3000", "5000"),
    "PRODUCTO_PROYECTO": digits(7, "2", "3"),
    "CUI": digits(7, "21", "24"),
    "MONTO_PIM": amount,
    "MONTO_DEVENGADO": number(10_000_000, 99_999_999),
    "POBLACION": number(500, 9_000_000),
    "FECHA_CORTE": day,
    "NRO_EXPEDIENTE": digits(8, "2023", "2024"),
    "N_ORDEN": digits(8, "4", "7"),
    "CIIU": digits(4),
    "COD_MODULAR": digits(7, "0", "1"),
    "LATITUD": lambda chance: f"{chance.uniform(-18, -1):.6f}",
    "LONGITUD": lambda chance: f"{chance.uniform(-81, -69):.6f}",
    "CANTIDAD_DNI": number(100_000, 12_000_000),
    "TOTAL_CASOS_VIH": number(0, 900),
    "RAZON_SOCIAL": company,
    "RUC": ruc("20"),
    "NOMBRE_IE": school,
    "NOMBRE_ENTIDAD": entity,
    "TELEFONO": landline,
    "CORREO": office_mail,
    "WEB": words("https://www.gob.pe/lince", "https://www.gob.pe/puno"),
    "TIPO_DOCUMENTO": words("DNI", "RUC"),
    "DIAGNOSTICO": cie10,
    "ENFERMEDAD": illness,
    "SEXO": sex,
    "CODIGO": digits(9, "9", "3"),
    "NRO_CONTRATO": digits(9, "9"),
    "DIRECCION": words("JR. PUNO 123", "AV. GRAU 456", "CALLE LIMA S/N"),
    "PROGRAMA": words("JUNTOS", "PENSION 65", "QALI WARMA"),
    "PROVINCIA": words("LIMA", "SAN ROMAN", "MARISCAL CACERES", "LEONCIO PRADO"),
}
# Tables as they are published, or should not be: label -> (cells, kind or none).
PERSONS: Mapping[str, Mapping[str, tuple[Make, str]]] = {
    "register": {
        "DNI": (dni, "dni"), "APELLIDOS": (surname, "name"), "NOMBRES": (given, "name"),
        "CELULAR": (mobile, "phone"), "CORREO": (private, "email"), "MONTO": (amount, ""),
    },
    "patients": {
        "NRO_DOCUMENTO": (dni, "dni"), "PACIENTE": (full_name, "name"), "UBIGEO": (ubigeo, ""),
        "DIAGNOSTICO": (illness, "health"), "CIE10": (cie10, "health"),
    },
    "patients without a number": {
        "apellido_paterno": (surname, "name"), "apellido_materno": (surname, "name"),
        "nombres": (given, "name"), "edad": (number(1, 90), ""), "diagnostico": (cie10, "health"),
    },
    "teachers": {
        "docente": (full_name, "name"), "num_doc": (dni, "dni"), "correo": (office_mail, ""),
        "telefono": (mobile, "phone"), "cod_modular": (digits(7, "0"), ""),
    },
    "suppliers": {
        "RUC_PROVEEDOR": (ruc("10"), "ruc"), "PROVEEDOR": (company, ""), "MONTO": (amount, ""),
        "NRO_ORDEN": (digits(8, "4"), ""),
    },
    "beneficiaries": {
        "codigo": (dni, "dni"), "beneficiario": (full_name, "name"), "distrito": (district, ""),
        "fono": (spaced_mobile, "phone"),
    },
    "complaints": {
        "fecha": (day, ""), "ubigeo": (ubigeo, ""),
        "detalle": (lambda c: f"Reclamo del titular con DNI {dni(c)}", "mention"),
    },
    "numbers that lost their zero": {
        "dni": (digits(7, "1", "6", "8"), "dni"), "monto": (amount, ""),
        "anio": (number(2015, 2026), ""),
    },
    "entrepreneurs": {
        "nombres": (short_name, "name"), "celular": (spaced_mobile, "phone"),
        "email": (private, "email"), "sexo": (sex, ""), "rubro": (words("TEXTIL", "AGRO"), ""),
    },
    "mail alone": {"correo": (private, "email"), "interes": (words("SALUD", "AGUA"), "")},
    "mobiles alone": {"celular": (mobile, "phone"), "operador": (words("A", "B"), "")},
    "disabled": {
        "DNI": (dni, "dni"), "discapacidad": (words("VISUAL", "MOTORA"), "health"),
        "distrito": (district, ""),
    },
    "told apart by nothing but shape": {
        "c1": (full_name, "name"), "c2": (dni, "dni"), "c3": (mobile, "phone"),
        "c4": (private, "email"),
    },
    "pensioners": {
        "titular": (full_name, "name"), "documento_identidad": (dni, "dni"),
        "ruc": (ruc("10"), "ruc"), "cuenta": (digits(11, "191"), ""),
    },
    "directory": {
        "entidad": (entity, ""), "cargo": (post, ""), "nombres": (short_name, "name"),
        "correo": (office_mail, ""), "anexo": (number(100, 999), ""),
    },
}  # fmt: skip


# Beside persons these are theirs; an office's contact makes a register a directory.
OF_PERSONS = {"diagnostico", "enfermedad", "nombre_entidad"}


def labelled() -> Iterator[Labelled]:
    """Yield the set: each table of persons alone and, twice, among traps; and tables of traps."""
    chance = random.Random(1867)  # noqa: S311 - reproducible, nothing secret
    for turn in range(3):
        for name, columns in PERSONS.items():
            made = {label: _cells(make, chance) for label, (make, _) in columns.items()}
            kinds = {label: kind for label, (_, kind) in columns.items() if kind}
            known = {label.lower() for label in columns}
            beside = [label for label in TRAPS if label.lower() not in known | OF_PERSONS]
            for label in chance.sample(beside, 4 if turn else 0):
                made[label] = _cells(TRAPS[label], chance)
            yield Labelled(name=f"{name} {turn}", columns=made, kinds=kinds)
    labels = list(TRAPS)
    for turn in range(24):
        chosen = chance.sample(labels, 6)
        made = {label: _cells(TRAPS[label], chance) for label in chosen}
        yield Labelled(name=f"traps {turn}", columns=made, kinds={})


def _cells(make: Make, chance: random.Random) -> Cells:
    return [make(chance) for _ in range(ROWS)]
