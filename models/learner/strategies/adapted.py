"""Older ticks count as far as they look like the newest."""

import numpy as np

from halflife.models.learner.domain_weights import domain_weights
from halflife.models.learner.strategies.strategy import Material, Strategy
from halflife.models.rows import TICK, Array, Part, Window

NEWEST = 0.25
"""Share of a window's ticks whose inputs the older rows are weighted to."""


class Adapted(Strategy):
    """Rows of older ticks weigh what a domain classifier says of their inputs; those of the newest quarter weigh 1.

    The newest ticks need no labels for it: their training rows are told apart from the older ones by inputs alone. The
    weights are a function of the window, so seeds do not move them; coupled shadows weigh the same classifier's word.
    """

    name = "adapted"

    def importance(self, material: Material) -> Array | None:
        frame, since = material.window.rows, newest(material.window)
        older = frame[TICK].to_numpy()[material.rows] < since
        target = frame.loc[material.window.mask(Part.TRAIN, labelled=False) & (frame[TICK] >= since).to_numpy()]
        if not older.any() or not len(target):
            return None
        weight = np.ones(len(older))
        found = domain_weights(frame.iloc[material.rows[older]], target, material.schema, seed=0)
        weight[older] = np.maximum(found.weights, np.finfo(np.float32).tiny)
        return weight


def newest(window: Window) -> int:
    """The first of the newest quarter of a window's ticks, at least one.

    >>> from halflife.models.rows import Split
    >>> [newest(Window(0, last, "", None, Split())) for last in (0, 3, 7)]
    [0, 3, 6]
    """
    ticks = window.last - window.first + 1
    return window.last - max(1, round(ticks * NEWEST)) + 1
