"""The contract every ledger keeps of what is concluded: once, whole or not at all. The checks that ours pass.

A check takes what opens an empty ledger; it does so once::

    @pytest.mark.parametrize("check", ledger_checks())
    def test_the_ledger_keeps_the_contract(check):
        check(lambda: LakeLedger(...))
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from halflife.models.domain import Check as Retest
from halflife.models.domain import Interval, Measurement, Milestone, Role, Status
from halflife.models.errors import NotFound
from halflife.testing.asserting import equal, refused
from halflife.testing.ledger_finding_checks import finding_checks
from halflife.testing.ledger_record_checks import record_checks
from halflife.testing.ledger_specimens import Check, Make, finding, opened, retest, version


def ledger_checks() -> list[Check]:
    """The checks of a ledger; each raises AssertionError where its first line is not so.

    >>> ledger_checks()[0].__doc__
    'A fresh ledger holds nothing, and says so plainly where something has to be there.'
    """
    return [
        is_empty_at_first,
        keeps_versions_as_they_are,
        adds_a_version_once,
        finds_versions,
        takes_numpy_numbers,
        replaces_checks,
        chooses_checks,
        counts_statuses,
        names_what_is_not_there,
        hands_out_what_is_the_readers_own,
        *finding_checks(),
        *record_checks(),
    ]


def is_empty_at_first(make: Make) -> None:
    """A fresh ledger holds nothing, and says so plainly where something has to be there."""
    ledger = make()
    held = (
        ledger.versions(),
        ledger.findings(),
        ledger.checks(),
        ledger.drifts(),
        ledger.deliveries(),
        ledger.due(9e9),
    )
    equal(held, ([],) * 6, "there is nothing yet")
    equal((ledger.causes(), ledger.forecasts(), ledger.opacities(), ledger.statuses()), ([], [], [], {}), "nor here")
    equal((ledger.champion(), ledger.decided("k")), (None, False), "there is no champion, and nothing was decided")
    for ask in (ledger.version, lambda: ledger.version(1), lambda: ledger.stage(1), lambda: ledger.finding("x")):
        refused(NotFound, ask, "something in an empty ledger")


def keeps_versions_as_they_are(make: Make) -> None:
    """Every field of a version reads back, NaN and infinite bounds among them, at stage REGISTERED, oldest first."""
    metrics = {"auc": Interval(0.8, float("-inf"), float("nan")), "log_loss": Interval(0.4, 0.3, 0.5)}
    parameters = {"trees": 20, "objective": "binary", "l2": 0.5}
    odd = version(2, metrics=metrics, seed=-(2**63), reason="â\n'\"", run_id="run", parameters=parameters)
    ledger = make()
    for one in (version(1), odd):
        ledger.add_version(one)
        equal(ledger.stage(one.number), Milestone.REGISTERED, "a version begins as registered")
    equal(ledger.versions(), [version(1), odd], "versions read back as they were")


def adds_a_version_once(make: Make) -> None:
    """A version that is added again is neither doubled nor changed, nor is its stage set back."""
    ledger = opened(make)
    ledger.set_stage(1, Milestone.RECHECKED)
    ledger.add_version(version(reason="another reason"))
    equal(ledger.versions(), [version()], "the first one stays")
    equal(ledger.stage(1), Milestone.RECHECKED, "its stage stays")


def finds_versions(make: Make) -> None:
    """A version is found by its number, the newest without one; the champion is the newest that was let through."""
    ledger = opened(make, 2)
    ledger.add_version(version(3, role=Role.CHALLENGER))
    champion = ledger.champion()
    assert champion is not None, "there are champions, and none is found"
    found = (ledger.version().number, ledger.version(1).number, champion.number)
    equal(found, (3, 1, 2), "the newest, the first and the champion")
    refused(NotFound, lambda: ledger.version(9), "a version there is not")


def takes_numpy_numbers(make: Make) -> None:
    """Counts and estimates that come straight from arrays read back as plain numbers."""
    ledger = opened(make)
    bounds = Interval(*(np.float32(x) for x in (0.5, 0.25, 0.75)))  # type: ignore[arg-type]
    measured = Measurement(np.int64(5), bounds, Status.HOLDS, np.float64(0.5))  # type: ignore[arg-type]
    birth = Retest(0, np.int64(1), np.float64(0.5), measured, None)  # type: ignore[arg-type]
    ledger.file([finding("f", guard=np.bool_(True))], [birth])
    plain = Retest(1, 1, 0.5, Measurement(5, Interval(0.5, 0.25, 0.75), Status.HOLDS, 0.5), None)
    equal(repr(ledger.checks()), repr([plain]), "numbers are plain")
    assert ledger.finding("f").guard is True, "a flag is plain"


def replaces_checks(make: Make) -> None:
    """A recheck that is run again leaves one check a finding: the newest; others stay, and the stage is set."""
    ledger = opened(make)
    ledger.file([finding("a"), finding("b")], [retest(0), retest(1)])
    untestable = Measurement(0, None, Status.UNTESTABLE, None, "no rows")
    ledger.record_checks(1, [Retest(2, 1, float("nan"), untestable, None)], stage=Milestone.RECHECKED)
    equal(ledger.checks(), [retest(1), Retest(2, 1, float("nan"), untestable, None)], "the newest of each is left")
    equal(ledger.stage(1), Milestone.RECHECKED, "the stage is set")
    refused(NotFound, lambda: ledger.record_checks(1, [retest(5)]), "a check of a finding there is not")
    refused(NotFound, lambda: ledger.record_checks(7, []), "checks of a version there is not")


def chooses_checks(make: Make) -> None:
    """Checks come by version then finding, and are narrowed by finding, by version, and to versions from one on."""
    ledger = opened(make, 2)
    ledger.file([finding("a"), finding("b")], [retest(1), retest(0)])
    ledger.record_checks(2, [retest(2, on=2), retest(1, on=2)])
    chosen: dict[str, Any] = {
        "all": {},
        "b": {"finding": 2},
        "a on v2": {"finding": 1, "version": 2},
        "late": {"since": 2},
    }
    found = {name: [(c.version, c.finding) for c in ledger.checks(**by)] for name, by in chosen.items()}
    expected = {
        "all": [(1, 1), (1, 2), (2, 1), (2, 2)],
        "b": [(1, 2), (2, 2)],
        "a on v2": [(2, 1)],
        "late": [(2, 1), (2, 2)],
    }
    equal(found, expected, "checks are in order, and those that were asked for")


def counts_statuses(make: Make) -> None:
    """Statuses are those of the checks, by finding then version, also after checks were replaced."""
    ledger = opened(make, 2)
    ledger.file([finding("a"), finding("b")], [retest(0), retest(1)])
    ledger.record_checks(2, [retest(1, on=2, status=Status.STALE)])
    equal(ledger.statuses(), {1: {1: Status.HOLDS, 2: Status.STALE}, 2: {1: Status.HOLDS}}, "one a check")
    ledger.record_checks(1, [retest(1, status=Status.REVERSED)])
    equal(ledger.statuses()[1], {1: Status.REVERSED, 2: Status.STALE}, "a check that was replaced counts no more")


def names_what_is_not_there(make: Make) -> None:
    """A name that is misspelt is answered with near ones, and whatever is not there is NotFound."""
    ledger = opened(make)
    ledger.file([finding(name) for name in ("job-share", "auc", "d")], [])
    error = refused(NotFound, lambda: ledger.finding("job-shares"), "a misspelt name")
    assert "job-share" in str(error).replace("job-shares", ""), f"the near name is not told: {error}"
    asked: list[Callable[[], object]] = [
        lambda: ledger.stage(7),
        lambda: ledger.set_stage(7, Milestone.REPORTED),
        lambda: ledger.retire([9], 1),
        lambda: ledger.revise([finding("x", id=9)]),
        lambda: ledger.supersede([9], 1),
        lambda: ledger.delivered(9, 0.0),
    ]
    for ask in asked:
        refused(NotFound, ask, "what is not there")


def hands_out_what_is_the_readers_own(make: Make) -> None:
    """A reader who changes the lists and tables it was given changes nothing for the next one."""
    ledger = opened(make)
    ledger.file([finding("a")], [retest(0)])
    ledger.statuses()[1].clear()
    for given in (ledger.statuses(), ledger.versions(), ledger.findings(), ledger.checks()):
        given.clear()
    held = len(ledger.versions()), len(ledger.findings()), len(ledger.checks()), ledger.statuses()
    equal(held, (1, 1, 1, {1: {1: Status.HOLDS}}), "all is still there")
