import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from models.domain import Finding, Scope, Status
from monitoring.conclusions import Life
from monitoring.decay import half_life, half_lives, lives, obsolete_on_arrival, survival

LETTERS = {
    "H": Status.HOLDS,
    "w": Status.WEAKENED,
    "?": Status.UNCLEAR,
    "S": Status.STALE,
    "R": Status.REVERSED,
    "-": Status.UNTESTABLE,
}


def life(story: str, scope: Scope = Scope.POPULATION, made_on: int = 1, **more: object) -> Life | None:
    """The life told by one letter a version, from version ``made_on`` on; a blank is a version without a check."""
    finding = Finding("f", "auc() > 0.8", "auc", scope, made_on=made_on, id=1, **more)  # type: ignore[arg-type]
    status = {made_on + i: LETTERS[letter] for i, letter in enumerate(story) if letter != " "}
    return next(iter(lives([finding], {1: status})), None)


@pytest.mark.parametrize(
    ("story", "age", "died_on", "recurred_on", "times"),
    [
        ("HHHH", 2, None, None, 0),
        ("HHHSS", 3, 4, None, 0),
        ("HRSHH", 1, 2, 4, 1),
        ("HHSHS", 3, None, None, 0),
        ("HHSHH", 3, None, None, 0),
        ("HS?S", 1, 2, None, 0),
        ("HS-S", 1, 2, None, 0),
        ("HS S", 1, 2, None, 0),
        ("H??????", 5, None, None, 0),
        ("HHH--", 1, None, None, 0),
        ("HHS", 1, None, None, 0),
        ("HHHS?", 2, None, None, 0),
        ("HSSSw", 1, 2, 5, 1),
        ("?SS", 1, 2, None, 0),
        ("HSSHSHSS-HSSw?H", 1, 2, 4, 3),
        ("HSS??", 1, 2, None, 0),
    ],
)
def test_population_finding_dies_of_two_refutations(
    story: str, age: int, died_on: int | None, recurred_on: int | None, times: int
) -> None:
    """Death takes two refutations with no confirmation between and is dated to the first; each may be followed by a recurrence."""
    assert life(story) == Life(1, "auc", age, died_on, recurred_on, times)


@pytest.mark.parametrize(
    ("story", "age", "died_on", "recurred_on", "times"),
    [("HHHH", 3, None, None, 0), ("HHS", 2, 3, None, 0), ("HSHSSH", 1, 2, 3, 2), ("HH--", 1, None, None, 0)],
)
def test_artifact_finding_dies_at_once(
    story: str, age: int, died_on: int | None, recurred_on: int | None, times: int
) -> None:
    """A claim about one case is exact: its first refutation is its death, and its last valid re-test counts."""
    assert life(story, Scope.ARTIFACT) == Life(1, "auc", age, died_on, recurred_on, times)


def test_age_counts_retrains_since_birth() -> None:
    """Age is the version's number minus the one the finding was made on, also where versions lack a check."""
    assert life("H  HSS", made_on=7) == Life(1, "auc", 4, 11)


def test_retired_finding_is_followed_until_it_retires() -> None:
    """Checks from the retiring version on say nothing about its life."""
    assert life("HHHHSS", retired_on=5) == Life(1, "auc", 2, None)


@pytest.mark.parametrize(("story", "more"), [("SSS", {}), ("H", {}), ("", {}), ("HHSS", {"stillborn": True})])
def test_what_never_lived_has_no_life(story: str, more: dict[str, object]) -> None:
    """Findings refuted at birth, never re-tested, or stillborn are not counted."""
    assert life(story, **more) is None


def test_survival_equals_the_textbook() -> None:
    """Kaplan-Meier by hand on the 6-MP arm of Freireich et al. 1963 (Kalbfleisch and Prentice, table 1.2)."""
    died = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    alive = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = survival(np.array(died + alive, dtype=float), np.arange(21) < len(died))
    assert [(age, round(s, 3)) for age, s, *_ in curve] == [
        (0, 1.0), (6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448), (35, 0.448),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=40))
