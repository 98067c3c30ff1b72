"""The part of the ledger that says how champions did on the ticks after their windows."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from halflife.models.domain import Interval
from halflife.models.performance import Basis, Performance
from halflife.monitoring.adapters.ledger_database import Database
from halflife.monitoring.adapters.ledger_known import rows
from halflife.monitoring.adapters.ledger_tables import PERFORMANCES
from halflife.monitoring.ports import Ledger


class SqlPerformances(Ledger):
    """One table; what is told again of the same ticks as of the same tick replaces what was told."""

    _database: Database

    def record_performance(self, performance: Performance) -> None:
        row = _row(performance)
        same = sa.and_(*(PERFORMANCES.c[name] == row[name] for name in ("tick", "against", "asof")))
        with self._database.write() as connection:
            connection.execute(sa.delete(PERFORMANCES).where(same))
            connection.execute(sa.insert(PERFORMANCES), row)

    def performances(self) -> list[Performance]:
        order = (PERFORMANCES.c[name] for name in ("tick", "against", "asof"))
        with self._database.read() as connection:
            return [_to_performance(row) for row in rows(connection, sa.select(PERFORMANCES).order_by(*order))]


def _row(told: Performance) -> dict[str, Any]:
    counts = ("first_tick", "tick", "against", "asof", "rows", "labelled", "given_up")
    return {name: int(getattr(told, name)) for name in counts} | {
        "basis": str(told.basis),
        "metrics": {name: [float(i.estimate), float(i.lower), float(i.upper)] for name, i in told.metrics.items()},
        "reason": told.reason,
    }


def _to_performance(row: Mapping[str, Any]) -> Performance:
    metrics = {name: Interval(*bounds) for name, bounds in row["metrics"].items()}
    return Performance(**{**row, "basis": Basis(row["basis"]), "metrics": metrics})
