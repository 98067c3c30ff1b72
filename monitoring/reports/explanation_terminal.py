"""An explanation for a terminal, readable at 80 columns, without colour, and as a text artifact."""

from collections.abc import Mapping, Sequence
from shlex import quote
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from halflife.models.domain import Status
from halflife.models.explain.conditions import spoken
from halflife.models.rows import Part
from halflife.monitoring.explanations.explanation import Counterfactual, Decision, Explanation, Neighbour
from halflife.monitoring.explanations.offers import Offer, change
from halflife.monitoring.reports.rich_text import Text, uncoloured
from halflife.monitoring.reports.terminal import STYLES
from halflife.monitoring.wording.words import percent, plural

REASONS = 6
BAR = 12
BESIDE = 3
"""Features shown of each neighbour: those of the strongest reasons."""
WIDEST = 22
"""Characters of a feature or a value before it is cut."""

USES = {
    Part.TRAIN: "a training row: the model has seen its label",
    Part.CALIBRATION: "a calibration row: the trees never saw it, the calibration did",
    Part.EVIDENCE: "an evidence row: no training has seen it",
    Part.DISCOVERY: "a discovery row: no training has seen it",
}


def explanation(told: Explanation, offered: Sequence[Offer]) -> RenderableType:
    """All of it, one heading a question."""
    parts: list[RenderableType] = [_decision(told)]
    for heading, answer in (
        ("Why", _reasons(told)),
        (f"What moved it most, of {told.trees} trees, in log-odds", _paths(told)),
        (_nearest(told), _neighbours(told)),
        ("What would flip it", _counterfactuals(told)),
        (f"Say so: halflife explain {quote(told.case)} --version {told.version} --file N", _claims(offered)),
    ):
        parts += [Text(), Text(heading, style="bold"), Padding(answer, (0, 0, 0, 2))]
    return Group(*parts)


def plain(told: Explanation, offered: Sequence[Offer], width: int = 110) -> str:
    """The same as text without colour."""
    return uncoloured(explanation(told, offered), width)


def _decision(told: Explanation) -> Text:
    probability, margin = figures_of(told.decision)
    text = Text.assemble(
        (f"v{told.version} decides {int(told.decision.positive)} for case {told.case}", "bold"),
        f": probability {probability}, threshold {told.threshold:.3f}. Its margin is {margin} in log-odds, ",
        f"{_signed(told.decision.probability - told.threshold, 3)} in probability. ",
    )
    if told.label is None:
        text.append("Its label has not arrived. ")
    else:
        text.append(f"Its label is {told.label}")
        text.append(
            ", so that is wrong. " if told.wrong else ", so that is right. ", style="bold" if told.wrong else ""
        )
    if told.inside:
        return text.append(f"It is {USES[told.part]}.")
    return text.append(f"It came in tick {told.tick} and is no labelled row of the window of v{told.version}.")


def _reasons(told: Explanation) -> RenderableType:
    """SHAP values as bars; what is not listed is summed up, so that the column adds up."""
    shown, rest = told.reasons[:REASONS], told.reasons[REASONS:]
    table = _table("feature", "value", "log-odds", "")
    table.columns[2].justify = "right"
    widest = abs(told.reasons[0].attribution) or 1.0
    for reason in shown:
        bar = "█" * round(BAR * abs(reason.attribution) / widest)
        style = "dark_orange" if reason.attribution > 0 else "sky_blue3"
        cells = cut(reason.feature), cut(spoken(reason.value)), f"{reason.attribution:+.2f}"
        _add(table, *cells, Text(bar, style=style))
    if rest:
        _add(table, f"{len(rest)} {plural('other', len(rest))}", "", f"{sum(r.attribution for r in rest):+.2f}", "")
    _add(table, "raw score", "", f"{told.raw:+.2f}", Text(f"from {told.expected:+.2f} expected", style="dim"))
    return table


def _paths(told: Explanation) -> RenderableType:
    if not told.paths:
        return Text("No tree tells this case from the others.")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for path in told.paths:
        words = " and ".join(condition.words(told.values[condition.feature]) for condition in path.conditions)
        _add(table, f"tree {path.tree + 1}", f"{path.moved:+.3f}", Text(words))
    return table


