"""Learning curves: one recipe on nested parts of a window, several times over.

Every row has a place on a circle, by its id alone. Repeat k of r takes the arc that begins at k/r and is as long as the
share of the labels asked for: the parts of one repeat are nested, those of different repeats overlap as little as they
can (not at all up to a share of 1/r), and every row is used as often as every other.
"""

from collections.abc import Iterable

import numpy as np

from halflife.models.learner.calibrate import known
from halflife.models.learner.seeding import uniform
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, Array, Ids, Mask, Part, Window, row_hash

Shares = tuple[float, ...]


def places(ids: Ids, seed: int) -> Array:
    """The place of each id on a circle of circumference 1, shape (n,), in [0, 1); uniform, and independent of `Split`.

    Args:
        ids: shape (n,).
        seed: another seed, another circle.

    >>> bool((places(["a", "b"], 1) != places(["a", "b"], 2)).all())
    True
    """
    return uniform(row_hash(ids), seed)


def arc(places: Array, share: float, repeat: int, repeats: int) -> Mask:
    """Which rows a repeat uses, shape (n,).

    Args:
        places: on the circle, shape (n,).
        share: of the rows, in (0, 1].
        repeat: from 0.
        repeats: how many there are.

    >>> arc(np.array([0.0, 0.3, 0.6, 0.9]), 0.5, 1, 2)
    array([False, False,  True,  True])
    """
    return np.asarray((places - repeat / repeats) % 1.0 < share)


def overlap(share: float, repeats: int) -> float:
    """The share of its rows that one repeat has in common with another, on average over the others.

    >>> [round(overlap(share, 4), 3) for share in (0.25, 0.5, 1.0)]
    [0.0, 0.333, 1.0]
    """
    starts = np.arange(1, repeats) / repeats
    common = np.maximum(0.0, share - starts) + np.maximum(0.0, share - (1.0 - starts))
    return float(np.minimum(common / share, 1.0).mean())


def halvings(window: Window, recipe: Recipe, sizes: int) -> Shares:
    """At most ``sizes`` shares, 1 and its halvings, rising; those that are too small to train like the whole are left out.

    A part needs four full leaves, and the calibration that the whole window gets: with fewer calibration rows the recipe
    falls back to none, and the curve would have a kink that labels do not explain.
    """
    fewest = known(recipe.calibration).fewest
    train, held = window.count(Part.TRAIN), window.count(Part.CALIBRATION)
    held = held if held >= fewest else 0

    def enough(share: float) -> bool:
        return share * train >= 4 * recipe.min_rows_per_leaf and (not held or share * held >= 1.2 * fewest)

    return tuple(share for share in reversed([0.5**k for k in range(sizes)]) if share == 1.0 or enough(share))


def learnt_from(window: Window) -> Mask:
    """The rows of a window that a model is made of: labelled, to train or to calibrate, shape (n,)."""
    return window.mask(Part.TRAIN) | window.mask(Part.CALIBRATION)


def part_of(window: Window, keep: Mask) -> Window:
    """The window with some of its rows only."""
    return Window(window.first, window.last, window.source, window.rows.loc[keep].reset_index(drop=True), window.split)


def labelled(window: Window) -> Mask:
    """The rows whose label has arrived, whatever they are used for, shape (n,)."""
    return np.asarray(window.rows[LABEL].notna())


def seeds(base: Iterable[int], repeats: int) -> list[int]:
    """One seed of LightGBM for each repeat, from numbers that name the curve."""
    return [int(s >> 1) for s in np.random.SeedSequence(list(base)).generate_state(repeats)]
