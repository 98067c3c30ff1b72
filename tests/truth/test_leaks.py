"""The harness that holds leaks against those built in, and a small part of what it does."""

import pytest
from leaks import KINDS, Tally, injected, tally, total, world

FOUND = [
    "copy of the label",
    "copy, 2 % wrong",
    "monotone transform",
    "filled only if positive",
    "missing only if positive",
    "three that hide each other",
    "exclusive or of two values",
    "difference of two",
    "numbered in order of label",
    "date after the event",
    "duration, 0 but for positives",
]
"""What must be found in every stream; the others are measured."""


@pytest.fixture(autouse=True)
def synthetic(monkeypatch: pytest.MonkeyPatch) -> None:
    """One host that is always there."""
    monkeypatch.delenv("HALFLIFE_DATA", raising=False)


@pytest.mark.parametrize("kind", FOUND)
def test_a_leak_that_is_built_in_is_found_and_nothing_else(kind: str) -> None:
    """Every leaking column is accused, and none of the twelve honest ones beside it."""
    one = injected(kind, seed=1)
    assert (one.found, one.false) == (one.built, 0)
    assert one.clean == 12


def test_what_looks_honest_is_measured_too() -> None:
    """A column three times larger for positives overlaps as honest ones do: it is counted as missed, not left out."""
    assert "duration, three times longer" in KINDS
    assert injected("duration, three times longer", seed=1).found == 0


@pytest.mark.parametrize("name", ["calm", "benign", "feedback"])
def test_a_world_without_a_leak_is_not_accused(name: str) -> None:
    """Of 2,000 rows of a synthetic world, labels still missing among them, no column is accused."""
    host = world(name, seed=2)
    assert tally(name, host.features, host.label, set()).false == 0


def test_tallies_add_up() -> None:
    """A total counts streams, columns and accusations of all."""
    assert total("both", [Tally("a", 1, 2, 1, 0, 12), Tally("b", 1, 1, 1, 3, 12)]) == Tally("both", 2, 3, 2, 3, 24)
