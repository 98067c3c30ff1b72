"""What all trainings on one window share, made once: encoded rows, bins, and what the strategy prepares."""

from dataclasses import replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from halflife.models.errors import NotTrainable, Obstacle
from halflife.models.learner.calibrate import calibrate, known
from halflife.models.learner.model import Model, encode
from halflife.models.learner.strategies import strategy
from halflife.models.learner.strategies.strategy import Draw, Material
from halflife.models.learner.training_set import training_set
from halflife.models.learner.warm_start import WarmStart
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, Array, Part, Rows, Schema, Window

if TYPE_CHECKING:
    import lightgbm as lgb


class Trainer:
    """One window, schema and recipe, on which models of other seeds and row weights are trained.

    Bins are made at the first training, of all labelled training rows whatever they weigh. `train` may run in several
    threads at once; what it gives depends on its own arguments alone.

    Args:
        window: only its labelled rows of `Part.TRAIN` reach the trees and those of `Part.CALIBRATION` the calibration.
        schema: the features; columns the window has beyond them are ignored.
        recipe: ``threads`` decides how fast, never what.
        seed: of the sample of rows that chooses the bins, where there are too many.
        before: what strategies may go on from; a model of another schema is none.

    Raises:
        ConfigError: the recipe names an unknown calibration or strategy.
    """

    def __init__(
        self, window: Window, schema: Schema, recipe: Recipe, seed: int, before: WarmStart | None = None
    ) -> None:
        known(recipe.calibration)
        self.strategy = strategy(recipe.strategy)
        versions = before.versions if before and before.model.schema == schema else 0
        before = before if self.strategy.goes_on(recipe, versions) else None
        rows, self.held = (np.flatnonzero(window.mask(part)) for part in (Part.TRAIN, Part.CALIBRATION))
        self.label = window.rows[LABEL].to_numpy(dtype=float)
        first = before.model.categories if before and self.strategy.keeps_trees() else {}
        categories = {
            name: _categories(window.rows[name].iloc[rows], first.get(name, ())) for name in schema.categorical
        }
        self.material = Material(window, schema, recipe, before, categories, rows, self.label[rows])
        self._seed, self._lock = seed, Lock()
        self._data: lgb.Dataset | None = None
        self._weight: Array | None = None
        self._weighed = False

    def train(
        self, seed: int, weights: Array | None = None, *, before: Model | None = None, alone: bool = False
    ) -> Model:
        """One model.

        Args:
            seed: of row and feature sampling, 0 to 2³¹ − 1.
            weights: of every row of the window, shape (n,), at least 0; 0 leaves a row out, and None is 1 for all.
            before: gone on from in place of the ground's own model before, where there is one; it must know the same
                categories.
            alone: no other training on this ground runs at the same time, so that bins need not be copied.

        Raises:
            NotTrainable: too few labelled training rows for two leaves, or only one label among them.
        """
        material = self.material
        if before is not None and material.before is not None:
            material = replace(material, before=replace(material.before, model=before))
        given = None if weights is None else np.asarray(weights, dtype=float)
        rows = np.arange(len(material.rows)) if given is None else np.flatnonzero(given[material.rows] > 0)
        _require_labels(material.label[rows], material.window, material.recipe)
        weight, importance = None if given is None else given[material.rows[rows]], self._importance()
        if importance is not None:
            weight = importance[rows] * (1.0 if weight is None else weight)

        def data() -> "lgb.Dataset":
            whole = alone and len(rows) == len(material.rows)
            return self._made_for(material, rows, weight, self._bins() if whole else self._bins().subset(rows.tolist()))

        text = self.strategy.grow(material, Draw(rows, weight, seed, data))
        held = None if given is None else given[self.held]
        calibration = calibrate(material.recipe.calibration, self._held_raw(text), self.label[self.held], held)
        return Model(text, material.schema, material.categories, calibration, material.recipe.threshold)

    @cached_property
    def _held_matrix(self) -> Array:
        return encode(self.material.window.rows, self.material.schema, self.material.categories, self.held)

    def _held_raw(self, text: str) -> Array:
        """Raw scores of the calibration rows, shape (c,)."""
        if not len(self.held):
            return np.zeros(0)
        import lightgbm as lgb  # it takes a second to load, which only training needs

        threads = self.material.recipe.threads
        return np.asarray(lgb.Booster(model_str=text).predict(self._held_matrix, raw_score=True, num_threads=threads))

    def _importance(self) -> Array | None:
        """What the strategy says each row weighs, shape (n,)."""
        with self._lock:
            if not self._weighed:
                self._weight, self._weighed = self.strategy.importance(self.material), True
            return self._weight

    def _bins(self) -> "lgb.Dataset":
        """All labelled training rows, binned once."""
        with self._lock:
            if self._data is None:
                at, seed = self.material, self._seed
                training = self.strategy.training(at.recipe, seed)
                data = training_set(at.window.rows, at.schema, at.categories, at.rows, seed, training)
                self._data = data.set_label(at.label).construct()
            return self._data

    def _made_for(self, material: Material, rows: Rows, weight: Array | None, data: "lgb.Dataset") -> "lgb.Dataset":
        """A data set of some rows, with what is learnt of each, what it weighs, and the score it starts from."""
        target, start = self.strategy.target(material), self.strategy.start(material)
        data = data.construct().set_label(target[rows])
        if start is not None:
            data = data.set_init_score(start[rows])
        data.set_field("weight", None if weight is None else weight.astype(np.float32))  # None takes away another's
        return data


def _categories(column: pd.Series, first: tuple[str, ...]) -> tuple[str, ...]:
    """``first``, then the others met in training, sorted; missing is not one of them."""
    return first + tuple(sorted(set(column.dropna().unique()) - set(first)))


def _require_labels(label: Array, window: Window, recipe: Recipe) -> None:
    """Raise NotTrainable, with the counts and what to do, unless these labels can teach anything.

    Args:
        label: of the training rows that weigh anything, shape (n,).
        window: they are of.
        recipe: how many a leaf needs.
    """
    rows, positive = len(label), int(label.sum())
    where = f"ticks {window.first} to {window.last}"
    unlabelled = window.count(Part.TRAIN, labelled=False) - rows
    fewest = 2 * recipe.min_rows_per_leaf
    if rows < fewest:
        raise NotTrainable(
            f"{where} have {rows:,} labelled training rows, and two leaves of {recipe.min_rows_per_leaf} need {fewest:,};"
            f" {unlabelled:,} more rows wait for their label. Wait for labels or widen the window",
            Obstacle.LABELS,
        )
    if positive in (0, rows):
        raise NotTrainable(
            f"all {rows:,} labelled training rows of {where} have label {int(positive > 0)}, and a model needs both;"
            f" {unlabelled:,} more rows wait for their label. Wait for labels or widen the window",
            Obstacle.CLASSES,
        )
