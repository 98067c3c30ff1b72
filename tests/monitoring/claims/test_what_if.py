"""Statistics of rows as they might have been, against brute force with LightGBM's own predictions."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from halflife.models.domain import Interval, Measurement, Scope, Status
from halflife.models.learner.model import Model
from halflife.models.rows import ROW_ID, Array
from halflife.monitoring.claims.estimation.measure import measure
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass, View
from halflife.monitoring.claims.evidence.reference_rows import Reference, association
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.language.question import Question

ROWS = {"first": (300, 1, 1000), "second": (250, 2, 5000)}


@pytest.fixture(scope="module")
def sets(rows: Callable[..., pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The rows a claim was made on, and later ones on which ``duration`` is higher."""
    made = {name: rows(n, seed=seed, first=first) for name, (n, seed, first) in ROWS.items()}
    made["second"]["duration"] += 0.7
    return made


@pytest.fixture(scope="module")
def sweep(model: Model, sets: dict[str, pd.DataFrame]) -> ModelPass:
    """One pass over both."""
    return ModelPass(model, Evidence(sets))


def ask(sweep: ModelPass, text: str, rows: str = "second", reference: str | None = "first") -> Measurement:
    """A claim made on the first rows, put to the second."""
    claim = parse(text)
    (answer,) = measure(sweep, [Question(claim, claim.scope, rows, reference=reference)], replicates=300)
    return answer


def interval(sweep: ModelPass, text: str, **more: str) -> Interval:
    """Its estimate and interval."""
    answer = ask(sweep, text, **more)
    assert answer.interval is not None, answer.reason
    return answer.interval


def raw(model: Model, frame: pd.DataFrame, **values: float | str) -> Array:
    """LightGBM's raw scores after some columns are set."""
    return np.asarray(model.booster.predict(model.matrix(frame.assign(**values)), raw_score=True))


def test_an_effect_is_partial_dependence_between_frozen_quantiles(
    model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]
) -> None:
    """High and low are those of the rows the claim was made on, however far the column has moved since."""
    low, high = sets["first"]["duration"].quantile([0.1, 0.9])
    expected = raw(model, sets["second"], duration=high) - raw(model, sets["second"], duration=low)
    assert interval(sweep, 'effect("duration") > 0').estimate == pytest.approx(expected.mean(), abs=1e-12)
    other = interval(sweep, 'effect("duration") > 0', reference="second").estimate
    assert other != pytest.approx(expected.mean(), abs=1e-3)


def test_an_effect_of_a_category_goes_from_the_most_frequent_to_the_next(
    model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]
) -> None:
    """Or from one given value to another."""
    usual, next_ = sets["first"]["job"].value_counts().index[:2]
    expected = raw(model, sets["second"], job=next_) - raw(model, sets["second"], job=usual)
    assert interval(sweep, 'effect("job") > 0').estimate == pytest.approx(expected.mean(), abs=1e-12)
    given = f'effect("job", low="{next_}", high="{usual}") > 0'
    assert interval(sweep, given).estimate == pytest.approx(-expected.mean(), abs=1e-12)


def test_accumulated_local_effects_add_up_cell_by_cell(
    model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]
) -> None:
    """Apley and Zhu's estimate, one cell and one row at a time."""
    born, now = sets["first"]["duration"], sets["second"]
    low, high = born.quantile([0.1, 0.9])
    between = born[(born > low) & (born < high)]
    edges = [low, *between.quantile(np.arange(1, 8) / 8), high]
    expected = 0.0
    for k in range(8):
        last = k == 7
        inside = now[
            (now["duration"] >= edges[k])
            & ((now["duration"] <= edges[k + 1]) if last else (now["duration"] < edges[k + 1]))
        ]
        moved = [
            raw(model, inside[r : r + 1], duration=edges[k + 1])[0]
            - raw(model, inside[r : r + 1], duration=edges[k])[0]
            for r in range(len(inside))
        ]
        expected += float(np.mean(moved))
    assert interval(sweep, 'effect("duration", kind="ale") > 0').estimate == pytest.approx(expected, abs=1e-10)


def test_an_interaction_is_the_difference_of_differences(
    model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]
) -> None:
    """Four predictions of every row; the same for (b, a)."""
    low, high = sets["first"]["duration"].quantile([0.1, 0.9])
    usual, next_ = sets["first"]["sex"].value_counts().index[:2]
    f = {(d, s): raw(model, sets["second"], duration=d, sex=s) for d in (low, high) for s in (usual, next_)}
    expected = f[high, next_] - f[high, usual] - f[low, next_] + f[low, usual]
    for text in ('interaction("duration", "sex") > 0', 'interaction("sex", "duration") > 0'):
        assert interval(sweep, text).estimate == pytest.approx(expected.mean(), abs=1e-12)


