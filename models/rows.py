"""Rows as everything after the feed sees them: a canonical frame, its schema, and which part each row plays.

A canonical frame has one row per case and these columns:

=============== ======= ======================================================================================
``_id``         str     the case's identity, unique in the store
``_tick``       int64   the tick it arrived in
``_label``      float64 1 or 0; NaN while the label has not arrived (only in windows)
``_entity``     str     whom or what the row is about, where a feed's rows repeat by entity; else no such column
``_propensity`` float64 probability with which decisions let its label through, where it is logged; else no such column
features                numeric: float64 with NaN for missing; categorical: str with NaN for missing
=============== ======= ======================================================================================
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:  # schemas are read by commands that never see a row
    import pandas as pd

ROW_ID = "_id"
TICK = "_tick"
LABEL = "_label"
ENTITY = "_entity"
PROPENSITY = "_propensity"
RESERVED = (ROW_ID, TICK, LABEL, ENTITY, PROPENSITY)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BUCKETS = 10_000

BLOCK = 1 << 16
"""Rows hashed at a time: hashing makes Python texts of them, which take more room than the rows themselves."""

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
"""Positions in a frame."""
Ids: TypeAlias = "Sequence[str] | npt.NDArray[Any] | pd.Series"


class Kind(StrEnum):
    """How a column is read."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"


