"""Test many claims about one model at once: every estimate once, one bootstrap for all of them, then verdicts."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from scipy.special import ndtri

from halflife.models.domain import Interval, Measurement, Scope, Status
from halflife.models.rows import Array
from halflife.monitoring.claims.estimation.bootstrap import replicates as resample
from halflife.monitoring.claims.estimation.clusters import by_entity
from halflife.monitoring.claims.estimation.estimates import estimate, grouped
from halflife.monitoring.claims.estimation.process_scope import ProcessNoise, widened, widened_p
from halflife.monitoring.claims.estimation.query_plan import QueryPlan
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.comparison import order
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics.base import MIN_ROWS
from halflife.monitoring.claims.statistics.rounding import SAME, SAME_SINGLE
from halflife.monitoring.verdicts import p_value, verdict

__all__ = ["estimates", "measure", "order", "rows_needed"]

POWER = 0.8
"""With which a difference as large as the tolerance should be seen."""


def measure(
    sweep: ModelPass,
    questions: Sequence[Question] | QueryPlan,
    *,
    level: float = 0.90,
    replicates: int = 1000,
    noise: ProcessNoise | None = None,
) -> list[Measurement]:
    """Answer every question, in order; what cannot be tested says why.

    A statistic asked for several times (with other thresholds, say) is computed once for each set.

    Args:
        sweep: what the model says about the evidence.
        questions: claims with the rows they are put to, or the plan made of them. Case statistics are exact, but for
            retraining noise where the scope is process.
        level: of the percentile intervals; half of the rest lies on each side.
        replicates: bootstrap replicates, B. Quantiles need some hundreds.
        noise: what the version's coupled shadows say of the same questions, for those of process scope.
    """
    plan = _plan(questions, sweep)
    alpha = (1 - level) / 2
    found = by_entity(plan, estimate(plan, [sweep], alpha), alpha)
    exact = {case.number for case in plan.cases}
    theta = found.value[0]
    bounds = _settled(found.bounds[0], theta, SAME * np.maximum(np.abs(theta), 1))
    numbers = [plan.subjects[q.subject] for q in plan.questions]
    resampled = dict.fromkeys(
        n
        for q, n in zip(plan.questions, numbers, strict=True)
        if q.scope is not Scope.ARTIFACT and np.isfinite(theta[n]) and n not in exact and np.isnan(bounds[n, 0])
    )
    own = theta[list(resampled)]
    draws = _settled(resample(plan, found, 0, list(resampled), replicates), own, SAME_SINGLE * np.abs(own))
    spreads = {
        n: (_error(at[0], at[1], alpha), at[0], at[1]) for n, at in enumerate(bounds.tolist()) if np.isfinite(at[0])
    }
    spreads |= zip(resampled, _spreads(draws, alpha).tolist(), strict=True)
    noise, counted = noise or ProcessNoise(), "rows" if plan.evidence.entities is None else "entities"
    answers: list[Measurement] = []
    for at, (q, n) in enumerate(zip(plan.questions, numbers, strict=True)):
        others, lacking = noise.of(at) if q.scope is Scope.PROCESS else (None, "")
        if (0, n) in found.reasons or lacking:
            reason = found.reasons.get((0, n), lacking)
            answers.append(Measurement(0, None, Status.UNTESTABLE, reason=reason))
        else:
            spread = None if q.scope is Scope.ARTIFACT else spreads.get(n)
            answers.append(_measurement(q, float(theta[n]), int(found.rows[n]), spread, alpha, counted, others))
    return answers


def estimates(passes: Sequence[ModelPass], questions: Sequence[Question] | QueryPlan) -> Array:
    """θ of every question by every model, exactly on these rows, shape (models, questions); NaN where there is none.

    No intervals: what several models disagree about is their own spread. A plan made before serves all models of its
    schema; given questions, models of several schemas can be asked.

    Args:
        passes: what each model says about one evidence they share.
        questions: claims with the rows they are put to, or the plan made of them.
    """
    asked = questions.questions if isinstance(questions, QueryPlan) else questions
    out = np.full((len(passes), len(asked)), np.nan)
    for group in grouped(range(len(passes)), lambda k: passes[k].model.schema):
        plan = _plan(questions, passes[group[0]])
        numbers = [plan.subjects[q.subject] for q in asked]
        out[group] = estimate(plan, [passes[k] for k in group]).value[:, numbers]
    return out


def _plan(questions: Sequence[Question] | QueryPlan, sweep: ModelPass) -> QueryPlan:
    return questions if isinstance(questions, QueryPlan) else QueryPlan(questions, sweep.evidence, sweep.model.schema)


def _spreads(draws: Array, alpha: float) -> Array:
    """Standard error, lower and upper quantile of each row of draws, shape (n, 3); draws that are no number are left out."""
    whole = np.isfinite(draws).all(axis=1)
    out = np.empty((len(draws), 3))
    out[whole] = _spread(draws[whole], alpha)
    for k in np.flatnonzero(~whole):
        out[k] = _spread(draws[k : k + 1, np.isfinite(draws[k])], alpha)
    return out


def _settled(found: Array, theta: Array, rounding: Array) -> Array:
    """Draws or bounds as they are; where those of a row differ from θ by rounding alone, they are θ.

    Args:
        found: shape (n, any).
        theta: shape (n,).
        rounding: how far it may move them, shape (n,).
    """
    off = np.abs(found - theta[:, None]).max(axis=1, initial=0.0)
    return np.where((off <= rounding)[:, None], theta[:, None], found)


def _spread(draws: Array, alpha: float) -> Array:
    return np.column_stack([draws.std(axis=1, ddof=1), *np.quantile(draws, [alpha, 1 - alpha], axis=1)])


def _error(lower: float, upper: float, alpha: float) -> float:
    """The standard error of which an interval in closed form has the width."""
    return (upper - lower) / 2 / float(ndtri(1 - alpha))


def _measurement(
    question: Question,
    theta: float,
    rows: int,
    spread: Sequence[float] | None,
    alpha: float,
    counted: str,
    others: Array | None,
) -> Measurement:
    claim = question.claim
    comparator, threshold = order(claim)
    interval, p, error, needed = Interval(theta, theta, theta), None, 0.0, 0
    if spread is not None and rows < MIN_ROWS:  # of rows there are enough, where it came to this
        return Measurement(rows, None, Status.UNTESTABLE, reason=f"{rows} {counted}; at least {MIN_ROWS} are needed")
    if spread is not None:
        error, lower, upper = spread
        needed = rows_needed(error**2 * rows, claim.tolerance, alpha) if claim.tolerance else 0
        interval = Interval(theta, min(lower, theta), max(upper, theta))
        p = p_value(theta, error, comparator, threshold, claim.tolerance)
    if others is not None:
        interval = widened(interval, others, alpha)
        p = widened_p(theta, error, others, comparator, threshold, claim.tolerance)
    neutral = claim.about.neutral
    status = verdict(interval, comparator, threshold, claim.tolerance, neutral=neutral, birth=question.birth)
    if status is Status.UNCLEAR and rows < needed:  # too few rows matter only where they leave it open
        reason = f"{rows:,} {counted}; to tell a difference of {claim.tolerance:g} takes {needed:,}"
        return Measurement(rows, None, Status.UNTESTABLE, reason=reason)
    return Measurement(rows, interval, status, p)


def rows_needed(variance: float, tolerance: float, alpha: float) -> int:
    """Fewest rows with which a difference of ``tolerance`` is seen with power 0.8: σ²(z₁₋α + z₀.₈)²/δ².

    Args:
        variance: σ² of one row: the estimate's squared standard error times the rows it used.
        tolerance: δ > 0, in the statistic's unit.
        alpha: error a side.

    >>> rows_needed(2 * 0.1 * 0.9, 0.02, 0.05)
    2783
    """
    return ceil(variance * float(ndtri(1 - alpha) + ndtri(POWER)) ** 2 / tolerance**2)
