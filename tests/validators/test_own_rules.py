"""Officers' rules: what they find, what stops them, and that they can ask for nothing else."""

import csv
import gzip
import io
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acopio.messages import about, speaking
from acopio.model import Finding, Report, RowRule, Severity
from acopio.validators import own_rules
from acopio.validators.row_rules import checks
from acopio.validators.row_rules.checks import check_descriptor
from acopio.validators.row_rules.expression import (
    LONGEST,
    MOST_JOINED,
    BadExpression,
    columns_of,
)
from acopio.validators.row_rules.outcome import MOST, applicable
from acopio.validators.row_rules.typed import LONGEST as LONGEST_TEXT
from tests.validators.books import write_lines, write_parquet, write_xlsx
from tests.validators.samples import Write, examined, only

SPENT = "codigo,pim,devengado,fecha\n01,100,80.5,2024-01-31\n02,100,180,2024-02-29\n03,,7,\n"


def rule(where: str = "", **more: object) -> RowRule:
    return RowRule(**{"name": "r", "es": "mal", "where": where, **more})  # type: ignore[arg-type]


def own(report: Report) -> list[Finding]:
    return [found for found in report.findings if found.code.startswith("own-rule")]


def rows(report: Report) -> list[int | None]:
    return [found.row for found in own(report) if found.code == "own-rule"]


# --- what may be asked --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("devengado > pim", ("devengado", "pim")),
        ('"Año fiscal" <> 2024 and mes in (1, 2)', ("Año fiscal", "mes")),
        ("a between 1 and 2 or not b is null", ("a", "b")),
        ("case when a > 0 then b = 'x' else false end", ("a", "b")),
        ("cast(a as decimal(10, 2)) * 1.18 <> b", ("a", "b")),
        ("fecha + interval 3 day < date '2024-01-01'", ("fecha",)),
        ("extract(year from fecha) <> anio", ("fecha", "anio")),
        ("length(trim(a)) <> 6 or a not like '15%'", ("a",)),
        ("coalesce(a, b) is distinct from c", ("a", "b", "c")),
        ("a > 1 -- y nada más", ("a",)),
        ("a\n>\nA", ("a", "A")),
    ],
)
def test_an_expression_speaks_of_columns(expression: str, names: tuple[str, ...]) -> None:
    assert columns_of(expression) == names


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "true",
        "1 = 1",
        "a >",
        "a > 1; DROP TABLE records",
        "a > 1, b > 1",
        "a as b",
        "a > 1) or (b > 1",
        "a FROM records WHERE b IS DISTINCT",
        "a FROM other UNION SELECT b",
        "DISTINCT a",
        "a = $1",
        "a = ?",
        "#1 = a",
        "*",
        "columns('a') = 1",
        "records.a = 1",
        "a in (SELECT 1)",
        "exists(SELECT 1)",
        "(SELECT count(*) FROM read_csv('/etc/passwd')) > a",
        "a in (FROM '/etc/passwd')",
        "read_csv('/etc/passwd') = a",
        "read_text('/etc/passwd') = a",
        "getenv('HOME') = a",
        "current_setting('temp_directory') = a",
        "nextval('s') = a",
        "random() < a",
        "now() > a",
        "today() > a",
        "a = repeat('x', 1000000000)",
        "a = lpad('x', 1000000000, 'y')",
        "a = replace(replace(a, 'x', 'xxxx'), 'x', 'xxxx')",
        "list_sum(range(1000000000000)) > a",
        "a in (range(1000000000000))",
        "len([x for x in range(100)]) > a",
        "list_transform([a], x -> x + 1)[1] > 2",
        "a::json->'b' = 1",
        "a::varchar[] = b",
        "a = {'b': 1}.b",
        "sum(a) > 1",
        "count(*) > a",
        "row_number() over () > a",
        "length(a) filter (where true) > 1",
        "main.length(a) > 1",
        "a collate nocase = 'x'",
        "unnest([a]) = 1",
        "query('SELECT 1') = a",
        "PRAGMA database_list",
        "ATTACH '/tmp/x' AS y",
        "COPY records TO '/tmp/x'",
        "INSTALL httpfs",
        "SET threads = 9",
        '"\x01row" = a',
        "a" + " and a" * 200,
        "a" + " || a" * 11 + " = 'x'",
        "concat(a" + ", a" * 11 + ") = 'x'",
        "(" * 240 + "a" + ")" * 240,
        "not " * 120 + "a",
        "/* a",
        "'a",
        "\x00a",
        "\ud800a",
    ],
)
def test_nothing_else_is_let_through(expression: str) -> None:
    if expression.startswith(("(((", "not not")):
        # Deep, and yet an expression: it may pass, but must neither hang nor break.
        assert columns_of(expression) == ("a",)
        return
    with pytest.raises(BadExpression) as caught:
        columns_of(expression)
    assert caught.value.key.startswith("file-rule-")


