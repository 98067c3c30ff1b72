"""Shares of a change where every part is known in closed form."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halflife.models.causes import Cause
from halflife.monitoring.causes.retraining_noise import Basis, RetrainingNoise
from halflife.monitoring.causes.shares import Fit, ThetaChange, shares

QUIET = RetrainingNoise(Basis.PAIRED, 1e-12, 20.0, 5e-13, 6.0)


def linear(
    covariate: float = 0.0, concept: float = 0.0, recipe: float = 0.0, feedback: float = 0.0
) -> Mapping[Fit, float]:
    """θ of every fit of a linear world: what each thing that changed adds, one by one."""
    world = covariate + concept + feedback
    return {
        Fit.BEFORE: 1.0,
        Fit.NOW: 1.0 + world + recipe,
        Fit.BEFORE_NEW_RECIPE: 1.0 + recipe,
        Fit.NOW_OLD_RECIPE: 1.0 + world,
        Fit.BEFORE_REWEIGHTED: 1.0 + covariate,
        Fit.NOW_OPEN: 1.0 + covariate + concept + recipe,
    }


def told(change: ThetaChange) -> dict[Cause, float]:
    """Shares without their errors."""
    return {cause: share.share for cause, share in shares(change, 1).items()}


def test_without_noise_every_cause_gets_its_own_part() -> None:
    """Parts of 0.4, 0.3, 0.2 and 0.1 beside evidence of 1 are 20, 15, 10, 5 and 50 %."""
    found = told(ThetaChange(1.0, linear(covariate=0.4, concept=0.3, recipe=0.2, feedback=0.1), QUIET))
    expected = {
        Cause.EVIDENCE: 0.5,
        Cause.COVARIATE: 0.2,
        Cause.CONCEPT: 0.15,
        Cause.PIPELINE: 0.1,
        Cause.FEEDBACK: 0.05,
    }
    assert {cause: found[cause] for cause in expected} == pytest.approx(expected, abs=1e-6)


def test_noise_takes_its_part_of_the_model_first_and_seeds_theirs_of_noise() -> None:
    """With z = 5, ρ is 4 % of the model's part; a quarter of it is the seeds'."""
    noise = RetrainingNoise(Basis.PAIRED, 0.01, 30.0, 0.0025, 10.0)
    found = told(ThetaChange(0.5, {Fit.BEFORE: 0.0, Fit.NOW: 0.5}, noise))
    assert found == pytest.approx(
        {Cause.EVIDENCE: 0.5, Cause.SAMPLING: 0.015, Cause.SEED: 0.005, Cause.DATA: 0.48}, abs=1e-9
    )


def test_a_model_part_within_noise_is_all_noise() -> None:
    """At z = 1.5 nothing of the model's part is put down to the world, though ρ is 44 %."""
    found = told(ThetaChange(0.0, linear(concept=0.15), RetrainingNoise(Basis.PAIRED, 0.01, 30.0)))
    assert found[Cause.SAMPLING] == pytest.approx(1.0)
    assert sum(found[c] for c in (Cause.CONCEPT, Cause.COVARIATE, Cause.PIPELINE)) == 0


def test_without_shadows_only_what_is_exact_has_a_share() -> None:
    """Evidence and pipeline are told, the rest of the change is not, and z is not a number."""
    change = ThetaChange(0.2, {**linear(concept=0.5, recipe=0.3)}, None)
    found = told(change)
    assert np.isnan(change.z)
    assert found == pytest.approx({Cause.EVIDENCE: 0.2, Cause.PIPELINE: 0.3})


def test_nothing_that_moved_has_no_shares() -> None:
    """No change, no cause."""
    assert shares(ThetaChange(0.0, {Fit.BEFORE: 0.3, Fit.NOW: 0.3}, QUIET), 1) == {}


@given(
    st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2), st.floats(0.0, 1.0), st.floats(1.0, 40.0)
)
def test_shares_are_a_division_of_the_whole(
    evidence: float, covariate: float, concept: float, recipe: float, v: float, df: float
) -> None:
    """Non-negative, summing to 1, with finite errors of at most one half; the parts sum to the model's part."""
    change = ThetaChange(evidence, linear(covariate, concept, recipe), RetrainingNoise(Basis.PAIRED, v, df, v / 3, 3.0))
    found = shares(change, 1)
    if not found:
        return
    assert sum(s.share for s in found.values()) == pytest.approx(1.0)
    assert all(s.share >= 0 and 0 <= s.error <= 0.5 for s in found.values())
    assert sum(change.parts.values()) == pytest.approx(change.model, abs=1e-9)


def test_the_error_is_the_spread_of_the_share_over_redrawn_fits() -> None:
    """Against a plain simulation of the same model: θ of two fits redrawn with v/2 each, v from its scaled χ²."""
    v, df, evidence, model = 0.01, 8.0, 0.1, 0.5
    rng = np.random.default_rng(11)
    drawn = v * df / rng.chisquare(df, 200_000)
    moved = model + np.sqrt(drawn / 2) * (rng.normal(size=200_000) - rng.normal(size=200_000))
    share = np.abs(moved) / (np.abs(moved) + evidence) * (1 - np.minimum(1, drawn / moved**2))
    found = shares(ThetaChange(evidence, {Fit.BEFORE: 0.0, Fit.NOW: model}, RetrainingNoise(Basis.PAIRED, v, df)), 1)
    assert found[Cause.DATA].error == pytest.approx(float(share.std()), rel=0.15)


def test_errors_are_the_same_every_time_and_grow_with_noise() -> None:
    """The draws depend on the seed alone; more noise, or fewer degrees of freedom, makes shares less sure."""
    change = ThetaChange(0.1, linear(covariate=0.4, concept=0.6), RetrainingNoise(Basis.PAIRED, 0.01, 12.0))
    few = ThetaChange(0.1, linear(covariate=0.4, concept=0.6), RetrainingNoise(Basis.PAIRED, 0.01, 2.0))
    loud = ThetaChange(0.1, linear(covariate=0.4, concept=0.6), RetrainingNoise(Basis.PAIRED, 0.04, 12.0))
    assert shares(change, 9) == shares(change, 9)
    errors = [shares(each, 9)[Cause.CONCEPT].error for each in (change, few, loud)]
    assert errors[0] < min(errors[1:])


def test_a_fit_that_is_the_earlier_model_itself_adds_no_error() -> None:
    """Inputs that nothing tells apart have a share of exactly nothing."""
    fits = {Fit.BEFORE: 0.0, Fit.NOW: 1.0, Fit.BEFORE_REWEIGHTED: 0.0}
    found = shares(ThetaChange(0.0, fits, RetrainingNoise(Basis.PAIRED, 0.01, 12.0)), 1)
    assert (found[Cause.COVARIATE].share, found[Cause.COVARIATE].error) == (0.0, 0.0)
