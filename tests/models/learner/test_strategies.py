"""What every strategy promises, and what each adds to it."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest

import halflife.models.learner.strategies as folder
from halflife.models.errors import ConfigError
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.learner.seeding import seed_of
from halflife.models.learner.strategies import STRATEGIES
from halflife.models.learner.strategies.adapted import newest
from halflife.models.learner.warm_start import WarmStart
from halflife.models.recipe import STRATEGY_FIELDS, Recipe
from halflife.models.rows import TICK, Array, Column, Kind, Schema, Window

RECIPE = Recipe(trees=15, leaves=6, threads=1, members=3, added=5, restart=3)
MakeWindow = Callable[..., Window]
NAMES = sorted(STRATEGIES)


@pytest.fixture(scope="module")
def older(make_window: MakeWindow) -> Window:
    """What the version before was trained on."""
    return make_window(first=0, rows=600)


@pytest.fixture(scope="module")
def window(make_window: MakeWindow) -> Window:
    """Newer rows: a category is gone, one is new, and x has moved in the newest tick."""
    return make_window(first=4, rows=600, jobs=("cook", "spy", "actor"), shift=1.0)


@pytest.fixture(scope="module")
def before(older: Window, schema: Schema) -> WarmStart:
    """The version before, started from nothing."""
    return WarmStart(fit(older, schema, RECIPE, seed=7), None, 1)


def raw(model: Model, window: Window) -> Array:
    """Raw scores of all rows of a window, shape (n,)."""
    return model.raw(model.matrix(window.rows))


def test_table_folder_and_recipe_agree() -> None:
    """One file a strategy, one entry each, and the fields each strategy reads are those the recipe's digest counts."""
    files = {path.stem for path in Path(str(folder.__file__)).parent.glob("*.py")}
    assert files == {*STRATEGIES, "__init__", "strategy"}
    assert {name: each.fields for name, each in STRATEGIES.items()} == STRATEGY_FIELDS
    known = {field.name for field in fields(Recipe)}
    assert all(set(each.fields) <= known for each in STRATEGIES.values())
    digests = {replace(RECIPE, strategy=name).digest for name in NAMES}
    assert len(digests) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("first", [True, False], ids=["first version", "goes on"])
def test_every_strategy_keeps_the_contract(
    name: str, first: bool, window: Window, schema: Schema, before: WarmStart
) -> None:
    """Deterministic on any threads; weights of 1 are none; LightGBM, router and explainer read the text and agree."""
    recipe, start = replace(RECIPE, strategy=name), None if first else before
    model = fit(window, schema, recipe, 1, before=start)
    assert fit(window, schema, replace(recipe, threads=2), 1, before=start) == model
    assert fit(window, schema, recipe, 1, before=start, weights=np.ones(len(window.rows))).text == model.text
    matrix = model.matrix(window.rows)[:200]
    booster = lgb.Booster(model_str=model.text)
    assert booster.model_to_string() == model.text
    assert "\nobjective=binary sigmoid:1\n" in model.text
    assert model.router is not None
    np.testing.assert_array_equal(model.raw(matrix), booster.predict(matrix, raw_score=True))
    contributions = np.asarray(booster.predict(matrix, pred_contrib=True))
    attributions = model.explainer.attributions(matrix)
    np.testing.assert_allclose(attributions, contributions[:, :-1], atol=1e-12)
    np.testing.assert_allclose(attributions.sum(axis=1) + contributions[:, -1], model.raw(matrix), atol=1e-12)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"averaged"}))
def test_without_a_version_before_it_is_plain(name: str, older: Window, schema: Schema) -> None:
    """The first version of every strategy but ``averaged`` has the trees of a plain one, where no inputs moved."""
    first = fit(older, schema, replace(RECIPE, strategy=name), 1)
    plain = fit(older, schema, RECIPE, 1)
    near = 0.15 if name == "adapted" else 0.0  # a domain classifier's noise
    assert np.sqrt(((raw(first, older) - raw(plain, older)) ** 2).mean()) <= near