@given(st.text(max_size=LONGEST))
def test_any_text_is_an_expression_or_refused(expression: str) -> None:
    try:
        named = columns_of(expression)
    except BadExpression as bad:
        named = (bad.key,)
    assert all(named)


@pytest.mark.parametrize(
    "check",
    [
        {"type": "row-constraint", "formula": "a <= b and (c == 'x' or d in [1, 2])"},
        {"type": "forbidden-value", "fieldName": "a", "values": ["x"]},
        {"type": "deviated-value", "fieldName": "a", "interval": 3, "average": "median"},
        {"type": "duplicate-row"},
        {"type": "table-dimensions", "minRows": 10},
    ],
)
def test_a_check_of_frictionlesss_may_be_chosen(check: dict[str, object]) -> None:
    check_descriptor(check)


@pytest.mark.parametrize(
    "check",
    [
        {},
        {"type": 5},
        {"type": "baseline"},
        {"type": "wikidata"},
        {"type": "row-constraint"},
        {"type": "row-constraint", "formula": 5},
        {"type": "row-constraint", "formula": "a <= b", "x": 1},
        {"type": "row-constraint", "formula": "a.__class__"},
        {"type": "row-constraint", "formula": "__import__('os')"},
        {"type": "row-constraint", "formula": "9 ** 9 ** 9 > a"},
        {"type": "row-constraint", "formula": "[x for x in a]"},
        {"type": "row-constraint", "formula": "a[0]"},
        {"type": "row-constraint", "formula": "(lambda: a)()"},
        {"type": "row-constraint", "formula": "f'{a}'"},
        {"type": "row-constraint", "formula": "a <"},
        {"type": "row-constraint", "formula": "(" * 400 + "a"},
        {"type": "row-constraint", "formula": "a" * (LONGEST + 1)},
        {"type": "forbidden-value", "fieldName": "a", "values": "x"},
        {"type": "table-dimensions", "minRows": "many"},
    ],
)
def test_no_other_check_and_no_other_formula(check: dict[str, object]) -> None:
    with pytest.raises(BadExpression) as caught:
        check_descriptor(check)
    assert caught.value.key.startswith("file-rule-")


# --- what they find -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        ("devengado > pim", [3]),
        ("pim is null", [4]),
        ("devengado = 80.5", [2]),
        ("fecha > date '2024-02-01'", [3]),
        ("month(fecha) = 1", [2]),
        ("codigo like '0%' and codigo <> '02'", [2, 4]),
        ("PIM = 100", [2, 3]),
        ("devengado > 1000", []),
    ],
)
def test_rows_that_an_expression_is_true_of(write: Write, where: str, wrong: list[int]) -> None:
    assert rows(examined(write("f.csv", SPENT), rules=(rule(where),))) == wrong


def test_a_finding_says_the_officers_sentence_row_and_cells(write: Write) -> None:
    asked = rule("devengado > pim", es="supera al PIM", en="above", severity=Severity.WARNING)
    (found,) = own(examined(write("f.csv", SPENT), rules=(asked,)))
    assert (found.severity, found.row, found.field) == (Severity.WARNING, 3, None)
    assert found.evidence == "devengado: 180; pim: 100"
    with speaking("es"):
        assert about(found) == "Fila 3: supera al PIM (regla «r»; casos en la tabla: 1)."
    with speaking("en"):
        assert about(found) == "Row 3: above (rule 'r'; cases in the table: 1)."


def test_without_english_everybody_reads_spanish(write: Write) -> None:
    (found,) = own(examined(write("f.csv", SPENT), rules=(rule("pim is null"),)))
    with speaking("en"):
        assert "mal" in about(found)
    assert (found.field, found.evidence) == ("pim", "")


@pytest.mark.parametrize(
    ("check", "wrong"),
    [
        ({"type": "row-constraint", "formula": "devengado <= 100"}, [3]),
        ({"type": "forbidden-value", "fieldName": "codigo", "values": ["02", "03"]}, [3, 4]),
        ({"type": "sequential-value", "fieldName": "pim"}, [3]),
        ({"type": "duplicate-row"}, []),
        ({"type": "table-dimensions", "minRows": 10}, [None]),
        ({"type": "required-value", "fieldName": "codigo", "values": ["09"]}, [None]),
    ],
)
def test_rows_that_a_check_finds(
    write: Write, check: dict[str, object], wrong: list[int | None]
) -> None:
    report = examined(write("f.csv", SPENT), rules=(rule(check=check),))
    found = own(report)
    assert [one.row for one in found] == wrong
    assert {one.code for one in found} <= {"own-rule", "own-rule-of-table"}
    assert all("mal" in about(one) for one in found)


