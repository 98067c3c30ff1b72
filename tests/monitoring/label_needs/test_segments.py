"""Which parts of the rows are told apart."""

import pandas as pd
import pytest

from halflife.models.errors import ClaimError
from halflife.models.learner.fit import fit
from halflife.models.recipe import Recipe
from halflife.models.rows import Column, Kind, Schema, Split, Window
from halflife.monitoring.claims.evidence.masks import Masks
from halflife.monitoring.label_needs.segments import parts, strongest

SCHEMA = Schema((Column("job", Kind.CATEGORICAL), Column("age", Kind.NUMERIC), Column("same", Kind.NUMERIC)))
ROWS = pd.DataFrame(
    {
        "job": (["cook", "o'clock", None, "clerk"] * 100)[:396] + ["spy"] * 4,
        "age": [float(k) for k in range(400)],
        "same": 1.0,
    }
)


def test_a_column_s_parts_are_a_partition_of_its_common_values() -> None:
    """Every row is in exactly one part, but for values rarer than one in a hundred; missing is a part, quotes are text."""
    found = parts(["job"], ROWS.assign(job=ROWS["job"].where(ROWS["job"] != "spy", "cook")), SCHEMA)
    assert found == ["job = 'clerk'", "job = 'cook'", "job = 'o''clock'", "job IS NULL"]
    inside = sum(Masks(ROWS)[where].astype(int) for where in found)
    assert inside.tolist() == [1] * 396 + [0] * 4


def test_a_number_is_halved_and_a_constant_is_no_segment() -> None:
    """Halves meet at the median; a predicate comes with its negation; nothing is named twice."""
    found = parts(["age", "same", "age", "age > 390"], ROWS, SCHEMA)
    assert found == ["age <= 199.5", "age > 199.5", "age > 390", "NOT (age > 390)"]


def test_a_segment_that_fits_no_column_is_refused_with_a_hint() -> None:
    """A misspelt column names the one that was meant."""
    with pytest.raises(ClaimError, match="job"):
        parts(["jobb"], ROWS, SCHEMA)


def test_categories_come_before_numbers_and_unused_columns_never() -> None:
    """Of two columns the trees use, the categorical one is first; a constant is not there."""
    n = 600
    rows = pd.DataFrame({"_id": [f"r{k}" for k in range(n)], "_tick": 0, "same": 1.0})
    rows["job"], rows["age"] = ["cook" if k % 3 else "clerk" for k in range(n)], [float(k % 7) for k in range(n)]
    rows["_label"] = ((rows["age"] > 3) ^ (rows["job"] == "cook")).astype(float)
    model = fit(Window(0, 0, "1", rows, Split()), SCHEMA, Recipe(trees=5, leaves=6, threads=1), seed=1)
    assert strongest(model, 3) == ("job", "age")
