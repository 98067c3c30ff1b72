"""Do coupled shadows know how much a finding moves when nothing but the sample does? Against brute force.

python tests/truth/coupled.py                    windows of 4,000 rows: .bench/coupled.json, and a table
python tests/truth/coupled.py --rows 1000 --trees 30 --replicates 40 --streams 4

Two windows of one unchanging world share some of their rows. Brute force draws all rows anew, trains a model on each
window, and takes the standard deviation of the change of θ from one to the other. Shadows see one draw only: K of them a
window, and their variance over k of the same change, averaged over several streams. The figure is estimated over true
standard deviation; 1 is right. Beside coupled shadows: bootstraps whose weights differ between the windows, and seeds.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.learner.seeding import seed_of
from halflife.models.learner.shadow_training import ShadowTrainer
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, Array, Column, Kind, Schema, Split, Window
from halflife.models.shadow import ShadowKind

OVERLAPS = (0.0, 0.5, 0.75)
FEATURES = 10
SCHEMA = Schema(tuple(Column(f"x{j}", Kind.NUMERIC) for j in range(FEATURES)))
ALL_TRAIN = Split(evidence=0.0, discovery=0.0, calibration=0.0)
STATISTICS = ("attribution share", "raw score of a case")
WAYS = ("coupled", "independent", "seed")
CASES, EVIDENCE = 40, 500
OUT = Path(".bench/coupled.json")


@dataclass(frozen=True)
class Size:
    """How much is done.

    Attributes:
        rows: of a window.
        trees: of a model.
        replicates: of brute force.
        streams: draws of the rows that shadows are trained on.
        shadows: K of each kind.
    """

    rows: int = 4000
    trees: int = 100
    replicates: int = 120
    streams: int = 12
    shadows: int = 8

    @property
    def recipe(self) -> Recipe:
        """Default sampling of rows and features; nothing is calibrated."""
        return Recipe(trees=self.trees, leaves=15, calibration="none", threads=1)


def draw(rows: int, name: str, seed: int) -> pd.DataFrame:
    """Rows of a world with strong, weak and interacting features, two that are correlated, and noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, FEATURES))
    x[:, 3] = 0.8 * x[:, 2] + 0.6 * x[:, 3]
    score = 1.2 * x[:, 0] + 0.8 * np.sin(2 * x[:, 1]) + 0.5 * x[:, 2] + 0.6 * x[:, 4] * x[:, 5] + 0.2 * x[:, 6] - 0.5
    frame = pd.DataFrame(x, columns=list(SCHEMA.names)).assign(_id=[f"{name}:{i}" for i in range(rows)], _tick=0)
    return frame.assign(**{LABEL: (rng.random(rows) < expit(score)).astype(float)})


def windows(size: Size, overlap: float, name: str, seed: int) -> tuple[Window, Window]:
    """Two windows of as many rows, a share of which they have in common."""
    step = round(size.rows * (1.0 - overlap))
    rows = draw(size.rows + step, name, seed)
    frames = (rows.iloc[: size.rows], rows.iloc[step:])
    one, two = (Window(0, 0, name, frame.reset_index(drop=True), ALL_TRAIN) for frame in frames)
    return one, two


def theta(model: Model) -> Array:
    """The share of the fourth feature in all attributions, then the raw scores of cases, shape (1 + CASES,)."""
    matrix = model.matrix(draw(EVIDENCE, "evidence", 1))
    size = np.abs(model.explainer.attributions(matrix)).sum(axis=0)
    return np.array([size[3] / size.sum(), *model.raw(matrix[:CASES])])


def brute_force(size: Size, overlap: float) -> Array:
    """The true standard deviation of each θ's change, shape (1 + CASES,)."""
    moved = []
    for replicate in range(size.replicates):
        pair = windows(size, overlap, f"truth {replicate}", 1000 + replicate)
        seeds = (seed_of(replicate, 1), seed_of(replicate, 2))
        one, two = (fit(window, SCHEMA, size.recipe, seed) for window, seed in zip(pair, seeds, strict=True))
        moved.append(theta(two) - theta(one))
    return np.std(moved, axis=0, ddof=1)


def estimated(size: Size, overlap: float) -> Iterator[tuple[str, Array]]:
    """Of every stream, what each way takes for the variance of each θ's change."""
    kinds = (ShadowKind.COUPLED,) * size.shadows + (ShadowKind.SEED,) * size.shadows
    for stream in range(size.streams):
        pair = windows(size, overlap, f"stream {stream}", 100_000 + stream)
        litters = [ShadowTrainer(w, SCHEMA, size.recipe, seed_of(stream, v), kinds) for v, w in enumerate(pair)]
        one, two = (np.array([theta(litter.train(k)) for k in range(len(kinds))]) for litter in litters)
        coupled, seed = slice(size.shadows), slice(size.shadows, None)
        yield "coupled", (two[coupled] - one[coupled]).var(axis=0, ddof=1)
        yield "independent", (two[coupled] - np.roll(one[coupled], 1, axis=0)).var(axis=0, ddof=1)
        yield "seed", (two[seed] - one[seed]).var(axis=0, ddof=1)


def compare(size: Size, overlap: float) -> dict[str, dict[str, float]]:
    """Statistic -> way -> estimated over true standard deviation; of cases, the root of the mean ratio of variances."""
    true = brute_force(size, overlap) ** 2
    found: dict[str, list[Array]] = {way: [] for way in WAYS}
    for way, variance in estimated(size, overlap):
        found[way].append(variance)
    ratio = {way: np.mean(found[way], axis=0) / true for way in WAYS}
    parts = {STATISTICS[0]: slice(1), STATISTICS[1]: slice(1, None)}
    return {s: {way: float(np.sqrt(ratio[way][part].mean())) for way in WAYS} for s, part in parts.items()}


def main() -> None:
    """Print the table and keep it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("rows", "trees", "replicates", "streams", "shadows"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Size, name))
    size = Size(**vars(parser.parse_args()))
    print(f"{size}\nestimated over true standard deviation of the change of θ; 1 is right\n")
    print(f"| statistic | overlap | {' | '.join(WAYS)} |\n|---|---|---|---|---|")
    kept = []
    for overlap in OVERLAPS:
        for statistic, ways in compare(size, overlap).items():
            print(f"| {statistic} | {overlap:.0%} | {' | '.join(f'{ways[w]:.2f}' for w in WAYS)} |", flush=True)
            kept.append({"statistic": statistic, "overlap": overlap, "rows": size.rows, **ways})
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
