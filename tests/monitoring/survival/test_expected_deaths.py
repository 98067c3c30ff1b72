"""What noise alone would do is what it does where nothing drifts."""

from collections.abc import Callable
from dataclasses import replace
from math import inf

import numpy as np
import pytest
from scipy import stats

from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.models.shadow import Controls, ShadowKind
from halflife.monitoring.survival.expected_deaths import hazards
from halflife.monitoring.survival.half_lives import half_lives
from halflife.monitoring.survival.lives import lives
from halflife.monitoring.survival.margins import shares, spread, stand
from halflife.monitoring.survival.null_paths import paths


def counted(world: Callable[..., object], **more: object) -> tuple[int, float]:
    """Deaths seen and deaths expected by noise alone, over four worlds."""
    seen, due = 0, 0.0
    for seed in range(4):
        made = world(seed, **more)
        every = lives(made.findings, made.status)
        found = hazards(made.findings, every, made.births, made.versions)
        seen += sum(life.died_on is not None for life in every)
        due += sum(float(hazard.sum()) for hazard in found.values())
    return seen, due


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("more", [{}, {"step": 4}, {"seeds": 0.0}])
def test_without_drift_as_many_die_as_noise_alone_would_end(
    world: Callable[..., object], exact: bool, more: dict[str, object]
) -> None:
    """Windows that overlap by three quarters or not at all, with or without a seed channel: deaths are those expected."""
    seen, due = counted(world, exact=exact, **more)
    assert due / seen == pytest.approx(1, abs=0.3 if not exact else 0.15)


@pytest.mark.parametrize("exact", [True, False])
def test_drift_kills_more_than_noise_would(world: Callable[..., object], exact: bool) -> None:
    """A shift of three at v12 at least doubles the deaths of interval claims, and what noise would do stays what it was."""
    (seen, due), (calm, before) = counted(world, exact=exact, drift=3.0), counted(world, exact=exact)
    assert seen > 1.2 * calm
    assert due < 1.15 * before


def test_coupled_shadows_that_are_all_off_to_one_side_change_nothing(world: Callable[..., object]) -> None:
    """A bias of one standard deviation, which read as it stands would double the deaths expected of exact claims."""
    made = world(2, exact=True)
    every = lives(made.findings, made.status)

    def biased(birth: Check) -> Check:
        """The four coupled shadows lower by 1."""
        said = [t - (k < 4) for k, t in enumerate(birth.controls.pinned)]
        return replace(birth, controls=Controls(tuple(said)))

    births = {number: biased(birth) for number, birth in made.births.items()}
    one, other = (hazards(made.findings, every, b, made.versions) for b in (made.births, births))
    assert all(one[number] == pytest.approx(other[number]) for number in one)


def test_where_a_claim_about_a_case_stands() -> None:
    """Shadows vote on an exact one as they are, though all are off to one side; one of all models has an interval of
    retraining noise alone, and no error of evidence rows beside it.
    """
    kinds = (ShadowKind.COUPLED,) * 4
    version = Version(1, 4, 7, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "", 9, shadows=kinds)
    controls = Controls((-0.2, 0.1, 0.2, -0.1))
    reach = stats.t.ppf(0.95, 3) * np.std(controls.pinned, ddof=1)
    found = {}
    for scope, half in ((Scope.ARTIFACT, 0.0), (Scope.PROCESS, reach)):
        finding = Finding("f", 'prediction(case="7") > 0', "prediction", scope, 1, id=1)
        measured = Measurement(1, Interval(1.0, 1.0 - half, 1.0 + half), Status.HOLDS)
        found[scope] = stand(finding, Check(1, 1, 0.0, measured, None, controls), version, z=1.645)
    exact, process = found[Scope.ARTIFACT], found[Scope.PROCESS]
    assert exact is not None
    assert process is not None
    assert (exact.exact, exact.refuting, exact.distance, exact.near) == (True, 2, 1.0, 0.0)
    assert (process.exact, process.error, process.distance) == (False, 0.0, 1.0)
    assert process.near == pytest.approx(reach)


def test_findings_near_their_threshold_are_expected_to_die_first(world: Callable[..., object]) -> None:
    """The first hazard falls with the distance at birth, from a fifth to nothing, and is a probability."""
    made = world(1, exact=True)
    every = lives(made.findings, made.status)
    found = hazards(made.findings, every, made.births, made.versions)
    first = np.array([found[life.finding][0] for life in every if life.age > 0])
    distance = np.array([made.births[life.finding].pinned.interval.estimate for life in every if life.age > 0])
    near, far = first[distance < 0.7].mean(), first[distance > 5].mean()
    assert near > 0.15 > 0.05 > far
    assert all(((h >= 0) & (h <= 1)).all() and len(h) > 0 for h in found.values())


def test_interval_hazard_equals_the_normal_distribution() -> None:
    """An infinitely well known variance, disjoint windows, an exact interval: the chance at age 1 of a finding that
    two refutations end is that of two correlated normals, from scipy.
    """
    kinds = (ShadowKind.COUPLED,) * 4
    versions = [
        Version(n, 4 * n, 4 * n + 3, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "", 9, shadows=kinds)
        for n in range(1, 9)
    ]
    offsets = np.array([-1.0, -1.0, 1.0, 1.0]) * np.sqrt(3) / 2  # variance 1 each: no spread between findings
    findings, births, status = [], {}, {}
    for number in range(1, 301):
        interval = Interval(1.5, 1.5, 1.5)
        findings.append(Finding(f"f{number}", "auc() > 0", "auc", Scope.POPULATION, 1, id=number))
        controls = Controls(tuple((1.5 + offsets).tolist()))
        births[number] = Check(number, 1, 0.0, Measurement(9, interval, Status.HOLDS), None, controls)
        status[number] = dict.fromkeys(range(1, 9), Status.HOLDS)
    found = hazards(findings, lives(findings, status), births, versions)
    both = stats.multivariate_normal([0, 0], [[2, 1], [1, 2]]).cdf([-1.5, -1.5])
    assert np.mean([hazard[0] for hazard in found.values()]) == pytest.approx(both, abs=0.012)


