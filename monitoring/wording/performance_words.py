"""How a champion's performance is said, and how far it is known before labels have come."""

from collections.abc import Sequence

from halflife.models.domain import Version
from halflife.models.performance import Basis, Performance
from halflife.monitoring.estimate_record import Record, newest, record
from halflife.monitoring.wording.figures import percent
from halflife.monitoring.wording.tick_words import ticks

NAMES = {"auc": "AUC", "log_loss": "log loss", "brier": "Brier score", "accuracy": "accuracy"}
SUPPOSED = {
    Basis.ESTIMATED: (
        "Estimated from the scores alone: it supposes that a score means what it meant in the champion's window. If the"
        " world changed what rows mean (concept drift), it is wrong, and only labels can tell."
    ),
    Basis.ASSISTED: (
        "Estimated from the scores and corrected by the labels that have come: it supposes that rows with a label are like"
        " those without one yet."
    ),
}


def labels_arrived(version: Version) -> str:
    """Which share of a version's labels it was tested on; empty where all had come, or it was not kept.

    >>> from halflife.models.domain import Role
    >>> v = Version(1, 0, 9, "1", "r", 0, "d", "m", {}, Role.CHAMPION, "", 100, labelled=0.62)
    >>> print(labels_arrived(v))
    62\N{NO-BREAK SPACE}% of its evidence rows' labels had come
    """
    share = version.labelled
    return "" if share is None or share > 0.9995 else f"{percent(share)} of its evidence rows' labels had come"


def known_from(told: Performance) -> str:
    """What a performance is known from, with the share of labels.

    >>> at = dict(first_tick=0, tick=2, against=1, asof=2, rows=900, given_up=0, metrics={})
    >>> known_from(Performance(basis=Basis.ESTIMATED, labelled=0, **at))
    'estimated, none of 900 labels has come'
    >>> known_from(Performance(basis=Basis.MEASURED, labelled=900, **at))
    'measured'
    """
    if told.basis is Basis.MEASURED:
        return "measured"
    due = told.rows - told.given_up
    come = f"{told.labelled:,} of {due:,} labels have come" if told.labelled else f"none of {due:,} labels has come"
    return f"{told.basis}, {come}"


def figures(told: Performance) -> str:
    """AUC and log loss with their intervals, or why there are none."""
    said = [f"{NAMES[name]} {told.metrics[name]}" for name in ("auc", "log_loss") if name in told.metrics]
    return ", ".join(said) or told.reason or "no label has come"


def line(told: Performance, dates: tuple[str, str] | None = None) -> str:
    """One performance in one line.

    >>> from halflife.models.domain import Interval
    >>> metrics = {"auc": Interval(0.8, 0.75, 0.85)}
    >>> line(Performance(0, 2, 1, 2, Basis.MEASURED, 900, 900, 0, metrics))
    'v1 on ticks 0 to 2: AUC 0.800 [0.750, 0.850] (measured)'
    """
    where = f"v{told.against} on {ticks(told.first_tick, told.tick, dates)}"
    return f"{where}: {figures(told)} ({known_from(told)})" if told.metrics else f"{where}: {figures(told)}"


def sentences(told: Sequence[Performance]) -> list[str]:
    """What the newest word supposes, and how such estimates have done so far."""
    last = newest(told)[-1:]
    said = [SUPPOSED[p.basis] for p in last if p.basis in SUPPOSED and p.metrics]
    return [*said, *_kept(record(told))]


def _kept(records: Sequence[Record]) -> list[str]:
    if not records:
        return []
    n = max(r.told for r in records)
    held = " and ".join(f"{r.held} of {r.told} times for {NAMES[r.metric]}" for r in records)
    was = f"{n} times" if n > 1 else "once"
    said = [f"Labels have come {was} since an estimate was told; its interval then held the truth {held}."]
    if off := [NAMES[r.metric] for r in records if r.unreliable]:
        said.append(
            f"With 90 % intervals that is too few by more than chance for {' and '.join(off)}: scores have changed their meaning, so do"
            " not rely on estimates before labels come."
        )
    return said