def test_survival_and_its_bands_equal_statsmodels(followed: list[tuple[int, bool]]) -> None:
    """At every death, survival and Greenwood's error on the log-log scale are those of statsmodels, ties and all."""
    ages, died = np.array([age for age, _ in followed], dtype=float), np.array([dead for _, dead in followed])
    steps = [step for step in survival(ages, died) if 0 < step[1] < 1 and step[0] in set(ages[died])]
    if not steps:
        return
    oracle = SurvfuncRight(ages, died.astype(int))
    inside = oracle.surv_prob > 0
    s, error = oracle.surv_prob[inside], oracle.surv_prob_se[inside]
    reach = stats.norm.ppf(0.975) * error / (s * np.log(s))
    lower, upper = s ** np.exp(-reach), s ** np.exp(reach)
    assert np.allclose(steps, np.column_stack([oracle.surv_times[inside], s, lower, upper]), rtol=0, atol=1e-12)


def test_bands_and_median_interval_equal_statsmodels() -> None:
    """The ages where the bands cross one half lie inside the steps that statsmodels names, and so does the median."""
    rng = np.random.default_rng(1)
    ages, died = rng.geometric(0.1, 300).clip(max=20).astype(float), rng.random(300) < 0.8
    found, oracle = half_life("auc", ages, died), SurvfuncRight(ages, died.astype(int))
    lower, upper = oracle.quantile_ci(0.5)
    assert found.method == "kaplan-meier"
    assert found.median is not None
    assert found.lower is not None
    assert found.upper is not None
    assert oracle.quantile(0.5) - 1 < found.median <= oracle.quantile(0.5)
    assert lower - 1 < found.lower <= lower
    assert upper - 1 < found.upper <= upper


def test_constant_hazard_gives_its_own_half_life() -> None:
    """A hazard of p a retrain is found again as ln ½ / ln(1 - p), for long half-lives and for those under two retrains."""
    rng = np.random.default_rng(2)
    for p in (0.05, 0.15, 0.3, 0.45):
        born = rng.geometric(p, 20_000).astype(float)
        found = half_life("auc", np.minimum(born, 25), born <= 25)
        assert found.median == pytest.approx(np.log(0.5) / np.log(1 - p), rel=0.04)


def test_interval_covers_the_true_half_life() -> None:
    """Over 400 samples of 60 findings the 95 % interval holds the truth about as often as it says."""
    rng = np.random.default_rng(3)
    p = 0.15
    truth = np.log(0.5) / np.log(1 - p)
    held = []
    for _ in range(400):
        born = rng.geometric(p, 60).astype(float)
        found = half_life("auc", np.minimum(born, 15), born <= 15)
        assert found.lower is not None
        held.append(found.lower <= truth <= (np.inf if found.upper is None else found.upper))
    assert 0.92 <= np.mean(held) <= 0.985


def test_two_refutation_rule_does_not_lengthen_half_lives() -> None:
    """Findings born on every version and followed to a common end keep their hazard, though a death needs confirming."""
    rng = np.random.default_rng(4)
    p, last = 0.2, 12
    findings, status = [], {}
    for number in range(3_000):
        made_on = int(rng.integers(1, last + 1))
        age = int(rng.geometric(p))
        findings.append(Finding(f"f{number}", "auc() > 0.8", "auc", Scope.POPULATION, made_on, id=number))
        status[number] = {v: Status.STALE if v >= made_on + age else Status.HOLDS for v in range(made_on, last + 1)}
    (found, _) = half_lives(lives(findings, status))
    assert found.median == pytest.approx(np.log(0.5) / np.log(1 - p), rel=0.06)


