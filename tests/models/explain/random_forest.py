"""LightGBM model texts made at random: shapes that training would take long to give, or never would."""

import numpy as np

from halflife.models.learner.calibrate import Uncalibrated
from halflife.models.learner.model import Model
from halflife.models.rows import Array, Column, Kind, Schema

SPECIAL = [0.0, -0.0, np.nan, np.inf, -np.inf, 1e-35, -1e-36, 5e-324, 1e300, -1e300, -0.5, -1.0, 31.0, 32.0, 63.9, 3e9]
"""Values that a split may read in a way of its own."""


def model_of(text: str, features: int) -> Model:
    """A model of numeric columns around a text."""
    schema = Schema(tuple(Column(f"f{j}", Kind.NUMERIC) for j in range(features)))
    return Model(text, schema, {}, Uncalibrated("a test"), 0.5)


def forest_text(
    rng: np.random.Generator, *, trees: int, leaves: int, features: int, chain: float, average: bool = False
) -> str:
    """A model text of random trees; ``chain`` is the chance that the next split is that of the newest leaf."""
    head = ["tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0"]
    head += [f"max_feature_idx={features - 1}", "objective=binary sigmoid:1", *["average_output"] * average]
    head += ["feature_names=" + " ".join(f"f{j}" for j in range(features))]
    head += ["feature_infos=" + " ".join(["[-9:9]"] * features), ""]
    blocks = [
        f"Tree={i}\n" + tree_text(rng, int(rng.integers(1, leaves + 1)), features, chain) + "\n\n" for i in range(trees)
    ]
    return "\n".join([*head, *blocks, "end of trees\n"])


def tree_text(rng: np.random.Generator, leaves: int, features: int, chain: float) -> str:
    """One random tree: numeric and categorical splits with every missing type, leaves of 1 to 1,000 rows."""
    left, right, parent = [], [], {0: (-1, 0)}
    for i in range(leaves - 1):
        split = i if rng.random() < chain else int(rng.integers(0, i + 1))
        above, side = parent[split]
        if above >= 0:
            (left if side else right)[above] = i
        left.append(-1 - split)
        right.append(-1 - (i + 1))
        parent[split], parent[i + 1] = (i, 1), (i, 0)
    feature = rng.integers(0, features, leaves - 1)
    categorical = rng.random(leaves - 1) < 0.3
    decision = categorical + 2 * rng.integers(0, 2, leaves - 1) + 4 * rng.integers(0, 3, leaves - 1)
    words = rng.integers(1, 3, categorical.sum())
    threshold = rng.choice([0.0, 1e-35, -1e-300, 2.5, 1e300, *rng.normal(size=9)], leaves - 1)
    threshold[categorical] = np.arange(categorical.sum())
    leaf_count = np.floor(10.0 ** (3 * rng.random(leaves))).astype(int)
    count = np.zeros(leaves - 1, dtype=int)
    for i in reversed(range(leaves - 1)):
        count[i] = sum(count[c] if c >= 0 else leaf_count[-1 - c] for c in (left[i], right[i]))
    arrays = {
        "num_leaves": [leaves],
        "num_cat": [categorical.sum()],
        "split_feature": feature,
        "split_gain": np.ones(leaves - 1),
        "threshold": threshold,
        "decision_type": decision,
        "left_child": left,
        "right_child": right,
        "leaf_value": rng.normal(size=leaves),
        "leaf_weight": leaf_count if leaves > 1 else [],
        "leaf_count": leaf_count,
        "internal_value": np.zeros(leaves - 1),
        "internal_weight": count,
        "internal_count": count,
    }
    if categorical.any():
        arrays["cat_boundaries"] = np.concatenate([[0], np.cumsum(words)])
        arrays["cat_threshold"] = rng.integers(0, 2**32, words.sum())
    arrays |= {"is_linear": [0], "shrinkage": [1]}
    return "".join(f"{key}={' '.join(str(value) for value in values)}\n" for key, values in arrays.items())


def matrix_of(rng: np.random.Generator, rows: int, features: int) -> Array:
    """Rows of numbers, categories and values that a split may read in a way of its own, about a third each."""
    kind = rng.integers(0, 3, (rows, features))
    choices = [
        rng.normal(size=kind.shape),
        rng.integers(0, 70, kind.shape).astype(float),
        rng.choice(SPECIAL, kind.shape),
    ]
    return np.choose(kind, choices)
