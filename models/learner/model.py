"""A trained model as a value: LightGBM's text, how to encode a frame for it, and how to calibrate what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from halflife.models.errors import UsageError
from halflife.models.learner.calibrate import restore
from halflife.models.rows import Array, Kind, Rows, Schema
from halflife.models.threads import cores

if TYPE_CHECKING:
    import lightgbm as lgb

    from halflife.models.explain.explainer import Explainer
    from halflife.models.explain.forest import Forest
    from halflife.models.explain.router import Router


class Calibration(Protocol):
    """A monotone map from raw scores (log-odds) to probabilities."""

    def __call__(self, raw: Array) -> Array: ...

    def to_dict(self) -> dict[str, object]: ...


@dataclass(frozen=True)
class Model:
    """What ``fit`` gives and the registry keeps.

    Attributes:
        text: LightGBM's own model text.
        schema: features, in the order the trees count them.
        categories: categorical column -> its categories in training, whose positions are the codes the trees know.
        calibration: raw score -> probability.
        threshold: probability from which the decision is positive.
    """

    text: str
    schema: Schema
    categories: Mapping[str, tuple[str, ...]]
    calibration: Calibration
    threshold: float

    @cached_property
    def booster(self) -> "lgb.Booster":
        import lightgbm as lgb  # it takes a second to load, which only scoring needs

        return lgb.Booster(model_str=self.text)

    @cached_property
    def forest(self) -> "Forest":
        """The trees as arrays. Raises UsageError and Unreadable as ``halflife.models.explain.forest.read``."""
        from halflife.models.explain.forest import read

        return read(self.text)

    @cached_property
    def router(self) -> "Router | None":
        """The trees made ready to be followed; None where only LightGBM can: linear or very large ones, another format."""
        from halflife.models.explain.forest import Unreadable
        from halflife.models.explain.router import Router  # it loads Numba, which only scoring needs

        try:
            return Router(self.forest)
        except (Unreadable, UsageError):
            return None

    @cached_property
    def explainer(self) -> "Explainer":
        """The trees made ready for `attributions`. Raises UsageError and Unreadable as `forest`."""
        from halflife.models.explain.explainer import Explainer  # it loads Numba, which only scoring needs

        return Explainer(self.forest, len(self.schema.columns))

    @cached_property
    def digest(self) -> str:
        """Sixteen hexadecimal digits of the model's text."""
        return blake2b(self.text.encode(), digest_size=8).hexdigest()

    def matrix(self, frame: pd.DataFrame) -> Array:
        """Encode features, shape (n, p): categories as codes, unseen and missing ones as NaN."""
        return encode(frame, self.schema, self.categories)

    def raw(self, matrix: Array, threads: int = 0) -> Array:
        """Log-odds of class 1 before calibration, shape (n,): those of LightGBM's ``predict``, bit for bit.

        Args:
            matrix: encoded features as `matrix` gives them, shape (n, p).
            threads: 0 for as many as the process may use.

        Raises:
            UsageError: a matrix of another width.
        """
        self.require_width(matrix)
        if self.router is not None:
            return self.router.raw(matrix, threads or cores())
        if len(matrix) == 0:
            return np.empty(0)
        return np.asarray(self.booster.predict(matrix, raw_score=True, num_threads=threads), dtype=float)

    def leaves(self, matrix: Array, threads: int = 0) -> npt.NDArray[np.int32]:
        """The leaf of each tree a row ends in, as LightGBM's ``pred_leaf`` counts them, shape (n, trees); else as `raw`."""
        self.require_width(matrix)
        if self.router is not None:
            return self.router.leaves(matrix, threads or cores())
        if len(matrix) == 0:
            return np.empty((0, self.booster.num_trees()), dtype=np.int32)
        found = self.booster.predict(matrix, pred_leaf=True, num_threads=threads)
        return np.asarray(found, dtype=np.int32).reshape(len(matrix), -1)

    def require_width(self, matrix: Array) -> None:
        """Raise UsageError unless a matrix has shape (n, p)."""
        if matrix.ndim != 2 or matrix.shape[1] != len(self.schema.columns):
            raise UsageError(f"the model has {len(self.schema.columns)} features; the matrix has shape {matrix.shape}")

    def probability(self, frame: pd.DataFrame) -> Array:
        """Calibrated probability of class 1, shape (n,), in [0, 1]."""
        return self.calibration(self.raw(self.matrix(frame)))

    def to_dict(self) -> dict[str, Any]:
        """All but the text, as JSON can hold it."""
        return {
            "schema": self.schema.to_dict(),
            "categories": {name: list(values) for name, values in self.categories.items()},
            "calibration": self.calibration.to_dict(),
            "threshold": self.threshold,
        }

    @classmethod
    def from_dict(cls, text: str, value: Mapping[str, Any]) -> "Model":
        """The model of LightGBM's ``text`` and of what `to_dict` gave."""
        return cls(
            text=text,
            schema=Schema.from_dict(value["schema"]),
            categories={name: tuple(values) for name, values in value["categories"].items()},
            calibration=restore(value["calibration"]),
            threshold=float(value["threshold"]),
        )


def encode(
    frame: pd.DataFrame, schema: Schema, categories: Mapping[str, tuple[str, ...]], rows: Rows | None = None
) -> Array:
    """Features as the trees see them, shape (n, p), float64.

    Args:
        frame: with the schema's columns; others are ignored.
        schema: the features, in the order of the result's columns.
        categories: categorical column -> the categories whose positions are its codes.
        rows: positions in the frame, shape (n,); all when left out. The result is all the room this takes.

    >>> from halflife.models.rows import Column
    >>> schema = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))
    >>> encode(pd.DataFrame({"age": [30.0, 41.0], "job": ["cook", "spy"]}), schema, {"job": ("clerk", "cook")})
    array([[30.,  1.],
           [41., nan]])
    """
    matrix = np.empty((len(frame) if rows is None else len(rows), len(schema.columns)))
    for j, column in enumerate(schema.columns):
        values = frame[column.name] if rows is None else frame[column.name].iloc[rows]
        if column.kind is Kind.CATEGORICAL:
            codes = pd.Index(categories[column.name], dtype=object).get_indexer(pd.Index(values, dtype=object))
            matrix[:, j] = np.where(codes < 0, np.nan, codes)
        else:
            matrix[:, j] = values.to_numpy(dtype=float)
    return matrix
