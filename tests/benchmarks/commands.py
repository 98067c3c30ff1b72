"""How long a person waits for commands that only look, against budgets in seconds.

What is counted is the process's CPU time, which is what a person waits for where nobody else wants the core.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import Pair, scenario

from halflife.flows.bootstrap import remember
from halflife.flows.ledger_place import ledger
from halflife.flows.settings import Settings
from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version

HALFLIFE = Path(sys.executable).with_name("halflife")
VERSIONS, FINDINGS = 20, 200


@scenario(
    id="commands/help",
    question="Does `halflife --help` answer in half a second?",
    ours="halflife --help",
    peer="budget of 0.5 s",
    unit="CPU seconds",
    goal=1.0,
    floor=0.7,
)
def help_() -> Pair:
    """Click and a table of sentences."""
    return _within(0.5, "--help")


@scenario(
    id="commands/finding-list",
    question=f"Does `halflife finding list` answer in a second and a half, with {FINDINGS} findings?",
    ours=f"halflife finding list, {FINDINGS} findings on {VERSIONS} versions",
    peer="budget of 1.5 s",
    unit="CPU seconds",
    goal=1.0,
    floor=0.45,
)
def finding_list() -> Pair:
    """What became of every finding."""
    return _within(1.5, "finding", "list", "--home", str(_home()))


@scenario(
    id="commands/finding-show",
    question="And `halflife finding show`?",
    ours="halflife finding show, 20 re-tests",
    peer="budget of 1.5 s",
    unit="CPU seconds",
    goal=1.0,
)
def finding_show() -> Pair:
    """One finding's life."""
    return _within(1.5, "finding", "show", "1", "--home", str(_home()))


@scenario(
    id="commands/report",
    question="And `halflife report`, which draws the page of them all?",
    ours=f"halflife report, {FINDINGS} findings on {VERSIONS} versions",
    peer="budget of 3 s",
    unit="CPU seconds",
    goal=1.0,
)
def report() -> Pair:
    """Conclusions, half-lives and the page."""
    return _within(3.0, "report", "--home", str(_home()))


def _within(budget: float, *words: str) -> Pair:
    """A whole process, interpreter and imports included."""

    def run() -> float:
        before = _children()
        subprocess.run([HALFLIFE, *words], check=True, stdout=subprocess.DEVNULL)
        return _children() - before

    return Pair(ours=run, peer=lambda: budget)


def _children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _home() -> Path:
    """A home with a ledger of findings, some of which went stale half way; it goes with the process."""
    folder = tempfile.TemporaryDirectory()
    _FOLDERS.append(folder)
    settings = Settings(home=Path(folder.name) / "home")
    remember(settings)
    good, bad = Interval(0.8, 0.75, 0.85), Interval(0.6, 0.55, 0.65)
    holds, stale = Measurement(900, good, Status.HOLDS), Measurement(900, bad, Status.STALE)
    with ledger(settings) as book:
        for number in range(1, VERSIONS + 1):
            version = Version(
                number, number, number + 8, "1", "r", 1, "d", "m", {"auc": good}, Role.CHAMPION, "newest data", 9000
            )
            book.add_version(version)
        filed = book.file(
            [
                Finding(f"ranks-{k}", f"auc() > 0.{k + 100}", "auc", Scope.POPULATION, made_on=1, birth=good)
                for k in range(FINDINGS)
            ],
            [Check(k, 1, 0.7, holds, holds) for k in range(FINDINGS)],
        )
        for number in range(2, VERSIONS + 1):
            said = {f.id: stale if number > VERSIONS // 2 and f.id % 3 else holds for f in filed}
            book.record_checks(number, [Check(f.id, number, 0.7, said[f.id], said[f.id]) for f in filed])
    return settings.home


_FOLDERS: "list[tempfile.TemporaryDirectory[str]]" = []
