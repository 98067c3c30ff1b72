"""What rounding leaves of a difference of sums that are equal, so that it is not taken for a spread."""

import numpy as np

from halflife.models.rows import Array

SAME = 1e-12
"""Numbers of order 1 that differ by less are equal: the order in which a machine adds moves them so far."""
SAME_SINGLE = 1e-5
"""The same of ratios of sums in single precision, in parts of the number; blocks of 1,024 rows keep it below."""


def beyond_rounding(difference: Array, total: Array, terms: Array) -> Array:
    """A difference of two sums that is never negative; 0 where it is within the error of adding up so many terms.

    Args:
        difference: of the sums, shape (...,).
        total: the larger of them, shape (...,).
        terms: how many were added up, shape (...,).

    Source: Higham, "Accuracy and stability of numerical algorithms", 2002, section 4.2 (the bound n·ε·Σ|x|).

    >>> beyond_rounding(np.array([1e-17, -1e-17, 1e-3]), np.ones(3), np.full(3, 100))
    array([0.   , 0.   , 0.001])
    """
    return np.where(difference > terms * np.finfo(float).eps * np.abs(total), difference, 0.0)