@pytest.mark.parametrize("name", ["warm", "refit"])
def test_it_starts_from_nothing_every_few_versions(
    name: str, window: Window, schema: Schema, before: WarmStart
) -> None:
    """When as many versions as ``restart`` stand on one start, the next one is a plain one again."""
    recipe, plain = replace(RECIPE, strategy=name), fit(window, schema, RECIPE, 1)
    at = [fit(window, schema, recipe, 1, before=replace(before, versions=v)).text == plain.text for v in (1, 2, 3, 4)]
    assert at == [False, False, True, True]


@pytest.mark.parametrize("name", ["warm", "refit", "anchored"])
def test_a_model_of_another_schema_is_not_gone_on_from(
    name: str, window: Window, schema: Schema, before: WarmStart
) -> None:
    """Without one of its columns, the model before cannot be used, and the strategy starts from nothing."""
    fewer = Schema(tuple(column for column in schema.columns if column.name != "z"))
    recipe = replace(RECIPE, strategy=name)
    assert fit(window, fewer, recipe, 1, before=before) == fit(window, fewer, recipe, 1)


def test_averaged_is_the_mean_of_its_members(window: Window, schema: Schema) -> None:
    """Raw scores are the mean of plain models of the members' seeds, and so are those after a third of the trees."""
    model = fit(window, schema, replace(RECIPE, strategy="averaged"), 1)
    members = [fit(window, schema, RECIPE, seed) for seed in (1, seed_of(1, 1), seed_of(1, 2))]
    assert model.forest.trees == 3 * RECIPE.trees
    np.testing.assert_allclose(raw(model, window), np.mean([raw(m, window) for m in members], axis=0), atol=1e-12)
    matrix = model.matrix(window.rows)
    early = np.mean([m.booster.predict(matrix, raw_score=True, num_iteration=5) for m in members], axis=0)
    np.testing.assert_allclose(model.booster.predict(matrix, raw_score=True, num_iteration=15), early, atol=1e-12)


def test_warm_is_what_lightgbm_makes_of_an_initial_model(older: Window, schema: Schema, before: WarmStart) -> None:
    """Trees and scores are those of ``lgb.train(init_model=…)`` on the same rows."""
    from halflife.models.learner.boosting import parameters
    from halflife.models.rows import LABEL, Part

    recipe = replace(RECIPE, strategy="warm")
    model = fit(older, schema, recipe, 3, before=before)
    train = older.part(Part.TRAIN)
    data = lgb.Dataset(
        model.matrix(train),
        train[LABEL],
        categorical_feature=[3],
        params={**parameters(recipe, 3)},
        free_raw_data=False,
    )
    reference = lgb.train(parameters(recipe, 3), data, recipe.added, init_model=before.model.booster)
    matrix = model.matrix(older.rows)
    assert model.forest.trees == before.model.forest.trees + recipe.added
    np.testing.assert_allclose(raw(model, older), reference.predict(matrix, raw_score=True), atol=1e-9)


@pytest.mark.parametrize("name", ["warm", "refit"])
def test_new_categories_are_missing_ones_to_old_trees(
    name: str, window: Window, schema: Schema, before: WarmStart
) -> None:
    """Codes of the model before stay, new categories come after them, and its trees say of them what they say of none."""
    model = fit(window, schema, replace(RECIPE, strategy=name), 1, before=before)
    assert before.model.categories == {"job": ("clerk", "cook", "spy")}
    assert model.categories == {"job": ("clerk", "cook", "spy", "actor")}
    matrix = model.matrix(window.rows)
    unknown = np.where((matrix[:, 3] == 3)[:, None] & (np.arange(4) == 3), np.nan, matrix)
    old = before.model.raw(unknown)
    np.testing.assert_array_equal(before.model.raw(matrix), old)
    np.testing.assert_array_equal(raw(before.model, window), old)
    if name == "warm":
        first = model.booster.predict(matrix, raw_score=True, num_iteration=RECIPE.trees)
        np.testing.assert_allclose(first, old, atol=1e-12)


