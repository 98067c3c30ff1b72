"""Shadows: weights that are Poisson and belong to the row, seeds that matter or do not, and litters anyone may train."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from halflife.models.learner.fit import fit
from halflife.models.learner.seeding import seed_of
from halflife.models.learner.shadow_training import BINNED, ShadowTrainer, plan, poisson, seed_inert
from halflife.models.learner.warm_start import WarmStart
from halflife.models.recipe import Recipe
from halflife.models.rows import ENTITY, ROW_ID, Array, Schema, Window, row_hash, units
from halflife.models.shadow import ShadowKind

RECIPE = Recipe(trees=10, leaves=6, threads=1)
STILL = replace(RECIPE, row_sampling=1.0, feature_sampling=1.0)
COUPLED, SEED = ShadowKind.COUPLED, ShadowKind.SEED
N = 200_000
HASHES = row_hash(np.array([f"row {i}" for i in range(N)], dtype=object))


def counts(weights: Array, most: int = 5) -> Array:
    """How many rows weigh 0, 1, … and ``most`` or more."""
    return np.bincount(np.minimum(weights, most).astype(int), minlength=most + 1)


@pytest.mark.parametrize("number", [0, 1, 7])
def test_weights_are_poisson(number: int) -> None:
    """Mean and variance are 1 within 5 standard errors, and the shares of 0, 1, … pass a chi-square test at 0.1 %."""
    weights = poisson(HASHES, number)
    assert weights.mean() == pytest.approx(1.0, abs=5 / np.sqrt(N))
    assert weights.var() == pytest.approx(1.0, abs=5 * np.sqrt(3 / N))  # a Poisson(1)'s fourth central moment is 4
    expected = stats.poisson.pmf(np.arange(6), 1.0)
    expected[5] = stats.poisson.sf(4, 1.0)
    assert stats.chisquare(counts(weights), N * expected).pvalue > 0.001


def test_shadows_weigh_independently() -> None:
    """Of any two of six shadows, the table of weights passes a chi-square test of independence; correlations are nil."""
    drawn = np.array([poisson(HASHES, k) for k in range(6)])
    assert np.abs(np.corrcoef(drawn) - np.eye(6)).max() < 5 / np.sqrt(N)
    for a in range(6):
        for b in range(a):
            table = np.histogram2d(np.minimum(drawn[a], 4), np.minimum(drawn[b], 4), bins=5)[0]
            assert stats.chi2_contingency(table).pvalue > 0.0003


def test_weights_do_not_follow_the_parts() -> None:
    """Rows of each thousandth of the split's buckets weigh 1 on average, as all rows do."""
    bucket = (HASHES % np.uint64(10_000)).astype(int) // 500
    means = [poisson(HASHES, 3)[bucket == b].mean() for b in range(20)]
    assert np.abs(np.array(means) - 1.0).max() < 5 / np.sqrt(N / 20)


@settings(max_examples=50)
@given(
    ids=st.lists(st.text(min_size=1), min_size=2, max_size=30, unique=True),
    number=st.integers(0, 100),
    data=st.data(),
)
def test_a_row_weighs_the_same_in_every_window(ids: list[str], number: int, data: st.DataObject) -> None:
    """Whatever other rows are there, and in whatever order."""
    whole = dict(zip(ids, poisson(row_hash(ids), number), strict=True))
    some = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    assert [whole[each] for each in some] == poisson(row_hash(some), number).tolist()


def without_seeds(text: str) -> str:
    """A model's text without the lines that hold a seed."""
    return re.sub(r"(?m)^\[\w*seed: \d+\]\n", "", text)


@pytest.mark.parametrize("strategy", ["plain", "averaged"])
@pytest.mark.parametrize(("row_sampling", "feature_sampling"), [(1.0, 1.0), (0.8, 1.0), (1.0, 0.5)])
def test_a_recipe_is_inert_when_seeds_change_no_tree(
    strategy: str, row_sampling: float, feature_sampling: float, make_window: Callable[..., Window], schema: Schema
) -> None:
    """Two seeds give one text, but for the lines that hold the seeds, exactly where `seed_inert` says so."""
    recipe = replace(RECIPE, strategy=strategy, row_sampling=row_sampling, feature_sampling=feature_sampling, members=2)
    window = make_window()
    one, two = (without_seeds(fit(window, schema, recipe, seed).text) for seed in (1, 2))
    assert (one == two) == seed_inert(recipe, len(window.rows))