def test_a_deviated_value_is_told_with_its_row(write: Write) -> None:
    content = "monto,x\n" + "10,1\n11,1\n" * 50 + "999999,1\n"
    check = {"type": "deviated-value", "fieldName": "monto"}
    assert rows(examined(write("f.csv", content), rules=(rule(check=check),))) == [102]


def test_rows_are_numbered_below_titles_and_in_a_workbook(write: Write, tmp_path: Path) -> None:
    asked = (rule("b > a"), rule(name="c", check={"type": "row-constraint", "formula": "b <= a"}))
    text = examined(write("f.csv", "REPORTE\n\na,b,c\n" + "1,1,1\n" * 9 + "1,2,1\n"), rules=asked)
    assert rows(text) == [13, 13]
    book = write_xlsx(tmp_path / "f.xlsx", {"Hoja": [("a", "b", "c"), (1, 1, "x"), (1, 2, "y")]})
    assert rows(examined(book, declared="xlsx", rules=asked)) == [3, 3]


def test_decimal_commas_and_cp1252_are_read_as_the_table_is(write: Write) -> None:
    content = "región;monto;tope\nÁncash;1.234,50;1.234,49\nLima;2.000,00;2.000,00\n"
    report = examined(write("f.csv", content.encode("cp1252")), rules=(rule("monto > tope"),))
    (found,) = own(report)
    assert (found.row, found.evidence) == (2, "monto: 1.234,50; tope: 1.234,49")
    asked = rule("\"región\" = 'Áncash'")
    assert rows(examined(write("g.csv", content.encode("cp1252")), rules=(asked,))) == [2]


def test_large_tables_count_all_and_tell_the_first(write: Write) -> None:
    content = "a,b\n" + "".join(f"{n},{n % 2}\n" for n in range(30_000))
    (first, *_) = found = own(examined(write("f.csv", content), rules=(rule("b = 1"),)))
    assert (len(found), first.params["count"]) == (MOST, 15_000)
    assert [one.row for one in found] == list(range(3, 3 + 2 * MOST, 2))


def test_ragged_large_tables_are_read_by_csv(write: Write) -> None:
    content = "a,b\n" + "".join(f"{n},1\n" for n in range(25_000)) + "7\n8,1,9\n9,2\n"
    found = rows(examined(write("f.csv", content), rules=(rule("b = 2 or b is null"),)))
    assert found == [25_002, 25_004]


numbers = st.decimals(min_value=-1000, max_value=1000, places=2, allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=20))
def test_sums_are_exact(table: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("x", "y", "z"), *table])
    schema = {"fields": [{"name": name, "type": "number"} for name in "xyz"]}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "f.csv"
        path.write_text(text.getvalue())
        found = rows(examined(path, schema=schema, rules=(rule("x + y <> z"),)))
    assert found == [n for n, (x, y, z) in enumerate(table, 2) if x + y != z]


# --- what stops them ----------------------------------------------------------------------------


def test_persons_are_masked_in_what_a_rule_shows(write: Write) -> None:
    people = "dni,nombre,correo,monto\n" + "".join(
        f"4{n}234567,Quispe Rojas Rosa,rosa{n}@gmail.com,{n}\n" for n in range(1, 9)
    )
    asked = (
        rule("monto > 7 and dni is not null and nombre is not null and correo is not null"),
        rule("dni = '48234567'", name="uno"),
        rule(name="frictionless", check={"type": "forbidden-value", "fieldName": "dni",
             "values": ["48234567"]}),
    )  # fmt: skip
    found = own(examined(write("f.csv", people), rules=asked))
    assert len(found) == 3
    for one in found:
        told = one.evidence + about(one)
        assert not any(word in told for word in ("48234567", "Quispe", "Rosa", "rosa8@"))
    assert "monto: 8" in found[0].evidence


