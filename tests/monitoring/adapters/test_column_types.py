"""What a file declares is believed, what it does not is inferred and told."""

import datetime
import decimal
import json
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from halflife.models.errors import FeedError, HalflifeError
from halflife.models.rows import LABEL, ROW_ID, Batch, Column, Kind, Schema, Split
from halflife.monitoring.adapters.csv_dialect import Spelling
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.files_feed import FilesFeed

N = 60
ODD: dict[str, pa.Array] = {
    "uuid": pa.array([uuid.UUID(int=k).bytes for k in range(N)], pa.binary(16)),
    "bytes": pa.array([b"\xff\x00%d" % k for k in range(N)]),
    "duration": pa.array([datetime.timedelta(seconds=k) for k in range(N)]),
    "list": pa.array([[k] for k in range(N)]),
    "struct": pa.array([{"a": k} for k in range(N)]),
    "map": pa.array([[("a", 1)]] * N, pa.map_(pa.string(), pa.int64())),
    "decimal of 50 digits": pa.array([decimal.Decimal(k) for k in range(N)], pa.decimal256(50, 2)),
    "decimal": pa.array([decimal.Decimal(k) for k in range(N)], pa.decimal128(20, 2)),
    "moment": pa.array([datetime.datetime(2024, 1, 1) + datetime.timedelta(hours=k) for k in range(N)]),
    "day": pa.array([datetime.date(2024, 1, 1) + datetime.timedelta(days=k) for k in range(N)]),
    "clock": pa.array([datetime.time(k % 24) for k in range(N)]),
    "nothing": pa.nulls(N),
}


def written(folder: Path, **columns: pa.Array) -> Path:
    """A Parquet file with a number and a label beside what is given."""
    rng = np.random.default_rng(0)
    table = pa.table({"x": rng.normal(size=N), "y": rng.integers(0, 2, N), **columns})
    pq.write_table(table, folder / "rows.parquet")
    return folder / "rows.parquet"


@pytest.mark.parametrize("role", ["feature", "id", "time", "label"])
@pytest.mark.parametrize("kind", ODD)
def test_no_type_of_a_column_is_a_traceback(kind: str, role: str, tmp_path: Path) -> None:
    """In any role a column of any type is read, or refused in one sentence that names it."""
    path = written(tmp_path, odd=ODD[kind])
    roles: dict[str, str] = {"label": "y"} | ({} if role == "feature" else {role: "odd"})
    try:
        said = str(len(FilesFeed(path, **roles).batch(0).rows))  # type: ignore[arg-type]
    except HalflifeError as error:
        said = str(error)
    assert said == str(N) or ("'odd'" in said and "\n" not in said)


