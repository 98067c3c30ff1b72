"""What the step of the investigator leaves behind, and what can be seen again afterwards."""

from collections.abc import Callable

from halflife.models.domain import Author, Status
from halflife.monitoring.context import Context
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import investigate, look, review
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.report_version import report
from halflife.monitoring.steps.retrain_version import retrain

Make = Callable[..., Context]


def test_the_page_is_there_before_the_ledger_says_so_and_is_logged(make: Make) -> None:
    """The page of a version says what became of its claims, and the report links to it."""
    service = make()
    for tick in range(4):
        ingest(service, tick)
    version = retrain(service, 3)
    recheck(service, version)
    filed = investigate(service, version)
    page = (service.home / "reports" / "v1" / "investigation.html").read_text(encoding="utf-8")
    assert filed
    assert all(finding.name in page for finding in filed)
    assert not list(service.home.glob("reports/v1/.*.part"))
    report(service, version)
    assert 'href="investigation.html"' in (service.home / "reports" / "v1" / "conclusions.html").read_text("utf-8")


def test_an_investigation_can_be_seen_again_with_every_verdict_and_files_nothing(make: Make) -> None:
    """Of an older version too: the same leads, each with its finding and the status of its birth."""
    service = make(expect={"velocity": "+"})
    for tick in range(6):
        ingest(service, tick)
        if tick in (3, 5):
            version = retrain(service, tick)
            recheck(service, version)
            investigate(service, version)
    before = service.ledger.findings()
    told = review(service, service.ledger.version(1))
    assert service.ledger.findings() == before
    assert told.investigation == look(service, service.ledger.version(1))
    by_name = {f.name: f for f in before if f.made_on == 1 and f.author == Author.INVESTIGATOR}
    shown = {o.finding.name: o for o in told.outcomes if o.finding}
    assert shown.keys() == by_name.keys()
    assert all(o.finding and o.finding.stillborn == (o.status != Status.HOLDS) for o in shown.values())
    assert any(o.lead.slug == "expect-velocity" for o in told.outcomes)


def test_a_claim_that_is_being_watched_is_not_filed_again_but_shown_with_its_status(make: Make) -> None:
    """What v1 said and v2 would say again stays v1's finding; the page of v2 shows what became of it there."""
    service = make("calm", attributions=2, errors=0, gaps=0, slices=0)
    for tick in range(6):
        ingest(service, tick)
    first = retrain(service, 3)
    recheck(service, first)
    investigate(service, first)
    second = retrain(service, 5)
    recheck(service, second)
    filed = {f.claim for f in investigate(service, second)}
    told = review(service, second)
    watched = [o for o in told.outcomes if o.finding and o.finding.made_on == 1]
    assert not filed & {o.lead.claim for o in watched}
    assert all(o.check and o.check.version == 2 for o in watched)
