"""Claims about a case of all models trained this way: the case's own value, give or take retraining noise."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.models.learner.calibrate import Uncalibrated
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL, ROW_ID, TICK, Array, Column, Kind, Schema
from halflife.models.shadow import ShadowKind
from halflife.monitoring.claims.estimation.measure import estimates, measure
from halflife.monitoring.claims.estimation.process_scope import ProcessNoise
from halflife.monitoring.claims.estimation.retest import recheck
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.comparison import order
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.base import CaseStatistic

ALPHA = (1 - 0.9) / 2
CASES = [s.example.replace("41023", "41007") for s in STATISTICS.values() if isinstance(s, CaseStatistic)]
CASE = 'prediction(case="41007") > 0'
VERSION = Version(
    4, 0, 9, "12", "abc", 7, "d", "m", {}, Role.CHAMPION, "first", 1000, shadows=(ShadowKind.COUPLED,) * 4
)


def asked(sweep: ModelPass, text: str, others: list[float], birth: Interval | None = None) -> Measurement:
    """The verdict on a case with these θ of its coupled shadows."""
    question = Question(parse(text), Scope.PROCESS, "evidence", birth)
    (answer,) = measure(sweep, [question], noise=ProcessNoise(np.array(others)[:, None], ""))
    return answer


def exact(sweep: ModelPass, text: str) -> Measurement:
    """The same claim about this model alone."""
    (answer,) = measure(sweep, [Question(parse(text), Scope.ARTIFACT, "evidence")])
    return answer


@pytest.mark.parametrize("text", CASES)
def test_every_statistic_of_a_case_has_the_t_interval_of_its_shadows(sweep: ModelPass, text: str) -> None:
    """θ ± t₃·σ against SciPy, whatever the shadows' level; without spread it is the artifact's own answer, with its p."""
    alone = exact(sweep, text)
    assert alone.interval is not None
    theta = alone.interval.estimate
    others = np.array([0.1, -0.2, 0.05, 0.3])
    found = asked(sweep, text, (9 + others).tolist())
    assert found.interval is not None
    assert (found.rows, found.interval.estimate) == (alone.rows, theta)
    expected = t.interval(0.9, 3, loc=theta, scale=others.std(ddof=1))
    assert (found.interval.lower, found.interval.upper) == pytest.approx(expected)
    comparator, threshold = order(parse(text))
    distance = theta - threshold if comparator in (">", ">=") else threshold - theta
    assert found.p_value == pytest.approx(t.cdf(distance / others.std(ddof=1), 3))
    calm = asked(sweep, text, [0.25] * 4)
    assert (calm.interval, calm.status, calm.p_value) == (alone.interval, alone.status, float(distance >= 0))


@settings(deadline=None, max_examples=30)
@given(st.floats(0.01, 3), st.sampled_from([">", "<"]))
def test_it_holds_beyond_the_noise_is_refuted_beyond_it_and_unclear_between(scale: float, comparator: str) -> None:
    """Thresholds half and twice the reach away from θ on either side."""
    sweep, theta = toy(0.3), 0.3 + 1.0
    others = scale * np.array([-1.0, 0.0, 1.0])
    reach = float(t.ppf(1 - ALPHA, 2)) * scale
    side = 1 if comparator == ">" else -1

    def status(away: float) -> Status:
        """Of a claim whose threshold lies so many reaches away on the claimed side."""
        return asked(
            sweep, f'prediction(case="a") {comparator} {theta - side * away * reach!r}', others.tolist()
        ).status

    assert [status(away) for away in (2, 0.5, -0.5)] == [Status.HOLDS, Status.UNCLEAR, Status.UNCLEAR]
    assert status(-2) in (Status.STALE, Status.REVERSED)


@dataclass(frozen=True)
class Shifted(Model):
    """A model of one number: its raw score is a learned shift plus ``x``."""

    shift: float = 0.0

    def raw(self, matrix: Array, threads: int = 0) -> Array:
        """The shift plus the number."""
        return np.asarray(self.shift + matrix[:, 0])


def toy(shift: float) -> ModelPass:
    """What a model with that shift says of the case ``a``, whose ``x`` is 1."""
    schema = Schema((Column("x", Kind.NUMERIC),))
    frame = pd.DataFrame({ROW_ID: ["a"], TICK: 0, LABEL: 1.0, "x": 1.0})
    return ModelPass(Shifted("", schema, {}, Uncalibrated("a toy"), 0.5, shift), Evidence({"evidence": frame}))


def test_process_intervals_of_a_case_cover_the_mean_over_retrainings() -> None:
    """With 4 and with 8 shadows 86 to 93 % do, and a claim just at that mean is decided in no more than the rest.

    The model learns its shift as the mean of a window of 100 numbers, each time another window; shadows as the mean
    under Poisson weights, all of them off by ten times the noise, which does not matter. All K agreeing would decide
    such a claim in 2/(K + 1) of versions: shadows share the luck of theirs.
    """
    rng, n = np.random.default_rng(5), 700
    question = Question(parse('prediction(case="a") > 1'), Scope.PROCESS, "evidence")
    covered, decided, agreed = ({4: 0, 8: 0} for _ in range(3))
    for _ in range(n):
        learned = rng.normal(scale=1.2, size=100)
        weights = rng.poisson(1, (8, 100))
        shifts = weights @ learned / weights.sum(axis=1)
        sweep = toy(float(learned.mean()))
        theta = estimates([ModelPass(toy(1.2 + float(shift)).model, sweep.evidence) for shift in shifts], [question])
        for k in covered:
            (answer,) = measure(sweep, [question], noise=ProcessNoise(theta[:k], ""))
            assert answer.interval is not None
            covered[k] += answer.interval.lower <= 1 <= answer.interval.upper
            decided[k] += answer.status is not Status.UNCLEAR
            agreed[k] += bool(len(set(shifts[:k] > 0)) == 1)
    for k in covered:
        assert 0.86 < covered[k] / n < 0.93
        assert decided[k] == n - covered[k]
        assert agreed[k] / n == pytest.approx(2 / (k + 1), abs=0.06)


def test_a_case_that_is_gone_is_untestable(sweep: ModelPass) -> None:
    """For that reason, whatever shadows say."""
    answer = asked(sweep, 'prediction(case="nobody") > 0', [0.0, 0.1, 0.2])
    assert (answer.status, answer.reason) == (Status.UNTESTABLE, "case 'nobody' is gone")


def test_less_than_half_of_the_effect_at_birth_is_weakened(sweep: ModelPass) -> None:
    """The verdict table's own rule, with the two intervals."""
    theta = exact(sweep, CASE).interval
    assert theta is not None
    text = f'prediction(case="41007") > {theta.estimate - 1!r}'
    born = Interval(theta.estimate + 9, theta.estimate + 8, theta.estimate + 10)
    assert asked(sweep, text, [0.0, 0.1, 0.2], born).status is Status.WEAKENED
    assert asked(sweep, text, [0.0, 0.1, 0.2]).status is Status.HOLDS


