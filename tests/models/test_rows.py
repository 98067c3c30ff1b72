"""Which part a row plays: by its id alone, for ever."""

import numpy as np
import pandas as pd
import pytest

from halflife.models.rows import ENTITY, LABEL, ROW_ID, TICK, Part, Split, Window, row_hash


def window(ids: list[str]) -> Window:
    """A window of labelled rows with these ids."""
    rows = pd.DataFrame({ROW_ID: ids, TICK: 0, LABEL: 1.0, "x": np.arange(len(ids), dtype=float)})
    return Window(0, 0, "rows@0,labels@0", rows, Split())


def test_the_hash_of_an_id_never_changes() -> None:
    """Golden words: another hash would move rows from evidence into training."""
    assert row_hash(["0", "41023", "00007-00042"]).tolist() == [
        8872142683093127234,
        16672131380060727220,
        18367984626268909620,
    ]


def test_parts_have_their_shares() -> None:
    """Of 40,000 rows each part gets its share, within four standard errors."""
    parts = Split(evidence=0.10, discovery=0.05, calibration=0.10).parts([str(i) for i in range(40_000)])
    shares = {Part.EVIDENCE: 0.10, Part.DISCOVERY: 0.05, Part.CALIBRATION: 0.10, Part.TRAIN: 0.75}
    for part, share in shares.items():
        assert (parts == part).mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 40_000))


def test_the_parts_of_a_window_share_no_row_and_leave_none_out() -> None:
    """Every row is in exactly one part, so no evidence row trains and no discovery row tests."""
    whole = window([f"r{i}" for i in range(3_000)])
    parts = [set(whole.part(part)[ROW_ID]) for part in Part]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 3_000


def test_rows_about_one_entity_are_never_on_two_sides() -> None:
    """Where a frame has entities their hash decides, so that each of 200 customers is of one part in any window."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({ROW_ID: [str(i) for i in range(4000)], TICK: 0, LABEL: 1.0})
    rows[ENTITY] = [f"c{k}" for k in rng.integers(200, size=4000)]
    window = Window(0, 0, "rows@0,labels@0", rows, Split(cluster="customer"))
    parts = {part: set(window.part(part)[ENTITY]) for part in Part}
    assert sum(map(len, parts.values())) == len(set().union(*parts.values())) == 200
    assert sum(window.count(part) for part in Part) == 4000


def test_a_row_plays_the_same_part_in_every_window() -> None:
    """The part depends on the id, not on what stands beside it."""
    one, other = window([f"r{i}" for i in range(500)]), window([f"r{i}" for i in range(499, 300, -1)])
    shared = set(other.part(Part.EVIDENCE)[ROW_ID])
    assert shared == set(one.part(Part.EVIDENCE)[ROW_ID]) & set(other.rows[ROW_ID])
