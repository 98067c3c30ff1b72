"""Which findings to re-check first, and how good such forecasts have been, in words and as plain values."""

from collections.abc import Sequence
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

from halflife.models.domain import ColumnDrift, Drift, Finding, Interval
from halflife.models.forecast import Forecast
from halflife.monitoring.claims.language.grammar import readable
from halflife.monitoring.claims.syntax.arguments import named
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.foresight.forecast_table import FARTHEST
from halflife.monitoring.foresight.recheck_first import first
from halflife.monitoring.wording.words import percent, plural

if TYPE_CHECKING:  # whoever only reads forecasts computes no scores
    from halflife.monitoring.foresight.drift_gain import Gain
    from halflife.monitoring.foresight.forecast_scores import ForecastScores

SHOWN = 5
"""Findings that are told in full."""
NAMED = 2
"""Columns that are named as drifted."""


def likeliest(conclusions: Conclusions, n: int = 1) -> str:
    """The findings most likely to be refuted next, in one sentence; empty where nothing was foretold."""
    if not conclusions.forecasts:
        return ""
    chosen = first(conclusions, n)
    if not chosen:
        highest = max(f.probability for f in conclusions.forecasts.values())
        return f"No open finding is likely to be refuted next: the highest chance is {percent(highest)}."
    said = [line(finding, forecast, conclusions.drifts) for finding, forecast in chosen]
    return f"Most likely to be refuted next: {'; '.join(said)}."


def line(finding: Finding, forecast: Forecast, drifts: Sequence[Drift]) -> str:
    r"""One finding with its chance and what makes it.

    >>> from halflife.models.domain import Scope
    >>> finding = Finding("f", "auc() > 0.7", "auc", Scope.POPULATION, 3)
    >>> line(finding, Forecast(1, 9, 0.61, 0.42, 0.3, 0.34), ())
    'auc() > 0.7 61\xa0% (0.4 noise units from its threshold)'
    """
    return f"{finding.claim} {percent(forecast.probability)} ({why(finding, forecast, drifts)})"


def why(finding: Finding, forecast: Forecast, drifts: Sequence[Drift]) -> str:
    """What makes a chance: how far the finding is from its threshold, and what it hangs on that has drifted."""
    said = [distance(forecast.margin)]
    moved = drifted(finding, forecast, drifts)
    if moved:
        more = [f"{len(moved) - NAMED} more"] if len(moved) > NAMED else []
        *names, last = [*moved[:NAMED], *more]
        has = "has" if len(moved) == 1 else "have"
        said.append(f"{' and '.join(filter(None, [', '.join(names), last]))} {has} drifted")
    return "; ".join(said)


def distance(margin: float) -> str:
    """A margin in words.

    >>> distance(0.42), distance(-1.0), distance(0.01), distance(99.0)
    ('0.4 noise units from its threshold', '1.0 noise unit past its threshold', 'at its threshold', 'far from its threshold')
    """
    if isnan(margin):
        return "how far from its threshold is not known without shadows"
    if margin >= FARTHEST:
        return "far from its threshold"
    size = f"{abs(margin):.1f}"
    if float(size) == 0:
        return "at its threshold"
    return f"{size} noise {plural('unit', float(size))} {'past' if margin < 0 else 'from'} its threshold"


def drifted(finding: Finding, forecast: Forecast, drifts: Sequence[Drift]) -> list[str]:
    """The columns a finding speaks of that the newest watch saw drift, farthest first.

    Of a finding about predictions as a whole, any column, but only when what it hangs on has drifted on the whole.
    """
    if not drifts or isnan(forecast.drift):
        return []
    about = _about(finding.claim)
    if about is None and forecast.drift < 1:
        return []
    moved = sorted((c for c in drifts[-1].columns if c.drifted), key=_farthest)
    return [c.name for c in moved if about is None or c.name in about]


