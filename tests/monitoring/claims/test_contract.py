"""The contract that every statistic keeps, whatever it computes: the checks that ship, over every statistic there is."""

import pytest

from halflife.models.rows import ROW_ID
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.testing.small_model import small_pass, small_rows
from halflife.testing.statistic_checks import Check, needs_its_labels, statistic_checks
from halflife.testing.statistic_specimens import Specimen, answer

RELATIVES = {
    "ale": Specimen('effect("duration", kind="ale") > 0'),
    "effect of a category": Specimen('effect("sex", low="F", high="M") > 0'),
    "flip share": Specimen('flips(set={"duration": -3}, where="sex = \'F\'") > 0.1'),
    "gap of auc": Specimen('gap("auc", a="sex = \'F\'", b="sex = \'M\'") > 0', linearised=0.2, needs_positives=True),
    "gap of means": Specimen('gap("brier", a="sex = \'F\'", b="sex = \'M\'") > 0'),
    "reliance by loss": Specimen('reliance("duration", metric="loss") > 0'),
    "reliance by permutation": Specimen('reliance(["duration", "job"], do="permutation") > 0'),
    "drift of a category": Specimen('drift("job") < 0.2', still=True),
    "neighbours' labels": Specimen('neighbour_share(case="41023") > 0.1'),
}
"""Claims about other members of families than the one in the example."""
OWN_WAYS = {
    "auc": {"linearised": 0.2, "needs_positives": True},
    "calibration_error": {"linearised": 1.0},  # bins of repeated rows are other bins
    "calibration_intercept": {"linearised": 0.2, "needs_positives": True},
    "calibration_slope": {"linearised": 0.2, "needs_positives": True},
    "drift": {"still": True},
    "representation": {"empty": 0.0},
    "tpr": {"needs_positives": True},
}
"""Statistics whose example keeps the contract in a way of its own."""
SPECIMENS = {**{name: Specimen(s.example, **OWN_WAYS.get(name, {})) for name, s in STATISTICS.items()}, **RELATIVES}
PAIRS = [
    pytest.param(specimen, check, id=f"{check.__name__}-{name}")
    for name, specimen in SPECIMENS.items()
    for check in statistic_checks(specimen)
]


@pytest.mark.parametrize(("specimen", "check"), PAIRS)
def test_a_statistic_keeps_the_contract(specimen: Specimen, check: Check) -> None:
    """What each check states in its first line is true of every statistic, and of other members of its family."""
    check(specimen)


def test_what_needs_labels_is_asked_for_them() -> None:
    """The check for missing labels runs over all that declare the need, and over losses."""
    asked = {name for name, specimen in SPECIMENS.items() if needs_its_labels in statistic_checks(specimen)}
    assert asked == {n for n, s in SPECIMENS.items() if parse(s.text).about.needs_labels} | {"reliance by loss"}


def test_ids_are_all_that_tells_rows_apart() -> None:
    """Other ids are other weights: the estimate stays, the resampled interval does not."""
    frame = small_rows(300, seed=1)
    other = frame.assign(**{ROW_ID: [f"x{name}" for name in frame[ROW_ID]]})
    one, two = (answer(small_pass(evidence=f), "log_loss() < 1") for f in (frame, other))
    assert one.interval is not None
    assert two.interval is not None
    assert one.interval.estimate == pytest.approx(two.interval.estimate)
    assert one.interval.lower != two.interval.lower
