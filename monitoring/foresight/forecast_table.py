"""Forecasts as a table: what was known of a finding after a version, and whether the next version refuted it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from halflife.models.domain import Finding, Status
from halflife.models.forecast import Forecast
from halflife.models.rows import Array, Mask, Rows

UNSETTLED = np.nan
FARTHEST = 99.0
"""Noise units beyond which nobody counts; a finding without any noise is this far from its threshold."""


@dataclass(frozen=True)
class Pairs:
    """n pairs of a finding and a version, one a row.

    Attributes:
        version: after whose re-tests the forecast is told, shape (n,).
        kind: the finding's statistic, shape (n,).
        age: retrains from the version it was made on to the next, at least 1, shape (n,).
        drift: dependency-weighted, in units of thresholds; NaN when unknown, shape (n,).
        margin: of the finding, in noise units; NaN without shadows, shape (n,).
        by_margin: the chance by the margin alone; NaN without shadows, shape (n,).
        event: 1 when the next version refuted it, 0 when it did not, NaN while that is not known, shape (n,).
    """

    version: Rows
    kind: npt.NDArray[np.str_]
    age: Array
    drift: Array
    margin: Array
    by_margin: Array
    event: Array

    def __len__(self) -> int:
        return len(self.version)

    def __getitem__(self, rows: Mask | Rows) -> Pairs:
        return Pairs(*(getattr(self, each.name)[rows] for each in fields(self)))

    @property
    def settled(self) -> Mask:
        """Those whose end is known, shape (n,)."""
        return np.isfinite(self.event)

    @property
    def sighted(self) -> Mask:
        """Those whose margin is known, shape (n,)."""
        return np.isfinite(self.margin)


def tabulated(
    forecasts: Iterable[Forecast],
    findings: Sequence[Finding],
    statuses: Mapping[int, Mapping[int, Status]],
    until: int | None = None,
) -> Pairs:
    """The table of forecasts; those of findings that are not known are left out.

    Args:
        forecasts: as they were told; their probabilities are not looked at.
        findings: every one.
        statuses: finding id -> version number -> status.
        until: newest version whose statuses may be looked at; None for all.
    """
    known = {f.id: f for f in findings}
    told = [f for f in forecasts if f.finding in known]
    made_on = np.array([known[f.finding].made_on for f in told], dtype=np.intp)
    version = np.array([f.version for f in told], dtype=np.intp)
    return Pairs(
        version=version,
        kind=np.array([known[f.finding].statistic for f in told], dtype=np.str_),
        age=np.maximum(version + 1 - made_on, 1).astype(float),
        drift=np.array([f.drift for f in told], dtype=float),
        margin=np.array([f.margin for f in told], dtype=float),
        by_margin=np.array([f.by_margin for f in told], dtype=float),
        event=events(told, statuses, until),
    )


def events(
    forecasts: Sequence[Forecast], statuses: Mapping[int, Mapping[int, Status]], until: int | None = None
) -> Array:
    """1 where the next version refuted the finding, 0 where it was tested and not refuted, else NaN; shape (n,)."""
    silent: Mapping[int, Status] = {}
    after = [
        statuses.get(f.finding, silent).get(f.version + 1) if until is None or f.version < until else None
        for f in forecasts
    ]
    return np.array([UNSETTLED if s in (None, Status.UNTESTABLE) else float(s.refutes) for s in after], dtype=float)