def test_refit_keeps_every_split_and_moves_leaves_by_decay(window: Window, schema: Schema, before: WarmStart) -> None:
    """With decay 1 nothing moves; with less, leaves do and splits do not."""
    recipe = replace(RECIPE, strategy="refit")
    still, moved = (fit(window, schema, replace(recipe, decay=decay), 1, before=before) for decay in (1.0, 0.5))
    np.testing.assert_array_equal(still.forest.value, before.model.forest.value)
    assert np.abs(moved.forest.value - before.model.forest.value).max() > 0.01
    for part in ("feature", "threshold", "left", "right", "sets", "split"):
        np.testing.assert_array_equal(getattr(moved.forest, part), getattr(before.model.forest, part))


def test_anchored_lies_between_the_new_and_the_old(make_window: MakeWindow, schema: Schema, before: WarmStart) -> None:
    """Where x has turned round, the further the anchor, the nearer to the model before; at 0 it is a plain model."""
    turned = make_window(first=4, rows=600, effect=-1.0)
    plain, old = raw(fit(turned, schema, RECIPE, 1), turned), raw(before.model, turned)
    recipe = replace(RECIPE, strategy="anchored")
    by_anchor = [raw(fit(turned, schema, replace(recipe, anchor=a), 1, before=before), turned) for a in (0, 0.3, 0.7)]
    np.testing.assert_allclose(by_anchor[0], plain, atol=1e-12)
    distance = [float(np.sqrt(((each - old) ** 2).mean())) for each in by_anchor]
    assert distance[0] > 1.2 * distance[1] > 1.2**2 * distance[2]


def test_adapted_learns_from_rows_that_look_like_the_newest(window: Window, schema: Schema) -> None:
    """Older rows whose x is high weigh more than those whose x is low, as x is high in the newest tick."""
    strategy = STRATEGIES["adapted"]
    from halflife.models.learner.trainer import Trainer

    material = Trainer(window, schema, replace(RECIPE, strategy="adapted"), 1).material
    weight = strategy.importance(material)
    assert weight is not None
    rows = window.rows.iloc[material.rows]
    older = (rows[TICK] < newest(window)).to_numpy()
    assert (weight[~older] == 1.0).all()
    assert weight[older].mean() == pytest.approx(1.0, abs=1e-6)
    high, low = (rows["x"] > 1).to_numpy() & older, (rows["x"] < -1).to_numpy() & older
    assert weight[high].mean() > 2.0 * weight[low].mean()
    plain, adapted = (fit(window, schema, replace(RECIPE, strategy=s), 1) for s in ("plain", "adapted"))
    assert adapted.text != plain.text


def test_a_window_of_one_tick_is_adapted_to_nothing(make_window: MakeWindow, schema: Schema) -> None:
    """There is no older row to weigh, and the model is the plain one."""
    single = make_window(ticks=1, rows=1500)
    assert fit(single, schema, replace(RECIPE, strategy="adapted"), 1) == fit(single, schema, RECIPE, 1)


@pytest.mark.parametrize("name", NAMES)
def test_features_that_say_nothing_are_no_trouble(name: str, window: Window, before: WarmStart) -> None:
    """Where no split is to be found, every strategy still gives a model, of one score for all rows."""
    schema = Schema((Column("flat", Kind.NUMERIC),))
    flat = replace(window, rows=window.rows.assign(flat=1.0))
    first = fit(flat, schema, RECIPE, 1)
    model = fit(flat, schema, replace(RECIPE, strategy=name), 2, before=replace(before, model=first))
    assert np.ptp(raw(model, flat)) == 0.0


def test_an_unknown_strategy_is_told_before_training(window: Window, schema: Schema) -> None:
    """The message lists those there are."""
    with pytest.raises(ConfigError, match="'frozen' is not a strategy; this build knows adapted, anchored, averaged"):
        fit(window, schema, replace(RECIPE, strategy="frozen"), 1)
