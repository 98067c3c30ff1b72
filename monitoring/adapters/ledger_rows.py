"""From frozen values to the ledger's rows and back. Reading what was written gives an equal value, NaN and all."""

from collections.abc import Mapping
from typing import Any

from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.models.domain import (
    Check,
    ColumnDrift,
    Drift,
    Finding,
    Interval,
    Measurement,
    Role,
    Scope,
    Status,
    Version,
)
from halflife.models.shadow import Controls, ShadowKind
from halflife.monitoring.ports import Delivery

Row = Mapping[str, Any]
"""Column name -> value, as the database gives it."""


def version_row(version: Version) -> dict[str, Any]:
    """Every column of ``versions`` but the stage."""
    return {
        "number": int(version.number),
        "first": int(version.first),
        "last": int(version.last),
        "source": version.source,
        "recipe": version.recipe,
        "seed": int(version.seed),
        "data_digest": version.data_digest,
        "model_digest": version.model_digest,
        "metrics": {name: [float(i.estimate), float(i.lower), float(i.upper)] for name, i in version.metrics.items()},
        "role": str(version.role),
        "reason": version.reason,
        "rows": int(version.rows),
        "registry_version": version.registry_version,
        "run_id": version.run_id,
        "parameters": dict(version.parameters),
        "shadows": [str(kind) for kind in version.shadows],
        "labelled": version.labelled,
        "dates": version.dates and list(version.dates),
    }


def to_version(row: Row) -> Version:
    """The reverse of ``version_row``."""
    fields = {name: value for name, value in row.items() if name != "stage"}
    fields["metrics"] = {name: Interval(*bounds) for name, bounds in row["metrics"].items()}
    fields["role"] = Role(row["role"])
    fields["shadows"] = tuple(map(ShadowKind, row["shadows"]))
    fields["dates"] = row["dates"] and tuple(row["dates"])
    return Version(**fields)


def finding_row(finding: Finding, number: int) -> dict[str, Any]:
    """Every column of ``findings``; ``number`` becomes the id."""
    return {
        "id": number,
        "name": finding.name,
        "claim": finding.claim,
        "statistic": finding.statistic,
        "scope": str(finding.scope),
        "made_on": int(finding.made_on),
        "author": str(finding.author),
        "note": finding.note,
        "guard": bool(finding.guard),
        "ttl": None if finding.ttl is None else int(finding.ttl),
        **_interval_row("birth", finding.birth),
        "stillborn": bool(finding.stillborn),
        "retired_on": None if finding.retired_on is None else int(finding.retired_on),
        "links": list(finding.links),
        "in_file": bool(finding.in_file),
        "entered_on": None if finding.entered_on is None else int(finding.entered_on),
        "upheld": finding.upheld,
    }


def to_finding(row: Row) -> Finding:
    """The reverse of ``finding_row``."""
    fields = {name: value for name, value in row.items() if not name.startswith("birth_")}
    fields["scope"] = Scope(row["scope"])
    fields["links"] = tuple(row["links"])
    return Finding(**fields, birth=_to_interval("birth", row))


def check_row(check: Check, finding: int) -> dict[str, Any]:
    """Every column of ``checks``; ``finding`` is the id in the ledger."""
    return {
        "finding": int(finding),
        "version": int(check.version),
        "threshold": check.threshold,
        **_measurement_row("pinned", check.pinned),
        **_measurement_row("fresh", check.fresh),
        "controls": None
        if check.controls is None
        else {"pinned": list(check.controls.pinned), "fresh": list(check.controls.fresh)},
    }


def to_check(row: Row) -> Check:
    """The reverse of ``check_row``."""
    pinned = _to_measurement("pinned", row)
    if pinned is None:  # the column is NOT NULL
        raise AssertionError("a check without a status on its pinned rows")
    said = row["controls"]
    controls = None if said is None else Controls(tuple(said["pinned"]), tuple(said["fresh"]))
    return Check(row["finding"], row["version"], row["threshold"], pinned, _to_measurement("fresh", row), controls)


def drift_row(drift: Drift) -> dict[str, Any]:
    """Every column of ``drifts``."""
    return {
        "tick": int(drift.tick),
        "against": int(drift.against),
        "first_tick": int(drift.first_tick),
        "columns": [
            [c.name, c.method, float(c.score), float(c.threshold), bool(c.drifted), float(c.error)]
            for c in drift.columns
        ],
        "drifted": bool(drift.drifted),
        "powered": bool(drift.powered),
        "note": drift.note,
        "missing": {name: float(share) for name, share in drift.missing.items()},
        "rows_reference": int(drift.rows[0]),
        "rows_current": int(drift.rows[1]),
        "dates": drift.dates and list(drift.dates),
    }


def to_drift(row: Row) -> Drift:
    """The reverse of ``drift_row``."""
    fields = {name: value for name, value in row.items() if not name.startswith("rows_")}
    fields["columns"] = tuple(ColumnDrift(*column) for column in row["columns"])
    fields["dates"] = row["dates"] and tuple(row["dates"])
    return Drift(**fields, rows=(row["rows_reference"], row["rows_current"]))


def alert_row(alert: Alert) -> dict[str, Any]:
    """Every column of ``alerts`` but the id."""
    return {
        "key": alert.key,
        "severity": str(alert.severity),
        "version": int(alert.version),
        "subject": alert.subject,
        "sentence": alert.sentence,
        "items": [[str(i.kind), str(i.severity), i.sentence, i.finding] for i in alert.items],
        "links": dict(alert.links),
    }


def to_alert(row: Row) -> Alert:
    """The reverse of ``alert_row``; columns of a joined delivery are passed over."""
    return Alert(
        row["key"],
        Severity(row["severity"]),
        row["version"],
        row["subject"],
        row["sentence"],
        tuple(AlertItem(AlertKind(kind), Severity(severity), *rest) for kind, severity, *rest in row["items"]),
        row["links"],
    )


def to_delivery(row: Row) -> Delivery:
    """One row of ``deliveries`` joined with its alert; the delivery's id comes as ``delivery``."""
    return Delivery(row["delivery"], to_alert(row), row["channel"], row["attempts"], row["state"], row["error"])


def _interval_row(prefix: str, interval: Interval | None) -> dict[str, float | None]:
    return {
        f"{prefix}_estimate": None if interval is None else interval.estimate,
        f"{prefix}_lower": None if interval is None else interval.lower,
        f"{prefix}_upper": None if interval is None else interval.upper,
    }


def _to_interval(prefix: str, row: Row) -> Interval | None:
    if row[f"{prefix}_estimate"] is None:
        return None
    return Interval(row[f"{prefix}_estimate"], row[f"{prefix}_lower"], row[f"{prefix}_upper"])


def _measurement_row(prefix: str, measured: Measurement | None) -> dict[str, Any]:
    return {
        f"{prefix}_rows": None if measured is None else int(measured.rows),
        **_interval_row(prefix, None if measured is None else measured.interval),
        f"{prefix}_status": None if measured is None else str(measured.status),
        f"{prefix}_p_value": None if measured is None else measured.p_value,
        f"{prefix}_reason": None if measured is None else measured.reason,
    }


def _to_measurement(prefix: str, row: Row) -> Measurement | None:
    if row[f"{prefix}_status"] is None:
        return None
    return Measurement(
        row[f"{prefix}_rows"],
        _to_interval(prefix, row),
        Status(row[f"{prefix}_status"]),
        row[f"{prefix}_p_value"],
        row[f"{prefix}_reason"],
    )
