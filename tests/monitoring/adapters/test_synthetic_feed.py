"""The synthetic feed: frames of a world, and labels that arrive late but exactly once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.errors import ConfigError, FeedError
from halflife.models.rows import ENTITY, LABEL, ROW_ID, Part, Split
from halflife.models.world.generator import World
from halflife.models.world.scenarios import SCENARIOS
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed

WORLD = World(SCENARIOS["shortcut"], seed=1, rows_per_tick=300)


def labels_of(feed: SyntheticFeed, ticks: int) -> pd.DataFrame:
    """All labels that arrive in the first ticks, with the tick each arrived in."""
    return pd.concat([feed.batch(t).labels.assign(arrived=t) for t in range(ticks)], ignore_index=True)


def test_rows_have_an_id_and_the_schema() -> None:
    """A frame has its id and the schema's columns in order: floats with NaN, and text."""
    feed = SyntheticFeed(World(SCENARIOS["calm"], seed=1, rows_per_tick=300, n_features=15), ticks=3)
    rows = feed.batch(2).rows
    assert tuple(rows.columns) == (ROW_ID, *feed.schema.names)
    assert rows.shape == (300, 16)
    for name in feed.schema.names:
        assert rows[name].dtype == ("str" if name in feed.schema.categorical else "float64")
    assert rows["income"].isna().any()
    assert not np.isinf(rows.select_dtypes("number").to_numpy()).any()


def test_ids_say_tick_and_row_and_never_repeat() -> None:
    """An id is the tick and the row in five digits each, and more when five are not enough."""
    feed = SyntheticFeed(WORLD, ticks=3)
    ids = pd.concat([feed.batch(t).rows[ROW_ID] for t in range(3)])
    assert ids.tolist() == [f"{t:05d}-{r:05d}" for t in range(3) for r in range(300)]
    many = SyntheticFeed(World(SCENARIOS["calm"], seed=1, rows_per_tick=100_002)).batch(123_456).rows[ROW_ID]
    assert many.is_unique
    assert (many.iloc[99_999], many.iloc[100_001]) == ("123456-99999", "123456-100001")


def test_ids_spread_over_the_parts() -> None:
    """The hash of such regular ids still gives every part its share of rows."""
    ids = SyntheticFeed(World(SCENARIOS["calm"], seed=1, rows_per_tick=20_000)).batch(0).rows[ROW_ID]
    share = np.mean(Split().parts(ids) == Part.EVIDENCE)
    assert share == pytest.approx(0.10, abs=4 * np.sqrt(0.1 * 0.9 / 20_000))


def test_cells_are_the_worlds_rounded_as_a_source_would() -> None:
    """A frame says what the world drew: to the cent, whole years, and the category's name."""
    arrays, rows = WORLD.arrays(4), SyntheticFeed(WORLD, ticks=9).batch(4).rows
    for feature, values in zip(WORLD.numeric, arrays.numeric, strict=True):
        expected = [round(float(v), feature.decimals) for v in values]
        np.testing.assert_allclose(rows[feature.name], expected, rtol=0, atol=1e-9, err_msg=feature.name)
    for column, codes in zip(WORLD.categorical, arrays.codes, strict=True):
        assert rows[column.name].tolist() == [column.values[c] for c in codes]


def test_segments_can_be_asked_for_by_name() -> None:
    """``region = 'north'`` is a segment with the share of rows the world gives it."""
    rows = SyntheticFeed(World(SCENARIOS["calm"], seed=1, rows_per_tick=20_000)).batch(0).rows
    assert len(rows.query("region == 'north'")) / 20_000 == pytest.approx(0.3, abs=0.015)
    assert set(rows["sex"]) == {"F", "M"}


