"""Fits on parts of a window, all scored on the same evidence rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from halflife.models.learner.evaluate import row_log_loss
from halflife.models.learner.fit import fit
from halflife.models.learner.learning_curves import Shares, arc, learnt_from, part_of, places, seeds
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, ROW_ID, Array, Mask, Part, Schema, Window

Progress = Callable[[int, int], None]
"""Told how many fits are done, and how many there will be."""


@dataclass(frozen=True)
class Scored:
    """What m sizes × r repeats say of n evidence rows.

    Attributes:
        shares: of the labels, rising, the last 1.
        probability: shape (m, r, n).
        loss: log loss of each row, shape (m, r, n).
        label: shape (n,).
    """

    shares: Shares
    probability: Array
    loss: Array
    label: Array


class SubsetFits:
    """Trains one recipe on parts of a window and scores its evidence rows; every fit is counted.

    Args:
        window: whose labelled rows are taken apart.
        schema: the features.
        recipe: as the version was made by.
        base: numbers that name the experiment; they decide the circle and the seeds.
        repeats: at least 2.
    """

    def __init__(self, window: Window, schema: Schema, recipe: Recipe, base: tuple[int, ...], repeats: int) -> None:
        self.window, self.schema, self.recipe, self.repeats = window, schema, recipe, repeats
        self.evidence = window.part(Part.EVIDENCE)
        self.label = self.evidence[LABEL].to_numpy(dtype=float)
        self.fits = 0
        self._usable = learnt_from(window)
        circle, *self._seeds = seeds(base, repeats + 1)
        self._places = places(window.rows[ROW_ID], circle)

    def sizes(self, shares: Shares, done: Callable[[], None]) -> Scored:
        """Every repeat at every share. Raises NotTrainable."""
        probability = np.empty((len(shares), self.repeats, len(self.label)))
        for k in range(self.repeats):
            for m, share in enumerate(shares):
                probability[m, k] = self._probability(arc(self._places, share, k, self.repeats), k)
                done()
        loss = row_log_loss(probability, np.broadcast_to(self.label, probability.shape))
        return Scored(shares, probability, loss, self.label)

    def thinned(self, segment: Mask, share: float, done: Callable[[], None]) -> Array:
        """Log loss of each evidence row, shape (r, n), with all labels but a share of those of a segment taken away.

        Args:
            segment: which rows of the window, shape (rows,).
            share: of the segment's rows that stay.
            done: called after each fit.

        Raises:
            NotTrainable: what stays teaches nothing.
        """
        loss = np.empty((self.repeats, len(self.label)))
        for k in range(self.repeats):
            kept = ~segment | arc(self._places, share, k, self.repeats)
            loss[k] = row_log_loss(self._probability(kept, k), self.label)
            done()
        return loss

    def _probability(self, keep: Mask, repeat: int) -> Array:
        model = fit(part_of(self.window, keep & self._usable), self.schema, self.recipe, self._seeds[repeat])
        self.fits += 1
        return model.calibration(model.raw(model.matrix(self.evidence), self.recipe.threads))
