"""The explanation on a terminal."""

from dataclasses import replace

import pytest

from halflife.models.domain import Scope
from halflife.models.explain.conditions import Among, Between
from halflife.models.explain.counterfactuals import FeatureChange, Flip
from halflife.models.explain.decision_paths import Path
from halflife.models.rows import Part
from halflife.monitoring.explanations.explanation import (
    Counterfactual,
    Decision,
    Explanation,
    Neighbour,
    Neighbourhood,
    Reason,
)
from halflife.monitoring.explanations.offers import Offer
from halflife.monitoring.reports.explanation_terminal import plain

VALUES = {"a_feature_with_quite_a_long_name": 1205.0, "month": "may", "emp.var.rate": None, "x": 0.1 + 0.2}
REASONS = tuple(Reason(f, v, a) for (f, v), a in zip(VALUES.items(), (2.3, -0.4, 0.2, 0.0), strict=True))
OFFERS = [Offer(1, "decision", "prediction", Scope.ARTIFACT, "v12 decides 1", 'prediction(case="a case") > 0')]
TOLD = Explanation(
    case="a case",
    version=12,
    tick=40,
    label=0,
    part=Part.EVIDENCE,
    inside=True,
    decision=Decision(0.873, 1.93, positive=True),
    threshold=0.5,
    raw=1.6,
    reasons=REASONS,
    paths=(
        Path(
            2,
            4,
            0.3,
            0.25,
            (
                Between("a_feature_with_quite_a_long_name", above=606.5),
                Among("month", ("apr", "jun", "may"), ("dec",), missing=False),
                Between("emp.var.rate", upto=1.25),
            ),
        ),
    ),
    trees=120,
    neighbourhood=Neighbourhood(
        (Neighbour("41023", 0.94, 39, 1, {**VALUES, "month": "oct"}),), 8977, 8977, 0.182, 0.8, "month = 'may'"
    ),
    counterfactuals=(
        Counterfactual(
            Flip(
                (
                    FeatureChange("a_feature_with_quite_a_long_name", 1205.0, 310.0),
                    FeatureChange("month", "may", "oct"),
                ),
                2.4,
            ),
            Decision(0.49996, -0.00016, positive=False),
            None,
        ),
    ),
    immutable=("x",),
    shares={},
)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_it_fits_the_terminal_and_keeps_its_figures(width: int) -> None:
    """No line is wider than the terminal, and no figure is cut away at 80 columns."""
    text = plain(TOLD, OFFERS, width)
    assert max(map(len, text.splitlines())) <= width
    for figure in (
        "0.873",
        "+1.93",
        "+2.30",
        "-0.40",
        "94",
        "18.2\N{NO-BREAK SPACE}%",
        "2.40",
        'prediction(case="a case") > 0',
    ):
        assert figure in text


def test_paths_are_told_in_the_words_of_the_schema() -> None:
    """Categories by name, one condition a feature, a missing value as such; trees are counted from 1."""
    text = " ".join(plain(TOLD, OFFERS, 120).split())
    said = "tree 3 +0.250 a_feature_with_quite_a_long_name > 606.5 and month in {may, apr, jun} and emp.var.rate is missing"
    assert said in text


def test_a_decision_by_a_hair_does_not_look_like_none() -> None:
    """A margin that would round to nothing keeps a digit, and its probability enough of them to differ from ½."""
    text = plain(TOLD, OFFERS)
    assert "-0.0002" in text
    assert "0.49996" in text


def test_what_the_row_was_used_for_is_said_only_of_rows_of_the_window() -> None:
    """No training saw an evidence row; of a row from another tick nothing is known but that."""
    assert "no training has seen it" in " ".join(plain(TOLD, OFFERS).split())
    outside = " ".join(plain(replace(TOLD, inside=False, label=None), OFFERS).split())
    assert "is no labelled row of the window of v12" in outside
    assert "no training has seen it" not in outside
    assert "label has not arrived" in outside


def test_control_models_are_mentioned_when_there_were_any() -> None:
    """Their column is there with their share, else not at all."""
    assert "control models" not in plain(TOLD, OFFERS)
    (one,) = TOLD.counterfactuals
    asked = replace(TOLD, counterfactuals=(replace(one, validity=0.75),))
    assert "75" in plain(asked, OFFERS).split("control models")[1]


def test_what_there_is_nothing_of_is_said() -> None:
    """No neighbour, no path, no counterfactual: a sentence each."""
    bare = replace(TOLD, paths=(), counterfactuals=(), neighbourhood=Neighbourhood((), 0, 0, None, None, ""))
    text = " ".join(plain(bare, OFFERS).split())
    assert "No tree tells this case from the others." in text
    assert "No change of up to three features; never changed: x was found to flip it." in text
    assert "no labelled training row to compare with" in text


def test_a_sample_of_the_training_rows_is_called_one() -> None:
    """Where not all were searched, how many, of how many, and how they were chosen."""
    sampled = replace(TOLD.neighbourhood, searched=100_000, of=400_000)
    assert "100,000 of 400,000 training rows, chosen by hash of id" in plain(
        replace(TOLD, neighbourhood=sampled), OFFERS
    )


def test_names_and_values_that_look_like_markup_stand_as_they_are() -> None:
    """Square brackets are text in a feature, a value, an id and a claim."""
    odd = "[/red]"
    told = replace(
        TOLD,
        case=odd,
        reasons=(Reason(odd, odd, 1.0),),
        paths=(Path(0, 0, 1.0, 1.0, (Among(odd, (odd,), ("x",), missing=False),)),),
        neighbourhood=Neighbourhood((Neighbour(odd, 1.0, 0, 1, {odd: odd}),), 1, 1, 1.0, None, ""),
        counterfactuals=(
            Counterfactual(Flip((FeatureChange(odd, odd, "[b]"),), 1.0), Decision(0.1, -2.0, positive=False), None),
        ),
    )
    text = plain(told, [replace(OFFERS[0], claim=odd)])
    places = {"headings": 2, "reason": 2, "path": 2, "neighbours": 5, "change": 2, "claim": 1}
    assert text.count(odd) == sum(places.values())
    assert "[b]" in text
