"""The last run of a home, kept beside its ledger for whoever wants to know whether the service is well."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from halflife.monitoring.whole_files import write_whole

FILE = "service/last-run.json"


@dataclass(frozen=True)
class RunRecord:
    """One run of what was due.

    Attributes:
        began: when.
        seconds: it took.
        message: what was done, or in one sentence why it could not be.
        failed: what was due is not done.
        done: what was done, as ``halflife run --json`` says it; empty where it failed.
        next_run: when the next one is scheduled; None when none is, or something else knows.
    """

    began: datetime
    seconds: float
    message: str
    failed: bool = False
    done: dict[str, Any] = field(default_factory=dict)
    next_run: datetime | None = None

    def keep(self, home: Path) -> None:
        """As the home's last run."""
        coming = None if self.next_run is None else self.next_run.isoformat()
        said = {**vars(self), "began": self.began.isoformat(), "next_run": coming}
        write_whole(home / FILE, json.dumps(said, indent=1))

    def before(self, coming: datetime | None) -> "RunRecord":
        """The same, followed by a run at ``coming``."""
        return replace(self, next_run=coming)


def last_run(home: Path) -> RunRecord | None:
    """The home's last run; None where there was none, or nothing can be read of it."""
    try:
        said = json.loads((home / FILE).read_text(encoding="utf-8"))
        times = {name: said[name] and datetime.fromisoformat(said[name]) for name in ("began", "next_run")}
        return RunRecord(**{**said, **times})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def ended(home: Path, began: datetime, message: str, done: dict[str, Any] | None = None) -> None:
    """Keep a run that has just ended; one that did nothing of what was due has no ``done``."""
    seconds = (datetime.now(UTC) - began).total_seconds()
    RunRecord(began, seconds, message, done is None, done or {}).keep(home)
