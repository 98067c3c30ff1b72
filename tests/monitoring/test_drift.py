import numpy as np
import pandas as pd
import pytest

from models.domain import ColumnDrift, Drift
from models.rows import Column, Kind, Schema
from monitoring.drift import compare, judge, read

SCHEMA = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))


def frame(n: int = 1_200, **columns: object) -> pd.DataFrame:
    """Rows of the schema above, some columns replaced."""
    rng = np.random.default_rng(n)
    own = {"age": rng.normal(size=n), "job": rng.choice(["cook", "spy"], n), "prediction": rng.random(n)}
    return pd.DataFrame({**own, "_label": (rng.random(n) < 0.3).astype(float), **columns})


def judged(reference: pd.DataFrame, current: pd.DataFrame, *scores: ColumnDrift) -> Drift:
    """The watch of two frames whose columns got these scores."""
    comparison = compare(reference, current, SCHEMA)
    rows = len(reference), len(current)
    return judge(scores, comparison, tick=9, first_tick=5, against=2, rows=rows)


def score(name: str, value: float) -> ColumnDrift:
    """A column's score against Evidently's threshold."""
    return ColumnDrift(name, "wasserstein", value, 0.1, value >= 0.1)


def test_one_column_is_enough_for_an_alarm() -> None:
    """One of four columns moved: that is drift, and the note names it and counts."""
    drift = judged(
        frame(), frame(), score("age", 0.4), score("job", 0.01), score("prediction", 0.02), score("label", 0.0)
    )
    assert (drift.drifted, drift.powered) == (True, True)
    assert drift.note == "age moved (1 of 4 columns)."


def test_too_few_rows_alarm_on_nothing() -> None:
    """Below 1,000 rows on either side the watch says it cannot tell, whatever the scores."""
    drift = judged(frame(), frame(999), score("age", 4.0))
    assert (drift.drifted, drift.powered) == (False, False)
    assert drift.note == "Too few rows to tell: 1,200 in the reference and 999 now, where 1,000 a side are needed."


def test_note_names_the_farthest_first() -> None:
    """Columns are named by how far they are past their thresholds; the rest are counted."""
    drift = judged(
        frame(),
        frame(),
        *(score(n, s) for n, s in zip(["age", "job", "prediction", "label"], (0.2, 0.4, 0.3, 0.5), strict=True)),
    )
    assert drift.note == "label, job, prediction and 1 more moved (4 of 4 columns)."


@pytest.mark.parametrize(
    ("before", "now", "why", "moved"),
    [
        ({}, {"age": np.nan}, "is empty now", True),
        ({"age": np.nan}, {}, "was empty", True),
        ({"age": np.nan}, {"age": np.nan}, "is empty", False),
        ({"age": 3.0}, {"age": 3.0}, "is constant", False),
        ({"age": 3.0}, {}, "was constant", True),
        ({}, {"age": "forty"}, "is empty now", True),
        ({}, {"age": np.inf}, "is empty now", True),
        ({"job": "cook"}, {"job": "cook"}, "is constant", False),
        ({}, {"job": None}, "is empty now", True),
    ],
)
def test_columns_without_a_distribution_are_set_aside(
    before: dict[str, object], now: dict[str, object], why: str, moved: bool
) -> None:
    """Empty, constant and mistyped columns are left out of the comparison, and the note says so."""
    name = next(iter({**before, **now}))
    reference, current = frame(**before), frame(**now)
    comparison = compare(reference, current, SCHEMA)
    assert comparison.aside == {name: why}
    assert name not in comparison.reference
    drift = judged(reference, current)
    assert drift.drifted is moved
    assert f"{name} ({why}) moved" in drift.note if moved else f"not compared: {name} {why}" in drift.note


def test_absent_column_counts_as_empty() -> None:
    """A column the newest rows no longer have has moved; nothing crashes."""
    drift = judged(frame(), frame().drop(columns="age"))
    assert drift.drifted
    assert drift.missing["age"] == 1.0


def test_rising_missing_share_is_drift() -> None:
    """A fifth of the values vanished: the column has moved, though those left are distributed as before."""
    current = frame()
    current.loc[:239, "age"] = np.nan
    drift = judged(frame(), current, score("age", 0.01), score("job", 0.01))
    assert next((c.name, c.method, c.score, c.drifted) for c in drift.columns) == ("age", "missing share", 0.2, True)


def test_late_labels_are_no_drift() -> None:
    """Labels that have not arrived make the label untestable, not drifted."""
    current = frame()
    current.loc[200:, "_label"] = np.nan
    drift = judged(frame(), current, score("age", 0.01), score("job", 0.01))
    assert not drift.drifted
    assert drift.note == "None of 2 columns moved; not compared: label has 200 values."


def test_feature_called_label_keeps_its_name() -> None:
    """The label yields its plain name to a feature of that name."""
    schema = Schema((Column("label", Kind.NUMERIC),))
    rows = frame(label=np.arange(1_200.0))
    assert list(compare(rows, rows, schema).missing) == ["label", "prediction", "_label"]


def test_scores_that_are_no_number_are_left_out() -> None:
    """Evidently gives NaN where it cannot compare; other metrics of the same report are passed over."""
    config = {"type": "evidently:metric_v2:ValueDrift", "column": "age", "method": "wasserstein", "threshold": 0.1}
    count = {"config": {"type": "evidently:metric_v2:DatasetMissingValueCount"}, "value": {"count": 0.0, "share": 0.0}}
    assert read([{"config": config, "value": float("nan")}, count]) == ()


def test_rows_without_a_model_have_no_prediction() -> None:
    """Frames without predictions and labels are compared by their inputs alone."""
    rows = frame()[["age", "job"]]
    assert list(compare(rows, rows, SCHEMA).kinds) == ["age", "job"]
