"""Scores on the rows that came after: by hand, with entities, and where there is nothing to score."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from halflife.models.learner.fit import fit
from halflife.models.rows import ENTITY, LABEL, Part, Split, Window
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.trials.backtest import Backtest
from halflife.monitoring.trials.prequential import disagreement, labelled, scored
from halflife.monitoring.trials.trial import Block

EMPTY = Block(tick=4, trees=8, cpu=0.1)


def test_a_block_has_scikit_learns_figures(history: Callable[..., Backtest], store: DeltaStore) -> None:
    """Log loss and AUC are scikit-learn's, churn is the share of decisions that two models disagree on."""
    here = history()
    schema = store.schema
    assert schema is not None
    before, model = (fit(store.window(*ticks), schema, here.policy.recipe, seed=1) for ticks in ((0, 2), (2, 4)))
    rows = here.after(4)
    block = scored(EMPTY, rows, model, before)
    p, label = model.probability(rows), rows[LABEL].to_numpy()
    assert block.log_loss == pytest.approx(log_loss(label, p))
    assert block.auc == pytest.approx(roc_auc_score(label, p))
    assert block.churn == np.mean((p >= 0.5) != (before.probability(rows) >= 0.5)) > 0
    assert (block.rows, block.tick, block.trees, block.cpu) == (len(rows), 4, 8, 0.1)
    assert scored(EMPTY, rows, model, None).churn is None
    assert disagreement(model, model, rows) == 0


def test_rows_after_a_version_are_all_labelled_ones_until_the_next(
    history: Callable[..., Backtest], store: DeltaStore
) -> None:
    """Of all parts, from the tick after it to the tick of the next version, with labels as known in the end."""
    rows = history(until=7).after(4)
    assert set(rows["_tick"]) == {5, 6}
    known = store.window(5, 6, store.as_of(7)).rows[LABEL].notna()
    assert len(rows) == known.sum() < len(known) == 1600


def test_a_version_after_which_nothing_came_is_not_scored(history: Callable[..., Backtest], store: DeltaStore) -> None:
    """The block of a version at the end of the history has no rows and no score."""
    rows = history(until=8).after(8)
    assert rows.empty
    schema = store.schema
    assert schema is not None
    assert scored(EMPTY, rows, fit(store.window(0, 2), schema, history().policy.recipe, 1), None) == EMPTY


def test_one_label_alone_has_no_auc(history: Callable[..., Backtest], store: DeltaStore) -> None:
    """With fewer than two rows of a label there is a log loss and no AUC."""
    rows = history().after(4)
    single = rows[rows[LABEL] == 0].reset_index(drop=True)
    schema = store.schema
    assert schema is not None
    block = scored(EMPTY, single, fit(store.window(0, 2), schema, history().policy.recipe, 1), None)
    assert block.auc is None
    assert block.log_loss is not None


def test_where_rows_repeat_by_entity_only_evidence_is_scored(store: DeltaStore) -> None:
    """A customer whose earlier rows trained a model does not score it."""
    rows = store.window(0, 2).rows
    repeated = Window(0, 2, "1", rows.assign(**{ENTITY: [f"c{i % 90}" for i in range(len(rows))]}), Split())
    found = labelled(repeated)
    evidence = repeated.part(Part.EVIDENCE)
    assert found["_id"].tolist() == evidence["_id"].tolist()
    assert 0 < len(found) < len(rows) / 4
