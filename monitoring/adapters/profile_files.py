"""Layouts and profiles as Parquet files, each written whole or not at all; one that cannot be read is not there."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from halflife.monitoring.adapters.places import Place
from halflife.monitoring.drift.sketches.column import Categories, Numbers, Sketch
from halflife.monitoring.drift.sketches.layout import Edges, Layout, Words
from halflife.monitoring.drift.sketches.profile import Profile
from halflife.monitoring.whole_files import replacing

SAID = b"halflife"
DAMAGED = (OSError, pa.ArrowException, KeyError, TypeError, ValueError, IndexError)


def write_layout(path: Place, layout: Layout) -> None:
    """Keep the bins: a row for each edge and each known category."""
    names: list[str] = []
    edges: list[float | None] = []
    words: list[str | None] = []
    for name, column in layout.columns.items():
        values: list[Any] = list(column.known) if isinstance(column, Words) else column.values.tolist()
        names += [name] * len(values)
        edges += [None] * len(values) if isinstance(column, Words) else values
        words += values if isinstance(column, Words) else [None] * len(values)
    cells = {
        "column": pa.array(names, pa.string()),
        "edge": pa.array(edges, pa.float64()),
        "word": pa.array(words, pa.string()),
    }
    _write(
        path,
        pa.table(cells),
        {"categorical": [isinstance(c, Words) for c in layout.columns.values()], "digest": layout.digest},
    )


def read_layout(path: Place, names: tuple[str, ...]) -> Layout | None:
    """The bins of these columns; None when there are none, or they are damaged."""
    try:
        table, said = _read(path)
        at, edges, words = (table[name].to_numpy(zero_copy_only=False) for name in ("column", "edge", "word"))
        columns: dict[str, Edges | Words] = {}
        for name, categorical in zip(names, said["categorical"], strict=True):
            own = at == name
            columns[name] = Words(tuple(words[own])) if categorical else Edges(edges[own].astype(float))
        layout = Layout(columns)
        return layout if layout.digest == said["digest"] else None
    except DAMAGED:
        return None


def write_profile(path: Place, profile: Profile, layout: Layout) -> None:
    """Keep a profile: a row for each bin that is not empty, of all columns' bins in one line."""
    counts = np.concatenate([np.empty(0, np.int64), *(sketch.counts for sketch in profile.columns.values())])
    places = np.concatenate([np.empty(0, np.int64), *(_places(sketch) for sketch in profile.columns.values())])
    bins = np.flatnonzero(counts)
    table = pa.table({"bin": np.diff(bins, prepend=0).astype(np.int32), "count": counts[bins], "places": places[bins]})
    moments = [s.moments.tolist() if isinstance(s, Numbers) else None for s in profile.columns.values()]
    missing = [sketch.missing for sketch in profile.columns.values()]
    _write(path, table, {"layout": layout.digest, "rows": profile.rows, "missing": missing, "moments": moments})


def read_profile(path: Place, layout: Layout) -> Profile | None:
    """A profile over these bins; None when there is none, it is damaged, or it was counted over other bins."""
    try:
        table, said = _read(path)
        if said["layout"] != layout.digest:
            return None
        ends = np.cumsum([0, *(column.bins for column in layout.columns.values())])
        bins = np.cumsum(table["bin"].to_numpy())
        counts, places = np.zeros(ends[-1], np.int64), np.zeros(ends[-1], np.int64)
        counts[bins], places[bins] = table["count"].to_numpy(), table["places"].to_numpy()
        columns: dict[str, Sketch] = {}
        for i, (name, column) in enumerate(layout.columns.items()):
            own = slice(ends[i], ends[i + 1])
            missing = int(said["missing"][i])
            if isinstance(column, Words):
                columns[name] = Categories(column, counts[own], missing)
            else:
                moments = np.array(said["moments"][i], dtype=float)
                columns[name] = Numbers(column, counts[own], places[own], moments, missing)
            if columns[name].present + missing != said["rows"]:
                return None
        return Profile(int(said["rows"]), columns)
    except DAMAGED:
        return None


def _places(sketch: Sketch) -> Any:
    return sketch.places if isinstance(sketch, Numbers) else np.zeros_like(sketch.counts)


def _read(path: Place) -> tuple[pa.Table, dict[str, Any]]:
    table = pq.read_table(path if isinstance(path, Path) else pa.BufferReader(path.read_bytes()))
    said: dict[str, Any] = json.loads(table.schema.metadata[SAID])
    return table, said


def _write(path: Place, table: pa.Table, said: Mapping[str, Any]) -> None:
    table = table.replace_schema_metadata({SAID: json.dumps(said)})
    if isinstance(path, Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as draft:
            pq.write_table(table, draft, compression="zstd")
    else:
        whole = pa.BufferOutputStream()
        pq.write_table(table, whole, compression="zstd")
        path.write(whole.getvalue().to_pybytes())
