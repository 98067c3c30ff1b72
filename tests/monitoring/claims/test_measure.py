"""Many claims at once."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import Interval, Scope, Status
from halflife.models.learner.model import Model
from halflife.models.rows import Array
from halflife.monitoring.claims.estimation import bootstrap
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence import model_view as sweep_module
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question

TEXTS = (
    'attribution_share("duration") > 0.3',
    "auc() > 0.6",
    "calibration_slope() > 0.2",
    'gap("tpr", a="sex = \'F\'", b="sex = \'M\'") > 0',
    "log_loss(where=\"job = 'cook'\") < 0.7",
    'prediction(case="41007") > 0',
    'top_reason(case="41007") == "duration"',
    'top_reason(case="41007") == "sex"',
    "auc() > 0.99",
)


def asked(texts: tuple[str, ...], rows: str = "evidence") -> list[Question]:
    """Population questions about one set."""
    return [Question(parse(text), Scope.POPULATION, rows) for text in texts]


def test_claims_do_not_disturb_one_another(sweep: ModelPass, model: Model) -> None:
    """Asked together, alone, or backwards, each claim gets the same answer up to rounding."""
    together = measure(sweep, asked(TEXTS), replicates=200)
    backwards = measure(ModelPass(model, sweep.evidence), asked(TEXTS[::-1]), replicates=200)[::-1]
    alone = [measure(ModelPass(model, sweep.evidence), asked((text,)), replicates=200)[0] for text in TEXTS]
    for a, b, c in zip(together, backwards, alone, strict=True):
        assert a.interval is not None
        assert b.interval is not None
        assert c.interval is not None
        assert a.status is b.status is c.status
        for other in (b.interval, c.interval):
            assert a.interval.lower == pytest.approx(other.lower, abs=1e-5)
            assert a.interval.upper == pytest.approx(other.upper, abs=1e-5)


def test_blocks_change_nothing(sweep: ModelPass, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows multiplied in small blocks give the intervals of one product."""
    whole = measure(sweep, asked(TEXTS), replicates=200)
    monkeypatch.setattr(bootstrap, "_BLOCK_ROWS", 37)
    for a, b in zip(whole, measure(sweep, asked(TEXTS), replicates=200), strict=True):
        assert a.interval is not None
        assert b.interval is not None
        assert (a.interval.lower, a.interval.upper) == pytest.approx((b.interval.lower, b.interval.upper), abs=1e-5)


def test_a_statistic_asked_twice_is_one_estimate(sweep: ModelPass) -> None:
    """Two thresholds share an interval and differ in their verdict."""
    loose, strict = measure(sweep, asked(("auc() > 0.6", "auc() > 0.99")), replicates=200)
    assert loose.interval == strict.interval
    assert (loose.status, strict.status) == (Status.HOLDS, Status.STALE)
    assert loose.p_value is not None
    assert strict.p_value is not None
    assert loose.p_value > 0.99
    assert strict.p_value < 0.01


def test_artifact_scope_is_exact(sweep: ModelPass) -> None:
    """About this model on these rows there is nothing to be unsure of: no width, no p, never unclear."""
    population, artifact = measure(
        sweep,
        [
            Question(parse("auc() > 0.6"), Scope.POPULATION, "evidence"),
            Question(parse("auc() > 0.6"), Scope.ARTIFACT, "evidence"),
        ],
    )
    assert population.interval is not None
    assert artifact.interval == Interval(*[population.interval.estimate] * 3)
    assert artifact.p_value is None


def test_only_rows_that_are_asked_about_are_explained(
    model: Model, rows: Callable[..., pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attributions are the dearest thing here: no claim about them, none computed; all in one go, and no row twice."""
    explained: list[int] = []

    def counting(model: Model, matrix: Array, threads: int) -> Array:
        explained.append(len(matrix))
        return np.ones(matrix.shape)

    monkeypatch.setattr(sweep_module, "attributions", counting)
    old, new = rows(100, seed=1, first=0), rows(100, seed=1, first=50)
    sweep = ModelPass(model, Evidence({"old": old, "new": new}))
    measure(sweep, asked(("auc() > 0.5",), "old"), replicates=50)
    assert explained == []
    text = ('attribution_share("sex") > 0', 'attribution_share("job") > 0')
    measure(sweep, asked(text, "old") + asked(text, "new"), replicates=50)
    assert explained == [150]


def test_a_higher_level_is_a_wider_interval(sweep: ModelPass) -> None:
    """The 99 % interval contains the 90 % interval."""
    (ninety,), (more,) = (measure(sweep, asked(("log_loss() < 1",)), level=level) for level in (0.90, 0.99))
    assert ninety.interval is not None
    assert more.interval is not None
    assert more.interval.lower < ninety.interval.lower < ninety.interval.upper < more.interval.upper


def test_identical_models_on_identical_rows_agree(model: Model, rows: Callable[..., pd.DataFrame]) -> None:
    """Weights come from ids, so a re-test tomorrow, beside other sets, repeats today's interval, up to rounding."""
    frame, other = rows(300, seed=3), rows(200, seed=4, first=90_000)
    today = measure(ModelPass(model, Evidence({"evidence": frame})), asked(TEXTS[:5]))
    tomorrow = measure(ModelPass(model, Evidence({"other": other, "evidence": frame})), asked(TEXTS[:5]))
    assert [a.status for a in today] == [a.status for a in tomorrow]
    for a, b in zip(today, tomorrow, strict=True):
        assert a.interval is not None
        assert b.interval is not None
        assert a.interval.estimate == pytest.approx(b.interval.estimate, abs=1e-13)
        assert (a.interval.lower, a.interval.upper) == pytest.approx((b.interval.lower, b.interval.upper), abs=1e-6)
