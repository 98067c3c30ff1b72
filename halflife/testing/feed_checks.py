"""The contract every feed keeps: tick k without tick k - 1, and rows a store can take. The checks that ours pass.

A check takes what makes the feed; called again, it makes another one of the same source::

    def make() -> Feed:
        return KafkaFeed(...)

    @pytest.mark.parametrize("check", feed_checks())
    def test_the_feed_keeps_the_contract(check):
        check(make)

The source has rows a store would take, in at least two ticks; the first `LOOKED_AT` ticks are looked at.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd

from halflife.models.errors import FeedError
from halflife.models.rows import ENTITY, LABEL, PROPENSITY, RESERVED, ROW_ID, Batch
from halflife.monitoring.ports import Feed
from halflife.monitoring.row_validation import conform, conform_labels
from halflife.testing.asserting import equal, refused, same_rows

LOOKED_AT = 6

Make: TypeAlias = Callable[[], Feed]
Check: TypeAlias = Callable[[Make], None]


def feed_checks() -> list[Check]:
    """The checks of a feed; each raises AssertionError where its first line is not so.

    >>> len(feed_checks()), feed_checks()[0].__doc__
    (12, 'Its schema has features, under names that differ and are not ours, and is the same from a fresh feed.')
    """
    return [
        says_its_schema,
        counts_its_ticks,
        answers_the_tick_that_was_asked_for,
        needs_no_earlier_tick,
        gives_a_tick_again,
        hands_out_what_is_the_readers_own,
        gives_the_columns_of_its_schema,
        names_rows_by_text,
        labels_rows_that_have_come,
        can_be_stored,
        refuses_ticks_there_are_not,
        explores_a_share,
    ]


def says_its_schema(make: Make) -> None:
    """Its schema has features, under names that differ and are not ours, and is the same from a fresh feed."""
    feed = make()
    names = [name.casefold() for name in feed.schema.names]
    assert names, "the schema has no features"
    assert len(set(names)) == len(names), f"two features have one name (case does not count): {sorted(names)}"
    assert not set(names) & set(RESERVED), f"a feature has a name that Halflife keeps: {set(names) & set(RESERVED)}"
    feed.batch(0)
    equal(feed.schema, make().schema, "the schema is the same before and after a tick was read")


def counts_its_ticks(make: Make) -> None:
    """It says how many ticks there are, always the same, or None when it does not end."""
    feed = make()
    ticks = feed.ticks
    assert ticks is None or (isinstance(ticks, int) and ticks >= 1), f"ticks is {ticks!r}: not None, nor 1 or more"
    feed.batch(0)
    equal((feed.ticks, make().ticks), (ticks, ticks), "the number of ticks stays")


def answers_the_tick_that_was_asked_for(make: Make) -> None:
    """A batch says which tick it is."""
    feed = make()
    for tick in _ticks(feed):
        equal(feed.batch(tick).tick, tick, "the batch is of the tick that was asked for")


def needs_no_earlier_tick(make: Make) -> None:
    """A fresh feed asked for tick k alone gives what one gives that has read all before it."""
    feed = make()
    for tick in _ticks(feed):
        _same(make().batch(tick), feed.batch(tick), f"tick {tick} is the same without the ticks before it")


def gives_a_tick_again(make: Make) -> None:
    """The same tick twice is the same batch, at once and after later and earlier ones."""
    feed = make()
    first = {tick: feed.batch(tick) for tick in _ticks(feed)}
    for tick in reversed(_ticks(feed)):
        _same(feed.batch(tick), first[tick], f"tick {tick} asked for again, from the last one back, is the same")
        _same(feed.batch(tick), first[tick], f"tick {tick} asked for at once again is the same")


def hands_out_what_is_the_readers_own(make: Make) -> None:
    """A reader who changes what it was given changes nothing for the next one."""
    feed = make()
    given, untouched = feed.batch(0), make().batch(0)
    for frame in (given.rows, given.labels):
        frame[ROW_ID] = "spoilt"
        frame.drop(columns=[name for name in frame.columns if name != ROW_ID], inplace=True)  # noqa: PD002 - that is it
    _same(feed.batch(0), untouched, "tick 0 is the same after a reader spoilt its copy")


def gives_the_columns_of_its_schema(make: Make) -> None:
    """Every batch has ids and the schema's features, entities and propensities always or never, and nothing else."""
    feed = make()
    beside = set()
    for tick in _ticks(feed):
        batch = feed.batch(tick)
        columns = list(batch.rows.columns)
        beside.add(frozenset({ENTITY, PROPENSITY} & set(columns)))
        features = [name for name in columns if name not in (ROW_ID, ENTITY, PROPENSITY)]
        assert ROW_ID in columns, f"the rows of tick {tick} have no column {ROW_ID}"
        equal(sorted(features), sorted(feed.schema.names), f"tick {tick} has the features of the schema")
        equal(list(batch.labels.columns), [ROW_ID, LABEL], f"the labels of tick {tick} have two columns")
    assert len(beside) == 1, f"{ENTITY} and {PROPENSITY} come and go from tick to tick: {beside}"


