"""How a comparison of recipes is said: the sentences a colleague would say, and every figure as text."""

from collections.abc import Sequence
from math import isfinite

from halflife.models.domain import Interval
from halflife.monitoring.trials.compare import RecipeComparison, Standing
from halflife.monitoring.trials.trial import HORIZON, Living
from halflife.monitoring.trials.variants import BASELINE
from halflife.monitoring.wording.words import plural

NOTES = (
    "log loss, AUC: each version on the labelled rows that came after it, before the next; against plain: on the same rows",
    "CPU: seconds of processor time to fit, calibrate, evaluate and gate a version, the first left out",
    "churn: decisions that differ from the version before, on rows new to both; seed: decisions another seed alone changes",
    "butterfly: how far one training row left out moves the scores, of how far a window that shares no row moves them",
    f"stale after {HORIZON}: share of what the investigator finds under the recipe that is stale {HORIZON} retrains later [95%]",
    "half-life: in retrains [95%], gone stale of followed; found here: by the investigator under the recipe",
)
SCORE = {"log_loss": "log loss", "against": f"against {BASELINE}", "auc": "AUC", "cpu": "CPU s", "trees": "trees"}
DECISIONS = {"churn": "churn", "reseeded": "seed", "butterfly": "butterfly"}
LIVES = {"stale": f"stale after {HORIZON}", "own": "half-life, found here", "same": "half-life, the same"}
TABLES = (("Score and cost", SCORE), ("Decisions", DECISIONS), ("Conclusions", LIVES))
"""Headings, and figures by their key with their columns' names."""


def sentences(told: RecipeComparison) -> list[str]:
    """What a colleague would say: on what, who predicts better, who keeps decisions, whose conclusions live longer."""
    first, *others = told.standings
    said = [
        f"{told.versions} versions of {told.title} to tick {told.until}, each scored on the rows that came after it, "
        f"{told.rows:,} in all."
    ]
    return [*said, *_score(others), *_churn(first, others), *_lives(told, first, others)]


def _score(others: Sequence[Standing]) -> list[str]:
    there = [(s.name, s.against) for s in others if s.against is not None]
    better = [f"{name} by {_size(gap)}" for name, gap in sorted(there, key=_estimate) if gap.upper < 0]
    worse = [f"{name} by {_size(gap)}" for name, gap in sorted(there, key=_estimate) if gap.lower > 0]
    same = [name for name, gap in there if gap.lower <= 0 <= gap.upper]
    said = [f"Log loss is lower than with {BASELINE} under {_listed(better)}."] if better else []
    said += [f"It is higher under {_listed(worse)}."] if worse and better else []
    said += [f"Log loss is higher than with {BASELINE} under {_listed(worse)}."] if worse and not better else []
    said += [f"By log loss {_listed(same)} cannot be told from {BASELINE}."] if same else []
    return said


def _churn(first: Standing, others: Sequence[Standing]) -> list[str]:
    there = [s for s in others if s.churn is not None]
    if first.churn is None or not there:
        return []
    least = min(there, key=lambda s: s.churn.estimate if s.churn else 1.0)
    assert least.churn is not None
    own = f"{BASELINE} decides {first.churn.estimate:.1%} of rows otherwise than the version before it"
    if least.churn.upper >= first.churn.lower:
        return [f"{own}; no recipe is clearly steadier."]
    return [f"{own}; {least.name}, the steadiest, {least.churn.estimate:.1%}."]


def _lives(told: RecipeComparison, first: Standing, others: Sequence[Standing]) -> list[str]:
    said = _stale(first, others)
    if first.own is not None:
        said.append(f"Its half-life is {living(first.own)} retrains")
        said[-1] += _longer([(s.name, s.own) for s in others], first.own)
    if first.same is not None:
        n = told.beliefs
        said.append(
            f"The {n} {plural('conclusion', n)} of {BASELINE}'s first version, followed under every recipe: "
            f"{living(first.same)} under {BASELINE}"
        )
        said[-1] += _longer([(s.name, s.same) for s in others], first.same)
    return said


def _stale(first: Standing, others: Sequence[Standing]) -> list[str]:
    """Of what the investigator finds; clearly more or less are those whose intervals do not touch."""
    own = first.own and first.own.stale
    if not own:
        return ["What the investigator finds was not followed long enough to say how soon it goes stale."]
    there = [(s.name, s.own.stale) for s in others if s.own and s.own.stale]
    less = [f"{name} {_percent(stale)}" for name, stale in there if stale.upper < own.lower]
    more = [f"{name} {_percent(stale)}" for name, stale in there if stale.lower > own.upper]
    said = f"Of what the investigator finds under {BASELINE}, {_percent(own)} is stale {HORIZON} retrains later"
    if not less and not more:
        return [f"{said}; no other recipe's share can be told from it." if there else f"{said}."]
    parts = [f"less under {_listed(less)}"] * bool(less) + [f"more under {_listed(more)}"] * bool(more)
    return [f"{said}; {', '.join(parts)}."]


