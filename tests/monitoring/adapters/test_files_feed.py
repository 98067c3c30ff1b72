from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.errors import ConfigError, FeedError
from halflife.models.rows import Kind, Split
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.files_feed import FilesFeed
from halflife.monitoring.adapters.label_table import LabelTable
from halflife.monitoring.adapters.table_sources import source_of

SMALL = "age,job,y\n31,cook,no\n,spy,yes\n40,,no\n"


def feed(folder: Path, text: str | bytes, **settings: Any) -> FilesFeed:
    """The feed of a CSV with this text."""
    path = folder / "rows.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return FilesFeed(path, **{"label": "y", **settings})


def complaint(made: FilesFeed) -> str:
    """What the feed says is wrong with its file, called rows.csv."""
    with pytest.raises(FeedError) as error:
        _ = made.schema
    return str(error.value).replace(str(made.source), "rows.csv")


def test_a_csv_becomes_ticks_of_raw_rows_and_labels(tmp_path: Path) -> None:
    """Rows are numbered from 0 as text; empty cells are missing; labels come with their rows unless they are late."""
    small = feed(tmp_path, SMALL, rows_per_tick=2)
    assert small.schema.to_dict() == {"age": "numeric", "job": "categorical"}
    assert small.ticks == 2
    first, last = small.batch(0), small.batch(1)
    expected = pd.DataFrame({"_id": ["0", "1"], "age": [31.0, np.nan], "job": ["cook", "spy"]})
    pd.testing.assert_frame_equal(first.rows, expected)
    assert first.labels.to_numpy().tolist() == [["0", 0.0], ["1", 1.0]]
    assert last.rows["_id"].tolist() == ["2"]
    assert last.rows["job"].isna().all()


def test_rows_that_are_added_to_the_file_are_seen(tmp_path: Path) -> None:
    """The same feed has more ticks once the file has more rows; a file that is gone is as it was read last."""
    small = feed(tmp_path, SMALL, rows_per_tick=2)
    assert small.ticks == 2
    small.source.write_text(SMALL + "52,cook,yes\n19,spy,no\n", encoding="utf-8")
    assert small.ticks == 3
    assert small.batch(2).rows["_id"].tolist() == ["4"]
    small.source.unlink()
    assert small.ticks == 3


@pytest.mark.parametrize(
    ("separator", "cells"), [(";", "semicolon"), (",", "comma"), ("\t", "tab"), ("|", "pipe")], ids=lambda x: str(x)
)
def test_the_separator_is_found_out(tmp_path: Path, separator: str, cells: str) -> None:
    """Each of the four separators is recognised although the others stand inside quoted cells and names have dots."""
    rows = [["emp.var.rate", "note", "y"], ["1.1", f'"{cells}, a; b| c\td"', "no"], ["-0.1", '"plain"', "yes"]]
    made = feed(tmp_path, "\n".join(separator.join(row) for row in rows))
    assert made.schema.to_dict() == {"emp.var.rate": "numeric", "note": "categorical"}
    assert made.batch(0).rows["note"].tolist() == [f"{cells}, a; b| c\td", "plain"]


def test_a_column_is_numeric_only_if_every_cell_is_a_number(tmp_path: Path) -> None:
    """One word makes a column text, and its cells stay as written; an empty column is numeric; 'nan' is a number."""
    made = feed(tmp_path, "a,b,c,d,e,y\n1,01,,nan, 1,0\n2e3,unknown,,5,-.5,1\n")
    kinds = {"a": "numeric", "b": "categorical", "c": "numeric", "d": "numeric", "e": "numeric"}
    assert made.schema.to_dict() == kinds
    assert made.batch(0).rows["b"].tolist() == ["01", "unknown"]
    assert made.batch(0).rows["c"].isna().all()


