"""``halflife init``: files of odd kinds become a configuration that the doctor passes and a replay can use."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from halflife.flows.cli import cli
from halflife.flows.configuration import read
from halflife.flows.opened import Opened
from halflife.flows.plain_runner import PlainRunner
from halflife.flows.use_cases.running import replay
from halflife.models.errors import FeedError, HalflifeError, UsageError

N = 3_000


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    """A command, whose errors are raised."""
    return CliRunner().invoke(cli, [*words], catch_exceptions=False)


def said(*words: str) -> dict[str, Any]:
    """What ``init`` wrote, setting by setting; the sections of windows apart."""
    ran = CliRunner().invoke(cli, ["init", *words, "--json"])
    assert ran.exit_code == 0, ran.exception
    rows = json.loads(ran.stdout)["settings"]
    return {row["key"]: row["value"] for row in rows if row["said"] and row["section"] not in ("retrain", "watch")}


def frame(n: int = N) -> pd.DataFrame:
    """A label that two columns tell of, and a column of few names."""
    rng = np.random.default_rng(3)
    price, visits = rng.normal(20, 5, n).round(2), rng.poisson(3, n)
    label = rng.random(n) < 1 / (1 + np.exp(-(0.4 * (price - 20) + visits - 3)))
    return pd.DataFrame(
        {"price": price, "visits": visits, "plan": rng.choice(["basic", "plus"], n), "label": label * 1}
    )


def semicolons() -> list[str]:
    """Decimal commas and points between thousands, times as day.month.year, labels ja and nein; Latin letters."""
    rows = frame()
    rows["price"] = [f"{1000 + 100 * p:,.2f}".translate(str.maketrans(",.", ".,")) + " €" for p in rows["price"]]
    rows["Größe"] = np.tile(["klein", "groß"], N // 2)
    rows["Datum"] = (pd.Timestamp("2024-01-15") + pd.to_timedelta(np.arange(N) // 40, "D")).strftime("%d.%m.%Y")
    rows["Ziel"] = np.where(rows.pop("label") == 1, "ja", "nein")
    rows.to_csv("rows.csv", sep=";", index=False, encoding="cp1252")
    return ["rows.csv"]


def german_words() -> list[str]:
    """Words for missing that no list of English ones has, among numbers."""
    rows = frame().astype({"price": str, "visits": str})
    rows.loc[::7, "price"], rows.loc[::9, "visits"] = "k.A.", "unbekannt"
    rows.to_csv("rows.csv", index=False)
    return ["rows.csv"]


def parquet() -> list[str]:
    """Zip codes as a dictionary, an index of pandas, a list, a second time."""
    rows = frame()
    rows["zip"] = pd.Categorical(np.tile(["02139", "10001", "94110"], N // 3))
    rows["seen"] = pd.Timestamp("2024-01-01", tz="Europe/Berlin") + pd.to_timedelta(np.arange(N), "h")
    rows["signed_up"] = rows["seen"] - pd.to_timedelta(400, "D")
    rows["tags"] = [["a"]] * N
    rows.index = pd.Index(np.arange(N) + 5)
    rows[rows["visits"] >= 0].to_parquet("rows.parquet")
    return ["rows.parquet"]


def bare() -> list[str]:
    """No id, no time; codes of a status read as numbers would be, an empty column, one that a program called an index."""
    rows = frame().assign(status=np.resize([200, 301, 404, 500], N), nothing="")
    rows.reset_index(names="Unnamed: 0").to_csv("rows.csv", index=False)
    return ["rows.csv"]


def preamble() -> list[str]:
    """A title, comments, times with a month's name and AM or PM, and a last line that is being written."""
    rows = frame()
    when = pd.Timestamp("2023-03-15") + pd.to_timedelta(np.arange(N) * 30, "min")
    rows["when"] = when.strftime("%d-%b-%Y %I:%M %p")
    text = rows.to_csv(index=False).splitlines(keepends=True)
    text.insert(1_000, "# checked by Ann, twice\n")
    Path("rows.csv").write_text("Export of 2023\nby the shop\n\n" + "".join(text) + "20.1,3,pl", encoding="utf-8")
    return ["rows.csv"]


def folder() -> list[str]:
    """A file a day, rows of customers that come back."""
    rows = frame()
    rows.insert(0, "order_id", [f"o{k}" for k in range(N)])
    rows.insert(1, "customer_id", np.arange(N) % 700)
    rows["at"] = pd.Timestamp("2024-05-01") + pd.to_timedelta(np.arange(N) * 10, "min")
    Path("days").mkdir()
    for day, some in rows.groupby(rows["at"].dt.date):
        some.to_csv(f"days/{day}.csv", index=False)
    return ["days"]


