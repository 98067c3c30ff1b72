"""What two ledgers have to agree on when the same things happened to both."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

TABLES = {
    "versions": "number, first, last, source, recipe, seed, data_digest, model_digest, metrics, role, reason, rows,"
    " registry_version, stage, parameters, shadows",
    "findings": "*",
    "checks": "*",
    "causes": "*",
    "forecasts": "*",
    "opacities": "version, opacity, version",
    "drifts": "*",
    "alerts": "id, key, severity, version, subject, sentence, items",
    "deliveries": "alert, channel, attempts, state, error",
}
"""All that a ledger holds but the registry's random run ids, the time of sending, and paths of the home."""


def ledger_content(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a ledger on SQLite, in order."""
    with closing(sqlite3.connect(database)) as ledger:
        return {t: ledger.execute(f"select {c} from {t} order by 1, 2, 3").fetchall() for t, c in TABLES.items()}  # noqa: S608 - our own names
