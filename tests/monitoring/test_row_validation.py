import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.errors import SchemaError
from halflife.models.rows import Column, Kind, Schema
from halflife.monitoring.row_validation import FEW, conform, conform_labels

AGE, JOB = Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)
PEOPLE = Schema((AGE, JOB))


def people(ids: object, ages: object, jobs: object) -> pd.DataFrame:
    """Raw rows of the schema PEOPLE."""
    return pd.DataFrame({"_id": ids, "age": ages, "job": jobs})


def reasons(rows: pd.DataFrame, schema: Schema = PEOPLE) -> dict[str, str]:
    """Id -> why it was set aside."""
    quarantined = conform(rows, schema).quarantined
    return dict(zip(quarantined["id"], quarantined["reason"], strict=True))


def test_canonical_rows_have_the_schemas_order_and_types() -> None:
    """Whatever order and types columns come in, they leave in the schema's: float64 and str, missing as NaN."""
    raw = pd.DataFrame({"job": ["cook", "", None], "age": ["31", " 4e1 ", None], "_id": [7, 8, 9]})
    done = conform(raw, PEOPLE)
    assert done.quarantined.empty
    assert list(done.rows.columns) == ["_id", "age", "job"]
    assert done.rows["_id"].tolist() == ["7", "8", "9"]
    assert done.rows["age"].dtype == np.float64
    assert done.rows["job"].dtype == "str"
    pd.testing.assert_frame_equal(
        done.rows[["age", "job"]], pd.DataFrame({"age": [31.0, 40.0, np.nan], "job": ["cook", np.nan, np.nan]})
    )


def test_each_bad_row_is_set_aside_with_every_reason() -> None:
    """A row's misfits are all told, in words, and the good rows beside it stay."""
    rows = people(["a", "b", "c", "d", None, "f"], ["1", "abc", "inf", "-1e999", "5", "6"], ["x"] * 6)
    done = conform(rows, PEOPLE)
    assert done.rows["_id"].tolist() == ["a", "f"]
    assert done.quarantined["reason"].tolist() == [
        "age: 'abc' is not a number",
        "age: infinite",
        "age: infinite",
        "no id",
    ]
    assert done.quarantined["id"].tolist() == ["b", "c", "d", ""]
    both = Schema((AGE, Column("pay", Kind.NUMERIC)))
    assert reasons(pd.DataFrame({"_id": ["a"], "age": ["x"], "pay": [np.inf]}), both) == {
        "a": "age: 'x' is not a number; pay: infinite"
    }


def test_of_a_repeated_id_the_first_row_that_fits_stays() -> None:
    """A misfit does not use up its id: the next row with that id is taken, later ones are set aside."""
    done = conform(people(["a", "a", "a"], ["junk", "2", "3"], ["x", "y", "z"]), PEOPLE)
    assert done.rows[["age", "job"]].to_numpy().tolist() == [[2.0, "y"]]
    assert done.quarantined["reason"].tolist() == ["age: 'junk' is not a number", "id repeated in this tick"]


def test_quarantined_row_is_valid_json_even_with_infinities() -> None:
    """What was set aside can be read back by any JSON reader: no bare Infinity or NaN."""
    rows = people(["é"], [np.inf], [np.nan])
    text = conform(rows, PEOPLE).quarantined["row"][0]
    assert json.loads(text, parse_constant=pytest.fail) == {"_id": "é", "age": "inf", "job": None}


def test_a_column_that_mostly_no_longer_fits_is_a_schema_error() -> None:
    """Setting aside most rows would hide that a column changed; the message names it, the counts, an example, a way out."""
    rows = people(list("abcdefgh"), ["1", "2", "3", *["low"] * FEW], ["x"] * 8)
    with pytest.raises(SchemaError) as error:
        conform(rows, PEOPLE)
    assert str(error.value) == (
        "column 'age' is numeric in the store, but 5 of its 8 cells in this tick are not finite numbers, "
        "for example 'low' in row 'd'. "
        'Mend the feed, or start a new home whose [feed] says ignore = ["age"]'
    )


def test_few_or_a_minority_of_misfits_are_bad_rows() -> None:
    """One bad cell in a tick of one row, or half of a large tick, is quarantined: the column has not changed."""
    assert reasons(people(["a"], ["low"], ["x"])) == {"a": "age: 'low' is not a number"}
    half = people([str(i) for i in range(2 * FEW)], ["1", "low"] * FEW, ["x"] * 2 * FEW)
    assert len(conform(half, PEOPLE).rows) == FEW


def test_missing_cells_do_not_dilute_a_changed_column() -> None:
    """More than half is of the cells that hold anything."""
    rows = people([str(i) for i in range(100)], ["low"] * FEW + [None] * (100 - FEW), ["x"] * 100)
    with pytest.raises(SchemaError, match=f"{FEW} of its {FEW} cells"):
        conform(rows, PEOPLE)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            pd.DataFrame({"_id": ["a"], "age": [1]}),
            "column 'job' is missing from the feed; the store has had it since its first tick. "
            'Bring it back, or start a new home whose [feed] says ignore = ["job"]',
        ),
        (
            people(["a"], [1], ["x"]).assign(pay=1),
            "column 'pay' is new in the feed; the store fixed its columns with its first tick. "
            'Say ignore = ["pay"] in [feed], or start a new home to use it',
        ),
        (
            people(["a"], [1], [7]),
            "column 'job' is text in the store, but the feed now gives numbers, for example 7; "
            'say categorical = ["job"] in [feed] to read it as text',
        ),
    ],
)
def test_changed_columns_name_the_way_out(rows: pd.DataFrame, message: str) -> None:
    """A missing or extra column and text that became numbers each say what to write where."""
    with pytest.raises(SchemaError) as error:
        conform(rows, PEOPLE)
    assert str(error.value) == message


