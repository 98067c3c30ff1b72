"""What two things that changed together did each: the two-factor Shapley split of a difference."""

from typing import TypeVar

import numpy as np

from halflife.models.rows import Array

T = TypeVar("T", float, Array)


def split(corners: Array) -> tuple[Array, Array]:
    """The parts of θ(1, 1) − θ(0, 0) that the first and the second of two factors made.

    Each factor's part is its effect averaged over the other factor's two states, so the parts sum to the difference
    exactly, whatever the interaction.

    Args:
        corners: θ at the old (0) and new (1) state of both factors, shape (..., 2, 2), first factor first.

    Returns:
        Part of the first and of the second factor, each of shape (...).

    Source: Shapley, "A Value for n-Person Games", 1953.

    >>> rows, model = split(np.array([[1.0, 4.0], [2.0, 7.0]]))[::-1]
    >>> float(model), float(rows)
    (2.0, 4.0)
    """
    first = (corners[..., 1, 0] - corners[..., 0, 0] + corners[..., 1, 1] - corners[..., 0, 1]) / 2
    second = (corners[..., 0, 1] - corners[..., 0, 0] + corners[..., 1, 1] - corners[..., 1, 0]) / 2
    return np.asarray(first), np.asarray(second)


def first_part(old: T, new_first: T, new_second: T, new: T) -> T:
    """The first factor's part alone, from θ of the four combinations.

    >>> first_part(1.0, 2.0, 4.0, 7.0)
    2.0
    """
    return ((new_first - old) + (new - new_second)) / 2
