"""Columns of one tick, drawn by index: latent values, categories, marks of a leak, gaps, labels and their delays.

Every function takes the seed, the tick and the number of rows, and draws from a stream of its own.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from halflife.models.world.draws import Stream, chances, generator
from halflife.models.world.features import CATEGORICAL, NUMERIC, Codes, Floats, Numeric

Labels = npt.NDArray[np.int8]
Delays = npt.NDArray[np.uint8]

LEAK_JUMP = np.float32(3.5)
"""How far, in latent standard deviations, a leak moves the rows it marks."""
LEAK_MARKS = np.array([0.015, 0.65], dtype=np.float32)
"""Share of negative and of positive rows that a leak of strength 1 marks."""

_CHANCES = 2**16


def latent(seed: int, tick: int, rows: int, numeric: Sequence[Numeric]) -> Floats:
    """Correlated standard normal values, shape (numeric features, rows).

    The base features come from one stream and what follows them from another, so a wider world has the same base. What
    fills a wide world up is drawn from a table of 65,536 equally likely quantiles, at a fifth of the cost.
    """
    block = np.empty((len(numeric), rows), dtype=np.float32)
    base, more = block[: len(NUMERIC)], block[len(NUMERIC) :]
    generator(seed, Stream.NUMERIC, tick).standard_normal(out=base, dtype=np.float32)
    for row, chance in zip(more, chances(seed, Stream.EXTRA, tick, rows), strict=False):
        _normal_quantiles().take(chance, out=row, mode="clip")
    by_name = {f.name: row for f, row in zip(numeric, block, strict=True)}
    for feature in numeric:
        if feature.follows:
            row = by_name[feature.name]
            row *= np.float32(np.sqrt(1 - feature.correlation**2))
            row += np.float32(feature.correlation) * by_name[feature.follows]
    return block


def move(block: Floats, numeric: Sequence[Numeric], by: Mapping[str, float]) -> None:
    """Move latent values, in place; what follows a feature does not move with it.

    Args:
        block: latent values, shape (numeric features, n).
        numeric: the features of ``block``, in order.
        by: feature -> latent standard deviations.
    """
    for feature, row in zip(numeric, block, strict=True):
        if feature.name in by:
            row += np.float32(by[feature.name])


def categories(seed: int, tick: int, rows: int) -> Codes:
    """Positions of categories, shape (categorical features, rows).

    Two random bytes pick one of 65,536 equal chances from a table: three times as fast as a float and its comparisons.
    """
    draws = generator(seed, Stream.CATEGORICAL, tick).integers(0, _CHANCES, (len(CATEGORICAL), rows), dtype=np.uint16)
    return np.stack([table.take(row) for table, row in zip(_TABLES, draws, strict=True)])


def labels(seed: int, tick: int, probability: Floats, noise: float) -> Labels:
    """Labels with noise, shape (n,): one draw a row decides both, P(label = 1) = p + noise · (1 - 2p)."""
    chance = probability * np.float32(1 - 2 * noise)
    chance += np.float32(noise)
    draws = generator(seed, Stream.LABEL, tick).random(len(probability), dtype=np.float32)
    return (draws < chance).view(np.int8)


def delays(seed: int, tick: int, rows: int, most: int) -> Delays:
    """Ticks until each label arrives, 0 to ``most`` with equal probability, shape (rows,)."""
    return generator(seed, Stream.DELAY, tick).integers(0, most, rows, dtype=np.uint8, endpoint=True)


def leak(
    seed: int, tick: int, block: Floats, label: Labels, numeric: Sequence[Numeric], by: Mapping[str, float]
) -> None:
    """Let features tell the label, in place: of the rows a leak marks, the latent value jumps.

    Args:
        seed: of the world.
        tick: which.
        block: latent values, shape (numeric features, n).
        label: what leaks, shape (n,).
        numeric: the features of ``block``, in order.
        by: leaking feature -> strength in [0, 1]: how many of the rows it could mark it does.
    """
    if not by:
        return
    draws = generator(seed, Stream.LEAK, tick)
    for feature, row in zip(numeric, block, strict=True):
        if feature.name in by:
            share = np.float32(by[feature.name]) * LEAK_MARKS.take(label)
            row += LEAK_JUMP * (draws.random(len(row), dtype=np.float32) < share)


def gaps(seed: int, tick: int, block: Floats, numeric: Sequence[Numeric]) -> dict[int, npt.NDArray[np.bool_]]:
    """Position of a numeric feature -> which of its rows have no value, shape (n,); decided by latent values."""
    draws = generator(seed, Stream.MISSING, tick)
    masks: dict[int, npt.NDArray[np.bool_]] = {}
    for j, (feature, row) in enumerate(zip(numeric, block, strict=True)):
        if feature.missing or feature.missing_high:
            chance = draws.random(len(row), dtype=np.float32)
            masks[j] = chance < np.float32(feature.missing)
            if feature.missing_high is not None:
                high = chance < np.float32(feature.missing_high)
                masks[j] = np.where(row > 1, high, masks[j])
    return masks


@cache
def _normal_quantiles() -> Floats:
    """The standard normal quantile in the middle of each of the 65,536 chances; the largest is 4.3."""
    return np.asarray(ndtri((np.arange(_CHANCES) + 0.5) / _CHANCES), dtype=np.float32)


_TABLES: tuple[Codes, ...] = tuple(
    np.searchsorted(
        np.round(np.cumsum([c.share for c in column.categories]) * _CHANCES), np.arange(_CHANCES), side="right"
    ).astype(np.int8)
    for column in CATEGORICAL
)
