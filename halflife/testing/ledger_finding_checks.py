"""The contract every ledger keeps of findings; `ledger_checks` lists these too."""

from dataclasses import replace
from typing import Any

from halflife.models.domain import Interval, Milestone, Scope, Status
from halflife.models.errors import NotFound
from halflife.testing.asserting import equal, refused
from halflife.testing.ledger_specimens import Check, Make, finding, opened, retest


def finding_checks() -> list[Check]:
    """The checks of how findings are filed, found, revised and closed."""
    return [
        files_in_order,
        files_a_name_once,
        files_whole_or_not_at_all,
        finds_by_name_or_number,
        leaves_out_what_is_closed,
        revises_all_but_the_claim,
        supersedes_once,
    ]


def files_in_order(make: Make) -> None:
    """Findings are numbered from 1 in the order of filing, and read back with every field; birth checks go with them."""
    ledger = opened(make)
    whole = finding(
        "b â", author="ann", note="n", guard=True, ttl=3, birth=Interval(0.8, 0.7, 0.9), stillborn=True,
        links=("https://example.org/1",), in_file=True, entered_on=1, upheld=0.5,
    )  # fmt: skip
    filed = ledger.file([finding("a"), whole], [retest(1), retest(0)], stage=(1, Milestone.INVESTIGATED))
    equal(filed, [replace(finding("a"), id=1), replace(whole, id=2)], "what was filed is given back with its ids")
    equal(ledger.findings(), filed, "and read back")
    equal(ledger.checks(), [retest(1), retest(2)], "each has its birth check")
    equal(ledger.stage(1), Milestone.INVESTIGATED, "the stage is set")


def files_a_name_once(make: Make) -> None:
    """A name that exists keeps its finding and its birth check; new names among them are added behind."""
    ledger = opened(make)
    ledger.file([finding("a"), finding("b", note="kept")], [retest(0), retest(1)])
    again = ledger.file([finding("c"), finding("b", note="ignored")], [retest(0), retest(1, status=Status.STALE)])
    equal([(f.name, f.id, f.note) for f in again], [("c", 3, ""), ("b", 2, "kept")], "the first one of a name stays")
    equal([(c.finding, c.status) for c in ledger.checks()], [(n, Status.HOLDS) for n in (1, 2, 3)], "so does its check")
    twice = ledger.file([finding("d", note="first"), finding("d", note="second")], [retest(0), retest(1)])
    equal(twice, [finding("d", note="first", id=4)] * 2, "a name given twice at once is one finding")
    equal(len(ledger.checks()), 4, "with one check")


def files_whole_or_not_at_all(make: Make) -> None:
    """Findings, birth checks and stage are one transaction: an error at the very end undoes all three."""
    ledger = opened(make)
    missing = (7, Milestone.INVESTIGATED)
    refused(
        NotFound, lambda: ledger.file([finding("a")], [retest(0)], stage=missing), "the stage of a version there is not"
    )
    refused(
        NotFound, lambda: ledger.file([replace(finding("b"), made_on=7)], []), "a finding of a version there is not"
    )
    equal((ledger.findings(), ledger.checks(), ledger.stage(1)), ([], [], Milestone.REGISTERED), "nothing is left")


def finds_by_name_or_number(make: Make) -> None:
    """A finding is found by name, or by number with or without a hash sign; a name wins over a number."""
    ledger = opened(make)
    ledger.file([finding("job-share"), finding("1")], [])
    equal([ledger.finding(key).id for key in ("job-share", "1", "#1", "2")], [1, 2, 1, 2], "each key finds one")


def leaves_out_what_is_closed(make: Make) -> None:
    """Retiring takes a finding out of re-tests but not out of the ledger; the first retirement stands."""
    ledger = opened(make, 2)
    ledger.file([finding("a"), finding("b", stillborn=True), finding("c")], [])
    ledger.retire([3], 1)
    ledger.retire(iter([3]), 2)
    equal([f.name for f in ledger.findings(open_only=True)], ["a"], "one is open")
    equal([f.retired_on for f in ledger.findings()], [None, None, 1], "the first retirement stands")


def revises_all_but_the_claim(make: Make) -> None:
    """Author, note, guard, ttl, links and in_file are set; name, claim and the rest stay; of several, all or none."""
    ledger = opened(make)
    (filed,) = ledger.file([finding("fair")], [])
    told: dict[str, Any] = {"author": "bea", "note": "", "guard": True, "ttl": 4, "links": ("a", "b"), "in_file": True}
    ledger.revise([replace(filed, **told, name="other", claim="auc() > 0.9", scope=Scope.ARTIFACT, made_on=2)])
    equal(ledger.findings(), [replace(filed, **told)], "what is not the claim is set")
    both = [replace(filed, note="changed"), replace(filed, id=9)]
    refused(NotFound, lambda: ledger.revise(both), "a revision of what is not there")
    equal(ledger.findings(), [replace(filed, **told)], "of several, none is set when one is not there")


def supersedes_once(make: Make) -> None:
    """A superseded finding retires and frees its name; said twice it is said once, and the first retirement stands."""
    ledger = opened(make, 3)
    (old,) = ledger.file([finding("fair")], [])
    for _ in range(2):
        ledger.supersede([old.id], 2)
    (new,) = ledger.file([replace(finding("fair"), claim="auc() > 0.8", made_on=2)], [])
    equal(ledger.finding("fair~1"), replace(old, name="fair~1", retired_on=2), "the old one is found under its number")
    equal((ledger.finding("fair"), ledger.findings(open_only=True)), (new, [new]), "the new one has the name")
    ledger.retire([new.id], 2)
    ledger.supersede([new.id], 3)
    equal(ledger.finding("fair~2").retired_on, 2, "the first retirement stands")
