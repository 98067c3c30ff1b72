"""The model before, with a few trees more."""

from halflife.models.learner.boosting import canonical, grown
from halflife.models.learner.model_text import trees_of, with_trees
from halflife.models.learner.strategies.strategy import Draw, Material, Strategy, said_before
from halflife.models.recipe import Recipe
from halflife.models.rows import Array


class Warm(Strategy):
    """``added`` trees on top of the model before, as LightGBM's ``init_model``; from nothing every ``restart`` versions.

    Categories that are new are counted after those of the model before, whose trees take them for missing ones.
    """

    name = "warm"
    fields = ("added", "restart")

    def goes_on(self, recipe: Recipe, versions: int) -> bool:
        return 0 < versions < recipe.restart

    def keeps_trees(self) -> bool:
        return True

    def start(self, material: Material) -> Array | None:
        return None if material.before is None else said_before(material, material.before)

    def grow(self, material: Material, draw: Draw) -> str:
        if material.before is None:
            return super().grow(material, draw)
        text = grown(draw.data(), self.training(material.recipe, draw.seed), material.recipe.added)
        return canonical(with_trees(text, trees_of(material.before.model.text) + trees_of(text)))
