"""Row weights of ``fit``: what they mean to the trees and to the calibration, and that without them nothing changes."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from halflife.models.errors import NotTrainable
from halflife.models.learner.fit import fit
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, Column, Kind, Part, Schema, Split, Window

RECIPE = Recipe(trees=20, leaves=8, threads=1)
STILL = replace(RECIPE, row_sampling=1.0, feature_sampling=1.0)
DIGESTS = {
    "sampling": (RECIPE, "072404b40197e5b6"),
    "still": (STILL, "05d960906422258f"),
    "small leaves": (replace(STILL, leaves=4, l2=0.0, calibration="none"), "71805789be04e519"),
}


@pytest.mark.parametrize(("recipe", "digest"), DIGESTS.values(), ids=DIGESTS)
def test_without_weights_the_text_is_what_it_was(
    recipe: Recipe, digest: str, make_window: Callable[..., Window], schema: Schema
) -> None:
    """Digests of plain models as trained before there were weights and strategies, by LightGBM 4.7."""
    assert fit(make_window(), schema, recipe, seed=1).digest == digest


def test_weights_of_one_are_no_weights(make_window: Callable[..., Window], schema: Schema) -> None:
    """The same text, to the last character, and the same calibration."""
    window = make_window()
    plain, ones = fit(window, schema, RECIPE, 1), fit(window, schema, RECIPE, 1, weights=np.ones(len(window.rows)))
    assert ones.text == plain.text
    np.testing.assert_array_equal(ones.probability(window.rows), plain.probability(window.rows))


def test_a_row_of_weight_nothing_is_left_out(make_window: Callable[..., Window], schema: Schema) -> None:
    """Turning the labels of all such rows round changes neither trees nor calibration."""
    window = make_window()
    weights = np.random.default_rng(1).poisson(1.0, len(window.rows)).astype(float)
    rows = window.rows.assign(**{LABEL: window.rows[LABEL].where(weights > 0, 1.0 - window.rows[LABEL])})
    turned = fit(replace(window, rows=rows), schema, RECIPE, 1, weights=weights)
    assert turned == fit(window, schema, RECIPE, 1, weights=weights)
    assert turned != fit(window, schema, RECIPE, 1)


def grid(rows: int) -> Window:
    """Rows of few distinct values, whose bins do not depend on how often each is there; none is held back."""
    rng = np.random.default_rng(2)
    x, z = rng.integers(0, 8, (2, rows))
    frame = pd.DataFrame(
        {"_id": [f"r{i}" for i in range(rows)], "_tick": 0, "x": x.astype(float), "z": z.astype(float)}
    )
    frame[LABEL] = (rng.random(rows) < 0.1 + 0.8 * (x > 3)).astype(float)
    return Window(0, 0, "1", frame, Split(evidence=0.0, discovery=0.0, calibration=0.0))


def test_a_weight_counts_as_repeated_rows() -> None:
    """Where a leaf may hold a single row, weights 1 to 3 give the scores that repeating the rows gives."""
    window = grid(1_500)
    recipe = replace(STILL, min_rows_per_leaf=1, calibration="none")
    schema = Schema((Column("x", Kind.NUMERIC), Column("z", Kind.NUMERIC)))
    weights = np.random.default_rng(3).integers(1, 4, len(window.rows))
    repeated = window.rows.loc[np.repeat(np.arange(len(window.rows)), weights)].reset_index(drop=True)
    weighted = fit(window, schema, recipe, 1, weights=weights.astype(float))
    often = fit(replace(window, rows=repeated), schema, recipe, 1)
    matrix = weighted.matrix(window.rows)
    np.testing.assert_allclose(weighted.raw(matrix), often.raw(matrix), atol=1e-5)
    assert np.abs(weighted.raw(matrix) - fit(window, schema, recipe, 1).raw(matrix)).max() > 0.05


def test_the_calibration_weighs_its_rows(make_window: Callable[..., Window], schema: Schema) -> None:
    """Weights that differ on calibration rows alone leave the trees as they are and move the calibration."""
    window = make_window()
    weights = np.ones(len(window.rows))
    held = window.mask(Part.CALIBRATION)
    weights[held] = np.random.default_rng(4).poisson(1.0, held.sum())
    plain, weighted = fit(window, schema, RECIPE, 1), fit(window, schema, RECIPE, 1, weights=weights)
    assert weighted.text == plain.text
    assert weighted.calibration != plain.calibration


def test_too_few_rows_that_weigh_anything_say_so(make_window: Callable[..., Window], schema: Schema) -> None:
    """Rows of weight 0 are not counted among those there are to train on."""
    window = make_window()
    weights = np.zeros(len(window.rows))
    weights[np.flatnonzero(window.mask(Part.TRAIN))[:30]] = 1.0
    with pytest.raises(NotTrainable, match="30 labelled training rows, and two leaves of 20 need 40"):
        fit(window, schema, RECIPE, 1, weights=weights)
