"""The data to collect next for a terminal, readable at 110 columns, without colour, and as a text artifact."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from halflife.models.domain import Interval
from halflife.models.learner.power_law import FEWEST
from halflife.monitoring.label_needs.needs_report import LABELS, Advice, ClaimNeed, Needs, SegmentTrial, UntestedSegment
from halflife.monitoring.reports.rich_text import Text, uncoloured
from halflife.monitoring.wording.words import plural

BARS = "▁▂▃▄▅▆▇█"
SEGMENTS, CLAIMS = 24, 20
STYLES = {Advice.HELPS: "bold", Advice.HARDLY: "dim", Advice.UNKNOWN: "", Advice.UNTRIED: "dim"}


def needs(told: Needs) -> RenderableType:
    """All of it: what a colleague would say, the whole curve, the segments, what is weird, and the claims."""
    parts: list[RenderableType] = [Text(" ".join(sentences(told)))]
    for heading, answer in (
        (f"All rows: {told.whole.labels:,} labels, {told.repeats} models at each size", _whole(told)),
        (f"Labels by segment, most saved by {LABELS:,} more first", _segments(told)),
        ("Where the model gets weird", _weird(told)),
        ("Too few evidence rows to say anything", _unseen(told.unseen)),
        ("Claims that want rows", _claims(told)),
    ):
        if answer is not None:
            parts += [Text(), Text(heading, style="bold"), Padding(answer, (0, 0, 0, 2))]
    return Group(*parts)


def plain(told: Needs, width: int = 110) -> str:
    """The same as text without colour."""
    return uncoloured(needs(told), width)


def sentences(told: Needs) -> list[str]:
    """What a colleague would say: what doubling would do, where labels would help, where not, and which claims wait."""
    loss = told.whole.full.loss
    helped = [need for need in told.segments if need.advice is Advice.HELPS]
    said = [_overall(told)]
    if helped:
        best = helped[0]
        said.append(f"New labels help most where {best.where}{_best(best.trial, told.anywhere, loss)}.")
    elif told.segments:
        said.append("In no segment that was tried is the gain clear of its error.")
    hardly = sum(need.advice is Advice.HARDLY for need in told.segments)
    if hardly:
        said.append(f"In {hardly} {plural('segment', hardly)} they would hardly help, however large the loss there is.")
    if told.claims:
        n = len(told.claims)
        said.append(f"{n} open {plural('finding', n)} {'wants' if n == 1 else 'want'} more evidence rows.")
    return said


def spark(values: Sequence[float]) -> str:
    """A curve as one character a value, from its least to its most.

    >>> spark([4.0, 2.0, 1.0])
    '█▃▁'
    """
    least, most = min(values), max(values)
    reach = (most - least) or 1.0
    return "".join(BARS[round((value - least) / reach * (len(BARS) - 1))] for value in values)


def _overall(told: Needs) -> str:
    whole = told.whole
    if whole.law is None:
        return f"No curve is fitted to v{told.version}: that takes {FEWEST} sizes, and {len(whole.sizes)} were trained."
    doubling = _share(whole.law.doubling, whole.full.loss, 1)
    if whole.doubling is None:
        return f"Twice the labels everywhere would save v{told.version} {doubling} of its loss: no clear gain."
    return f"Twice the labels everywhere would save v{told.version} {doubling} of its loss."


def _best(trial: SegmentTrial | None, anywhere: Interval | None, loss: float) -> str:
    if trial is None:
        return ""
    saved = f": {LABELS:,} there save {_share(trial.gain, loss)} of the loss"
    if anywhere is None:
        return saved
    if trial.gain.lower <= anywhere.estimate:
        return f"{saved}, not clearly more than {LABELS:,} drawn at random"
    return f"{saved}, {trial.gain.estimate / anywhere.estimate:.1f} times what {LABELS:,} drawn at random save"


def _whole(told: Needs) -> RenderableType:
    table = _table("labels", ">log loss", ">Brier loss", ">of it variance", ">models disagree on")
    for size in told.whole.sizes:
        alone = "seed alone: " if size.share == 1.0 else ""
        cells = f"{size.labels:,.0f}", f"{size.loss:.4f}", f"{size.brier:.4f}", f"{alone}{size.instability:.1%}"
        table.add_row(*cells, f"{size.ambiguity:.1%} of rows")
    law = told.whole.law
    if law is None:
        return table
    fitted = f"as a power law: it falls towards {law.floor.estimate:.3f} [{law.floor.lower:.3f}, {law.floor.upper:.3f}]"
    fitted += f" like n^-{law.exponent.estimate:.2f} [{law.exponent.lower:.2f}, {law.exponent.upper:.2f}]"
    return Group(table, Text(fitted if law.identified else f"{fitted}: not identified", style="dim"))


def _segments(told: Needs) -> RenderableType | None:
    if not told.segments:
        return None
    loss = told.whole.full.loss
    table = _table("segment", ">labels", ">log loss", "curve", ">×2", ">saved", ">×random", ">ticks", "")
    table.columns[0].no_wrap, table.columns[0].overflow = False, "fold"
    for need in told.segments[:SEGMENTS]:
        curve, gain = need.curve, need.trial.gain if need.trial else None
        table.add_row(
            need.where,
            f"{curve.labels:,}",
            f"{curve.full.loss:.3f}",
            spark([size.loss for size in curve.sizes]),
            f"{curve.doubling.estimate / curve.full.loss:.1%}" if curve.doubling else "–",
            _share(gain, loss) if gain else "–",
            f"{gain.estimate / told.anywhere.estimate:.1f}" if gain and told.anywhere else "–",
            f"{need.ticks:,.0f}",
            str(need.advice),
            style=STYLES[need.advice],
        )
    return Group(table, Text("\n".join(_legend(told)), style="dim"))


def _legend(told: Needs) -> list[str]:
    random = f", and ×random as many times what {LABELS:,} drawn at random save"
    flat = ", at most: the curve over all rows does not say how gains flatten"
    lines = [
        "curve: log loss there, from few labels to all. ×2: of the loss there, saved by twice the labels everywhere; – where the curve does not tell",
        f"saved: of the loss over all rows, by {LABELS:,} labels there [{told.level:.0%}]{random if told.anywhere else flat}",
        f"ticks: that bring {LABELS:,} labels there",
    ]
    if told.anywhere is not None:
        lines[1] += f" ({_share(told.anywhere, told.whole.full.loss)})"
    hidden = len(told.segments) - SEGMENTS
    return [*lines, f"{hidden} more with less to gain: --json"] if hidden > 0 else lines


def _weird(told: Needs) -> RenderableType | None:
    weird = [need for need in told.segments if need.weird(told.whole)]
    if not weird:
        return None
    table = _table("segment", ">labels", ">evidence", ">models disagree on", ">variance in Brier loss")
    for where, curve in [*((need.where, need.curve) for need in weird), ("all rows", told.whole)]:
        half = curve.half
        cells = (
            where,
            f"{curve.labels:,}",
            f"{curve.rows:,}",
            f"{half.ambiguity:.0%} of rows",
            f"{half.instability:.0%}",
        )
        table.add_row(*cells, style="dim" if curve is told.whole else "")
    return Group(table, Text(f"{told.repeats} models, each of half the labels", style="dim"))


def _unseen(unseen: Sequence[UntestedSegment]) -> RenderableType | None:
    if not unseen:
        return None
    return Text(
        "; ".join(f"{s.where} ({s.labels:,} {plural('label', s.labels)}, {s.rows} of evidence)" for s in unseen)
    )


def _claims(told: Needs) -> RenderableType | None:
    if not told.claims and not told.other:
        return None
    table = _table("claim", ">has", ">needs", ">ticks", "to have them")
    table.columns[0].no_wrap, table.columns[0].max_width = False, 52
    for need in told.claims[:CLAIMS]:
        table.add_row(*_claim(need))
    notes = [f"ticks: of feed that hold so many at the present rate; the window is {told.ticks}"]
    hidden = len(told.claims) - CLAIMS
    notes += [f"{hidden} more, further from an answer: --json"] if hidden > 0 else []
    notes += [f"{told.other} open for other reasons than rows"] if told.other else []
    return Group(*([table] if told.claims else []), Text(". ".join(notes) + ".", style="dim"))


def _claim(need: ClaimNeed) -> tuple[Text, str, str, str, str]:
    text = Text(need.claim)
    text.append(f"\n{need.status}: {need.why}", style="dim")
    needed = "–" if need.needed is None else f"{need.needed:,}"
    kind = "" if need.what == "rows" else f"\n{need.what.split(' where ')[0]}"
    ticks = "–" if need.ticks is None else f"{need.ticks:,.0f}"
    return text, f"{need.rows:,}", f"{needed}{kind}", ticks, need.remedy


def _share(gain: Interval, loss: float, digits: int = 2) -> str:
    r"""A saving as a share of a loss.

    >>> _share(Interval(0.01, -0.00001, 0.02), 0.5)
    '2.00% [0.00, 4.00]'
    """
    # Adding 0.0 takes the sign from a zero.
    low, middle, high = (round(100 * value / loss, digits) + 0.0 for value in (gain.lower, gain.estimate, gain.upper))
    return f"{middle:.{digits}f}% [{low:.{digits}f}, {high:.{digits}f}]"


def _table(*names: str) -> Table:
    """A name that begins with > is of a column of figures."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name.removeprefix(">"), justify="right" if name.startswith(">") else "left", no_wrap=True)
    return table
