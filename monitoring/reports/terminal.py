"""The story for a terminal: tables and a summary that fit 100 columns and can be read without colour."""

from collections.abc import Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from halflife.models.causes import Why
from halflife.models.domain import Finding, Status
from halflife.monitoring.conclusions import Conclusions, StatusChange
from halflife.monitoring.estimate_record import newest
from halflife.monitoring.reports.foresight_terminal import first_table
from halflife.monitoring.reports.half_life_table import Panel
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.wording.cause_words import short, whose
from halflife.monitoring.wording.cause_words import summary as why_summary
from halflife.monitoring.wording.opacity_words import lines as opacity_lines
from halflife.monitoring.wording.performance_words import line
from halflife.monitoring.wording.performance_words import sentences as performance_sentences
from halflife.monitoring.wording.tick_words import ticks
from halflife.monitoring.wording.words import LETTERS, measured, overall, reason_of, sentences, telling, together

STYLES: Mapping[Status, str] = {
    Status.HOLDS: "grey0 on sky_blue3",
    Status.WEAKENED: "grey0 on khaki1",
    Status.UNCLEAR: "grey0 on grey70",
    Status.STALE: "grey0 on dark_orange",
    Status.REVERSED: "bold white on deep_pink4",
    Status.UNTESTABLE: "grey62",
}
VERSIONS = 24
"""Two characters each, they leave half of 100 columns to the claims."""
CHANGES, WATCHES = 5, 8


def findings_table(conclusions: Conclusions, *, limit: int = 20, each: int | None = 4) -> Table:
    """Findings × versions, a coloured letter each, the most telling findings first.

    Args:
        conclusions: the story.
        limit: findings shown.
        each: of one statistic before the others have had their turn, beside guards and people's.
    """
    shown = [v.number for v in conclusions.versions][-VERSIONS:]
    rows = telling(conclusions, limit, each=each)
    total = sum(not f.stillborn and f.id in conclusions.latest for f in conclusions.findings)
    span = f", v{shown[0]} to v{shown[-1]}" if shown else ""
    table = Table(
        box=box.SIMPLE_HEAD,
        title=f"Findings over versions ({len(rows)} of {total:,}{span})",
        title_justify="left",
        caption=_legend(),
        caption_justify="left",
        pad_edge=False,
    )
    table.add_column("finding", no_wrap=True, overflow="ellipsis", max_width=48)
    table.add_column(_numbers(shown), no_wrap=True)
    table.add_column("now", no_wrap=True)
    for finding in rows:
        status = conclusions.latest[finding.id].status
        table.add_row(
            _claim(finding),
            _cells(conclusions.status[finding.id], shown),
            _now(status, conclusions.whys.get(finding.id)),
        )
    return table


def _now(status: Status, why: Why | None) -> Text:
    """The status, and whose doing it is where the claim no longer holds."""
    doing = whose(why) if why is not None and status.refutes else ""
    text = Text(status, style=_plain(status))
    return text.append(f" · {doing}", style="italic") if doing else text


def _claim(finding: Finding) -> Text:
    text = Text()
    if finding.guard:
        text.append("guard ", style="bold")
    return text.append(finding.claim)


def _numbers(shown: list[int]) -> Text:
    """Last digits of the version numbers, one over each cell; the title says where they start and end."""
    return Text(" ".join(str(number % 10) for number in shown), style="dim")


def _cells(history: Mapping[int, Status], shown: list[int]) -> Text:
    text = Text()
    for i, number in enumerate(shown):
        status = history.get(number)
        following = history.get(shown[i + 1]) if i + 1 < len(shown) else None
        text.append(" " if status is None else LETTERS[status], style="" if status is None else STYLES[status])
        # A gap between two equal letters keeps their colour, so that a steady finding reads as one bar.
        if i + 1 < len(shown):
            text.append(" ", style=STYLES[status] if status is not None and status is following else "")
    return text


def _plain(status: Status) -> str:
    return {"stale": "dark_orange", "reversed": "deep_pink2", "holds": "sky_blue3", "weakened": "khaki1"}.get(
        status, "dim"
    )


def _legend() -> Text:
    text = Text()
    for status in Status:
        text.append(f"{LETTERS[status]}", style=STYLES[status])
        text.append(f" {status}  ", style="dim")
    return text


def drift_table(conclusions: Conclusions, *, limit: int = WATCHES) -> RenderableType:
    """The newest watches that alarmed, if any; how many there were in all stands in the title."""
    alarmed = [d for d in conclusions.drifts if d.drifted]
    told = len([d for d in conclusions.drifts if d.powered])
    title = f"Drift ({len(alarmed)} of {told} watches; {len(conclusions.drifts) - told} had too few rows to tell)"
    if not alarmed:
        return Text(title, style="italic")
    # A title is wrapped to its table, and this table may be narrow.
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, min_width=len(title) + 1)
    for name in ("ticks", "against", "what moved"):
        table.add_column(name, no_wrap=name != "what moved")
    for drift in alarmed[-limit:]:
        when = ticks(drift.first_tick, drift.tick, drift.dates, short=True)
        table.add_row(when, f"v{drift.against}", Text(drift.note))
    return table


def change_line(change: StatusChange, why: Why | None = None, alike: int = 0) -> Text:
    """One change in one line, with why it came, and how many findings changed just like this one."""
    text = Text()
    text.append(f"{LETTERS[change.before]}", style=STYLES[change.before])
    text.append(" → ")
    text.append(f"{LETTERS[change.after]}", style=STYLES[change.after])
    text.append(f"  {change.finding.claim}")
    text.append(f"  now {measured(change.check.decides)}", style="dim")
    text.append(f" · {short(why)}" if why is not None else "", style="italic")
    return text.append(f" · and {alike} alike" if alike else "", style="dim")


def summary(conclusions: Conclusions, *, limit: int = 20) -> RenderableType:
    """The story at the end of a run: the headline, the tables, and what changed last; ``limit`` findings are shown."""
    lead, *said = sentences(conclusions)
    parts: list[RenderableType] = [Text(lead, style="bold")]
    parts += [Text(" ".join(said))] if said else []
    if conclusions.findings and conclusions.versions:
        parts += [Text(), findings_table(conclusions, limit=limit)]
    if overall(conclusions) is not None:
        parts += [Text(), Panel(conclusions)]
    if conclusions.changes:
        parts += [Text(), Text(f"What changed on v{conclusions.versions[-1].number}", style="italic")]
        told = together(conclusions.changes)
        parts += [change_line(change, reason_of(conclusions, change), alike) for change, alike in told[:CHANGES]]
        more = sum(1 + alike for _, alike in told[CHANGES:])
        parts += [Text(f"… and {more} more", style="dim")] if more > 0 else []
        made = why_summary([why for change in conclusions.changes if (why := reason_of(conclusions, change))])
        parts += [Text(made)] if made else []
    if (first := first_table(conclusions, CHANGES)) is not None:
        parts += [Text(), first]
    if conclusions.opacity is not None:
        parts += [Text(), Text("What cannot be known", style="italic")]
        parts += [Text(line) for line in opacity_lines(conclusions.opacity, conclusions.sensitive)]
    if newest_told := newest(conclusions.performances)[-1:]:
        dates = {(drift.tick, drift.against): drift.dates for drift in conclusions.drifts}
        parts += [Text(), Text("How the champion does", style="italic")]
        parts += [Text(line(p, dates.get((p.tick, p.against)))) for p in newest_told]
        parts += [Text(said, style="dim") for said in performance_sentences(conclusions.performances)]
    if conclusions.drifts:
        parts += [Text(), drift_table(conclusions)]
    return Group(*parts)
