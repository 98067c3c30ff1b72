"""One pass over the union says what each claim, computed alone with NumPy on its own set, would say."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halflife.models.domain import Scope
from halflife.models.learner.model import Model, encode
from halflife.models.rows import LABEL, Array, Schema, row_hash
from halflife.monitoring.claims.estimation import bootstrap
from halflife.monitoring.claims.estimation.estimates import estimate
from halflife.monitoring.claims.estimation.measure import estimates
from halflife.monitoring.claims.estimation.query_plan import QueryPlan
from halflife.monitoring.claims.evidence import evidence_rows as evidence_module
from halflife.monitoring.claims.evidence.bootstrap_weights import poisson_counts
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.masks import mask
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import Claim, parse
from halflife.monitoring.claims.language.question import Question

REPLICATES = 64
COUNTS = ("accuracy", "base_rate", "fpr", "positive_rate", "precision", "tpr")
SINGLE = ("accuracy", "base_rate", "brier", "fpr", "log_loss", "precision", "tpr")
WHERE = st.sampled_from(
    ["sex = 'F'", "sex <> 'F'", "job = 'cook'", "duration > 0.5", "\"emp.var.rate\" < 0 OR sex = 'M'"]
)
WITHIN = st.one_of(st.just(""), WHERE.map(lambda where: f"where={where!r}"))
FEATURE = st.sampled_from(['"duration"', '"sex"', '["sex", "job"]'])
CLAIMS = st.one_of(
    st.builds("attribution_share({}, {}) > 0".format, FEATURE, WITHIN),
    st.builds("auc({}) > 0".format, WITHIN),
    st.builds("{}({}) > 0".format, st.sampled_from(SINGLE), WITHIN),
    st.builds("calibration_slope({}) > 0".format, WITHIN),
    st.builds(
        'gap("{}", a={!r}, b={!r}, {}) > 0'.format,
        st.sampled_from([*COUNTS, "brier", "log_loss"]),
        WHERE,
        WHERE,
        WITHIN,
    ),
).map(lambda text: parse(text.replace(", )", ")")))


def weighted(claim: Claim, rows: pd.DataFrame, model: Model, weight: Array) -> float:
    """θ of a claim on weighted rows of one set, as a textbook writes it; NaN where it divides by nothing.

    AUC and the slope are linearised in the product code, so here they are only asked with weights of one.
    """
    of = dict(claim.arguments)
    keep = mask(str(of["where"]), rows) if "where" in of else np.ones(len(rows), dtype=bool)
    if claim.statistic != "attribution_share":
        keep &= rows[LABEL].notna().to_numpy()
    rows, w = rows[keep], weight[keep]
    y, p = rows[LABEL].to_numpy(), np.clip(model.probability(rows), 1e-12, 1 - 1e-12)
    loss = -np.log(np.where(y == 1, p, 1 - p))
    if claim.statistic == "attribution_share":
        phi = np.abs(np.asarray(model.booster.predict(model.matrix(rows), pred_contrib=True))[:, :-1])
        named = [of["feature"]] if isinstance(of["feature"], str) else list(of["feature"])  # type: ignore[arg-type]  # a tuple
        return divided(w @ phi[:, [model.schema.names.index(str(name)) for name in named]].sum(axis=1), (w @ phi).sum())
    if claim.statistic == "auc":
        wins = np.sign(p[y == 1][:, None] - p[y == 0][None, :]) / 2 + 0.5
        return divided(wins.sum(), wins.size)
    d = p >= model.threshold
    counted, among = {
        "accuracy": (d == (y == 1), y >= 0),
        "base_rate": (y == 1, y >= 0),
        "brier": ((p - y) ** 2, y >= 0),
        "fpr": (d & (y == 0), y == 0),
        "log_loss": (loss, y >= 0),
        "positive_rate": (d, y >= 0),
        "precision": (d & (y == 1), d),
        "tpr": (d & (y == 1), y == 1),
    }[str(of.get("metric", claim.statistic))]
    if claim.statistic != "gap":
        return divided(w @ counted, w @ among)
    a, b = (mask(str(of[side]), rows) for side in ("a", "b"))
    return divided(w @ (counted * a), w @ (among & a)) - divided(w @ (counted * b), w @ (among & b))


def divided(numerator: float, denominator: float) -> float:
    """NaN instead of a division by nothing."""
    return float(numerator / denominator) if denominator > 0 else float("nan")


@pytest.fixture(scope="module")
def sets(rows: Callable[..., pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    """Three sets that overlap, one of which knows labels the others do not, and one apart."""
    every = rows(700, seed=11)
    late = every.iloc[150:500].sample(frac=1, random_state=1)
    late.loc[late.index[:40], LABEL] = np.nan
    return {"a": every[:400], "b": late, "c": every[390:], "d": rows(90, seed=12, first=99_000)}


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.lists(st.tuples(CLAIMS, st.sampled_from("abcd")), min_size=1, max_size=12),
    small=st.sampled_from([1, 60, 10_000]),
)
def test_every_claim_gets_what_it_would_get_alone(
    asked: list[tuple[Claim, str]], small: int, model: Model, sets: Mapping[str, pd.DataFrame]
) -> None:
    """Estimates to 1e-12; replicates of rates exactly, of other ratios to single precision; whatever the blocks."""
    evidence = Evidence(sets)
    label = evidence.frame.set_index("_id")[LABEL]
    known = {name: rows.assign(**{LABEL: label.loc[rows["_id"]].to_numpy()}) for name, rows in sets.items()}
    plan = QueryPlan([Question(claim, Scope.POPULATION, name) for claim, name in asked], evidence, model.schema)
    found = estimate(plan, [ModelPass(model, evidence)])
    wanted = [n for n in plan.subjects.values() if np.isfinite(found.value[0, n])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "_SMALL", small)
        draws = dict(zip(wanted, bootstrap.replicates(plan, found, 0, wanted, REPLICATES), strict=True))
    for claim, name in asked:
        number = plan.subjects[Question(claim, Scope.POPULATION, name).subject]
        assert (number in draws) != ((0, number) in found.reasons)
        if number not in draws or claim.statistic == "calibration_slope":
            continue
        ones = np.ones(len(known[name]))
        assert found.value[0, number] == pytest.approx(weighted(claim, known[name], model, ones), abs=1e-12)
        if claim.statistic == "auc":
            continue
        counts = poisson_counts(row_hash(sets[name]["_id"]), REPLICATES).T.astype(float)
        expected = [weighted(claim, known[name], model, w) for w in counts[:8]]
        exact = dict(claim.arguments).get("metric", claim.statistic) in COUNTS
        np.testing.assert_allclose(draws[number][:8], expected, rtol=0, atol=1e-15 if exact else 1e-5, equal_nan=True)


def test_several_models_side_by_side_say_what_each_says_alone(model: Model, sets: Mapping[str, pd.DataFrame]) -> None:
    """θ of every question by every model; NaN exactly where a measurement would be untestable."""
    texts = ['gap("tpr", a="sex = \'F\'", b="sex = \'M\'") > 0', "auc() > 0", 'attribution_share("sex") > 0']
    texts += ["calibration_slope() > 0", 'prediction(case="41007") > 0', 'auc(where="duration > 9") > 0']
    asked = [Question(parse(text), Scope.POPULATION, name) for text in texts for name in "ac"]
    strict = Model(model.text, model.schema, model.categories, model.calibration, 0.7)
    evidence = Evidence(sets)
    models = [model, strict, model]
    together = estimates([ModelPass(m, evidence) for m in models], asked)
    for row, m in zip(together, models, strict=True):
        np.testing.assert_allclose(row, estimates([ModelPass(m, Evidence(sets))], asked)[0], rtol=0, atol=1e-12)
    assert np.isnan(together).tolist() == [[False] * 9 + [True] * 3] * 3
    np.testing.assert_allclose(together[0], together[2], rtol=0, atol=1e-12)
    assert (together[0, :2] != together[1, :2]).all()


def test_rows_are_encoded_once_for_models_that_encode_alike(
    model: Model, sets: Mapping[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Models of one schema and the same categories share the matrix; other categories have a matrix of their own."""
    encoded: list[int] = []

    def counting(frame: pd.DataFrame, schema: Schema, categories: Mapping[str, tuple[str, ...]]) -> Array:
        encoded.append(len(frame))
        return encode(frame, schema, categories)

    monkeypatch.setattr(evidence_module, "encode", counting)
    evidence = Evidence(sets)
    alike = Model(model.text, model.schema, dict(model.categories), model.calibration, 0.7)
    other = Model(model.text, model.schema, {**model.categories, "job": ("student", "cook")}, model.calibration, 0.7)
    matrices = [ModelPass(m, evidence).matrix for m in (model, alike, other, model)]
    assert encoded == [len(evidence)] * 2
    assert matrices[0] is matrices[1] is matrices[3]
    np.testing.assert_array_equal(matrices[2], other.matrix(evidence.frame))
