"""Files that are not what they say, or hard to open, or that hold what they should not."""

from tests.validators.examples.example import Example, FileExample

_PERSONS = "dni,apellidos,nombres,monto\n" + "".join(
    f"{99999900 + n},PRUEBA SINTETICA,PERSONA UNO,{n}\n" for n in range(1, 40)
)

CASES: dict[str, Example] = {
    "html-instead-of-data": FileExample(
        what="A web page saved under the name of a table.",
        content=b"<!DOCTYPE html>\n<html><body>Acceso restringido</body></html>\n",
    ),
    "format-mismatch": FileExample(what="A PDF called a CSV.", content=b"%PDF-1.4\n"),
    "not-examined": FileExample(
        what="A format that is not looked into.", content=b"Rar!\x1a\x07\x01\x00", name="datos.rar"
    ),
    "empty-file": FileExample(what="A file of no bytes.", content=b""),
    "empty-table": FileExample(what="A header, and nothing below it.", content=b"codigo,monto\n"),
    "encoding-not-utf8": FileExample(
        what="Text as older versions of Excel save it.",
        content="región,monto\nÁncash,1.5\n".encode("cp1252"),
    ),
    "encoding-mixed": FileExample(
        what="Two files of different origin, joined.",
        content="region\nÁncash\n".encode() + "Junín\n".encode("cp1252"),
    ),
    "bom": FileExample(
        what="A byte order mark before the header.",
        content=b"\xef\xbb\xbfcodigo,monto\nx,1\n",
        lines=("\\ufeffcodigo,monto", "x,1"),
    ),
    "mojibake": FileExample(
        what="UTF-8 that was once read as another encoding.",
        content="region,monto\nJunín,1\nÁncash,2\n".replace("í", "Ã\xad")
        .replace("Á", "Ã\x81")
        .encode(),
    ),
    "merged-header": FileExample(
        what="A header in two rows, as merged cells are exported.",
        content=b"codigo,2023,,2024,\n,pia,pim,pia,pim\nx,1,2,3,4\ny,1,2,3,4\n",
    ),
    "thousands-separator": FileExample(
        what="Amounts with a mark between thousands.",
        content=b'codigo,monto\nx,"1,234,567"\ny,"5,234"\n',
    ),
    "nul-bytes": FileExample(what="A NUL among the digits.", content=b"a,b\n1,\x00\n"),
    "delimiter-not-comma": FileExample(
        what="Columns separated by semicolons.", content=b"codigo;monto\n1;2\n"
    ),
    "unclosed-quote": FileExample(
        what="A quote that never closes.", content=b'codigo,nombre\n1,"norte\n2,sur\n'
    ),
    "title-rows": FileExample(
        what="A title above the header.",
        content=b"REPORTE\n\ncodigo,monto,anio\n1,2,2024\n3,4,2024\n",
    ),
    "decimal-comma": FileExample(
        what="Amounts with a decimal comma.", content=b"monto;codigo\n1,5;x\n2,25;y\n"
    ),
    "personal-data": FileExample(
        what="Numbers of identity beside names (all of them made up).", content=_PERSONS.encode()
    ),
    "personal-data-in-text": FileExample(
        what="A number of identity in the title (made up).",
        content=b"RESPONSABLE DNI 99999901\n\ncodigo,monto,anio\n1,2,2024\n3,4,2024\n",
    ),
    "examination-failed": FileExample(
        what="A row of six thousand columns.",
        content=b",".join(b"c%d" % n for n in range(6000)) + b"\n" + b",".join([b"1"] * 6000),
    ),
}
