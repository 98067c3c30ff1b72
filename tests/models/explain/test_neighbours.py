"""The leaf kernel and the nearest rows."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from halflife.models.explain import neighbours
from halflife.models.explain.neighbours import Leaves, kernel, nearest, sample, similarity
from halflife.models.learner.model import Model
from halflife.models.rows import ROW_ID, row_hash

Grow = Callable[..., tuple[Model, pd.DataFrame]]


@given(arrays.arrays(np.int32, (6, 9), elements=st.integers(0, 3)))
def test_the_kernel_is_symmetric_one_on_itself_and_positive_semidefinite(rows: Leaves) -> None:
    """κ(x, x′) = κ(x′, x), κ(x, x) = 1, and as a mean of indicator kernels no quadratic form of it is negative."""
    matrix = kernel(rows, rows)
    np.testing.assert_array_equal(matrix, matrix.T)
    np.testing.assert_array_equal(np.diag(matrix), 1.0)
    assert np.linalg.eigvalsh(matrix).min() > -1e-9


def test_the_kernel_counts_trees_with_the_same_leaf(grow: Grow) -> None:
    """Against a count over LightGBM's leaves, pair by pair."""
    model, frame = grow(1)
    found = model.leaves(model.matrix(frame.iloc[:20]), threads=1)
    matrix = kernel(found[:3], found)
    for i in range(3):
        for j in range(20):
            assert matrix[i, j] == sum(found[i, t] == found[j, t] for t in range(12)) / 12


def test_blocks_change_nothing(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves are held a block at a time, and the similarities are those of all rows at once."""
    model, frame = grow(2)
    row = model.matrix(frame)[5]
    whole = similarity(model, row, frame, threads=1)
    monkeypatch.setattr(neighbours, "BLOCK", 33)
    np.testing.assert_array_equal(similarity(model, row, frame, threads=1), whole)
    assert whole[5] == 1.0


def test_equally_near_rows_come_in_order_of_their_ids() -> None:
    """The answer does not depend on the order of the rows."""
    similar, ids = np.array([0.5, 1.0, 0.5, 0.2]), np.array(["b", "d", "a", "c"], dtype=object)
    assert ids[nearest(similar, ids, 3)].tolist() == ["d", "a", "b"]


def test_of_too_many_rows_a_fixed_sample_is_searched(canonical: Callable[..., pd.DataFrame]) -> None:
    """Those with the smallest hash of id, in the frame's order, whatever other rows there are."""
    frame = canonical(0)
    train = np.arange(len(frame)) % 4 != 0
    pd.testing.assert_frame_equal(sample(frame, train), frame[train].reset_index(drop=True))
    chosen = sample(frame, train, most=50)[ROW_ID]
    hashes = row_hash(frame[ROW_ID])
    threshold = np.sort(hashes[train])[49]
    assert chosen.tolist() == frame[ROW_ID][train & (hashes <= threshold)].tolist()
    later = sample(frame.iloc[100:], train[100:], most=50)[ROW_ID]
    assert set(later) >= set(chosen) & set(frame[ROW_ID].iloc[100:])


def test_no_rows_have_no_neighbours(grow: Grow) -> None:
    """An empty window is no error."""
    model, frame = grow(3)
    assert similarity(model, model.matrix(frame)[0], frame.iloc[:0], threads=1).shape == (0,)
    assert model.leaves(model.matrix(frame)[:0]).shape == (0, 12)