@dataclass(frozen=True)
class Column:
    """One feature."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Schema:
    """The features of a feed, in order; fixed in the store by the first tick.

    >>> schema = Schema((Column("age", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))
    >>> schema.names, schema.kind("job")
    (('age', 'job'), <Kind.CATEGORICAL: 'categorical'>)
    >>> Schema.from_dict(schema.to_dict()) == schema
    True
    """

    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @property
    def categorical(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.kind is Kind.CATEGORICAL)

    def kind(self, name: str) -> Kind:
        """Raises KeyError for a column the schema does not have."""
        return {c.name: c.kind for c in self.columns}[name]

    def to_dict(self) -> dict[str, str]:
        return {c.name: c.kind.value for c in self.columns}

    @classmethod
    def from_dict(cls, kinds: dict[str, str]) -> "Schema":
        return cls(tuple(Column(name, Kind(kind)) for name, kind in kinds.items()))


@dataclass(frozen=True)
class Span:
    """When the rows of a tick happened.

    Attributes:
        first, last: the earliest and the latest time, in microseconds since 1970 (or whatever number orders the rows).
        late: rows that came after the tick they belong to was over.
        dated: the times are dates, not mere numbers.
        zone: in which days begin.
    """

    first: float
    last: float
    late: int = 0
    dated: bool = True
    zone: str = "UTC"

    @property
    def dates(self) -> tuple[str, str] | None:
        """First and last as dates, with the time of day where all is within a day; None where times are mere numbers.

        >>> Span(0.0, 3 * 86_400e6).dates, Span(0.0, 3_600e6, zone="Asia/Tokyo").dates
        (('1970-01-01', '1970-01-04'), ('1970-01-01 09:00', '1970-01-01 10:00'))
        """
        if not self.dated:
            return None
        zone = ZoneInfo(self.zone)
        first, last = ((EPOCH + timedelta(microseconds=at)).astimezone(zone) for at in (self.first, self.last))
        written = "%Y-%m-%d %H:%M" if last - first < timedelta(days=1) else "%Y-%m-%d"
        return first.strftime(written), last.strftime(written)


@dataclass(frozen=True)
class Mark:
    """How far a table has been taken in, by a column that only grows: what is not taken in yet is at the mark or above.

    Attributes:
        column: by which.
        value: of it, as ``monitoring/adapters/marks.py`` writes it.
        blank: rows without an id at the mark or above that were taken in.
    """

    column: str
    value: str
    blank: int = 0


@dataclass(frozen=True)
class Batch:
    """What a feed gives for one tick, before anything has been checked.

    Attributes:
        tick: the feed's unit of time, from 0.
        rows: ``_id`` and the features, as they came: cells may still be text that is no number. ``_entity`` and
            ``_propensity`` where the feed has them.
        labels: ``_id`` and ``_label`` of every label that *arrives* in this tick, whichever tick its row came in: 0.0 or
            1.0, or what stands there instead, which the store sets aside.
        explored: every row has some chance of its label; False where blocked rows have none, and propensity 0.
        span: when its rows happened; None where they have no time.
        mark: how far its table has been taken in with it; None where the table is read whole each time.
    """

    tick: int
    rows: "pd.DataFrame"
    labels: "pd.DataFrame"
    explored: bool = True
    span: Span | None = None
    mark: Mark | None = None

    @property
    def known(self) -> "pd.DataFrame":
        """The labels that are 0.0 or 1.0, as floats."""
        fit = self.labels[self.labels[LABEL].isin([0.0, 1.0])]
        return fit.astype({LABEL: "float64"})


class Part(StrEnum):
    """What a row is used for, decided by a hash of its id alone, for ever."""

    EVIDENCE = "evidence"
    """Tests claims and models. Never trains, never suggests a finding."""
    DISCOVERY = "discovery"
    """Suggests findings. Never trains, never tests what it suggested."""
    CALIBRATION = "calibration"
    """Fits the calibration map."""
    TRAIN = "train"
    """Fits the trees."""


@dataclass(frozen=True)
class Split:
    """Shares of rows, by hash of id, that never train.

    Attributes:
        cluster: the feed's column that says which rows are about one entity; the hash is the entity's then, so that none
            is on both sides. Empty where rows do not repeat.

    >>> split = Split(evidence=0.5, discovery=0.25, calibration=0.25)
    >>> {str(p) for p in split.parts(np.array(["a", "b", "c", "d", "e"], dtype=object))} <= set(Part)
    True
    """

    evidence: float = 0.10
    discovery: float = 0.05
    calibration: float = 0.10
    cluster: str = ""

    def parts(self, ids: Ids) -> npt.NDArray[np.object_]:
        """The part of each id, shape (n,)."""
        return self.of(row_hash(ids))

    def of(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.object_]:
        """The part of each id from its `row_hash`, shape (n,)."""
        edges = np.cumsum([self.evidence, self.discovery, self.calibration]) * BUCKETS
        parts = np.array([Part.EVIDENCE, Part.DISCOVERY, Part.CALIBRATION, Part.TRAIN], dtype=object)
        return parts[np.searchsorted(edges, hashes % np.uint64(BUCKETS), side="right")]


def row_hash(ids: Ids) -> npt.NDArray[np.uint64]:
    """A stable 64-bit hash of each id (SipHash as in ``pandas.util.hash_array``), shape (n,).

    >>> row_hash(["41023"]).dtype
    dtype('uint64')
    """
    import pandas as pd

    texts: Any = ids.array if isinstance(ids, pd.Series) else ids
    hashes = np.empty(len(texts), dtype=np.uint64)
    for block in blocks(len(texts)):
        hashes[block] = pd.util.hash_array(np.asarray(texts[block], dtype=object), categorize=False)
    return hashes


def units(rows: "pd.DataFrame") -> "pd.Series[Any]":
    """What a frame's rows are drawn by: their entities where it has them, else their ids; shape (n,).

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"_id": ["a", "b"], "_entity": ["ann", "ann"]})
    >>> units(rows).tolist(), units(rows[["_id"]]).tolist()
    (['ann', 'ann'], ['a', 'b'])
    """
    return rows[ENTITY if ENTITY in rows.columns else ROW_ID]


def entities(rows: "pd.DataFrame") -> Rows | None:
    """The number of each row's entity, shape (n,); None where rows do not repeat by entity.

    >>> import pandas as pd
    >>> entities(pd.DataFrame({"_id": ["a", "b", "c"], "_entity": ["ann", "bob", "ann"]}))
    array([0, 1, 0])
    """
    import pandas as pd

    return pd.factorize(rows[ENTITY])[0] if ENTITY in rows.columns else None


def blocks(n: int) -> Iterator[slice]:
    """Slices that cover ``n`` rows in order, at most `BLOCK` each.

    >>> [(block.start, block.stop) for block in blocks(BLOCK + 2)] == [(0, BLOCK), (BLOCK, BLOCK + 2)]
    True
    """
    for start in range(0, n, BLOCK):
        yield slice(start, min(start + BLOCK, n))


@dataclass(frozen=True)
class Window:
    """The ticks a version is trained and tested on, with the labels known when it was built.

    Attributes:
        first: first tick, inclusive.
        last: last tick, inclusive.
        source: the store's version, from which the window can be built again.
        rows: canonical frame, labelled and unlabelled rows, sorted by tick then id.
        split: which rows play which part.
    """

    first: int
    last: int
    source: str
    rows: "pd.DataFrame"
    split: Split

    @cached_property
    def _parts(self) -> npt.NDArray[np.object_]:
        return self.split.parts(units(self.rows))

    def mask(self, part: Part, *, labelled: bool = True) -> Mask:
        """Which rows are of one part, shape (n,); only those whose label has arrived, unless told otherwise."""
        mask: Mask = self._parts == part
        return mask & self.rows[LABEL].notna().to_numpy() if labelled else mask

    def count(self, part: Part, *, labelled: bool = True) -> int:
        """How many rows `part` gives; none is copied."""
        return int(self.mask(part, labelled=labelled).sum())

    def part(self, part: Part, *, labelled: bool = True) -> "pd.DataFrame":
        """The rows of one part; only those whose label has arrived, unless told otherwise."""
        rows: pd.DataFrame = self.rows.loc[self.mask(part, labelled=labelled)].reset_index(drop=True)
        return rows

    @cached_property
    def digest(self) -> str:
        """Hash of every id, feature and label in the window, 16 hexadecimal digits."""
        import pandas as pd

        digest = blake2b(digest_size=8)
        for block in blocks(len(self.rows)):
            hashes: Any = pd.util.hash_pandas_object(self.rows.iloc[block], index=False)
            digest.update(hashes.to_numpy().tobytes())
        return digest.hexdigest()