def test_settings_choose_columns(tmp_path: Path) -> None:
    """The id column names rows, ignored columns and the time column are no features, categorical ones stay text."""
    text = "key,when,zip,junk,x,y\nA-1,2024-01-02,01234,q,1,0\n,2024-01-03,99999,q,2,1\n"
    made = feed(tmp_path, text, id="key", time="when", ignore=["junk"], categorical=["zip"])
    assert made.schema.to_dict() == {"zip": "categorical", "x": "numeric"}
    batch = made.batch(0)
    assert batch.rows["zip"].tolist() == ["01234", "99999"]
    assert batch.rows["_id"].tolist()[0] == "A-1"
    assert batch.rows["_id"].isna().tolist() == [False, True]
    assert batch.labels["_id"].tolist() == ["A-1"]


@pytest.mark.parametrize(
    ("times", "order"),
    [
        (["3", "1", "2", "1"], [1, 3, 2, 0]),
        (["2024-01-02", "2023-12-31T23:00+00:00", "2024-01-02 00:00:00"], [1, 0, 2]),
        (["31/12/2024", "1/1/2024", "2/3/2024"], [1, 2, 0]),
        (["12/31/2024", "1.2.2024", "2-1-2024"], [1, 2, 0]),
        (["1998", "10", "9"], [2, 1, 0]),
        (["2024-01-05", "soon", "2024-01-01", ""], [2, 3, 0, 1]),
        (["soon", "2024-01-05", "2024-01-01"], [2, 0, 1]),
    ],
)
def test_rows_are_ordered_by_time(tmp_path: Path, times: list[str], order: list[int]) -> None:
    """Numbers as numbers, dates as dates, ties in file order; unreadable times stay behind the row they follow."""
    text = "t,x,y\n" + "".join(f"{time},{i},{i % 2}\n" for i, time in enumerate(times))
    batch = feed(tmp_path, text, time="t").batch(0)
    assert batch.rows["x"].tolist() == order
    assert batch.rows["_id"].tolist() == [str(i) for i in order]
    assert batch.labels["_label"].tolist() == [i % 2 for i in order]


def test_a_column_without_a_name_can_be_ignored(tmp_path: Path) -> None:
    """Tables saved with a row number in front need one setting, the one the error message gives."""
    assert feed(tmp_path, ",x,y\n0,1,0\n1,2,1\n", ignore=[""]).schema.names == ("x",)


def test_times_that_cannot_be_told_are_refused(tmp_path: Path) -> None:
    """Days that could be months, and columns that are mostly no times, are errors with an example."""
    assert complaint(feed(tmp_path, "t,x,y\n03/04/2024,1,0\n04/05/2024,2,1\n", time="t")) == (
        "rows.csv: the time column 't' can be read day first or month first, for example '03/04/2024'; "
        "write it as ISO 8601, such as 2024-05-31"
    )
    assert complaint(feed(tmp_path, "t,x,y\nmon,1,0\ntue,2,1\n", time="t")) == (
        "rows.csv: the time column 't': 2 of 2 cells are neither a number nor a date, for example 'mon'; "
        "ISO 8601 such as 2024-05-31T12:00 is always understood"
    )


def test_late_labels_arrive_delay_ticks_after_their_rows(tmp_path: Path) -> None:
    """With a delay of 2, tick 2 brings the labels of tick 0; a missing label never comes, nor what is due past the end."""
    text = "x,y\n1,0\n2,\n3,1\n4,0\n5,1\n6,1\n"
    made = feed(tmp_path, text, rows_per_tick=2, label_delay=2)
    assert [made.batch(k).labels["_id"].tolist() for k in range(3)] == [[], [], ["0"]]


@pytest.mark.parametrize(
    ("values", "positive", "labels"),
    [
        (["0", "1"], None, [0, 1]),
        (["1.0", "0.0"], None, [1, 0]),
        (["Yes", "No"], None, [1, 0]),
        (["false", "TRUE"], None, [0, 1]),
        (["n", "y"], None, [0, 1]),
        (["no", "no"], None, [0, 0]),
        (["UP", "DOWN"], "UP", [1, 0]),
        (["1", "2"], "2.0", [0, 1]),
        (["DOWN", "DOWN"], "UP", [0, 0]),
    ],
)
def test_binary_labels(tmp_path: Path, values: list[str], positive: str | None, labels: list[int]) -> None:
    """Usual pairs say which value is positive; for others ``positive`` does."""
    made = feed(tmp_path, "x,y\n" + "".join(f"1,{value}\n" for value in values), positive=positive)
    assert made.batch(0).labels["_label"].tolist() == labels


