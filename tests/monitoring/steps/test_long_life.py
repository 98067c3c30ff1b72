from collections.abc import Callable

import pytest

from halflife.models.domain import Version
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.monitoring.caches import CachedRows
from halflife.monitoring.conclude import tell
from halflife.monitoring.context import Context
from halflife.monitoring.steps import report_version
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import investigate
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.report_version import report
from halflife.monitoring.steps.retrain_version import retrain

Make = Callable[..., Context]


def live(service: Context, ticks: range) -> list[Version]:
    """A retrain with all that follows on every tick."""
    versions = []
    for tick in ticks:
        ingest(service, tick)
        versions.append(retrain(service, tick))
        recheck(service, versions[-1])
        investigate(service, versions[-1])
        report(service, versions[-1])
    return versions


def test_a_service_keeps_rows_of_few_versions(make: Make) -> None:
    """However many versions there were, it holds the rows of those whose findings are followed, and not many more."""
    service = make("calm", rows=1200, follow=1, window=2, errors=2, gaps=0)
    live(service, range(1, 8))
    rows = service.rows
    assert isinstance(rows, CachedRows)
    assert len(rows._kept) <= 2 * service.policy.investigate.follow + 1
    kept = [part for parts in rows._kept.values() for part in parts.values()]
    assert all(len(part) <= service.policy.evidence.rows for part in kept)


def test_a_cycle_reads_as_many_checks_late_as_early(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once findings are retired as fast as they are filed, the checks a cycle reads in full no longer grow."""
    monkeypatch.setattr("halflife.monitoring.conclude.RECENT", 3)
    service = make("calm", rows=1200, follow=1, window=2, errors=2, gaps=0)
    read: list[int] = []
    checks = SqlLedger.checks

    def counting(self: SqlLedger, **which: int | None) -> object:
        found = checks(self, **which)  # type: ignore[arg-type] # passed on as it came
        read.append(len(found))
        return found

    live(service, range(1, 6))
    monkeypatch.setattr(SqlLedger, "checks", counting)
    seen = []
    for tick in range(6, 9):
        read.clear()
        live(service, range(tick, tick + 1))
        seen.append(sum(read))
    newest_four = 4 * max(len(service.ledger.checks(version=number)) for number in range(1, 9))
    assert 0 < max(seen) <= newest_four


def test_the_file_of_findings_leaves_out_what_ended_long_ago(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version's ``findings.json`` holds every finding that is open or ended lately, and no other."""
    monkeypatch.setattr(report_version, "RECENT", 2)
    service = make("calm", rows=1200, follow=1, window=2, errors=2, gaps=0)
    newest = live(service, range(1, 7))[-1]
    told = {row["id"] for row in report_version._told(tell(service.ledger), newest)}
    for finding in service.ledger.findings():
        end = finding.made_on if finding.stillborn else finding.retired_on
        assert (finding.id in told) == (end is None or newest.number - end <= 2)
    assert 0 < len(told) < len(service.ledger.findings())
