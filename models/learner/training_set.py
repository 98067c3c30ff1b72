"""Training rows as LightGBM's data set: binned a block at a time, so that a large window is never there twice."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from halflife.models.learner.model import encode
from halflife.models.rows import Array, Rows, Schema

if TYPE_CHECKING:
    import lightgbm as lgb
    import pandas as pd

BLOCK = 1 << 15
"""Rows encoded at a time."""
WHOLE = 1 << 17
"""At most so many rows are encoded in one go, which makes the binning a little faster."""


def training_set(
    frame: "pd.DataFrame",
    schema: Schema,
    categories: Mapping[str, tuple[str, ...]],
    rows: Rows,
    seed: int,
    training: Mapping[str, Any] | None = None,
) -> "lgb.Dataset":
    """The data set of some rows of a canonical frame, without labels; in blocks or not, the same bins.

    Args:
        frame: canonical rows.
        schema: the features, in the order the trees count them.
        categories: categorical column -> the categories whose positions are its codes.
        rows: positions in the frame, shape (n,).
        seed: with which LightGBM will train; of many rows it chooses the bins by a sample.
        training: LightGBM's parameters of the training, where the bins are made before it.
    """
    import lightgbm as lgb

    class Blocks(lgb.Sequence):
        """The matrix, encoded where LightGBM looks at it: by rows in order to choose bins, then by slices."""

        batch_size = BLOCK

        def __init__(self) -> None:
            self._start, self._block = -1, np.empty((0, len(schema.columns)))

        def __len__(self) -> int:
            return len(rows)

        def __getitem__(self, at: "int | slice | list[int]") -> Array:
            if isinstance(at, slice | list):
                return encode(frame, schema, categories, rows[at])
            start = at - at % BLOCK
            if start != self._start:
                self._start, self._block = start, self[start : start + BLOCK]
            row: Array = self._block[at - start]
            return row

    categorical = [j for j, column in enumerate(schema.columns) if column.name in categories]
    if len(rows) <= WHOLE:
        matrix = encode(frame, schema, categories, rows)
        return lgb.Dataset(matrix, categorical_feature=categorical, params={"verbosity": -1, **(training or {})})
    # Of what training says, only this does not reach the sampling of blocks.
    parameters = {"verbosity": -1, **(training or {}), "data_random_seed": data_seed(seed)}
    return lgb.Dataset(Blocks(), categorical_feature=categorical, params=parameters)


def data_seed(seed: int) -> int:
    """The ``data_random_seed`` LightGBM makes of ``seed``: its generator's first number below 2¹⁵ − 1.

    Source: ``Config::Set`` and ``Random`` in LightGBM 4.7.

    >>> data_seed(1)
    41
    """
    return (((214013 * seed + 2531011) & 0xFFFFFFFF) >> 16 & 0x7FFF) % 0x7FFF
