"""How sure a survival curve is when findings die together: resampling the versions on which they do.

One change of the world ends many lives at one retrain, so findings are no independent witnesses; retrains nearly are.
Each replicate weighs *blocks* of successive versions, all periods of a version alike, with independent Exp(1) weights
(a Bayesian bootstrap, whose weights are never 0, so that no age loses all it had at risk). Blocks of L = ∛T versions
(T those on which anything was at risk) keep together what a moving window kills over several retrains; where blocks
begin is moved along from replicate to replicate. The hazard at an age is then Σ w deaths / Σ w at risk.

Source: Rubin, Annals of Statistics 9, 1981 (Exp(1) weights); Künsch, Annals of Statistics 17, 1989 (blocks);
Hall, Horowitz and Jing, Biometrika 82, 1995 (their length); Ying and Wei, Journal of Multivariate Analysis 50, 1994
(survival of dependent lives).
"""

from functools import lru_cache

import numpy as np

from halflife.models.rows import Array, Rows
from halflife.monitoring.survival.kaplan_meier import Z
from halflife.monitoring.survival.person_periods import Periods

REPLICATES = 400
"""A standard error from so many is itself within 4 %."""
FEWEST = 5
"""Blocks; from fewer their spread says next to nothing. They come with ten versions or more."""
SEED = 20_250_101


def length(versions: int) -> int:
    """Versions in a block: the cube root of how many there are.

    >>> [length(versions) for versions in (1, 8, 20, 60)]
    [1, 2, 3, 4]
    """
    return max(1, int(np.rint(np.cbrt(versions))))


def numbered(version: Rows, first: int, size: int, offset: int = 0) -> Rows:
    """The number of each version's block, from 0; shape of ``version``."""
    return np.asarray((version - first + offset) // size)


def enough(version: Rows) -> int | None:
    """How many blocks there are; None where they are too few."""
    seen = len(np.unique(version))
    blocks = seen // length(seen) if seen else 0
    return blocks if blocks >= FEWEST else None


@lru_cache(maxsize=16)
def weights(blocks: int, replicates: int, offset: int) -> Array:
    """Exp(1) weights, the same for the same arguments; shape (replicates, blocks)."""
    key = np.random.Philox(key=[SEED, offset], counter=[0, 0, 0, blocks])
    return np.random.Generator(key).exponential(size=(replicates, blocks))


def resampled(version: Rows, *sums: tuple[Rows, Array]) -> list[Array]:
    """Sums over periods, in every replicate.

    Args:
        version: of each period, shape (n,).
        sums: for each sum, into which of its cells a period goes, shape (n,), and what it adds, shape (n,).

    Returns:
        One array for each sum, shape (replicates, cells).
    """
    first, seen = int(version.min()), len(np.unique(version))
    size = length(seen)
    out: list[list[Array]] = [[] for _ in sums]
    for offset in range(size):
        block = numbered(version, first, size, offset)
        blocks = int(block.max()) + 1
        drawn = weights(blocks, -(-REPLICATES // size), offset)
        for held, (cell, added) in zip(out, sums, strict=True):
            cells = int(cell.max()) + 1
            table = np.bincount(block * cells + cell, weights=added, minlength=blocks * cells)
            held.append(drawn @ table.reshape(blocks, cells))
    return [np.concatenate(held) for held in out]


def error(cut: Periods) -> tuple[Array, float] | None:
    """Standard error of ln S at every age of death, and how many of them a 95 % band reaches.

    Student's t for one degree of freedom less than there are blocks; None where versions are too few.

    Args:
        cut: the periods of the findings followed, of whom at least one died.
    """
    blocks = enough(cut.version)
    if blocks is None:
        return None
    times, at = np.unique(cut.age, return_inverse=True)
    dead = np.unique(at[cut.died])
    risk, deaths = resampled(cut.version, (at, np.ones(len(at))), (at, cut.died.astype(float)))
    hazard = deaths[:, dead] / risk[:, dead]
    spread = np.cumprod(1 - hazard, axis=1).std(axis=0, ddof=1)
    seen = np.bincount(at, minlength=len(times))[dead]
    alive = np.cumprod(1 - np.bincount(at[cut.died], minlength=len(times))[dead] / seen)
    return spread / np.where(alive > 0, alive, 1.0), student(blocks - 1)


def student(freedom: int) -> float:
    """The 97.5 % point of Student's t, to 1 % from three degrees of freedom on.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.

    >>> round(student(4), 2), round(student(30), 3)
    (2.77, 2.042)
    """
    z, n = Z, float(freedom)
    return float(
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    )
