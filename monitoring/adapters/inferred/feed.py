"""A feed of files, from the files alone."""

import csv
import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from halflife.models.errors import FeedError, UsageError
from halflife.models.rows import LABEL, ROW_ID, Array
from halflife.monitoring.adapters.binary import binary
from halflife.monitoring.adapters.csv_dialect import texts, trimmed
from halflife.monitoring.adapters.inferred.agenda import agenda_said
from halflife.monitoring.adapters.inferred.columns import codes_of, entity_of, id_of, no_features, said_to_ignore
from halflife.monitoring.adapters.inferred.label_table import label_table_of
from halflife.monitoring.adapters.inferred.labels import label_of
from halflife.monitoring.adapters.inferred.layout import layout_of
from halflife.monitoring.adapters.inferred.sizes import delay_said, lag_of, ticks_said, windows_said
from halflife.monitoring.adapters.inferred.spelling import spelling_of
from halflife.monitoring.adapters.inferred.times import ZONE, Timed, time_of, zone_of, zone_said
from halflife.monitoring.adapters.label_table import LabelTable
from halflife.monitoring.adapters.places import Place
from halflife.monitoring.adapters.table_sources import TableSource, source_of
from halflife.monitoring.adapters.text_layout import AS_PROGRAMS_WRITE
from halflife.monitoring.inferred_settings import Choice, Inferred, listed
from halflife.monitoring.label_lag import late_by
from halflife.monitoring.tick_sizes import tick_sizes, with_late_labels

SPAN_NAMED = re.compile("year|quarter|month|week|day|date|dt|ds|hour|jahr|monat|tag", re.IGNORECASE)
"""Names of folders that part a data set by time; as features they count up with it."""


@dataclass(frozen=True)
class Asked:
    """What a person says beforehand; None for what is to be found out."""

    label: str | None = None
    positive: str | None = None
    id: str | None = None
    time: str | None = None


def inferred_feed(path: Place, asked: Asked, labels: Place | None = None) -> Inferred:
    """What files are found to be.

    Args:
        path: a file, a folder of them, a pattern, or a Delta table.
        asked: what is known.
        labels: a table of the labels, where the rows have none.

    Raises:
        FeedError: they cannot be read.
        UsageError: something has to be said that cannot be found out.
    """
    try:
        source, said = _opened(path)
    except csv.Error as error:
        raise FeedError(f"{path} is not a table: {error}") from None
    found = source.read()
    raw = found.table
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
    zone = zone_of(raw[timed.name]) if timed else ZONE
    when += zone_said(zone) if timed else []
    other = (
        label_table_of(table, labels, taken, key=asked.id, label=asked.label, positive=asked.positive)
        if labels is not None
        else None
    )
    key = other[0] if other else asked.id
    id_, apart = id_of(table, key, taken)
    if other and not asked.id:
        apart = [Choice("feed", "id", key, "Tells rows apart: the table of labels names them by it.")]
    if id_ is None and found.names is None:
        raise UsageError(f"rows of {path} have no order that stays; say --id the column that tells them apart")
    taken += [id_] if id_ is not None else []
    entity = entity_of(table, taken)
    taken += [entity] if entity else []
    calendar = {
        name: "folders by time" for name in source.partitions if SPAN_NAMED.fullmatch(name) and name not in taken
    }
    left_out = {**no_features(table, [*taken, *calendar]), **calendar}
    codes = codes_of(table, [*taken, *left_out])
    sizes = tick_sizes(len(table), _dated(timed), zone)
    known = binary(table[label], told[1].value) if label else _joined(table, other)
    dated = None
    if other and other[2].time and timed and timed.times.dated:
        dated = lag_of(table, other[0], timed, other[2], sizes, zone)
    delay = delay_said(known, timed, sizes, dated)
    lag = late_by(delay.value) if dated is None else dated
    feed = [
        *told,
        *apart,
        *when,
        *ticks_said(len(table), sizes, timed),
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
    features = [name for name in table.columns if name not in {*taken, *left_out}]
    agenda = agenda_said(table, features, codes, known)
    return Inferred(
        len(table),
        table.width,
        (
            *feed,
            *(other[1] if other else ()),
            *evidence,
            *windows_said(with_late_labels(sizes, lag, _rarer(known)), lag),
            *agenda,
        ),
    )


def _joined(rows: pl.DataFrame, other: tuple[str, list[Choice], LabelTable] | None) -> Array | None:
    """The label of each row in a table of their own, NaN where it has none, shape (n,); None without such a table."""
    if other is None:
        return None
    told = other[2].read()
    first = told[told[LABEL].isin([0.0, 1.0])].drop_duplicates(ROW_ID)
    known = dict(zip(first[ROW_ID], first[LABEL].astype(float), strict=True))
    return np.array([known.get(each, np.nan) for each in texts(rows[other[0]])])


def _rarer(known: Array | None) -> float | None:
    """Share of the rarer label; None where none is known."""
    share = float("nan") if known is None or np.isnan(known).all() else float(np.nanmean(known))
    return None if np.isnan(share) else min(share, 1 - share)


def _opened(path: Place) -> tuple[TableSource, list[Choice]]:
    plain = source_of(path)
    files = plain.text_files
    layout, said = layout_of(files[0]) if files else (AS_PROGRAMS_WRITE, [])
    return source_of(path, layout), said


def _dated(timed: Timed | None) -> Array | None:
    return np.sort(timed.times.values) if timed is not None and timed.times.dated else None