def elsewhere() -> list[str]:
    """Labels in a table of their own, some of which have not come, with the time at which they did; a row comes twice."""
    rows = frame().assign(key=[f"k{k}" for k in range(N)])
    rows["at"] = pd.Timestamp("2024-05-01") + pd.to_timedelta(np.arange(N), "h")
    labels = pd.DataFrame({"row": rows["key"], "paid": rows.pop("label"), "known": rows["at"] + pd.Timedelta("2D")})
    twice, nameless = rows.iloc[[3]], rows.iloc[[5]].assign(key=None)
    pd.concat([rows, twice, nameless]).to_csv("rows.csv", index=False)
    labels.head(N - 200).to_csv("labels.csv", index=False)
    return ["rows.csv", "--labels", "labels.csv"]


KINDS: dict[Callable[[], list[str]], dict[str, Any]] = {
    semicolons: {
        "label": "Ziel",
        "positive": "ja",
        "time": "Datum",
        "decimal": ",",
        "thousands": ".",
        "encoding": "cp1252",
        "tick": "1w",
    },
    german_words: {"label": "label", "positive": "1", "missing": ["k.A.", "unbekannt"]},
    parquet: {
        "label": "label",
        "time": "seen",
        "time_zone": "Europe/Berlin",
        "ignore": ["signed_up", "tags", "__index_level_0__"],
    },
    bare: {"label": "label", "ignore": ["Unnamed: 0", "nothing"], "categorical": ["status"], "rows_per_tick": 250},
    preamble: {"label": "label", "time": "when", "time_format": "%d-%b-%Y %I:%M %p", "skip_lines": 3, "comment": "#"},
    folder: {"label": "label", "id": "order_id", "time": "at", "cluster": "customer_id", "path": "days"},
    elsewhere: {"key": "row", "column": "paid", "time": "known", "id": "key"},
}
"""What makes a file -> some of what has to be found out."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_file_of_an_odd_kind_is_understood(kind: Callable[[], list[str]]) -> None:
    """``init`` finds out what it is, the doctor has nothing to add, and a replay trains on it."""
    words = kind()
    found = said(*words)
    assert found.items() >= KINDS[kind].items(), found
    doctor = json.loads(run("doctor", "--json").stdout)
    assert doctor["ok"], doctor
    (feed,) = (look["says"] for look in doctor["checks"] if look["name"] == "feed")
    assert [line for line in feed.splitlines() if line.startswith("odd")] == []
    settings = read(Path("halflife.toml"))
    assert "categorical  price" not in feed
    small = {"recipe": {"trees": 10, "leaves": 7}, "shadows": {"count": 0}, "opacity": {"refits": 0}}
    quick = settings.model_validate({**settings.model_dump(), **small, "compute": {"threads": 1}})
    done = replay(Opened(quick, PlainRunner()), quick.retrain.window + 1)
    assert done.versions >= 1


def test_every_line_has_its_reason() -> None:
    """Above each setting of the file stands a comment; what could not be found out is there as a comment itself."""
    bare()
    run("init", "rows.csv")
    lines = Path("halflife.toml").read_text(encoding="utf-8").splitlines()
    for above, line in pairwise(lines):
        assert above.startswith("#") or not line or line.startswith(("#", "["))
    assert '# time = "column"' in lines
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize(("no", "yes", "guessed"), [("いいえ", "はい", False), ("stay", "gone", True)])
def test_a_positive_value_that_does_not_say_so_is_a_guess(no: str, yes: str, *, guessed: bool) -> None:
    """Where no word says yes in a language that is known, the rarer is taken, and called a guess here and by the doctor."""
    rows = frame()
    rows.assign(label=np.where(np.arange(N) % 3 == 0, yes, no)).to_csv("rows.csv", index=False)
    assert said("rows.csv", "--label", "label")["positive"] == yes
    assert ("The positive value, guessed" in Path("halflife.toml").read_text(encoding="utf-8")) is guessed
    (feed,) = (look["says"] for look in json.loads(run("doctor", "--json").stdout)["checks"] if look["name"] == "feed")
    assert (f"that '{yes}' is the positive value is guessed" in feed) is guessed


def test_an_investigation_is_suggested() -> None:
    """Columns of few names are groups; which way the label goes with the strongest columns is there as a comment."""
    frame().assign(noise=np.random.default_rng(0).normal(size=N)).to_csv("rows.csv", index=False)
    assert said("rows.csv")["segments"] == ["plan"]
    assert '# expect = { price = "+", visits = "+" }' in Path("halflife.toml").read_text(encoding="utf-8")
    assert json.loads(run("doctor", "--json").stdout)["ok"]


def test_a_label_that_is_not_plain_is_asked_for() -> None:
    """Of several columns with two values none is taken; the sentence lists them, and ``--label`` answers it."""
    frame().rename(columns={"label": "vip"}).to_csv("rows.csv", index=False)
    with pytest.raises(
        UsageError, match=r"which column is the label\? 'plan' and 'vip' have two values each; say --label 'vip'"
    ):
        run("init", "rows.csv")
    assert not Path("halflife.toml").exists()
    assert (
        said("rows.csv", "--label", "plan", "--positive", "plus", "--name", "mine").items()
        >= {
            "label": "plan",
            "positive": "plus",
            "name": "mine",
        }.items()
    )


def test_rows_without_a_label_are_told() -> None:
    """No column has two values: the sentence says so and names ``--labels``."""
    frame()[["price", "visits"]].to_csv("rows.csv", index=False)
    with pytest.raises(UsageError, match=r"no column of 'price' and 'visits' has two values.* say --labels FILE"):
        run("init", "rows.csv")


def test_a_configuration_that_is_there_stays() -> None:
    """Without ``--force`` nothing is written over."""
    frame().to_csv("rows.csv", index=False)
    Path("halflife.toml").write_text("seed = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"halflife\.toml is there already; say --force"):
        run("init", "rows.csv")
    assert Path("halflife.toml").read_text(encoding="utf-8") == "seed = 1\n"
    run("init", "rows.csv", "--force")
    assert read(Path("halflife.toml")).feed.subject == "file 'rows.csv'"


def test_a_pattern_may_be_filled_in_by_the_shell() -> None:
    """Several files that a pattern names are that pattern; others are refused."""
    for k in range(3):
        frame(1_000).to_csv(f"rows-{k}.csv", index=False)
    assert said("rows-0.csv", "rows-1.csv", "rows-2.csv")["path"] == "rows-*.csv"
    with pytest.raises(UsageError, match="one pattern in quotes"):
        run("init", "rows-0.csv", "rows-2.csv", "--force")


def test_a_path_is_written_from_where_the_configuration_stands() -> None:
    """The file may be elsewhere, and the configuration too."""
    Path("data").mkdir()
    frame().to_csv("data/rows.csv", index=False)
    assert said("data/rows.csv", "--config", "conf/churn.toml")["path"] == "../data/rows.csv"
    assert run("doctor", "--config", "conf/churn.toml").exit_code == 0


def test_folders_by_time_are_no_feature() -> None:
    """What the names of a data set's folders say of the time counts up with it; other parts of it are features."""
    rows = frame()
    for year in (2023, 2024):
        for shop in ("north", "south"):
            part = Path(f"rows/year={year}/shop={shop}")
            part.mkdir(parents=True)
            rows.to_parquet(part / "part.parquet", index=False)
    assert said("rows")["ignore"] == ["year"]
    (feed,) = (look["says"] for look in json.loads(run("doctor", "--json").stdout)["checks"] if look["name"] == "feed")
    assert "categorical  shop" in feed


