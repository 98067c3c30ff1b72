"""What is said beside the shares: only what is true of these figures."""

import pytest

from halflife.models.causes import Cause
from halflife.monitoring.causes import caveats
from halflife.monitoring.causes.retraining_noise import Basis, RetrainingNoise


def test_evidence_within_another_draw_is_said_to_be_no_more_than_that() -> None:
    """Two standard deviations are the line; a small part, or rows whose error is not known, need no note."""
    assert "no more than another draw" in caveats.of_evidence(0.05, 0.01, 0.03)[0]
    assert caveats.of_evidence(0.07, 0.01, 0.03) == ()
    assert caveats.of_evidence(0.01, 0.2, 0.03) == ()
    assert caveats.of_evidence(0.05, 0.01, 0.0) == ()
    assert caveats.of_evidence(0.0, 0.0, 0.0, chosen=True) == ()
    assert "may be feedback" in caveats.of_evidence(0.07, 0.01, 0.03, chosen=True)[0]


@pytest.mark.parametrize(
    ("noise", "said"),
    [
        (None, "Neither v3 nor v9 has shadows"),
        (RetrainingNoise(Basis.NOW, 1.0, 3.0, 0.1, 3.0), "No shadows of v3 tell of it, so the noise is an upper bound"),
        (RetrainingNoise(Basis.BEFORE, 1.0, 3.0, 0.1, 3.0), "No shadows of v9 tell of it"),
        (RetrainingNoise(Basis.SEED, 1.0, 3.0, 1.0, 3.0), "a lower bound"),
        (RetrainingNoise(Basis.PAIRED, 1.0, 3.0), "sampling and seed are not told apart"),
    ],
)
def test_what_the_shadows_leave_open_is_said(noise: RetrainingNoise | None, said: str) -> None:
    """One sentence for each way in which they tell less than they could, and none where they tell everything."""
    assert said in " ".join(caveats.of_noise(noise, "v3", "v9", inert=False))
    assert caveats.of_noise(RetrainingNoise(Basis.PAIRED, 1.0, 3.0, 0.1, 3.0), "v3", "v9", inert=False) == ()


def test_a_recipe_without_a_seed_channel_is_not_called_stable_under_seeds() -> None:
    """It says that there is no channel, and that noise is sampling."""
    assert caveats.of_noise(RetrainingNoise(Basis.PAIRED, 1.0, 7.0), "v3", "v9", inert=True) == (
        "The recipe has no seed channel: all noise is sampling.",
    )


@pytest.mark.parametrize("cause", [Cause.PIPELINE, Cause.FEEDBACK, Cause.COVARIATE])
def test_what_was_not_fitted_names_the_command_that_fits_it(cause: Cause) -> None:
    """Every cause that takes fits has its sentence."""
    assert "`halflife why drop` makes them" in caveats.not_made(cause, "drop")