@pytest.mark.parametrize(
    ("values", "positive", "message"),
    [
        (
            ["a", "b", "a", "c"],
            None,
            "the label column 'y' has 3 values where two are possible: 'a' (2 rows), 'b' (1 rows), 'c' (1 rows)",
        ),
        (
            ["UP", "DOWN"],
            None,
            "the label column 'y' has the values 'DOWN' and 'UP'; say which is positive, such as positive = 'UP' in [feed]",
        ),
        (["UP", "DOWN"], "left", "the label column 'y' has the values 'DOWN' and 'UP'; positive = 'left' is neither"),
    ],
)
def test_labels_that_are_not_binary_are_named(
    tmp_path: Path, values: list[str], positive: str | None, message: str
) -> None:
    """Three values, none, or two of which none is known as positive: the message lists what is there."""
    made = feed(tmp_path, "x,y\n" + "".join(f"1,{value}\n" for value in values), positive=positive)
    assert complaint(made) == f"rows.csv: {message}"


@pytest.mark.parametrize(
    ("text", "settings", "message"),
    [
        ("", {}, "rows.csv is empty; its first line should name the columns"),
        (" \n\n", {}, "rows.csv is empty; its first line should name the columns"),
        ("x,y\n", {}, "rows.csv has a header but no rows"),
        (
            "x,y,x\n1,0,2\n",
            {},
            "rows.csv names a column twice (upper and lower case count as one): 'x', 'x'; rename one of them",
        ),
        (
            "Age,age,y\n1,2,0\n",
            {},
            "rows.csv names a column twice (upper and lower case count as one): 'Age', 'age'; rename one of them",
        ),
        (
            SMALL,
            {"label": "label"},
            "rows.csv: the label column 'label' is not in the header; it has 'age', 'job', 'y'",
        ),
        (
            SMALL,
            {"ignore": ["jobs"]},
            "rows.csv: the ignore column 'jobs' is not in the header; did you mean 'job'?",
        ),
        (
            "_tick,x,y\n1,2,0\n",
            {},
            "rows.csv: column '_tick' has a name Halflife keeps for itself (_id, _tick, _label, _entity, _propensity); rename it",
        ),
        (
            ",x,y\n0,1,0\n",
            {},
            'rows.csv: the header leaves a column without a name; give it one, or say ignore = [""] in [feed]',
        ),
        ("y\n1\n", {}, "rows.csv: no column is left to learn from: it has only 'y'"),
        (
            "x,y\n1,0\n1,2,3\n",
            {},
            "rows.csv is not a table separated by ',': CSV parse error: Row #3: Expected 2 columns, got 3: 1,2,3",
        ),
        (
            "x,y\n1,0\n1\n",
            {},
            "rows.csv is not a table separated by ',': CSV parse error: Row #3: Expected 2 columns, got 1: 1",
        ),
        ("x,y\n1,0\ncafé,1\n".encode("latin-1"), {}, "rows.csv is not UTF-8: byte 0xe9 in line 3; save it as UTF-8"),
        (
            "x,y\n1,0\n".encode("utf-16-le"),
            {},
            "rows.csv is not UTF-8 text: it holds zero bytes, as UTF-16 does; save it as UTF-8",
        ),
    ],
)
def test_files_that_are_no_table_say_why(
    tmp_path: Path, text: str | bytes, settings: dict[str, Any], message: str
) -> None:
    """Every fault of a file is told in one exact sentence that names the file."""
    assert complaint(feed(tmp_path, text, **settings)) == message


def test_paths_that_are_no_file_say_so(tmp_path: Path) -> None:
    """A missing file, an empty folder, an unknown ending and a Parquet file that is none are told apart."""
    missing = complaint(FilesFeed(tmp_path / "elec.csv", label="y"))
    assert missing == (
        "no such file: rows.csv; check path in [feed], and the folder HALFLIFE_DATA names if the path is in it"
    )
    (tmp_path / "d.csv").mkdir()
    assert complaint(FilesFeed(tmp_path / "d.csv", label="y")).startswith("rows.csv has no files that end in .csv,")
    assert complaint(FilesFeed(tmp_path / "a.xlsx", label="y")) == (
        "rows.csv: a file feed ends in .csv, .tsv, .txt, .parquet, .pq, not in '.xlsx'"
    )
    (tmp_path / "a.parquet").write_text("x,y\n1,0\n")
    assert complaint(FilesFeed(tmp_path / "a.parquet", label="y")).startswith("rows.csv is not a Parquet file: ")


