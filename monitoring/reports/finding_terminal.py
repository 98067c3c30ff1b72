"""One finding for a terminal: what is claimed, its life as a chart, and what the newest verdict rests on."""

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table

from halflife.models.causes import Why
from halflife.models.domain import Check, Finding, Measurement, Scope, Status
from halflife.models.forecast import Forecast
from halflife.monitoring.reports.forest_plot import BAR, DOT, TOLERATED, line, scale
from halflife.monitoring.reports.listing import current
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.terminal import STYLES
from halflife.monitoring.reports.verdict_details import VerdictDetails, verdict_details
from halflife.monitoring.wording.cause_words import sentence
from halflife.monitoring.wording.fragility_words import born_fragile, in_shadows
from halflife.monitoring.wording.words import LETTERS, MEANINGS, measured, percent, plural

SHOWN = 24
"""Versions in the chart: the one it was made on, and the newest."""
NARROWEST = 16


def portrait(
    finding: Finding,
    checks: Sequence[Check],
    *,
    level: float,
    width: int,
    expired: bool = False,
    recurrences: int = 0,
    unit: str = "row",
    why: Why | None = None,
    forecast: Forecast | None = None,
    labelled: float | None = None,
) -> RenderableType:
    """Everything there is to say of one finding.

    Args:
        finding: in question.
        checks: all of it, by version.
        level: of the intervals.
        width: of the terminal, in columns.
        expired: no valid re-test within its time to live.
        recurrences: times it held again after a death.
        unit: what is counted: ``row``, or ``entity`` where rows repeat by it.
        why: of its newest change, where that was told.
        forecast: its chance of being refuted next, where that was told after the newest version.
        labelled: share of labels that had come when it was tested last; None where that was not kept.
    """
    parts: list[RenderableType] = [_head(finding, expired, recurrences)]
    if checks:
        if warning := born_fragile(finding, checks[0]):
            parts.append(Text(warning, style="bold"))
        found = verdict_details(finding, checks[-1], level=level)
        parts += [
            Text(),
            _chart(finding, checks, found, width),
            Text(),
            _verdict(finding, checks, found, (unit, labelled)),
        ]
        parts += _beyond(finding, {c.version: c.status for c in checks}, why, forecast)
    else:
        parts += [Text("not tested yet", style="dim")]
    return Group(*parts)


def _head(finding: Finding, expired: bool, recurrences: int) -> Text:
    text = Text.assemble((finding.name, "bold"), "  ", finding.claim)
    flags = {
        "guard": finding.guard,
        "stillborn": finding.stillborn,
        "expired": expired,
        f"held again {recurrences} {plural('time', recurrences)}": recurrences > 0,
        f"retired on v{finding.retired_on}": finding.retired_on is not None,
    }
    facts = [f"#{finding.id}", f"made on v{finding.made_on} by {finding.author}", f"scope {finding.scope}"]
    facts += [f"expires after {finding.ttl} retrains without a valid re-test"] if finding.ttl else []
    text.append("\n" + " · ".join(facts), style="dim")
    for flag in (flag for flag, on in flags.items() if on):
        text.append(" · ", style="dim").append(flag, style="bold")
    if finding.note:
        text.append(f"\n{finding.note.rstrip()}", style="italic")
    for link in finding.links:
        text.append(f"\n{link}", style="underline")
    return text


