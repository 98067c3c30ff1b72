"""Trials side by side: each recipe's figures, and what it gains or loses against the baseline on the same rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from halflife.models.domain import Interval
from halflife.models.recipe import Recipe
from halflife.monitoring.trials.backtest import Backtest
from halflife.monitoring.trials.run_trial import OnVersion, run, unwatched
from halflife.monitoring.trials.trial import Block, Living, Probe, Trial
from halflife.monitoring.trials.trial_cache import TrialCache
from halflife.monitoring.trials.variants import BASELINE


@dataclass(frozen=True)
class Standing:
    """One recipe's figures. Intervals are over versions, each block of rows after one counting as one draw.

    Attributes:
        log_loss: of each version on the rows after it, mean over rows, in nats.
        auc: the same, mean over versions by their rows; None where no block had both labels.
        against: log loss minus the baseline's on the same rows, in nats; None for the baseline.
        cpu: mean CPU seconds of training a version, the first left out where there are more.
        trees: mean number of trees in a model.
        churn: share of decisions that differ from the version before on rows new to both.
        probed: versions on which the next two were measured.
        reseeded: share of decisions another seed alone changes, mean over the versions probed; None where the recipe has
            no seed channel.
        butterfly: butterfly ratio, mean over the versions probed, with the least and the largest; None without any.
        own: half-life of what the investigator found under this recipe.
        same: half-life of the baseline's first conclusions under this recipe.
    """

    name: str
    recipe: Recipe
    log_loss: Interval | None
    auc: Interval | None
    against: Interval | None
    cpu: float
    trees: float
    churn: Interval | None
    probed: int
    reseeded: float | None
    butterfly: Interval | None
    own: Living | None
    same: Living | None


@dataclass(frozen=True)
class RecipeComparison:
    """Recipes on one history.

    Attributes:
        title: of the stream.
        until: last tick.
        versions: of the baseline.
        rows: the baseline's versions were scored on.
        beliefs: conclusions of the first plain version that were followed under every recipe.
        level: of the intervals of score and churn; half-lives have 95 % ones.
        standings: the baseline first.
    """

    title: str
    until: int
    versions: int
    rows: int
    beliefs: int
    level: float
    standings: tuple[Standing, ...]


def trials(
    history: Backtest, recipes: Mapping[str, Recipe], cache: TrialCache, watch: OnVersion = unwatched
) -> list[Trial]:
    """Each recipe's trial, from the shelf or run and put there; those after the first follow the first one's beliefs.

    Args:
        history: the history.
        recipes: name -> recipe, the baseline first.
        cache: of finished trials.
        watch: told of versions done, of all recipes together.
    """
    done, beliefs = list[Trial](), None
    each = len(history.calendar)
    for k, (name, recipe) in enumerate(recipes.items()):
        trial = cache.find(history, name, recipe, beliefs)
        if trial is None:
            trial = run(history, name, recipe, beliefs, _onwards(watch, k * each, len(recipes) * each))
            cache.keep(history, trial, beliefs)
        watch((k + 1) * each, len(recipes) * each)
        beliefs = trial.beliefs if beliefs is None else beliefs
        done.append(trial)
    return done


def _onwards(watch: OnVersion, done: int, total: int) -> OnVersion:
    """Told of one recipe's versions, tells of those of all."""
    return lambda more, _: watch(done + more, total)


def compare(done: Sequence[Trial], *, title: str, until: int, level: float) -> RecipeComparison:
    """Put trials side by side; the first is the baseline."""
    first = done[0]
    return RecipeComparison(
        title=title,
        until=until,
        versions=len(first.blocks),
        rows=sum(block.rows for block in first.blocks),
        beliefs=len(first.beliefs),
        level=level,
        standings=tuple(standing(trial, first, level) for trial in done),
    )


def standing(trial: Trial, baseline: Trial, level: float) -> Standing:
    """One trial's figures, against the baseline on the blocks both have."""
    later = trial.blocks[1:] or trial.blocks
    reseeded = [p.reseeded for p in trial.probes if p.reseeded is not None]
    return Standing(
        name=trial.name,
        recipe=trial.recipe,
        log_loss=over_blocks([(b.log_loss, b.rows) for b in trial.blocks], level),
        auc=over_blocks([(b.auc, b.rows) for b in trial.blocks], level),
        against=None if trial.name == BASELINE else over_blocks(_paired(trial.blocks, baseline.blocks), level),
        cpu=float(np.mean([block.cpu for block in later])),
        trees=float(np.mean([block.trees for block in trial.blocks])),
        churn=over_blocks([(b.churn, b.rows) for b in trial.blocks], level),
        probed=len(trial.probes),
        reseeded=float(np.mean(reseeded)) if reseeded else None,
        butterfly=_range(trial.probes),
        own=trial.own,
        same=trial.same,
    )


def over_blocks(blocks: Iterable[tuple[float | None, int]], level: float) -> Interval | None:
    """The mean over all rows from means of blocks, with Student's interval in which a block is one draw.

    Blocks that follow each other are alike when windows overlap and the world drifts: their covariances up to lag
    ⌊n^⅓⌋ are added, with Bartlett's weights, where that widens the interval.

    Args:
        blocks: mean of a block, None where it has none, and its rows; in order of time.
        level: two-sided coverage.

    Returns:
        None without a block; with one alone the interval is without bounds.

    Source: Cochran, "Sampling Techniques", 1977, section 9A.1 (a mean from clusters of unequal size); Newey, West,
    Econometrica 1987 (covariances of what follows each other).

    >>> print(over_blocks([(0.5, 100), (0.7, 100), (None, 0), (0.6, 100)], 0.90))
    0.600 [0.431, 0.769]
    """
    there = [(value, rows) for value, rows in blocks if value is not None and rows]
    if not there:
        return None
    mean, weight = (np.array(column, dtype=float) for column in zip(*there, strict=True))
    centre = float(np.average(mean, weights=weight))
    n = len(there)
    if n == 1:
        return Interval(centre, -np.inf, np.inf)
    together = weight * (mean - centre)
    lags = range(1, int(np.cbrt(n)) + 1)
    follow = sum(2 * (1 - lag / (len(lags) + 1)) * float(together[lag:] @ together[:-lag]) for lag in lags)
    error = np.sqrt(n / (n - 1) * (together @ together + max(follow, 0.0))) / weight.sum()
    reach = float(t.ppf((1 + level) / 2, n - 1) * error)
    return Interval(centre, centre - reach, centre + reach)


def _paired(blocks: Sequence[Block], baseline: Sequence[Block]) -> list[tuple[float | None, int]]:
    """Differences in log loss on the blocks both were scored on."""
    theirs = {block.tick: block.log_loss for block in baseline}
    return [
        (block.log_loss - other, block.rows)
        for block in blocks
        if block.log_loss is not None and (other := theirs.get(block.tick)) is not None
    ]


def _range(probes: Sequence[Probe]) -> Interval | None:
    found = [probe.butterfly for probe in probes if probe.butterfly is not None]
    return Interval(float(np.mean(found)), min(found), max(found)) if found else None
