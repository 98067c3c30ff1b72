"""What is said of a case is what the statistics say of it."""

from collections.abc import Callable
from json import dumps

import numpy as np
import pandas as pd
import pytest

from halflife.models.explain.attributions import attributions
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL, ROW_ID, Part, Window
from halflife.monitoring.claims.evidence.masks import mask
from halflife.monitoring.explanations.explain_case import explain
from halflife.monitoring.explanations.explanation import Explanation
from halflife.monitoring.explanations.explanation_document import document
from halflife.monitoring.explanations.offers import offers
from halflife.monitoring.policy import ExplainPolicy

Told = Callable[..., Explanation]
Named = Callable[[Part], str]


def row(window: Window, case: str) -> pd.DataFrame:
    """One row of the window."""
    return window.rows[window.rows[ROW_ID] == case]


def test_the_decision_is_the_calibrated_one(told: Told, model: Model, window: Window, named: Named) -> None:
    """The same probability and threshold as everywhere else; the margin is the difference of their log-odds."""
    case = named(Part.EVIDENCE)
    said = told(case)
    (probability,) = model.probability(row(window, case))
    assert said.decision.probability == pytest.approx(probability)
    assert said.decision.positive == (probability >= model.threshold)
    assert said.decision.margin == pytest.approx(np.log(probability / (1 - probability)))
    assert said.label == int(row(window, case)[LABEL].iloc[0])
    assert said.wrong == (said.decision.positive != bool(said.label))


def test_the_reasons_lead_from_the_expected_score_to_the_raw_one(told: Told, model: Model, window: Window) -> None:
    """Every feature once, the strongest first; the expected score is the same for every case."""
    one, two = told("c0007"), told("c0123")
    assert one.expected == pytest.approx(two.expected)
    sizes = [abs(reason.attribution) for reason in one.reasons]
    assert sizes == sorted(sizes, reverse=True)
    assert {reason.feature for reason in one.reasons} == set(model.schema.names)
    (phi,) = attributions(model, model.matrix(row(window, "c0007")), threads=1)
    assert {r.feature: r.attribution for r in one.reasons} == dict(zip(model.schema.names, phi, strict=True))


def test_what_a_row_was_used_for_is_said(told: Told, named: Named, window: Window) -> None:
    """Its part by the hash of its id; a row without a label was used for nothing."""
    for part in Part:
        said = told(named(part))
        assert (said.part, said.inside) == (part, True)
    unlabelled = str(window.rows[ROW_ID][window.rows[LABEL].isna()].iloc[0])
    said = told(unlabelled)
    assert (said.label, said.inside, said.wrong) == (None, False, False)


def test_neighbours_are_other_training_rows(told: Told, window: Window, named: Named) -> None:
    """Labelled training rows in order of similarity, never the case itself; the rates are similarity-weighted means."""
    train = set(window.part(Part.TRAIN)[ROW_ID])
    case = named(Part.TRAIN)
    near = told(case, neighbours=30).neighbourhood
    assert {n.case for n in near.nearest} <= train - {case}
    similar = [n.similarity for n in near.nearest]
    assert similar == sorted(similar, reverse=True)
    assert (near.searched, near.of) == (len(train) - 1, len(train))
    everyone = told(case, neighbours=len(train)).neighbourhood.nearest
    weights = np.array([n.similarity for n in everyone])
    assert near.positive == pytest.approx(np.average([n.label for n in everyone], weights=weights))
    alike = mask(near.condition, window.rows.set_index(ROW_ID).loc[[n.case for n in everyone]])
    assert near.alike == pytest.approx(np.average(alike, weights=weights))


def test_the_neighbours_condition_is_true_of_the_case(told: Told, window: Window) -> None:
    """It is what the strongest path asks of the top reason's feature, as a predicate; nothing where that is missing."""
    conditions = set()
    for case in window.rows[ROW_ID].iloc[:40]:
        said = told(case)
        condition = said.neighbourhood.condition
        conditions.add(condition)
        if condition:
            assert mask(condition, row(window, case)).all()
        else:
            assert said.reasons[0].value is None
    assert len(conditions) > 3


def test_a_counterfactual_is_decided_otherwise_by_the_same_scores(told: Told, model: Model, window: Window) -> None:
    """Its probability and margin are those of the changed row, on the other side of the threshold."""
    said = told("c0011")
    assert said.counterfactuals
    for one in said.counterfactuals:
        after = row(window, "c0011").assign(**{c.feature: c.after for c in one.flip.changes})
        assert one.then.probability == pytest.approx(model.probability(after)[0])
        assert one.then.positive != said.decision.positive
        assert one.validity is None
    assert all("visits" not in one.flip.features for one in told("c0011", immutable=("visits",)).counterfactuals)


def test_a_category_never_seen_is_told_as_it_stands(model: Model, window: Window) -> None:
    """The trees take it for missing; reasons, paths and changes name it."""
    case = row(window, "c0011").assign(plan="gold")
    said = explain(3, model, case, window, window.part(Part.DISCOVERY), ExplainPolicy(counterfactuals=9, paths=20))
    assert said.values["plan"] == "gold"
    asked = [c.words("gold") for path in said.paths for c in path.conditions if c.feature == "plan"]
    assert set(asked) == {"plan is gold, never seen in training"}
    assert {c.before for one in said.counterfactuals for c in one.flip.changes if c.feature == "plan"} == {"gold"}


def test_control_models_are_asked_when_there_are_any(told: Told, model: Model) -> None:
    """The model itself agrees with its own counterfactuals; without control models nothing is said."""
    assert [one.validity for one in told("c0011", controls=(model, model)).counterfactuals] == [1.0] * len(
        told("c0011").counterfactuals
    )


def test_the_document_holds_everything_and_is_json(told: Told, model: Model) -> None:
    """Missing values are null, claims are numbered, and the figures are the explanation's."""
    said = told("c0011")
    written = document(said, offers(said, model.schema))
    assert dumps(written, allow_nan=False)
    assert written["prediction"]["margin"] == said.decision.margin
    assert [claim["number"] for claim in written["claims"]] == list(range(1, len(written["claims"]) + 1))
    assert len(written["counterfactuals"]) == len(said.counterfactuals)
    assert written["neighbours"]["rows"][0]["case"] == said.neighbourhood.nearest[0].case
