"""Claims about a case of models trained this way: control models vote."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from models.domain import Check, Finding, Interval, Role, Scope, Status, Version
from models.learner.model import Model
from models.shadow import ShadowKind
from monitoring.claims.evidence import Evidence
from monitoring.claims.grammar import parse
from monitoring.claims.measure import measure
from monitoring.claims.order import order
from monitoring.claims.process import Noise
from monitoring.claims.question import Question
from monitoring.claims.recheck import recheck
from monitoring.claims.statistic import CaseStatistic
from monitoring.claims.statistics import STATISTICS
from monitoring.claims.sweep import Pass
from monitoring.claims.votes import by_votes, doubt, share, votes

ALPHA = (1 - 0.9) / 2
CASES = [s.example.replace("41023", "41007") for s in STATISTICS.values() if isinstance(s, CaseStatistic)]
VERSION = Version(
    4, 0, 9, "12", "abc", 7, "d", "m", {}, Role.CHAMPION, "first", 1000, shadows=(ShadowKind.COUPLED,) * 4
)


@given(st.integers(1, 64).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_share_of_models_is_jeffreys_interval(counted: tuple[int, int]) -> None:
    """Beta(½ + v, ½ + K − v) by SciPy, with the share itself always inside; p is the same posterior's."""
    held, of = counted
    interval = share(held, of, ALPHA)
    lower, upper = beta.ppf([ALPHA, 1 - ALPHA], 0.5 + held, 0.5 + of - held)
    assert interval.estimate == held / of
    assert (interval.lower, interval.upper) == pytest.approx((min(lower, held / of), max(upper, held / of)))
    assert doubt(held, of) == pytest.approx(beta.sf(0.5, 0.5 + held, 0.5 + of - held))


def voted(sweep: Pass, text: str, theta: list[float], birth: Interval | None = None) -> tuple[Status, Interval | None]:
    """The verdict on a case after its shadows gave these θ."""
    question = Question(parse(text), Scope.PROCESS, "evidence", birth)
    (answer,) = measure(sweep, [question], noise=Noise(np.array(theta)[:, None], ""))
    return answer.status, answer.interval


@pytest.mark.parametrize("text", CASES)
def test_every_statistic_of_a_case_can_be_put_to_the_vote(sweep: Pass, text: str) -> None:
    """For it, against it, or in two minds; whatever the statistic's unit and its comparator."""
    comparator, threshold = order(parse(text))
    pro = threshold + (0.1 if comparator in (">", ">=") else -0.1)
    con = 2 * threshold - pro
    assert voted(sweep, text, [pro] * 4) == (Status.HOLDS, share(4, 4, ALPHA))
    assert voted(sweep, text, [con] * 4) == (Status.STALE, share(0, 4, ALPHA))
    assert voted(sweep, text, [pro, pro, con, con]) == (Status.UNCLEAR, share(2, 4, ALPHA))
    assert voted(sweep, text, [pro] * 3 + [con], Interval(1.0, 0.8, 1.0))[0] is Status.UNCLEAR


def test_the_version_itself_has_no_vote(sweep: Pass) -> None:
    """Its own prediction is against the claim, its shadows are for it: models trained this way are for it."""
    (own,) = measure(sweep, [Question(parse('prediction(case="41007") > 0'), Scope.ARTIFACT, "evidence")])
    assert own.interval is not None
    side = ">" if own.status.refutes else "<"
    opposite = 9.0 if side == ">" else -9.0
    assert voted(sweep, f'prediction(case="41007") {side} 0', [opposite] * 4)[0] is Status.HOLDS


def test_a_tolerance_counts_and_what_is_unknown_does_not_vote() -> None:
    """θ = 0.69 upholds > 0.7 ± 0.02; a model without θ is none of those asked."""
    nan = float("nan")
    assert votes([0.69, nan, 0.6], ">", 0.7, 0.02) == (1, 2)
    assert votes([0.69, nan, 0.6], ">", 0.7) == (0, 2)
    assert votes([0.69, 0.7], "<=", 0.69) == (1, 2)
    assert votes([nan], ">", 0) == (0, 0)


def test_a_lucky_version_has_lucky_shadows() -> None:
    """What a vote cannot know: for a claim half of all models uphold, four shadows agree on it in 1/5 of versions, K in
    1/(K + 1), since they resample around the version and not around the mean of all versions.
    """
    rng, n = np.random.default_rng(0), 20_000
    version = rng.normal(size=(n, 1))
    for k in (4, 8):
        agree = (version + rng.normal(size=(n, k)) > 0).all(axis=1).mean()
        assert agree == pytest.approx(1 / (k + 1), abs=4 * np.sqrt(0.25 / n))


def finding(claim: str, scope: Scope, number: int) -> Finding:
    """Made on version 1."""
    return Finding(f"f{number}", claim, parse(claim).statistic, scope, 1, id=number)


def test_a_recheck_puts_a_case_to_the_vote_and_says_half_for_its_threshold(
    model: Model, rows: Callable[..., pd.DataFrame]
) -> None:
    """Of four shadows with other thresholds; as an artifact the same claim is exact, in log-odds."""
    frame = rows(300, seed=1, first=0)
    probability = model.probability(frame)
    case = int(np.argmin(np.abs(probability - 0.5)))
    claim = f'prediction(case="{case}") >= 0.25'
    findings = [finding(claim, Scope.PROCESS, 0), finding(claim, Scope.ARTIFACT, 1)]

    def tested(thresholds: tuple[float, ...]) -> list[Check]:
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

    vote, exact = tested((0.1, 0.1, 0.1, 0.9))
    assert (vote.threshold, vote.fresh, vote.pinned.rows) == (0.5, None, 4)
    assert vote.pinned.interval == share(3, 4, ALPHA)
    assert vote.status is Status.UNCLEAR
    assert (exact.threshold, exact.pinned.p_value) == (0.25, None)
    assert vote.controls == exact.controls
    assert [tested((at,) * 4)[0].status for at in (0.1, 0.9)] == [Status.HOLDS, Status.STALE]


def test_which_findings_are_put_to_the_vote() -> None:
    """Those about a case and of process scope; a share of flips is about rows; what cannot be read is not."""
    case, flips = 'flips(case="7", set={"age": 3}) == True', 'flips(set={"age": 3}) > 0.1'
    assert by_votes(finding(case, Scope.PROCESS, 0))
    assert not by_votes(finding(case, Scope.ARTIFACT, 0))
    assert not by_votes(finding(flips, Scope.PROCESS, 0))
    assert not by_votes(replace(finding(case, Scope.PROCESS, 0), claim='vibes(case="7") > 0'))


def test_a_case_that_is_gone_has_no_votes(sweep: Pass) -> None:
    """Untestable for that reason, whatever shadows say."""
    question = Question(parse('prediction(case="nobody") > 0'), Scope.PROCESS, "evidence")
    fresh = Pass(sweep.model, Evidence({"evidence": sweep.evidence.frame}))
    (answer,) = measure(fresh, [question], noise=Noise(np.zeros((4, 1)), ""))
    assert (answer.status, answer.reason) == (Status.UNTESTABLE, "case 'nobody' is gone")