def _about(text: str) -> frozenset[str] | None:
    """The columns a claim speaks of; None when it speaks of predictions as a whole."""
    claim = readable(text)
    if claim is None:
        return frozenset()
    if not claim.about.of_columns:
        return None
    return frozenset(named(claim.about.arguments, dict(claim.arguments)))


def _farthest(column: ColumnDrift) -> float:
    return -column.score / column.threshold


def sentence(scores: "ForecastScores | None") -> str:
    """How good the forecasts have been, in two or three sentences."""
    if scores is None:
        return "No forecast has been settled yet."
    said = [
        f"Of {scores.settled:,} forecasts over {scores.versions} {plural('retrain', scores.versions)}, "
        f"{scores.refuted:,} ended in a refutation."
    ]
    if scores.auroc is not None:
        said.append(
            f"Of two findings, the one that was refuted had the higher chance in {bounded(scores.auroc)} of pairs"
            + (f" ({percent(scores.by_margin_auroc.estimate)} by the margin alone)." if scores.by_margin_auroc else ".")
        )
    if scores.skill is not None:
        said.append(f"{_skill(scores.skill, 'telling all the share that was refuted in the end')}.")
    if scores.over_margin is not None:
        said.append(f"{_skill(scores.over_margin, 'the margin alone')}.")
    if scores.drift is not None:
        said.append(_drift(scores.drift))
    return " ".join(said)


def _drift(gain: "Gain") -> str:
    saved = gain.saved
    bounds = f" [{saved.lower:+.4f}, {saved.upper:+.4f}]" if isfinite(saved.lower) else ""
    if gain.adds:
        return f"Drift of the columns adds to the margin: it saves {saved.estimate:.4f}{bounds} nats a forecast."
    if saved.upper < 0:
        return f"Drift of the columns misleads: it costs {-saved.estimate:.4f} nats a forecast{bounds}."
    return f"Drift of the columns adds nothing to the margin: {saved.estimate:+.4f}{bounds} nats a forecast."


def _skill(skill: Interval, other: str) -> str:
    better = "less" if skill.estimate >= 0 else "more"
    # Adding 0.0 takes the sign from a zero.
    low, high = (round(100 * value, 0) + 0.0 if isfinite(value) else value for value in (skill.lower, skill.upper))
    bounds = f" [{low:.0f}, {high:.0f}]" if isfinite(low) else ""
    verdict = ", which may be chance" if skill.lower <= 0 <= skill.upper else ""
    return f"Their squared error is {percent(abs(skill.estimate))}{bounds} {better} than that of {other}{verdict}"


def bounded(interval: Interval) -> str:
    r"""A share with its interval in whole percent; without bounds where it may be anything.

    >>> bounded(Interval(0.35, 0.28, 0.43)), bounded(Interval(0.35, 0.0, 1.0))
    ('35\xa0% [28, 43]', '35\xa0%')
    """
    wide = interval.upper - interval.lower >= 1
    bounds = "" if wide else f" [{100 * interval.lower:.0f}, {100 * interval.upper:.0f}]"
    return f"{percent(interval.estimate)}{bounds}"


def document(scores: "ForecastScores") -> dict[str, Any]:
    """Scores as JSON can hold them; a bound that is not known is null."""

    def of(interval: Interval | None) -> dict[str, float | None] | None:
        if interval is None:
            return None
        said = {"estimate": interval.estimate, "lower": interval.lower, "upper": interval.upper}
        return {name: value if isfinite(value) else None for name, value in said.items()}

    gain = scores.drift
    return {
        "settled": scores.settled,
        "refuted": scores.refuted,
        "versions": scores.versions,
        "auroc": of(scores.auroc),
        "by_margin_auroc": of(scores.by_margin_auroc),
        "brier": of(scores.brier),
        "log_loss": of(scores.log_loss),
        "skill": of(scores.skill),
        "over_margin": of(scores.over_margin),
        "reliability": [{"told": b.told, "happened": of(b.happened), "forecasts": b.n} for b in scores.reliability],
        "drift": gain and {"forecasts": gain.forecasts, "saved": of(gain.saved), "auroc": gain.auroc},
    }
