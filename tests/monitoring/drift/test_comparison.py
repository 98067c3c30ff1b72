import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import ColumnDrift, Drift
from halflife.models.rows import Column, Kind, Schema
from halflife.monitoring.drift.comparison import DriftComparison, compare, judge, label_of, prediction_of
from halflife.monitoring.drift.sketches.layout import Layout, found_column
from halflife.monitoring.drift.sketches.profile import profile

KINDS = {"age": Kind.NUMERIC, "job": Kind.CATEGORICAL, "prediction": Kind.NUMERIC, "label": Kind.CATEGORICAL}


def frame(n: int = 1_200, seed: int = 0, **columns: object) -> pd.DataFrame:
    """Rows of the kinds above, some columns replaced."""
    rng = np.random.default_rng([n, seed])
    own = {"age": rng.normal(size=n), "job": rng.choice(["cook", "spy"], n), "prediction": rng.random(n)}
    return pd.DataFrame({**own, "label": rng.choice(["0", "1"], n, p=[0.7, 0.3]), **columns})


def comparison(reference: pd.DataFrame, current: pd.DataFrame, founders: pd.DataFrame | None = None) -> DriftComparison:
    """What two frames' columns have to say, over the bins that other rows (by default the reference) suggest."""
    first = reference if founders is None else founders
    layout = Layout({name: found_column(first[name], kind) for name, kind in KINDS.items()})
    sides = profile(reference, layout), profile(current, layout)
    return compare(*sides, lambda name: (reference[name], current[name]), np.random.default_rng(0))


def judged(reference: pd.DataFrame, current: pd.DataFrame, founders: pd.DataFrame | None = None) -> Drift:
    """The watch of two frames."""
    rows = len(reference), len(current)
    return judge(comparison(reference, current, founders), tick=9, first_tick=5, against=2, rows=rows)


def test_one_column_is_enough_for_an_alarm() -> None:
    """One of four columns moved: that is drift, and the note names it and counts."""
    current = frame(seed=1)
    drift = judged(frame(), current.assign(age=current.age + 1))
    assert (drift.drifted, drift.powered) == (True, True)
    assert drift.note == "age moved (1 of 4 columns)."


def test_too_few_rows_alarm_on_nothing() -> None:
    """Below 1,000 rows on either side the watch says it cannot tell, whatever the scores."""
    drift = judged(frame(), frame(999, age=np.linspace(40, 50, 999)))
    assert (drift.drifted, drift.powered) == (False, False)
    assert drift.note == "Too few rows to tell: 1,200 in the reference and 999 now, where 1,000 a side are needed."


def test_note_names_the_farthest_first() -> None:
    """Columns are named by how far they are past their thresholds; the rest are counted."""
    scores = tuple(
        ColumnDrift(name, "wasserstein", value, 0.1, True)
        for name, value in zip(KINDS, (0.2, 0.4, 0.3, 0.5), strict=True)
    )
    said = DriftComparison(scores, {}, (), dict.fromkeys(KINDS, (0.0, 0.0)))
    drift = judge(said, tick=9, first_tick=5, against=2, rows=(1_200, 1_200))
    assert drift.note == "label, job, prediction and 1 more moved (4 of 4 columns)."


@pytest.mark.parametrize(
    ("before", "now", "why", "moved"),
    [
        ({}, {"age": np.nan}, "is empty now", True),
        ({"age": np.nan}, {}, "was empty", True),
        ({"age": np.nan}, {"age": np.nan}, "is empty", False),
        ({"age": 3.0}, {"age": 3.0}, "is constant", False),
        ({"age": 3.0}, {}, "was constant", True),
        ({}, {"age": np.inf}, "is empty now", True),
        ({"job": "cook"}, {"job": "cook"}, "is constant", False),
        ({"job": "cook"}, {}, "was constant", True),
        ({}, {"job": np.nan}, "is empty now", True),
    ],
)
@pytest.mark.parametrize("founders", [None, frame(), frame(age=np.nan, job="nurse")])
def test_columns_without_a_distribution_are_set_aside(
    before: dict[str, object], now: dict[str, object], why: str, moved: bool, founders: pd.DataFrame | None
) -> None:
    """Empty and constant columns are left out of the comparison and named, whichever rows the bins were made for."""
    name = next(iter({**before, **now}))
    reference, current = frame(**before), frame(seed=1, **now)
    said = comparison(reference, current, founders)
    assert said.aside == {name: why}
    assert name not in {score.name for score in said.scores}
    drift = judged(reference, current, founders)
    assert drift.drifted is moved
    assert f"{name} ({why}) moved" in drift.note if moved else f"not compared: {name} {why}" in drift.note


def test_rising_missing_share_is_drift() -> None:
    """A fifth of the values vanished: the column has moved, though those left are distributed as before."""
    current = frame(seed=1)
    current.loc[:239, "age"] = np.nan
    drift = judged(frame(seed=2), current)
    assert next((c.name, c.method, c.score, c.drifted) for c in drift.columns) == ("age", "missing share", 0.2, True)
    assert drift.missing["age"] == 0.2


def test_late_labels_are_no_drift() -> None:
    """Labels that have not arrived make the label untestable, not drifted."""
    current = frame(seed=1)
    current.loc[200:, "label"] = np.nan
    drift = judged(frame(), current)
    assert not drift.drifted
    assert drift.note == "None of 3 columns moved; not compared: label is known for 200 rows."


def test_features_keep_their_names_beside_prediction_and_label() -> None:
    """The prediction and the label yield their plain names to features of those names."""
    plain, taken = (
        Schema((Column("age", Kind.NUMERIC),)),
        Schema((Column("label", Kind.NUMERIC), Column("prediction", Kind.NUMERIC))),
    )
    assert (prediction_of(plain), label_of(plain)) == ("prediction", "label")
    assert (prediction_of(taken), label_of(taken)) == ("_prediction", "_label")


def test_the_same_sides_give_the_same_watch() -> None:
    """Nothing but the two sides and the seed decides."""
    assert judged(frame(), frame(seed=1)) == judged(frame(), frame(seed=1))


def test_bins_made_for_other_rows_change_no_decision() -> None:
    """A world that left its bins, numbers and words alike, is scored from its rows to the same scores and decisions."""
    reference = frame(5_000).assign(age=lambda f: f.age + 1e6)
    current = frame(5_000, seed=1).assign(age=lambda f: f.age * 1.2 + 1e6, job="astronaut")
    near, far = judged(reference, current), judged(reference, current, founders=frame())
    assert [c.drifted for c in near.columns] == [c.drifted for c in far.columns]
    for one, other in zip(near.columns, far.columns, strict=True):
        assert one.score == pytest.approx(other.score, abs=one.error + other.error + 1e-9)
        assert max(one.error, other.error) <= 1e-3


def test_noise_floors_silence_chance_at_a_thousand_rows() -> None:
    """At the fewest rows a watch accepts and without drift, a bare 0.1 alarms in several of 60 watches, ours in few."""
    drifts = [judged(frame(1_000, seed=2 * k), frame(1_000, seed=2 * k + 1)) for k in range(60)]
    assert sum(drift.drifted for drift in drifts) <= 3
    assert sum(any(c.score >= 0.1 for c in drift.columns) for drift in drifts) >= 4