def test_a_recheck_of_a_case_has_its_own_threshold_and_no_fresh_rows(
    model: Model, rows: Callable[..., pd.DataFrame]
) -> None:
    """The claim's number in log-odds, as for an artifact; both keep what all shadows say; four are enough to tell."""
    frame = rows(300, seed=1, first=0)
    case = int(np.argmin(np.abs(model.probability(frame) - 0.5)))
    findings = [
        Finding(str(scope), f'prediction(case="{case}") >= -0.25', "prediction", scope, 1, id=number)
        for number, scope in enumerate((Scope.PROCESS, Scope.ARTIFACT))
    ]

    def tested(thresholds: tuple[float, ...]) -> list[Check]:
        """With four shadows of other thresholds."""
        return recheck(
            findings,
            VERSION,
            model,
            {"v1": frame, "fresh": frame},
            fresh="fresh",
            pinned={0: "v1", 1: "v1"},
            cases=frame[case : case + 1],
            controls=[replace(model, threshold=at) for at in thresholds],
            replicates=50,
        ).checks

    process, exactly = tested((0.3, 0.4, 0.6, 0.7))
    assert (process.threshold, process.fresh, process.pinned.rows) == (-0.25, None, exactly.pinned.rows)
    assert process.pinned.interval is not None
    assert exactly.pinned.interval is not None
    assert process.pinned.interval.estimate == exactly.pinned.interval.estimate
    assert (process.status, exactly.status) == (Status.UNCLEAR, Status.HOLDS)
    assert process.controls == exactly.controls
    assert tested((0.49, 0.5, 0.5, 0.51))[0].status is Status.HOLDS
