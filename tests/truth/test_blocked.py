"""Feedback does harm that can be seen, and weights by propensity undo most of it."""

import pytest
from blocked import LEARNERS, Judged, Stream, learn, table

from halflife.models.recipe import Recipe


@pytest.fixture(scope="module")
def judged() -> dict[str, list[Judged]]:
    """Six versions of each learner on one small stream."""
    stream = Stream.of(seed=1, rows=1200, ticks=24)
    return {name: list(learn(stream, name, Recipe(trees=30, leaves=7))) for name in LEARNERS}


def test_learners_are_one_until_decisions_are_taken(judged: dict[str, list[Judged]]) -> None:
    """The first version has seen every label, whoever trains it."""
    assert [name for name in LEARNERS if judged[name][0].log_loss != judged["twin"][0].log_loss] == []
    assert len(judged["naive"]) == 6


def test_a_model_unlearns_what_it_blocks(judged: dict[str, list[Judged]]) -> None:
    """Once its window holds no row from before the first decision, the marked fraud is far less suspicious to it."""
    lowest = {name: min(j.marked for j in judged[name]) for name in LEARNERS}
    assert lowest["twin"] > 0.85
    assert lowest["naive"] < lowest["twin"] - 0.2


def test_weights_by_propensity_remember(judged: dict[str, list[Judged]]) -> None:
    """With each explored row standing for those blocked beside it, marked fraud stays suspicious, as for the twin."""
    at = min(range(6), key=lambda k: judged["naive"][k].marked)
    assert judged["weighted"][at].marked > 0.8
    assert judged["weighted"][at].log_loss < judged["naive"][at].log_loss


def test_the_table_has_a_line_a_version(judged: dict[str, list[Judged]]) -> None:
    """Every version stands once, each figure for each learner."""
    lines = table([j for some in judged.values() for j in some])
    assert [line.split(" | ")[0] for line in lines[2:]] == [f"| {tick}" for tick in (7, 10, 13, 16, 19, 22)]
    assert all(line.count(" | ") == 9 for line in lines[2:])
