"""Where rows come from, one class a kind of feed; ``halflife.flows.adapters`` joins each to what reads it."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from halflife.flows.label_value import LabelValue
from halflife.flows.local_paths import LocalPath, PathOrAddress
from halflife.monitoring.section import Count, Section


class FeedSettings(Section):
    """What every feed's settings begin with; a feed of another package subclasses it and adds its own keys."""

    kind: Annotated[str, Field(description="Which feed it is.")]

    @property
    def subject(self) -> str:
        """What is streamed, in a word or two: two feeds of one model have the same."""
        return f"feed {self.kind!r}"


class SyntheticFeedSettings(FeedSettings):
    """A synthetic world with its ground truth; `halflife scenarios` lists what there is."""

    kind: Annotated[Literal["synthetic"], Field(description="A synthetic world.")] = "synthetic"
    scenario: Annotated[str, Field(description="Which world: what changes in it, and when.")] = "shortcut"
    rows_per_tick: Annotated[Count, Field(description="Rows that arrive in a tick.")] = 2000
    ticks: Annotated[Count | None, Field(description="Ticks there are; unset, it does not end.")] = None
    feedback: Annotated[
        bool | None,
        Field(description="The champion's decisions choose which labels arrive; unset, it is as the scenario has it."),
    ] = None
    exploration: Annotated[
        float, Field(ge=0, le=1, description="With feedback, share of the rows decided positive that keep their label.")
    ] = 0.03

    @property
    def subject(self) -> str:
        return f"synthetic world {self.scenario!r}"


class TableFeedSettings(FeedSettings):
    """What every feed of a table can be told: what its columns are for, and when a tick is over."""

    label: Annotated[
        str,
        Field(
            description="Column of the label, which has two values; a missing one may be filled in later. Left out, labels"
            " come from the table in `[labels]` alone."
        ),
    ] = ""
    positive: Annotated[
        LabelValue | None,
        Field(description="The label's positive value; unset, found out for 0/1, no/yes, false/true, n/y."),
    ] = None
    id: Annotated[str | None, Field(description="Column that identifies a row; unset, the row's number.")] = None
    time: Annotated[str | None, Field(description="Column that orders the rows; unset, they stay as they stand.")] = (
        None
    )
    rows_per_tick: Annotated[Count, Field(description="Rows of a tick, which is over when it is full.")] = 2000
    tick: Annotated[
        str,
        Field(
            description='How long a tick is by the calendar, such as "15min", "1h", "1d", "1w" or "1mo", instead of'
            " `rows_per_tick`; needs `time`. It is over when a later row has come. A span without rows makes no tick."
        ),
    ] = ""
    time_zone: Annotated[
        str, Field(description="In which days begin, and which times that name no zone are meant in.")
    ] = "UTC"
    allowed_lateness: Annotated[
        str,
        Field(
            description='For how long rows may come late before a tick closes, such as "2h"; needs `time`. What comes'
            " later still has its place in the next tick."
        ),
    ] = ""
    decimal: Annotated[
        Literal[".", ","],
        Field(
            description="Mark between a number's whole and broken part; with a comma, or `thousands`, signs of currency and"
            " per cent beside numbers are passed over."
        ),
    ] = "."
    thousands: Annotated[str, Field(description="Mark between groups of three digits.")] = ""
    missing: Annotated[
        tuple[str, ...],
        Field(description='Words for a missing cell, such as "NA", in any case; empty cells are missing.'),
    ] = ()
    time_format: Annotated[
        str, Field(description="Of the time column, as strptime has it, such as `%d-%b-%Y %I:%M %p`; unset, found out.")
    ] = ""
    encoding: Annotated[str, Field(description="Of text files, such as `latin-1`.")] = "utf-8"
    categorical: Annotated[
        tuple[str, ...], Field(description="Columns to read as text although they look like numbers.")
    ] = ()
    numeric: Annotated[
        tuple[str, ...],
        Field(
            description="Columns to read as numbers although the table declares them to be categories, or they look like codes."
        ),
    ] = ()
    ignore: Annotated[tuple[str, ...], Field(description="Columns to leave out.")] = ()
    label_delay: Annotated[int, Field(ge=0, description="Ticks between a row and its label, at least.")] = 0
    propensity: Annotated[
        str | None,
        Field(
            description="Column that says with which probability each row's label was let through by the decisions of"
            " the time; no feature. Unset, none is logged."
        ),
    ] = None


class FileFeedSettings(TableFeedSettings):
    """CSV or Parquet files, or a Delta table, read as a stream."""

    kind: Annotated[Literal["file"], Field(description="Files.")]
    path: Annotated[
        PathOrAddress,
        Field(
            description="A CSV or Parquet file, a folder of them, a pattern such as `rows-*.csv`, or a Delta table;"
            " relative to this file, or on an object store: `s3://`, `gs://`, `az://`, `abfss://`. `${NAME}` and"
            " `${NAME:-default}` are filled in."
        ),
    ]
    separator: Annotated[str | None, Field(description="Between the cells of a CSV; unset, found out.")] = None
    skip_lines: Annotated[int, Field(ge=0, description="Lines of a text file before its header, such as a title.")] = 0
    comment: Annotated[
        str, Field(description="What lines of a text file begin with that are no rows, such as `#`; empty for none.")
    ] = ""

    @property
    def subject(self) -> str:
        return f"file {Path(self.path).name!r}"


class DatabaseFeedSettings(TableFeedSettings):
    """A table or a query of a database, by SQLAlchemy; its rows are told apart by `id`."""

    kind: Annotated[Literal["database"], Field(description="A database.")]
    url_env: Annotated[
        str, Field(description="Environment variable that holds the database's address, such as sqlite:////rows.db.")
    ]
    table: Annotated[str, Field(description="Table or view, behind its schema and a dot where it has one.")] = ""
    query: Annotated[str, Field(description="SQL that gives the rows, instead of a table.")] = ""
    mark: Annotated[
        str,
        Field(
            description="Column that only grows, a serial number or when a row was last written: rows below the last one"
            " that was taken in are not asked for again. Needs `id`; empty, the table is read whole each time."
        ),
    ] = ""
    mark_overlap: Annotated[
        str,
        Field(
            description="How far below the mark rows are asked for too, since they may be written late: a number such as"
            ' "1000", or a span such as "10min", "1h" or "1d".'
        ),
    ] = ""

    @property
    def subject(self) -> str:
        return f"table {self.table!r}" if self.table else "query"


class PushFeedSettings(TableFeedSettings):
    """Rows that are pushed: by `halflife ingest --rows`, `halflife listen`, or `halflife.open(…).ingest(rows)`."""

    kind: Annotated[Literal["push"], Field(description="Rows that are pushed.")]
    path: Annotated[LocalPath, Field(description="Folder that keeps what was pushed; relative to this file.")]
    label: Annotated[
        str,
        Field(description="Column of the label; rows may be pushed without it, and tables of it and the id later."),
    ]
    id: Annotated[str, Field(description="Column that identifies a row.")]
    token_env: Annotated[
        str, Field(description="Environment variable that holds the token which pushes by HTTP must show.")
    ] = "HALFLIFE_TOKEN"  # noqa: S105 - the variable's name

    @property
    def subject(self) -> str:
        return f"what is pushed to {Path(self.path).name!r}"