def _chart(finding: Finding, checks: Sequence[Check], found: VerdictDetails, width: int) -> Table:
    bars = [found.threshold, *([found.bar] if found.tolerance else [])]
    shown = [*checks[:1], *checks[1:][-(SHOWN - 1) :]]
    told = [measured(check.decides) for check in shown]
    intervals = [i for check in shown if (i := check.decides.interval) is not None]
    beside = min(max(map(len, told), default=0), width // 2) + 12
    on = scale(intervals, bars, max(width - beside, NARROWEST))
    table = Table(box=None, pad_edge=False, show_header=False, caption_justify="left")
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check, figures in zip(shown, told, strict=True):
        status = check.status
        letter = Text(LETTERS[status], style=STYLES[status])
        bar = Text(line(check.decides.interval, bars, on))
        table.add_row(f"v{check.version}", letter, bar, Text(figures, style="" if check.decides.interval else "dim"))
    ends = f"{on.least:.3g}", f"{on.most:.3g}"
    table.add_row("", "", Text(ends[0] + ends[1].rjust(on.width - len(ends[0])), style="dim"), "")
    table.caption = Text(_key(finding, found, hidden=len(checks) - len(shown)), style="dim")
    return table


def _key(finding: Finding, found: VerdictDetails, *, hidden: int) -> str:
    noise = ", retraining noise included" if finding.scope is Scope.PROCESS else ""
    told = f"{DOT} estimate with its {percent(found.level)} interval{noise}, {BAR} threshold {found.threshold:g}"
    told += f", {TOLERATED} with its tolerance {found.bar:g}" if found.tolerance else ""
    return told + (f"; {hidden} versions between the first two lines are left out" if hidden > 0 else "")


def _beyond(
    finding: Finding, history: Mapping[int, Status], why: Why | None, forecast: Forecast | None
) -> list[RenderableType]:
    """Why it changed last, and what is expected of it."""
    said = []
    if why is not None and why.version in history:
        said.append(f"{sentence(why, finding, history[why.version])} (halflife why {finding.name})")
    if forecast is not None:
        said.append(f"Chance of being refuted at the next retrain: {percent(forecast.probability)}.")
    return [Text(), *map(Text, said)] if said else []


def _verdict(
    finding: Finding, checks: Sequence[Check], found: VerdictDetails, counted: tuple[str, float | None]
) -> RenderableType:
    check, (unit, labelled) = checks[-1], counted
    status, since = current({c.version: c.status for c in checks})
    head = Text.assemble((f"On v{check.version}: ", "bold"), (f" {status} ", STYLES[status]))
    head.append(f" since v{since}: {MEANINGS[status]}", style="dim")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    if check.fresh is not None:
        table.add_row("fresh rows", _figures(check.fresh, "decides", unit))
    table.add_row("pinned rows", _figures(check.pinned, "decides" if check.fresh is None else "", unit))
    if labelled is not None and check.fresh is not None:
        table.add_row("labels", f"{percent(labelled)} of the fresh rows' had come")
    table.add_row("holds when", _rule(found, exact=_exact(check.decides)))
    if shadows := in_shadows(finding, check):
        table.add_row("shadows", shadows)
    if found.margin is not None:
        widths = f", {abs(found.widths):.1f} half-widths of the interval away" if found.widths is not None else ""
        side = "claimed" if found.margin >= 0 else "other"
        table.add_row("margin", f"{found.margin:+.3f}, on the {side} side of the threshold{widths}")
    if found.margin_at_birth is not None:
        birth = f"{found.margin_at_birth:+.3f}: {finding.birth} on v{finding.made_on}"
        table.add_row("at birth", birth)
    if found.rows_needed is not None:
        there = f"; there are {check.decides.rows:,}"
        need = f"{found.rows_needed:,} {_counted(unit, found.rows_needed)} tell a difference of {found.tolerance:g} with power 0.8"
        table.add_row(f"{_counted(unit, 2)} needed", need + there)
    return Group(head, table)


def _counted(unit: str, n: int) -> str:
    return "entities" if unit == "entity" and n != 1 else plural(unit, n)


def _figures(measurement: Measurement, role: str, unit: str) -> Text:
    text = Text(measured(measurement))
    facts = [f"{measurement.rows:,} {_counted(unit, measurement.rows)}"] if measurement.rows else []
    doubted = measurement.status not in (Status.HOLDS, Status.WEAKENED) and measurement.p_value is not None
    facts += [f"p = {measurement.p_value:.3g} if the claim were true"] if doubted else []
    facts += ["exact"] if _exact(measurement) else []
    facts += [str(measurement.status)] if measurement.status is not Status.UNTESTABLE else []
    if facts:
        text.append(f"  {', '.join(facts)}", style="dim")
    return text.append(f"  {role}", style="bold") if role else text


def _exact(measurement: Measurement) -> bool:
    interval = measurement.interval
    return interval is not None and interval.lower == interval.upper


def _rule(found: VerdictDetails, *, exact: bool) -> str:
    side = "above" if found.above else "below"
    what = "the value is" if exact else "the whole interval is"
    if not found.tolerance:
        return f"{what} {side} {found.threshold:g}"
    return f"{what} {side} {found.bar:g}, the threshold {found.threshold:g} with its tolerance {found.tolerance:g}"
