"""The splits of the model before, with leaves that move towards the new rows."""

from halflife.models.learner.boosting import canonical
from halflife.models.learner.model import encode
from halflife.models.learner.strategies.strategy import Draw, Material, Strategy
from halflife.models.recipe import Recipe


class Refit(Strategy):
    """LightGBM's ``Booster.refit`` of the model before; from nothing every ``restart`` versions.

    Every leaf becomes ``decay`` · what it was + (1 − ``decay``) · what the new rows say, tree after tree.
    Nothing is drawn, so the seed changes nothing but at a start. Rows counted in nodes, which attributions weigh their
    branches by, stay those the splits were made on.
    """

    name = "refit"
    fields = ("decay", "restart")

    def goes_on(self, recipe: Recipe, versions: int) -> bool:
        return 0 < versions < recipe.restart

    def keeps_trees(self) -> bool:
        return True

    def grow(self, material: Material, draw: Draw) -> str:
        if material.before is None:
            return super().grow(material, draw)
        import lightgbm as lgb  # it takes a second to load, which only training needs

        matrix = encode(material.window.rows, material.schema, material.categories, material.rows[draw.rows])
        threads = material.recipe.threads
        text = material.before.model.text.replace("\n[num_threads: 0]\n", f"\n[num_threads: {threads}]\n")
        again = lgb.Booster(model_str=text).refit(
            matrix,
            material.label[draw.rows],
            decay_rate=material.recipe.decay,
            weight=draw.weight,
            dataset_params={"verbosity": -1, "num_threads": threads},
            num_threads=threads,
        )
        return canonical(again.model_to_string())
