"""What ``fit`` promises: the same model for the same inputs, no row where it must not be, plain words when it cannot."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from halflife.models.errors import ConfigError, DataError
from halflife.models.learner.calibrate import Uncalibrated
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, Column, Kind, Part, Schema, Split, Window

SCHEMA = Schema(
    (
        Column("x", Kind.NUMERIC),
        Column('odd, "name" [1]', Kind.NUMERIC),
        Column("job", Kind.CATEGORICAL),
        Column("gone", Kind.NUMERIC),
        Column("nothing", Kind.CATEGORICAL),
        Column("constant", Kind.NUMERIC),
    )
)
RECIPE = Recipe(trees=20, leaves=8, threads=1)


def window(rows: int = 2_000, seed: int = 0) -> Window:
    """Labels that depend on a number and a category, with missing cells, an empty and a constant column."""
    rng = np.random.default_rng(seed)
    x, job = rng.normal(size=rows), rng.choice(np.array(["cook", "clerk", "spy", None], dtype=object), rows)
    frame = pd.DataFrame(
        {
            "_id": [f"r{i}" for i in range(rows)],
            "_tick": np.int64(0),
            "_label": (rng.random(rows) < expit(x + 2.0 * (job == "cook") - 1.0)).astype(float),
            "x": np.where(rng.random(rows) < 0.05, np.nan, x),
            'odd, "name" [1]': rng.normal(size=rows),
            "job": pd.Series(job, dtype="str"),
            "gone": np.nan,
            "nothing": pd.Series([np.nan] * rows, dtype="str"),
            "constant": 1.0,
        }
    )
    return Window(first=3, last=7, source="1", rows=frame, split=Split())


@pytest.fixture(scope="module")
def model() -> Model:
    """One fit that most tests compare with."""
    return fit(window(), SCHEMA, RECIPE, seed=1)


def changed(original: Window, change: Callable[[pd.DataFrame], object]) -> Window:
    """A window like ``original`` whose rows ``change`` has altered in place."""
    rows = original.rows.copy()
    change(rows)
    return replace(original, rows=rows)


def test_same_inputs_give_the_same_text_on_any_threads(model: Model) -> None:
    """One thread and two give one model: the same text, digest and calibration, to the last digit."""
    assert fit(window(), SCHEMA, replace(RECIPE, threads=2), seed=1) == model
    assert "num_threads: 0" in model.text


def test_another_seed_gives_another_model(model: Model) -> None:
    """With sampling on, the seed reaches the trees; with it off, only the recorded parameters differ."""
    other, rows = fit(window(), SCHEMA, RECIPE, seed=2), window().rows
    assert not np.array_equal(other.probability(rows), model.probability(rows))
    still = replace(RECIPE, row_sampling=1.0, feature_sampling=1.0)
    one, two = (fit(window(), SCHEMA, still, seed=seed).probability(rows) for seed in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_it_learns(model: Model) -> None:
    """On evidence rows the model ranks as well as the truth allows, give or take 0.05 of AUC."""
    rows = window(20_000, seed=9).rows
    truth = rows["x"].fillna(0) + 2.0 * (rows["job"] == "cook")
    best = roc_auc_score(rows[LABEL], truth)
    assert roc_auc_score(rows[LABEL], model.probability(rows)) > best - 0.05


def test_evidence_and_discovery_rows_never_reach_the_model(model: Model) -> None:
    """Turning every label of evidence and discovery rows round changes nothing."""

    def flip(rows: pd.DataFrame) -> None:
        held = np.isin(Split().parts(rows["_id"]), [Part.EVIDENCE, Part.DISCOVERY])
        rows.loc[held, LABEL] = 1.0 - rows.loc[held, LABEL]

    assert fit(changed(window(), flip), SCHEMA, RECIPE, seed=1) == model


def test_calibration_rows_reach_the_calibration_only(model: Model) -> None:
    """Turning the labels of calibration rows round changes the calibration and leaves the trees as they were."""

    def flip(rows: pd.DataFrame) -> None:
        held = Split().parts(rows["_id"]) == Part.CALIBRATION
        rows.loc[held, LABEL] = 1.0 - rows.loc[held, LABEL]

    other = fit(changed(window(), flip), SCHEMA, RECIPE, seed=1)
    assert other.text == model.text
    assert other.calibration != model.calibration


def test_json_and_text_give_the_model_back(model: Model) -> None:
    """A model read back from its text and JSON is equal, and says the same of every row, bit for bit."""
    again = Model.from_dict(model.text, json.loads(json.dumps(model.to_dict())))
    rows = window(500, seed=4).rows
    assert again == model
    assert again.digest == model.digest
    np.testing.assert_array_equal(again.probability(rows), model.probability(rows))


def test_an_unseen_category_counts_as_missing(model: Model) -> None:
    """A category training never met gets the probability of a missing one, without a warning."""
    rows = window(200, seed=4).rows
    unseen, missing = rows.assign(job="astronaut"), rows.assign(job=np.nan)
    np.testing.assert_array_equal(model.probability(unseen), model.probability(missing))


def test_categories_are_those_of_training_rows_sorted(model: Model) -> None:
    """Codes follow the sorted categories, so they do not depend on the order of rows; an empty column has none."""
    assert model.categories == {"job": ("clerk", "cook", "spy"), "nothing": ()}


def test_no_rows_have_no_probabilities(model: Model) -> None:
    """An empty frame gives an empty array."""
    assert model.probability(window().rows.iloc[:0]).shape == (0,)


def test_thousands_of_categories_are_fine() -> None:
    """A categorical column with a different value in every row trains without a warning."""

    def many(rows: pd.DataFrame) -> None:
        rows["job"] = [f"job {i}" for i in range(len(rows))]

    model = fit(changed(window(), many), SCHEMA, RECIPE, seed=1)
    assert len(model.categories["job"]) > 1_400
    assert np.isfinite(model.probability(window().rows)).all()


def test_features_that_say_nothing_give_the_base_rate() -> None:
    """When every column is constant or empty, every row gets the label's rate."""
    features = window().rows.columns[3:]
    flat = changed(window(), lambda rows: rows.__setitem__(list(features), np.nan))
    probability = fit(flat, SCHEMA, replace(RECIPE, calibration="none"), seed=1).probability(flat.rows)
    train = flat.part(Part.TRAIN)[LABEL]
    np.testing.assert_allclose(probability, train.mean(), atol=1e-6)


