"""What a table holds that is in no store yet, divided into the ticks to come.

Rows and labels are told apart from those taken in by what they are, not by where they stand: a table may have grown at
its end, in its middle, or have had labels filled in. Every row is stored, set aside, or pending; none is two of these.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from halflife.models.rows import LABEL, ROW_ID, TICK, Array, Batch, Mark, Mask, Rows, Span
from halflife.monitoring.adapters.marks import highest, lowest, written
from halflife.monitoring.label_lag import LabelLag, label_lag
from halflife.monitoring.ports import Taken, Waiting
from halflife.monitoring.ticking import Division, TickRule, Ticks

Marks = npt.NDArray[np.object_]

AT = "at"
"""When a label came to be known, as `FeedTable.times`; NaN where that is not told."""
NOTHING = Taken(
    -1,
    pd.DataFrame({ROW_ID: pd.Series(dtype="str"), TICK: pd.Series(dtype="int64")}),
    pd.DataFrame({ROW_ID: pd.Series(dtype="str"), LABEL: pd.Series(dtype="float64")}),
)


@dataclass(frozen=True)
class FeedTable:
    """A feed's rows as they are now, in order of time.

    Attributes:
        rows: ``_id``, ``_entity`` and ``_propensity`` if any, and the features.
        labels: ``_id``, ``_label`` and `AT` of each label that is there. A row may have none, and more than one. A label
            is 0.0 or 1.0, or the text of a cell that is neither of the two values.
        times: of each row, ascending, shape (n,); None where rows have no time.
        dated: the times are microseconds since 1970, not mere numbers.
        settled: the rows that are wholly written, shape (n,).
        marks: of each row, None where it has none, shape (n,); None where the table is read whole each time.
    """

    rows: pd.DataFrame
    labels: pd.DataFrame
    times: Array | None
    dated: bool
    settled: Mask
    marks: Marks | None = None


class Pending:
    """The part of a table that a store has not taken in, as ticks.

    A label comes with its row, ``delay`` ticks later, or with the next tick where that is over. A label that says
    otherwise than one taken in comes once, to be set aside. One whose row has not come waits. Where silence means 0, a
    row without a label for so many ticks has label 0 from then on.

    Args:
        table: as it is now.
        taken: what the store holds.
        rule: when a tick is over.
        delay: ticks between a row and its label, at least.
        silence: ticks after which a label that has not come is 0; None where it stays unknown.
        column: by which the table is read from some row on; empty where it is read whole.
    """

    def __init__(
        self,
        table: FeedTable,
        taken: Taken,
        rule: TickRule,
        delay: int,
        silence: int | None = None,
        column: str = "",
    ) -> None:
        self._column = column
        self.last = taken.last
        self._table, self._zone = table, rule.zone
        ids = table.rows[ROW_ID].fillna("").astype("str")
        self._places: Rows = np.flatnonzero(_not_among(ids, taken.rows[ROW_ID]))
        times = None if table.times is None else table.times[self._places]
        after = taken.span.last if taken.span is not None and taken.span.dated == table.dated else -np.inf
        self._times = times
        # A row whose id is stored comes to be set aside, late or not.
        self._again = ids.iloc[self._places].isin(taken.rows[ROW_ID]).to_numpy()
        self.division: Division = rule.divide(table.settled[self._places], times, after=after)
        came = pd.concat(
            [
                taken.rows,
                pd.DataFrame({ROW_ID: ids.iloc[self._places], TICK: self.last + 1 + self.division.tick}),
            ],
            ignore_index=True,
        )
        self._first = came.groupby(ROW_ID, sort=False)[TICK].min()
        labels, due = _labels_due(table.labels, taken, self._first, delay, self._ends())
        self._came = len(labels)
        if silence is not None:
            labels, due = _with_silent(labels, due, taken, came, silence)
        self._labels, self._due = labels, due

    @property
    def ticks(self) -> int:
        """How many there are with those in the store, when no more rows come."""
        return self.last + 1 + self.division.ticks

    @property
    def closed(self) -> int:
        """How many are over, with those in the store."""
        return self.last + 1 + self.division.closed

    @property
    def waiting(self) -> Waiting:
        """Rows and labels that are pending; a label whose row has not come is not counted."""
        return Waiting(len(self._places), self._came)

    @property
    def lag(self) -> LabelLag:
        """How late the labels of the rows to come are."""
        of = self._labels[ROW_ID].map(self._first).to_numpy(dtype=np.int64) - self.last - 1
        new = of >= 0
        rows = np.bincount(self.division.tick, minlength=self.division.ticks)
        return label_lag(rows.tolist(), of[new], self._due[new] - self.last - 1)

    def _ends(self) -> Array:
        """The latest time in each tick to come, ascending, shape (ticks,); empty where rows have no time."""
        if self._times is None or not len(self._times):
            return np.empty(0)
        last_rows = np.searchsorted(self.division.tick, np.arange(self.division.ticks), side="right") - 1
        return np.maximum.accumulate(self._times[last_rows])

    def batch(self, tick: int) -> Batch:
        """Everything that comes in a tick after the last stored one."""
        here = slice(*np.searchsorted(self.division.tick, [tick - self.last - 1, tick - self.last]))
        rows = self._table.rows.iloc[self._places[here]].reset_index(drop=True)
        labels = self._labels[self._due == tick].reset_index(drop=True)
        span = None
        if self._times is not None and len(times := self._times[here]):
            # A late row does not take a tick back to where it should have been.
            on_time = times[~self.division.late[here]]
            span = Span(
                float((on_time if len(on_time) else times)[0]),
                float(times[-1]),
                int((self.division.late[here] & ~self._again[here]).sum()),
                self._table.dated,
                self._zone,
            )
        return Batch(tick, rows, labels, span=span, mark=self._mark(tick))

    def _mark(self, tick: int) -> Mark | None:
        """What is at it or above is all that is not taken in with a tick, rows and labels, and the newest row."""
        table = self._table
        if table.marks is None:
            return None
        row_comes, label_comes, nameless = self._coming
        wanted = (np.maximum(row_comes, label_comes) > tick) & self._marked
        chosen = table.marks[wanted] if wanted.any() else table.marks[self._marked]
        if not len(chosen):
            return None
        mark = lowest(chosen) if wanted.any() else highest(chosen)
        above = [each is None or each >= mark for each in table.marks[nameless & (row_comes <= tick)]]
        return Mark(self._column, written(mark), sum(above))

    @cached_property
    def _coming(self) -> tuple[Ticks, Ticks, Mask]:
        """The tick in which each row comes, and its last label, -1 where that is past; and the rows without an id."""
        ids = self._table.rows[ROW_ID].fillna("").astype("str")
        row_comes = np.full(len(ids), -1, dtype=np.int64)
        row_comes[self._places] = self.last + 1 + self.division.tick
        labels = pd.Series(self._due[: self._came], index=self._labels[ROW_ID][: self._came]).groupby(level=0).max()
        label_comes = ids.map(labels).fillna(-1).to_numpy(dtype=np.int64)
        return row_comes, label_comes, (ids == "").to_numpy()

    @cached_property
    def _marked(self) -> Mask:
        """The rows that have a mark."""
        assert self._table.marks is not None
        return np.array([mark is not None for mark in self._table.marks], dtype=bool)


def _not_among(ids: "pd.Series[str]", taken: "pd.Series[str]") -> Mask:
    """Which ids are there more often than they were taken, their first ones first; shape (n,)."""
    if taken.empty:
        return np.ones(len(ids), dtype=bool)
    before = ids.map(taken.fillna("").value_counts()).fillna(0).to_numpy()
    return np.asarray(ids.groupby(ids, sort=False).cumcount().to_numpy() >= before)


def _labels_due(
    labels: pd.DataFrame, taken: Taken, first: "pd.Series[int]", delay: int, ends: Array
) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """The labels that have not been taken in and whose row is known, and the tick each comes in.

    A label that says when it came to be known comes in the first tick that reaches as far.

    Args:
        first: id -> the tick its row came in.
    """
    fresh = labels.drop_duplicates([ROW_ID, LABEL])
    if len(taken.labels):
        known = pd.MultiIndex.from_frame(taken.labels[[ROW_ID, LABEL]])
        fresh = fresh[~pd.MultiIndex.from_frame(fresh[[ROW_ID, LABEL]]).isin(known)]
    ticks = fresh[ROW_ID].map(first)
    fresh, ticks = fresh[ticks.notna()], ticks[ticks.notna()]
    due = np.maximum(ticks.to_numpy(dtype=np.int64) + delay, taken.last + 1)
    if len(ends) and (dated := fresh[AT].notna().to_numpy()).any():
        reached = taken.last + 1 + np.searchsorted(ends, fresh.loc[dated, AT].to_numpy())
        due[dated] = np.maximum(due[dated], reached)
    return fresh[[ROW_ID, LABEL]], due


def _with_silent(
    labels: pd.DataFrame, due: npt.NDArray[np.int64], taken: Taken, came: pd.DataFrame, silence: int
) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Beside the labels that are due, label 0 for each row that has none ``silence`` ticks after it came."""
    first = came[came[ROW_ID] != ""].groupby(ROW_ID, sort=False)[TICK].min() + silence
    told = pd.Series(due, index=labels[ROW_ID]).groupby(level=0).min().reindex(first.index)
    silent = first[~first.index.isin(taken.labels[ROW_ID]) & ~(told <= first).to_numpy()]
    zeros = pd.DataFrame({ROW_ID: silent.index.astype("str"), LABEL: 0.0})
    ticks = np.maximum(silent.to_numpy(dtype=np.int64), taken.last + 1)
    return pd.concat([labels, zeros], ignore_index=True), np.concatenate([due, ticks])
