"""What a strategy decides of a training, and what it is given."""

from abc import ABC
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from halflife.models.learner.boosting import grown, parameters
from halflife.models.learner.model import encode
from halflife.models.learner.warm_start import WarmStart
from halflife.models.recipe import Recipe
from halflife.models.rows import Array, Rows, Schema, Window, blocks

if TYPE_CHECKING:
    import lightgbm as lgb


@dataclass(frozen=True)
class Material:
    """What all trainings on one window share.

    Attributes:
        before: what is gone on from; None where the strategy does not, or starts from nothing.
        categories: categorical column -> its categories, whose positions are the codes.
        rows: positions of the labelled training rows in the window's frame, shape (n,).
        label: of these, 0 or 1, shape (n,).
    """

    window: Window
    schema: Schema
    recipe: Recipe
    before: WarmStart | None
    categories: Mapping[str, tuple[str, ...]]
    rows: Rows
    label: Array


@dataclass(frozen=True)
class Draw:
    """One training.

    Attributes:
        rows: which of the material's rows it sees, ascending, shape (m,).
        weight: of these, positive, shape (m,); None for all 1.
        seed: of sampling.
        data: gives them as LightGBM's data set, with target, weights and initial scores; made when it is asked for.
    """

    rows: Rows
    weight: Array | None
    seed: int
    data: "Callable[[], lgb.Dataset]"


def said_before(material: Material, before: WarmStart) -> Array:
    """Raw scores of the training rows by the model before, by its own categories, a block of rows at a time, shape (n,)."""
    model, threads = before.model, material.recipe.threads
    scores = np.empty(len(material.rows))
    for block in blocks(len(scores)):
        matrix = encode(material.window.rows, material.schema, model.categories, material.rows[block])
        scores[block] = model.raw(matrix, threads)
    return scores


class Strategy(ABC):
    """A plain training unless told otherwise. Whatever it does, raw scores are a sum over the trees of one text."""

    name: ClassVar[str]
    fields: ClassVar[tuple[str, ...]] = ()
    """Fields of `Recipe` that mean something to it alone."""

    def goes_on(self, recipe: Recipe, versions: int) -> bool:
        """Whether the model before goes into the new one.

        Args:
            recipe: of the new one.
            versions: as `Before.versions`; 0 when there is no version before.
        """
        return False

    def keeps_trees(self) -> bool:
        """Whether trees of the model before are in the new one, which must then read categories by the same codes."""
        return False

    def target(self, material: Material) -> Array:
        """What is learnt, in [0, 1], shape (n,)."""
        return material.label

    def importance(self, material: Material) -> Array | None:
        """What each row weighs beside its own weight, positive, shape (n,); None for all 1."""
        return None

    def start(self, material: Material) -> Array | None:
        """Raw scores the new trees are added to, shape (n,); None for none."""
        return None

    def training(self, recipe: Recipe, seed: int) -> dict[str, Any]:
        """LightGBM's parameters."""
        return parameters(recipe, seed)

    def grow(self, material: Material, draw: Draw) -> str:
        """The model's text."""
        return grown(draw.data(), self.training(material.recipe, draw.seed), material.recipe.trees)
