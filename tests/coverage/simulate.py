"""Do the intervals hold what they promise? Every statistic with one, on data whose truth is known.

python tests/coverage/simulate.py                       1,000 repetitions of 500 rows: .bench/coverage.json, and a table
python tests/coverage/simulate.py --rows 2000 auc gap   other sizes, some statistics

A small world is drawn again and again; each claim is measured as a re-test measures it, and its 90 % interval either
holds the value that 400,000 rows give or misses it on one side. Rows that settle what a claim leaves open are the same
in all repetitions, except for ``drift``, which speaks of them.
"""

import argparse
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
from scipy.special import expit

from halflife.models.domain import Scope
from halflife.models.learner.calibrate import Uncalibrated
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL, ROW_ID, TICK, Array, Column, Kind, Schema
from halflife.monitoring.claims.estimation.measure import estimates, measure
from halflife.monitoring.claims.evidence import model_view as sweep_module
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question

SCHEMA = Schema((Column("x", Kind.NUMERIC), Column("z", Kind.NUMERIC), Column("c", Kind.CATEGORICAL)))
CATEGORIES = {"c": ("a", "b", "o")}
SIDES = 'a="z > 0", b="z <= 0"'
CLAIMS = {
    "accuracy": "accuracy() > 0",
    "amplification": 'amplification("z > 0.3") > 0',
    "attribution_rank": 'attribution_rank("x") > 0',
    "attribution_share": 'attribution_share("x") > 0',
    "auc": "auc() > 0",
    "base_rate": "base_rate(where=\"c = 'b'\") > 0",
    "brier": "brier() > 0",
    "calibration_error": "calibration_error() > 0",
    "calibration_intercept": "calibration_intercept() > 0",
    "calibration_slope": "calibration_slope() > 0",
    "drift of a number": 'drift("x") > 0',
    "drift of a category": 'drift("c") > 0',
    "effect": 'effect("x") > 0',
    "effect (ale)": 'effect("x", kind="ale") > 0',
    "flips (share)": 'flips(set={"x": -1}) > 0',
    "fpr": "fpr() > 0",
    "gap of auc": f'gap("auc", {SIDES}) > 0',
    "gap of fpr": f'gap("fpr", {SIDES}) > 0',
    "gap of log_loss": f'gap("log_loss", {SIDES}) > 0',
    "gap of precision": f'gap("precision", {SIDES}) > 0',
    "interaction": 'interaction("x", "z") > 0',
    "log_loss": "log_loss() > 0",
    "precision": "precision() > 0",
    "reliance (flips)": 'reliance("x") > 0',
    "reliance (loss)": 'reliance("x", metric="loss") > 0',
    "reliance (permutation)": 'reliance("x", metric="loss", do="permutation") > 0',
    "representation": "representation(\"c = 'o'\") > 0",
    "slice_loss": 'slice_loss("z > 0.5") > 0',
    "tpr": "tpr() > 0",
}
TRUTH_ROWS, BIRTH_ROWS, MOVED = 400_000, 1000, 0.4
OUT = Path(__file__).parents[2] / ".bench" / "coverage.json"


@dataclass(frozen=True)
class Formula(Model):
    """A model that is a formula, so that what it says of a population can be worked out."""

    def raw(self, matrix: Array, threads: int = 0) -> Array:
        """X + z + 0.4·x·z, and for the second category 0.5 and 0.3·x·z more."""
        x, z, c = matrix.T
        return np.asarray(x + z + 0.4 * x * z + (0.5 + 0.3 * x * z) * (c == 1))


def parts(model: Model, matrix: Array, threads: int = 0) -> Array:
    """Stands for attributions: what each feature adds, skewed and dependent as real ones are."""
    x, z, c = matrix.T
    return np.column_stack([x + 0.2 * x * z, z + 0.2 * x * z, 0.5 * (c == 1)])


