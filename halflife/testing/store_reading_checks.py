"""The contract of what is read from a store, be it the store itself, a cache before it or its past.

A check takes what opens a store that holds four `days`; each raises AssertionError where its first line is not so::

    @pytest.mark.parametrize("check", store_reading_checks())
    def test_the_cache_answers_as_the_store(check, tmp_path):
        check(lambda: Cache(filled(lambda: LakeStore(tmp_path, SPLIT))))
"""

import numpy as np
import pandas as pd

from halflife.models.errors import HalflifeError, TickError
from halflife.models.rows import LABEL, ROW_ID, TICK, Part, row_hash
from halflife.testing.asserting import equal, refused, same_rows
from halflife.testing.store_specimens import SCHEMA, SPLIT, Check, Make

CANONICAL = [ROW_ID, TICK, LABEL, "age", "job"]


def store_reading_checks() -> list[Check]:
    """The checks of what is read from a store.

    >>> store_reading_checks()[0].__doc__
    'A window has canonical rows by tick then id, labels where they have arrived, types as promised.'
    """
    return [
        reads_canonical_rows,
        reads_a_window_again,
        reads_the_past,
        refuses_ticks_and_versions_there_are_not,
        finds_cases_by_id,
        counts_labels,
        samples_what_never_trains,
        adds_up_profiles,
        reads_one_column,
        tells_what_is_aside_by_tick,
    ]


def reads_canonical_rows(make: Make) -> None:
    """A window has canonical rows by tick then id, labels where they have arrived, types as promised."""
    store = make()
    window = store.window(2, 3)
    expected = pd.DataFrame(
        {
            ROW_ID: ["2-0", "2-1", "2-2", "3-0", "3-1", "3-2"],
            TICK: [2, 2, 2, 3, 3, 3],
            LABEL: [0.0, 1.0, 0.0, np.nan, np.nan, np.nan],
            "age": [20.0, 21.0, 22.0, 30.0, 31.0, 32.0],
            "job": "cook",
        }
    )
    same_rows(window.rows, expected.astype({ROW_ID: "str", "job": "str"}), "a window is canonical")
    equal((window.first, window.last, window.split), (2, 3, SPLIT), "a window says which ticks it is of")
    equal((store.last_tick, store.fixed_schema, store.split), (3, SCHEMA, SPLIT), "a store says what it holds")


def reads_a_window_again(make: Make) -> None:
    """By its source a window is built again, from this store and from one opened anew."""
    store = make()
    first = store.window(1, 3)
    for again in (store.window(1, 3, first.source), store.window(1, 3), make().window(1, 3, first.source)):
        same_rows(again.rows, first.rows, "a window built again is the same")
        equal((again.source, again.digest), (first.source, first.digest), "its source and its digest stay")


def reads_the_past(make: Make) -> None:
    """As of a tick, windows and counts have the labels that had come by then, and no others."""
    store = make()
    for tick in range(4):
        source = store.as_of(tick)
        window = store.window(0, tick, source)
        had_come = window.rows[TICK] < tick
        equal(window.rows[LABEL].notna().tolist(), had_come.tolist(), f"as of tick {tick}, the last labels are to come")
        equal(sum(store.labels(0, tick, source)), 3 * tick, f"as of tick {tick}, labels that came later do not count")
    if store.last_tick > 2:
        refused(TickError, lambda: store.window(0, 3, store.as_of(2)), "ticks that had not come then")


def refuses_ticks_and_versions_there_are_not(make: Make) -> None:
    """Ticks yet to come are a TickError everywhere, never a short answer; a version that is none is an error too."""
    store = make()
    for ask in (store.window, store.labels, store.profile, lambda a, b: store.values("age", a, b)):
        refused(TickError, lambda ask=ask: ask(0, 9), "ticks that have not come")  # type: ignore[misc]
    refused(TickError, lambda: store.sample(0, 9, rows=5), "a sample of ticks that have not come")
    refused(TickError, lambda: store.as_of(9), "the version of a tick that has not come")
    refused(HalflifeError, lambda: store.window(0, 3, "no version at all"), "a version there never was")


def finds_cases_by_id(make: Make) -> None:
    """Those that exist come back once each, labels joined, by tick then id; others are left out."""
    store = make()
    found = store.cases(["3-1", "1-1", "nobody", "1-1"])
    equal(found[[ROW_ID, TICK]].to_numpy().tolist(), [["1-1", 1], ["3-1", 3]], "each case is there once, in order")
    equal(found[LABEL].tolist()[0], 1.0, "a case has its label")
    equal(list(found.columns), CANONICAL, "cases are canonical")
    assert store.cases([]).empty, "nobody was asked for, and somebody came"
    same_rows(store.cases(iter(["1-1"])), store.cases(["1-1"]), "any iterable of ids will do")


def counts_labels(make: Make) -> None:
    """Label 0 and label 1 are counted for their rows' ticks, as in the window."""
    store = make()
    for first, last in ((0, 3), (1, 1), (3, 3)):
        labels = store.window(first, last).rows[LABEL]
        found = int((labels == 0).sum()), int((labels == 1).sum())
        equal(store.labels(first, last), found, f"labels of ticks {first} to {last} are those of the window")


def samples_what_never_trains(make: Make) -> None:
    """A sample holds the rows of smallest hash among those that never train, as they are in the window."""
    store = make()
    rows = store.window(0, 3).rows
    unseen = rows[SPLIT.parts(rows[ROW_ID]) != Part.TRAIN]
    for size in (1, 2, 100):
        chosen = unseen.iloc[np.argsort(row_hash(unseen[ROW_ID]))[:size]].sort_values([TICK, ROW_ID], ignore_index=True)
        same_rows(store.sample(0, 3, rows=size), chosen, f"a sample of {size} rows has the smallest hashes")


def adds_up_profiles(make: Make) -> None:
    """Profiles of any ticks have the same bins: those of two parts add up to that of the whole."""
    store = make()
    whole, parts = store.profile(0, 3), store.profile(0, 1) + store.profile(2, 3)
    equal((whole.rows, parts.rows), (12, 12), "every row is counted once")
    equal(list(whole.columns), list(SCHEMA.names), "every feature has a histogram")
    for name, kept in whole.columns.items():
        equal(kept.counts.tolist(), parts.columns[name].counts.tolist(), f"the histograms of {name} add up")
        equal(int(kept.counts.sum()) + kept.missing, 12, f"every row has a place in the histogram of {name}")


def reads_one_column(make: Make) -> None:
    """One feature has all its values of the ticks asked for, in any order."""
    store = make()
    for name in SCHEMA.names:
        found = sorted(store.values(name, 1, 2))
        equal(found, sorted(store.window(1, 2).rows[name]), f"the values of {name} are those of the window")


def tells_what_is_aside_by_tick(make: Make) -> None:
    """Rows set aside are told for the ticks asked for, by default all."""
    store = make()
    told = [len(store.quarantine(*ticks)) for ticks in ((), (0, 1), (2, 2), (3,), (0, 3))]
    equal(told, [2, 0, 2, 0, 2], "two rows of tick 2 are aside")
