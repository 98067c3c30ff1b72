"""Labels chosen by the champion's decisions: as the ledger had it at the tick, whatever was killed and done again."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from halflife.models.domain import Role
from halflife.models.errors import TickError
from halflife.models.learner.feedback import identified, selective
from halflife.models.learner.selective_labels import explored, selective_labels
from halflife.models.rows import LABEL, PROPENSITY, ROW_ID, Split, Window
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
from halflife.monitoring.context import Context
from halflife.monitoring.steps import ingest_ticks
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.retrain_version import retrain
from halflife.testing.policies import small_policy

Make = Callable[..., Context]


class Killed(Exception):
    """Stands for a process that ends."""


def live(service: Context, until: int, *, every: int = 2) -> Window:
    """Ingest and retrain as a replay does, and the window of all ticks in the end."""
    for tick in range(3, until + 1, every):
        ingest(service, tick)
        retrain(service, tick)
    return service.store.window(0, service.store.last_tick)


def test_blocked_rows_get_a_label_only_if_they_are_explored(make: Make) -> None:
    """Propensities are those of the champion of the tick; nothing blocked is labelled but the explored share."""
    service = make("feedback", rows=1500)
    rows = live(service, 9).rows
    blocked = rows[PROPENSITY] < 1
    assert not blocked[rows["_tick"] <= 3].any(), "no champion, no decision"
    assert (rows.loc[blocked, PROPENSITY] == 0.03).all()
    champion = next(v for v in reversed(service.ledger.versions()) if v.role is Role.CHAMPION and v.last < 9)
    last = rows[rows["_tick"] == 9]
    decided = service.registry.model(champion).probability(last) >= 0.5
    np.testing.assert_array_equal(decided, last[PROPENSITY] < 1)
    old = rows["_tick"] <= 7  # whose labels have all had the time to arrive
    assert rows.loc[old & ~blocked, LABEL].notna().all()
    seen = rows.loc[old & blocked, LABEL].notna()
    np.testing.assert_array_equal(seen, explored(rows.loc[old & blocked, ROW_ID], 0.03))
    n = int((old & blocked).sum())
    assert n > 500
    assert abs(seen.sum() - 0.03 * n) < 4 * np.sqrt(0.03 * n)


def test_the_twin_has_the_same_rows_and_every_label(make: Make) -> None:
    """Without feedback the rows and labels are the same, none is missing, and every propensity is 1."""
    chosen, free = (live(make(name), 7).rows for name in ("feedback", "feedback-off"))
    features = [name for name in chosen.columns if name not in (LABEL, PROPENSITY)]
    pd.testing.assert_frame_equal(chosen[features], free[features])
    both = chosen[LABEL].notna()
    assert (chosen.loc[both, LABEL] == free.loc[both, LABEL]).all()
    assert (free[PROPENSITY] == 1).all()
    assert free.loc[free["_tick"] <= 5, LABEL].notna().all()
    assert chosen.loc[chosen["_tick"] <= 5, LABEL].isna().any()


def test_an_ordinary_world_knows_no_propensities(make: Make) -> None:
    """Where decisions touch no label, there is no such column."""
    window = live(make("calm"), 5)
    assert PROPENSITY not in window.rows.columns
    assert identified(window).startswith("no propensities are logged")


@pytest.mark.parametrize("table", ["_set_aside", "_labels", "_rows"])
def test_an_ingest_that_was_killed_decides_the_same_again(
    make: Make, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """Cut off before any of a tick's tables is written, and done again, the window is the one never cut off."""
    whole = live(make("feedback"), 7)
    other = make("sudden")  # another home; what is streamed is the same world
    service = replace(other, feed=SyntheticFeed(make("feedback-off").feed.world, ticks=40, feedback=True))
    store = DeltaStore(service.home / "killed", service.store.split)
    service = replace(service, store=store)
    live(service, 5)
    target = getattr(store, table)
    append = target.append

    def dies(tick: int, frame: pd.DataFrame) -> bool:
        if tick == 7:
            raise Killed
        return bool(append(tick, frame))

    with monkeypatch.context() as patched:
        patched.setattr(target, "append", dies)
        try:
            ingest(service, 7)
        except Killed:
            died = True
        else:  # nothing to set aside: that table is not written to
            died = False
    assert died or table == "_set_aside"
    service = replace(service, store=DeltaStore(store.folder, store.split))
    ingest(service, 7)
    assert service.store.window(0, 7).digest == whole.digest


