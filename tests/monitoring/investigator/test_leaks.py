"""Columns that give the label away, and honest ones beside them."""

import numpy as np
import pandas as pd
import pytest

from halflife.models.rows import TICK
from halflife.monitoring.investigator.leaks import How, leaks

N = 1500


@pytest.fixture
def rng() -> np.random.Generator:
    """Noise."""
    return np.random.default_rng(4)


@pytest.fixture
def label(rng: np.random.Generator) -> np.ndarray:
    """A fifth of the labels are 1."""
    return (rng.random(N) < 0.2).astype(float)


@pytest.fixture
def honest(rng: np.random.Generator, label: np.ndarray) -> pd.DataFrame:
    """A strong number (AUC about 0.9), a modest one with gaps, and a telling word."""
    return pd.DataFrame({
        "age": rng.normal(size=N) + 1.9 * label,
        "income": np.where(rng.random(N) < 0.2 + 0.1 * label, np.nan, rng.normal(size=N) + 0.5 * label),
        "job": np.where(rng.random(N) < 0.2 + 0.3 * label, "clerk", rng.choice(["cook", "spy"], N)),
    })  # fmt: skip


def test_honest_columns_are_not_accused(honest: pd.DataFrame, label: np.ndarray) -> None:
    """Neither a column with an AUC of 0.9, nor one missing a little more often, nor a word of half the positives."""
    assert leaks(honest, label) == ()


def test_columns_that_hide_each_other_all_come_out(
    honest: pd.DataFrame, label: np.ndarray, rng: np.random.Generator
) -> None:
    """Three words that stand only where something was recorded are all accused, by their being filled."""
    recorded = np.maximum(label, rng.random(N) < 0.05) == 1
    for name, levels in (("degree", 8), ("reason", 40), ("place", 5)):
        words = rng.choice([f"c{k}" for k in range(levels)], N)
        honest[name] = np.where(recorded & (rng.random(N) < 0.97), words, "")
    found = leaks(honest, label)
    assert {leak.columns for leak in found} == {("degree",), ("reason",), ("place",)}
    assert {leak.how for leak in found} == {How.FILLED}
    assert all("where it is filled" in leak.said for leak in found)


@pytest.mark.parametrize("share", [1.0, 0.4])
def test_one_value_that_only_one_label_has_is_enough(
    honest: pd.DataFrame, label: np.ndarray, rng: np.random.Generator, share: float
) -> None:
    """A column that is constant but for positives is accused, even if it is so for four in ten of them only."""
    flagged = (label == 1) & (rng.random(N) < share)
    (leak,) = leaks(honest.assign(fee=np.where(flagged, rng.gamma(2, 50, N), 0.0)), label)
    assert (leak.columns, leak.how) == (("fee",), How.VALUE)
    assert leak.where is not None
    assert (leak.where == flagged).all()


def test_a_column_in_the_order_of_the_label_is_accused(honest: pd.DataFrame, label: np.ndarray) -> None:
    """A number that counts rows sorted by label ranks all pairs, though no value of it comes twice."""
    (leak,) = leaks(honest.assign(number=np.argsort(np.argsort(label, kind="stable"))), label)
    assert (leak.columns, leak.how, leak.auc) == (("number",), How.VALUE, 1.0)


@pytest.mark.parametrize("kind", ["exclusive or", "difference", "one missing or the other"])
def test_columns_that_do_it_only_together_are_named_together(
    honest: pd.DataFrame, label: np.ndarray, rng: np.random.Generator, kind: str
) -> None:
    """Of columns that tell nothing alone and all together every one is named, and no other."""
    noise = rng.normal(size=N)
    if kind == "exclusive or":
        flipped = rng.integers(0, 2, N)
        added = {"a": flipped, "b": np.abs(flipped - label)}
    elif kind == "difference":
        added = {"a": 3 * noise, "b": 3 * noise + label + 0.05 * rng.normal(size=N)}
    else:
        third = rng.integers(0, 3, N)
        hit = (label == 1) | (rng.random(N) < 0.03)
        added = {name: np.where(hit & (third == k), noise, np.nan) for k, name in enumerate("abc")}
    (leak,) = leaks(honest.drop(columns="age").assign(**added), label)
    assert set(leak.columns) == set(added)
    assert leak.how is How.TOGETHER


def test_a_column_that_arrives_with_its_label_is_accused_though_it_says_nothing_of_it(
    honest: pd.DataFrame, label: np.ndarray, rng: np.random.Generator
) -> None:
    """Rows whose label has not arrived lack the column; one that merely appeared later is not accused for that."""
    ticks = np.arange(N) // 300
    waiting = rng.random(N) < np.array([0.0, 0.1, 0.2, 0.5, 0.9])[ticks]
    rows = honest.assign(closed=np.where(waiting, np.nan, rng.normal(size=N)), **{TICK: ticks})
    rows["newer"] = np.where(ticks < 3, rng.normal(size=N), np.nan)
    (leak,) = leaks(rows, np.where(waiting, np.nan, label))
    assert (leak.columns, leak.how) == (("closed",), How.ARRIVAL)


def test_too_few_labels_accuse_nobody(label: np.ndarray) -> None:
    """With 19 rows of one label even a copy of it is not accused: one cannot tell."""
    few = np.concatenate([np.zeros(200), np.ones(19)])
    assert leaks(pd.DataFrame({"copy": few}), few) == ()
    more = np.append(few, 1.0)
    assert leaks(pd.DataFrame({"copy": more}), more)


def test_chance_accuses_hardly_anybody() -> None:
    """Of 500 columns of noise, with gaps and words among them, none is accused, alone or in one of the pairs."""
    rng = np.random.default_rng(7)
    accused = 0
    for _ in range(10):
        label = (rng.random(400) < 0.1).astype(float)
        numbers = pd.DataFrame(rng.normal(size=(400, 40)))
        words = pd.DataFrame(rng.choice([None, "a", "b", "c"], (400, 10)))
        accused += len(leaks(pd.concat([numbers, words.add_prefix("w")], axis=1), label))
    assert accused == 0


def test_odd_columns_are_looked_at_all_the_same(label: np.ndarray, rng: np.random.Generator) -> None:
    """Empty, constant, infinite, mixed and dated columns accuse nobody and stop nothing, nor do tables without rows."""
    odd = pd.DataFrame({
        "empty": np.nan,
        "none": [None] * N,
        "constant": 1,
        "infinite": np.where(rng.random(N) < 0.1, np.inf, 1.0),
        "mixed": [1, "a", None] * (N // 3),
        "when": pd.date_range("2020-01-01", periods=N),
        "nullable": pd.array(rng.integers(0, 3, N), dtype="Int64"),
    })  # fmt: skip
    assert leaks(odd, label) == ()
    assert leaks(odd.iloc[:0], label[:0]) == ()
    assert leaks(odd[[]], label) == ()
