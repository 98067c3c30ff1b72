"""What ``ingest``, ``watch``, ``retrain`` and ``recheck`` share: run one flow alone in a home."""

import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from halflife.flows import prefect_engine
from halflife.flows.commands.common import alone, mark_last, note, run
from halflife.flows.settings import Settings
from halflife.models.errors import NotFound

if TYPE_CHECKING:
    from halflife.monitoring.adapters.sql_ledger import SqlLedger
    from halflife.monitoring.conclusions import Conclusions
    from halflife.monitoring.service import Service

T = TypeVar("T")


def opened(settings: Settings) -> "tuple[str, Service]":
    """The home's path and its service, made if it is new."""
    from halflife.flows.bootstrap import remember, service

    home = str(remember(settings))
    service.cache_clear()
    here = service(home)
    here.observe = lambda sentence, *, lasting=False: note(sentence) if lasting else None
    return home, here


def book(settings: Settings) -> "SqlLedger":
    """The ledger alone, for commands that only look. Raises NotFound where there is none yet."""
    from halflife.flows.bootstrap import ledger

    if not (settings.home / "ledger.db").exists():
        raise NotFound(f"{settings.home} has no ledger yet; start with `halflife replay` or `halflife demo`")
    return ledger(settings)


def story(settings: Settings, *, scored: bool = False) -> "Conclusions":
    """What the ledger concludes, without opening anything else; ``scored``: and how good forecasts have been."""
    from halflife.monitoring.conclude import tell

    return tell(book(settings), scored=scored)


def run_flow(settings: Settings, verbose: bool, flow: Callable[[str], Coroutine[Any, Any, T]]) -> "tuple[T, Service]":
    """Run ``flow(home)`` while holding the home; gives its result and the service it used."""
    with alone(settings.home):
        server_ready = prefect_engine.prepare(settings.home, verbose=verbose)
        home, here = opened(settings)
        server_ready()
        result = run(lambda: flow(home))
    mark_last(settings.home)
    return result, here


def fail(condition: str | None, here: "Service") -> None:
    """Exit with 3 when an open finding (``stale``) or guard (``guard``) is refuted on the newest version."""
    if condition is None:
        return
    findings = {finding.id: finding for finding in here.ledger.findings(open_only=True)}
    checks = here.ledger.checks(version=here.version().number)
    refuted = [findings[check.finding] for check in checks if check.status.refutes and check.finding in findings]
    if any(finding.guard or condition == "stale" for finding in refuted):
        sys.exit(3)
