"""Ticks as functions of their index, and the truth the world states about them, against independent references."""

import os
import subprocess
import sys
from dataclasses import fields, replace
from hashlib import blake2b

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import chisquare, kstest, norm, spearmanr
from sklearn.metrics import roc_auc_score
from statsmodels.api import Logit

from halflife.models.errors import ConfigError, NotFound
from halflife.models.rows import Array, Kind
from halflife.models.world import columns
from halflife.models.world.columns import LEAK_JUMP, LEAK_MARKS
from halflife.models.world.events import Event, FeatureShift
from halflife.models.world.features import CATEGORICAL, NUMERIC, Shape
from halflife.models.world.generator import Arrays, World
from halflife.models.world.scenarios import SCENARIOS, Scenario

GOLDEN_CODES = [[2, 0, 1, 1, 2, 0], [0, 0, 0, 2, 0, 0], [0, 1, 1, 0, 0, 0]]
GOLDEN_LABELS = [0, 1, 0, 0, 0, 1]
GOLDEN_DELAYS = [0, 2, 0, 2, 2, 2]
GOLDEN_ROW = [104.057, 32784.9, 54.9245, 45.1005, 586.39, 2.52529, 8.97111, 0.375384, 459.814]
GOLDEN_PROBABILITY = [0.0433517, 0.700375, 0.700587, 0.0448697, 0.311017, 0.45859]

SMALL = World(SCENARIOS["shortcut"], seed=1, rows_per_tick=200)
LARGE = World(SCENARIOS["shortcut"], seed=1, rows_per_tick=40_000)
NAMES = [f.name for f in NUMERIC]


def same(a: Arrays, b: Arrays, *, but: tuple[str, ...] = ()) -> bool:
    """Whether two ticks are equal to the last bit, NaN for NaN."""
    return all(
        np.array_equal(getattr(a, f.name), getattr(b, f.name), equal_nan=f.name == "numeric")
        for f in fields(Arrays)
        if f.name not in but
    )


def digest(world: World, tick: int) -> str:
    """Hash of every array of a tick."""
    arrays = world.arrays(tick)
    parts = (arrays.numeric, arrays.codes, arrays.label, arrays.delay, arrays.probability)
    return blake2b(b"".join(p.tobytes() for p in parts), digest_size=8).hexdigest()


# Ticks by index


@given(ticks=st.lists(st.integers(0, 60), min_size=2, max_size=6))
@settings(max_examples=30, deadline=None)
def test_order_of_ticks_does_not_matter(ticks: list[int]) -> None:
    """A tick is the same whichever ticks were asked for before it."""
    assert [digest(SMALL, t) for t in ticks] == [digest(SMALL, t) for t in reversed(ticks)][::-1]


