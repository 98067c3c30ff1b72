"""The rows that came after a version: test first, then train.

Every version is scored on the labelled rows that arrived after its window and before the next version's. No model that is
compared on a row has seen it, whatever part the row plays, so all parts count: ten times the rows of the evidence alone.
Where rows repeat by entity, an entity's earlier rows may have trained the model, and evidence rows alone are used.

Source: Dawid, "Statistical theory: the prequential approach", Journal of the Royal Statistical Society A, 1984.
"""

from typing import TYPE_CHECKING

import numpy as np

from halflife.models.learner.evaluate import delong, row_log_loss
from halflife.models.learner.model import Model
from halflife.models.rows import ENTITY, LABEL, Part
from halflife.monitoring.trials.trial import Block

if TYPE_CHECKING:
    import pandas as pd

    from halflife.models.rows import Window


def labelled(window: "Window") -> "pd.DataFrame":
    """The labelled rows of a stretch of ticks that no model trained before it has seen."""
    if ENTITY in window.rows.columns:
        return window.part(Part.EVIDENCE)
    known: pd.DataFrame = window.rows.loc[window.rows[LABEL].notna()].reset_index(drop=True)
    return known


def scored(block: Block, rows: "pd.DataFrame", model: Model, before: Model | None) -> Block:
    """The block with what its version, and the one before, make of the rows after it.

    Args:
        block: of the version.
        rows: labelled, canonical; may be empty.
        model: the version's.
        before: the version's before; None for the first.
    """
    if rows.empty:
        return block
    label = rows[LABEL].to_numpy(dtype=float)
    probability = model.probability(rows)
    ranked = min(label.sum(), len(label) - label.sum()) > 1
    return Block(
        tick=block.tick,
        trees=block.trees,
        cpu=block.cpu,
        rows=len(rows),
        log_loss=float(row_log_loss(probability, label).mean()),
        auc=delong(probability, label)[0] if ranked else None,
        churn=None if before is None else disagreement(model, before, rows),
    )


def disagreement(one: Model, other: Model, rows: "pd.DataFrame") -> float:
    """Share of rows on which two models decide differently, each at its threshold (churn).

    Source: Milani Fard, Cormier, Canini, Gupta, "Launch and iterate: reducing prediction churn", NeurIPS 2016.
    """
    decided = [m.probability(rows) >= m.threshold for m in (one, other)]
    return float(np.mean(decided[0] != decided[1]))
