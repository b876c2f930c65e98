"""Let through one true-or-false expression over a row's cells, and nothing else that SQL can say.

DuckDB's own parser reads it, and each node of its tree must be of a kind listed here: no list of
what is dangerous would ever be complete.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from acopio.validators.records import shared

LONGEST = 500
# How often texts may be joined: memory that DuckDB's limit does not count grows with the square.
MOST_JOINED = 10
_WRAPPED = "SELECT {}\nFROM records"
# What a SELECT without any clause consists of besides its list and its table.
_NO_CLAUSE = {"cte_map": {"map": []}, "aggregate_handling": "STANDARD_HANDLING"}
_ANY = frozenset({"COMPARISON", "CONJUNCTION", "BETWEEN", "CASE", "CONSTANT"})
_OPERATORS = frozenset(
    {
        *("OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "OPERATOR_COALESCE"),
        *("OPERATOR_TRY", "COMPARE_IN", "COMPARE_NOT_IN"),
    }
)
_TYPE_WORDS = """
boolean bool tinyint smallint integer int bigint hugeint float real double decimal numeric
varchar text string date time timestamp datetime
"""
_TYPES = frozenset(_TYPE_WORDS.split())
# The same result for the same row at any time, and none much longer than what it is given.
_FUNCTION_WORDS = """
+ - * / // % || ~~ !~~ ~~* !~~* ~~~ ^@
like_escape not_like_escape ilike_escape not_ilike_escape
abs sign round floor ceil ceiling trunc greatest least nullif ifnull
length len strlen lower upper trim ltrim rtrim left right substr substring strip_accents
concat contains starts_with ends_with prefix suffix strpos instr position
regexp_matches regexp_full_match regexp_extract
year month day quarter hour minute second dayofweek isodow dayofyear week
date_part datepart date_diff datediff date_trunc datetrunc make_date last_day
to_days to_weeks to_months to_years to_hours to_minutes to_seconds
"""
FUNCTIONS = frozenset(_FUNCTION_WORDS.split())

Node = Mapping[str, Any]


class BadExpression(ValueError):  # noqa: N818 - never leaves the reading of a file
    """What is wrong with an expression: the ``key`` of a message, and its ``params``."""

    def __init__(self, key: str, **params: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


def columns_of(expression: str) -> tuple[str, ...]:
    """Return the names of the columns an expression speaks of, in its order, each once.

    Raises BadExpression for what is no single expression, or uses more than its row's cells.
    """
    if len(expression) > LONGEST:
        raise BadExpression("file-rule-too-long", limit=LONGEST)
    names: dict[str, None] = {}
    joined = 0
    for node in _nodes(_parsed(expression)):
        _check(node)
        joined += _joins(node)
        if node["class"] == "COLUMN_REF":
            names[_column(node)] = None
    if joined > MOST_JOINED:
        raise BadExpression("file-rule-not-allowed", what=f"|| (> {MOST_JOINED})")
    if not names:
        raise BadExpression("file-rule-no-column")
    return tuple(names)


def _parsed(expression: str) -> Node:
    """Return the tree of the one expression that stands there."""
    import duckdb

    with shared() as parser:
        statement = [_WRAPPED.format(expression)]
        try:
            (text,) = parser.execute("SELECT json_serialize_sql(?)", statement).fetchall()[0]
        except duckdb.Error:
            raise BadExpression("file-rule-syntax", detail="…") from None
    try:
        tree = json.loads(text)
    except RecursionError:
        raise BadExpression("file-rule-syntax", detail="…") from None
    if tree["error"]:
        detail = str(tree.get("error_message", "")).partition("\n")[0]
        raise BadExpression("file-rule-syntax", detail=detail[:200])
    return _single(tree["statements"])


def _single(statements: list[Any]) -> Node:
    node = statements[0]["node"] if len(statements) == 1 else {}
    chosen, table = node.pop("select_list", []), node.pop("from_table", {})
    rest = {key: value for key, value in node.items() if value}
    plain = rest == {"type": "SELECT_NODE", **_NO_CLAUSE} and table.get("table_name") == "records"
    if not plain or len(chosen) != 1 or chosen[0]["alias"]:
        raise BadExpression("file-rule-not-one")
    found: Node = chosen[0]
    return found


def _nodes(root: Node) -> Iterator[Node]:
    """Yield every node that has a class, in the order of the text; without recursion."""
    waiting: list[Any] = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "class" in value:
                yield value
            waiting.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def _check(node: Node) -> None:
    kind = str(node["class"])
    plain = _MORE.get(kind)
    if kind not in _ANY and not (plain and plain(node)):
        named = node.get("function_name") or node.get("type_name") or kind
        raise BadExpression("file-rule-not-allowed", what=str(named)[:60].lower())


def _joins(node: Node) -> int:
    """Return how many texts a node joins to another."""
    joins = node["class"] == "FUNCTION" and node["function_name"].lower() in ("||", "concat")
    return len(node["arguments"]) - 1 if joins else 0


def _plain_call(node: Node) -> bool:
    """Tell whether a call is of a function listed, without a schema, a filter or an order."""
    more = (node["filter"], node["distinct"], node["order_bys"]["orders"], node["schema"])
    named = any(argument["name"] for argument in node["arguments"])
    return node["function_name"].lower() in FUNCTIONS and not any(more) and not named


def _plain_type(node: Node) -> bool:
    return node["type_name"].lower() in _TYPES and not node["schema"]


def _column(node: Node) -> str:
    return str(node["column_names"][0])


def _plain_column(node: Node) -> bool:
    return len(node["column_names"]) == 1 and _column(node).isprintable()


_MORE: Mapping[str, Callable[[Node], bool]] = {
    "CAST": lambda _: True,
    "TYPE": _plain_type,
    "FUNCTION": _plain_call,
    "OPERATOR": lambda node: node["type"] in _OPERATORS,
    "COLUMN_REF": _plain_column,
}
