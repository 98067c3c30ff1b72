"""The contract every store keeps: rows exactly once, labels whenever they come, bad rows aside. The checks that ours pass.

A check takes what opens the store; called again, it opens the same one again. It is empty at first, and its split is
that of `SPLIT`::

    @pytest.mark.parametrize("check", store_checks())
    def test_the_store_keeps_the_contract(check, tmp_path):
        check(lambda: LakeStore(tmp_path, SPLIT))

What is read from it is checked in `halflife.testing.store_reading_checks`, on the same ticks.
"""

import numpy as np
import pandas as pd

from halflife.models.errors import SchemaError, TickError, UsageError
from halflife.models.rows import LABEL, ROW_ID, TICK, Batch, Column, Kind, Schema
from halflife.monitoring.ports import Ingested
from halflife.testing.asserting import equal, refused
from halflife.testing.store_specimens import SCHEMA, SPLIT, Check, Make, batch, contents, days, filled


def store_checks() -> list[Check]:
    """The checks of what is put into a store; each raises AssertionError where its first line is not so.

    >>> store_checks()[0].__doc__
    'An empty store has no schema, no tick, no case and nothing aside, and is asked for no window.'
    """
    return [
        is_empty_at_first,
        fixes_schema_and_split,
        takes_a_tick_once,
        takes_ticks_in_order,
        sets_bad_rows_aside,
        counts_what_a_tick_added,
        takes_a_mended_row,
        counts_ticks_without_rows,
        keeps_missing_values,
        joins_labels_whenever_they_come,
        keeps_the_first_label,
        refuses_another_schema,
        keeps_to_its_own_kinds,
        keeps_any_column_name,
        follows_what_others_write,
    ]


def is_empty_at_first(make: Make) -> None:
    """An empty store has no schema, no tick, no case and nothing aside, and is asked for no window."""
    store = make()
    equal((store.last_tick, store.schema, store.split), (-1, None, SPLIT), "an empty store knows its split alone")
    equal(list(store.quarantine().columns), ["tick", "id", "reason", "row"], "what is aside has four columns")
    assert store.quarantine().empty, "something is aside in an empty store"
    assert store.cases(["1"]).empty, "an empty store has a case"
    refused(TickError, lambda: store.window(0, 3), "a window of an empty store")
    refused(UsageError, lambda: store.fixed_schema, "the schema of an empty store")


def fixes_schema_and_split(make: Make) -> None:
    """The first tick fixes the schema, and a store that is opened again holds what it held."""
    store = filled(make)
    again = make()
    equal((again.fixed_schema, again.split), (SCHEMA, SPLIT), "schema and split stay")
    equal(contents(again), contents(store), "a store opened again is the same")


def takes_a_tick_once(make: Make) -> None:
    """Any tick that is stored can come again, through this store or another one, and changes nothing."""
    store = filled(make)
    before = contents(store)
    for day in days():
        for one in (store, make()):
            equal(one.append(day, SCHEMA), Ingested(day.tick, 0, 0, 0, repeated=True), "a repeat adds nothing")
    equal(contents(store), before, "repeats change nothing")


def takes_ticks_in_order(make: Make) -> None:
    """The first tick is 0; one that is neither the next nor stored is refused, and nothing is added."""
    refused(TickError, lambda: make().append(batch(2, {"x": 1.0}), SCHEMA), "tick 2 as the first")
    store = filled(make)
    before = contents(store)
    for tick in (7, -1):
        refused(TickError, lambda tick=tick: store.append(batch(tick, {"x": 1.0}), SCHEMA), f"tick {tick} after 3")  # type: ignore[misc]
    equal(contents(store), before, "what was refused changes nothing")


def sets_bad_rows_aside(make: Make) -> None:
    """A bad cell and an id of an earlier tick are aside with tick, id, reason and row; the first row of the id stays."""
    store = filled(make)
    told = store.quarantine()
    equal(told[["tick", "id"]].to_numpy().tolist(), [[2, "0-0"], [2, "bad"]], "two rows are aside")
    assert all(told["reason"]), "a row is aside without a reason"
    assert "junk" in told["row"].iloc[1], "the row that is aside is not told as it came"
    equal(store.cases(["0-0"])["age"].tolist(), [0.0], "the first row of an id stays")
    equal(store.cases(["bad"])[ROW_ID].tolist(), [], "a row that is aside is no case")


def counts_what_a_tick_added(make: Make) -> None:
    """Rows, labels and what was set aside are told, infinite cells and labels that are none among them."""
    ages = {"a": 1.0, "b": np.inf, "c": np.nan}
    done = make().append(batch(0, ages, {"a": 1.0, "b": 2.0, "c": np.nan}), SCHEMA)
    equal(done, Ingested(0, rows=2, labels=1, quarantined=2, repeated=False), "the counts add up")


def takes_a_mended_row(make: Make) -> None:
    """An id is taken by a row that is stored, not by one that was set aside."""
    store = filled(make)
    equal(store.append(batch(4, {"bad": 5.0}), SCHEMA).rows, 1, "the mended row is new")
    equal(store.cases(["bad"])[TICK].tolist(), [4], "it came when it was mended")