def test_votes_of_few_findings_are_jeffreys() -> None:
    """One finding refuted by one of four shadows: its share is drawn from about Beta(1.5, 3.5)."""
    drawn = shares(np.array([1.0]), np.array([4.0]), 20_000, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(stats.beta(1.5, 3.5).mean(), abs=0.03)
    assert drawn.std() == pytest.approx(stats.beta(1.5, 3.5).std(), abs=0.04)


def test_votes_of_many_findings_teach_each_other() -> None:
    """Of 400 findings 90 % are never refuted and 10 % half the time: one no shadow refutes is safer than Jeffreys says."""
    rng = np.random.default_rng(2)
    fragile = np.arange(400) < 40
    refuting = rng.binomial(4, np.where(fragile, 0.5, 0.0)).astype(float)
    drawn = shares(refuting, np.full(400, 4.0), 500, rng).mean(axis=1)
    safe, jeffreys = drawn[refuting == 0].mean(), 0.5 / 5
    assert safe < jeffreys / 3
    assert drawn[refuting == 2].mean() > 0.3


def test_seeds_share_of_the_noise_is_found_again(world: Callable[..., object]) -> None:
    """Seeds of SD 0.6 beside sampling of SD 1 are 26 % of the variance; without seed shadows nothing is said to be theirs."""
    made = world(1, each=40)
    versions = {v.number: v for v in made.versions}
    stood = [stand(f, made.births[f.id], versions[f.made_on], z=1.645) for f in made.findings]
    found = spread([one for one in stood if one is not None])
    assert found.fresh == pytest.approx(0.36 / 1.36, abs=0.06)
    assert found.variance.mean() == pytest.approx(1.36, rel=0.15)
    alone = spread([replace(one, seeds=()) for one in stood if one is not None])
    assert alone.fresh == 0.0
    assert found.df.min() > 3
    assert found.df.max() <= inf


def test_findings_without_shadows_are_left_out_and_counted(world: Callable[..., object]) -> None:
    """Half the births lack controls: noise alone is told of the others only, and says of how many."""
    made = world(1)
    half = {number: birth if number % 2 else replace(birth, controls=None) for number, birth in made.births.items()}
    every = lives(made.findings, made.status)
    found = hazards(made.findings, every, half, made.versions)
    assert found
    assert all(number % 2 for number in found)
    told = half_lives(every, hazards=found)[-1]
    assert told.alone is not None
    assert told.alone.findings == sum(life.finding % 2 for life in every if life.age > 0)
    assert half_lives(every)[-1].alone is None


def test_claims_below_a_threshold_are_mirrored(world: Callable[..., object]) -> None:
    """θ < c about −θ has the hazards of θ > c about θ, to the last digit."""
    made = world(3)
    every = lives(made.findings, made.status)

    def mirrored(birth: Check) -> Check:
        """The birth of the same finding about −θ."""
        i = birth.pinned.interval
        turned = replace(birth.pinned, interval=Interval(-i.estimate, -i.upper, -i.lower))
        return replace(birth, pinned=turned, controls=Controls(tuple(-t for t in birth.controls.pinned)))

    below = [replace(f, claim="auc() < 0") for f in made.findings]
    births = {number: mirrored(birth) for number, birth in made.births.items()}
    one, other = (hazards(f, every, b, made.versions) for f, b in ((made.findings, made.births), (below, births)))
    assert all(np.array_equal(one[number], other[number]) for number in one)


def test_the_same_ledger_gives_the_same_figures(world: Callable[..., object]) -> None:
    """Nothing is drawn from a clock: two computations agree to the last digit."""
    made = world(2)
    every = lives(made.findings, made.status)
    one, other = (hazards(made.findings, every, made.births, made.versions) for _ in range(2))
    assert all(np.array_equal(one[number], other[number]) for number in one)


def test_windows_share_as_much_error_as_ticks() -> None:
    """Over 2,048 paths, the correlation of windows of unequal length is what they share over the root of their lengths."""

    def version(number: int, first: int, last: int) -> Version:
        """A version of these ticks."""
        return Version(number, first, last, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "", 9)

    drawn = paths([version(1, 0, 7), version(2, 4, 7), version(3, 6, 11)])
    found = np.corrcoef(drawn.sampling)
    assert found[0, 1] == pytest.approx(4 / np.sqrt(8 * 4), abs=0.04)
    assert found[1, 2] == pytest.approx(2 / np.sqrt(4 * 6), abs=0.05)
    assert np.abs(np.corrcoef(drawn.seed) - np.eye(3)).max() < 0.07


def test_a_life_longer_than_its_versions_keeps_its_last_hazard(world: Callable[..., object]) -> None:
    """Where versions are missing at the end, every age still has a hazard: that of the last version told."""
    made = world(1, each=3)
    every = [life for life in lives(made.findings, made.status) if life.made_on == 1 and life.age > 3]
    found = hazards(made.findings, every, made.births, made.versions[:3])
    assert every
    for life in every:
        assert len(found[life.finding]) == life.age
        assert (found[life.finding][2:] == found[life.finding][1]).all()