def test_labels_that_have_not_come_yet_are_a_delay() -> None:
    """The newest rows without a label say how many ticks late labels are."""
    rows = frame().astype({"label": "Int64"})
    rows.loc[N - 600 :, "label"] = None
    rows.to_csv("rows.csv", index=False)
    assert said("rows.csv")["label_delay"] == 3


def test_sizes_that_do_not_fit_are_told() -> None:
    """Windows too small for drift and for claims, late labels, ticks of few rows: each with the line that changes it."""
    rows = frame()
    rows.to_csv("rows.csv", index=False)
    feed = '[feed]\nkind = "file"\npath = "rows.csv"\nlabel = "label"\nrows_per_tick = 40\nlabel_delay = 4\n'
    Path("halflife.toml").write_text(feed, encoding="utf-8")
    doctor = json.loads(run("doctor", "--json").stdout)
    assert doctor["ok"]
    (odd,) = (look["odd"] for look in doctor["checks"] if look["name"] == "feed")
    assert odd == [
        "75 of 75 ticks have fewer than 50 rows, the smallest 40; say a larger rows_per_tick in [feed]",
        "a watch compares 3 ticks, about 120 rows, and below 1,000 drift cannot be told from chance; say window = 25 in [watch]",
        "a version is trained on 8 ticks, about 320 rows, and below 1,000 drift cannot be told from chance; say window = 25 in "
        "[retrain]",
        "a window leaves about 16 evidence rows with a label, about 7 of the rarer label, and claims want 30 of which 10 have "
        "each label; say window = 12 in [retrain], or more evidence in [evidence]",
        "labels come 4 ticks after their rows, so a watch of 3 ticks sees none; say window = 7 in [watch] to compare labels too",
    ]
    mended = feed.replace("rows_per_tick = 40", "rows_per_tick = 200") + "[watch]\nwindow = 5\n"
    Path("halflife.toml").write_text(mended, encoding="utf-8")
    (odd,) = (look["odd"] for look in json.loads(run("doctor", "--json").stdout)["checks"] if look["name"] == "feed")
    assert odd == []


