"""Claims as text and as data: ``statistic(arguments) comparator threshold ± tolerance``.

The text is Python-like. ``ast`` reads it, nothing evaluates it, and every fault is reported with its column::

    attribution_share("duration", where="job = 'student'") > 0.3 ± 0.02
    gap("fpr", a="sex = 'F'", b="sex = 'M'") <= 0.05
    top_reason(case="41023") == "duration"

``+-`` and ``+/-`` stand for ``±`` where a keyboard lacks it. ``parse`` checks everything that can be known without
rows; given a schema, column names and predicates too.
"""

import ast
from dataclasses import dataclass
from functools import lru_cache

from halflife.models.domain import Scope
from halflife.models.errors import ClaimError
from halflife.models.rows import Schema
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.base import Statistic
from halflife.monitoring.claims.statistics.registry import not_known
from halflife.monitoring.claims.syntax.argument_values import Values
from halflife.monitoring.claims.syntax.claim_text import SHAPE, Source, Value, spelled
from halflife.monitoring.claims.syntax.sql_words import near

WHAT: dict[type, str] = {float: "a number", str: "text", bool: "true or false"}
COMPARATORS = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "=="}


@dataclass(frozen=True)
class Claim:
    """What is claimed, as data.

    Attributes:
        arguments: (name, value), in the order the statistic declares them; only those given. A group of features is a
            tuple, changes are pairs by name.
        threshold: a number; the feature's name for ``top_reason``; True or False for ``flips`` of a case.
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
    def about(self) -> Statistic:
        """The statistic it speaks of; the member its arguments mean where that is a family."""
        return STATISTICS[self.statistic].of(dict(self.arguments))

    @property
    def scope(self) -> Scope:
        """What the claim speaks about unless its finding says otherwise."""
        return self.about.scope

    @property
    def case(self) -> str | None:
        """The id of the one row it is about; None where it is about many."""
        case = dict(self.arguments).get("case")
        return None if case is None else str(case)

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
    halflife.models.errors.ClaimError: 'acu' is not a statistic; statistics are accuracy, ... tpr; did you mean 'auc'? (column 1)
      acu() > 0.7
      ^
    """
    return _parsed(text, schema)


@lru_cache(maxsize=8192)
def _parsed(text: str, schema: Schema | None) -> Claim:
    source = Source(text)
    return _Reader(source, Values(source, schema)).claim()


def readable(text: str, *, schema: Schema | None = None) -> Claim | None:
    """The claim a text holds; None where it was written for a build with another grammar or with other statistics.

    Args:
        text: as filed.
        schema: the columns there are; a claim that does not fit them is None too.

    >>> print(readable("auc() > 0.7"), readable("acu() > 0.7"))
    auc() > 0.7 None
    """
    try:
        return parse(text, schema=schema)
    except ClaimError:
        return None


def subject(text: str) -> str:
    """What a claim is about, from its text; the whole text where this build cannot read it.

    >>> subject('attribution_share("age") > 0.3'), subject("vibes() > 9000")
    ('attribution_share("age")', 'vibes() > 9000')
    """
    claim = readable(text)
    return text if claim is None else claim.subject


@dataclass(frozen=True)
class _Reader:
    source: Source
    values: Values

    def claim(self) -> Claim:
        compare = self.source.tree
        if not isinstance(compare, ast.Compare):
            raise self.source.fault(compare, f"this compares nothing; {SHAPE}")
        if len(compare.ops) > 1:
            raise self.source.fault(compare.comparators[1], "a claim compares once; make two claims of this")
        call, statistic = self._statistic(compare.left)
        arguments = self._arguments(call, statistic)
        statistic = statistic.of(dict(arguments))
        comparator = self._comparator(compare, statistic)
        return Claim(statistic.name, arguments, comparator, *self._threshold(compare.comparators[0], statistic))

    def _statistic(self, node: ast.expr) -> tuple[ast.Call, Statistic]:
        name = node.func if isinstance(node, ast.Call) else node
        if not isinstance(name, ast.Name):
            raise self.source.fault(node, f"the left side should be a statistic; {SHAPE}")
        if name.id not in STATISTICS:
            raise self.source.fault(name, not_known(name.id, STATISTICS))
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
            given[name] = self.values.read(value, declared[name])
        for argument in statistic.arguments:
            if argument.required and argument.name not in given:
                where = self.source.end(call) - 1
                raise self.source.at(where, f"{argument.name} ({argument.kind}) is missing; {usage}")
        if objection := statistic.objection(given):
            raise self.source.fault(call, f"{objection}; {usage}")
        return tuple((name, given[name]) for name in declared if name in given)

    def _comparator(self, compare: ast.Compare, statistic: Statistic) -> str:
        comparator = COMPARATORS.get(type(compare.ops[0]))
        known = [c for c in COMPARATORS.values() if (c == "==") == (statistic.threshold is not float)]
        if comparator not in known:
            message = f"{statistic.name} is {WHAT[statistic.threshold]}, compared with {' '.join(known)}"
            raise self.source.at(self.source.after(compare.left), message)
        return comparator

    def _threshold(self, node: ast.expr, statistic: Statistic) -> tuple[float | str | bool, float]:
        """Threshold and tolerance."""
        tolerance: ast.expr | None = None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            tolerance, node = node.right, node.left
        if statistic.threshold is not float:
            if tolerance is not None:
                raise self.source.fault(
                    tolerance, f"{statistic.name} is {WHAT[statistic.threshold]} and has no tolerance"
                )
            return self.values.feature(node) if statistic.threshold is str else self._boolean(node), 0.0
        threshold = self.source.number(node, f"{statistic.name} is compared with a number, as in {statistic.example}")
        if tolerance is None:
            return threshold, 0.0
        delta = self.source.number(tolerance, "the tolerance is a number, as in ± 0.02")
        if delta < 0:
            raise self.source.fault(tolerance, "the tolerance is not negative, as in ± 0.02")
        return threshold, delta

    def _boolean(self, node: ast.expr) -> bool:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, bool):
            raise self.source.fault(node, "this is compared with True or False")
        return node.value


def _usage(statistic: Statistic) -> str:
    return f"it is {statistic.name}({', '.join(map(str, statistic.arguments))}), as in {statistic.example}"