def test_reliance_counts_decisions_that_flip_at_a_reference_value(
    model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]
) -> None:
    """The median and the most frequent value of the rows the claim was made on, one column or a group; Wilson's interval."""
    now, median = sets["second"], float(sets["first"]["duration"].median())
    usual = sets["first"]["job"].mode()[0]
    before = model.probability(now) >= 0.5
    for text, values in (
        ('reliance("duration") > 0', {"duration": median}),
        ('reliance(["duration", "job"]) > 0', {"duration": median, "job": usual}),
    ):
        flips = int(((model.probability(now.assign(**values)) >= 0.5) != before).sum())
        found = interval(sweep, text)
        assert found.estimate == flips / len(now)
        bounds = proportion_confint(flips, len(now), alpha=0.10, method="wilson")
        assert (found.lower, found.upper) == pytest.approx(bounds, abs=1e-12)


def test_reliance_can_be_the_rise_of_the_loss(model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]) -> None:
    """Mean log loss after minus mean log loss before."""
    now = sets["second"]
    y, median = now["_label"].to_numpy(), float(sets["first"]["duration"].median())
    before, after = (
        -np.log(np.where(y == 1, p, 1 - p)).mean()
        for p in (model.probability(now), model.probability(now.assign(duration=median)))
    )
    found = interval(sweep, 'reliance("duration", metric="loss") > 0')
    assert found.estimate == pytest.approx(after - before, abs=1e-12)


def test_permutation_lends_values_of_similar_rows(model: Model, rows: Callable[..., pd.DataFrame]) -> None:
    """What is borrowed keeps its association with what is held fixed, and its distribution; nobody lends to itself."""
    frame = rows(1500, seed=3)
    rng = np.random.default_rng(0)
    frame["emp.var.rate"] = frame["duration"].fillna(0) + 0.3 * rng.normal(size=1500)
    evidence = Evidence({"born": frame})
    reference = Reference("born", evidence, model.schema)
    assert reference.companions(("duration",)) == ("emp.var.rate",)
    assert reference.companions(("sex",)) == ()
    donors = reference.donors(("duration",))(View(ModelPass(model, evidence), np.arange(1500)))
    assert (donors != np.arange(1500)).all()
    lent, held = frame["duration"].to_numpy()[donors], frame["emp.var.rate"].to_numpy()
    known = ~np.isnan(lent)
    assert np.corrcoef(lent[known], held[known])[0, 1] > 0.75
    assert np.nanmean(lent) == pytest.approx(frame["duration"].mean(), abs=0.08)
    anybody = reference.donors(("sex",))(View(ModelPass(model, evidence), np.arange(1500)))
    assert abs(np.corrcoef(frame["duration"].fillna(0).to_numpy()[anybody], held)[0, 1]) < 0.08


def test_reliance_by_permutation_borrows_from_those_rows(
    model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]
) -> None:
    """With the donors given, the flips are those of plain predictions of the rows with the borrowed values."""
    now, born = sets["second"], sets["first"]
    view = View(sweep, sweep.evidence.index["second"])
    donors = Reference("first", sweep.evidence, model.schema).donors(("duration",))(view)
    assert set(sweep.evidence.frame[ROW_ID].iloc[donors]) <= set(born[ROW_ID])
    lent = sweep.evidence.frame["duration"].to_numpy()[donors]
    flips = (model.probability(now.assign(duration=lent)) >= 0.5) != (model.probability(now) >= 0.5)
    assert interval(sweep, 'reliance("duration", do="permutation") > 0').estimate == flips.mean()


def test_association_is_cramers_v() -> None:
    """As SciPy has it."""
    from scipy.stats.contingency import association as cramer
    from scipy.stats.contingency import crosstab

    rng = np.random.default_rng(1)
    a = rng.integers(0, 4, 300)
    b = np.where(rng.random(300) < 0.5, a, rng.integers(0, 3, 300))
    assert association(a, b) == pytest.approx(cramer(crosstab(a, b).count, method="cramer"))


def test_flips_says_whether_a_decision_changes_and_by_how_much(
    model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]
) -> None:
    """True exactly when the probability crosses the threshold; θ is the log-odds on the other side."""
    seen = set()
    for k in range(60):
        row = sets["second"][k : k + 1]
        after = raw(model, row, duration=-0.5, job="cook")[0]
        before = raw(model, row)[0] >= 0
        flips = (after >= 0) != before
        seen.add(bool(flips))
        text = f'flips(case="{row[ROW_ID].iloc[0]}", set={{"duration": -0.5, "job": "cook"}})'
        yes, no = ask(sweep, f"{text} == True"), ask(sweep, f"{text} == False")
        assert (yes.status is Status.HOLDS) == (no.status is Status.STALE) == flips
        assert yes.interval is not None
        assert yes.interval.estimate == pytest.approx(-after if before else after)
        assert yes.interval == no.interval
    assert seen == {True, False}


def test_the_share_that_flips_is_counted_over_rows(
    model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]
) -> None:
    """Without a case: of the rows of a segment, with Wilson's interval."""
    women = sets["second"][sets["second"]["sex"] == "F"]
    flips = int(((raw(model, women, duration=-0.5) >= 0) != (raw(model, women) >= 0)).sum())
    found = interval(sweep, 'flips(set={"duration": -0.5}, where="sex = \'F\'") > 0.1')
    assert found.estimate == flips / len(women)
    assert (found.lower, found.upper) == pytest.approx(
        proportion_confint(flips, len(women), alpha=0.10, method="wilson"), abs=1e-12
    )