def test_no_calibration_rows_leave_a_model_that_says_so() -> None:
    """Without a single calibration row there is still a model; its calibration carries the reason."""
    model = fit(replace(window(), split=Split(calibration=0.0)), SCHEMA, RECIPE, seed=1)
    assert model.calibration == Uncalibrated(
        "temperature needs 50 calibration rows with both labels; there are 0, 0 of them positive"
    )


def test_too_few_labels_say_what_to_do() -> None:
    """When most labels are late, the message counts what there is, what is needed and what is on its way."""
    late = changed(window(), lambda rows: rows.__setitem__(LABEL, rows[LABEL].where(rows.index < 40)))
    labelled = len(late.part(Part.TRAIN))
    waiting = len(late.part(Part.TRAIN, labelled=False)) - labelled
    with pytest.raises(DataError) as caught:
        fit(late, SCHEMA, RECIPE, seed=1)
    assert str(caught.value) == (
        f"ticks 3 to 7 have {labelled} labelled training rows, and two leaves of 20 need 40;"
        f" {waiting:,} more rows wait for their label. Wait for labels or widen the window"
    )


@pytest.mark.parametrize("only", [0, 1])
def test_one_label_only_says_what_to_do(only: int) -> None:
    """When all labels are alike, the message says which and that both are needed."""
    alike = changed(window(), lambda rows: rows.__setitem__(LABEL, float(only)))
    with pytest.raises(DataError) as caught:
        fit(alike, SCHEMA, RECIPE, seed=1)
    assert str(caught.value) == (
        f"all {len(alike.part(Part.TRAIN)):,} labelled training rows of ticks 3 to 7 have label {only}, and a model needs"
        " both; 0 more rows wait for their label. Wait for labels or widen the window"
    )


def test_a_wrong_recipe_is_found_before_training() -> None:
    """An unknown calibration is told at once, even on a window that could not be trained on."""
    nobody = changed(window(), lambda rows: rows.__setitem__(LABEL, np.nan))
    with pytest.raises(ConfigError, match="'beta' is not a calibration"):
        fit(nobody, SCHEMA, replace(RECIPE, calibration="beta"), seed=1)