def names_rows_by_text(make: Make) -> None:
    """Ids are text, and no two rows share one, in a tick or in two."""
    feed = make()
    seen: set[str] = set()
    for tick in _ticks(feed):
        ids = feed.batch(tick).rows[ROW_ID].tolist()
        assert all(isinstance(name, str) and name for name in ids), f"an id of tick {tick} is no text"
        assert len(set(ids)) == len(ids), f"tick {tick} has an id twice"
        assert not seen & set(ids), f"tick {tick} has ids that came before: {sorted(seen & set(ids))[:3]}"
        seen |= set(ids)


def labels_rows_that_have_come(make: Make) -> None:
    """A label is 0 or 1, of a row that came in its tick or before, and comes once."""
    feed = make()
    rows: set[str] = set()
    labelled: set[str] = set()
    for tick in _ticks(feed):
        batch = feed.batch(tick)
        rows |= set(batch.rows[ROW_ID])
        ids = batch.labels[ROW_ID].tolist()
        assert set(batch.labels[LABEL]) <= {0.0, 1.0}, f"a label of tick {tick} is neither 0 nor 1"
        assert set(ids) <= rows, f"tick {tick} labels rows that have not come: {sorted(set(ids) - rows)[:3]}"
        assert len(set(ids)) == len(ids), f"tick {tick} labels a row twice"
        assert not labelled & set(ids), f"tick {tick} labels rows again: {sorted(labelled & set(ids))[:3]}"
        labelled |= set(ids)
    assert labelled, f"no label came in the first {len(_ticks(feed))} ticks"


def can_be_stored(make: Make) -> None:
    """Its rows and labels become canonical, each in its tick, and most are not set aside."""
    feed = make()
    for tick in _ticks(feed):
        batch = feed.batch(tick)
        for kind, done in (
            ("rows", conform(batch.rows, feed.schema, explored=batch.explored)),
            ("labels", conform_labels(batch.labels)),
        ):
            reasons = done.quarantined["reason"].tolist()
            assert len(done.rows) >= len(reasons), f"most {kind} of tick {tick} would be set aside: {reasons[:2]}"


def refuses_ticks_there_are_not(make: Make) -> None:
    """Before the first tick and past the last one there is a FeedError, with a sentence."""
    feed = make()
    for tick in (-1, *([] if feed.ticks is None else [feed.ticks, feed.ticks + 1000])):
        error = refused(FeedError, lambda tick=tick: feed.batch(tick), f"tick {tick}")  # type: ignore[misc]
        assert str(error), f"tick {tick}: the error says nothing"
    if feed.ticks is None:
        equal(feed.batch(100_000).tick, 100_000, "a feed without an end has any tick")


def explores_a_share(make: Make) -> None:
    """What it says of exploration is None or a share of rows, from 0 to 1."""
    share = make().exploration
    assert share is None or (np.isfinite(share) and 0 <= share <= 1), f"exploration is {share!r}: no share"


def _ticks(feed: Feed) -> range:
    """The ticks that are looked at."""
    return range(LOOKED_AT if feed.ticks is None else min(LOOKED_AT, feed.ticks))


def _same(one: Batch, other: Batch, sentence: str) -> None:
    equal((one.tick, one.explored), (other.tick, other.explored), sentence)
    frames: tuple[tuple[pd.DataFrame, pd.DataFrame], ...] = ((one.rows, other.rows), (one.labels, other.labels))
    for mine, theirs in frames:
        same_rows(mine, theirs, sentence)
