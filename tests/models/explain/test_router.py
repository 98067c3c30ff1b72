"""Raw scores and leaves from the forest, against LightGBM's ``predict``: equal in every bit."""

import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.errors import UsageError
from halflife.models.explain import router
from halflife.models.learner.model import Model
from halflife.models.rows import Array
from tests.models.explain.random_forest import forest_text, matrix_of, model_of
from tests.models.explain.trained_forest import TRAINED, model, rows, trained


def equal(one: Model, matrix: Array, threads: int = 1) -> None:
    """Both answers of a model are LightGBM's."""
    raw = one.booster.predict(matrix, raw_score=True, num_threads=1)
    leaves = np.asarray(one.booster.predict(matrix, pred_leaf=True, num_threads=1)).reshape(len(matrix), -1)
    assert np.array_equal(one.raw(matrix, threads), raw)
    assert np.array_equal(one.leaves(matrix, threads), leaves)


@given(
    seed=st.integers(0, 2**32 - 1),
    leaves=st.sampled_from([1, 2, 8, 33, 64]),
    features=st.sampled_from([1, 3, 30]),
    chain=st.sampled_from([0.0, 0.5, 1.0]),
    average=st.booleans(),
    n=st.sampled_from([1, 60, 1030]),
)
@settings(max_examples=100, deadline=None)
def test_any_model_gives_what_lightgbm_gives(
    seed: int, leaves: int, features: int, chain: float, average: bool, n: int
) -> None:
    """Trees of up to 64 leaves, with every kind of split, on every kind of value, in one block of rows or several."""
    rng = np.random.default_rng(seed)
    text = forest_text(
        rng, trees=int(rng.integers(1, 9)), leaves=leaves, features=features, chain=chain, average=average
    )
    one = model_of(text, features)
    assert one.router is not None
    equal(one, matrix_of(rng, n, features))


@pytest.mark.parametrize("parameters", TRAINED.values(), ids=TRAINED.keys())
def test_trained_models_give_what_lightgbm_gives(parameters: dict[str, object]) -> None:
    """Whatever LightGBM trains, on its training rows and on values it never met; 200 leaves are left to LightGBM."""
    rng = np.random.default_rng(2)
    matrix = rows(rng)
    one = model(trained(matrix, parameters))
    assert (one.router is None) == ("num_leaves" in parameters)
    equal(one, np.vstack([matrix, matrix_of(rng, 200, 6)]))


def test_a_tree_of_64_leaves_is_the_largest() -> None:
    """Of one with 65 LightGBM gives the scores."""
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(900, 6))
    for leaves in (64, 65):
        one = model(trained(matrix, {"num_leaves": leaves, "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0}, 2))
        assert max(map(int, re.findall(r"(?m)^num_leaves=(\d+)$", one.text))) == leaves
        assert (one.router is None) == (leaves == 65)
        equal(one, matrix)


def test_linear_trees_and_other_formats_are_left_to_lightgbm() -> None:
    """What cannot be read here is still scored."""
    matrix = np.nan_to_num(rows(np.random.default_rng(4)))
    linear = model(trained(matrix, {"linear_tree": True}))
    other = model_of(model(trained(matrix, {})).text.replace("version=v4", "version=v3", 1), 6)
    for one in (linear, other):
        assert one.router is None
        equal(one, matrix)
        assert one.raw(matrix[:0]).shape == (0,)
        assert one.leaves(matrix[:0]).shape == (0, 12)


def test_a_model_without_trees_says_zero() -> None:
    """A text that ends before its first tree."""
    one = model_of(forest_text(np.random.default_rng(5), trees=0, leaves=1, features=2, chain=0.0), 2)
    assert one.router is not None
    assert one.raw(np.ones((3, 2))).tolist() == [0.0, 0.0, 0.0]
    assert one.leaves(np.ones((3, 2))).shape == (3, 0)


def test_neither_threads_nor_the_layout_of_the_matrix_change_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are dealt out to threads, and a row's score depends on the row alone."""
    monkeypatch.setattr(router, "FEWEST", 100)
    rng = np.random.default_rng(6)
    matrix = rows(rng)
    one, many = model(trained(matrix, {})), matrix_of(rng, 1111, 6)
    equal(one, many, threads=3)
    assert np.array_equal(one.raw(np.asfortranarray(many)), one.raw(many))
    assert np.array_equal(one.raw(np.repeat(many, 2, axis=0)[::2], 2), one.raw(many))
    assert one.raw(many[:0], 2).shape == (0,)


@pytest.mark.parametrize("shape", [(3,), (3, 5), (3, 7)])
def test_a_matrix_of_another_width_is_refused(shape: tuple[int, ...]) -> None:
    """Before it is read past its end."""
    one = model(trained(rows(np.random.default_rng(7)), {}))
    for ask in (one.raw, one.leaves):
        with pytest.raises(UsageError, match="the model has 6 features"):
            ask(np.zeros(shape))


@pytest.mark.parametrize(
    ("line", "wrong"),
    [("left_child", "left_child=9"), ("right_child", "right_child=-9"), ("split_feature", "split_feature=40")],
)
def test_a_damaged_text_is_not_followed_out_of_bounds(line: str, wrong: str) -> None:
    """A child that no tree has is left to LightGBM to judge; a feature the matrix lacks is refused."""
    text = forest_text(np.random.default_rng(8), trees=1, leaves=2, features=2, chain=0.0)
    while "num_leaves=2" not in text:
        text = forest_text(np.random.default_rng(len(text)), trees=1, leaves=2, features=2, chain=0.0)
    one = model_of(re.sub(rf"(?m)^{line}=.*$", wrong, text), 2)
    if line == "split_feature":
        with pytest.raises(UsageError, match="41 features"):
            one.raw(np.zeros((1, 2)))
    else:
        assert one.router is None


def test_scoring_does_not_load_lightgbm() -> None:
    """A model that was read is scored without the library that trained it."""
    text = forest_text(np.random.default_rng(9), trees=3, leaves=8, features=2, chain=0.0)
    program = (
        "import sys, numpy as np\n"
        "from tests.models.explain.random_forest import model_of\n"
        "print(model_of(sys.stdin.read(), 2).raw(np.zeros((4, 2)), 1).shape, 'lightgbm' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, text=True, check=False)
    assert ran.stdout == "(4,) False\n", ran.stderr