def test_another_process_draws_the_same_rows() -> None:
    """Another process, with another hash seed and number of threads, gives the same arrays to the last bit."""
    code = (
        "import sys, hashlib\n"
        "from halflife.models.world.scenarios import SCENARIOS\n"
        "from halflife.models.world.generator import World\n"
        "a = World(SCENARIOS['shortcut'], seed=1, rows_per_tick=200).arrays(31)\n"
        "parts = (a.numeric, a.codes, a.label, a.delay, a.probability)\n"
        "print(hashlib.blake2b(b''.join(p.tobytes() for p in parts), digest_size=8).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "5", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(SMALL, 31)


def test_rows_are_the_ones_written_down() -> None:
    """Seed 1, tick 3 of ``calm``: these cases are what the world has always said."""
    arrays = World(SCENARIOS["calm"], seed=1, rows_per_tick=6).arrays(3)
    assert arrays.codes.tolist() == GOLDEN_CODES
    assert arrays.label.tolist() == GOLDEN_LABELS
    assert arrays.delay.tolist() == GOLDEN_DELAYS
    np.testing.assert_allclose(arrays.numeric[:, 0], GOLDEN_ROW, rtol=1e-4)
    np.testing.assert_allclose(arrays.probability, GOLDEN_PROBABILITY, rtol=1e-4)


def test_ticks_and_seeds_differ() -> None:
    """No two ticks, and no two seeds, share their rows."""
    assert len({digest(replace(SMALL, seed=seed), tick) for seed in (0, 1, 2**64 - 1) for tick in range(4)}) == 12


def test_scenarios_are_twins_until_something_happens() -> None:
    """``sudden`` and ``calm`` are equal until tick 21, and from 22 on differ in the label and its truth alone."""
    calm, sudden = (World(SCENARIOS[name], seed=1, rows_per_tick=200) for name in ("calm", "sudden"))
    assert all(same(calm.arrays(t), sudden.arrays(t)) for t in (0, 12, 21))
    assert same(calm.arrays(22), sudden.arrays(22), but=("label", "probability"))
    assert not np.array_equal(calm.arrays(22).label, sudden.arrays(22).label)


def test_benign_moves_its_two_columns_and_nothing_else() -> None:
    """Under ``benign`` amounts and ages lie one latent standard deviation away from tick 22 on, and no other column does."""
    calm, benign = (replace(LARGE, scenario=SCENARIOS[name]) for name in ("calm", "benign"))
    assert same(calm.arrays(21), benign.arrays(21))
    before, after = calm.arrays(22), benign.arrays(22)
    amount, age = NAMES.index("amount"), NAMES.index("age")
    others = [j for j in range(len(NAMES)) if j not in (amount, age)]
    np.testing.assert_array_equal(before.numeric[others], after.numeric[others])
    np.testing.assert_array_equal(before.codes, after.codes)
    inside = (before.numeric[age] > 18 + 14) & (before.numeric[age] < 95)
    np.testing.assert_allclose((after.numeric - before.numeric)[age][inside], -13, atol=1e-4)
    dearer = before.numeric[amount] > 0.5
    np.testing.assert_allclose((after.numeric / before.numeric)[amount][dearer], np.e, rtol=1e-4)


@given(tick=st.integers(0, 60), period=st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_windows_of_a_world_that_repeats_hold_the_same_rows(tick: int, period: int) -> None:
    """Any window of one period has the rows, truths and labels of the first one, and every label arrives at once."""
    world = replace(SMALL, scenario=SCENARIOS["reseed"], rows_per_tick=20, period=period)

    def held(first: int) -> set[bytes]:
        every = [world.arrays(t) for t in range(first, first + period)]
        assert all(not a.delay.any() for a in every)
        return {a.numeric.tobytes() + a.codes.tobytes() + a.label.tobytes() + a.probability.tobytes() for a in every}

    assert held(tick) == held(0)
    assert len(held(0)) == period
    assert world.arrays(tick).tick == tick


def test_folded_concept_makes_what_looks_riskiest_the_safest() -> None:
    """From tick 22 on a row of log-odds x > 0 has log-odds -2x, others keep theirs; the rows stay as they are."""
    fold = Scenario("fold", "One fold.", (Event(FeatureShift.FOLD, "", first=22, amount=0.0),))
    calm, folded = (replace(LARGE, scenario=scenario) for scenario in (SCENARIOS["calm"], fold))
    assert same(calm.arrays(21), folded.arrays(21))
    before, after = calm.arrays(22), folded.arrays(22)
    assert same(before, after, but=("label", "probability"))
    was, now = logit(before.probability.astype(float)), logit(after.probability.astype(float))
    np.testing.assert_allclose(now, np.where(was > 0, -2 * was, was), atol=1e-4)
    assert after.label[was > 1].mean() < 0.15 < 0.7 < before.label[was > 1].mean()


def test_the_feedback_worlds_are_twins() -> None:
    """``feedback`` and ``feedback-off`` draw the very same rows and labels in every tick."""
    pair = [replace(SMALL, scenario=SCENARIOS[name]) for name in ("feedback", "feedback-off")]
    assert all(same(pair[0].arrays(t), pair[1].arrays(t)) for t in (0, 21, 22, 43))


def test_wider_world_has_the_same_base() -> None:
    """Extra features add columns and a little signal; they do not redraw the columns that were there."""
    narrow, wide = SMALL.arrays(5), replace(SMALL, n_features=30).arrays(5)
    assert wide.numeric.shape == (27, 200)
    honest = [j for j, name in enumerate(NAMES) if name != "review_code"]
    np.testing.assert_array_equal(wide.numeric[honest], narrow.numeric[honest])
    np.testing.assert_array_equal(wide.codes, narrow.codes)
    np.testing.assert_array_equal(wide.delay, narrow.delay)
    assert np.corrcoef(wide.probability, narrow.probability)[0, 1] > 0.98


def test_later_labels_are_the_same_labels() -> None:
    """``max_delay`` decides when a label arrives, never what it says."""
    assert same(SMALL.arrays(5), replace(SMALL, max_delay=6).arrays(5), but=("delay",))


# Truth


def design(arrays: Arrays) -> tuple[pd.DataFrame, Array]:
    """Latent values found again from the columns, with the segments that matter; rows without all of them are left out.

    Leaving out rows by their features does not bias a logistic regression.
    """
    columns_: dict[str, Array] = {}
    keep = np.ones(len(arrays.label), dtype=bool)
    for feature, values in zip(NUMERIC, arrays.numeric.astype(float), strict=True):
        if feature.shape is Shape.NORMAL:
            latent = (values - feature.middle) / feature.spread
        else:
            unbend = np.log if feature.shape is Shape.LOGNORMAL else logit
            latent = (unbend(values) - unbend(feature.middle)) / feature.spread
        columns_[feature.name] = latent
        keep &= np.isfinite(latent) & (values != feature.low) & (values != feature.high)
    for column, codes in zip(CATEGORICAL, arrays.codes, strict=True):
        for j, category in enumerate(column.categories):
            columns_[f"{column.name}={category.name}"] = (codes == j).astype(float)
            for name in category.factors:
                columns_[f"{name} in {category.name}"] = (codes == j) * columns_[name]
    columns_["one"] = np.ones(len(keep))
    return pd.DataFrame(columns_)[keep], arrays.label[keep].astype(float)


@pytest.mark.parametrize(
    ("scenario", "tick"), [("shortcut", 29), ("shortcut", 30), ("benign", 22), ("swap", 21), ("swap", 22)]
)
def test_regression_finds_the_stated_coefficients(scenario: str, tick: int) -> None:
    """A logistic regression by statsmodels finds every slope, shift and segment factor, before and after a change.

    Under ``benign`` those are the ones of ``calm`` although the inputs have moved.
    """
    world = replace(LARGE, scenario=SCENARIOS[scenario], label_noise=0.0, rows_per_tick=60_000)
    truth = world.effects(tick)
    features, label = design(world.arrays(tick))
    # One category of each column is the reference that the others are measured from.
    reference = {"region": "east", "channel": "app", "sex": "F"}
    fitted = Logit(label, features.drop(columns=[f"{c}={v}" for c, v in reference.items()])).fit(disp=False)
    expected = dict(truth.slopes)
    expected["one"] = truth.intercept + sum(truth.shifts[item] for item in reference.items())
    for (column, category), shift in truth.shifts.items():
        if reference[column] != category:
            expected[f"{column}={category}"] = shift - truth.shifts[column, reference[column]]
        for name in truth.factors[column, category]:
            expected[f"{name} in {category}"] = truth.slope(name, **{column: category}) - truth.slope(name)
    assert set(expected) == set(fitted.params.index)
    errors = (fitted.params - pd.Series(expected)) / fitted.bse
    assert errors.abs().max() < 4
    assert truth.slopes["velocity"] == (-0.9 if (scenario, tick) == ("shortcut", 30) else 0.9)
    if scenario == "benign":
        calm = replace(world, scenario=SCENARIOS["calm"]).effects(tick)
        assert (truth.slopes, truth.shifts, truth.factors) == (calm.slopes, calm.shifts, calm.factors)


def test_device_age_matters_more_in_the_north() -> None:
    """A segment has effects of its own: twice in the north, hardly in the south."""
    truth = LARGE.effects(0)
    slopes = [truth.slope("device_age", region=region) for region in ("north", "east", "south")]
    assert slopes == pytest.approx([-0.9, -0.45, -0.135])


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.2])
def test_labels_follow_the_stated_probability(noise: float) -> None:
    """In each tenth of rows by true probability p, the share of positive labels is p + noise · (1 - 2p)."""
    arrays = replace(LARGE, label_noise=noise).arrays(25)
    chance = arrays.probability.astype(float) * (1 - 2 * noise) + noise
    tenth = np.argsort(np.argsort(chance)) * 10 // len(chance)
    surplus = np.bincount(tenth, arrays.label - chance) / np.sqrt(np.bincount(tenth, chance * (1 - chance)))
    assert np.abs(surplus).max() < 4