def _nearest(told: Explanation) -> str:
    near = told.neighbourhood
    rows = f"{near.searched:,} training rows"
    if near.searched < near.of - 1:
        rows = f"{near.searched:,} of {near.of:,} training rows, chosen by hash of id"
    return f"Closest match among {rows}, by trees that end in the same leaf"


def _neighbours(told: Explanation) -> RenderableType:
    near = told.neighbourhood
    if not near.nearest:
        return Text("There is no labelled training row to compare with.")
    beside = [reason.feature for reason in told.reasons[:BESIDE]]
    table = _table("case", "same leaf", "label", *map(cut, beside))
    for j in (1, 2):
        table.columns[j].justify = "right"
    this = "–" if told.label is None else str(told.label)
    _add(table, Text(cut(told.case), style="bold"), "", this, *(cut(spoken(told.values[f])) for f in beside))
    for row in near.nearest:
        _add(table, cut(row.case), percent(row.similarity), str(row.label), *_beside(row, told, beside))
    if near.positive is None:
        return table
    rate = f"Weighted by similarity, {100 * near.positive:.1f}\N{NO-BREAK SPACE}% of them all have label 1."
    return Group(table, Text(rate, style="dim"))


def _beside(row: Neighbour, told: Explanation, features: Sequence[str]) -> list[Text]:
    """A neighbour's values; those equal to the case's are dimmed."""
    return [Text(cut(spoken(row.values[f])), style="dim" if row.values[f] == told.values[f] else "") for f in features]


def _counterfactuals(told: Explanation) -> RenderableType:
    if not told.counterfactuals:
        return Text(f"No change of up to three features{_except(told)} was found to flip it.")
    tried = told.counterfactuals[0].validity is not None
    table = _table("change", "cost", "probability", "margin", *(["control models"] if tried else []))
    table.columns[0].no_wrap = False
    for column in table.columns[1:]:
        column.justify = "right"
    for one in told.counterfactuals:
        figures = [f"{one.flip.cost:.2f}", *figures_of(one.then)]
        _add(table, changes(one), *figures, *([percent(one.validity)] if tried else []))
    unit = f"Cost in robust standard deviations, 1 for another category{_except(told)}."
    return Group(table, Text(unit, style="dim"))


def figures_of(decision: Decision) -> tuple[str, str]:
    """Probability and margin in as many digits as show on which side of the threshold they are.

    >>> figures_of(Decision(0.49971, -0.00116, positive=False)), figures_of(Decision(0.7, 0.847, positive=True))
    (('0.4997', '-0.001'), ('0.700', '+0.85'))
    """
    digits = 3 if abs(decision.margin) >= 0.005 else 4 if abs(decision.margin) >= 0.0005 else 8
    return f"{decision.probability:.{digits}f}", _signed(decision.margin, 2)


def _signed(value: float, digits: int) -> str:
    """A difference with its sign; one that would round to nothing keeps a digit."""
    return f"{value:+.{digits}f}" if value == 0 or abs(value) >= 0.5 * 10**-digits else f"{value:+.1g}"


def changes(one: Counterfactual) -> str:
    """Changes in words, each on a line of its own."""
    return "\nand ".join(change(c) for c in one.flip.changes)


def filed(findings: Sequence[Mapping[str, Any]]) -> RenderableType:
    """What became of conclusions that were filed: rows as ``listing.check_row`` gives them, with the finding's id.

    Args:
        findings: with ``id``, ``stillborn`` and, where they are born fragile, ``warning``.
    """
    table = _table("filed", "name", "status", "")
    for row in findings:
        status = Text(row["status"], style=STYLES[Status(row["status"])])
        stillborn = "stillborn: kept, but not re-tested" if row["stillborn"] else ""
        _add(table, str(row["id"]), row["finding"], status, stillborn)
    warnings = [Text(f"{row['finding']} is {row['warning']}", style="bold") for row in findings if row["warning"]]
    return Group(table, *warnings)


def _except(told: Explanation) -> str:
    return f"; never changed: {', '.join(told.immutable)}" if told.immutable else ""


def _claims(offered: Sequence[Offer]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for offer in offered:
        _add(table, str(offer.number), Text(offer.claim))
    return table


def _table(*names: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(Text(name), no_wrap=True)
    return table


def _add(table: Table, *cells: str | Text) -> None:
    """A row whose text stands as it is: what looks like markup in a name or a value is none."""
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))


def cut(text: str) -> str:
    """At most ``WIDEST`` characters, the last an ellipsis where there are more."""
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
