"""What shadows cost beside the version they belong to."""

from harness import Pair, scenario

ROWS, FEATURES, TREES = 67_000, 30, 200
"""Some 50,000 rows are left to train on."""


@scenario(
    id="shadows/8-of-50k",
    question="How many fits of a version do its eight shadows cost?",
    ours="four coupled and four seed shadows of 50,000 × 30, 200 trees, one thread",
    peer="one fit of the version",
    goal=7.0,
    better="lower",
    pairs=3,
)
def eight() -> Pair:
    """Bins are made once, and a coupled shadow trains on 63 % of the rows."""
    return _pair(8)


@scenario(
    id="shadows/4-of-50k",
    question="And four?",
    ours="two coupled and two seed shadows",
    peer="one fit of the version",
    goal=3.6,
    better="lower",
    pairs=3,
)
def four() -> Pair:
    """Half of them."""
    return _pair(4)


def _pair(count: int) -> Pair:
    from halflife.models.learner.fit import fit
    from halflife.models.learner.shadow_training import ShadowTrainer, plan
    from halflife.models.recipe import Recipe
    from halflife.models.rows import Split, Window
    from halflife.models.world.generator import World
    from halflife.models.world.scenarios import scenario as world_scenario
    from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed

    feed = SyntheticFeed(World(world_scenario("calm"), seed=7, rows_per_tick=ROWS, n_features=FEATURES, max_delay=0))
    batch = feed.batch(0)
    rows = batch.rows.merge(batch.labels, on="_id").assign(_tick=0)
    window, recipe = Window(0, 0, "1", rows, Split()), Recipe(trees=TREES, threads=1)
    kinds = plan(recipe, count, 50_000)

    def shadows() -> None:
        litter = ShadowTrainer(window, feed.schema, recipe, 1, kinds)
        for number in range(count):
            litter.train(number)

    return Pair(ours=shadows, peer=lambda: fit(window, feed.schema, recipe, 1) and None)
