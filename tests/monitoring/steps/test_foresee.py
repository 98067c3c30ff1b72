"""Forecasts in the cycle: told after each version, kept, repeatable, and blind to what comes after."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from halflife.models.domain import ColumnDrift, Drift, Finding, Measurement, Scope, Status, Version
from halflife.models.forecast import Forecast
from halflife.monitoring.conclude import tell
from halflife.monitoring.context import Context
from halflife.monitoring.steps.forecast_refutations import foresee
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import investigate
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.steps.train_shadows import train_shadows
from halflife.monitoring.steps.watch_ticks import watch

Make = Callable[..., Context]


def cycle(service: Context, tick: int) -> Version:
    """Ingest, watch, retrain with shadows, re-test and investigate."""
    ingest(service, tick)
    if service.ledger.versions():
        watch(service, tick)
    version = retrain(service, tick)
    train_shadows(service, version)
    recheck(service, version)
    investigate(service, version)
    return version


def lived(make: Make, ticks: tuple[int, ...], shadows: int = 4, **policy: int) -> tuple[Context, list[list[Forecast]]]:
    """A service after a cycle at each tick, and what was foretold after each."""
    service = make("sudden", rows=500, shadows=shadows, follow=6, **policy)
    return service, [foresee(service, cycle(service, tick)) for tick in ticks]


def test_every_open_finding_has_a_forecast(make: Make) -> None:
    """Findings that are open and not refuted have one, with a margin from the shadows; no others have."""
    service, told = lived(make, (3, 5))
    checks = {c.finding: c for c in service.ledger.checks(version=2)}
    due = {
        f.id
        for f in service.ledger.findings(open_only=True)
        if f.id in checks and not checks[f.id].status.refutes
    }  # fmt: skip
    assert {f.finding for f in told[1]} == due
    assert due
    assert all(0 <= f.probability <= 1 for f in told[1])
    measured = [f for f in told[1] if checks[f.finding].status is not Status.UNTESTABLE]
    assert all(np.isfinite([f.margin, f.by_margin, f.drift]).all() for f in measured)
    assert service.ledger.forecasts(since=2) == told[1]


def test_telling_again_tells_the_same_whatever_came_after(make: Make) -> None:
    """After two more versions, forecasts of the second are the same to the last bit."""
    service, told = lived(make, (3, 5, 7, 9))
    for number in (1, 2, 3, 4):
        again = foresee(service, service.ledger.version(number))
        np.testing.assert_equal([vars(f) for f in again], [vars(f) for f in told[number - 1]])
    assert len(service.ledger.forecasts()) == sum(map(len, told))


@pytest.mark.parametrize("shadows", [0, 4])
def test_later_statuses_drifts_and_findings_change_nothing(make: Make, shadows: int) -> None:
    """Turning every later verdict round, adding a later watch and filing more findings leaves earlier forecasts alone."""
    service, told = lived(make, (3, 5, 7), shadows)
    turned = [
        replace(c, pinned=turn(c.pinned), fresh=c.fresh and turn(c.fresh)) for c in service.ledger.checks(version=3)
    ]
    service.ledger.record_checks(3, turned)
    service.ledger.record_drift(
        Drift(8, 3, 8, (ColumnDrift("noise_1", "wasserstein", 9.0, 0.1, True),), True, True, "", {}, (9, 9))
    )
    born = Finding("late", "auc() > 0.5", "auc", Scope.POPULATION, made_on=2, entered_on=3)
    late = replace(service.ledger.checks(version=2)[0], finding=0)
    service.ledger.file([born], [late])
    again = foresee(service, service.ledger.version(2))
    np.testing.assert_equal([vars(f) for f in again], [vars(f) for f in told[1]])


def turn(measured: Measurement) -> Measurement:
    """The opposite verdict."""
    return replace(measured, status=Status.STALE if measured.status is Status.HOLDS else Status.HOLDS)


def test_without_shadows_the_kind_s_past_is_told(make: Make) -> None:
    """There is no margin then, and the chance is one for all findings of a kind."""
    service, told = lived(make, (3, 5), shadows=0)
    kinds = {f.id: f.statistic for f in service.ledger.findings()}
    assert all(np.isnan([f.margin, f.by_margin]).all() for f in told[1])
    for kind in set(kinds.values()):
        assert len({f.probability for f in told[1] if kinds[f.finding] == kind}) <= 1


def test_a_version_without_shadows_borrows_the_noise_of_the_one_before(make: Make) -> None:
    """With shadows every other retrain, findings that were tested beside shadows have a margin all the same."""
    service, told = lived(make, (3, 5), shadows_every=2)
    assert [bool(v.shadows) for v in service.ledger.versions()] == [True, False]
    earlier = {c.finding for c in service.ledger.checks(version=1)}
    assert {np.isfinite(f.margin) for f in told[1] if f.finding in earlier} == {True}
    assert {np.isfinite(f.margin) for f in told[1] if f.finding not in earlier} <= {False}


def test_forecasts_are_scored_once_settled(make: Make) -> None:
    """Nothing is settled before the next version; then each forecast that was validly tested is."""
    service, told = lived(make, (3,))
    assert tell(service.ledger, scored=True).scores is None
    told.append(foresee(service, cycle(service, 5)))
    scores = tell(service.ledger, scored=True).scores
    assert scores is not None
    ends = {c.finding: c.status for c in service.ledger.checks(version=2)}
    valid = [f for f in told[0] if ends.get(f.finding, Status.UNTESTABLE) is not Status.UNTESTABLE]
    assert (scores.settled, scores.versions) == (len(valid), 1)
    assert scores.refuted == sum(ends[f.finding].refutes for f in valid)
