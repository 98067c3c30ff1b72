"""Coupled shadows against brute force, in small; the table is made by ``python tests/truth/coupled.py``."""

import numpy as np
from coupled import STATISTICS, Size, compare, windows

from halflife.models.rows import LABEL, ROW_ID

SMALL = Size(rows=600, trees=15, replicates=50, streams=6)


def test_two_windows_share_the_rows_they_should() -> None:
    """Three quarters of them, as the same rows with the same labels, and each window is as long as the other."""
    one, two = windows(SMALL, 0.75, "any", 1)
    both = one.rows.merge(two.rows, on=ROW_ID)
    assert len(both) == 450
    assert len(one.rows) == len(two.rows) == 600
    np.testing.assert_array_equal(both[f"{LABEL}_x"], both[f"{LABEL}_y"])


def test_coupled_shadows_know_how_much_overlapping_windows_move_a_score() -> None:
    """At 75 % overlap they are within a third of the true standard deviation; other seeds alone are below it, weights
    drawn anew for each window above it.
    """
    found = compare(SMALL, 0.75)[STATISTICS[1]]
    assert 0.75 < found["coupled"] < 1.35
    assert found["seed"] < 0.85 * found["coupled"]
    assert found["independent"] > 1.15 * found["coupled"]