def test_settings_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    """Ticks without rows and labels before their rows are configuration errors, before any file is read."""
    with pytest.raises(ConfigError, match=r"rows_per_tick = 0 in \[feed\]: a tick has at least 1 row"):
        FilesFeed(tmp_path / "none.csv", label="y", rows_per_tick=0)
    with pytest.raises(ConfigError, match=r"label_delay = -1 in \[feed\]: a label cannot come before its row"):
        FilesFeed(tmp_path / "none.csv", label="y", label_delay=-1)


def test_past_the_end_is_an_error(tmp_path: Path) -> None:
    """There is no tick after the last, nor before the first."""
    small = feed(tmp_path, SMALL, rows_per_tick=2)
    for tick in (2, -1):
        with pytest.raises(FeedError, match=f"has 2 ticks, 0 to 1; there is no tick {tick}"):
            small.batch(tick)


def test_infinities_and_junk_are_handed_on_for_the_store_to_judge(tmp_path: Path) -> None:
    """The feed casts nothing away: 'inf' stays infinite, and a column with junk stays text as it was written."""
    rows = feed(tmp_path, "a,b,y\n1,1,0\ninf,1.50,1\n2,oops,0\n").batch(0).rows
    assert rows["a"].tolist() == [1.0, np.inf, 2.0]
    assert rows["b"].tolist() == ["1", "1.50", "oops"]


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_data(tmp_path: Path) -> None:
    """Files saved by spreadsheets read like others."""
    made = feed(tmp_path, b"\xef\xbb\xbfx,y\r\n1,no\r\n2,yes\r\n")
    assert made.schema.names == ("x",)
    assert made.batch(0).labels["_label"].tolist() == [0.0, 1.0]


def test_parquet_types_are_understood(tmp_path: Path) -> None:
    """Integers, booleans and nulls are numeric; dates and dictionaries are text; lists are refused by name."""
    path = tmp_path / "rows.parquet"
    frame = pd.DataFrame(
        {
            "i": [1, 2],
            "flag": [True, False],
            "empty": [None, None],
            "cat": pd.Categorical(["a", "b"]),
            "code": [7.0, np.nan],
            "day": pd.to_datetime(["2024-01-02", "2024-01-01"]),
            "y": [1.0, np.nan],
        }
    )
    frame.to_parquet(path)
    made = FilesFeed(path, label="y", time="day", categorical=["code"])
    kinds = {"i": "numeric", "flag": "numeric", "empty": "numeric", "cat": "categorical", "code": "categorical"}
    assert made.schema.to_dict() == kinds
    rows = made.batch(0).rows
    assert rows["_id"].tolist() == ["1", "0"]
    assert rows["flag"].tolist() == [0.0, 1.0]
    assert rows["code"].tolist()[1] == "7"
    assert made.batch(0).labels.to_numpy().tolist() == [["0", 1.0]]
    frame.assign(many=[[1], [2]]).to_parquet(path)
    assert complaint(FilesFeed(path, label="y", ignore=["day"])) == (
        "rows.csv: column 'many' holds List(Int64) values; a feature is a number or text, so ignore it"
    )


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=5)