def _longer(others: Sequence[tuple[str, Living | None]], first: Living) -> str:
    """Who is clearly longer or shorter: whose intervals do not touch."""
    there = [(name, life) for name, life in others if life is not None]
    longer = [
        f"{name} {living(life)}" for name, life in there if first.upper is not None and (life.lower or 0) > first.upper
    ]
    shorter = [
        f"{name} {living(life)}" for name, life in there if life.upper is not None and life.upper < (first.lower or 0)
    ]
    if not longer and not shorter:
        return "; no other recipe's can be told from it." if there else "."
    said = [f"longer under {_listed(longer)}"] * bool(longer) + [f"shorter under {_listed(shorter)}"] * bool(shorter)
    return f"; {', '.join(said)}."


def notes(told: RecipeComparison) -> list[str]:
    """What each column means."""
    same = f"the same: the {told.beliefs} conclusions of the first {BASELINE} version, followed under every recipe to the end"
    return [*NOTES, same, f"± and [ ] at {told.level:.0%} over versions, unadjusted; no shadows are trained in a trial"]


def cells(s: Standing) -> dict[str, str]:
    """Each figure as text; – where there is none."""
    return {
        "log_loss": _about(s.log_loss, 4),
        "against": "–" if s.against is None else _between(s.against, "+.4f"),
        "auc": _about(s.auc, 3),
        "cpu": f"{s.cpu:.2f}",
        "trees": f"{s.trees:.0f}",
        "churn": "–" if s.churn is None else _about(_times(s.churn, 100), 1, "%"),
        "reseeded": f"{s.reseeded:.1%}" if s.reseeded is not None else "no channel" if s.probed else "–",
        "butterfly": "–" if s.butterfly is None else _between(s.butterfly, ".2f"),
        "stale": _percent(s.own.stale) if s.own and s.own.stale else "–",
        "own": _life(s.own),
        "same": _life(s.same),
    }


def living(life: Living) -> str:
    """A half-life with its interval, in retrains.

    >>> living(Living(4.25, 3.0, None, 40, 12)), living(Living(None, 11.8, None, 40, 3))
    ('4.2 [3.0, ∞)', 'over 12')
    """
    if life.median is None:
        return f"over {_number(life.lower)}"
    upper = "∞)" if life.upper is None else f"{_number(life.upper)}]"
    return f"{_number(life.median)} [{_number(life.lower)}, {upper}"


def _life(life: Living | None) -> str:
    return "–" if life is None else f"{living(life)}  {life.deaths}/{life.n}"


def _about(interval: Interval | None, digits: int, unit: str = "") -> str:
    if interval is None:
        return "–"
    reach = (interval.upper - interval.lower) / 2
    told = f"{interval.estimate:.{digits}f}{unit}"
    return f"{told} ±{reach:.{digits}f}" if isfinite(reach) else told


def _between(interval: Interval, form: str) -> str:
    if not isfinite(interval.lower) or not isfinite(interval.upper):
        return f"{interval.estimate:{form}}"
    return f"{interval.estimate:{form}} [{interval.lower:{form}}, {interval.upper:{form}}]"


def _percent(share: Interval) -> str:
    """A share with its interval.

    >>> _percent(Interval(0.123, 0.05, 0.2))
    '12% [5, 20]'
    """
    return f"{share.estimate:.0%} [{100 * share.lower:.0f}, {100 * share.upper:.0f}]"


def _size(gap: Interval) -> str:
    ends = sorted((abs(gap.lower), abs(gap.upper)))
    return f"{abs(gap.estimate):.4f} [{ends[0]:.4f}, {ends[1]:.4f}]"


def _estimate(named: tuple[str, Interval]) -> float:
    return named[1].estimate


def _times(interval: Interval, factor: float) -> Interval:
    return Interval(interval.estimate * factor, interval.lower * factor, interval.upper * factor)


def _listed(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    >>> _listed(["a", "b", "c"]), _listed(["a"])
    ('a, b and c', 'a')
    """
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _number(value: float | None) -> str:
    if value is None:
        return "0"
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"