@given(seed=st.integers(0, 2**64 - 1), max_delay=st.integers(0, 5), rows=st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_every_label_arrives_once_and_is_the_worlds(seed: int, max_delay: int, rows: int) -> None:
    """Each row's label arrives exactly once, at most ``max_delay`` ticks later, and says what the world drew."""
    world = World(SCENARIOS["sudden"], seed=seed, rows_per_tick=rows, max_delay=max_delay)
    whole = 4
    arrived = labels_of(SyntheticFeed(world), whole + max_delay)
    assert arrived[ROW_ID].is_unique
    origin = arrived[ROW_ID].str[:5].astype(int)
    delay = arrived["arrived"] - origin
    assert delay.between(0, max_delay).all()
    mine = arrived[origin < whole].sort_values(ROW_ID)
    assert mine[ROW_ID].tolist() == [f"{t:05d}-{r:05d}" for t in range(whole) for r in range(rows)]
    assert mine[LABEL].dtype == np.float64
    np.testing.assert_array_equal(mine[LABEL], np.concatenate([world.arrays(t).label for t in range(whole)]))


def test_labels_due_after_the_end_never_arrive() -> None:
    """A feed that ends keeps the labels it still owed; nothing else is lost."""
    arrived = labels_of(SyntheticFeed(WORLD, ticks=4), 4)
    owed = sum(int((WORLD.arrays(t).delay > 3 - t).sum()) for t in range(4))
    assert owed > 0
    assert len(arrived) == 4 * 300 - owed


def test_past_the_end_says_which_ticks_there_are() -> None:
    """Asking for a tick there is not is answered with those there are."""
    feed = SyntheticFeed(WORLD, ticks=44)
    assert feed.ticks == 44
    assert len(feed.batch(43).rows) == 300
    with pytest.raises(FeedError) as error:
        feed.batch(44)
    assert str(error.value) == "the synthetic feed 'shortcut' has no tick 44; it has ticks 0 to 43"


def test_endless_feed_has_no_last_tick_but_a_first() -> None:
    """Without a number of ticks the stream does not end; it still starts at 0."""
    feed = SyntheticFeed(WORLD)
    assert feed.ticks is None
    assert feed.batch(1_000_000).tick == 1_000_000
    with pytest.raises(FeedError, match=r"^the synthetic feed 'shortcut' has no tick -1; it has ticks from 0 on$"):
        feed.batch(-1)


def test_feed_of_no_ticks_is_refused() -> None:
    """A feed that would give nothing is a setting to mend, not an empty stream."""
    with pytest.raises(
        ConfigError, match=r"^synthetic feed: ticks is 0; it must be at least 1, or left out for no end$"
    ):
        SyntheticFeed(WORLD, ticks=0)


def test_a_repeat_names_the_row_it_repeats() -> None:
    """In ``reseed`` each row has an id of its own, the cells and label of the first one, and its id as entity."""
    feed = SyntheticFeed(World(SCENARIOS["reseed"], seed=1, rows_per_tick=50, period=3), ticks=9)
    first, again = feed.batch(1), feed.batch(7)
    assert again.rows[ROW_ID].iloc[4] == "00007-00004"
    assert again.rows[ENTITY].tolist() == first.rows[ENTITY].tolist() == first.rows[ROW_ID].tolist()
    pd.testing.assert_frame_equal(again.rows.drop(columns=ROW_ID), first.rows.drop(columns=ROW_ID))
    assert again.labels[LABEL].tolist() == first.labels[LABEL].tolist()
    assert again.labels[ROW_ID].tolist() == again.rows[ROW_ID].tolist()


@pytest.mark.parametrize(
    ("name", "feedback", "share"),
    [
        ("calm", None, None),
        ("calm", True, 0.2),
        ("feedback", None, 0.2),
        ("feedback", False, 1.0),
        ("feedback-off", None, 1.0),
        ("feedback-off", True, 0.2),
    ],
)
def test_whether_decisions_choose_labels_is_the_scenarios_unless_said(
    name: str, feedback: bool | None, share: float | None
) -> None:
    """Ordinary worlds know no decisions; the twin lets every row through; who sets ``feedback`` is obeyed."""
    world = World(SCENARIOS[name], seed=1, rows_per_tick=5)
    assert SyntheticFeed(world, feedback=feedback, exploration=0.2).exploration == share


def test_an_exploration_that_is_no_share_is_refused() -> None:
    """More rows than there are cannot be explored."""
    with pytest.raises(ConfigError, match=r"exploration is 1.5; it is a share of rows, from 0 to 1$"):
        SyntheticFeed(WORLD, exploration=1.5)