def test_all_missing_columns_fit_either_kind() -> None:
    """A column with nothing in it says nothing against its kind, whatever dtype the emptiness came in."""
    for nothing in ([None, None], [np.nan, np.nan], ["", ""]):
        done = conform(people(["a", "b"], nothing, nothing), PEOPLE)
        assert done.quarantined.empty
        assert done.rows["age"].isna().all()
        assert done.rows["age"].dtype == np.float64
        assert done.rows["job"].isna().all()
        assert done.rows["job"].dtype == "str"


def test_words_for_missing_are_words() -> None:
    """'unknown' and 'None' are categories; in a numeric column they do not fit. Only 'nan' is a missing number."""
    assert conform(people(["a", "b"], [1, 2], ["unknown", "None"]), PEOPLE).rows["job"].tolist() == ["unknown", "None"]
    assert reasons(people(["a", "b", "c"], ["None", "NaN", "NA"], ["x"] * 3)) == {
        "a": "age: 'None' is not a number",
        "c": "age: 'NA' is not a number",
    }


def test_dates_and_booleans_are_not_silently_cast_to_numbers() -> None:
    """Pandas would turn a date into nanoseconds; here it is no number. True and False are 1 and 0 as a column of flags."""
    assert reasons(people(["a"], pd.to_datetime(["2024-05-31"]), ["x"])) == {
        "a": "age: '2024-05-31 00:00:00' is not a number"
    }
    assert conform(people(["a", "b"], [True, False], ["x", "x"]), PEOPLE).rows["age"].tolist() == [1.0, 0.0]


def test_ids_lose_the_decimal_point_a_missing_neighbour_gave_them() -> None:
    """Whole-number ids read beside a missing one come as floats; they are still the same ids."""
    done = conform(people([7.0, np.nan], [1, 2], ["x", "y"]), PEOPLE)
    assert done.rows["_id"].tolist() == ["7"]
    assert done.quarantined["reason"].tolist() == ["no id"]


def test_labels_that_are_neither_0_nor_1_are_set_aside() -> None:
    """A missing label has not arrived; any other value is told with its id."""
    labels = pd.DataFrame({"_id": ["a", "b", "c", "d", None], "_label": [1.0, np.nan, 0.5, np.inf, 1.0]})
    done = conform_labels(labels)
    assert done.rows.to_numpy().tolist() == [["a", 1.0]]
    assert done.quarantined[["id", "reason"]].to_numpy().tolist() == [
        ["c", "label: '0.5' is neither of the two values"],
        ["d", "label: 'inf' is neither of the two values"],
        ["", "no id"],
    ]


def test_the_first_label_of_an_id_wins() -> None:
    """Saying a label twice is saying it once; contradicting it is set aside."""
    done = conform_labels(pd.DataFrame({"_id": ["a", "a", "a"], "_label": [1, 1, 0]}))
    assert done.rows.to_numpy().tolist() == [["a", 1.0]]
    assert done.quarantined["reason"].tolist() == ["label 0 contradicts the label 1 that came first"]


CELLS = st.one_of(
    st.none(), st.floats(), st.integers(-9, 9).map(str), st.sampled_from(["", "abc", "inf", "nan", "1e3"])
)


@given(cells=st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d", ""]), CELLS), max_size=4))
@settings(max_examples=60, deadline=None)
def test_every_row_is_kept_or_set_aside_and_kept_rows_are_canonical(cells: list[tuple[str, object]]) -> None:
    """No row is lost or counted twice, no kept cell is infinite, no kept id repeats, and conforming again is the same."""
    raw = pd.DataFrame({"_id": [c[0] for c in cells], "age": pd.Series([c[1] for c in cells], dtype=object)})
    done = conform(raw, Schema((AGE,)))
    assert len(done.rows) + len(done.quarantined) == len(raw)
    assert not np.isinf(done.rows["age"]).any()
    assert done.rows["_id"].is_unique
    assert (done.quarantined["reason"] != "").all()
    pd.testing.assert_frame_equal(conform(done.rows, Schema((AGE,))).rows, done.rows)


@pytest.mark.parametrize(
    ("propensity", "reason"),
    [
        ("0.25", ""),
        ("1", ""),
        ("0", "propensity: '0' is not above 0 and at most 1"),
        ("1.5", "propensity: '1.5' is not above 0 and at most 1"),
        ("often", "propensity: 'often' is not above 0 and at most 1"),
        ("", "propensity: '' is not above 0 and at most 1"),
        (None, "propensity: missing"),
    ],
)
def test_a_propensity_is_a_probability_or_the_row_is_set_aside(propensity: str | None, reason: str) -> None:
    """Who logs with which probability a label was let through says it of every row, as a number above 0 and at most 1."""
    rows = people(["a", "b"], ["1", "2"], ["x", "y"]).assign(_propensity=["0.5", propensity])
    done = conform(rows, PEOPLE)
    assert done.quarantined["reason"].tolist() == ([reason] if reason else [])
    assert done.rows["_propensity"].tolist() == ([0.5] if reason else [0.5, float(propensity or 0)])
    assert done.rows["_propensity"].dtype == np.float64


def test_a_feed_that_never_explores_says_0() -> None:
    """Rows blocked without exploration have propensity 0, and are rows all the same."""
    rows = people(["a", "b"], ["1", "2"], ["x", "y"]).assign(_propensity=[0.0, 1.0])
    assert conform(rows, PEOPLE, explored=False).rows["_propensity"].tolist() == [0.0, 1.0]
