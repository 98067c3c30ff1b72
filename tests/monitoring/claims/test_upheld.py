"""In how many of its version's shadows a finding holds, and what centring shadows does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halflife.models.domain import Check, Finding, Interval, Measurement, Scope, Status
from halflife.models.shadow import Controls, centred
from halflife.monitoring.claims.estimation.shadow_agreement import shadow_agreement, upholding
from halflife.monitoring.claims.language.about_case import about_case
from halflife.monitoring.claims.language.grammar import parse

NAN = float("nan")

values = st.floats(-5, 5)


@given(values, st.lists(values, min_size=2, max_size=8), values)
def test_centred_shadows_have_their_versions_mean_and_lose_the_bias_they_share(
    theta: float, said: list[float], bias: float
) -> None:
    """Mean θ, distances as they were; whatever all are off by together leaves no trace. One alone stays."""
    found = np.array(centred(theta, said))
    assert found.mean() == pytest.approx(theta, abs=1e-9)
    assert found - theta == pytest.approx(np.array(said) - np.mean(said), abs=1e-9)
    assert centred(theta, [t + bias for t in said]) == pytest.approx(found, abs=1e-9)
    assert centred(theta, said[:1]) == (said[0],)


def test_a_tolerance_counts_and_what_is_unknown_is_not_asked() -> None:
    """θ = 0.69 upholds > 0.7 ± 0.02; a model without θ is none of those asked."""
    assert upholding(parse("auc() > 0.7 ± 0.02"), [0.69, NAN, 0.6]) == (1, 2)
    assert upholding(parse("auc() > 0.7"), [0.69, NAN, 0.6]) == (0, 2)
    assert upholding(parse("auc() <= 0.69"), [0.69, 0.7]) == (1, 2)
    assert upholding(parse("auc() > 0"), [NAN]) == (0, 0)
    assert upholding(parse('top_reason(case="7") == "age"'), [0.1, -0.1]) == (1, 2)


def finding(claim: str, scope: Scope = Scope.POPULATION) -> Finding:
    """Made on version 1."""
    return Finding("f", claim, claim.partition("(")[0], scope, 1, id=1)


def check(controls: Controls | None, estimate: float | None = 0.75) -> Check:
    """An AUC on fresh rows, on pinned ones another."""
    interval = None if estimate is None else Interval(estimate, estimate - 0.02, estimate + 0.02)
    fresh = Measurement(900, interval, Status.HOLDS if interval else Status.UNTESTABLE)
    return Check(1, 1, 0.7, Measurement(800, Interval(0.3, 0.2, 0.4), Status.STALE), fresh, controls)


def test_shadows_are_read_as_they_are_on_the_rows_that_decide() -> None:
    """Of θ = 0.69, 0.71 and 0.75 on fresh rows two uphold > 0.7, whatever the pinned rows say."""
    assert shadow_agreement(finding("auc() > 0.7"), check(Controls((0.1,) * 3, (0.69, 0.71, 0.75)))) == (2, 3)


def test_where_there_is_nothing_to_read_nothing_is_counted() -> None:
    """No shadows, no estimate by any of them, a claim of another build."""
    four = Controls((0.1,) * 4, (0.8,) * 4)
    fair = finding("auc() > 0.7")
    assert shadow_agreement(fair, check(four)) == (4, 4)
    assert shadow_agreement(fair, check(None)) == (0, 0)
    assert shadow_agreement(fair, check(Controls((NAN,) * 4, (NAN,) * 4))) == (0, 0)
    assert shadow_agreement(finding("vibes() > 0.7"), check(four)) == (0, 0)


def test_which_findings_are_about_a_case() -> None:
    """Those whose statistic looks up one row, whatever their scope; a share of flips is about rows."""
    case, flips = 'flips(case="7", set={"age": 3}) == True', 'flips(set={"age": 3}) > 0.1'
    assert about_case(finding(case, Scope.PROCESS))
    assert about_case(finding(case, Scope.ARTIFACT))
    assert not about_case(finding(flips, Scope.PROCESS))
    assert not about_case(finding('vibes(case="7") > 0', Scope.PROCESS))