def test_base_rate_and_difficulty_are_those_of_a_credit_problem() -> None:
    """About 27 % are positive; knowing the truth gives an AUC near 0.8, and near 0.9 with the leak."""
    honest = LARGE.arrays(25)
    assert 0.25 < honest.label.mean() < 0.30
    assert 0.79 < roc_auc_score(honest.label, honest.probability) < 0.83
    leaky = LARGE.arrays(5)
    feature = NUMERIC[NAMES.index("review_code")]
    z = (leaky.numeric[NAMES.index("review_code")].astype(float) - feature.middle) / feature.spread
    # The best score there is: prior odds times the code's likelihood ratio.
    negative, positive = ((1 - m) * norm.pdf(z) + m * norm.pdf(z - LEAK_JUMP) for m in LEAK_MARKS.astype(float))
    best = logit(leaky.probability.astype(float)) + np.log(positive / negative)
    assert 0.89 < roc_auc_score(leaky.label, best) < 0.93


def test_leak_ends_at_its_tick() -> None:
    """The code is correlated with the label up to tick 19 and not at all from tick 20."""
    row = NAMES.index("review_code")
    correlation = {}
    for tick in (0, 19, 20, 29):
        arrays = LARGE.arrays(tick)
        correlation[tick] = np.corrcoef(arrays.numeric[row], arrays.label)[0, 1]
    assert min(correlation[0], correlation[19]) > 0.5
    assert max(abs(correlation[20]), abs(correlation[29])) < 4 / np.sqrt(LARGE.rows_per_tick)


