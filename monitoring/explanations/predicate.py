"""A path's condition on one feature as a predicate that claims can use."""

from math import inf

from halflife.models.explain.conditions import Between, Condition, Value
from halflife.monitoring.claims.syntax.claim_text import spelled
from halflife.monitoring.claims.syntax.sql_words import quote


def predicate(condition: Condition, value: Value) -> str:
    """The condition in SQL, without its exceptions for missing values; empty where it speaks of nothing else.

    Args:
        condition: of a path.
        value: of the row the path is of, which satisfies it; nothing is said of a missing one.

    >>> predicate(Between("emp.var.rate", above=-1.5, upto=2.0), 0.5)
    '"emp.var.rate" > -1.5 AND "emp.var.rate" <= 2'
    >>> from halflife.models.explain.conditions import Among
    >>> predicate(Among("job", ("cook", "spy"), ("clerk",)), "spy")
    "job IN ('cook', 'spy')"
    """
    if value is None or not condition.admits(value):
        return ""
    name = quote(condition.feature)
    if isinstance(condition, Between):
        below = [f"{name} > {spelled(condition.above)}"] if condition.above > -inf else []
        above = [f"{name} <= {spelled(condition.upto)}"] if condition.upto < inf else []
        inside = condition.above < float(value) <= condition.upto
        return " AND ".join([*below, *above]) if inside else ""
    if value not in condition.values or not condition.others:
        return ""
    listed = ", ".join(_literal(v) for v in condition.values)
    return f"{name} = {listed}" if len(condition.values) == 1 else f"{name} IN ({listed})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
