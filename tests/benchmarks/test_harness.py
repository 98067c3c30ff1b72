"""The harness measures what it says, and its page is made of the results that are kept."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from harness import SCENARIOS, NoPeer, Pair, Scenario, check, measure
from page import page, table
from run import HERE, PAGE, RESULTS


def made(ours: list[float], peer: list[float], **more: object) -> Scenario:
    """A scenario whose measurements are given; the first of each is the warm-up's."""
    mine, theirs = iter([9e9, *ours]), iter([1e-9, *peer])
    pair = Pair(ours=lambda: next(mine), peer=lambda: next(theirs))
    plain = {"id": "x/y", "question": "?", "ours": "a", "peer": "b", "goal": 3.0, "pairs": len(ours)}
    return Scenario(set_up=lambda: pair, **{**plain, **more})  # type: ignore[arg-type] # the fields' types differ


def test_the_ratio_is_the_median_of_the_pairs_and_the_warm_up_is_thrown_away() -> None:
    """Ratios 2, 3 and 8 have median 3 and quartiles 2.5 and 5.5; medians of the times alone would give 4."""
    result = measure(made([1, 2, 1], [2, 6, 8]))
    assert (result.ratio, result.spread, result.ok, result.pairs) == (3, (2.5, 5.5), True, 3)
    assert (result.ours, result.peer) == (1, 6)


def test_a_cost_is_ours_over_the_peer_and_should_stay_under_its_goal() -> None:
    """``better="lower"`` turns the ratio and the comparison."""
    result = measure(made([4], [1], better="lower"))
    assert (result.ratio, result.spread, result.ok) == (4, (4, 4), False)


def test_who_goes_first_alternates() -> None:
    """Neither side always finds the caches the other left."""
    order: list[str] = []
    pair = Pair(ours=lambda: order.append("ours") or 1.0, peer=lambda: order.append("peer") or 1.0)
    measure(Scenario("x", "?", "a", "b", 1, lambda: pair, pairs=2, warm_up=False))
    assert order == ["ours", "peer", "peer", "ours"]


def test_a_missing_peer_is_skipped_with_its_reason() -> None:
    """Not a failure, and not a success."""

    def absent() -> Pair:
        """A set-up whose peer is not there."""
        raise NoPeer("river is not installed: make .venv/bench")

    result = measure(Scenario("x", "?", "a", "b", 1, absent))
    assert (result.ok, result.ratio, result.skipped) == (None, None, "river is not installed: make .venv/bench")


def test_different_answers_are_no_comparison() -> None:
    """``same`` runs before anything is measured."""

    def differs() -> None:
        """Two answers that are not the same."""
        raise AssertionError("0.1 apart")

    pair = Pair(ours=lambda: 1.0, peer=lambda: 1.0, same=differs)
    with pytest.raises(AssertionError, match="apart"):
        measure(Scenario("x", "?", "a", "b", 1, lambda: pair))


def test_the_check_passes_on_the_best_pair_and_fails_when_no_pair_reaches_the_floor() -> None:
    """One spoiled pair is noise; all of them are a regression."""
    assert check(made([10, 1], [20, 6], floor=5.0)) == (True, 6)
    assert check(made([1] * 5, [2, 3, 4, 4.5, 2], floor=5.0)) == (False, 4.5)


def test_every_scenario_has_an_id_that_another_revision_can_find() -> None:
    """``run.py --list`` imports every file of scenarios without any peer and lists ``topic/case`` ids."""
    listed = subprocess.run(
        [sys.executable, HERE / "run.py", "--list"], check=True, text=True, capture_output=True
    ).stdout.split()
    assert len(listed) == len(set(listed)) > 0
    assert all(name.count("/") == 1 for name in listed)


def test_the_page_is_made_of_the_results_that_are_kept() -> None:
    """``infra/docs/benchmarks.md`` cannot say what was not measured."""
    assert PAGE.read_text(encoding="utf-8") == page(json.loads(RESULTS.read_text(encoding="utf-8")))


def test_results_can_be_compared_between_revisions() -> None:
    """The other revision's ratio stands in brackets."""
    line = measure(made([1], [4])).as_json()
    assert table([line], {"x/y": {**line, "ratio": 2.0}}).endswith("goal ≥ 3  (2)")


def test_the_table_starts_empty() -> None:
    """Importing the harness enters nothing; scenario files do."""
    assert Path(__file__).stem not in SCENARIOS
