"""Histograms of every tick beside the rows, in ``profiles/``: written at ingest, and counted again wherever one is missing.

A profile is a function of its tick's rows and of the layout, and the layout one of the first rows. So nothing is lost with
a file, a killed ingest leaves nothing to repair, and two writers write the same. Of those on an object store this machine keeps copies, since many are asked for at once.
"""

from collections.abc import Callable
from functools import reduce
from operator import add
from pathlib import Path

import pandas as pd
import polars as pl

from halflife.models.rows import ROW_ID, TICK, Schema, row_hash
from halflife.monitoring.adapters.delta_table import TickTable
from halflife.monitoring.adapters.places import Place
from halflife.monitoring.adapters.profile_files import read_layout, read_profile, write_layout, write_profile
from halflife.monitoring.drift.sketches.layout import Layout, found
from halflife.monitoring.drift.sketches.profile import Profile, profile

FOUNDING = 10_000
"""Rows from which the bins are fixed; until the store has so many, nothing is kept and profiles are counted from rows."""
FOUNDERS = 50_000
"""At most so many of them are looked at, those with the smallest hash."""


class Profiles:
    """The histograms of one store.

    Args:
        folder: where they are kept; made when there is something to keep.
        rows: the store's rows.
        schema: of the store, which has one when it has rows.
    """

    def __init__(self, folder: Place, rows: TickTable, schema: Callable[[], Schema]) -> None:
        self.folder, self._rows, self._schema = folder, rows, schema
        self._fixed: Layout | None = None
        self._early: tuple[int, Layout] | None = None

    def keep(self, tick: int, rows: pd.DataFrame) -> None:
        """Keep the histograms of a tick that has just been stored."""
        layout = self._layout(tick)
        if layout is not None:
            self._write(tick, profile(rows, layout), layout)

    def between(self, first: int, last: int) -> Profile:
        """Ticks ``first`` to ``last`` together."""
        stored = self._rows.last
        layout = self._layout(stored)
        if layout is None:
            return profile(self._read(first, last), self._provisional(stored))
        return reduce(add, (self._tick(tick, layout) for tick in range(first, last + 1)))

    def _tick(self, tick: int, layout: Layout) -> Profile:
        for place in self._places(tick):
            if (kept := read_profile(place, layout)) is not None:
                break
        else:
            kept = profile(self._read(tick, tick), layout)
            self._write(tick, kept, layout)
        return kept

    def _write(self, tick: int, kept: Profile, layout: Layout) -> None:
        for place in self._places(tick):
            write_profile(place, kept, layout)

    def _layout(self, last: int) -> Layout | None:
        """The bins, fixed by the first ticks that have `FOUNDING` rows together; None while there are fewer rows."""
        path, names = self.folder / "layout.parquet", self._schema().names
        if self._fixed is None:
            self._fixed = read_layout(path, names)
        if self._fixed is None:
            arrived = self._rows.between(0, last).group_by(TICK).len().sort(TICK).collect()
            enough = arrived.filter(pl.col("len").cum_sum() >= FOUNDING)[TICK]
            if len(enough):
                self._fixed = found(self._founders(int(enough[0])), self._schema())
                write_layout(path, self._fixed)
        return self._fixed

    def _provisional(self, last: int) -> Layout:
        """Bins for the few rows there are so far."""
        if self._early is None or self._early[0] != last:
            self._early = last, found(self._founders(last), self._schema())
        return self._early[1]

    def _founders(self, last: int) -> pd.DataFrame:
        rows = self._read(0, last)
        return rows.iloc[row_hash(rows[ROW_ID]).argsort(kind="stable")[:FOUNDERS]]

    def _read(self, first: int, last: int) -> pd.DataFrame:
        """In the order in which the rows came, so that sums are those of the ingest to the last digit."""
        rows = self._rows.between(first, last).collect()
        columns = {name: rows.drop_in_place(name) for name in rows.columns}
        return pd.DataFrame(
            {
                name: cells.to_pandas() if cells.dtype == pl.String else cells.to_numpy()
                for name, cells in columns.items()
            }
        )

    def _places(self, tick: int) -> list[Place]:
        """Where a tick's are, the nearest first."""
        name = f"{tick:08d}.parquet"
        copies = [] if isinstance(self.folder, Path) else [self._rows.copies / "profiles" / name]
        return [*copies, self.folder / name]
