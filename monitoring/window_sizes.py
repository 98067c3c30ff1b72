"""Whether ticks and windows hold enough rows for what is done with them; asked before anything is fixed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, inf
from statistics import median

from halflife.monitoring.claims.statistics.base import MIN_OF_CLASS
from halflife.monitoring.claims.statistics.base import MIN_ROWS as MIN_EVIDENCE
from halflife.monitoring.drift.comparison import MIN_ROWS
from halflife.monitoring.label_lag import AT_ONCE, LabelLag

SMALL = 50
"""Rows of a tick below which it says little by itself."""
LONGEST = 1_000
"""Ticks of a window that is looked for where ticks do not end."""
OFTEN = 0.1
"""Of the ticks; one small tick in a hundred is a holiday."""


@dataclass(frozen=True)
class Windows:
    """How ticks are used.

    Attributes:
        train: ticks a version is trained on.
        watch: newest ticks that are compared.
        evidence: share of rows on which claims are tested.
        lag: how late labels are.
        delay: by how many ticks the configuration holds them back.
        span: of a tick by the calendar; empty where rows are counted.
        ticks: there are; None where they do not end.
    """

    train: int
    watch: int
    evidence: float
    lag: LabelLag = AT_ONCE
    delay: int = 0
    span: str = ""
    ticks: int | None = None


def size_remarks(rows: Sequence[int], windows: Windows, rarer: float | None = None) -> list[str]:
    """A sentence for each size that does not fit, with the line that changes it.

    Args:
        rows: of each tick, or of one of them.
        windows: how they are used.
        rarer: share of the rarer label; None where it is not known.

    >>> size_remarks([1_000] * 20, Windows(train=8, watch=3, evidence=0.1), 0.3)
    []
    >>> size_remarks([200] * 40, Windows(train=8, watch=3, evidence=0.1), 0.3)[0]
    'a watch compares 3 ticks, about 600 rows, and below 1,000 drift cannot be told from chance; say window = 5 in [watch]'
    """
    typical = int(median(rows)) if rows else 0
    if not typical:
        return []
    there = sum(rows) if len(rows) == windows.ticks else None if windows.ticks is None else typical * windows.ticks
    return [
        *_ticks(rows, windows),
        *_drift(typical, there, windows),
        *_claims(typical, windows, rarer),
        *_labels(windows),
    ]


def _ticks(rows: Sequence[int], windows: Windows) -> Iterator[str]:
    longer = "tick" if windows.span else "rows_per_tick"
    small = sum(n < SMALL for n in rows)
    if small > OFTEN * len(rows):
        many = f"{small:,} of {len(rows):,} ticks have" if len(rows) > 1 else "a tick has"
        yield f"{many} fewer than {SMALL} rows, the smallest {min(rows):,}; say a larger {longer} in [feed]"
    if windows.ticks is not None and windows.ticks < windows.train:
        yield (
            f"there are {windows.ticks:,} ticks, fewer than the {windows.train:,} a version is trained on; say "
            f"a smaller window in [retrain], or a smaller {longer} in [feed]"
        )


def _drift(typical: int, there: int | None, windows: Windows) -> Iterator[str]:
    enough = ceil(MIN_ROWS / typical)
    if there is not None and there < 2 * MIN_ROWS:
        yield (
            f"there are {there:,} rows in all; drift cannot be told from chance before "
            f"{MIN_ROWS:,} rows can be compared with {MIN_ROWS:,} others"
        )
        return
    few = f"rows, and below {MIN_ROWS:,} drift cannot be told from chance"
    if windows.watch < enough:
        yield (
            f"a watch compares {_counted(windows.watch)}, about {windows.watch * typical:,} {few}; say window = {enough} in "
            "[watch]"
        )
    if windows.train < enough:
        yield (
            f"a version is trained on {_counted(windows.train)}, about {windows.train * typical:,} {few}; say window = "
            f"{enough} in [retrain]"
        )


def claims_want(evidence_rows: float, rarer: float | None) -> float:
    """How many times as many evidence rows with a label claims want than there are; below 1 where there are enough.

    Args:
        evidence_rows: with a label.
        rarer: share of the rarer label; None where it is not known.

    >>> claims_want(15, 0.5), claims_want(100, 0.01)
    (2.0, 10.0)
    """
    of_class = evidence_rows * (0.5 if rarer is None else rarer)
    return max(MIN_EVIDENCE / evidence_rows, MIN_OF_CLASS / of_class) if of_class > 0 else inf


def _claims(typical: int, windows: Windows, rarer: float | None) -> Iterator[str]:
    lag = windows.lag
    labelled = lag.labelled(windows.train)
    rows = typical * labelled * windows.evidence
    if lag.ticks >= windows.train or rows <= 0 or rarer == 0:
        return
    lacking = claims_want(rows, rarer)
    if lacking > 1:
        with_label = " with a label" if labelled < windows.train else ""
        told = f", about {rows * rarer:.0f} of the rarer label" if rarer is not None else ""
        most = LONGEST if windows.ticks is None else windows.ticks
        window = lag.window_for(labelled * lacking, most)
        more = f"say window = {window} in [retrain], or more evidence in [evidence]"
        if window is None:
            more = "more rows have to come, or more of them be evidence in [evidence]"
        yield (
            f"a window leaves about {rows:.0f} evidence rows{with_label}{told}, and claims want {MIN_EVIDENCE} of which "
            f"{MIN_OF_CLASS} have each label; {more}"
        )


def _labels(windows: Windows) -> Iterator[str]:
    lag, late = windows.lag, windows.lag.ticks
    come = f"{'labels come' if lag.exact else 'most labels come'} {_counted(late)} after their rows"
    if late >= windows.train:
        few = "no row" if lag.exact else "hardly a row"
        sooner = ", or a smaller label_delay in [feed]" if windows.delay else ""
        yield f"{come}, so {few} of a window of {windows.train} has one; say window = {late + windows.train} in [retrain]{sooner}"
    elif late >= windows.watch:
        sees = "none" if lag.exact else "hardly any"
        yield f"{come}, so a watch of {_counted(windows.watch)} sees {sees}; say window = {late + windows.watch} in [watch] to compare labels too"


def _counted(ticks: int) -> str:
    return f"{ticks:,} tick{'s' if ticks != 1 else ''}"
