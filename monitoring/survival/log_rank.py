"""Whether findings of one kind live longer than those of another, when findings die together."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from halflife.models.rows import Array
from halflife.monitoring.survival.block_bootstrap import SEED, enough, length, numbered
from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.person_periods import at_risk, periods

EXACT = 12
"""Up to so many blocks every relabelling is tried."""
RELABELLINGS = 4_096


def compare(lives: Sequence[Life], kind_a: str, kind_b: str) -> float | None:
    """p-value of "findings of both kinds die alike", two-sided; None where there are too few versions to tell.

    A log-rank test in strata of one version and one age, Σ (deaths of a − share of a at risk × deaths). Findings that
    die of one change are one event, so whole blocks of versions are relabelled at a time: exchanging the two kinds in a
    block turns the sign of its sum. With B blocks p is never below 2^(1 − B).

    Args:
        lives: of any kinds.
        kind_a: statistic's name.
        kind_b: the other's.

    Source: Mantel, Cancer Chemotherapy Reports 50, 1966 (log-rank in strata); Lehmann and Romano, "Testing Statistical
    Hypotheses", section 15.2 (randomisation).

    >>> compare([Life(1, "auc", 3, None), Life(2, "gap", 2, 3)], "auc", "gap") is None
    True
    """
    chosen = at_risk([life for life in lives if life.statistic in (kind_a, kind_b)])
    cut = periods(chosen)
    if len(cut.life) == 0:
        return None
    first = np.array([life.statistic == kind_a for life in chosen])[cut.life]
    ages = int(cut.age.max()) + 1
    stratum = (cut.version - cut.version.min()) * ages + cut.age
    both, of_a = np.bincount(stratum), np.bincount(stratum, weights=first)
    met = (of_a > 0) & (of_a < both)
    dead, dead_a = np.bincount(stratum, weights=cut.died), np.bincount(stratum, weights=cut.died & first)
    excess = np.where(met, dead_a - dead * of_a / np.maximum(both, 1), 0.0)
    version = np.arange(len(excess)) // ages
    told = np.unique(version[met & (dead > 0)])
    blocks = enough(told)
    if blocks is None:
        return None
    sums = np.bincount(
        numbered(version, int(told[0]), length(len(told)))[version >= told[0]], excess[version >= told[0]]
    )
    return _relabelled(sums[sums != 0])


def _relabelled(sums: Array) -> float | None:
    """Share of relabellings whose total is as far from 0 as the one seen."""
    if len(sums) < 2:
        return None
    seen = abs(sums.sum())
    if len(sums) <= EXACT:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(sums))))
        return float(np.mean(np.abs(signs @ sums) >= seen - 1e-9))
    rng = np.random.Generator(np.random.Philox(key=[SEED, 1], counter=[0, 0, 0, len(sums)]))
    signs = rng.choice([-1.0, 1.0], size=(RELABELLINGS, len(sums)))
    return float((1 + np.sum(np.abs(signs @ sums) >= seen - 1e-9)) / (1 + RELABELLINGS))
