"""What ``finding`` commands print fits the terminal and names what matters, at any width."""

import pytest

from halflife.flows.commands.common import terminal
from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.monitoring.conclude import conclude
from halflife.monitoring.filing.import_plan import plan
from halflife.monitoring.filing.reader import read
from halflife.monitoring.reports.finding_tables import CheckTable, FindingTable
from halflife.monitoring.reports.import_table import import_table
from halflife.monitoring.reports.listing import check_row, finding_rows
from halflife.monitoring.steps.import_findings import Imported

VERSION = Version(12, 0, 9, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "", 900)
CLAIM = 'gap("fpr", a="region = \'[north]\'", b="region = \'south\'", where="income > 20") < 0.05 ± 0.02'
WIDTHS = [60, 80, 110, 160]


def finding(number: int, made_on: int = 12, **other: object) -> Finding:
    """A finding with a claim as long as people's are."""
    plain: dict[str, object] = {"author": "someone-with-a-name", "id": number, **other}
    return Finding(f"fair-by-region-{number}", CLAIM, "gap", Scope.POPULATION, made_on, **plain)  # type: ignore[arg-type]  # values by name


def check(number: int, status: Status) -> Check:
    """A check whose figures are as wide as figures get, or whose reason is long."""
    if status is Status.UNTESTABLE:
        return Check(number, 12, 0.05, Measurement(0, None, status, reason="1,234 rows; it takes 56,789 to tell"), None)
    measured = Measurement(1_234, Interval(-12.345, -23.456, 34.567), status, 0.01)
    return Check(number, 12, 0.05, measured, measured)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What was printed."""
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("width", WIDTHS)
def test_lists_and_checks_fit_and_hide_nothing(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, claims with brackets, statuses and flags are whole; no line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", str(width))
    statuses = [*Status]
    findings = [finding(n, guard=n == 1) for n in range(1, len(statuses) + 1)]
    findings += [finding(20, stillborn=True), finding(21, retired_on=12), finding(22, 11, ttl=1)]
    checks = [check(n, status) for n, status in enumerate(statuses, 1)]
    terminal().print(FindingTable(finding_rows(conclude([VERSION], findings, checks, ())), everything=True))
    terminal().print(CheckTable(VERSION, [check_row(c, findings[c.finding - 1]) for c in checks]))
    printed = lines(capsys)
    assert max(map(len, printed)) <= width
    whole = "".join("".join(line.split()) for line in printed)
    assert whole.count("[north]") == len(findings) + len(checks)
    for word in (*statuses, "stillborn", "retired", "expired", "guard", "-12.345", "34.567]", "56,789"):
        assert word in whole


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dry", [False, True])
def test_an_import_tells_every_finding_it_touched(
    width: int, dry: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """New, replaced, updated and gone stand in a line each with what becomes of them."""
    monkeypatch.setenv("COLUMNS", str(width))
    text = """findings:
- {name: new, claim: auc() > 0.7}
- {name: old, claim: auc() > 0.8}
- {name: same, claim: auc() > 0.7, note: other}
"""
    auc = {"claim": "auc() > 0.7", "statistic": "auc", "scope": Scope.POPULATION, "made_on": 12, "in_file": True}
    known = [Finding(name, id=n, **auc) for n, name in enumerate(("old", "same", "left"), 1)]  # type: ignore[arg-type]  # values by name
    todo = plan(read(text, "f.yaml").placed, known)
    filed = [Finding(name, id=n, **auc) for n, name in ((7, "new"), (8, "old"))]  # type: ignore[arg-type]  # values by name
    checks = {f.id: Check(f.id, 12, 0.7, check(1, Status.HOLDS).pinned, None) for f in filed}
    tested = {} if dry else checks
    done = Imported(todo, () if dry else tuple(filed), tested, tested)
    terminal().print(import_table(done, "f.yaml", replace=True, prune=False, dry=dry))
    printed = lines(capsys)
    assert max(map(len, printed)) <= width
    assert printed[0].startswith("f.yaml · 3 findings, 0 unchanged")
    starts = [tuple(line.split()[:2]) for line in printed[1:] if not line.startswith(" ")]
    assert starts == [("new", "new"), ("replaced", "old"), ("updated", "same"), ("gone", "left")]
    assert any("--prune retires it" in line for line in printed) or width < 80
