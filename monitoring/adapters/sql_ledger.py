"""The ledger in a SQL database: SQLite in one file by default, PostgreSQL when that is outgrown."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from types import TracebackType

import sqlalchemy as sa

from halflife.models.alert import Alert
from halflife.models.domain import Check, Drift, Finding, Milestone, Status, Version
from halflife.models.errors import NotFound
from halflife.monitoring.adapters.ledger_database import Database
from halflife.monitoring.adapters.ledger_known import AT_ONCE, KnownFindings, KnownStatuses
from halflife.monitoring.adapters.ledger_known import rows as _rows
from halflife.monitoring.adapters.ledger_rows import (
    alert_row,
    check_row,
    drift_row,
    finding_row,
    to_check,
    to_delivery,
    to_drift,
    to_finding,
    to_version,
    version_row,
)
from halflife.monitoring.adapters.ledger_tables import ALERTS, CHECKS, DELIVERIES, DRIFTS, FINDINGS, VERSIONS
from halflife.monitoring.adapters.sql_performances import SqlPerformances
from halflife.monitoring.adapters.sql_reasons import SqlReasons
from halflife.monitoring.ports import Delivery

PENDING, SENT, DEAD = "pending", "sent", "dead"
REVISABLE = ("author", "note", "guard", "ttl", "links", "in_file")
"""Columns of a finding that say nothing about its claim."""


class SqlLedger(SqlReasons, SqlPerformances):
    """Everything Halflife concludes, in ten tables. Every method is one transaction and may be said twice.

    Args:
        url: SQLAlchemy's address of the database; it is made, or brought up to date, when it is opened.
        busy_seconds: how long a transaction waits for another process's.
        schema: of PostgreSQL, in which the tables are; `postgres_ledger.schema_of` gives a model's.

    Raises:
        ConfigError: the address is none, or its driver is not installed.
        Unavailable: from here and from every method: the database is locked, not writable, no database or too new.

    >>> with SqlLedger("sqlite://") as ledger:
    ...     ledger.versions(), ledger.findings()
    ([], [])
    """

    def __init__(self, url: str, *, busy_seconds: float = 15.0, schema: str | None = None) -> None:
        self._database = Database(url, busy_seconds, schema)
        self._read, self._write = self._database.read, self._database.write
        self._versions: list[Version] = []
        self._findings, self._statuses = KnownFindings(), KnownStatuses()

    def __enter__(self) -> "SqlLedger":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; a later method opens it again."""
        self._database.close()

    def versions(self) -> list[Version]:
        # A version never changes, so only those that came since are read.
        known = self._versions[-1].number if self._versions else 0
        query = sa.select(VERSIONS).where(VERSIONS.c.number > known).order_by(VERSIONS.c.number)
        with self._read() as connection:
            self._versions = [*self._versions, *(to_version(row) for row in _rows(connection, query))]
        return list(self._versions)

    def add_version(self, version: Version) -> None:
        with self._write() as connection:
            if _missing(connection, VERSIONS.c.number, {version.number}):
                row = version_row(version) | {"stage": Milestone.REGISTERED.value}
                connection.execute(sa.insert(VERSIONS), row)

    def stage(self, number: int) -> Milestone:
        with self._read() as connection:
            _require_versions(connection, {number})
            query = sa.select(VERSIONS.c.stage).where(VERSIONS.c.number == number)
            return Milestone(connection.execute(query).scalar_one())

    def set_stage(self, number: int, stage: Milestone) -> None:
        with self._write() as connection:
            _set_stage(connection, (number, stage))

    def findings(self, *, open_only: bool = False) -> list[Finding]:
        query = sa.select(FINDINGS).order_by(FINDINGS.c.id)
        if open_only:
            query = query.where(FINDINGS.c.stillborn.is_(False), FINDINGS.c.retired_on.is_(None))
        with self._read() as connection:
            return self._findings.read(connection, query)

    def finding(self, key: str) -> Finding:
        with self._read() as connection:
            rows = _rows(connection, sa.select(FINDINGS).where(FINDINGS.c.name == key))
            number = key.removeprefix("#")
            if not rows and number.isdecimal():
                rows = _rows(connection, sa.select(FINDINGS).where(sa.cast(FINDINGS.c.id, sa.Text) == number))
            if not rows:
                names = connection.execute(sa.select(FINDINGS.c.name).order_by(FINDINGS.c.id)).scalars().all()
                raise NotFound(_no_finding(key, names))
            return to_finding(rows[0])

    def file(
        self, findings: Sequence[Finding], checks: Sequence[Check], *, stage: tuple[int, Milestone] | None = None
    ) -> list[Finding]:
        with self._write() as connection:
            named = FINDINGS.c.name.in_([finding.name for finding in findings])
            known = connection.execute(sa.select(FINDINGS.c.name, FINDINGS.c.id).where(named))
            ids: dict[str, int] = {row.name: row.id for row in known}
            last = connection.execute(sa.select(sa.func.max(FINDINGS.c.id))).scalar() or 0
            new: dict[int, int] = {}  # index into findings -> id
            for index, finding in enumerate(findings):
                if finding.name not in ids:
                    new[index] = ids[finding.name] = last + len(new) + 1
            births = [check for check in checks if check.finding in new]
            _require_versions(connection, {findings[i].made_on for i in new} | {check.version for check in births})
            if new:
                connection.execute(sa.insert(FINDINGS), [finding_row(findings[i], number) for i, number in new.items()])
            if births:
                connection.execute(sa.insert(CHECKS), [check_row(check, new[check.finding]) for check in births])
            _set_stage(connection, stage)
            stored = {row["name"]: to_finding(row) for row in _rows(connection, sa.select(FINDINGS).where(named))}
        return [stored[finding.name] for finding in findings]

    def record_checks(self, version: int, checks: Sequence[Check], *, stage: Milestone | None = None) -> None:
        strays = sorted({check.version for check in checks} - {version})
        if strays:
            raise ValueError(f"checks of v{strays[0]} among those of v{version}: record each version's by themselves")
        with self._write() as connection:
            _require_versions(connection, {version})
            _require_findings(connection, {check.finding for check in checks})
            self._statuses.forget(version)
            if checks:
                replaced = sa.delete(CHECKS).where(
                    CHECKS.c.finding == sa.bindparam("old_finding"), CHECKS.c.version == sa.bindparam("old_version")
                )
                connection.execute(replaced, [{"old_finding": int(c.finding), "old_version": version} for c in checks])
                connection.execute(sa.insert(CHECKS), [check_row(check, check.finding) for check in checks])
            _set_stage(connection, None if stage is None else (version, stage))

    def checks(self, *, finding: int | None = None, version: int | None = None, since: int = 0) -> list[Check]:
        query = sa.select(CHECKS).where(CHECKS.c.version >= since).order_by(CHECKS.c.version, CHECKS.c.finding)
        if finding is not None:
            query = query.where(CHECKS.c.finding == finding)
        if version is not None:
            query = query.where(CHECKS.c.version == version)
        with self._read() as connection:
            return [to_check(row) for row in _rows(connection, query)]

    def statuses(self) -> dict[int, dict[int, Status]]:
        with self._read() as connection:
            return self._statuses.read(connection)

    def retire(self, findings: Iterable[int], version: int) -> None:
        numbers = {int(number) for number in findings}
        with self._write() as connection:
            _require_versions(connection, {version})
            _require_findings(connection, numbers)
            # The first retirement stands: said twice, it is the same event.
            retired = sa.update(FINDINGS).where(FINDINGS.c.id == sa.bindparam("of"), FINDINGS.c.retired_on.is_(None))
            if numbers:
                connection.execute(retired.values(retired_on=version), [{"of": number} for number in sorted(numbers)])

    def revise(self, findings: Sequence[Finding]) -> None:
        with self._write() as connection:
            _require_findings(connection, {finding.id for finding in findings})
            for finding in findings:
                row = finding_row(finding, finding.id)
                revised = sa.update(FINDINGS).where(FINDINGS.c.id == finding.id)
                connection.execute(revised.values({name: row[name] for name in REVISABLE}))

    def supersede(self, findings: Iterable[int], version: int) -> None:
        numbers = sorted({int(number) for number in findings})
        with self._write() as connection:
            _require_versions(connection, {version})
            _require_findings(connection, set(numbers))
            for number in numbers:
                mine = FINDINGS.c.id == number
                connection.execute(
                    sa.update(FINDINGS).where(mine, FINDINGS.c.retired_on.is_(None)).values(retired_on=version)
                )
                # Said twice it is said once: a name that ends in the finding's own number has been freed before.
                free = ~FINDINGS.c.name.endswith(f"~{number}")
                connection.execute(sa.update(FINDINGS).where(mine, free).values(name=FINDINGS.c.name + f"~{number}"))

    def record_drift(self, drift: Drift) -> None:
        with self._write() as connection:
            _require_versions(connection, {drift.against})
            same = (DRIFTS.c.tick == drift.tick) & (DRIFTS.c.against == drift.against)
            connection.execute(sa.delete(DRIFTS).where(same))
            connection.execute(sa.insert(DRIFTS), drift_row(drift))

    def drifts(self, *, since: int = 0) -> list[Drift]:
        query = sa.select(DRIFTS).where(DRIFTS.c.tick >= since).order_by(DRIFTS.c.tick, DRIFTS.c.against)
        with self._read() as connection:
            return [to_drift(row) for row in _rows(connection, query)]

    def enqueue(self, alert: Alert, channels: Sequence[str], *, stage: tuple[int, Milestone] | None = None) -> bool:
        with self._write() as connection:
            known = connection.execute(sa.select(ALERTS.c.id).where(ALERTS.c.key == alert.key)).first() is not None
            if not known:
                number = connection.execute(sa.insert(ALERTS).returning(ALERTS.c.id), alert_row(alert)).scalar_one()
                fresh = {"alert": number, "attempts": 0, "state": PENDING, "error": "", "next_attempt": 0.0}
                if channels:
                    rows = [fresh | {"channel": channel} for channel in dict.fromkeys(channels)]
                    connection.execute(sa.insert(DELIVERIES), rows)
            _set_stage(connection, stage)
        return not known

    def decided(self, key: str) -> bool:
        with self._read() as connection:
            return connection.execute(sa.select(ALERTS.c.id).where(ALERTS.c.key == key)).first() is not None

    def due(self, now: float) -> list[Delivery]:
        query = _DELIVERY.where(DELIVERIES.c.state == PENDING, DELIVERIES.c.next_attempt <= now)
        with self._read() as connection:
            return [to_delivery(row) for row in _rows(connection, query.order_by(DELIVERIES.c.id))]

    def delivered(self, delivery: int, at: float) -> None:
        self._attempted(delivery, state=SENT, sent_at=at, error="")

    def failed(self, delivery: int, error: str, *, next_attempt: float | None) -> None:
        if next_attempt is None:
            self._attempted(delivery, state=DEAD, error=error)
        else:
            self._attempted(delivery, error=error, next_attempt=next_attempt)

    def deliveries(self) -> list[Delivery]:
        with self._read() as connection:
            return [to_delivery(row) for row in _rows(connection, _DELIVERY.order_by(DELIVERIES.c.id.desc()))]

    def _attempted(self, delivery: int, **values: object) -> None:
        # What was sent stays sent: a slower process that tried the same delivery and failed changes nothing.
        attempt = sa.update(DELIVERIES).where(DELIVERIES.c.id == delivery, DELIVERIES.c.state == PENDING)
        with self._write() as connection:
            if connection.execute(attempt.values(attempts=DELIVERIES.c.attempts + 1, **values)).rowcount:
                return
            if connection.execute(sa.select(DELIVERIES.c.id).where(DELIVERIES.c.id == delivery)).first() is None:
                raise NotFound(f"the ledger has no delivery {delivery}")