def test_a_column_that_is_not_there_is_told(write: Write) -> None:
    asked = (
        rule("girado > pim"),
        rule("girado > pim", name="s", resources="f*"),
        rule(name="t", check={"type": "row-constraint", "formula": "girado > pim"}),
        rule("devengado > pim", name="u"),
    )
    found = own(examined(write("f.csv", SPENT), rules=asked))
    assert [one.params["rule"] for one in found] == ["r", "s", "u", "t"]
    assert [one.severity.value for one in found] == ["info", "warning", "error", "info"]
    assert "girado" in about(found[0])


def test_one_that_cannot_be_worked_out_leaves_the_others(write: Write) -> None:
    asked = (
        rule("codigo + 1 > fecha"),
        rule("cast(codigo || 'x' as integer) > 1", name="s"),
        rule("regexp_matches(codigo, '(')", name="t"),
        rule("devengado > pim", name="u"),
    )
    found = own(examined(write("f.csv", SPENT), rules=asked))
    told = {one.params["rule"]: one.code for one in found}
    assert told == {"r": "own-rule-not-checked", "s": "own-rule-not-checked",
                    "t": "own-rule-not-checked", "u": "own-rule"}  # fmt: skip
    assert not any("01x" in about(one) for one in found), "an error of DuckDB's repeats cells"
    assert "codigo + 1 > fecha" in about(found[0])


def test_time_that_ran_out_is_named(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_rules, "SECONDS", -1.0)
    monkeypatch.setattr(own_rules, "BYTES_A_SECOND", 10**12)
    content = "a,b\n" + "".join(f"{n},{'x' * 50}\n" for n in range(60_000))
    asked = (
        rule("upper(lower(" * 20 + "strip_accents(b)" + "))" * 20 + " = 'y'"),
        rule(name="s", check={"type": "row-constraint", "formula": "a >= 0"}),
    )
    found = own(examined(write("f.csv", content), rules=asked))
    assert [one.code for one in found] == ["own-rule-not-checked"] * 2
    assert {one.params["obstacle"] for one in found} == {"seconds"}


def test_long_texts_are_compared_by_their_beginning(write: Write) -> None:
    content = "a,b\n" + "".join(f"{'x' * 30_000},{n}\n" for n in range(100))
    asked = rule(f"length({' || '.join('a' * (MOST_JOINED + 1))}) <> {11 * LONGEST_TEXT}")
    assert own(examined(write("f.csv", content), rules=(asked,))) == []


def test_more_rules_than_are_worked_out_at_once(write: Write) -> None:
    asked = tuple(rule(f"devengado > {n}", name=f"r{n}") for n in range(75, 95))
    found = own(examined(write("f.csv", SPENT), rules=asked))
    assert {str(one.params["rule"]) for one in found} == {one.name for one in asked}
    assert len(found) == 20 + 6


def test_tables_of_any_format_keep_the_rules(write: Write, tmp_path: Path) -> None:
    asked = (rule("b > a"), rule(name="c", check={"type": "row-constraint", "formula": "b <= a"}))
    packed = write("f.csv.gz", gzip.compress(b"a,b\n1,1\n1,2\n"))
    parquet = write_parquet(tmp_path / "f.parquet", {"a": [1, 1], "b": [1, 2.5]})
    lines = write_lines(tmp_path / "f.jsonl", [{"a": 1, "b": 1}, {"a": 1, "b": 2}])
    for path in (packed, parquet, lines):
        report = examined(path, declared=path.suffix[1:])
        assert own(report) == []
        assert rows(examined(path, declared=path.suffix[1:], rules=asked)) == [3, 3]


def test_a_table_too_long_for_checks_is_named(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "MOST_ROWS", 2)
    asked = rule(check={"type": "row-constraint", "formula": "devengado <= 100"})
    limit = only(examined(write("f.csv", SPENT), rules=(asked,)), "own-rule-not-checked")
    assert (limit.params["obstacle"], limit.params["value"]) == ("rows", 2)


def test_what_is_no_table_has_no_rows(write: Write) -> None:
    for name, content in (("f.csv", ""), ("f.csv", "<html></html>"), ("f.pdf", "%PDF-1.4")):
        assert own(examined(write(name, content), rules=(rule("a > 1"),))) == []


def test_headers_of_any_kind_can_be_asked(write: Write) -> None:
    content = 'a""b,row,"x\'y",select\n1,2,3,4\n'
    asked = rule('"row" = 2 and "x\'y" = 3 and "select" = 4')
    assert rows(examined(write("f.csv", content), rules=(asked,))) == [2]


def test_rules_are_for_resources_by_name() -> None:
    asked = (rule("a > 1"), rule("b > 1", resources="gasto*"))
    assert applicable(asked, "Gasto 2024") == asked
    assert applicable(asked, "padron") == asked[:1]
