"""How far scores move when one training row of thousands is left out: finite-time sensitivity, tree by tree."""

from itertools import pairwise

import numpy as np
import pandas as pd

from halflife.models.errors import UsageError
from halflife.models.learner.model import Model
from halflife.models.learner.seeding import uniform
from halflife.models.learner.trainer import Trainer
from halflife.models.learner.warm_start import WarmStart
from halflife.models.opacity import Sensitivity
from halflife.models.recipe import Recipe
from halflife.models.rows import ROW_ID, Array, Rows, Schema, Window, row_hash

NOTHING = 1e-60
"""Weight of a row left out: the row is drawn as before, and in LightGBM's single precision it weighs exactly 0. A weight
that is merely small would make sums round, and so the trees hang on the number of threads."""


def sensitivity(
    window: Window,
    schema: Schema,
    recipe: Recipe,
    seed: int,
    rows: pd.DataFrame,
    model: Model,
    refits: int,
    *,
    fresh: Model | None,
    fresh_window: tuple[int, int] | None,
    before: WarmStart | None = None,
) -> Sensitivity:
    """Refit a version without one of its training rows, so many times, and see how far raw scores move.

    Row draws and bins stay the same, so the gap is what the one row did. It is taken to a refit with every row on the
    same bins, which is the version's own model bit for bit where LightGBM and the machine are the same as then.

    Args:
        window: of the version.
        schema: its features.
        recipe: of the version.
        seed: of the version.
        rows: evidence rows whose scores are compared, shape (n, …).
        model: the version's own, whose distance to ``fresh`` is measured.
        refits: rows left out one at a time, chosen by hash.
        fresh: a model of the same recipe whose window shares no row; None when there is none.
        fresh_window: its first and last tick.
        before: what the version went on from; refits go on from it too, and its trees are not moved.

    Raises:
        UsageError: no refits or no rows are asked for.

    That learning is sensitive is argued of neural nets by Stein, Raidl, arXiv 2606.24953; of trees this only measures.
    """
    if refits < 1 or rows.empty:
        raise UsageError("sensitivity needs at least one refit and one row of evidence")
    trainer = Trainer(window, schema, recipe, seed, before)
    own = trainer.train(seed, alone=True)
    matrix = own.matrix(rows)
    counts = checkpoints(own.booster.num_trees())
    scores = staged(own, matrix, counts, recipe.threads)
    squares = []
    left_out = chosen(trainer.material.rows, window, refits, seed)
    for row in left_out:
        weights = np.ones(len(window.rows))
        weights[row] = NOTHING
        again = trainer.train(seed, weights, alone=True)
        squares.append(((staged(again, matrix, counts, recipe.threads) - scores) ** 2).mean(axis=1))
    gap = None
    if fresh is not None:
        moved = model.raw(model.matrix(rows), recipe.threads) - fresh.raw(fresh.matrix(rows), recipe.threads)
        gap = float(np.sqrt((moved**2).mean()))
    distance = tuple(np.sqrt(np.mean(squares, axis=0)).tolist())
    each = tuple(tuple(np.sqrt(own).tolist()) for own in squares)
    return Sensitivity(counts, distance, len(left_out), gap, fresh_window if fresh else None, each)


def checkpoints(trees: int) -> tuple[int, ...]:
    """Numbers of trees at which scores are compared, the last being all of them.

    >>> checkpoints(200)
    (1, 2, 3, 5, 10, 20, 30, 50, 100, 200)
    >>> checkpoints(1), checkpoints(40)
    ((1,), (1, 2, 3, 5, 10, 20, 30, 40))
    """
    steps = [step * 10**power for power in range(len(str(trees))) for step in (1, 2, 3, 5)]
    return (*(step for step in steps if step < trees), trees)


def staged(model: Model, matrix: Array, counts: tuple[int, ...], threads: int) -> Array:
    """Raw scores after so many trees, shape (len(counts), n); a model with fewer trees stays where it ends.

    Args:
        model: any.
        matrix: encoded rows, shape (n, p).
        counts: ascending numbers of trees.
        threads: of LightGBM.
    """
    there = model.booster.num_trees()
    score, found = np.zeros(len(matrix)), []
    for first, last in pairwise((0, *counts)):
        if first < there:
            steps = min(last, there) - first
            score = score + model.booster.predict(
                matrix, raw_score=True, start_iteration=first, num_iteration=steps, num_threads=threads
            )
        found.append(score)
    return np.array(found)


def chosen(rows: Rows, window: Window, count: int, seed: int) -> Rows:
    """The rows to be left out, by the smallest draw of their id, shape (count,) or as many as there are."""
    ids = window.rows[ROW_ID].iloc[rows]
    return rows[np.argsort(uniform(row_hash(ids), seed), kind="stable")[:count]]