def test_many_rows_draw_their_bins() -> None:
    """Beyond the rows LightGBM looks at to choose bins, a seed changes something even without sampling."""
    import lightgbm as lgb

    assert seed_inert(STILL, BINNED)
    assert not seed_inert(STILL, BINNED + 1)
    data = lgb.Dataset(np.zeros((3, 1)), [0, 1, 0], params={"verbosity": -1, "min_data_in_leaf": 1})
    assert f"[bin_construct_sample_cnt: {BINNED}]" in lgb.train({"verbosity": -1}, data, 1).model_to_string()


def test_half_of_the_shadows_are_coupled() -> None:
    """The odd one too; all of them where seeds change nothing."""
    assert plan(RECIPE, 8, 1000) == (COUPLED,) * 4 + (SEED,) * 4
    assert plan(RECIPE, 3, 1000) == (COUPLED, COUPLED, SEED)
    assert plan(STILL, 3, 1000) == (COUPLED,) * 3
    assert plan(RECIPE, 0, 1000) == ()


def test_shadows_do_not_depend_on_order_threads_or_siblings(make_window: Callable[..., Window], schema: Schema) -> None:
    """In turn, in reverse on two threads, or each in a litter of its own: the same models, and no two alike."""
    window, kinds = make_window(), plan(RECIPE, 6, 2000)
    trainer = ShadowTrainer(window, schema, RECIPE, 5, kinds)
    in_turn = [trainer.train(k) for k in range(6)]
    with ThreadPoolExecutor(2) as pool:
        other = ShadowTrainer(window, schema, replace(RECIPE, threads=2), 5, kinds)
        together = list(pool.map(other.train, reversed(range(6))))[::-1]
    assert together == in_turn
    assert ShadowTrainer(window, schema, RECIPE, 5, kinds).train(4) == in_turn[4]
    assert len({model.digest for model in in_turn}) == 6


def test_a_shadow_is_a_fit_with_its_weights_and_seed(make_window: Callable[..., Window], schema: Schema) -> None:
    """Coupled: Poisson weights by hash of the row. Seed: the version's rows under another seed."""
    window = make_window()
    trainer = ShadowTrainer(window, schema, RECIPE, 5, (COUPLED, SEED))
    weights = poisson(row_hash(window.rows[ROW_ID]), 0)
    assert trainer.train(0) == fit(window, schema, RECIPE, seed_of(5, 0), weights=weights)
    assert trainer.train(1) == fit(window, schema, RECIPE, seed_of(5, 1))


def test_rows_of_one_entity_weigh_the_same(make_window: Callable[..., Window], schema: Schema) -> None:
    """A coupled shadow weighs rows by their entity where they have one."""
    window = make_window()
    rows = window.rows.assign(**{ENTITY: [f"e{i // 5}" for i in range(len(window.rows))]})
    window = replace(window, rows=rows)
    weights = poisson(row_hash(units(rows)), 0)
    assert pd.Series(weights).groupby(rows[ENTITY]).nunique().eq(1).all()
    shadow = ShadowTrainer(window, schema, RECIPE, 5, (COUPLED,)).train(0)
    assert shadow == fit(window, schema, RECIPE, seed_of(5, 0), weights=weights)


def test_a_shadow_may_go_on_from_the_same_shadow_before(make_window: Callable[..., Window], schema: Schema) -> None:
    """Its trees are those of that shadow and its own; another's model before is not looked at."""
    recipe = replace(RECIPE, strategy="warm", added=3)
    older, window = make_window(first=0), make_window(first=2)
    version, shadow = fit(older, schema, recipe, 1), ShadowTrainer(older, schema, recipe, 1, (COUPLED,)).train(0)
    trainer = ShadowTrainer(window, schema, recipe, 2, (COUPLED,), WarmStart(version, None, 1))
    weights = poisson(row_hash(window.rows[ROW_ID]), 0)
    chained = trainer.train(0, shadow)
    assert chained == fit(window, schema, recipe, seed_of(2, 0), weights=weights, before=WarmStart(shadow, None, 1))
    assert chained != trainer.train(0)