@given(
    rows=st.lists(
        st.tuples(st.floats(allow_nan=False), WORDS, st.sampled_from(["no", "yes", ""])), min_size=1, max_size=6
    ).filter(lambda rows: any(row[2] for row in rows)),
    separator=st.sampled_from([";", ",", "\t", "|"]),
)
@settings(max_examples=40, deadline=None)
def test_csv_and_parquet_of_one_table_are_one_feed(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, str, str]], separator: str
) -> None:
    """Any cells, written as CSV with any separator or as Parquet, give the same schema, rows and labels."""
    folder = tmp_path_factory.mktemp("twins")
    frame = pd.DataFrame(rows, columns=["number", "word", "y"])
    frame.to_csv(folder / "t.csv", sep=separator, index=False, quoting=1)
    frame.to_parquet(folder / "t.parquet")
    one, other = (
        FilesFeed(folder / name, label="y", separator=s) for name, s in (("t.csv", separator), ("t.parquet", None))
    )
    assert one.schema == other.schema
    pd.testing.assert_frame_equal(one.batch(0).rows, other.batch(0).rows)
    pd.testing.assert_frame_equal(one.batch(0).labels, other.batch(0).labels)
    np.testing.assert_array_equal(one.batch(0).rows["number"], frame["number"])


def test_elec_reads_as_it_was_published(data: Path) -> None:
    """45,312 rows of six numeric columns; the label's mean and a column's sum equal those pandas reads."""
    elec = FilesFeed(data / "elec.csv", label="class")
    assert elec.ticks == 46
    assert elec.schema.names == ("period", "nswprice", "nswdemand", "vicprice", "vicdemand", "transfer")
    assert set(elec.schema.to_dict().values()) == {Kind.NUMERIC}
    theirs = pd.read_csv(data / "elec.csv")
    ours = pd.concat([elec.batch(k).rows for k in range(46)], ignore_index=True)
    pd.testing.assert_frame_equal(ours.drop(columns="_id"), theirs.drop(columns="class"), rtol=1e-15)
    assert sum(elec.batch(k).labels["_label"].sum() for k in range(46)) == theirs["class"].sum()


def test_bank_reads_as_it_was_published(data: Path) -> None:
    """Semicolons, quotes, dots in names and yes/no labels need no settings; 'unknown' is a category."""
    bank = FilesFeed(data / "bank-additional-full.csv", label="y")
    theirs = pd.read_csv(data / "bank-additional-full.csv", sep=";", keep_default_na=False)
    assert bank.ticks == 42
    assert bank.schema.names == tuple(theirs.columns[:-1])
    assert bank.schema.categorical == tuple(theirs.columns[:-1][theirs.dtypes.iloc[:-1] == "str"])
    ours = pd.concat([bank.batch(k).rows for k in range(42)], ignore_index=True)
    assert (ours["default"] == theirs["default"]).all()
    assert sum(bank.batch(k).labels["_label"].sum() for k in range(42)) == (theirs["y"] == "yes").sum() == 4640


def test_what_stands_before_the_header_and_comments_are_passed_over(tmp_path: Path) -> None:
    """A title, the date of an export and remarks among the rows are no rows; a cell that begins like a remark is one."""
    text = 'Export of May\n\nx;y\n1;0\n# checked by Ann; twice; thrice\n2;1\n"a\n# b";0\n'
    made = feed(tmp_path, text, skip_lines=2, comment="#", categorical=["x"])
    assert made.batch(0).rows["x"].tolist() == ["1", "2", "a\n# b"]
    assert "say skip_lines or comment in [feed]" in complaint(feed(tmp_path, text))


@pytest.mark.parametrize("tail", ["3", "3,", "3,a", '3,"a, and\nmo', '3,"a",'])
def test_a_line_that_is_being_written_waits(tmp_path: Path, tail: str) -> None:
    """However far its last line is written, a file can be read, and the row comes when the line has its end."""
    path = tmp_path / "rows.csv"
    path.write_text(f"x,job,y\n1,a,0\n2,b,1\n{tail}", encoding="utf-8")
    made = FilesFeed(path, label="y", rows_per_tick=1)
    assert made.closed == 2
    whole = {"3": "3,a,1\n", "3,": "3,a,1\n", "3,a": "3,a,1\n"}.get(tail, '3,"a",1\n')
    path.write_text(f"x,job,y\n1,a,0\n2,b,1\n{whole}", encoding="utf-8")
    assert made.closed == 3
    assert made.batch(2).rows["job"].tolist() == ["a"]


