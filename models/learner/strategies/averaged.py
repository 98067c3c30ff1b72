"""The mean of several seeds, as one model."""

from halflife.models.learner.boosting import canonical, grown
from halflife.models.learner.model_text import scaled, trees_of, with_trees
from halflife.models.learner.seeding import seed_of
from halflife.models.learner.strategies.strategy import Draw, Material, Strategy


class Averaged(Strategy):
    """The mean raw score of ``members`` trainings that differ by their seeds: every leaf is divided by their number.

    Trees of the members take turns, so that the first m · members trees are the mean of the first m of each.

    Source: Breiman, "Bagging predictors", Machine Learning 24, 1996, with seeds in place of bootstrap samples.
    """

    name = "averaged"
    fields = ("members",)

    def grow(self, material: Material, draw: Draw) -> str:
        members, recipe = material.recipe.members, material.recipe
        data = draw.data()
        seeds = [draw.seed, *(seed_of(draw.seed, member) for member in range(1, members))]
        texts = [grown(data, self.training(recipe, seed), recipe.trees) for seed in seeds]
        trees = [trees_of(text) for text in texts]
        longest = max(map(len, trees))
        in_turn = [own[t] for t in range(longest) for own in trees if t < len(own)]
        return canonical(with_trees(texts[0], [scaled(tree, lambda value: value / members) for tree in in_turn]))
