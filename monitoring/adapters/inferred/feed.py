"""A feed of files, from the files alone."""

import re
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
import polars as pl

from halflife.models.errors import UsageError
from halflife.models.rows import Array
from halflife.monitoring.adapters.binary import binary
from halflife.monitoring.adapters.csv_dialect import texts, trimmed
from halflife.monitoring.adapters.inferred.columns import codes_of, entity_of, id_of, no_features, said_to_ignore
from halflife.monitoring.adapters.inferred.labels import label_of
from halflife.monitoring.adapters.inferred.layout import layout_of
from halflife.monitoring.adapters.inferred.spelling import spelling_of
from halflife.monitoring.adapters.inferred.times import Timed, time_of
from halflife.monitoring.adapters.table_sources import TableSource, source_of
from halflife.monitoring.adapters.text_layout import AS_PROGRAMS_WRITE
from halflife.monitoring.inferred_settings import Choice, Inferred, listed
from halflife.monitoring.tick_sizes import TickSizes, tick_sizes, with_late_labels

ZONE = "UTC"
SPAN_NAMED = re.compile("year|quarter|month|week|day|date|dt|ds|hour|jahr|monat|tag", re.IGNORECASE)
"""Names of folders that part a data set by time; as features they count up with it."""


@dataclass(frozen=True)
class Asked:
    """What a person says beforehand; None for what is to be found out."""

    label: str | None = None
    positive: str | None = None
    id: str | None = None
    time: str | None = None


def inferred_feed(path: Path, asked: Asked, labels: Path | None = None) -> Inferred:
    """What files are found to be.

    Args:
        path: a file, a folder of them, a pattern, or a Delta table.
        asked: what is known.
        labels: a table of the labels, where the rows have none.

    Raises:
        FeedError: they cannot be read.
        UsageError: something has to be said that cannot be found out.
    """
    source, said = _opened(path)
    raw = source.read().table
    spelling, spelled = spelling_of(raw)
    table = raw.with_columns(spelling.plain(cells) for cells in raw)
    table = table.with_columns(trimmed(cells) for cells in table)
    if labels is None:
        told = label_of(table, asked.label, asked.positive, [name for name in (asked.id, asked.time) if name])
        label = told[0].value
        taken = [label]
    else:
        told, label, taken = [], "", []
    timed, _, when = time_of(raw, asked.time, [*taken, *([asked.id] if asked.id else [])])
    taken += [timed.name] if timed else []
    other = _labels_elsewhere(table, labels, asked, taken) if labels is not None else None
    key = other[0] if other else asked.id
    id_, apart = id_of(table, key, taken)
    if other and not asked.id:
        apart = [Choice("feed", "id", key, "Tells rows apart: the table of labels names them by it.")]
    taken += [id_] if id_ is not None else []
    entity = entity_of(table, taken)
    taken += [entity] if entity else []
    calendar = {
        name: "folders by time" for name in source.partitions if SPAN_NAMED.fullmatch(name) and name not in taken
    }
    left_out = {**no_features(table, [*taken, *calendar]), **calendar}
    codes = codes_of(table, [*taken, *left_out])
    sizes = tick_sizes(len(table), _dated(timed), ZONE)
    known = binary(table[label], told[1].value) if label else None
    delay = _delay(known, timed, sizes, dated=any(choice.key == "time" for choice in (other[1] if other else ())))
    feed = [
        *told,
        *apart,
        *when,
        *_ticks(len(table), sizes, timed),
        delay,
    ]
    feed += [*said, *spelled, *said_to_ignore(left_out)]
    if codes:
        why = f"Whole numbers that name something in {listed(codes)}: categories. Leave one out if it is a quantity."
        feed.append(Choice("feed", "categorical", codes, why))
    evidence = []
    if entity:
        why = (
            f"{table[entity].n_unique():,} names in {len(table):,} rows: rows repeat by it, so all rows of one are kept "
            "together and it is no feature. Delete the line if rows are independent."
        )
        evidence.append(Choice("evidence", "cluster", entity, why))
    return Inferred(
        len(table),
        table.width,
        (*feed, *(other[1] if other else ()), *evidence, *_windows(with_late_labels(sizes, delay.value))),
    )


def _opened(path: Path) -> tuple[TableSource, list[Choice]]:
    plain = source_of(path)
    files = plain.text_files
    layout, said = layout_of(files[0]) if files else (AS_PROGRAMS_WRITE, [])
    return source_of(path, layout), said


