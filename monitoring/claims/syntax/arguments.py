"""What a claim's arguments can be, and the columns they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

Arguments: TypeAlias = Mapping[str, Any]
"""Values by name: a claim's own, and once it is put to rows also what it left open (``Statistic.settle``)."""


class ArgumentKind(StrEnum):
    """What an argument names, and so how it is checked."""

    FEATURE = "a column"
    FEATURES = "a column, or a list of columns"
    VALUE = "a number, or a word in quotes"
    CHANGES = "columns with the values they take"
    COUNT = "a whole number from 1"
    CHOICE = "one of a few words"
    PREDICATE = "an SQL condition on the columns"
    CASE = "the id of a row"


@dataclass(frozen=True)
class Argument:
    """One argument of a statistic.

    Attributes:
        positional: written without its name in canonical text.
        choices: the words of a ``CHOICE``.
        meaning: what it is for, in a few words.
        default: what it is when left out, in a few words; only where it may be.
    """

    name: str
    kind: ArgumentKind
    required: bool = True
    positional: bool = False
    choices: tuple[str, ...] = ()
    meaning: str = ""
    default: str = ""

    def __str__(self) -> str:
        return self.name if self.required else f"{self.name}?"


WHERE = Argument("where", ArgumentKind.PREDICATE, required=False, meaning="the rows it speaks about", default="all")
SLICE = Argument("where", ArgumentKind.PREDICATE, positional=True, meaning="the rows that are set against the rest")
CASE = Argument("case", ArgumentKind.CASE, meaning="the row it speaks about")
FEATURE = Argument("feature", ArgumentKind.FEATURE, positional=True, meaning="the column it speaks about")
FEATURES = Argument(
    "feature", ArgumentKind.FEATURES, positional=True, meaning="the column it speaks about, or a group of columns"
)


def named(declared: tuple[Argument, ...], arguments: Arguments) -> frozenset[str]:
    """The columns that arguments name, those in their predicates too.

    >>> sorted(named((FEATURES, WHERE), {"feature": ("age", "job"), "where": "sex = 'F'"}))
    ['age', 'job', 'sex']
    """
    from halflife.monitoring.claims.syntax.predicates import columns

    found: set[str] = set()
    for argument in declared:
        value = arguments.get(argument.name)
        if value is None:
            continue
        match argument.kind:
            case ArgumentKind.FEATURE | ArgumentKind.FEATURES:
                found |= {value} if isinstance(value, str) else set(value)
            case ArgumentKind.CHANGES:
                found |= {feature for feature, _ in value}
            case ArgumentKind.PREDICATE:
                found |= set(columns(value))
    return frozenset(found)


def listed(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a ``FEATURES``.

    >>> listed("age"), listed(("age", "job"))
    (('age',), ('age', 'job'))
    """
    return (value,) if isinstance(value, str) else value