def test_windows_hold_labels_that_come_weeks_late() -> None:
    """A table of labels says when they come: windows are as much longer, and the doctor tells one that is not."""
    words = elsewhere()
    labels = pd.read_csv("labels.csv", parse_dates=["known"])
    labels["known"] += pd.to_timedelta(np.random.default_rng(0).uniform(12, 22, len(labels)), "D")
    labels.sort_values("known").to_csv("labels.csv", index=False)
    run("init", *words)
    settings = read(Path("halflife.toml"))
    assert settings.retrain.window >= settings.watch.window > 2
    (feed,) = (look for look in json.loads(run("doctor", "--json").stdout)["checks"] if look["name"] == "feed")
    assert "labels       most have come 1 tick after their row: of a window's" in feed["says"]
    assert not feed["odd"]
    text = Path("halflife.toml").read_text(encoding="utf-8")
    Path("halflife.toml").write_text(
        text.replace(f"window = {settings.retrain.window}", "window = 1"), encoding="utf-8"
    )
    (feed,) = (look for look in json.loads(run("doctor", "--json").stdout)["checks"] if look["name"] == "feed")
    assert "labels come 1 tick after their rows, so no row of a window of 1 has one" in " ".join(feed["odd"])


def test_a_line_that_is_too_long_is_folded_under_its_beginning() -> None:
    """On a narrow terminal what is said stands in its column; in a pipe the line stays whole."""
    from rich.console import Console
    from rich.text import Text

    from halflife.monitoring.reports.hanging import Hanging

    line = Hanging([(Text("odd     one two three four five six seven eight nine ten"), 8)])
    narrow, wide = (Console(width=32, record=True, file=StringIO()) for _ in range(2))
    narrow.print(line)
    wide.print(line, soft_wrap=True)
    folded = [row.rstrip() for row in narrow.export_text().splitlines()]
    assert folded == ["odd     one two three four five", "        six seven eight nine ten"]
    assert wide.export_text().splitlines() == ["odd     one two three four five six seven eight nine ten"]


@pytest.mark.parametrize(
    "odd",
    [b"id,a,label\r1,2,0\r\n\r3,3,1\r", b"\x1f\x8b\x08\rid,a\r", b'id,a,label\n1,"' + b"x\r" * 200 + b"\n"],
    ids=["two kinds of ends", "an archive", "an open quote"],
)
def test_what_is_no_table_is_one_sentence(odd: bytes) -> None:
    """Whatever bytes a file has, it is read or refused; nothing is a traceback."""
    Path("odd.csv").write_bytes(odd)
    with suppress(HalflifeError):
        run("init", "odd.csv")


@pytest.mark.parametrize(
    ("path", "said_of_it"),
    [
        ("rows.db", "rows.db is a database, and init reads files"),
        ("sqlite:///rows.db", "sqlite:///rows.db is a database"),
        ("postgresql://me:secret@host/db", "postgresql://… is a database"),
    ],
)
def test_a_database_is_told_what_to_say(path: str, said_of_it: str) -> None:
    """Its address is told as it was given, without a password, and with it the kind of feed that reads it."""
    with pytest.raises(UsageError, match='kind = "database"') as error:
        run("init", path)
    assert str(error.value).startswith(said_of_it)
    assert "secret" not in str(error.value)


def test_a_pipe_is_refused_at_once() -> None:
    """It could be read once, and a feed is read again; waiting for it would be for ever."""
    os.mkfifo("pipe.csv")
    with pytest.raises(FeedError, match="is a pipe or a device"):
        run("init", "pipe.csv")


def test_lines_of_a_mac_and_cells_of_any_length_are_read() -> None:
    """Carriage returns alone end lines, and a cell may hold a document."""
    rows = frame()
    rows["note"] = ["x" * 140_000, *["y"] * (N - 1)]
    Path("rows.csv").write_bytes(rows.to_csv(index=False, lineterminator="\r").encode())
    assert said("rows.csv")["label"] == "label"
