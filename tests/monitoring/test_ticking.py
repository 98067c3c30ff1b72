"""When a tick is over."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halflife.models.errors import ConfigError
from halflife.monitoring.ticking import TickRule

HOUR = 3_600e6


def stamps(*texts: str) -> np.ndarray:
    """Microseconds since 1970."""
    return pd.DatetimeIndex(texts).as_unit("us").astype("int64").to_numpy().astype(float)


@given(st.integers(1, 50), st.integers(0, 200), st.integers(0, 199))
def test_a_counted_tick_is_closed_when_it_is_full_and_wholly_written(rows: int, n: int, half: int) -> None:
    """Full ticks before the first row that is not wholly written are closed; the rest of the rows wait."""
    settled = np.arange(n) != half
    division = TickRule(rows=rows).divide(settled)
    assert division.closed == min(n, half if half < n else n) // rows
    assert division.ticks == -(-n // rows)


@given(st.lists(st.integers(0, 40 * 24), min_size=1, max_size=80), st.integers(0, 40 * 24))
def test_every_row_has_a_tick_and_ticks_have_no_gaps(hours: list[int], after: int) -> None:
    """Whatever was stored before, ticks are numbered from 0 without a gap, in order of time; what is older is late."""
    times = np.sort(np.array(hours) * HOUR)
    division = TickRule(span="1d").divide(np.ones(len(times), dtype=bool), times, after=after * HOUR)
    assert sorted(set(division.tick.tolist())) == list(range(division.ticks))
    assert (np.diff(division.tick) >= 0).all()
    assert (division.late == (times < after * HOUR)).all()
    assert 0 <= division.closed <= division.ticks


def test_a_day_closes_when_the_next_one_has_come_and_late_rows_have_had_their_time() -> None:
    """Two hours past midnight the day before is over, and not before."""
    rule = TickRule(span="1d", lateness="2h")
    day = ["2024-03-01T08:00", "2024-03-01T20:00"]
    for last, closed in (("2024-03-02T01:59", 0), ("2024-03-02T02:00", 1)):
        times = stamps(*day, last)
        assert rule.divide(np.ones(3, dtype=bool), times).closed == closed


def test_days_begin_in_their_time_zone() -> None:
    """23:30 in UTC is the next day in Berlin; the hour that a clock turns back belongs to its day."""
    times = stamps("2024-10-26T22:30", "2024-10-27T22:30", "2024-10-27T23:30")
    zoned = TickRule(span="1d", zone="Europe/Berlin").divide(np.ones(3, dtype=bool), times)
    assert zoned.tick.tolist() == [0, 0, 1]
    assert TickRule(span="1d").divide(np.ones(3, dtype=bool), times).tick.tolist() == [0, 1, 1]


def test_weeks_begin_on_mondays_and_months_on_the_first() -> None:
    """A Sunday and the Monday after it are two weeks; a leap day is in February."""
    ones = np.ones(2, dtype=bool)
    assert TickRule(span="1w").divide(ones, stamps("2024-03-03", "2024-03-04")).ticks == 2
    assert TickRule(span="1w").divide(ones, stamps("2024-03-04", "2024-03-10")).ticks == 1
    assert TickRule(span="1mo").divide(ones, stamps("2024-02-29", "2024-03-01")).ticks == 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"span": "day"}, "tick = 'day' in .feed. is no length of time; write it like"),
        ({"lateness": "1mo"}, "allowed_lateness = '1mo'"),
        ({"zone": "Berlin"}, "time_zone = 'Berlin' in .feed. is no time zone"),
        ({"rows": 0}, "rows_per_tick = 0"),
    ],
)
def test_a_rule_that_is_none_is_refused(settings: dict[str, object], said: str) -> None:
    """With the key, what it says, and how it is written."""
    with pytest.raises(ConfigError, match=said):
        TickRule(**settings)  # type: ignore[arg-type]
