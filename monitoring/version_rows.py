"""The rows of versions: their windows, and the parts of them that suggest findings and test claims."""

from abc import ABC, abstractmethod

import numpy as np
import pandas as pd

from halflife.models.domain import Version
from halflife.models.rows import ENTITY, PROPENSITY, ROW_ID, Part, Window, row_hash, units
from halflife.monitoring.ports import Store


class VersionRows(ABC):
    """What is read of a version's window, always the same rows for the same version."""

    @abstractmethod
    def window(self, version: Version) -> Window:
        """All of it, built again from the store's version it was trained on."""

    @abstractmethod
    def evidence(self, version: Version) -> pd.DataFrame:
        """The labelled evidence rows, at most so many, canonical.

        Where decisions choose the labels, rows without one are among them: those with one are no sample of the rows the
        model meets, and only what needs labels leaves the others out.
        """

    @abstractmethod
    def discovery(self, version: Version) -> pd.DataFrame:
        """The labelled discovery rows, as many and chosen as the evidence rows are."""

    @abstractmethod
    def capped(self, rows: pd.DataFrame) -> pd.DataFrame:
        """At most as many rows as test claims, those with the smallest hash of id."""


class StoredRows(VersionRows):
    """Read from the store each time.

    Args:
        store: with the rows.
        most: evidence or discovery rows of a version at most. Chosen by the smallest hash of id, so that overlapping
            windows choose the same rows.
    """

    def __init__(self, store: Store, most: int) -> None:
        self._store, self._most = store, most

    def window(self, version: Version) -> Window:
        return self._store.window(version.first, version.last, version.source)

    def evidence(self, version: Version) -> pd.DataFrame:
        return self.capped(part(self.window(version), Part.EVIDENCE))

    def discovery(self, version: Version) -> pd.DataFrame:
        return self.capped(part(self.window(version), Part.DISCOVERY))

    def capped(self, rows: pd.DataFrame) -> pd.DataFrame:
        return smallest(rows, self._most)


def part(window: Window, which: Part) -> pd.DataFrame:
    """The rows of a window that play a part; of evidence also those without a label, where decisions choose the labels."""
    return window.part(which, labelled=which is not Part.EVIDENCE or PROPENSITY not in window.rows.columns)


def smallest(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """At most so many rows, those with the smallest hash of id, or of entity and then of id; in their order."""
    if len(rows) <= most:
        return rows
    if ENTITY in rows.columns:  # whole entities, but for the last one
        order = np.lexsort((row_hash(rows[ROW_ID]), row_hash(units(rows))))
        return rows.iloc[np.sort(order[:most])].reset_index(drop=True)
    keep = np.argpartition(row_hash(rows[ROW_ID]), most)[:most]
    return rows.iloc[np.sort(keep)].reset_index(drop=True)