def counts_ticks_without_rows(make: Make) -> None:
    """A tick of nothing, or of nothing good, is a tick: the next one follows it, and it is not taken again."""
    store = make()
    came: list[dict[str, object]] = [{}, {"a": "junk"}, {"b": 1.0}]
    for tick, ages in enumerate(came):
        store.append(batch(tick, ages), SCHEMA)
    equal(store.last_tick, 2, "three ticks have come")
    equal(store.window(0, 2).rows[ROW_ID].tolist(), ["b"], "one row has come")
    assert store.window(0, 1).rows.empty, "ticks without rows have rows"
    assert store.append(batch(1, {"a": "junk"}), SCHEMA).repeated, "a tick of nothing good is taken twice"


def keeps_missing_values(make: Make) -> None:
    """A numeric and a categorical column without a single value keep their types."""
    store = make()
    nothing = pd.DataFrame({ROW_ID: ["a", "b"], "age": [None, None], "job": [None, None]})
    store.append(Batch(0, nothing, batch(0, {}).labels), SCHEMA)
    rows = store.window(0, 0).rows
    assert rows[["age", "job"]].isna().all(axis=None), "a missing cell has become a value"
    equal([str(kind) for kind in rows.dtypes], ["str", "int64", "float64", "float64", "str"], "types are as promised")


def joins_labels_whenever_they_come(make: Make) -> None:
    """A label may come ticks after its row, with it, or before it."""
    store = make()
    store.append(batch(0, {"late": 1.0}, {"early": 1.0}), SCHEMA)
    store.append(batch(1, {"prompt": 1.0}, {"prompt": 0.0}), SCHEMA)
    store.append(batch(2, {"early": 1.0}, {"late": 1.0}), SCHEMA)
    found = store.window(0, 2).rows.set_index(ROW_ID)[LABEL].to_dict()
    equal(found, {"late": 1.0, "prompt": 0.0, "early": 1.0}, "every label is with its row")


def keeps_the_first_label(make: Make) -> None:
    """The same label again is nothing new; a contradiction is set aside and the first one stays."""
    store = filled(make)
    done = store.append(batch(4, {}, {"1-0": 0.0, "1-1": 0.0}), SCHEMA)
    equal((done.labels, done.quarantined), (0, 1), "one label is known and one contradicts")
    equal(store.quarantine().iloc[-1]["id"], "1-1", "the contradiction is aside")
    equal(store.cases(["1-0", "1-1"])[LABEL].tolist(), [0.0, 1.0], "the first labels stay")


def refuses_another_schema(make: Make) -> None:
    """A further column, or a numeric one turned to words, is a SchemaError, adds nothing, and the tick can be mended."""
    store = filled(make)
    before = contents(store)
    more = Batch(4, batch(4, {"a": 1.0}).rows.assign(pay=1.0), batch(4, {}).labels)
    wider = Schema((*SCHEMA.columns, Column("pay", Kind.NUMERIC)))
    refused(SchemaError, lambda: store.append(more, wider), "a column that is new")
    words = batch(4, {f"4-{i}": "low" for i in range(6)})
    refused(SchemaError, lambda: store.append(words, SCHEMA), "a numeric column of words")
    equal(contents(store), before, "what was refused changes nothing")
    equal(store.append(batch(4, {"4-0": 1.0}), SCHEMA).rows, 1, "the mended tick is taken")


def keeps_to_its_own_kinds(make: Make) -> None:
    """The store's kind of a column counts, not the feed's: one bad cell costs one row, not the tick."""
    store = filled(make)
    called_text = Schema((Column("age", Kind.CATEGORICAL), Column("job", Kind.CATEGORICAL)))
    done = store.append(batch(4, {"4-0": "1", "4-1": "oops", "4-2": "2.5"}), called_text)
    equal((done.rows, done.quarantined), (2, 1), "one row is aside")
    equal(store.window(4, 4).rows["age"].tolist(), [1.0, 2.5], "numbers written as text are numbers")


def keeps_any_column_name(make: Make) -> None:
    """Dots, spaces, quotes, separators and letters of any script come back as they went in."""
    names = ["emp.var.rate", "a b", "a,b;c", "x=y", "{q}(z)", "a\"b'c", "50%", "a/b", "é", "`x`", "tab\tx", "数"]
    rows = pd.DataFrame({ROW_ID: ["a"], **{name: [float(i)] for i, name in enumerate(names)}})
    make().append(Batch(0, rows, batch(0, {}).labels), Schema(tuple(Column(name, Kind.NUMERIC) for name in names)))
    found = make().window(0, 0).rows
    equal(list(found.columns[3:]), names, "names stay")
    equal(found.iloc[0, 3:].tolist(), list(range(len(names))), "values stay with their names")


def follows_what_others_write(make: Make) -> None:
    """A store that is open sees what comes through another one: ticks, ids and labels."""
    store, other = filled(make), make()
    equal(int(other.window(0, 3).rows[LABEL].notna().sum()), 9, "nine labels have come")
    store.append(batch(4, {"4-0": 1.0}, {"3-0": 1.0}), SCHEMA)
    equal(other.last_tick, 4, "a tick of another is seen")
    equal(other.cases(["4-0"])[TICK].tolist(), [4], "a row of another is seen")
    equal(int(other.window(0, 3).rows[LABEL].notna().sum()), 10, "a label of another is seen")
    done = other.append(batch(5, {"4-0": 2.0, "5-0": 3.0}, {"3-0": 0.0}), SCHEMA)
    equal((done.rows, done.quarantined), (1, 2), "ids and labels of another are taken")
    equal(store.quarantine()["id"].tolist()[-2:], ["3-0", "4-0"], "what is aside is seen by both")
