"""What the first ticks of a feed show before anything is trained."""

import numpy as np
import pandas as pd

from halflife.models.rows import LABEL, ROW_ID, Column, Kind, Schema
from halflife.monitoring.investigator.first_look import first_leaks
from halflife.testing.fakes import FramesFeed

SCHEMA = Schema((Column("age", Kind.NUMERIC), Column("verdict", Kind.CATEGORICAL)))


def frames(ticks: int) -> list[pd.DataFrame]:
    """Ticks of 50 rows with a verdict for positives only."""
    rng = np.random.default_rng(2)
    label = (rng.random((ticks, 50)) < 0.3).astype(float)
    return [
        pd.DataFrame({
            ROW_ID: [f"{tick}-{k}" for k in range(50)],
            "age": rng.normal(size=50),
            "verdict": np.where(label[tick] == 1, "guilty", ""),
            LABEL: label[tick],
        })
        for tick in range(ticks)
    ]  # fmt: skip


def test_a_leak_is_told_with_the_setting_that_leaves_it_out() -> None:
    """Labels of several ticks are put together: one tick alone has too few to say anything."""
    assert first_leaks(FramesFeed(SCHEMA, frames(1))) == []
    (said,) = first_leaks(FramesFeed(SCHEMA, frames(4)))
    assert said == (
        "verdict may give the label away: where it is filled, 100% of the labels are 1; elsewhere 0%; "
        'if it is only known after the label, say ignore = ["verdict"] in [feed]'
    )


def test_what_is_declared_is_not_told_again() -> None:
    """A column that is declared to be known after the label is no news, and a feed without a tick has none."""
    assert first_leaks(FramesFeed(SCHEMA, frames(4)), known=("verdict",)) == []
    assert first_leaks(FramesFeed(SCHEMA, [])) == []
