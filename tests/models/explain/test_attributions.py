"""TreeSHAP attributions, against LightGBM's and against the definition."""

import re
from fractions import Fraction
from itertools import combinations
from math import comb

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.errors import UsageError
from halflife.models.explain import explainer
from halflife.models.explain.attributions import attributions, by_lightgbm, shared_trees
from halflife.models.explain.forest import Forest, read
from halflife.models.rows import Array
from tests.models.explain.random_forest import forest_text, matrix_of, model_of
from tests.models.explain.trained_forest import TRAINED, model, rows, trained


@given(
    seed=st.integers(0, 2**32 - 1),
    leaves=st.sampled_from([1, 2, 8, 40, 61]),
    features=st.sampled_from([1, 3, 8, 30, 80]),
    chain=st.sampled_from([0.0, 0.5, 0.9, 1.0]),
    average=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_any_model_gives_what_lightgbm_gives(
    seed: int, leaves: int, features: int, chain: float, average: bool
) -> None:
    """Trees up to 60 deep, with every kind of split, on every kind of value: LightGBM's values, and additive.

    They differ by at most 1e-10 and what LightGBM's own sums miss the raw score by, which on long paths is more than that.
    """
    rng = np.random.default_rng(seed)
    trees = int(rng.integers(1, 5))
    text = forest_text(rng, trees=trees, leaves=leaves, features=features, chain=chain, average=average)
    one, matrix = model_of(text, features), matrix_of(rng, 60, features)
    raw, phi = one.raw(matrix, 1), attributions(one, matrix, 1)
    theirs = one.booster.predict(matrix, pred_contrib=True, num_threads=1)
    np.testing.assert_allclose(phi, theirs[:, :-1], rtol=0, atol=1e-10 + np.abs(theirs.sum(axis=1) - raw).max())
    np.testing.assert_allclose(phi.sum(axis=1) + theirs[:, -1], raw, rtol=0, atol=1e-10)


@pytest.mark.parametrize("parameters", TRAINED.values(), ids=TRAINED.keys())
def test_trained_models_give_what_lightgbm_gives(parameters: dict[str, object]) -> None:
    """Whatever LightGBM trains, on its training rows and on values it never met."""
    rng = np.random.default_rng(2)
    matrix = rows(rng)
    booster = trained(matrix, parameters)
    matrix = np.vstack([matrix, matrix_of(rng, 200, 6)])
    theirs = booster.predict(matrix, pred_contrib=True, num_threads=1)
    np.testing.assert_allclose(attributions(model(booster), matrix, 1), theirs[:, :-1], rtol=0, atol=1e-10)


def test_a_model_stopped_early_is_explained_to_its_best_iteration() -> None:
    """The text ends there, and so does ``predict``."""
    rng = np.random.default_rng(4)
    matrix = rows(rng)
    valid = lgb.Dataset(matrix[:250], (matrix[:250, 0] > 0).astype(float), params={"verbosity": -1})
    booster = trained(matrix, {}, 60, valid_sets=[valid], callbacks=[lgb.early_stopping(3, verbose=False)])
    assert read(booster.model_to_string()).trees == booster.best_iteration < 60
    theirs = booster.predict(matrix, pred_contrib=True, num_threads=1)[:, :-1]
    np.testing.assert_allclose(attributions(model(booster), matrix, 1), theirs, rtol=0, atol=1e-10)


def test_added_trees_are_added_to_what_the_old_ones_gave() -> None:
    """A model grown from another keeps its trees: old + added = all, and a model that does not keep them is told apart."""
    matrix = rows(np.random.default_rng(5))
    before = trained(matrix, {}, 20)
    old, new = model(before), model(trained(matrix, {"learning_rate": 0.05}, 5, init_model=before))
    kept = shared_trees(old, new)
    assert (kept, shared_trees(new, old)) == (20, 0)
    assert shared_trees(old, model(trained(matrix, {"learning_rate": 0.05}, 25))) == 0
    grown = attributions(new, matrix, 1, start=kept, base=attributions(old, matrix, 1))
    np.testing.assert_allclose(grown, attributions(new, matrix, 1), rtol=0, atol=1e-12)
    np.testing.assert_allclose(by_lightgbm(new, matrix, 1, kept), attributions(new, matrix, 1, start=kept), atol=1e-10)


def expectation(forest: Forest, row: Array, known: set[int], node: int = 0) -> float:
    """The mean of one tree over its training rows, following the row at splits on known features only."""
    if node < 0:
        return float(forest.value[-1 - node])
    left, right = int(forest.left[node]), int(forest.right[node])
    if forest.feature[node] in known:
        return expectation(forest, row, known, left if row[forest.feature[node]] <= forest.threshold[node] else right)
    cover = [float(forest.cover[c] if c >= 0 else forest.leaf_cover[-1 - c]) for c in (left, right)]
    means = [expectation(forest, row, known, c) for c in (left, right)]
    return float(np.dot(cover, means) / sum(cover))


def test_attributions_are_the_shapley_values_of_the_definition() -> None:
    """The weighted mean, over all subsets of the other features, of what knowing one more adds."""
    rng = np.random.default_rng(6)
    matrix = rng.normal(size=(300, 4))
    label = (matrix[:, 0] * matrix[:, 1] + matrix[:, 2] > 0).astype(float)
    settings_ = {"objective": "binary", "num_leaves": 12, "num_threads": 1, "verbosity": -1, "min_data_in_leaf": 3}
    one = model(lgb.train(settings_, lgb.Dataset(matrix, label), num_boost_round=1))
    forest = read(one.text)
    for row in matrix[:5]:
        for j in range(4):
            others = [k for k in range(4) if k != j]
            subsets = [set(s) for size in range(4) for s in combinations(others, size)]
            gains = [expectation(forest, row, s | {j}) - expectation(forest, row, s) for s in subsets]
            weights = [1 / (4 * comb(3, len(s))) for s in subsets]
            assert attributions(one, row[None], 1)[0, j] == pytest.approx(np.dot(weights, gains), abs=1e-13)


def exact(forest: Forest, row: Array) -> list[float]:
    """Attributions of a tree without repeated features, in rational numbers: the integral of a polynomial a leaf."""
    phi = [Fraction(0)] * len(row)

    def walk(node: int, cover: Fraction, path: list[tuple[int, int, Fraction]]) -> None:
        if node >= 0:
            went = row[forest.feature[node]] <= forest.threshold[node]
            for child, taken in ((int(forest.left[node]), went), (int(forest.right[node]), not went)):
                below = Fraction(float(forest.cover[child] if child >= 0 else forest.leaf_cover[-1 - child]))
                walk(child, below, [*path, (int(forest.feature[node]), int(taken), below / cover)])
            return
        polynomial = [Fraction(1)]
        for _, o, z in path:
            terms = zip([*polynomial, Fraction(0)], [Fraction(0), *polynomial], strict=True)
            polynomial = [z * a + (o - z) * b for a, b in terms]
        for j, o, z in path:
            rest = [polynomial[0] / z]
            for coefficient in polynomial[1:-1]:
                rest.append((coefficient - (o - z) * rest[-1]) / z)
            integral = sum(c / (power + 1) for power, c in enumerate(rest))
            phi[j] += Fraction(float(forest.value[-1 - node])) * (o - z) * integral

    walk(0, Fraction(float(forest.cover[0])), [])
    return [float(value) for value in phi]


def test_long_paths_are_exact_where_lightgbm_is_not() -> None:
    """With 40 features on a path the kernel is within 1e-13 of rational arithmetic."""
    rng = np.random.default_rng(7)
    text = forest_text(rng, trees=1, leaves=41, features=40, chain=1.0)
    text = re.sub(r"(?s)num_leaves=.*?\n\n", chain_text(rng, 40), text, count=1)
    one = model_of(text, 40)
    row = np.where(rng.random(40) < 0.8, -1.0, 1.0)
    np.testing.assert_allclose(attributions(one, row[None], 1)[0], exact(read(text), row), rtol=0, atol=1e-13)


def chain_text(rng: np.random.Generator, depth: int) -> str:
    """A tree whose every split is below the last and on another feature."""
    leaf = rng.integers(1, 50, depth + 1)
    inner = np.cumsum(leaf[::-1])[::-1][:-1]
    arrays = {
        "num_leaves": [depth + 1],
        "num_cat": [0],
        "split_feature": rng.permutation(depth),
        "split_gain": np.ones(depth),
        "threshold": np.zeros(depth),
        "decision_type": np.full(depth, 8),
        "left_child": [*range(1, depth), -1 - depth],
        "right_child": [-1 - i for i in range(depth)],
        "leaf_value": rng.normal(size=depth + 1),
        "leaf_weight": leaf,
        "leaf_count": leaf,
        "internal_value": np.zeros(depth),
        "internal_weight": inner,
        "internal_count": inner,
        "is_linear": [0],
        "shrinkage": [1],
    }
    return "".join(f"{key}={' '.join(map(str, values))}\n" for key, values in arrays.items()) + "\n"


@pytest.mark.parametrize(("leaves", "splits"), [("0 6 7 8", "21 14 14"), ("5 0 7 0", "12 5 0")])
def test_leaves_that_no_training_row_reached_are_explained(leaves: str, splits: str) -> None:
    """LightGBM divides 0 by 0 there; the values still add up to the raw score less its mean over training rows."""
    text = UPSIDE_DOWN.replace("left_child=2 -1 1\nright_child=-4 -2 -3", "left_child=1 -1 -2\nright_child=-3 2 -4")
    text = text.replace("leaf_count=5 6 7 8", f"leaf_count={leaves}").replace(
        "internal_count=26 11 18", f"internal_count={splits}"
    )
    whole = forest_text(np.random.default_rng(11), trees=1, leaves=1, features=2, chain=1.0)
    one = model_of(re.sub(r"(?s)num_leaves=.*?\n\n", text, whole, count=1), 2)
    matrix = np.array([[a, b] for a in (-1.0, 1.0, 3.0) for b in (-1.0, 1.0)])
    mean = np.average([1, 2, 4, 8], weights=np.array(leaves.split(), dtype=float))
    np.testing.assert_allclose(attributions(one, matrix, 1).sum(axis=1) + mean, one.raw(matrix, 1), atol=1e-12)


def test_a_row_is_explained_alike_in_any_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone, in another order, on two threads, in small blocks and with tables for one tree at a time: the same bits."""
    rng = np.random.default_rng(8)
    one = model_of(forest_text(rng, trees=6, leaves=61, features=12, chain=0.7), 12)
    matrix, order = matrix_of(rng, 1300, 12), rng.permutation(1300)
    phi = attributions(one, matrix, 1)
    assert np.array_equal(attributions(one, matrix[order], 1), phi[order])
    assert np.array_equal(attributions(one, matrix, 2), phi)
    assert np.array_equal(attributions(one, matrix[700:701], 1), phi[700:701])
    monkeypatch.setattr(explainer, "CELLS", 1)
    monkeypatch.setattr(explainer, "ENTRIES", 1)
    assert np.array_equal(attributions(one, matrix, 2), phi)


def test_no_rows_have_no_attributions() -> None:
    """LightGBM refuses an empty matrix; an empty segment is no error here."""
    one = model_of(forest_text(np.random.default_rng(9), trees=1, leaves=4, features=3, chain=0.0), 3)
    assert attributions(one, np.empty((0, 3)), 1).shape == (0, 3)


def test_a_matrix_of_another_width_is_refused() -> None:
    """Machine code does not look where it reads."""
    one = model_of(forest_text(np.random.default_rng(9), trees=1, leaves=4, features=3, chain=0.0), 3)
    with pytest.raises(UsageError, match="3 features"):
        attributions(one, np.zeros((5, 2)), 1)


def test_a_text_that_cannot_be_read_is_left_to_lightgbm() -> None:
    """A child before its parent is legal for LightGBM, and the values are right all the same."""
    text = forest_text(np.random.default_rng(11), trees=1, leaves=1, features=2, chain=1.0)
    text = re.sub(r"(?s)num_leaves=.*?\n\n", UPSIDE_DOWN, text, count=1)
    one, matrix = model_of(text, 2), np.array([[-1.0, 1.0], [1.0, -1.0]])
    np.testing.assert_array_equal(attributions(one, matrix, 1), by_lightgbm(one, matrix, 1))


UPSIDE_DOWN = """num_leaves=4
num_cat=0
split_feature=0 1 0
split_gain=1 1 1
threshold=0 0 2
decision_type=8 8 8
left_child=2 -1 1
right_child=-4 -2 -3
leaf_value=1 2 4 8
leaf_weight=5 6 7 8
leaf_count=5 6 7 8
internal_value=0 0 0
internal_weight=26 11 18
internal_count=26 11 18
is_linear=0
shrinkage=1

"""


@pytest.mark.parametrize(
    ("parameters", "match"),
    [({"linear_tree": True}, "linear"), ({"objective": "multiclass", "num_class": 2}, "several trees")],
    ids=["linear trees", "two trees an iteration"],
)
def test_what_has_no_attributions_is_refused(parameters: dict[str, object], match: str) -> None:
    """The error says what cannot be explained."""
    matrix = rows(np.random.default_rng(10))[:, :4]
    data = lgb.Dataset(matrix, (matrix[:, 0] > 0).astype(float), params={"verbosity": -1})
    booster = lgb.train({"objective": "binary", "num_threads": 1, "verbosity": -1} | parameters, data, 3)
    with pytest.raises(UsageError, match=match):
        attributions(model(booster), matrix, 1)
