"""What a table is found to be where nobody says it: times, numbers, what is missing, what tells rows apart."""

import polars as pl
import pytest

from halflife.monitoring.adapters.inferred.columns import entity_of, id_of, no_features
from halflife.monitoring.adapters.inferred.spelling import spelling_of
from halflife.monitoring.adapters.inferred.times import time_of
from halflife.monitoring.adapters.time_order import times_of

MARCH = 1_678_838_400e6
"""15 March 2023, in microseconds since 1970."""


@pytest.mark.parametrize(
    ("cell", "later", "spelled"),
    [
        ("2023-03-15", "2023-03-16", ""),
        ("2023/03/15", "2023/03/16", ""),
        ("15.03.2023", "16.03.2023", ""),
        ("15-Mar-2023", "16-Mar-2023", "%d-%b-%Y"),
        ("15 March 2023", "16 March 2023", "%d %B %Y"),
        ("Mar 15, 2023", "Mar 16, 2023", "%b %d, %Y"),
        ("20230315", "20230316", "%Y%m%d"),
        ("03/15/2023 12:00 AM", "03/15/2023 01:30 PM", "%m/%d/%Y %I:%M %p"),
        ("2023-03-15 00:00:00 UTC", "2023-03-15 13:00:00 UTC", "%Y-%m-%d %H:%M:%S %Z"),
        ("Wed, 15 Mar 2023 00:00:00 GMT", "Wed, 15 Mar 2023 09:00:00 GMT", "%a, %d %b %Y %H:%M:%S %Z"),
        ("2023-03-14T23:00:00-01:00", "2023-03-15T23:00:00-01:00", ""),
    ],
)
def test_times_are_read_however_they_are_written(cell: str, later: str, spelled: str) -> None:
    """The format is found, and with it the feed reads the same moment."""
    cells = pl.Series("date", [cell, later] * 30)
    timed, _, said = time_of(pl.DataFrame({"x": ["1"] * 60, "date": cells}), None, [])
    assert timed is not None
    assert (timed.name, timed.format, timed.times.dated) == ("date", spelled, True)
    assert [choice.key for choice in said] == ["time", "time_format"][: 1 + bool(spelled)]
    assert times_of(cells, format=spelled).values[0] == MARCH


def test_days_and_months_that_cannot_be_told_apart_are_told() -> None:
    """The reading in which the rows are nearer together is taken, and the other one named."""
    cells = [f"0{k % 3 + 1}/02/2023" for k in range(60)]
    timed, _, said = time_of(pl.DataFrame({"day": cells}), None, [])
    assert timed is not None
    assert timed.format == "%d/%m/%Y"
    assert "It may be %m/%d/%Y as well" in said[-1].why


def test_of_several_times_the_one_in_whose_order_rows_stand_is_taken() -> None:
    """Others are no features; a column that is asked for is taken whatever its order."""
    days = [f"2024-01-{k + 1:02d}" for k in range(28)]
    table = pl.DataFrame({"signup_date": days[::-1], "seen": days})
    chosen, rest, _ = time_of(table, None, [])
    assert (chosen and chosen.name, rest) == ("seen", ["signup_date"])
    asked, rest, _ = time_of(table, "signup_date", [])
    assert (asked and asked.name, rest) == ("signup_date", ["seen"])


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands"),
    [
        (["0,5", "1,25", "12"], ",", ""),
        (["1.234,50", "12,00", "3"], ",", "."),
        (["1 234,50", "12,00", "3"], ",", " "),
        (["1,234.50", "12.00", "3"], ".", ","),
        (["$12.00", "$3.50", "$4"], ".", ","),
        (["45%", "5%", "12.5%"], ".", ","),
        (["1'234.50", "12.00", "3"], ".", "'"),
        (["1.5", "2.25", "3"], ".", ""),
        (["a", "b", "1,5"], ".", ""),
    ],
)
def test_marks_in_numbers_are_found(cells: list[str], decimal: str, thousands: str) -> None:
    """What people write is a number with the marks that are found; plain numbers need none, and texts have none."""
    spelling, said = spelling_of(pl.DataFrame({"a": cells * 10}))
    assert (spelling.decimal, spelling.thousands) == (decimal, thousands)
    assert bool(said) == ((decimal, thousands) != (".", ""))
    read = spelling.plain(pl.Series("a", cells)).cast(pl.Float64, strict=False)
    assert read.null_count() == (3 if "a" in cells else 0)


def test_a_point_between_thousands_takes_no_programs_point() -> None:
    """Where one column has 1.234,50 and another 0.75, the points of the other stay points."""
    spelling, _ = spelling_of(pl.DataFrame({"a": ["1.234,50", "2,00"] * 10, "b": ["0.75", "12.5"] * 10}))
    assert spelling.thousands != "."


def test_what_tells_rows_apart() -> None:
    """An id by its name, else texts, else a count; a float or a column with a gap is none; an index is no feature."""
    n = [str(k) for k in range(60)]
    table = pl.DataFrame({"score": [f"{k}.5" for k in range(60)], "": n, "nr": n, "order_id": n[::-1]})
    assert id_of(table, None, [])[0] == "nr"
    assert id_of(table.drop("nr"), None, [])[0] == "order_id"
    assert id_of(table.select("score", ""), None, [])[0] is None
    assert id_of(pl.DataFrame({"k": [None, *n[1:]]}), None, [])[0] is None
    assert no_features(table, ["nr"]) == {"": "an index"}


def test_rows_that_repeat_by_an_entity() -> None:
    """A column called an id whose names come in several rows each; not one that names a few shops."""
    table = pl.DataFrame({"shop_id": [k % 5 for k in range(900)], "customer_id": [k % 200 for k in range(900)]})
    assert entity_of(table, []) == "customer_id"
    assert entity_of(table.select("shop_id"), []) is None