_DELIVERY = sa.select(
    DELIVERIES.c.id.label("delivery"),
    *(DELIVERIES.c[name] for name in ("channel", "attempts", "state", "error")),
    *(ALERTS.c[name] for name in ("key", "severity", "version", "subject", "sentence", "items", "links")),
).join_from(DELIVERIES, ALERTS)


def _require_versions(connection: sa.Connection, numbers: set[int]) -> None:
    if missing := _missing(connection, VERSIONS.c.number, numbers):
        first, last = _ends(connection, VERSIONS.c.number)
        have = "it has none yet" if last is None else f"it has v{first} to v{last}"
        raise NotFound(f"the ledger has no version v{missing[0]}; {have}")


def _require_findings(connection: sa.Connection, numbers: set[int]) -> None:
    if missing := _missing(connection, FINDINGS.c.id, numbers):
        last = _ends(connection, FINDINGS.c.id)[1]
        raise NotFound(
            f"the ledger has no finding {missing[0]}; {'it has none yet' if last is None else f'it has 1 to {last}'}"
        )


def _missing(connection: sa.Connection, key: "sa.Column[int]", numbers: set[int]) -> list[int]:
    """Those that are no key, ascending."""
    wanted = sorted(numbers)
    known: set[int] = set()
    for start in range(0, len(wanted), AT_ONCE):
        known |= set(connection.execute(sa.select(key).where(key.in_(wanted[start : start + AT_ONCE]))).scalars())
    return [number for number in wanted if number not in known]


def _ends(connection: sa.Connection, key: "sa.Column[int]") -> tuple[int | None, int | None]:
    first, last = connection.execute(sa.select(sa.func.min(key), sa.func.max(key))).one()
    return first, last


def _set_stage(connection: sa.Connection, stage: tuple[int, Milestone] | None) -> None:
    if stage is not None:
        number, reached = stage
        _require_versions(connection, {number})
        connection.execute(sa.update(VERSIONS).where(VERSIONS.c.number == number).values(stage=reached.value))


def _no_finding(key: str, names: Sequence[str]) -> str:
    if not names:
        return f"no finding {key!r}: the ledger has none yet"
    near = get_close_matches(key, names, n=5, cutoff=0.5)
    if near:
        return f"no finding {key!r}; near it: {', '.join(near)}"
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"no finding {key!r}; there are {', '.join(names[:5])}{more}"
