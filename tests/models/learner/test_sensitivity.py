"""Sensitivity to one row: against refits made by hand, and what it says where nothing can move."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from halflife.models.errors import UsageError
from halflife.models.learner.fit import fit
from halflife.models.learner.seeding import uniform
from halflife.models.learner.sensitivity import NOTHING, sensitivity
from halflife.models.learner.warm_start import WarmStart
from halflife.models.recipe import Recipe
from halflife.models.rows import ROW_ID, Part, Schema, Window, row_hash

RECIPE = Recipe(trees=25, leaves=8, threads=1)
MakeWindow = Callable[..., Window]


def test_it_is_the_gap_of_refits_made_by_hand(make_window: MakeWindow, schema: Schema) -> None:
    """Two rows, one after the other, at a weight near nothing: RMS over refits and rows after 1, 2, … and all trees."""
    window, other = make_window(first=0), make_window(first=9)
    model, fresh = fit(window, schema, RECIPE, 3), fit(other, schema, RECIPE, 4)
    rows = window.part(Part.EVIDENCE)
    found = sensitivity(window, schema, RECIPE, 3, rows, model, 2, fresh=fresh, fresh_window=(9, 12))
    train = np.flatnonzero(window.mask(Part.TRAIN))
    left_out = train[np.argsort(uniform(row_hash(window.rows[ROW_ID].iloc[train]), 3))[:2]]
    matrix = model.matrix(rows)
    square = np.zeros(len(found.trees))
    for row in left_out:
        weights = np.ones(len(window.rows))
        weights[row] = NOTHING
        again = fit(window, schema, RECIPE, 3, weights=weights)
        for at, trees in enumerate(found.trees):
            one, two = (m.booster.predict(matrix, raw_score=True, num_iteration=trees) for m in (again, model))
            square[at] += ((one - two) ** 2).mean() / 2
    assert found.trees == (1, 2, 3, 5, 10, 20, 25)
    np.testing.assert_allclose(found.distance, np.sqrt(square), rtol=1e-9)
    gap = np.sqrt(((model.raw(matrix) - fresh.raw(matrix)) ** 2).mean())
    assert found.fresh == pytest.approx(gap)
    assert found.fresh_window == (9, 12)
    assert found.refits == 2
    assert found.butterfly == pytest.approx(found.distance[-1] / gap)


def test_a_row_moves_less_than_all_rows_do_and_more_the_later(make_window: MakeWindow, schema: Schema) -> None:
    """The gap grows with the trees, stays under that of a fresh window, and is there at all."""
    window = make_window(rows=1000)
    model, fresh = fit(window, schema, RECIPE, 3), fit(make_window(first=9, rows=1000), schema, RECIPE, 4)
    rows = window.part(Part.EVIDENCE)
    found = sensitivity(window, schema, RECIPE, 3, rows, model, 4, fresh=fresh, fresh_window=(9, 12))
    assert 0.0 < found.distance[0] < found.distance[-1]
    assert found.butterfly is not None
    assert found.butterfly < 1.0


def test_without_a_window_apart_there_is_no_ratio(make_window: MakeWindow, schema: Schema) -> None:
    """The curve is there, the comparison is not."""
    window = make_window()
    model, rows = fit(window, schema, RECIPE, 3), window.part(Part.EVIDENCE)
    found = sensitivity(window, schema, RECIPE, 3, rows, model, 1, fresh=None, fresh_window=None)
    assert (found.fresh, found.fresh_window, found.butterfly) == (None, None, None)


def test_trees_of_the_version_before_do_not_move(make_window: MakeWindow, schema: Schema) -> None:
    """Of a warm version only the added trees can: the gap is 0 up to them."""
    recipe = replace(RECIPE, strategy="warm", added=10)
    before = WarmStart(fit(make_window(first=0), schema, recipe, 1), None, 1)
    window = make_window(first=2)
    model, rows = fit(window, schema, recipe, 2, before=before), window.part(Part.EVIDENCE)
    found = sensitivity(window, schema, recipe, 2, rows, model, 2, fresh=None, fresh_window=None, before=before)
    assert found.trees == (1, 2, 3, 5, 10, 20, 30, 35)
    assert found.distance[:6] == (0.0,) * 6
    assert found.distance[-1] > 0.0


def test_nothing_to_measure_is_an_error(make_window: MakeWindow, schema: Schema) -> None:
    """No refits, or no rows whose scores could be compared."""
    window = make_window()
    model, rows = fit(window, schema, RECIPE, 3), window.part(Part.EVIDENCE)
    for refits, evidence in ((0, rows), (1, rows.iloc[:0])):
        with pytest.raises(UsageError, match="at least one refit and one row"):
            sensitivity(window, schema, RECIPE, 3, evidence, model, refits, fresh=None, fresh_window=None)
