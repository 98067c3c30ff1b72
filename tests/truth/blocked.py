"""What feedback does to a model, and how much of it 1/π weights undo: three learners on one stream.

python tests/truth/blocked.py                    the feedback world with seeds 1 to 3: .bench/blocked.json, and a table

``twin`` learns from every label; ``naive`` from the labels its own decisions let through, and 3 % of the rest; ``weighted``
from the like, each row weighing 1 over its propensity. All are retrained every 3 ticks on windows of 8 and judged on the
rows up to the next retrain, all of whose labels the world knows.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from halflife.models.learner.evaluate import row_log_loss
from halflife.models.learner.feedback import inverse_propensity
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.learner.selective_labels import explored
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, PROPENSITY, ROW_ID, TICK, Array, Split, Window
from halflife.models.world.generator import World
from halflife.models.world.scenarios import SCENARIOS
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed

OUT = Path(__file__).parents[2] / ".bench" / "blocked.json"
LEARNERS = ("twin", "naive", "weighted")
WINDOW, EVERY, EXPLORATION = 8, 3, 0.03
MARKED = 517.0
"""Review codes from here on are 2.6 standard deviations above the middle: the rows the code gives away."""


@dataclass(frozen=True)
class Judged:
    """One version on the rows up to the next one.

    Attributes:
        tick: last of its window.
        log_loss: in nats.
        wrongly: share of all rows that are decided positive and are negative.
        marked: mean probability of rows that the code marks, nearly all of which are positive.
    """

    learner: str
    seed: int
    tick: int
    log_loss: float
    wrongly: float
    marked: float


@dataclass(frozen=True)
class Stream:
    """All rows and labels of a world, read once."""

    seed: int
    rows: list[pd.DataFrame]
    label: list[Array]
    delay: list[Array]
    world: World

    @classmethod
    def of(cls, seed: int, rows: int, ticks: int) -> "Stream":
        world = World(SCENARIOS["feedback-off"], seed=seed, rows_per_tick=rows)
        feed, arrays = SyntheticFeed(world), [world.arrays(tick) for tick in range(ticks)]
        frames = [feed.batch(tick).rows.assign(**{TICK: tick}) for tick in range(ticks)]
        return cls(
            seed, frames, [a.label.astype(float) for a in arrays], [a.delay.astype(float) for a in arrays], world
        )


def learn(stream: Stream, learner: str, recipe: Recipe) -> Iterator[Judged]:
    """Replay the stream with one learner, whose decisions choose its labels unless it is the twin."""
    model: Model | None = None
    arrived: list[pd.DataFrame] = []
    for tick, rows in enumerate(stream.rows):
        blocked = np.zeros(len(rows), dtype=bool)
        if model is not None and learner != "twin":
            blocked = model.probability(rows) >= model.threshold
        seen = ~blocked | explored(rows[ROW_ID], EXPLORATION)
        label = np.where(seen, stream.label[tick], np.nan)
        arrived.append(rows.assign(**{LABEL: label, PROPENSITY: np.where(blocked, EXPLORATION, 1.0)}))
        if tick < WINDOW - 1 or (tick - WINDOW + 1) % EVERY or tick + 1 >= len(stream.rows):
            continue
        window = _window(arrived, stream, tick)
        weights = inverse_propensity(window).weights if learner == "weighted" else None
        model = fit(window, stream.world.schema, recipe, seed=tick, weights=weights)
        ahead = range(tick + 1, min(tick + EVERY + 1, len(stream.rows)))
        frame, truth = pd.concat([stream.rows[t] for t in ahead]), np.concatenate([stream.label[t] for t in ahead])
        probability = model.probability(frame)
        yield Judged(
            learner=learner,
            seed=stream.seed,
            tick=tick,
            log_loss=float(row_log_loss(probability, truth).mean()),
            wrongly=float(np.mean((probability >= model.threshold) & (truth == 0))),
            marked=float(probability[frame["review_code"].to_numpy() > MARKED].mean()),
        )


def _window(arrived: list[pd.DataFrame], stream: Stream, tick: int) -> Window:
    """The newest rows with the labels that had arrived."""
    ticks = range(tick - WINDOW + 1, tick + 1)
    known = [frame.assign(**{LABEL: frame[LABEL].where(stream.delay[t] <= tick - t)}) for t, frame in
             ((t, arrived[t]) for t in ticks)]  # fmt: skip
    return Window(ticks[0], tick, "", pd.concat(known, ignore_index=True), Split())


def table(found: list[Judged]) -> list[str]:
    """Markdown: each version's figures, a column for each learner, averaged over seeds."""
    frame = pd.DataFrame([asdict(judged) for judged in found])
    means = frame.pivot_table(index="tick", columns="learner", values=["log_loss", "wrongly", "marked"])
    titles = {"log_loss": "log loss", "wrongly": "wrongly blocked", "marked": "probability of marked rows"}
    columns = [(what, learner) for what in titles for learner in LEARNERS]
    lines = [
        f"| trained at | {' | '.join(f'{titles[what]}, {learner}' for what, learner in columns)} |",
        f"|---|{'---|' * len(columns)}",
    ]
    for tick, row in means.iterrows():
        cells = [f"{row[c]:.3f}" if c[0] == "log_loss" else f"{row[c]:.1%}" for c in columns]
        lines.append(f"| {tick} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Print the table and keep every figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1500)
    asked = parser.parse_args()
    recipe, found = Recipe(trees=40, leaves=15), list[Judged]()
    for seed in range(1, asked.seeds + 1):
        stream = Stream.of(seed, asked.rows, ticks=44)
        for learner in LEARNERS:
            found += learn(stream, learner, recipe)
    print("\n".join(table(found)))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps([asdict(judged) for judged in found], indent=1) + "\n")


if __name__ == "__main__":
    main()