def _dated(timed: Timed | None) -> Array | None:
    return np.sort(timed.times.values) if timed is not None and timed.times.dated else None


def _labels_elsewhere(rows: pl.DataFrame, path: Path, asked: Asked, taken: list[str]) -> tuple[str, list[Choice]]:
    """The rows' id, and what has to be said of a table of labels."""
    table = source_of(path).read().table
    free = [name for name in rows.columns if name not in taken and not rows[name].dtype.is_nested()]
    pairs = [
        (mine, theirs)
        for mine in ([asked.id] if asked.id else free)
        for theirs in table.columns
        if not table[theirs].dtype.is_nested()
    ]

    def overlap(pair: tuple[str, str]) -> tuple[float, bool]:
        mine, theirs = texts(rows[pair[0]]).drop_nulls(), texts(table[pair[1]]).drop_nulls().str.strip_chars()
        single = mine.n_unique() == len(rows)
        shared = int(theirs.is_in(mine.implode()).sum()) / max(1, len(theirs))
        return (shared if single else 0.0), pair[0] == pair[1]

    best = max(pairs, key=overlap, default=None)
    if best is None or overlap(best)[0] < 0.5:
        raise UsageError(f"no column of {path} names rows of the other file; say --id the column that both have")
    said = [
        Choice("labels", "key", best[1], f"Says of which row a label is, as {best[0]!r} does among the rows."),
        *label_of(table, asked.label, asked.positive, [best[1]], section="labels"),
    ]
    timed, _, _ = time_of(table, None, [best[1], str(said[1].value)])
    if timed is not None and timed.times.dated and not timed.format:
        why = "Says when a label came to be known: it comes in the first tick that reaches as far."
        said.append(Choice("labels", "time", timed.name, why))
    return best[0], said


def _ticks(n: int, sizes: TickSizes, timed: Timed | None) -> list[Choice]:
    enough = "Drift wants 1,000 rows a side, so smaller ticks need longer windows."
    if sizes.span:
        why = (
            f"A tick, one batch, is {sizes.called}: {sizes.ticks:,} ticks of about {sizes.rows:,} rows. {enough} "
            "With rows_per_tick = a number instead, rows are counted."
        )
        return [Choice("feed", "tick", sizes.span, why)]
    also = ' A tick may be a span of the time instead, such as tick = "1d".' if timed and timed.times.dated else ""
    why = f"A tick is one batch: {n:,} rows make {sizes.ticks:,} ticks. {enough}{also}"
    return [Choice("feed", "rows_per_tick", sizes.rows, why)]


def _delay(known: Array | None, timed: Timed | None, sizes: TickSizes, *, dated: bool) -> Choice:
    meaning = "Ticks between a row and its label, at least, in a replay too"
    at_once = Choice(
        "feed", "label_delay", 0, f"{meaning}: 0 is at once. Say how late yours are, or a replay knows too much."
    )
    if dated:
        return Choice("feed", "label_delay", 0, f"{meaning}; the table of labels says itself when they come.")
    if known is None:
        return at_once
    ordered = known if timed is None else known[np.argsort(timed.times.values, kind="stable")]
    there = np.flatnonzero(~np.isnan(ordered))
    missing = len(ordered) - 1 - int(there[-1]) if len(there) else 0
    ticks = ceil(missing / sizes.rows)
    if ticks and missing >= sizes.rows / 2:
        return Choice("feed", "label_delay", ticks, f"{meaning}: the newest {missing:,} rows have no label yet.")
    return at_once


def _windows(sizes: TickSizes) -> list[Choice]:
    rows = sizes.window * sizes.rows
    short = "" if sizes.watch * sizes.rows >= 1_000 else " They are too few to tell drift; it will say so."
    watched = f"Newest ticks that are compared with the model's window: about {sizes.watch * sizes.rows:,} rows.{short}"
    return [
        Choice("retrain", "every", sizes.every, "Ticks from one retrain to the next."),
        Choice(
            "retrain",
            "window",
            sizes.window,
            f"Ticks a version is trained on: about {rows:,} rows; a tenth tests claims.",
        ),
        Choice("watch", "every", sizes.every, "Ticks from one look for drift to the next."),
        Choice("watch", "window", sizes.watch, watched),
    ]
