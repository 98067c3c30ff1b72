"""Why a finding changed, why a model decides a case as it does, and what an investigation of a version finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType

from halflife.flows.opened import Opened
from halflife.models.domain import Author, Finding, Status
from halflife.models.errors import UsageError
from halflife.monitoring.causes.breakdown import Breakdown
from halflife.monitoring.explanations.explanation import Explanation
from halflife.monitoring.explanations.offers import Offer
from halflife.monitoring.reports.investigation_page import Told
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown


@dataclass(frozen=True, repr=False, eq=False)
class CauseTold(Shown):
    """Why a finding is no longer what it was.

    Attributes:
        finding: it is about.
        breakdown: of its change; None where it was never re-tested.
        status: on the later version.
        kept: whether it stands in the ledger as the cause of a change of status.
        before: a sentence about how it fell and rose again before; empty where it did not.
    """

    finding: Finding
    breakdown: Breakdown | None = None
    status: Status | None = None
    kept: bool = False
    before: str = ""

    def values(self) -> dict[str, Any]:
        if self.breakdown is None or self.status is None:
            return {"finding": self.finding.name, "sentence": self._never(), "cause": None}
        from halflife.monitoring.wording.cause_words import document

        told = document(self.breakdown, self.finding, self.status, changed=self.kept)
        return {**told, "kept": self.kept, "before": self.before}

    def __rich__(self) -> RenderableType:
        if self.breakdown is None or self.status is None:
            return Text(self._never())
        from halflife.monitoring.reports.cause_terminal import details

        return details(self.breakdown, self.finding, self.status, changed=self.kept, before=self.before)

    def _never(self) -> str:
        finding = self.finding
        if finding.stillborn:
            return f"{finding.name} did not hold on v{finding.made_on}, on which it was filed, and is not re-tested"
        return (
            f"{finding.name} was filed on v{finding.made_on} and has been re-tested on no later version, so there is no "
            "change to explain; `halflife retrain` makes one, `halflife recheck` re-tests on the newest"
        )


@dataclass(frozen=True, repr=False, eq=False)
class Explained(Shown):
    """One case on one version, and what was filed of it.

    Attributes:
        explanation: everything said of the case.
        offers: its conclusions, each with the claim that states it.
        filed: those that were filed, as plain values.
        artifact: under which it is kept with the version's run.
    """

    explanation: Explanation
    offers: tuple[Offer, ...]
    filed: tuple[dict[str, Any], ...]
    artifact: str

    def values(self) -> dict[str, Any]:
        from halflife.monitoring.explanations.explanation_document import document

        return {**document(self.explanation, self.offers), "filed": list(self.filed), "artifact": self.artifact}

    def __rich__(self) -> RenderableType:
        from halflife.monitoring.reports.explanation_terminal import explanation, filed

        shown = explanation(self.explanation, self.offers)
        return Group(shown, Text(), filed(self.filed)) if self.filed else shown


@dataclass(frozen=True, repr=False, eq=False)
class Investigated(Shown):
    """What a debugging session finds in a version, each claim with what became of it."""

    told: Told

    def values(self) -> dict[str, Any]:
        from halflife.monitoring.reports.investigation_page import document

        return document(self.told)

    def __rich__(self) -> RenderableType:
        from halflife.monitoring.reports.investigation_page import terminal

        return terminal(self.told)


def why(opened: Opened, key: str, *, old: int | None = None, new: int | None = None) -> CauseTold:
    """Why a finding is no longer what it was; works for one that still holds, too.

    Args:
        opened: the home.
        key: name or number of the finding.
        old: since which version; where its last change began when left out.
        new: on which version; that of its last change when left out.

    Raises:
        NotFound: no such finding or version.
        UsageError: the versions are in another order, or θ is not known on both.
    """
    from halflife.monitoring.steps.attribute_causes import change_breakdown, keep_why, status_on, versions_of
    from halflife.monitoring.wording.cause_words import dips

    with opened.alone():
        context = opened.context
        asked = context.ledger.finding(key)
        pair = versions_of(context, asked)
        if pair is None and (old is None or new is None):
            return CauseTold(asked)
        first, last = (
            context.ledger.version(number) if number is not None or pair is None else pair[side]
            for side, number in enumerate((old, new))
        )
        told = change_breakdown(context, asked, first, last)
        kept = keep_why(context, asked, told)
        history = {check.version: check.status for check in context.ledger.checks(finding=asked.id)}
        return CauseTold(asked, told, status_on(context, asked, told), kept, dips(history, last.number))


def explain(
    opened: Opened,
    case: str | None = None,
    *,
    version: int | None = None,
    file: Sequence[int] = (),
    author: str = "",
) -> Explained:
    """One case: the decision, its reasons, the trees behind it, its closest match, and what would flip it.

    Args:
        opened: the home.
        case: id of a row; the evidence row the version is most confidently wrong about when left out.
        version: its number; the newest when left out.
        file: numbers of the conclusions to file, from 1.
        author: who files them.

    Raises:
        NotFound: no such case or version.
        UsageError: there is no such conclusion.
    """
    from halflife.monitoring.explanations.offers import offers
    from halflife.monitoring.reports.explanation_terminal import plain
    from halflife.monitoring.steps import explain_one

    with opened.alone():
        context = opened.context
        on = context.ledger.version(version)
        told = explain_one.explain(context, on, explain_one.worst(context, on) if case is None else case)
        offered = offers(told, context.store.fixed_schema)
        unknown = [n for n in file if not 1 <= n <= len(offered)]
        if unknown:
            raise UsageError(f"there is no conclusion {unknown[0]}; they go from 1 to {len(offered)}")
        artifact = explain_one.keep(context, on, told, offered, plain(told, offered))
        wanted = [offered[n - 1] for n in dict.fromkeys(file)]
        filed = explain_one.file_offers(context, on, told, wanted, author or Author.PERSON)
        rows = tuple(_row(opened, finding, on.number) for finding in filed)
    return Explained(told, tuple(offered), rows, artifact)


def investigate(opened: Opened, *, version: int | None = None) -> Investigated:
    """What a debugging session finds in a version; nothing is filed. Raises NotFound."""
    from halflife.monitoring.steps.investigate_version import review

    with opened.alone():
        return Investigated(review(opened.context, opened.context.ledger.version(version)))


def _row(opened: Opened, finding: Finding, version: int) -> dict[str, Any]:
    from halflife.monitoring.reports.listing import check_row
    from halflife.monitoring.wording.fragility_words import fragility

    (check,) = opened.context.ledger.checks(finding=finding.id, version=version)
    flags = {"id": finding.id, "stillborn": finding.stillborn, "upheld": finding.upheld, "fragile": finding.fragile}
    return {**flags, "warning": fragility(finding, check.controls), **check_row(check, finding)}
