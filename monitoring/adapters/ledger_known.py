"""What a ledger has read before and need not read again, so that a story costs what is new and not what is old."""

from typing import Any

import sqlalchemy as sa

from halflife.models.domain import Finding, Status
from halflife.monitoring.adapters.ledger_rows import to_finding
from halflife.monitoring.adapters.ledger_tables import CHECKS, FINDINGS

AT_ONCE = 500
"""Keys in one query."""
STATUS = {status.value: status for status in Status}


class KnownFindings:
    """Findings as they were last read, each beside its row as the database gave it; a row that differs is read anew."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[Any, ...], Finding]] = {}

    def read(self, connection: sa.Connection, query: "sa.Select[Any]") -> list[Finding]:
        """The findings a query over the whole table gives, in its order."""
        plain = query.with_only_columns(*(sa.type_coerce(column, sa.types.NullType()) for column in FINDINGS.c))
        raw: dict[int, tuple[Any, ...]] = {row[0]: tuple(row) for row in connection.execute(plain)}
        new = [number for number, row in raw.items() if number not in self._known or self._known[number][0] != row]
        for start in range(0, len(new), AT_ONCE):
            some = sa.select(FINDINGS).where(FINDINGS.c.id.in_(new[start : start + AT_ONCE]))
            self._known |= {row["id"]: (raw[row["id"]], to_finding(row)) for row in rows(connection, some)}
        return [self._known[number][1] for number in raw]


class KnownStatuses:
    """The status of every check. Those of versions before the newest are read once, unless one is written anew."""

    def __init__(self) -> None:
        self._known: dict[int, dict[int, Status]] = {}
        self._newest = 0

    def forget(self, version: int) -> None:
        """Checks of this version are written: read again from there on."""
        self._newest = min(self._newest, version)

    def read(self, connection: sa.Connection) -> dict[int, dict[int, Status]]:
        """Finding id -> version number -> status."""
        earlier = sa.select(sa.func.count()).select_from(CHECKS).where(CHECKS.c.version < self._newest)
        held = sum(number < self._newest for said in self._known.values() for number in said)
        if connection.execute(earlier).scalar_one() != held:
            self._newest = 0
        decides = sa.func.coalesce(CHECKS.c.fresh_status, CHECKS.c.pinned_status)
        since = sa.select(CHECKS.c.finding, CHECKS.c.version, decides).where(CHECKS.c.version >= self._newest)
        for finding, version, status in connection.execute(since.order_by(CHECKS.c.version, CHECKS.c.finding)):
            self._known.setdefault(finding, {})[version] = STATUS[status]
            self._newest = version
        return {finding: dict(said) for finding, said in self._known.items()}


def rows(connection: sa.Connection, query: "sa.Select[Any]") -> list[dict[str, Any]]:
    """Column name -> value, row by row."""
    return [row._asdict() for row in connection.execute(query)]
