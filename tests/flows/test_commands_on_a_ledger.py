"""Commands that need no more than a ledger: the page, and the outbox's deliveries."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from halflife.flows.bootstrap import recall, remember
from halflife.flows.cli import cli
from halflife.flows.configuration import parse
from halflife.flows.ledger_place import ledger
from halflife.flows.opened import Opened
from halflife.flows.plain_runner import PlainRunner
from halflife.flows.use_cases.alerting import deliver
from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.models.errors import NotFound, UsageError

ALERT = Alert(
    "p5/v1", Severity.WARNING, 1, "p5: v1", "One went stale.", (AlertItem(AlertKind.TEST, Severity.INFO, "x"),)
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that writes alerts as files, with an empty ledger."""
    settings = parse({"home": tmp_path / "home", "name": "p5", "alerts": {"channels": ["eml"]}}, "test")
    remember(settings)
    ledger(settings).close()
    return settings.home


def ran(home: Path, *words: str) -> Result:
    """A command on that home."""
    return CliRunner().invoke(cli, [*words, "--json", "--home", str(home)])


def test_report_says_when_there_is_nothing_to_report(home: Path) -> None:
    """Without a version the page is not written, and the sentence names the commands that make one."""
    said = ran(home, "report").exception
    assert isinstance(said, NotFound)
    assert "run `halflife retrain` or `halflife replay` first" in str(said)
    assert not (home / "reports").exists()


def test_report_draws_the_page_from_the_ledger_alone(home: Path) -> None:
    """The page is written under the home, and no store, registry or server is made for it."""
    good = Interval(0.8, 0.75, 0.85)
    with ledger(recall(home)) as book:
        book.add_version(Version(1, 0, 7, "1", "r", 1, "d", "m", {"auc": good}, Role.CHAMPION, "the first", 900))
    told = json.loads(ran(home, "report").output)
    assert Path(told["path"]) == home.resolve() / "reports" / "conclusions.html"
    assert Path(told["path"]).stat().st_size == told["bytes"] > 0
    assert {path.name for path in home.iterdir()} <= {
        *("settings.json", ".lock", "reports"),
        *("ledger.db", "ledger.db-shm", "ledger.db-wal"),
    }


def test_deliver_sends_what_is_due_once(home: Path) -> None:
    """A due delivery becomes one file; the second call has nothing left to send."""
    with ledger(recall(home)) as book:
        book.enqueue(ALERT, ["eml"])
    opened = Opened(recall(home), PlainRunner())
    assert deliver(opened).to_dict() == {"sent": 1, "failed": 0, "dead": 0}
    assert json.loads(ran(home, "alerts", "deliver").output) == {"sent": 0, "failed": 0, "dead": 0}
    assert len(list((home / "alerts").glob("*.eml"))) == 1


def test_a_test_alert_needs_no_ledger(tmp_path: Path) -> None:
    """``alerts test`` tries the channels of a configuration that was never used."""
    settings = parse({"home": tmp_path / "new", "name": "p5", "alerts": {"channels": ["eml"]}}, "test")
    remember(settings)
    assert json.loads(ran(settings.home, "alerts", "test").output) == {"eml": "ok"}
    assert len(list((settings.home / "alerts").glob("*.eml"))) == 1


def test_a_scope_there_is_not_is_refused_with_those_there_are(home: Path) -> None:
    """``--scope all`` says which scopes there are and what each speaks about; nothing is filed."""
    result = ran(home, "finding", "add", "auc() > 0.7", "--scope", "all")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == (
        "'all' cannot be a finding's scope; it is artifact (this model on these rows), population (the rows it meets), "
        "process (all models trained this way, as the version's shadows show them); left out, it is the statistic's own"
    )


def test_a_claim_about_the_process_cannot_guard(home: Path) -> None:
    """Neither when it is filed nor later: versions are judged before their shadows are trained."""
    reason = "a guard judges a version before its shadows are trained, so its scope cannot be process"
    added = ran(home, "finding", "add", "auc() > 0.7", "--scope", "process", "--guard")
    assert isinstance(added.exception, UsageError)
    assert reason in str(added.exception)
    now = Measurement(9, None, Status.UNTESTABLE, reason="no rows")
    with ledger(recall(home)) as book:
        book.add_version(Version(1, 0, 7, "1", "r", 1, "d", "m", {}, Role.CHAMPION, "the first", 900))
        book.file([Finding("all", "auc() > 0.7", "auc", Scope.PROCESS, 1)], [Check(0, 1, 0.7, now, None)])
    guarded = ran(home, "finding", "guard", "all")
    assert isinstance(guarded.exception, UsageError)
    assert reason in str(guarded.exception)
    with ledger(recall(home)) as book:
        assert not book.finding("all").guard
