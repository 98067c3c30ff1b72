"""What the model goes by: its strongest features, and which way each moves the score."""

import numpy as np

from halflife.models.rows import Array, Kind
from halflife.monitoring.investigator.column_signal import binned
from halflife.monitoring.investigator.lead import Lead, Topic, call, claim, percent, slug
from halflife.monitoring.investigator.scored_rows import SOME, ScoredRows
from halflife.monitoring.policy import InvestigatePolicy

HELD = 0.75
"""Part of what was seen that is claimed."""
WITHOUT_TURN = 0.5
"""A direction is told when at least this much of the ups and downs goes one way on balance."""


def reliance(scored: ScoredRows, policy: InvestigatePolicy) -> list[Lead]:
    """The strongest features hold most of their share; numeric ones that go one way keep going that way."""
    leads = []
    for rank, j in enumerate(scored.ranking[: policy.attributions], start=1):
        share, name = float(scored.share[j]), scored.schema.names[j]
        if share > 0:
            text = claim(call("attribution_share", name), ">", HELD * share)
            note = f"{name} holds {percent(share)} of the attribution, rank {rank}"
            leads.append(Lead(Topic.RELIANCE, f"top{rank}-{slug(name)}", text, note, 0.0))
    return leads + _directions(scored, policy)


def _directions(scored: ScoredRows, policy: InvestigatePolicy) -> list[Lead]:
    strongest = [
        j
        for j in scored.ranking[: policy.attributions]
        if scored.schema.columns[j].kind is Kind.NUMERIC
        and scored.schema.names[j] not in policy.expect
        and abs(direction(scored, int(j))[1]) >= WITHOUT_TURN
    ]
    subjects = [call("effect", scored.schema.names[j]) for j in strongest]
    leads = []
    for j, subject, effect in zip(strongest, subjects, scored.seen(subjects, SOME), strict=True):
        name = scored.schema.names[j]
        if np.isfinite(effect) and effect:
            text = claim(subject, ">" if effect > 0 else "<", effect / 2)
            note = f"the score {'rises' if effect > 0 else 'falls'} with {name}"
            leads.append(Lead(Topic.RELIANCE, f"effect-{slug(name)}", text, note, 0.0))
    return leads


def direction(scored: ScoredRows, j: int) -> tuple[float, float]:
    """Which way a numeric feature moves the score, from its attributions in 16 bins of its values.

    Args:
        scored: the rows.
        j: position of the feature.

    Returns:
        Rise of the score from the lowest to the highest bin, in log-odds, and that rise as a share of all ups and
        downs on the way, in [-1, 1]: 1 for a feature that only ever raises it.
    """
    _, means = profile(scored, j)
    steps = np.diff(means)
    way = float(np.abs(steps).sum())
    return (float(steps.sum()), float(steps.sum()) / way) if way else (0.0, 0.0)


def profile(scored: ScoredRows, j: int) -> tuple[Array, Array]:
    """Middle value and mean attribution of each bin of a numeric feature with ten rows or more, shape (b,) both."""
    values = scored.matrix[scored.explained, j]
    bins = binned(values)
    size = np.bincount(bins)
    use = np.flatnonzero(size >= 10)
    use = use[use > 0]
    middle = np.bincount(bins, weights=np.nan_to_num(values))
    mean = np.bincount(bins, weights=scored.attributions[:, j])
    return middle[use] / size[use], mean[use] / size[use]
