"""Where labels help: a world whose answer is known."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from halflife.models.errors import NotTrainable
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, ROW_ID, Array, Column, Kind, Schema, Split, Window
from halflife.monitoring.label_needs.label_value import Labels, labels
from halflife.monitoring.label_needs.needs_report import Advice
from halflife.monitoring.label_needs.subset_fits import SubsetFits

SCHEMA = Schema((Column("group", Kind.CATEGORICAL), *(Column(f"x{j}", Kind.NUMERIC) for j in range(3))))
EASY, NOISE, RARE = (f"group = '{name}'" for name in ("easy", "noise", "rare"))
RECIPE = Recipe(trees=60, leaves=8, min_rows_per_leaf=10, threads=1)


def world(rows: int = 12_000) -> Window:
    """Most rows follow one simple rule; a quarter is noise; one in twelve follows an intricate rule of its own."""
    rng = np.random.default_rng(0)
    group = rng.choice(["easy", "noise", "rare"], rows, p=[0.67, 0.25, 0.08])
    x: Array = rng.normal(size=(rows, 3))
    logit = np.select(
        [group == "easy", group == "rare"], [3 * np.sign(x[:, 0]), 3 * np.sign(x[:, 1] * x[:, 2])], default=0.0
    )
    frame = pd.DataFrame(x, columns=["x0", "x1", "x2"]).assign(group=group)
    frame[ROW_ID], frame["_tick"] = [f"r{i}" for i in range(rows)], np.arange(rows) * 10 // rows
    frame[LABEL] = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(float)
    return Window(0, 9, "1", frame, Split(evidence=0.4, discovery=0.0, calibration=0.1))


def look(window: Window, fits: int, segments: tuple[str, ...], seen: list[tuple[int, int]] | None = None) -> Labels:
    """Labels of a window, with four repeats at five sizes."""
    trainer = SubsetFits(window, SCHEMA, RECIPE, (1, 2), repeats=4)
    told = labels(
        trainer,
        segments,
        sizes=5,
        fits=fits,
        level=0.9,
        replicates=200,
        progress=lambda done, total: (seen if seen is not None else []).append((done, total)),
    )
    assert trainer.fits <= max(fits, 20)
    return told


@cache
def known() -> Labels:
    """All three segments, with budget for each."""
    return look(world(), 40, (EASY, NOISE, RARE))


def test_a_segment_with_few_rows_and_a_rule_of_its_own_is_where_labels_are_needed() -> None:
    """It comes first, its gain is clear of its error, and it is several times that of labels at random."""
    first = known().segments[0]
    assert first.where == RARE
    assert first.advice is Advice.HELPS
    assert first.trial is not None
    assert first.trial.gain.lower > 0
    anywhere = known().anywhere
    assert anywhere is not None
    assert first.trial.gain.estimate > 3 * anywhere.estimate


def test_noise_is_not_recommended_however_large_its_loss() -> None:
    """The segment without a rule has the largest loss of all, and labels there hardly help."""
    by_name = {need.where: need for need in known().segments}
    noise = by_name[NOISE]
    assert noise.curve.full.loss > max(by_name[EASY].curve.full.loss, 0.6)
    assert noise.advice is not Advice.HELPS
    assert noise.trial is not None
    assert noise.trial.gain.estimate < by_name[RARE].trial.gain.estimate / 5  # type: ignore[union-attr] # was tried


def test_where_the_models_disagree_is_told_apart() -> None:
    """Half of the labels tell the repeats different stories about noise and about the rare rule, not about the easy one."""
    weird = {need.where for need in known().segments if need.weird(known().whole)}
    assert weird == {NOISE, RARE}


def test_ticks_follow_the_rate_at_which_labels_come() -> None:
    """A thousand labels of a segment take as many ticks as the window's rate of them says."""
    for need in known().segments:
        assert need.ticks == pytest.approx(1000 / (need.curve.labels / 10))


def test_the_budget_goes_to_what_could_gain_most() -> None:
    """With fits for one segment beyond the curves, one is tried, and it is not the easy one; every fit is told."""
    seen: list[tuple[int, int]] = []
    told = look(world(), 24, (EASY, NOISE, RARE), seen)
    tried = [need.where for need in told.segments if need.trial is not None]
    assert len(tried) == 1
    assert tried != [EASY]
    assert {need.advice for need in told.segments[1:]} == {Advice.UNTRIED}
    assert seen == [(k, 24) for k in range(1, 25)]


def test_a_segment_with_few_evidence_rows_is_named_and_not_judged() -> None:
    """Below 30 evidence rows there is no curve and no trial, only the counts."""
    told = look(world(3_000), 20, ("x0 > 2.5", "x0 <= 2.5"))
    (unseen,) = told.unseen
    assert unseen.where == "x0 > 2.5"
    assert 0 < unseen.rows < 30 < unseen.labels + 30
    assert [need.where for need in told.segments] == ["x0 <= 2.5"]


def test_a_window_without_labels_says_so() -> None:
    """What training refuses, the curves refuse with the same words."""
    window = world(60)
    window.rows[LABEL] = np.nan
    with pytest.raises(NotTrainable, match="labelled training rows"):
        look(window, 20, (EASY,))
