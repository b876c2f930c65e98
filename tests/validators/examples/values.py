"""Values that cannot be: codes, coordinates, dates, and rows that are there twice."""

from tests.validators.examples.example import Example, FileExample

CASES: dict[str, Example] = {
    "ubigeo-unknown": FileExample(
        what="A code no district has.",
        content=b"ubigeo,monto\n150101,1\n150102,2\n150103,3\n990199,4\n",
    ),
    "ubigeo-lost-zero": FileExample(
        what="Codes that went through a spreadsheet.",
        content=b"ubigeo,monto\n150101,1\n10101,2\n10102,3\n",
    ),
    "ruc-invalid": FileExample(
        what="A RUC whose check digit is wrong.",
        content=b"ruc,monto\n20131312955,1\n20131312956,2\n",
    ),
    "dni-malformed": FileExample(
        what="Numbers of identity that are too short (made up).",
        content=b"dni,monto\n99999901,1\n99999902,2\n9999990,3\n99999904,4\n",
    ),
    "coordinates-outside-country": FileExample(
        what="Latitude and longitude in each other's place.",
        content=b"lugar,latitud,longitud\nx,-12.05,-77.04\ny,-77.04,-12.05\n",
    ),
    "date-in-future": FileExample(
        what="A payment that is still to come.",
        content=b"fecha_pago,monto\n2024-01-05,1\n2099-01-05,2\n",
    ),
    "date-ambiguous": FileExample(
        what="Days and months that could be either way round.",
        content=b"fecha,monto\n01/02/2024,1\n03/04/2024,2\n05/06/2024,3\n",
    ),
    "missing-value-token": FileExample(
        what="A word that stands for no value.",
        content=b"codigo,monto\nx,1\ny,S.I.\nz,3\nw,4\nv,5\n",
    ),
    "duplicate-rows": FileExample(
        what="A row that is there twice.",
        content=b"codigo,nombre,monto\nx,norte,1\ny,sur,2\nx,norte,1\n",
    ),
}
