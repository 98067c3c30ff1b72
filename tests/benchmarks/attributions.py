"""Exact SHAP values of boosted trees beside LightGBM's own and beside two libraries that compute them."""

import time
import warnings
from collections.abc import Callable

import numpy as np
from harness import Pair, scenario

from halflife.models.explain.attributions import attributions, by_lightgbm
from halflife.models.explain.explainer import Explainer
from halflife.models.explain.forest import read
from halflife.models.learner.calibrate import Uncalibrated
from halflife.models.learner.model import Model
from halflife.models.rows import Array, Column, Kind, Schema
from halflife.models.threads import cores

UNIT = "CPU microseconds a row"
ROWS = 2_000
"""As many evidence rows as one window gives."""


def trained(trees: int, leaves: int, features: int, *, added: int = 0) -> tuple[Model, Model, Array]:
    """A model of 20,000 rows, the same with ``added`` trees, and rows to explain."""
    import lightgbm as lgb

    rng = np.random.default_rng(0)
    x = rng.normal(size=(20_000, features))
    raw = x[:, 0] + x[:, 1] * x[:, 2] + 0.5 * np.sin(3 * x[:, 3]) + x @ (0.2 * rng.normal(size=features))
    label = (raw + rng.logistic(size=len(x)) > 0).astype(float)
    parameters = {"objective": "binary", "num_leaves": leaves, "learning_rate": 0.08, "num_threads": 1, "verbosity": -1}

    def fit(rounds: int, before: lgb.Booster | None = None) -> lgb.Booster:
        data = lgb.Dataset(x, label, params={"verbosity": -1}, free_raw_data=False)
        return lgb.train(parameters, data, rounds, init_model=before)

    first = fit(trees)
    schema = Schema(tuple(Column(f"f{j}", Kind.NUMERIC) for j in range(features)))
    texts = [first.model_to_string(), fit(added, first).model_to_string() if added else first.model_to_string()]
    old, new = (Model(text, schema, {}, Uncalibrated("a benchmark"), 0.5) for text in texts)
    return old, new, x[:ROWS]


def per_row(explain: Callable[[Array], object], matrix: Array) -> Callable[[], float]:
    """CPU time a row."""

    def timed() -> float:
        began = time.process_time()
        explain(matrix)
        return 1e6 * (time.process_time() - began) / len(matrix)

    return timed


def beside(model: Model, matrix: Array, peer: Callable[[Array], object], rows: int, within: float = 1e-8) -> Pair:
    """All rows on one thread of ours beside ``rows`` of a peer's, after both agreed on some."""

    def same() -> None:
        np.testing.assert_allclose(attributions(model, matrix[:50], 1), peer(matrix[:50]), rtol=0, atol=within)

    return Pair(
        ours=per_row(lambda some: attributions(model, some, 1), matrix), peer=per_row(peer, matrix[:rows]), same=same
    )


@scenario(
    id="attributions/200x31x30",
    question="How much faster than LightGBM's own are exact SHAP values of 200 trees of 31 leaves on 30 features?",
    ours="halflife.models.explain on one thread, 2,000 rows",
    peer="LightGBM pred_contrib, one thread, 500 rows",
    unit=UNIT,
    goal=10.0,
    floor=18.0,
)
def small() -> Pair:
    """The model of most of the figures."""
    model, _, matrix = trained(200, 31, 30)
    return beside(model, matrix, lambda some: by_lightgbm(model, some, 1), 500)


@scenario(
    id="attributions/500x63x100",
    question="And of 500 trees of 63 leaves on 100 features?",
    ours="halflife.models.explain on one thread, 2,000 rows",
    peer="LightGBM pred_contrib, one thread, 100 rows",
    unit=UNIT,
    goal=10.0,
)
def large() -> Pair:
    """Longer paths on more features."""
    model, _, matrix = trained(500, 63, 100)
    return beside(model, matrix, lambda some: by_lightgbm(model, some, 1), 100)


@scenario(
    id="attributions/two-threads",
    question="What does a second thread bring?",
    ours="halflife.models.explain on two threads, 20,000 rows",
    peer="halflife.models.explain on one thread",
    goal=1.7,
)
def two_threads() -> Pair:
    """Wall time; on a machine whose processors are busy it says more about the neighbours."""
    model, _, matrix = trained(200, 31, 30)
    many = np.tile(matrix, (10, 1))

    def same() -> None:
        assert np.array_equal(attributions(model, many, 2), attributions(model, many, 1))
        assert cores() > 1

    return Pair(
        ours=lambda: _done(attributions(model, many, 2)), peer=lambda: _done(attributions(model, many, 1)), same=same
    )


