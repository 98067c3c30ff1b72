"""The values of a claim's arguments, read from its syntax tree and checked."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from halflife.models.errors import ClaimError
from halflife.models.rows import Kind, Schema
from halflife.monitoring.claims.syntax import predicates
from halflife.monitoring.claims.syntax.arguments import Argument, ArgumentKind
from halflife.monitoring.claims.syntax.claim_text import Changes, Source, Value
from halflife.monitoring.claims.syntax.sql_words import near


@dataclass(frozen=True)
class Values:
    """Reads arguments of one text; columns and predicates are taken on trust without a schema."""

    source: Source
    schema: Schema | None

    def read(self, node: ast.expr, argument: Argument) -> Value:
        """The value a node spells. Raises ClaimError."""
        match argument.kind:
            case ArgumentKind.FEATURE:
                return self.feature(node)
            case ArgumentKind.FEATURES:
                return self._features(node)
            case ArgumentKind.VALUE:
                return self._value(node)
            case ArgumentKind.CHANGES:
                return self._changes(node, argument.name)
            case ArgumentKind.COUNT:
                return self._count(node, argument.name)
            case ArgumentKind.CHOICE:
                return self._choice(node, argument)
            case ArgumentKind.PREDICATE:
                return self._predicate(node, argument.name)
            case ArgumentKind.CASE:
                if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
                    raise self.source.fault(node, f'a case is text; write case="{node.value}"')
                return self.source.string(node, 'a case is the id of a row in quotes, as in case="41023"')

    def feature(self, node: ast.expr) -> str:
        """A column's name. Raises ClaimError."""
        name = self.source.string(node, 'a column goes in quotes, as in "duration"')
        if self.schema is not None and name not in self.schema.names:
            raise self.source.fault(node, unknown("a column", "columns are", name, self.schema.names))
        return name

    def _features(self, node: ast.expr) -> Value:
        if not isinstance(node, ast.List | ast.Tuple):
            return self.feature(node)
        names = [self.feature(element) for element in node.elts]
        if not names:
            raise self.source.fault(node, "the list of columns is empty")
        for k, name in enumerate(names):
            if name in names[:k]:
                raise self.source.fault(node.elts[k], f"{name!r} is listed twice")
        return tuple(names) if len(names) > 1 else names[0]

    def _value(self, node: ast.expr) -> float | str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.source.string(node, "")
        return self.source.number(node, "a value is a number, or a word in quotes")

    def _changes(self, node: ast.expr, name: str) -> Changes:
        shape = f'{name} holds columns with the values they take, as in {name}={{"income": 52000}}'
        if not isinstance(node, ast.Dict):
            raise self.source.fault(node, shape)
        found: dict[str, float | str] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise self.source.fault(value, shape)
            feature = self.feature(key)
            if feature in found:
                raise self.source.fault(key, f"{feature!r} is listed twice")
            found[feature] = self._value(value)
            if self.schema is not None and (wrong := mismatch(feature, found[feature], self.schema)):
                raise self.source.fault(value, wrong)
        if not found:
            raise self.source.fault(node, shape)
        return tuple(sorted(found.items()))

    def _count(self, node: ast.expr, name: str) -> float:
        shape = f"{name} is a whole number from 1, as in {name}=3"
        number = self.source.number(node, shape)
        if number < 1 or not number.is_integer():
            raise self.source.fault(node, shape)
        return number

    def _choice(self, node: ast.expr, argument: Argument) -> str:
        word = self.source.string(node, f"{argument.name} goes in quotes and is one of {', '.join(argument.choices)}")
        if word not in argument.choices:
            raise self.source.fault(node, unknown(f"a {argument.name}", "it is one of", word, argument.choices))
        return word

    def _predicate(self, node: ast.expr, name: str) -> str:
        where = self.source.string(node, f"{name} is a condition in quotes, as in {name}=\"job = 'student'\"")
        if self.schema is not None:
            try:
                predicates.check(where, self.schema)
            except ClaimError as error:
                raise self.source.at(self.source.inside(node, where, error.column - 1), error.message) from error
        return where


def fits(value: Value, argument: Argument, schema: Schema) -> bool:
    """Whether a value that was read without a schema names its columns, as they are."""
    match argument.kind:
        case ArgumentKind.FEATURE | ArgumentKind.FEATURES:
            return set(value if isinstance(value, tuple) else (value,)) <= set(schema.names)
        case ArgumentKind.CHANGES:
            assert isinstance(value, tuple)
            pairs = [pair for pair in value if isinstance(pair, tuple)]
            return all(name in schema.names and not mismatch(name, to, schema) for name, to in pairs)
        case ArgumentKind.PREDICATE:
            try:
                predicates.check(str(value), schema)
            except ClaimError:
                return False
    return True


def mismatch(feature: str, value: float | str, schema: Schema) -> str:
    """Why a column cannot take a value; empty when it can.

    >>> from halflife.models.rows import Column
    >>> mismatch("age", "old", Schema((Column("age", Kind.NUMERIC),)))
    "'age' is a number; it cannot be 'old'"
    """
    kind = schema.kind(feature)
    if (kind is Kind.CATEGORICAL) == isinstance(value, str):
        return ""
    if kind is Kind.NUMERIC:
        return f"{feature!r} is a number; it cannot be {value!r}"
    return f'{feature!r} is a category; write its value in quotes, as in "{value:g}"'


def unknown(what: str, known: str, word: str, words: Sequence[str]) -> str:
    """What is said of a word that is none of those known.

    >>> unknown("a metric", "it is one of", "tqr", ("fpr", "tpr"))
    "'tqr' is not a metric; it is one of fpr, tpr; did you mean 'tpr'?"
    """
    return f"{word!r} is not {what}; {known} {', '.join(words)}{near(word, words)}"