def test_a_version_never_decides_the_ticks_it_was_trained_on(make: Make) -> None:
    """No version is made of ticks not yet ingested, and one that is there already decides later ticks only."""
    service = make("feedback")
    live(service, 5)
    with pytest.raises(TickError, match="ticks 4 to 7 were asked for; the store has ticks 0 to 5"):
        retrain(service, 7)
    ingest(service, 7)
    decided = service.store.window(7, 7).rows[PROPENSITY]
    early = replace(service.ledger.versions()[-1], number=99, last=7, role=Role.CHAMPION, registry_version="99")
    service.ledger.add_version(early)
    batch = service.feed.batch(7)
    decides = ingest_ticks._champion_of(service, 7)
    batch = selective_labels(batch, decides, 0.03, service.store.cases)
    assert batch.rows[PROPENSITY].tolist() == decided.tolist()


def test_without_exploration_nothing_is_identified(make: Make) -> None:
    """With ε = 0 what is blocked has propensity 0, its labels never arrive, and that is what is said."""
    service = make("feedback")
    service = replace(service, feed=SyntheticFeed(service.feed.world, ticks=40, exploration=0.0))
    window = live(service, 7)
    blocked = window.rows[PROPENSITY] == 0
    assert blocked.any()
    assert window.rows.loc[blocked, LABEL].isna().all()
    assert selective(window)
    assert "were blocked without exploration" in identified(window)


def test_a_recipe_changes_at_its_tick(make: Make) -> None:
    """Versions whose window ends before the tick are made by the old recipe, those from it on by the new one."""
    service = make("calm")
    new = replace(service.policy.recipe, leaves=3)
    service = replace(service, policy=small_policy(service.policy, changes=((5, new),)))
    live(service, 7)
    digests = [v.recipe for v in service.ledger.versions()]
    assert digests == [service.policy.recipe.digest, new.digest, new.digest]
    assert [v.parameters["leaves"] for v in service.ledger.versions()] == [7, 3, 3]


def test_a_world_that_repeats_gives_every_version_the_same_rows(make: Make) -> None:
    """Under ``reseed`` versions differ by their seed alone: same entities in training, same evidence, row for row."""
    service = make("reseed")
    live(service, 9)
    versions = service.ledger.versions()
    assert len({v.seed for v in versions}) == len(versions) == 4
    features = list(service.store.fixed_schema.names)
    held = [service.rows.window(v).rows.sort_values("_entity")[["_entity", LABEL, *features]] for v in versions]
    for other in held[1:]:
        pd.testing.assert_frame_equal(other.reset_index(drop=True), held[0].reset_index(drop=True))
    assert len({v.rows for v in versions}) == 1
    assert len({v.metrics["auc"].estimate for v in versions}) == len(versions), "the seed is all that is left"


def test_exploration_is_independent_of_the_part_a_row_plays() -> None:
    """A chi-square test by scipy finds no link between who is explored and who tests, and the share is the one asked for."""
    ids = pd.Series([f"{t:05d}-{r:05d}" for t in range(40) for r in range(500)], dtype="str")
    chosen, parts = explored(ids, 0.1), Split().parts(ids)
    assert abs(chosen.mean() - 0.1) < 4 * np.sqrt(0.09 / len(ids))
    assert chi2_contingency(pd.crosstab(parts.astype(str), chosen)).pvalue > 1e-3


@given(small=st.floats(0, 1), large=st.floats(0, 1))
@settings(deadline=None, max_examples=25)
def test_who_is_explored_at_a_small_share_is_at_a_larger_one(small: float, large: float) -> None:
    """Worlds that differ in their exploration alone share their explored rows."""
    ids = pd.Series([f"r{k}" for k in range(200)], dtype="str")
    few, many = sorted((small, large))
    assert not (explored(ids, few) & ~explored(ids, many)).any()
