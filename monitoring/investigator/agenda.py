"""What a session looks at, and what it is told beforehand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from halflife.models.errors import ClaimError, UsageError
from halflife.models.rows import Kind, Schema
from halflife.monitoring.claims.syntax.predicates import check
from halflife.monitoring.claims.syntax.sql_words import near

SIGNS = ("+", "-")


@dataclass(frozen=True)
class Agenda:
    """What to look at, and how much of it.

    Attributes:
        attributions: how many of the strongest features.
        errors: how many of the errors the model is surest of.
        gaps: how many gaps between groups.
        slices: how many slices, of those it does worst on and of those where it misjudges the odds.
        findings: at most so many are filed.
        segments: columns (each value against the rest) or predicates (against their negation).
        expect: numeric column -> ``+`` or ``-``: whether the score should rise or fall with it.
        available_after: columns whose value is only known when the label is.
    """

    attributions: int = 5
    errors: int = 4
    gaps: int = 4
    slices: int = 4
    findings: int = 40
    segments: tuple[str, ...] = ()
    expect: Mapping[str, str] = field(default_factory=dict)
    available_after: tuple[str, ...] = ()


def check_agenda(agenda: Agenda, schema: Schema) -> None:
    """Refuse what does not fit the columns there are, before anything is trained.

    Raises:
        ClaimError: a segment is neither a column nor a predicate over columns.
        UsageError: an expectation is not of a numeric column, or is neither + nor -; a column there is not.
    """
    for segment in agenda.segments:
        if segment not in schema.names:
            _check_segment(segment, schema)
    _check_columns("investigate.available_after", agenda.available_after, schema)
    _check_columns("investigate.expect", agenda.expect, schema)
    for name, sign in agenda.expect.items():
        if schema.kind(name) is not Kind.NUMERIC:
            raise UsageError(f"investigate.expect: {name!r} is {schema.kind(name)}; only a numeric column can rise")
        if sign not in SIGNS:
            raise UsageError(f'investigate.expect: {name} = {sign!r}; it is "+" or "-"')


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
