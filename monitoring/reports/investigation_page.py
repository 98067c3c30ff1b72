"""What an investigation found, for a terminal, as JSON and as a page, each lead with what became of its claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from rich.console import Group, RenderableType
from rich.table import Table

from halflife.models.domain import Check, Finding, Status
from halflife.monitoring.investigator.lead import Investigation, Lead, Topic
from halflife.monitoring.reports.listing import check_row
from halflife.monitoring.reports.plots import COLOURS
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.terminal import STYLES
from halflife.monitoring.reports.visible import finished
from halflife.monitoring.wording.fragility_words import born_fragile
from halflife.monitoring.wording.words import measured, plural

AT_STAKE = 0.01
"""Share of the loss, of the attribution or of the decisions from which what is at stake is shown."""


@dataclass(frozen=True)
class Outcome:
    """A lead and, where its claim is filed, the finding with its check on the version."""

    lead: Lead
    finding: Finding | None = None
    check: Check | None = None

    @property
    def status(self) -> str:
        """Of the claim on rows that had no part in suggesting it; empty where it was not tested."""
        return self.check.status.value if self.check else ""

    @property
    def said(self) -> str:
        """The status as people read it."""
        return f"{self.status}, stillborn" if self.finding and self.finding.stillborn else self.status

    @property
    def figure(self) -> str:
        """What those rows say."""
        return measured(self.check.decides) if self.check else ""

    @property
    def warning(self) -> str:
        """That it was born fragile; empty where it was not."""
        return born_fragile(self.finding, self.check) if self.finding and self.check else ""


@dataclass(frozen=True)
class Told:
    """An investigation with what became of its leads, most at stake first."""

    investigation: Investigation
    outcomes: tuple[Outcome, ...]

    @property
    def tested(self) -> str:
        """How many of the claims other rows confirmed, in one sentence."""
        tested = [o for o in self.outcomes if o.status]
        held = sum(o.status == Status.HOLDS for o in tested)
        rows = f"{self.investigation.rows:,} discovery {plural('row', self.investigation.rows)}"
        if not tested:
            return f"Suggested by {rows}; no claim has been tested."
        return f"Suggested by {rows}; on other rows {held} of {len(tested)} claims hold."

    def topics(self) -> list[tuple[Topic, list[Outcome]]]:
        """The outcomes by topic."""
        order = {topic: k for k, topic in enumerate(Topic)}
        by_topic = sorted(self.outcomes, key=lambda o: order[o.lead.topic])
        return [(topic, list(of)) for topic, of in groupby(by_topic, key=lambda o: o.lead.topic)]


def told(investigation: Investigation, filed: Sequence[tuple[Finding, Check]]) -> Told:
    """An investigation with findings and their checks; of several with one claim the last counts."""
    by_claim = {finding.claim: (finding, check) for finding, check in filed}
    outcomes = [Outcome(lead, *by_claim.get(lead.claim, (None, None))) for lead in investigation.leads]
    return Told(investigation, tuple(outcomes))


def terminal(what: Told) -> RenderableType:
    """The paragraph, then the leads topic by topic, readable at 100 columns and without colour."""
    parts: list[RenderableType] = [Text(what.investigation.paragraph)]
    for topic, outcomes in what.topics():
        table = Table.grid(padding=(0, 2), expand=True)
        table.add_column(ratio=1)
        table.add_column(no_wrap=True, justify="right")
        for outcome in outcomes:
            style = STYLES[Status(outcome.status)] if outcome.status else ""
            seen = Text(outcome.lead.note)
            if outcome.lead.stake >= AT_STAKE:
                seen.append(f"  {outcome.lead.stake:.0%} at stake", style="dim")
            if outcome.lead.claim:
                seen.append(f"\n{outcome.lead.claim}", style="dim")
            if outcome.warning:
                seen.append(f"\n{outcome.warning}", style="bold")
            table.add_row(seen, Text(outcome.said, style=style))
        parts += [Text(), Text(str(topic), style="bold"), table]
    return Group(*parts, Text(), Text(what.tested, style="dim"))


def document(what: Told) -> dict[str, Any]:
    """What ``halflife investigate --json`` prints."""
    return {
        "version": what.investigation.version,
        "rows": what.investigation.rows,
        "paragraph": what.investigation.paragraph,
        "leads": [_lead(outcome) for outcome in what.outcomes],
    }


def _lead(outcome: Outcome) -> dict[str, Any]:
    lead = outcome.lead
    return {
        "topic": lead.topic.name.lower(),
        "stake": round(lead.stake, 4),
        "note": lead.note,
        "claim": lead.claim or None,
        "said": lead.said,
        "check": lead.check,
        "finding": outcome.finding.name if outcome.finding else None,
        "stillborn": outcome.finding.stillborn if outcome.finding else None,
        "upheld": outcome.finding.upheld if outcome.finding else None,
        "fragile": outcome.finding.fragile if outcome.finding else None,
        "tested": check_row(outcome.check, outcome.finding) if outcome.check and outcome.finding else None,
    }


def page(what: Told, *, title: str) -> str:
    """One HTML page that needs no network and no script."""
    return _template().render(
        title=f"{title} v{what.investigation.version}: what a debugging session found",
        paragraph=what.investigation.paragraph,
        tested=what.tested,
        topics=what.topics(),
        at_stake=AT_STAKE,
        colours={str(status): colour for status, colour in COLOURS.items()},
    )


@cache
def _template() -> Template:
    loader = PackageLoader("halflife.monitoring.reports")
    environment = Environment(
        loader=loader,
        autoescape=True,
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("investigation.html")
