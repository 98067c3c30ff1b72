"""Predicates: which rows they pick, and what they refuse."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.errors import ClaimError
from halflife.models.rows import RESERVED, Column, Kind, Schema
from halflife.monitoring.claims.evidence.masks import mask
from halflife.monitoring.claims.syntax import predicates
from halflife.monitoring.claims.syntax.sql_words import quote

FRAME = pd.DataFrame(
    {
        "_id": list("abcd"),
        "_tick": 0,
        "_label": [1.0, 0.0, np.nan, 1.0],
        "age": [20.0, 35.0, np.nan, 50.0],
        "emp.var.rate": [1.4, -1.8, 1.1, np.nan],
        "job": pd.Series(["student", "o'brien", np.nan, "cook"], dtype="str"),
        "default": pd.Series(["yes", "no", "no", np.nan], dtype="str"),
    }
)
SCHEMA = Schema(
    (
        Column("age", Kind.NUMERIC),
        Column("emp.var.rate", Kind.NUMERIC),
        Column("job", Kind.CATEGORICAL),
        Column("default", Kind.CATEGORICAL),
    )
)


@pytest.mark.parametrize(
    ("where", "picked"),
    [
        ("age > 30", "bd"),
        ("NOT age > 30", "a"),
        ("age IS NULL", "c"),
        ("age between 20 and 35", "ab"),
        ("job in ('student', 'cook')", "ad"),
        ("job NOT IN ('student', 'cook')", "b"),
        ("job = 'o''brien'", "b"),
        ("job like 's%' or age / 2 > 24", "ad"),
        ("default = 'no'", "bc"),
        ('"emp.var.rate" > 1', "ac"),
        ("emp.var.rate > 1", "ac"),
        ("coalesce(age, 99) > 60 AND UPPER(default) = 'NO'", "c"),
        ("CASE WHEN age > 30 THEN job = 'cook' ELSE job = 'student' END", "ad"),
    ],
)
def test_a_predicate_picks_the_rows_it_is_true_for(where: str, picked: str) -> None:
    """Missing values make a condition NULL and leave the row out; keywords and dots in names do no harm."""
    assert "".join(FRAME["_id"][mask(where, FRAME)]) == picked
    predicates.check(where, SCHEMA)


@pytest.mark.parametrize(
    ("where", "column", "message"),
    [
        ("", 1, "the predicate is empty; write a condition such as age > 30"),
        ("ag > 3", 1, "'ag' is not a column; columns are age, \"emp.var.rate\", job, default; did you mean 'age'?"),
        ("age > 3 AND Job = 'x'", 13, "'Job' is not a column; columns are age"),
        ('job = "cook"', 7, "text goes in single quotes, column names in double quotes"),
        (
            "age > (SELECT max(age) FROM t)",
            8,
            "SELECT: a predicate looks at one row at a time; no subqueries, no windows",
        ),
        ("EXISTS (SELECT 1)", 1, "no subqueries"),
        ("age > avg(age)", 7, "'avg' is not a function a predicate may use; those are ABS, CEIL, COALESCE"),
        ("row_number() over (order by age) = 1", 1, "'row_number' is not a function a predicate may use"),
        ("read_csv('x') = 1", 1, "'read_csv' is not a function"),
        ("lenght(job) = 4", 1, "did you mean 'LENGTH'?"),
        ("age > current_date", 7, "'current_date' is not a column"),
        ("_label = 1", 1, "'_label' is not a column"),
        ("age::int > 3", 4, "':' has no place in a predicate"),
        ("age > 3; DROP TABLE t", 8, "a predicate is one condition; nothing follows it"),
        ("age > 3 -- old", 9, "a predicate holds no comments"),
        ("age > 3 /* old */", 9, "a predicate holds no comments"),
        ("job = 'cook", 7, "this ' is never closed"),
        ("(age > 3", 1, "this parenthesis is never closed"),
        ("age > 3)", 8, "this parenthesis closes nothing"),
        ("age > 1e999", 7, "1e999 is not a finite number"),
        ("age > 3d", 7, "this is not a number"),
        ("age >", 1, "the predicate cannot be read as SQL"),
        ("age", 1, "the predicate gives Float64 per row; it should be true or false, as in age > 30"),
        ("job > 3", 1, "cannot compare string with numeric type"),
        ("1 = 1", 1, "the predicate names no column; columns are age"),
        ("age > 40 age", 10, "AND, OR or an operator is missing between 40 and age"),
        ("(age > 40) 'old'", 12, "AND, OR or an operator is missing between ) and 'old'"),
        ("job = 'a' 'b'", 11, "AND, OR or an operator is missing between 'a' and 'b'"),
        ("age IS NULL age", 13, "AND, OR or an operator is missing between NULL and age"),
        ("CASE WHEN age > 3 THEN TRUE END job", 33, "AND, OR or an operator is missing between END and job"),
    ],
)
def test_a_wrong_predicate_is_refused_where_it_is_wrong(where: str, column: int, message: str) -> None:
    """The error points at the word at fault and says what is known, whether rows are at hand or only a schema."""
    for attempt in (lambda: predicates.check(where, SCHEMA), lambda: mask(where, FRAME)):
        with pytest.raises(ClaimError) as caught:
            attempt()
        assert message in caught.value.message
        assert (caught.value.column, caught.value.text) == (column, where)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (" OR ".join(f"age = {n}" for n in range(20_000)), "at most 2000 operators; this one has 39999"),
        ("job" + " || 'a'" * 500 + " = 'b'", "at most 200 ||; this one has 500"),
        (" OR ".join(["job LIKE 'a%'"] * 600), "at most 500 LIKE; this one has 600"),
        ("age > 1" + " IS NULL" * 20_000, "at most 2000 operators; this one has 20001"),
        ("(" * 60 + "age > 1" + ")" * 60, "at most 40 parentheses, CASE and NOT deep"),
        ("NOT " * 60 + "age > 1", "at most 40 parentheses, CASE and NOT deep"),
        ("age > " + "- " * 60 + "1", "at most 40 parentheses, CASE and NOT deep"),
    ],
)
def test_a_predicate_too_long_or_too_deep_is_refused_in_a_few_lines(where: str, message: str) -> None:
    """What would end the process, or be read as something else, is an error that shows only the part at fault."""
    with pytest.raises(ClaimError, match=re.escape(message)) as caught:
        predicates.check(where, SCHEMA)
    assert len(str(caught.value)) < 2_500


@pytest.mark.parametrize(
    "where",
    [
        " OR ".join(f"age = {n}" for n in range(300)),
        f"age IN ({', '.join(map(str, range(20_000)))})",
        "job" + " || 'a'" * 200 + " <> 'b'",
        "(" * 39 + "age > 1" + ")" * 39,
        "abs(" * 38 + "age" + ")" * 38 + " > 1",
        "NOT " * 39 + "age > 1",
        "NOT " * 30 + "age > 1 AND " + "NOT " * 30 + "age > 2",
    ],
)
def test_a_predicate_within_the_limits_is_computed(where: str) -> None:
    """What the limits let through does reach the rows."""
    assert len(mask(where, FRAME)) == len(FRAME)


CONDITION = st.recursive(
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["age", '"emp.var.rate"']),
        st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]),
        st.sampled_from(["-1.8", "1.1", "20", "35", "1e1"]),
    )
    | st.builds("job {} '{}'".format, st.sampled_from(["=", "<>"]), st.sampled_from(["cook", "x"])),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner)
        | st.builds("NOT ({})".format, inner)
    ),
    max_leaves=5,
)


@settings(deadline=None)
@given(CONDITION)
def test_a_row_is_never_in_a_predicate_and_in_its_negation(where: str) -> None:
    """Three-valued logic: a row is in one of them, or in neither where a value is missing."""
    positive, negative = mask(where, FRAME), mask(f"NOT ({where})", FRAME)
    assert not (positive & negative).any()
    complete = FRAME[["age", "emp.var.rate", "job"]].notna().all(axis=1).to_numpy()
    assert (positive | negative)[complete].all()


def outcome(where: str) -> int | ClaimError:
    """How many rows a text is answered for, or how it is refused."""
    try:
        return len(mask(where, FRAME))
    except ClaimError as error:
        return error


@settings(deadline=None)
@given(st.text(max_size=40) | st.text("age job()<>='\"1.-*/ NOT", max_size=30))
def test_any_text_is_read_or_refused(where: str) -> None:
    """Whatever is typed, the answer is a mask or a ClaimError that points into the text."""
    read = outcome(where)
    assert 1 <= read.column <= len(where) + 1 if isinstance(read, ClaimError) else read == 4


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(lambda n: n not in RESERVED)
)
def test_any_column_name_can_be_quoted(name: str) -> None:
    """``quote`` spells a name so that a predicate finds it, whatever it is made of."""
    frame = pd.DataFrame({name: [1.0, 3.0]})
    assert mask(f"{quote(name)} > 2", frame).tolist() == [False, True]
    assert predicates.columns(f"{quote(name)} > 2") == (name,)
