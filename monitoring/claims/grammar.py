"""Claims as text and as data: ``statistic(arguments) comparator threshold ± tolerance``.

The text is Python-like. ``ast`` reads it, nothing evaluates it, and every fault is reported with its column::

    attribution_share("duration", where="job = 'student'") > 0.3 ± 0.02
    gap("fpr", a="sex = 'F'", b="sex = 'M'") <= 0.05
    top_reason(case="41023") == "duration"

``+-`` and ``+/-`` stand for ``±`` where a keyboard lacks it. ``parse`` checks everything that can be known without
rows; given a schema, column names and predicates too.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from models.domain import Scope
from models.errors import ClaimError
from models.rows import Schema
from monitoring.claims import predicates
from monitoring.claims.source import SHAPE, Source, Value, spelled
from monitoring.claims.statistic import Argument, ArgumentKind, Statistic
from monitoring.claims.statistics import STATISTICS
from monitoring.claims.words import near

COMPARATORS = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "=="}


@dataclass(frozen=True)
class Claim:
    """What is claimed, as data.

    Attributes:
        arguments: (name, value), in the order the statistic declares them; only those given. A group of features is a
            tuple.
        threshold: a number; the feature's name for ``top_reason``.
        tolerance: δ ≥ 0, in the statistic's unit.

    >>> str(parse("attribution_share(['age','job'], where='age>30')>.3+-.02"))
    'attribution_share(["age", "job"], where="age>30") > 0.3 ± 0.02'
    """

    statistic: str
    arguments: tuple[tuple[str, Value], ...]
    comparator: str
    threshold: float | str | bool
    tolerance: float = 0.0

    @property
    def scope(self) -> Scope:
        """What the claim speaks about unless its finding says otherwise."""
        return STATISTICS[self.statistic].scope

    @property
    def subject(self) -> str:
        """What the claim is about: the statistic and its arguments, without what is said of it.

        >>> parse('attribution_share("age") > 0.3').subject
        'attribution_share("age")'
        """
        positional = {a.name for a in STATISTICS[self.statistic].arguments if a.positional}
        arguments = [spelled(v) if name in positional else f"{name}={spelled(v)}" for name, v in self.arguments]
        return f"{self.statistic}({', '.join(arguments)})"

    def __str__(self) -> str:
        tolerance = f" ± {spelled(self.tolerance)}" if self.tolerance else ""
        return f"{self.subject} {self.comparator} {spelled(self.threshold)}{tolerance}"


def parse(text: str, *, schema: Schema | None = None) -> Claim:
    """Read a claim.

    Args:
        text: one line.
        schema: the columns there are; without it, column names and predicates are taken on trust.

    Raises:
        ClaimError: with the column of the fault in ``text`` and what would be right.

    >>> parse("acu() > 0.7")
    Traceback (most recent call last):
    models.errors.ClaimError: 'acu' is not a statistic; statistics are attribution_share, auc, calibration_slope, gap,
    log_loss, prediction, top_reason; did you mean 'auc'? (column 1)
      acu() > 0.7
      ^
    """
    return _Reader(Source(text), schema).claim()


def subject(text: str) -> str:
    """What a claim is about, from its text; the whole text where this build cannot read it.

    >>> subject('attribution_share("age") > 0.3'), subject("vibes() > 9000")
    ('attribution_share("age")', 'vibes() > 9000')
    """
    try:
        return parse(text).subject
    except ClaimError:
        return text


def check(claim: Claim, schema: Schema) -> None:
    """Refuse a claim that does not fit the schema; columns of faults refer to ``str(claim)``.

    Raises:
        ClaimError: as ``parse``.
    """
    if claim.statistic not in STATISTICS:
        raise ClaimError(
            _unknown("a statistic", "statistics are", claim.statistic, tuple(STATISTICS)),
            text=claim.statistic,
            column=1,
        )
    parse(str(claim), schema=schema)


@dataclass(frozen=True)
class _Reader:
    source: Source
    schema: Schema | None

    def claim(self) -> Claim:
        compare = self.source.tree
        if not isinstance(compare, ast.Compare):
            raise self.source.fault(compare, f"this compares nothing; {SHAPE}")
        if len(compare.ops) > 1:
            raise self.source.fault(compare.comparators[1], "a claim compares once; make two claims of this")
        call, statistic = self._statistic(compare.left)
        arguments = self._arguments(call, statistic)
        comparator = self._comparator(compare, statistic)
        return Claim(statistic.name, arguments, comparator, *self._threshold(compare.comparators[0], statistic))

    def _statistic(self, node: ast.expr) -> tuple[ast.Call, Statistic]:
        name = node.func if isinstance(node, ast.Call) else node
        if not isinstance(name, ast.Name):
            raise self.source.fault(node, f"the left side should be a statistic; {SHAPE}")
        if name.id not in STATISTICS:
            raise self.source.fault(name, _unknown("a statistic", "statistics are", name.id, tuple(STATISTICS)))
        statistic = STATISTICS[name.id]
        if not isinstance(node, ast.Call):
            raise self.source.at(self.source.end(node), f"a statistic has parentheses; {_usage(statistic)}")
        return node, statistic

    def _arguments(self, call: ast.Call, statistic: Statistic) -> tuple[tuple[str, Value], ...]:
        usage = _usage(statistic)
        declared = {a.name: a for a in statistic.arguments}
        given: dict[str, Value] = {}
        if len(call.args) > len(declared):
            raise self.source.fault(call.args[len(declared)], f"one argument too many; {usage}")
        pairs: list[tuple[str | None, ast.expr | ast.keyword]] = [
            *zip(declared, call.args, strict=False),
            *((keyword.arg, keyword) for keyword in call.keywords),
        ]
        for name, node in pairs:
            value = node.value if isinstance(node, ast.keyword) else node
            if name is None or isinstance(value, ast.Starred):
                raise self.source.fault(node, f"arguments are written out one by one; {usage}")
            if name not in declared:
                hint = near(name, declared)
                raise self.source.fault(node, f"{name!r} is not an argument of {statistic.name}; {usage}{hint}")
            if name in given:
                raise self.source.fault(node, f"{name} is given twice; {usage}")
            given[name] = self._value(value, declared[name])
        for argument in statistic.arguments:
            if argument.required and argument.name not in given:
                where = self.source.end(call) - 1
                raise self.source.at(where, f"{argument.name} ({argument.kind}) is missing; {usage}")
        return tuple((name, given[name]) for name in declared if name in given)

    def _value(self, node: ast.expr, argument: Argument) -> Value:
        match argument.kind:
            case ArgumentKind.FEATURES:
                return self._features(node)
            case ArgumentKind.CHOICE:
                word = self.source.string(
                    node, f"{argument.name} goes in quotes and is one of {', '.join(argument.choices)}"
                )
                if word not in argument.choices:
                    message = _unknown(f"a {argument.name}", "it is one of", word, argument.choices)
                    raise self.source.fault(node, message)
                return word
            case ArgumentKind.PREDICATE:
                return self._predicate(node, argument.name)
            case ArgumentKind.CASE:
                if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
                    raise self.source.fault(node, f'a case is text; write case="{node.value}"')
                return self.source.string(node, 'a case is the id of a row in quotes, as in case="41023"')

    def _features(self, node: ast.expr) -> Value:
        if not isinstance(node, ast.List | ast.Tuple):
            return self._feature(node)
        names = [self._feature(element) for element in node.elts]
        if not names:
            raise self.source.fault(node, "the list of columns is empty")
        for k, name in enumerate(names):
            if name in names[:k]:
                raise self.source.fault(node.elts[k], f"{name!r} is listed twice")
        return tuple(names) if len(names) > 1 else names[0]

    def _feature(self, node: ast.expr) -> str:
        name = self.source.string(node, 'a column goes in quotes, as in "duration"')
        if self.schema is not None and name not in self.schema.names:
            raise self.source.fault(node, _unknown("a column", "columns are", name, self.schema.names))
        return name

    def _predicate(self, node: ast.expr, name: str) -> str:
        where = self.source.string(node, f"{name} is a condition in quotes, as in {name}=\"job = 'student'\"")
        if self.schema is not None:
            try:
                predicates.check(where, self.schema)
            except ClaimError as error:
                raise self.source.at(self.source.inside(node, where, error.column - 1), error.message) from error
        return where

    def _comparator(self, compare: ast.Compare, statistic: Statistic) -> str:
        comparator = COMPARATORS.get(type(compare.ops[0]))
        known = [c for c in COMPARATORS.values() if (c == "==") == (statistic.threshold is str)]
        if comparator not in known:
            what = "text" if statistic.threshold is str else "a number"
            message = f"{statistic.name} is {what}, compared with {' '.join(known)}"
            raise self.source.at(self.source.after(compare.left), message)
        return comparator

    def _threshold(self, node: ast.expr, statistic: Statistic) -> tuple[float | str, float]:
        """Threshold and tolerance."""
        tolerance: ast.expr | None = None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            tolerance, node = node.right, node.left
        if statistic.threshold is str:
            if tolerance is not None:
                raise self.source.fault(tolerance, f"{statistic.name} is text and has no tolerance")
            return self._feature(node), 0.0
        threshold = self.source.number(node, f"{statistic.name} is compared with a number, as in {statistic.example}")
        if tolerance is None:
            return threshold, 0.0
        delta = self.source.number(tolerance, "the tolerance is a number, as in ± 0.02")
        if delta < 0:
            raise self.source.fault(tolerance, "the tolerance is not negative, as in ± 0.02")
        return threshold, delta


def _unknown(what: str, known: str, word: str, words: Sequence[str]) -> str:
    return f"{word!r} is not {what}; {known} {', '.join(words)}{near(word, words)}"


def _usage(statistic: Statistic) -> str:
    return f"it is {statistic.name}({', '.join(map(str, statistic.arguments))}), as in {statistic.example}"