@pytest.mark.parametrize(("odd", "positive"), [("2", None), ("maybe", None), ("maybe", "1")])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_label_of_a_third_value_is_set_aside(
    tmp_path: Path, odd: str, positive: str | None, *, elsewhere: bool
) -> None:
    """One mistaken label stops nothing: it is in quarantine with its text, and comes once."""
    text = "k,x,y\n" + "".join(f"{k},{k},{k % 2}\n" for k in range(59)) + f"59,1,{odd}\n"
    made = feed(tmp_path, text, positive=positive, id="k", rows_per_tick=60)
    if elsewhere:
        (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
        labels = LabelTable(source_of(tmp_path / "labels.csv"), "k", "y", positive=positive)
        made = feed(tmp_path, text, label="", labels=labels, ignore=["y"], id="k", rows_per_tick=60)
    store = DeltaStore(tmp_path / "store", Split())
    told = store.append(made.batch(0), made.schema)
    assert (told.rows, told.labels, told.quarantined) == (60, 59, 1)
    aside = store.quarantine().iloc[0]
    assert (aside["id"], aside["reason"]) == ("59", f"label: {odd!r} is neither of the two values")
    assert any(f"1 label of 60 in 'y' is neither '0' nor '1', {odd!r}" in said for said in made.remarks)
    for name in ("rows.csv", "labels.csv"):
        (tmp_path / name).write_text(text + "60,1,1\n", encoding="utf-8")
    later = store.append(made.following(store).batch(1), made.schema)
    assert (later.rows, later.labels, later.quarantined) == (1, 1, 0)


def test_rows_that_come_again_are_not_called_late(tmp_path: Path) -> None:
    """They are set aside; late is what is stored late."""
    head, first = "k,t,x,y\n", "".join(f"{k},2024-01-0{k},{k},{k % 2}\n" for k in (2, 3, 4))
    made = feed(tmp_path, head + first, id="k", time="t", rows_per_tick=3)
    store = DeltaStore(tmp_path / "store", Split())
    store.append(made.batch(0), made.schema)
    late, new = "1,2024-01-01,1,0\n", "5,2024-01-05,5,1\n6,2024-01-06,6,0\n"
    (tmp_path / "rows.csv").write_text(head + first + late + first + new, encoding="utf-8")
    following, spans, rows = made.following(store), [], []
    for tick in (1, 2):
        batch = following.batch(tick)
        rows.append(store.append(batch, made.schema).rows)
        spans.append(batch.span)
    assert sum(rows) == 3
    assert sum(span.late for span in spans if span is not None) == 1


def test_an_open_quote_is_told_where_it_opens(tmp_path: Path) -> None:
    """Rows after it are not taken for a cell that is being written; a quote within a cell opens nothing."""
    rows = [f'{k},"note {k}",{k % 2}' for k in range(20)]
    rows[7] = '7,"note 7,1'
    made = feed(tmp_path, "\n".join(["x,note,y", *rows]) + "\n")
    assert complaint(made) == (
        "rows.csv is not a table: a quote opens in line 9 and closes before the end of its cell: '7,\"note 7,1'; close it, or "
        "double it where it is part of the cell"
    )
    plain = feed(
        tmp_path, "\n".join(["x,note,y", *(row.replace('"', "") for row in rows[:7]), *rows[7:8]]) + "\n8,n,0" * 9
    )
    assert complaint(plain) == (
        "rows.csv is not a table: a quote opens in line 9 and is not closed, so that the 9 lines after it would be one "
        "cell: '7,\"note 7,1'; close it, or double it where it is part of the cell"
    )
    rows[7] = '7,6" nails,1'
    assert len(feed(tmp_path, "\n".join(["x,note,y", *rows]) + "\n", rows_per_tick=20).batch(0).rows) == 20
    growing = feed(tmp_path, "\n".join(["x,note,y", *rows, "20,"]), rows_per_tick=20)
    assert (growing.ticks, len(growing.batch(0).rows)) == (1, 20)


def test_a_column_with_many_values_is_no_label(tmp_path: Path) -> None:
    """Where a third value is more than a tenth of the labels, the configuration is wrong, and says so."""
    made = feed(tmp_path, "x,y\n" + "".join(f"1,{k % 3}\n" for k in range(60)))
    assert "the label column 'y' has 3 values where two are possible" in complaint(made)