def draw(rng: np.random.Generator, n: int, first: int = 0, moved: float = 0.0) -> pd.DataFrame:
    """The model is overconfident and a little low: the true log-odds are 0.1 + 0.8 of what it says."""
    x, z = rng.normal(size=n), 0.6 * rng.standard_t(5, size=n)
    x = x + 0.3 * z + moved
    c = rng.choice(3, n, p=np.array([0.5 - 0.3 * moved, 0.35 + 0.3 * moved, 0.15]))
    said = MODEL.raw(np.column_stack([x, z, c]))
    frame = pd.DataFrame({ROW_ID: (first + np.arange(n)).astype(str), TICK: 0})
    frame[LABEL] = (rng.random(n) < expit(0.1 + 0.8 * said)).astype(float)
    frame["x"], frame["z"], frame["c"] = x, z, pd.Series(np.array(CATEGORIES["c"])[c], dtype="str")
    return frame


MODEL = Formula("", SCHEMA, CATEGORIES, Uncalibrated("a simulation"), 0.5)


def questions(names: Iterable[str]) -> list[Question]:
    """The claims, put to rows that moved after they were made where they are about drift."""
    return [
        Question(
            parse(CLAIMS[name]),
            Scope.POPULATION,
            *(("now", None, "then") if "drift" in name else ("rows", None, "born")),
        )
        for name in names
    ]


def truth(asked: list[Question], born: pd.DataFrame) -> Array:
    """θ on 400,000 rows: within a few hundredths of an interval's width; in the name of golden tests of θ."""
    rng, n = np.random.default_rng(99), TRUTH_ROWS
    first = 10**9
    sets = {"rows": draw(rng, n, first), "born": born}
    sets |= {"then": draw(rng, n, first + n), "now": draw(rng, n, first + 2 * n, MOVED)}
    return estimates([ModelPass(MODEL, Evidence(sets))], asked)[0]


def simulate(
    names: list[str], *, repetitions: int, rows: int, replicates: int = 1000, seed: int = 7
) -> dict[str, Array]:
    """How often the truth lies below and above the interval, and the interval's mean width.

    Returns:
        Of each name (share below, share above, width).
    """
    born = draw(np.random.default_rng(5), BIRTH_ROWS, 10**8)
    asked = questions(names)
    found = np.zeros((len(names), 3))
    with mock.patch.object(sweep_module, "attributions", parts):
        expected = truth(asked, born)
        rng = np.random.default_rng(seed)
        for repetition in range(repetitions):
            first = 3 * repetition * rows
            sets: Mapping[str, pd.DataFrame] = {
                "rows": draw(rng, rows, first),
                "born": born,
                "then": draw(rng, rows, first + rows),
                "now": draw(rng, rows, first + 2 * rows, MOVED),
            }
            answers = measure(ModelPass(MODEL, Evidence(sets)), asked, replicates=replicates)
            for k, (answer, theta) in enumerate(zip(answers, expected, strict=True)):
                assert answer.interval is not None, (names[k], answer.reason)
                said = answer.interval
                found[k] += theta < said.lower, theta > said.upper, said.upper - said.lower
    return dict(zip(names, found / repetitions, strict=True))


def main() -> None:
    """Print the table and keep it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="statistics; all when left out")
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=500)
    asked = parser.parse_args()
    names = [n for n in CLAIMS if not asked.names or any(n.split()[0] == name for name in asked.names)]
    found = simulate(names, repetitions=asked.repetitions, rows=asked.rows)
    print(
        f"{asked.repetitions:,} repetitions of {asked.rows:,} rows; 90 % is meant, 5 % a side; ok within 88 to 92 %\n"
    )
    print("| statistic | covers | truth below | truth above | mean width | ok |\n|---|---|---|---|---|---|")
    kept = []
    for name, (below, above, width) in found.items():
        covers = 1 - below - above
        ok = 0.88 <= covers <= 0.92
        print(
            f"| {name} | {covers:.1%} | {below:.1%} | {above:.1%} | {width:.3f} | {'yes' if ok else 'no'} |", flush=True
        )
        kept.append({"statistic": name, "claim": CLAIMS[name], "rows": asked.rows, "covers": covers, "below": below,
                     "above": above, "width": width, "ok": bool(ok)})  # fmt: skip
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
