"""Test many claims about one model at once: every estimate once, one bootstrap for each set of rows, then verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from models.domain import Interval, Measurement, Scope, Status
from models.errors import ClaimError, EvidenceTooSmall
from models.rows import Array
from monitoring.claims.evidence import Rows
from monitoring.claims.grammar import Claim, check
from monitoring.claims.source import Value
from monitoring.claims.statistic import MIN_ROWS, CaseStatistic, SetStatistic, require
from monitoring.claims.statistics import STATISTICS
from monitoring.claims.sweep import Pass, View
from monitoring.verdicts import p_value, verdict

POWER = 0.8
"""With which a difference as large as the tolerance should be seen."""

_BLOCK_ROWS = 4096
_BLOCK_COLUMNS = 1024

Contributions = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Question:
    """One claim, put to one set of rows.

    Attributes:
        rows: name of the set in the evidence.
        birth: of the finding, for ``weakened``; None when it is being born.
    """

    claim: Claim
    scope: Scope
    rows: str
    birth: Interval | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Questions with the same key share an estimate; a threshold that is text is part of what is estimated."""
        text = self.claim.threshold if isinstance(self.claim.threshold, str) else None
        return self.rows, self.claim.statistic, self.claim.arguments, text


@dataclass(frozen=True)
class _Estimate:
    """θ on one set.

    Attributes:
        rows: rows it used.
        statistic: with columns to resample; None for a case.
        columns: contribution of each row of the set, shape (n, m).
        least: standard error below which the bootstrap's is not believed.
    """

    value: float
    rows: int
    statistic: SetStatistic | None = None
    columns: Contributions | None = None
    least: float = 0.0


def measure(
    sweep: Pass, questions: Sequence[Question], *, level: float = 0.90, replicates: int = 1000
) -> list[Measurement]:
    """Answer every question, in order; what cannot be tested says why.

    A statistic asked for several times (with other thresholds, say) is computed once for each set. All claims about
    one set share the product of its bootstrap weights with their stacked columns.

    Args:
        sweep: what the model says about the evidence.
        questions: claims with the rows they are put to. Case statistics are exact whatever the scope.
        level: of the percentile intervals; half of the rest lies on each side.
        replicates: bootstrap replicates, B. Quantiles need some hundreds.
    """
    estimates: dict[tuple[object, ...], _Estimate | str] = {}
    for question in questions:
        if question.key not in estimates:
            estimates[question.key] = _estimate(sweep, question)
    draws: dict[tuple[object, ...], Array] = {}
    for rows in dict.fromkeys(q.rows for q in questions):
        wanted = {
            q.key: e
            for q in questions
            if q.rows == rows and q.scope is Scope.POPULATION and isinstance(e := estimates[q.key], _Estimate)
        }
        draws |= _bootstrap(sweep, sweep.evidence.index[rows], wanted, replicates)
    return [
        _measurement(q, estimates[q.key], draws.get(q.key) if q.scope is Scope.POPULATION else None, level)
        for q in questions
    ]


def _estimate(sweep: Pass, question: Question) -> _Estimate | str:
    """θ, or why there is none."""
    statistic, arguments = STATISTICS[question.claim.statistic], dict(question.claim.arguments)
    try:
        check(question.claim, sweep.model.schema)
        if isinstance(statistic, CaseStatistic):
            return _case(sweep, statistic, question, str(arguments["case"]))
        if isinstance(statistic, SetStatistic):
            return _set(sweep, statistic, question.rows, arguments)
    except EvidenceTooSmall as error:
        return str(error)
    except ClaimError as error:
        return error.message
    raise TypeError(f"{type(statistic).__name__} is neither a set nor a case statistic")


def _case(sweep: Pass, statistic: CaseStatistic, question: Question, case: str) -> _Estimate | str:
    found = sweep.evidence.find(question.rows, case)
    if not found.size:
        return f"case {case!r} is gone"
    return _Estimate(statistic.value(View(sweep, found), question.claim.threshold), 1)