def test_neighbours_are_those_that_share_leaves(model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]) -> None:
    """Weights are shares of trees with a common leaf, by LightGBM's own routing; the case is not its own neighbour."""
    born = sets["first"]
    case = born[ROW_ID].iloc[7]
    leaves = np.asarray(model.booster.predict(model.matrix(born), pred_leaf=True))
    kappa = (leaves == leaves[7]).mean(axis=1)
    kappa[7] = 0.0
    women, label = (born["sex"] == "F").to_numpy(), born["_label"].to_numpy()
    text = f'neighbour_share(case="{case}"'
    asked = {"rows": "first", "reference": "first"}
    found = interval(sweep, f"{text}, where=\"sex = 'F'\") > 0", **asked)
    assert found.estimate == pytest.approx(kappa[women].sum() / kappa.sum(), abs=1e-12)
    assert interval(sweep, f"{text}) > 0", **asked).estimate == pytest.approx(kappa @ label / kappa.sum(), abs=1e-12)


def test_rank_is_a_lead_over_the_rival_for_a_place(
    model: Model, sweep: ModelPass, sets: dict[str, pd.DataFrame]
) -> None:
    """Positive exactly for the k features with the largest shares, by LightGBM's own contributions."""
    phi = np.abs(np.asarray(model.booster.predict(model.matrix(sets["second"]), pred_contrib=True))[:, :-1]).sum(axis=0)
    shares = dict(zip(model.schema.names, phi / phi.sum(), strict=True))
    ranking = sorted(shares, key=lambda name: -shares[name])
    for top in (1, 2, 3):
        for name in ranking:
            others = sorted((share for other, share in shares.items() if other != name), reverse=True)
            found = interval(sweep, f'attribution_rank("{name}", top={top}) > 0').estimate
            assert found == pytest.approx(shares[name] - others[top - 1], abs=1e-12)
            assert (found > 0) == (ranking.index(name) < top)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('attribution_rank("sex", top=4) > 0', "there are no more features than places"),
        ('effect("flat") > 0', "'flat' is not a column"),
        ('effect("job", kind="ale") > 0', "'job' is a category; kind=\"ale\" is for numbers"),
        ('effect("job", low=1, high=2) > 0', "'job' is a category; write its value in quotes"),
        ('effect("duration", low="a", high="b") > 0', "'duration' is a number; it cannot be 'a'"),
        ('effect("duration", kind="ale", low=8, high=9) > 0', "0 rows with duration from 8 to 9"),
        ('effect("duration", kind="ale", low=2, high=1) > 0', "low is below high"),
        ('flips(case="1000", set={"job": 3}) == True', "'job' is a category; write its value in quotes"),
        ('flips(case="1000", set={"age": 3}) == True', "'age' is not a column"),
    ],
)
def test_what_cannot_be_imagined_is_untestable(text: str, reason: str, sweep: ModelPass) -> None:
    """Levels that do not fit the column, cells without rows, columns that are gone: said in a sentence."""
    answer = ask(sweep, text, rows="first", reference="first")
    assert answer.status is Status.UNTESTABLE
    assert reason in answer.reason


def test_a_column_with_one_value_has_no_levels(model: Model, rows: Callable[..., pd.DataFrame]) -> None:
    """Nothing is high or low; a column of two values, one of them rare, has its extremes."""
    frame = rows(200, seed=6)
    flat = ModelPass(model, Evidence({"a": frame.assign(duration=1.0, job="cook")}))
    reason = " has fewer than two values on the rows the claim was made on"
    for name in ("duration", "job"):
        assert ask(flat, f'effect("{name}") > 0', "a", "a").reason == f"'{name}'{reason}"
    rare = frame.assign(duration=np.where(np.arange(200) < 5, 1.0, 0.0))
    found = interval(ModelPass(model, Evidence({"a": rare})), 'effect("duration") > 0', rows="a", reference="a")
    expected = raw(model, rare, duration=1.0) - raw(model, rare, duration=0.0)
    assert found.estimate == pytest.approx(expected.mean(), abs=1e-12)


def test_two_claims_that_differ_in_their_rows_of_birth_are_two_subjects(sweep: ModelPass) -> None:
    """Asked together or alone, each gets its own quantiles; statistics that settle nothing share one estimate."""
    claim = parse('effect("duration") > 0')
    asked = [Question(claim, Scope.POPULATION, "second", reference=name) for name in ("first", "second")]
    together = [answer.interval for answer in measure(sweep, asked, replicates=100)]
    alone = [measure(sweep, [question], replicates=100)[0].interval for question in asked]
    assert together == alone
    assert together[0] != together[1]
    plain = [Question(parse("auc() > 0.5"), Scope.POPULATION, "second", reference=name) for name in ("first", "second")]
    assert plain[0].subject == plain[1].subject
