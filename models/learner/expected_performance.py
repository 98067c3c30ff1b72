r"""Performance on rows whose labels have not come, from what calibrated scores say of them.

A model that says 0.7 expects to be right in seven of ten such rows. From that follow its expected accuracy, Brier
score, log loss and AUC: **confidence-based estimation** (CBPE; Guillory et al., ICCV 2021; NannyML). It stands on one
supposition: that given the score the label is as likely as it was where the scores were calibrated. Other rows
(covariate shift) leave that true; another meaning of the rows (concept drift) makes it false, and no label is there to
tell. Where some labels have come, **prediction-powered** estimates (Angelopoulos, Bates, Fannjiang, Jordan, Zrnic,
Science 2023; PPI++, 2023) correct the scores' word by them; they suppose that rows with a label are like those without.

Losses are linear in the label, so that replacing a label by its probability gives the expected loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from halflife.models.domain import Interval
from halflife.models.learner.evaluate import EPSILON, standard_error
from halflife.models.rows import Array, Rows

FEWEST = 100
"""Labelled rows from which scores can be calibrated anew."""
FEWEST_OF_EACH = 10
"""Of each label among them."""
DRAWS = 400
"""Sets of labels that are drawn to find an interval."""
TOPS = {"log_loss": np.inf, "brier": 1.0, "accuracy": 1.0}


@dataclass(frozen=True)
class Recalibration:
    """What a model's log-odds mean, by a logistic regression of labels on them: logit q = a + b · logit p.

    Attributes:
        coefficients: (a, b).
        covariance: of these, shape (2, 2); robust, and by entity where rows repeat.

    Source: Cox, Biometrika 1958; the covariance is White's (Econometrica 1982), summed by cluster.
    """

    coefficients: Array
    covariance: Array

    def __call__(self, probability: Array) -> Array:
        """What these scores mean, shape (n,)."""
        return _logistic(self.coefficients, _log_odds(probability))


def enough(label: Array) -> bool:
    """Whether these labels, shape (n,), are enough to calibrate by, or to correct an estimate by.

    >>> enough(np.repeat([0.0, 1.0], 50)), enough(np.repeat([0.0, 1.0], [95, 5]))
    (True, False)
    """
    few = min(np.count_nonzero(label == 0), np.count_nonzero(label == 1))
    return bool(len(label) >= FEWEST and few >= FEWEST_OF_EACH)


def recalibrate(probability: Array, label: Array, entities: Rows | None = None) -> Recalibration | None:
    """Fit the meaning of scores; None where labels are too few (`FEWEST`, `FEWEST_OF_EACH`) or scores are all alike.

    Args:
        probability: by the model, of rows it was not trained on, shape (n,).
        label: 0 or 1, shape (n,).
        entities: the number of each row's entity, shape (n,); None where each row is its own.

    >>> probability = np.tile([0.2, 0.4, 0.6, 0.8], 100)
    >>> label = (np.arange(400) // 4 % 10 < 10 * probability).astype(float)
    >>> recalibrate(probability, label).coefficients.round(2) + 0.0
    array([0., 1.])
    """
    x = _log_odds(probability)
    if not enough(label) or np.ptp(x) < 1e-6:
        return None
    from sklearn.linear_model import LogisticRegression  # it takes half a second to load

    # A prior of a hundred rows' thousandth keeps separable labels from sending the slope to infinity.
    fitted = LogisticRegression(C=1e3, solver="newton-cholesky", max_iter=200).fit(x[:, None], label)
    coefficients = np.array([fitted.intercept_[0], fitted.coef_[0, 0]])
    q = _logistic(coefficients, x)
    design = np.column_stack([np.ones_like(x), x])
    scores = design * (label - q)[:, None]
    if entities is not None:
        _, own = np.unique(entities, return_inverse=True)
        scores = np.column_stack([np.bincount(own, weights=column) for column in scores.T])
    bread = np.linalg.inv(design.T @ (design * (q * (1 - q))[:, None]) + np.diag([0.0, 1e-3]))
    return Recalibration(coefficients, bread @ (scores.T @ scores) @ bread)


def expected(
    probability: Array,
    meaning: Recalibration,
    rng: np.random.Generator,
    *,
    level: float,
    threshold: float,
    entities: Rows | None = None,
) -> dict[str, Interval]:
    """Performance on rows without labels, and where it will lie when they come if scores keep their meaning.

    The interval is of the performance on these very rows: labels are drawn by what the scores mean, which is itself
    drawn with the error it was found with.

    Args:
        probability: by the model, shape (n,), n at least 2.
        meaning: of such scores.
        rng: draws the labels.
        level: two-sided coverage.
        threshold: from which probability on the decision is 1.
        entities: the number of each row's entity, shape (n,); rows of one entity are drawn as alike as their scores
            allow, which makes the interval as wide as it can be. None where each row is its own.

    Returns:
        ``auc``, ``log_loss`` in nats, ``brier``, ``accuracy``.

    >>> rng = np.random.default_rng(0)
    >>> sure = Recalibration(np.array([0.0, 1.0]), np.zeros((2, 2)))
    >>> found = expected(np.tile([0.1, 0.9], 500), sure, rng, level=0.9, threshold=0.5)
    >>> found["accuracy"].estimate, found["brier"].estimate
    (0.9, 0.09)
    """
    from scipy.stats import rankdata  # loading it takes half a second, which only a ranking needs

    x, means = _log_odds(probability), meaning(probability)
    none, all_of_them = (_losses(probability, np.full(len(x), label), threshold) for label in (0.0, 1.0))
    own = None if entities is None else np.unique(entities, return_inverse=True)[1]
    gains = np.column_stack([rankdata(probability), *(all_of_them[name] - none[name] for name in none)])
    sure = np.array([losses.mean() for losses in none.values()])
    drawn: dict[str, list[float]] = {name: [] for name in ("auc", *none)}
    for coefficients in rng.multivariate_normal(meaning.coefficients, meaning.covariance, size=DRAWS, method="eigh"):
        luck = rng.random(len(x))
        label = (luck if own is None else luck[own]) < _logistic(coefficients, x)
        ranks, *gained = label.astype(float) @ gains
        positive = int(label.sum())
        if 0 < positive < len(x):
            drawn["auc"].append((ranks - positive * (positive + 1) / 2) / (positive * (len(x) - positive)))
        for name, value in zip(none, sure + np.array(gained) / len(x), strict=True):
            drawn[name].append(value)
    edges = [(1 - level) / 2, (1 + level) / 2]
    told = {}
    for name, value in _scores(probability, means, threshold).items():
        if not drawn[name]:
            continue
        lower, upper = np.quantile(drawn[name], edges)
        told[name] = Interval(round(value, 12), min(float(lower), value), max(float(upper), value))
    return told


def assisted(
    labelled: tuple[Array, Array],
    unlabelled: Array,
    meaning: Recalibration,
    *,
    level: float,
    threshold: float,
    entities: tuple[Rows, Rows] | None = None,
) -> dict[str, Interval]:
    """Performance on rows of which some have a label: prediction-powered, each metric with the weight that serves it best.

    θ = λ·f(unlabelled) + θ(labelled) − λ·f(labelled), where f is what the scores expect; λ in [0, 1] makes its variance
    smallest, so that scores that say nothing are not listened to. Variances are of the metrics' influence values; those
    of the AUC are DeLong's placements.

    Args:
        labelled: probabilities and labels of the rows with one, shape (n,) each, two of each label at least.
        unlabelled: probabilities of the others, shape (m,), m at least 2.
        meaning: of such scores, found on other rows.
        level: two-sided coverage.
        threshold: from which probability on the decision is 1.
        entities: the numbers of both sides' entities; None where each row is its own.

    Source: Angelopoulos, Duchi, Zrnic, "PPI++: Efficient Prediction-Powered Inference", 2023.
    """
    probability, label = labelled
    true = _influences(probability, label, threshold)
    near, far = (_influences(p, meaning(p), threshold) for p in (probability, unlabelled))
    n, m = len(label), len(unlabelled)
    z, told = float(ndtri((1 + level) / 2)), {}
    for name, (value, influence) in true.items():
        (near_value, near_influence), (far_value, far_influence) = near[name], far[name]
        spread = near_influence.var() * (1 + n / m)
        covariance = float(np.mean(influence * near_influence))
        weight = float(np.clip(covariance / spread, 0.0, 1.0)) if spread > 0 else 0.0
        estimate = value + weight * (far_value - near_value)
        errors = (
            weight * standard_error(far_influence, entities and entities[1])[0],
            standard_error(influence - weight * near_influence, entities and entities[0])[0],
        )
        told[name] = _bounded(name, float(estimate), z * float(np.hypot(*errors)))
    return told


def _bounded(name: str, estimate: float, reach: float) -> Interval:
    """The interval of a metric: on the logit scale for the AUC, as `evaluate` has it, else cut where metrics end."""
    if name == "auc":
        inside = float(np.clip(estimate, EPSILON, 1 - EPSILON))
        lower, upper = expit(logit(inside) + np.array([-1, 1]) * reach / (inside * (1 - inside)))
        return Interval(inside, float(lower), float(upper))
    top = TOPS[name]
    return Interval(min(max(estimate, 0.0), top), max(0.0, estimate - reach), min(top, estimate + reach))


def _losses(probability: Array, truth: Array, threshold: float) -> Mapping[str, Array]:
    """Of each row, shape (n,); linear in ``truth``, a label or its probability."""
    p = np.clip(probability, EPSILON, 1 - EPSILON)
    return {
        "log_loss": -truth * np.log(p) - (1 - truth) * np.log1p(-p),
        "brier": truth * (1 - probability) ** 2 + (1 - truth) * probability**2,
        "accuracy": np.where(probability >= threshold, truth, 1 - truth),
    }


def _scores(probability: Array, truth: Array, threshold: float) -> dict[str, float]:
    """Every metric for labels, or for their probabilities; no AUC where one label is missing."""
    found = {}
    if 0 < truth.sum() < len(truth):
        found["auc"] = _area(probability, truth)[0]
    return found | {name: float(losses.mean()) for name, losses in _losses(probability, truth, threshold).items()}


def _influences(probability: Array, truth: Array, threshold: float) -> dict[str, tuple[float, Array]]:
    """Metric -> its value and how much each row moves it, shape (n,), around 0."""
    found = {"auc": _area(probability, truth)}
    for name, losses in _losses(probability, truth, threshold).items():
        found[name] = float(losses.mean()), losses - losses.mean()
    return found


def _area(score: Array, truth: Array) -> tuple[float, Array]:
    """The AUC where a row is positive with weight ``truth`` and negative with the rest, and its influence values.

    Pairs of a row with itself are left out; ties count one half. In O(n log n).
    """
    values, place = np.unique(score, return_inverse=True)
    positive, negative = (np.bincount(place, weights=w, minlength=len(values)) for w in (truth, 1 - truth))
    # Of each row: the weight of negatives below it, and of positives above it, ties half.
    below = (np.cumsum(negative) - negative / 2)[place]
    above = (positive.sum() - np.cumsum(positive) + positive / 2)[place]
    n, own = len(truth), truth * (1 - truth) / 2
    pairs = positive.sum() * negative.sum() - 2 * own.sum()
    area = float((truth @ below - own.sum()) / pairs) if pairs > 0 else float("nan")
    p, q = truth.mean(), 1 - truth.mean()
    influence = truth / p * (below / (n * q) - area) + (1 - truth) / q * (above / (n * p) - area)
    return area, influence - influence.mean()


def _log_odds(probability: Array) -> Array:
    return np.asarray(logit(np.clip(probability, 1e-6, 1 - 1e-6)), dtype=float)


def _logistic(coefficients: Array, x: Array) -> Array:
    return np.asarray(expit(coefficients[0] + coefficients[1] * x), dtype=float)
