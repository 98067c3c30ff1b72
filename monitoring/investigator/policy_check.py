"""Whether what a session is told to look at fits the columns there are."""

from collections.abc import Iterable

from halflife.models.errors import ClaimError, UsageError
from halflife.models.rows import Kind, Schema
from halflife.monitoring.claims.syntax.predicates import check
from halflife.monitoring.claims.syntax.sql_words import near
from halflife.monitoring.policy import InvestigatePolicy


def check_policy(policy: InvestigatePolicy, schema: Schema) -> None:
    """Refuse what does not fit the columns there are, before anything is trained.

    Raises:
        ClaimError: a segment is neither a column nor a predicate over columns.
        UsageError: an expectation is not of a numeric column; a column there is not.
    """
    for segment in policy.segments:
        if segment not in schema.names:
            _check_segment(segment, schema)
    _check_columns("investigate.available_after", policy.available_after, schema)
    _check_columns("investigate.expect", policy.expect, schema)
    for name in policy.expect:
        if schema.kind(name) is not Kind.NUMERIC:
            raise UsageError(f"investigate.expect: {name!r} is {schema.kind(name)}; only a numeric column can rise")


def _check_segment(segment: str, schema: Schema) -> None:
    try:
        check(segment, schema)
    except ClaimError as error:
        hint = near(segment, schema.names) if segment.isidentifier() else ""
        raise ClaimError(f"{error.message}{hint}", text=segment, column=error.column) from error


def _check_columns(setting: str, names: Iterable[str], schema: Schema) -> None:
    for name in names:
        if name not in schema.names:
            known = ", ".join(schema.names)
            raise UsageError(f"{setting}: {name!r} is not a column; columns are {known}{near(name, schema.names)}")
