"""Why a finding changed, for a terminal: the sentence, the shares as bars, and every figure they rest on."""

from math import isfinite

from rich.console import Group, RenderableType
from rich.table import Table

from halflife.models.causes import Why
from halflife.models.domain import Finding, Status
from halflife.monitoring.causes.breakdown import Breakdown
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.wording.cause_words import MEANINGS, NAMES, REST, amount, once, sentence
from halflife.monitoring.wording.figures import percent

WIDTH = 24
"""Of a bar for all of a change, in characters."""


def details(
    told: Breakdown, finding: Finding, status: Status, *, changed: bool = True, before: str = ""
) -> RenderableType:
    """The sentence, the shares as bars, and every figure they rest on, for a terminal."""
    why = told.why
    parts: list[RenderableType] = [
        Text(sentence(why, finding, status, changed=changed), style="bold"),
        Text(finding.claim, style="dim"),
    ]
    parts += [Text(before)] if before else []
    if why.shares:
        parts += [Text(), _bars(why)]
    parts += [Text(), _figures(told)]
    if _two_sets(told):
        parts += [Text(), _two_by_two(told)]
    if told.fitted:
        parts += [Text(), Text("Trained to tell causes apart: " + "; ".join(told.fitted) + ".", style="dim")]
    if why.notes:
        parts += [Text(), *(Text(f"· {note}") for note in why.notes)]
    return Group(*parts)


def _bars(why: Why) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for justify in ("left", "right", "left", "left"):
        table.add_column(justify=justify, no_wrap=True)
    ranked = sorted(why.shares.items(), key=lambda item: -item[1].share)
    for cause, share in ranked:
        bar = "█" * round(WIDTH * share.share) or "▏"
        table.add_row(NAMES[cause], amount(share), Text(bar, style="cyan"), Text(MEANINGS[cause], style="dim"))
    rest = 1 - sum(share.share for share in why.shares.values())
    if rest > 0.005:
        table.add_row(REST, percent(rest), Text("░" * round(WIDTH * rest)), Text("noise is not known", style="dim"))
    return table


def _figures(told: Breakdown) -> Table:
    why = told.why
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    then, now = float(told.corners[0, 0]), float(told.corners[1, 1])
    table.add_row("change", f"{why.delta:+.3g}: from {then:.3g} on v{why.since} to {now:.3g} on v{why.version}")
    if _two_sets(told):
        table.add_row("by other rows", f"{told.evidence:+.3g}")
    table.add_row("by another model", f"{told.model:+.3g}{_apart(told)}")
    if isfinite(why.noise):
        within = f", z = {why.z:+.1f}; up to ± {told.clear:.1f} it is put down to noise" if isfinite(why.z) else ""
        table.add_row("retraining noise", f"± {why.noise:.2g}{within}")
        table.add_row("read from", told.basis)
    if why.unattributable is not None:
        table.add_row("unattributable", f"{percent(why.unattributable)} of the change, under this pipeline")
    if why.chance is not None:
        table.add_row("noise alone", f"refutes it {once(why.chance)}, from where it was on v{why.since}")
    return table


def _two_sets(told: Breakdown) -> bool:
    """Whether it is tested on other rows on each version."""
    return bool((told.corners[:, 0] != told.corners[:, 1]).any())


def _apart(told: Breakdown) -> str:
    parts = [f"{NAMES[cause]} {part:+.3g}" for cause, part in told.parts.items()] if told.fitted else []
    return f" ({', '.join(parts)})" if len(parts) > 1 else ""


def _two_by_two(told: Breakdown) -> Table:
    why = told.why
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    for version in (why.since, why.version):
        table.add_column(f"rows of v{version}", justify="right")
    for version, row in zip((why.since, why.version), told.corners.tolist(), strict=True):
        table.add_row(f"model of v{version}", *(f"{theta:.4g}" for theta in row))
    return table