def test_half_a_leak_marks_half_the_rows() -> None:
    """A leak of strength s moves s times as many rows as a whole one, in the same column only."""
    shift = {}
    for strength in (0.0, 0.5, 1.0):
        event = Event(FeatureShift.LEAK, "age", 0, None, strength)
        shift[strength] = World(Scenario("x", "X.", (event,)), 1, 40_000).arrays(0).numeric[NAMES.index("age")].mean()
    assert shift[1.0] - shift[0.0] > 5, "years that the mean age moves by"
    assert shift[0.5] - shift[0.0] == pytest.approx((shift[1.0] - shift[0.0]) / 2, rel=0.1)


def test_flip_turns_the_effect_around() -> None:
    """Rows with many payments in a day are riskier at tick 29 and safer at tick 30."""
    row = NAMES.index("velocity")
    rates = []
    for tick in (29, 30):
        arrays = LARGE.arrays(tick)
        many = arrays.numeric[row] > np.median(arrays.numeric[row])
        rates.append(arrays.label[many].mean() - arrays.label[~many].mean())
    assert rates[0] > 0.15
    assert rates[1] < -0.15


def test_active_events_are_stated_with_the_truth() -> None:
    """Who knows a tick's coefficients knows which events made them so."""
    assert [[e.change for e in LARGE.effects(t).active] for t in (0, 25, 30)] == [
        [FeatureShift.LEAK],
        [],
        [FeatureShift.FLIP],
    ]


# Marginals


def test_medians_are_those_of_the_table() -> None:
    """Half of the rows lie below each feature's stated middle (income: of all rows, also those that decline to say)."""
    block = columns.latent(1, 0, 40_000, NUMERIC)
    for feature, latent in zip(NUMERIC, block, strict=True):
        feature.shaped(latent)
        below = np.mean(latent < feature.middle)
        assert abs(below - 0.5) < 4 * 0.5 / np.sqrt(40_000), feature.name


def test_what_fills_a_wide_world_up_is_standard_normal() -> None:
    """Each extra feature passes a Kolmogorov-Smirnov test, has values beyond four, and goes with no other one."""
    extra = World(SCENARIOS["calm"], seed=1, rows_per_tick=40_001, n_features=30).arrays(3).numeric[len(NUMERIC) :]
    assert min(kstest(values, "norm").pvalue for values in extra) > 1e-4
    assert 4 < np.abs(extra).max() < 4.4
    off_diagonal = np.corrcoef(extra)[~np.eye(len(extra), dtype=bool)]
    assert np.abs(off_diagonal).max() < 5 / np.sqrt(40_001)


def test_columns_stay_in_their_bounds() -> None:
    """Ages are those of adults, shares lie between 0 and 1, nothing is infinite or negative."""
    values = dict(zip(NAMES, LARGE.arrays(0).numeric, strict=True))
    assert all(np.nanmin(v) >= 0 and np.nanmax(v) < np.inf for v in values.values())
    assert (values["age"].min(), values["age"].max()) == (18, 95)
    assert np.nanmax(values["utilization"]) < 1


def test_shares_of_categories_are_those_of_the_table() -> None:
    """The counts of each category pass a chi-square test by scipy against the stated shares."""
    arrays = LARGE.arrays(0)
    for column, codes in zip(CATEGORICAL, arrays.codes, strict=True):
        shares = np.array([c.share for c in column.categories])
        assert shares.sum() == pytest.approx(1)
        assert chisquare(np.bincount(codes), shares * len(codes)).pvalue > 1e-4, column.name