@scenario(
    id="attributions/shap",
    question="How much faster than shap's TreeExplainer?",
    ours="halflife.models.explain on one thread, 2,000 rows",
    peer="shap TreeExplainer, path-dependent, 500 rows",
    unit=UNIT,
    goal=10.0,
    pairs=3,
)
def beside_shap() -> Pair:
    """It hands LightGBM's models to LightGBM."""
    import shap

    warnings.filterwarnings("ignore", module="shap")
    model, _, matrix = trained(200, 31, 30)
    model.booster.params["num_threads"] = 1
    explainer = shap.TreeExplainer(model.booster, feature_perturbation="tree_path_dependent")

    def peer(some: Array) -> Array:
        values = explainer.shap_values(some, check_additivity=False)
        return np.asarray(values[-1] if isinstance(values, list) else values)

    return beside(model, matrix, peer, 500)


@scenario(
    id="attributions/woodelf",
    question="How much faster than Woodelf?",
    ours="halflife.models.explain on one thread, 2,000 rows",
    peer="woodelf-explainer, path-dependent, 2,000 rows",
    unit=UNIT,
    goal=2.0,
    pairs=3,
)
def beside_woodelf() -> Pair:
    """Its cost is mostly a call's, so it is given as many rows as ours. It computes in single precision."""
    import pandas as pd
    from woodelf import WoodelfExplainer

    model, _, matrix = trained(200, 31, 30)
    explainer = WoodelfExplainer(model.booster, feature_perturbation="tree_path_dependent")

    def peer(some: Array) -> Array:
        return np.asarray(explainer.shap_values(pd.DataFrame(some, columns=list(model.schema.names)), verbose=False))

    return beside(model, matrix, peer, ROWS, within=1e-4)


@scenario(
    id="attributions/warm-20-of-200",
    question="What does a model of 200 trees and 20 more cost when those of the 200 are known?",
    ours="20 added trees, 2,000 rows",
    peer="all 220 trees",
    goal=5.0,
    pairs=9,
)
def warm() -> Pair:
    """Both are ready to explain: a model is read once."""
    old, new, matrix = trained(200, 31, 30, added=20)
    base = attributions(old, matrix, 1)

    def grown() -> Array:
        return attributions(new, matrix, 1, start=200, base=base)

    def same() -> None:
        np.testing.assert_allclose(grown(), attributions(new, matrix, 1), rtol=0, atol=1e-12)

    return Pair(ours=lambda: _done(grown()), peer=lambda: _done(attributions(new, matrix, 1)), same=same)


@scenario(
    id="attributions/parse",
    question="What is reading a model, beside explaining 1,000 rows with it?",
    ours="text to grouped trees",
    peer="1,000 rows",
    goal=1.0,
    better="lower",
)
def parse() -> Pair:
    """Once a version."""
    model, _, matrix = trained(200, 31, 30)
    return Pair(
        ours=lambda: _done(Explainer(read(model.text), 30)), peer=lambda: _done(attributions(model, matrix[:1000], 1))
    )


@scenario(
    id="raw-scores/200x31x30",
    question="How much faster than LightGBM's predict are raw scores, equal in every bit?",
    ours="Model.raw on one thread, 10,000 rows",
    peer="LightGBM predict, raw scores, one thread",
    unit=UNIT,
    goal=2.0,
    floor=3.5,
)
def scores() -> Pair:
    """Of 200 trees of 31 leaves on 30 features."""
    return _beside_predict(200, 31, 30)


@scenario(
    id="raw-scores/500x63x100",
    question="And of 500 trees of 63 leaves on 100 features?",
    ours="Model.raw on one thread, 10,000 rows",
    peer="LightGBM predict, raw scores, one thread",
    unit=UNIT,
    goal=2.0,
)
def large_scores() -> Pair:
    """One leaf below what a word of bits holds."""
    return _beside_predict(500, 63, 100)


def _beside_predict(trees: int, leaves: int, features: int) -> Pair:
    model, _, matrix = trained(trees, leaves, features)
    many = np.tile(matrix, (5, 1))

    def peer(some: Array) -> Array:
        return np.asarray(model.booster.predict(some, raw_score=True, num_threads=1))

    def same() -> None:
        assert np.array_equal(model.raw(many, 1), peer(many))

    return Pair(ours=per_row(lambda some: model.raw(some, 1), many), peer=per_row(peer, many), same=same)


def _done(_: object) -> None:
    """Nothing, so that the call is timed."""