def test_declared_categories_are_categories(tmp_path: Path) -> None:
    """Codes that look like numbers stay what the file says they are, with their zeros."""
    path = written(tmp_path, zip=pa.array(["02139", "10001"] * (N // 2)).dictionary_encode())
    feed = FilesFeed(path, label="y")
    assert feed.schema.to_dict() == {"x": "numeric", "zip": "categorical"}
    assert feed.batch(0).rows["zip"].tolist()[:2] == ["02139", "10001"]
    assert FilesFeed(path, label="y", numeric=["zip"]).schema.to_dict()["zip"] == "numeric"


def test_declared_categories_of_numbers_are_categories(tmp_path: Path) -> None:
    """So are grades from 1 to 5 that pandas wrote as a category; a store that took them in as numbers goes on so."""
    path = written(tmp_path, grade=pa.array([1, 2, 3, 4, 5] * (N // 5)).dictionary_encode())
    feed = FilesFeed(path, label="y", rows_per_tick=30)
    assert feed.schema.to_dict() == {"x": "numeric", "grade": "categorical"}
    assert feed.batch(0).rows["grade"].tolist()[:2] == ["1", "2"]
    store = DeltaStore(tmp_path / "store", Split())
    begun = Schema((Column("x", Kind.NUMERIC), Column("grade", Kind.NUMERIC)))
    store.append(FilesFeed(path, label="y", rows_per_tick=30, numeric=["grade"]).batch(0), begun)
    assert feed.following(store).schema == begun


def test_a_store_from_before_goes_on_as_it_began(tmp_path: Path) -> None:
    """Where declared codes were taken in as numbers, they still are; an index that was a feature still is one."""
    codes = pd.Categorical(["1", "2"] * 30)
    frame = pd.DataFrame({"code": codes, "y": [0, 1] * 30}, index=np.arange(60) + 7)
    frame.to_parquet(tmp_path / "rows.parquet")
    schema = Schema((Column("code", Kind.NUMERIC), Column("__index_level_0__", Kind.NUMERIC)))
    begun = pd.DataFrame({ROW_ID: ["0", "1"], "code": [1.0, 2.0], "__index_level_0__": [7.0, 8.0]})
    store = DeltaStore(tmp_path / "store", Split())
    store.append(Batch(0, begun, pd.DataFrame({ROW_ID: ["0"], LABEL: [0.0]})), schema)
    after = FilesFeed(tmp_path / "rows.parquet", label="y", rows_per_tick=30).following(store)
    assert store.append(after.batch(1), after.schema).rows == 30
    rows = store.window(0, 1).rows
    assert (rows["code"].dtype, rows["__index_level_0__"].max()) == (np.float64, 38.0)


def test_blanks_around_a_name_do_not_count(tmp_path: Path) -> None:
    """`red` and `red ` are one category, blanks alone are missing, and what was one is told; labels are read alike."""
    colour = ["red", "red ", " blue", "  "] * 15
    frame = pd.DataFrame({"colour": colour, "x": range(N), "y": ["1", "0 ", " 1", "0"] * 15})
    frame.to_csv(tmp_path / "rows.csv", index=False)
    feed = FilesFeed(tmp_path / "rows.csv", label="y")
    rows = feed.batch(0).rows
    assert (rows["colour"].dropna().unique().tolist(), int(rows["colour"].isna().sum())) == (["red", "blue"], 15)
    assert feed.remarks == ("'colour' has blanks around 30 cells, such as 'red ', which is read as 'red'",)
    declared = frame.astype({"colour": "category"})
    declared.to_parquet(tmp_path / "rows.parquet")
    assert FilesFeed(tmp_path / "rows.parquet", label="y").batch(0).rows["colour"].dropna().nunique() == 2


def test_a_store_that_began_with_blanks_keeps_them(tmp_path: Path) -> None:
    """A home of an earlier revision goes on with the categories its models know; a new one says that it trims."""
    frame = pd.DataFrame({"colour": ["red", "red "] * 30, "y": [0, 1] * 30})
    frame.to_csv(tmp_path / "rows.csv", index=False)
    feed = FilesFeed(tmp_path / "rows.csv", label="y", rows_per_tick=30)
    stores = [DeltaStore(tmp_path / name, Split()) for name in ("old", "new")]
    for store in stores:
        store.append(feed.following(store).batch(0), feed.schema)
    contract = tmp_path / "old" / "store.json"
    said = json.loads(contract.read_text())
    assert said.pop("trimmed") is True
    contract.write_text(json.dumps(said))
    old, new = (feed.following(DeltaStore(tmp_path / name, Split())) for name in ("old", "new"))
    assert set(old.batch(1).rows["colour"]) == {"red", "red "}
    assert set(new.batch(1).rows["colour"]) == {"red"}


def test_an_index_of_pandas_is_no_feature(tmp_path: Path) -> None:
    """The column that pandas makes of an index counts rows; nobody asked for it."""
    frame = pd.DataFrame({"x": np.arange(9.0), "y": [0, 1, 0] * 3})
    frame[frame["x"] > 2].to_parquet(tmp_path / "rows.parquet")
    assert FilesFeed(tmp_path / "rows.parquet", label="y").schema.names == ("x",)


def test_times_as_features_are_refused_with_what_to_say(tmp_path: Path) -> None:
    """A time is no category; said to be one, it is read as text."""
    path = written(tmp_path, signup=ODD["moment"])
    with pytest.raises(FeedError, match=r"'signup' holds times, and a time is no category: in \[feed\] say ignore = "):
        _ = FilesFeed(path, label="y").schema
    assert FilesFeed(path, label="y", categorical=["signup"]).schema.to_dict()["signup"] == "categorical"


def test_a_blank_label_has_not_come(tmp_path: Path) -> None:
    """As in any other column, a space is nothing."""
    (tmp_path / "rows.csv").write_text("x,y\n1,0\n2, \n3,1\n")
    labels = FilesFeed(tmp_path / "rows.csv", label="y").batch(0).labels
    assert dict(zip(labels[ROW_ID], labels[LABEL], strict=True)) == {"0": 0.0, "2": 1.0}


@pytest.mark.parametrize(
    ("cells", "spelling", "said"),
    [
        ([f"{k},5" for k in range(N)], {"decimal": ","}, "numbers as people write them, such as '0,5'"),
        ([f"1,{k:03d}.50" for k in range(N)], {"thousands": ","}, "numbers as people write them, such as '1,000.50'"),
        ([f"${k}.00" for k in range(N)], {"thousands": ","}, "numbers as people write them, such as '$0.00'"),
        ([f"{k}%" for k in range(N)], {"decimal": ","}, "numbers as people write them, such as '0%'"),
        (["NA" if k % 10 == 3 else str(k) for k in range(N)], {"missing": ("na",)}, "are 'NA'; say missing = ['NA']"),
    ],
)
def test_numbers_that_are_not_spelled_as_programs_do_are_told_and_can_be_read(
    cells: list[str], spelling: dict[str, Any], said: str, tmp_path: Path
) -> None:
    """A remark names the setting, and with it the column is numeric."""
    pd.DataFrame({"a": cells, "y": [0, 1] * (N // 2)}).to_csv(tmp_path / "rows.csv", sep=";", index=False)
    feed = FilesFeed(tmp_path / "rows.csv", label="y")
    assert feed.schema.to_dict() == {"a": "categorical"}
    assert said in feed.remarks[0]
    read = FilesFeed(tmp_path / "rows.csv", label="y", spelling=Spelling(**spelling))
    assert (read.schema.to_dict(), read.remarks) == ({"a": "numeric"}, ())


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([f"{k:02d}-03-2024" for k in range(1, 29)] * 3, "cells are dates, such as '01-03-2024'; say ignore = ['a']"),
        ([f"customer {k}" for k in range(84)], "84 names in 84 rows: it tells rows apart; say id = 'a'"),
        (["same"] * 84, "'a' is 'same' in every row"),
        ([""] * 84, "'a' is empty; say ignore = ['a']"),
    ],
)
def test_odd_categories_are_told(cells: list[str], said: str, tmp_path: Path) -> None:
    """Each with the line that would change it."""
    pd.DataFrame({"a": cells, "x": np.arange(84.0), "y": [0, 1] * 42}).to_csv(tmp_path / "rows.csv", index=False)
    assert said in FilesFeed(tmp_path / "rows.csv", label="y").remarks[0]


def test_times_that_cannot_be_read_are_counted_and_a_format_reads_them(tmp_path: Path) -> None:
    """Rows whose time is no time keep their place, which is told; with a format every one is read."""
    times = [
        f"{k % 28 + 1:02d}-Mar-2023 0{k % 9 + 1}:30 PM" if k % 5 < 2 else f"2023-02-{k % 28 + 1:02d}" for k in range(N)
    ]
    frame = pd.DataFrame({"t": times, "x": np.arange(float(N)), "y": [0, 1] * (N // 2)})
    frame.to_csv(tmp_path / "rows.csv", index=False)
    told = FilesFeed(tmp_path / "rows.csv", label="y", time="t").remarks[0]
    assert told.startswith("24 of 60 times in 't' cannot be read;")
    frame.assign(t=[f"{k % 28 + 1:02d}-Mar-2023 0{k % 9 + 1}:30 PM" for k in range(N)]).to_csv(
        tmp_path / "rows.csv", index=False
    )
    named = FilesFeed(tmp_path / "rows.csv", label="y", time="t", spelling=Spelling(time_format="%d-%b-%Y %I:%M %p"))
    assert named.remarks == ()


def test_another_encoding_can_be_named(tmp_path: Path) -> None:
    """Latin-1 reads as what it is."""
    (tmp_path / "rows.csv").write_bytes("x,c,y\n1,café,0\n2,thé,1\n".encode("latin-1"))
    feed = FilesFeed(tmp_path / "rows.csv", label="y", spelling=Spelling(encoding="latin-1"))
    assert feed.batch(0).rows["c"].tolist() == ["café", "thé"]


def test_a_truncated_parquet_file_is_one_sentence(tmp_path: Path) -> None:
    """Whoever cut it off."""
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FeedError, match="is not a Parquet file: "):
        _ = FilesFeed(path, label="y").schema


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            [["true", "TRUE", "1", "no"][k % 4] for k in range(N)],
            "'a' spells yes and no in 4 ways, 'true', 'TRUE', '1', 'no'",
        ),
        (
            [["Red", "red", "blue"][k % 3] for k in range(N)],
            "'a' has names that differ in capital letters alone, 'Red', 'red'",
        ),
        ([["02139", "10001", "94110"][k % 3] for k in range(N)], "such as 02139; say categorical = ['a'] in [feed]"),
        ([[200, 301, 404][k % 3] for k in range(N)], "such as 200; say categorical = ['a'] in [feed]"),
    ],
)
def test_names_in_several_spellings_and_codes_are_told(cells: list[Any], said: str, tmp_path: Path) -> None:
    """Each is read as it stands, and a remark says what it may be instead."""
    pd.DataFrame({"a": cells, "x": np.arange(N) / 2, "y": [0, 1] * (N // 2)}).to_csv(tmp_path / "rows.csv", index=False)
    feed = FilesFeed(tmp_path / "rows.csv", label="y")
    (remark,) = feed.remarks
    assert said in remark
    if feed.schema.to_dict()["a"] == "numeric":
        for kind in ({"categorical": ["a"]}, {"numeric": ["a"]}):
            assert FilesFeed(tmp_path / "rows.csv", label="y", **kind).remarks == ()  # type: ignore[arg-type]