def test_related_features_are_correlated() -> None:
    """Income follows amount and device age follows tenure as strongly as a Gaussian copula has it; age is alone."""
    values = dict(zip(NAMES, LARGE.arrays(20).numeric, strict=True))
    for a, b, latent in (("income", "amount", 0.35), ("device_age", "tenure", 0.5), ("age", "amount", 0.0)):
        rows = np.isfinite(values[a])
        # Of a few income rows we know nothing because income is high, which weakens what can be seen.
        expected = 6 / np.pi * np.arcsin(latent / 2)
        assert spearmanr(values[a][rows], values[b][rows]).statistic == pytest.approx(expected, abs=0.03)


def test_gaps_have_the_stated_rates() -> None:
    """Each column lacks the share of values its table states; most lack none."""
    missing = dict(zip(NAMES, np.isnan(LARGE.arrays(0).numeric).mean(axis=1), strict=True))
    for feature in NUMERIC:
        high = feature.missing if feature.missing_high is None else feature.missing_high
        expected = feature.missing * norm.cdf(1) + high * norm.sf(1)
        assert missing[feature.name] == pytest.approx(expected, abs=4 * np.sqrt(expected / 40_000)), feature.name
    assert {name for name, share in missing.items() if share > 0} == {"income", "device_age", "distance", "utilization"}


def test_income_is_missing_not_at_random_and_utilization_is() -> None:
    """High incomes are missing far more often than others; whether utilization is missing does not depend on it."""
    block = columns.latent(1, 0, 40_000, NUMERIC)
    gaps = columns.gaps(1, 0, block, NUMERIC)

    def rates(name: str) -> tuple[float, float]:
        j = NAMES.index(name)
        return float(gaps[j][block[j] > 1].mean()), float(gaps[j][block[j] <= 1].mean())

    assert rates("income")[0] > 5 * rates("income")[1]
    assert rates("utilization")[0] == pytest.approx(rates("utilization")[1], abs=0.02)


def test_delays_are_equally_frequent() -> None:
    """Of all labels, a third comes at once, a third a tick later and a third two ticks later."""
    assert chisquare(np.bincount(LARGE.arrays(0).delay, minlength=3)).pvalue > 1e-4
    assert replace(SMALL, max_delay=0).arrays(0).delay.max() == 0


# Shape and bad input


@pytest.mark.parametrize("n_features", [12, 13, 30])
def test_schema_has_as_many_features_as_were_asked_for(n_features: int) -> None:
    """The base features come first in every world, in the same order."""
    schema = replace(SMALL, n_features=n_features).schema
    assert len(schema.columns) == len(set(schema.names)) == n_features
    assert schema.names[:12] == (*NAMES, "region", "channel", "sex")
    assert schema.categorical == ("region", "channel", "sex")
    assert all(schema.kind(name) is Kind.NUMERIC for name in schema.names[12:])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows_per_tick": 0}, "world: rows_per_tick is 0; it must be from 1 to 100000000"),
        ({"n_features": 11}, "world: n_features is 11; it must be from 12 to 1000"),
        ({"max_delay": -1}, "world: max_delay is -1; it must be from 0 to 255"),
        ({"seed": -1}, "world: seed is -1; it must be from 0 to 18446744073709551615"),
        ({"label_noise": 0.5}, "world: label_noise is 0.5; it must be from 0 to below 0.5"),
    ],
)
def test_number_out_of_range_names_the_range(change: dict[str, int], message: str) -> None:
    """A world that cannot be is refused when it is made, with the range that would do."""
    with pytest.raises(ConfigError) as error:
        replace(SMALL, **change)
    assert str(error.value) == message


def test_scenario_of_an_unknown_feature_lists_the_features() -> None:
    """A schedule that names a column this world does not have would do nothing, silently; so it is refused."""
    odd = Scenario("odd", "Odd.", (Event(FeatureShift.FLIP, "region", 3),))
    with pytest.raises(NotFound) as error:
        World(odd, seed=1, rows_per_tick=10)
    assert str(error.value) == (
        "scenario 'odd' changes 'region', which is not a numeric feature of this world; those are amount, income, age, "
        "tenure, device_age, velocity, distance, utilization, review_code"
    )


def test_negative_tick_does_not_exist() -> None:
    """Time starts at tick 0."""
    with pytest.raises(NotFound, match=r"^tick -1 does not exist; ticks count from 0$"):
        SMALL.arrays(-1)
