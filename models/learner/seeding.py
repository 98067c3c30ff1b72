"""Numbers drawn by what a row is, not by where it stands: the same row draws the same in every window."""

import numpy as np
import numpy.typing as npt

from halflife.models.rows import Array

Hashes = npt.NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)


def uniform(hashes: Hashes, number: int) -> Array:
    """A uniform draw of each hash, shape (n,), in [0, 1); independent between numbers, and of `Split`.

    Args:
        hashes: `halflife.models.rows.row_hash` of rows or entities, shape (n,).
        number: which draw, not negative.

    Source: the mixing function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) on the salted hash.

    >>> hashes = np.array([1, 2], dtype=np.uint64)
    >>> bool((uniform(hashes, 1) != uniform(hashes, 2)).all())
    True
    """
    salt = int(np.random.SeedSequence(number).generate_state(1, np.uint64)[0])
    z: Hashes = (hashes ^ np.uint64(salt)) + _STEP
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return np.asarray((z >> np.uint64(11)).astype(float) / 2.0**53)


def seed_of(*names: int) -> int:
    """A seed of LightGBM, 0 to 2³¹ − 1, from numbers that say whose it is.

    >>> seed_of(1, 2) == seed_of(1, 2), seed_of(1, 2) == seed_of(2, 1)
    (True, False)
    """
    return int(np.random.SeedSequence(names).generate_state(1)[0] >> 1)
