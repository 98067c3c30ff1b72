"""What MLflow is told of a version: parameters, metrics, tags and the dataset, within MLflow's limits."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING

from halflife.models.domain import Version
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL, Kind, Window

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput

PARAMETER_LENGTH = 6_000
TAG_LENGTH = 8_000
VERSION_TAG_LENGTH = 100_000
CARD_LENGTH = 5_000
"""MLflow's limits, in characters; the last is the width of the description column, which SQLite does not enforce."""

IDENTITY = ("halflife.version", "halflife.model_digest")
"""The tags that tell one version from another: its number, and the model, should history be made anew."""

RECIPE = {
    "trees": "num_iterations",
    "leaves": "num_leaves",
    "learning_rate": "learning_rate",
    "min_rows_per_leaf": "min_data_in_leaf",
    "row_sampling": "bagging_fraction",
    "feature_sampling": "feature_fraction",
    "l2": "lambda_l2",
}
"""Recipe field -> LightGBM's name for it, under which the model's text records what was really used."""


def cut(text: str, length: int) -> str:
    """``text``, or as much of its beginning as fits with a visible mark of what is missing.

    >>> cut("0123456789" * 5, 30)
    '01234567… (50 characters, cut)'
    """
    if len(text) <= length:
        return text
    mark = f"… ({len(text)} characters, cut)"
    return text[: length - len(mark)] + mark


def parameters(version: Version, model: Model) -> dict[str, str]:
    """The recipe as the model's text records it, and the window."""
    used = model.booster.params
    values = {field: used[name] for field, name in RECIPE.items() if name in used}
    values |= {
        "calibration": model.calibration.to_dict()["name"],
        "threshold": model.threshold,
        "seed": version.seed,
        "first_tick": version.first,
        "last_tick": version.last,
        "training_rows": version.rows,
    }
    return {name: cut(str(value), PARAMETER_LENGTH) for name, value in values.items()}


def metrics(version: Version) -> dict[str, float]:
    """Every metric with its bounds.

    >>> from halflife.models.domain import Interval, Role
    >>> v = Version(1, 0, 9, "1", "r", 0, "d", "m", {"auc": Interval(0.8, 0.7, 0.9)}, Role.CHAMPION, "", 100)
    >>> metrics(v)
    {'auc': 0.8, 'auc_lower': 0.7, 'auc_upper': 0.9}
    """
    bounded: dict[str, float] = {}
    for name, interval in version.metrics.items():
        bounded |= {name: interval.estimate, f"{name}_lower": interval.lower, f"{name}_upper": interval.upper}
    return bounded


def known(values: Mapping[str, float]) -> dict[str, float]:
    """Those that are numbers: MLflow would draw a missing one as 0 and an infinite one as its largest float.

    >>> known({"auc": 0.8, "half_life": float("inf"), "churn": float("nan")})
    {'auc': 0.8}
    """
    return {name: float(value) for name, value in values.items() if isfinite(value)}


def tags(version: Version) -> dict[str, str]:
    """What a version is found by, and what tells it from any other."""
    return {
        "halflife.version": str(version.number),
        "halflife.model_digest": version.model_digest,
        "halflife.data_digest": version.data_digest,
        "halflife.recipe": version.recipe,
        "halflife.source": cut(version.source, TAG_LENGTH),
        "halflife.role": version.role.value,
        "halflife.reason": cut(version.reason, TAG_LENGTH),
    }


def dataset(version: Version, window: Window, model: Model, name: str) -> "DatasetInput":
    """The window as MLflow's dataset input: where it can be built again from, its columns, its size. Holds no rows."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    types = {Kind.NUMERIC: "double", Kind.CATEGORICAL: "string"}
    columns = [{"name": c.name, "type": types[c.kind], "required": False} for c in model.schema.columns]
    labelled = int(window.rows[LABEL].notna().sum())
    return DatasetInput(
        Dataset(
            name=name,
            digest=version.data_digest,
            source_type="halflife",
            source=json.dumps(
                {"store_version": version.source, "first_tick": version.first, "last_tick": version.last}
            ),
            schema=json.dumps({"mlflow_colspec": columns}),
            profile=json.dumps({"num_rows": len(window.rows), "num_labelled": labelled, "num_training": version.rows}),
        ),
        tags=[InputTag("mlflow.data.context", "training")],
    )
