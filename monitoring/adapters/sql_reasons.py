"""The part of the ledger that says why findings changed, what is expected of them, and what cannot be known."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from halflife.models.causes import Cause, Share, Why
from halflife.models.forecast import Forecast
from halflife.models.opacity import Multiplicity, Opacity, Sensitivity
from halflife.monitoring.adapters.ledger_database import Database
from halflife.monitoring.adapters.ledger_known import rows
from halflife.monitoring.adapters.ledger_tables import CAUSES, FORECASTS, OPACITIES
from halflife.monitoring.ports import Ledger


class SqlReasons(Ledger):
    """Three tables, each written whole for one version: said again, it replaces what was said of that version."""

    _database: Database

    def record_causes(self, version: int, whys: Sequence[Why]) -> None:
        self._replace(CAUSES, version, [_why_row(why) for why in whys])

    def causes(self, *, finding: int | None = None, since: int = 0) -> list[Why]:
        query = sa.select(CAUSES).where(CAUSES.c.version >= since).order_by(CAUSES.c.version, CAUSES.c.finding)
        if finding is not None:
            query = query.where(CAUSES.c.finding == finding)
        with self._database.read() as connection:
            return [_to_why(row) for row in rows(connection, query)]

    def record_forecasts(self, version: int, forecasts: Sequence[Forecast]) -> None:
        self._replace(FORECASTS, version, [asdict(forecast) for forecast in forecasts])

    def forecasts(self, *, since: int = 0) -> list[Forecast]:
        columns = [FORECASTS.c[field.name] for field in fields(Forecast)]
        query = sa.select(*columns).where(FORECASTS.c.version >= since)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(FORECASTS.c.version, FORECASTS.c.finding))
            return [Forecast(*row) for row in found]

    def record_opacity(self, opacity: Opacity) -> None:
        row = {"version": opacity.version, "opacity": asdict(opacity)}
        self._replace(OPACITIES, opacity.version, [row])

    def opacities(self) -> list[Opacity]:
        with self._database.read() as connection:
            found = rows(connection, sa.select(OPACITIES).order_by(OPACITIES.c.version))
        return [_to_opacity(row["opacity"]) for row in found]

    def _replace(self, table: sa.Table, version: int, new: list[dict[str, Any]]) -> None:
        with self._database.write() as connection:
            connection.execute(sa.delete(table).where(table.c.version == version))
            if new:
                connection.execute(sa.insert(table), new)


def _why_row(why: Why) -> dict[str, Any]:
    shares = {str(cause): [share.share, share.error] for cause, share in why.shares.items()}
    return {**asdict(why), "shares": shares, "notes": list(why.notes)}


def _to_why(row: Mapping[str, Any]) -> Why:
    shares = {Cause(name): Share(*said) for name, said in row["shares"].items()}
    return Why(**{**row, "shares": shares, "notes": tuple(row["notes"])})


def _to_opacity(value: dict[str, Any]) -> Opacity:
    kinds = {name: value[name] and Multiplicity(**_tuples(value[name])) for name in ("data", "seed", "feedback")}
    sensitivity = value["sensitivity"] and Sensitivity(**_tuples(value["sensitivity"]))
    return Opacity(**{**value, **kinds, "sensitivity": sensitivity})


def _tuples(value: Mapping[str, Any]) -> dict[str, Any]:
    """Lists, as JSON gives them, as the tuples they were."""
    return {name: _tuple(item) for name, item in value.items()}


def _tuple(item: Any) -> Any:
    return tuple(_tuple(each) for each in item) if isinstance(item, list) else item