def test_few_deaths_give_a_gamma_posterior() -> None:
    """With three deaths in 29.5 finding-retrains the half-life is ln 2 over Gamma(3.5, 29.5)'s quantiles."""
    ages, died = np.array([2.0, 4.0, 5.0, 9.0, 10.0]), np.array([True, True, True, False, False])
    found = half_life("gap", ages, died)
    posterior = stats.gamma(3.5, scale=1 / 29.5)
    assert found.method == "gamma"
    assert (found.lower, found.median, found.upper) == pytest.approx(
        tuple(np.log(2) / posterior.ppf([0.975, 0.5, 0.025]))
    )
    assert len(found.curve) == 5


def test_without_deaths_there_is_only_a_lower_bound() -> None:
    """Nobody died: no median and no upper end are made up, and longer following raises the bound."""
    short, long = (half_life("auc", np.full(20, age), np.zeros(20, bool)) for age in (2.0, 10.0))
    assert (short.median, short.upper) == (None, None)
    assert short.lower is not None
    assert long.lower is not None
    assert long.lower > short.lower > 2
    assert long.curve == ((0.0, 1.0, 1.0, 1.0), (10.0, 1.0, 1.0, 1.0))


def test_survival_above_one_half_has_no_median() -> None:
    """Ten of forty died: the median is unknown, its lower bound is not, and it is not below what was seen."""
    found = half_life("auc", np.repeat([3.0, 8.0], [10, 30]), np.arange(40) < 10)
    assert (found.median, found.lower, found.upper) == (None, 8.0, None)


def test_survival_of_exactly_one_half_is_a_median() -> None:
    """Half of 22 findings died at age 3: the median is 3, though the product of shares ends a digit above one half."""
    ages, died = np.repeat([1.0, 2.0, 3.0, 6.0], [3, 4, 4, 11]), np.repeat([True, False], 11)
    found = half_life("auc", ages, died)
    assert found.median == pytest.approx(3.0)


def test_half_life_of_nothing_says_so() -> None:
    """No ages, or an age of nought, is the caller's mistake and is named."""
    with pytest.raises(ValueError, match="a half-life of 'auc' needs findings followed for at least one retrain"):
        half_life("auc", np.array([]), np.array([], dtype=bool))


def test_all_comes_last_and_counts_everyone() -> None:
    """Kinds stand by name, then all; findings followed for no retrain are in neither."""
    found = half_lives([Life(1, "gap", 2, 3), Life(2, "auc", 4, None), Life(3, "auc", 0, None)])
    assert [(h.kind, h.n, h.deaths) for h in found] == [("auc", 1, 0), ("gap", 1, 1), ("all", 2, 1)]


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=60))
def test_curves_fall_inside_their_bands(followed: list[tuple[int, bool]]) -> None:
    """Whatever was followed, survival starts at one, never rises, stays in its band, and the half-life in its interval."""
    ages, died = np.array([a for a, _ in followed], dtype=float), np.array([d for _, d in followed])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = half_life("auc", ages, died)
    curve = np.array(found.curve)
    assert tuple(curve[0]) == (0, 1, 1, 1)
    assert curve[-1, 0] == ages.max()
    assert (np.diff(curve[:, 1]) <= 0).all()
    assert (curve[:, 2] <= curve[:, 1] + 1e-12).all()
    assert (curve[:, 1] <= curve[:, 3] + 1e-12).all()
    assert found.lower is not None
    if found.median is not None:
        assert found.lower <= found.median <= (np.inf if found.upper is None else found.upper)


@given(st.text(alphabet="HwSR?-", min_size=2, max_size=14))
def test_saying_neither_changes_no_death(story: str) -> None:
    """Leaving out every unclear and untestable re-test moves no death."""
    full = life("H" + story)
    decided = life("H" + "".join(" " if letter in "?-" else letter for letter in story))
    assert (full and full.died_on) == (decided and decided.died_on)


def test_obsolete_on_arrival_reads_the_curve() -> None:
    """1 - S(d) on each step, and nothing beyond what was followed."""
    curve = survival(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, True, False, False]))
    assert [obsolete_on_arrival(curve, d) for d in (0, 1, 2.5, 4)] == pytest.approx([0.0, 0.25, 0.5, 0.5])
    assert obsolete_on_arrival(curve, 5) is None