def _set(sweep: Pass, statistic: SetStatistic, rows: str, arguments: Mapping[str, Value]) -> _Estimate:
    index = sweep.evidence.index[rows]
    where = str(arguments["where"]) if "where" in arguments else None
    view = View(sweep, index).only(where, labelled=statistic.needs_labels)
    kind = "labelled rows" if statistic.needs_labels else "rows"
    require(len(view), MIN_ROWS, kind if where is None else f"{kind} where {where}")
    used = statistic.columns(view, arguments)
    columns: Contributions = np.zeros((len(index), used.shape[1]), dtype=np.float32)
    columns[np.isin(index, view.rows)] = used
    sums = used.sum(axis=0)
    return _Estimate(
        float(statistic.value(sums)), len(view), statistic, columns, statistic.least_error(sums, arguments)
    )


def _bootstrap(
    sweep: Pass, rows: Rows, wanted: Mapping[tuple[object, ...], _Estimate], replicates: int
) -> dict[tuple[object, ...], Array]:
    """θ of each wanted statistic in each replicate, shape (B,) each, from one product of weights and columns.

    Rows and columns go in blocks, which bounds the memory and changes nothing else.
    """
    sets = [(k, e.statistic, e.columns) for k, e in wanted.items() if e.statistic is not None and e.columns is not None]
    if not sets:
        return {}
    stacked = np.concatenate([columns for _, _, columns in sets], axis=1)
    sums = np.zeros((replicates, stacked.shape[1]))
    for top in range(0, len(rows), _BLOCK_ROWS):
        weights = sweep.evidence.weights(replicates, rows[top : top + _BLOCK_ROWS])
        for left in range(0, stacked.shape[1], _BLOCK_COLUMNS):
            block = slice(left, left + _BLOCK_COLUMNS)
            sums[:, block] += weights @ stacked[top : top + _BLOCK_ROWS, block]
    parts = np.split(sums, np.cumsum([columns.shape[1] for _, _, columns in sets])[:-1], axis=1)
    return {key: statistic.value(part) for (key, statistic, _), part in zip(sets, parts, strict=True)}


def _measurement(question: Question, found: _Estimate | str, draws: Array | None, level: float) -> Measurement:
    if isinstance(found, str):
        return Measurement(0, None, Status.UNTESTABLE, reason=found)
    claim, theta = question.claim, found.value
    comparator, threshold = order(claim)
    interval, p, needed = Interval(theta, theta, theta), None, 0
    if draws is not None:
        draws = draws[np.isfinite(draws)]
        alpha = (1 - level) / 2
        error = max(float(draws.std(ddof=1)), found.least)
        needed = rows_needed(error**2 * found.rows, claim.tolerance, alpha) if claim.tolerance else 0
        lower, upper = np.quantile(draws, [alpha, 1 - alpha])
        reach = float(norm.ppf(1 - alpha)) * found.least
        interval = Interval(theta, min(float(lower), theta - reach), max(float(upper), theta + reach))
        p = p_value(theta, error, comparator, threshold, claim.tolerance)
    neutral = STATISTICS[claim.statistic].neutral
    status = verdict(interval, comparator, threshold, claim.tolerance, neutral=neutral, birth=question.birth)
    if status is Status.UNCLEAR and found.rows < needed:  # too few rows matter only where they leave it open
        reason = f"{found.rows:,} rows; to tell a difference of {claim.tolerance:g} takes {needed:,}"
        return Measurement(found.rows, None, Status.UNTESTABLE, reason=reason)
    return Measurement(found.rows, interval, status, p)


def order(claim: Claim) -> tuple[str, float]:
    """The comparator and number a claim's θ is judged by; a claim about text is θ > 0.

    >>> from monitoring.claims.grammar import parse
    >>> order(parse('top_reason(case="7") == "age"')), order(parse("auc() >= 0.7"))
    (('>', 0.0), ('>=', 0.7))
    """
    return (">", 0.0) if isinstance(claim.threshold, str) else (claim.comparator, float(claim.threshold))


def rows_needed(variance: float, tolerance: float, alpha: float) -> int:
    """Fewest rows with which a difference of ``tolerance`` is seen with power 0.8: σ²(z₁₋α + z₀.₈)²/δ².

    Args:
        variance: σ² of one row: the estimate's squared standard error times the rows it used.
        tolerance: δ > 0, in the statistic's unit.
        alpha: error a side.

    >>> rows_needed(2 * 0.1 * 0.9, 0.02, 0.05)
    2783
    """
    return ceil(variance * float(norm.ppf(1 - alpha) + norm.ppf(POWER)) ** 2 / tolerance**2)
