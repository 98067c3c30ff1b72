"""Claims that want rows: who is asked for how many, and what would bring them."""

from dataclasses import replace

import numpy as np
import pytest

from halflife.models.domain import Check, Finding, Interval, Measurement, Scope, Status
from halflife.models.errors import EvidenceTooSmall
from halflife.monitoring.claims.statistics.base import require
from halflife.monitoring.label_needs.claim_needs import SHORT, Supply, bare, open_questions, wanting
from halflife.monitoring.label_needs.needs_report import ClaimNeed

SUPPLY = Supply(tested=1000, there=1000, ticks=10)


def asked(status: Status, claim: str = "accuracy() > 0.9 ± 0.02", reason: str = "") -> tuple[Finding, Check]:
    """A finding and its check on the newest version."""
    now = Measurement(400, None if status is Status.UNTESTABLE else Interval(0.9, 0.88, 0.92), status, reason=reason)
    return Finding("f", claim, "accuracy", Scope.POPULATION, 1, id=3), Check(3, 2, 0.9, now, now)


def one(status: Status, measured: Measurement | None, supply: Supply = SUPPLY, **more: str) -> ClaimNeed:
    """What one open finding needs."""
    (need,) = wanting([asked(status, **more)], {3: measured} if measured else {}, supply, 0.9)
    return need


def said(rate: float, rows: int) -> Measurement:
    """A rate with the interval so many rows give it."""
    reach = 1.6449 * np.sqrt(rate * (1 - rate) / rows)
    return Measurement(rows, Interval(rate, rate - reach, rate + reach), Status.UNCLEAR)


def test_an_untestable_claim_needs_rows_for_its_tolerance() -> None:
    """For a rate of 0.9 and δ = 0.02 that is 0.09 (1.645 + 0.842)² / 0.02², the design's example, some 1,391."""
    need = one(Status.UNTESTABLE, said(0.9, 400), reason="400 rows; to tell a difference of 0.02 takes 1,391")
    assert need.needed == pytest.approx(1391, abs=2)
    assert need.rows == 400
    assert need.ticks == pytest.approx(10 * 1391 / 400, rel=0.01)
    assert need.remedy.startswith("3.5 × the window")


def test_an_unclear_claim_needs_rows_to_leave_the_threshold() -> None:
    """The nearer the estimate to c − δ, the more rows: halving the distance quadruples them."""
    near, nearer = (one(Status.UNCLEAR, said(0.88 + d, 400), SUPPLY).needed for d in (0.02, 0.01))
    assert near is not None
    assert nearer is not None
    assert nearer / near == pytest.approx(4 * (0.89 * 0.11) / (0.9 * 0.1), rel=0.01)


def test_rows_that_are_there_but_capped_need_a_setting_and_no_time() -> None:
    """Where ``evidence.rows`` caps what tests, raising it is enough while the window has the rows."""
    need = one(Status.UNCLEAR, said(0.9, 400), Supply(tested=1000, there=20_000, ticks=10))
    assert need.needed is not None
    assert need.remedy == f"evidence.rows = {np.ceil(1000 * need.needed / 400):,.0f}"
    assert need.ticks == pytest.approx(10 * need.needed / 8000)


def test_an_estimate_on_the_threshold_is_settled_by_no_number_of_rows() -> None:
    """Then there is no figure to wait for, and it says why."""
    need = one(Status.UNCLEAR, said(0.88, 400))
    assert need.needed is None
    assert need.ticks is None
    assert "on the threshold" in need.remedy


def test_the_sentence_of_a_shortage_is_understood() -> None:
    """Whatever `require` says is read back; of a kind that never came, nothing is promised."""
    with pytest.raises(EvidenceTooSmall) as error:
        require(7, 10, "positives where sex = 'F'; or so")
    found = SHORT.fullmatch(str(error.value))
    assert found is not None
    assert found.groupdict() == {"count": "7", "what": "positives where sex = 'F'; or so", "least": "10"}
    need = one(Status.UNTESTABLE, None, reason=str(error.value))
    assert (need.rows, need.needed, need.ticks) == (7, 10, pytest.approx(10 * 10 / 7))
    none = one(Status.UNTESTABLE, None, reason="0 labelled rows; at least 30 are needed")
    assert (none.ticks, none.remedy) == (None, "none has come in this window")


def test_what_is_untestable_for_other_reasons_is_not_asked_to_wait() -> None:
    """A column that is gone comes back with no number of rows."""
    assert wanting([asked(Status.UNTESTABLE, reason="'age' is not a column")], {}, SUPPLY, 0.9) == []


def test_only_open_questions_about_the_population_are_asked() -> None:
    """A claim that holds, one that was never tested and one about a case are left alone."""
    finding, check = asked(Status.UNCLEAR)
    other, holds = asked(Status.HOLDS)
    case = Finding("c", 'prediction(case="1") > 0', "prediction", Scope.ARTIFACT, 1, id=3)
    assert open_questions([finding], [check]) == [(finding, check)]
    assert open_questions([other], [holds]) == []
    assert open_questions([finding], []) == []
    assert open_questions([case], [check]) == []


def test_no_rows_are_asked_for_what_only_retraining_noise_leaves_open() -> None:
    """A claim about all models trained alike wants rows while the population itself is open, and none from then on."""
    finding, check = asked(Status.UNCLEAR)
    process = replace(finding, scope=Scope.PROCESS)
    vote = replace(process, claim='prediction(case="1") > 0', statistic="prediction")
    assert open_questions([process, vote], [check]) == [(process, check)]
    assert (
        wanting([(process, check)], {3: said(0.89, 400)}, SUPPLY, 0.9)[0].needed
        == one(Status.UNCLEAR, said(0.89, 400)).needed
    )
    assert wanting([(process, check)], {3: said(0.95, 4000)}, SUPPLY, 0.9) == []


def test_the_bare_claim_has_no_tolerance() -> None:
    """Without one nothing is untestable for its sake, and the interval comes out."""
    assert bare(asked(Status.UNTESTABLE)[0]).tolerance == 0
