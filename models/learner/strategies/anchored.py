"""A model pulled towards what the one before says."""

from typing import Any

from halflife.models.learner.boosting import canonical
from halflife.models.learner.strategies.strategy import Draw, Material, Strategy, said_before
from halflife.models.recipe import Recipe
from halflife.models.rows import Array


class Anchored(Strategy):
    """Learns (1 − a) · label + a · the previous version's probability, a being ``anchor``, by cross-entropy.

    The loss of a target between 0 and 1 is the log loss of the label it stands for, on average, so raw scores stay
    log-odds, and the text says so. Rows the model before was trained on get the probability it learnt of them.

    Source: Jiang, Narasimhan, Bahri, Cotter, Rostamizadeh, "Churn Reduction via Distillation", ICLR 2022, arXiv
    2106.02654: learning towards the base model is the same as bounding the churn against it.
    """

    name = "anchored"
    fields = ("anchor",)

    def goes_on(self, recipe: Recipe, versions: int) -> bool:
        return versions > 0 and recipe.anchor > 0

    def target(self, material: Material) -> Array:
        if material.before is None:
            return material.label
        said = material.before.model.calibration(said_before(material, material.before))
        anchor = material.recipe.anchor
        return (1.0 - anchor) * material.label + anchor * said

    def training(self, recipe: Recipe, seed: int) -> dict[str, Any]:
        return {**super().training(recipe, seed), "objective": "cross_entropy"}

    def grow(self, material: Material, draw: Draw) -> str:
        text = super().grow(material, draw)
        text = text.replace("\nobjective=cross_entropy\n", "\nobjective=binary sigmoid:1\n", 1)
        text = text.replace("\n[objective: cross_entropy]\n", "\n[objective: binary]\n", 1)
        return canonical(text.replace("\n[metric: cross_entropy]\n", "\n[metric: binary_logloss]\n", 1))
