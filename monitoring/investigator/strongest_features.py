"""What the model goes by: its strongest features, and which way each moves the score."""

import numpy as np

from halflife.models.rows import Array, Kind
from halflife.monitoring.investigator.column_signal import BINS, auc, auc_error, binned
from halflife.monitoring.investigator.lead import Lead, Topic, call, claim, percent, slug
from halflife.monitoring.investigator.scored_rows import SOME, ScoredRows
from halflife.monitoring.policy import InvestigatePolicy

HELD = 0.75
"""Part of what was seen that is claimed."""
WITHOUT_TURN = 0.5
"""A direction is told when at least this much of the ups and downs goes one way on balance."""

BORNE_OUT = 1.645
"""Standard errors by which a feature's part of the score must rank labels better than chance."""
A_BIN = 10
"""Rows of a bin, at least."""


def reliance(scored: ScoredRows, policy: InvestigatePolicy) -> list[Lead]:
    """The strongest features hold most of their share, and those that go one way keep going that way; strongest first."""
    strongest = [j for j in scored.ranking[: policy.attributions].tolist() if scored.share[j] > 0]
    ways = _directions(scored, policy, strongest)
    leads = []
    for rank, j in enumerate(strongest, start=1):
        share, name = float(scored.share[j]), scored.schema.names[j]
        text = claim(call("attribution_share", name), ">", HELD * share)
        note = f"{name} holds {percent(share)} of the attribution, rank {rank}"
        leads.append(Lead(Topic.RELIANCE, f"top{rank}-{slug(name)}", text, note, 0.0))
        leads += [ways[j]] if j in ways else []
    return leads


def _directions(scored: ScoredRows, policy: InvestigatePolicy, strongest: list[int]) -> dict[int, Lead]:
    """Of numeric features that go one way, and whose part of the score the labels bear out."""
    told = [
        j
        for j in strongest
        if scored.schema.columns[j].kind is Kind.NUMERIC
        and scored.schema.names[j] not in policy.expect
        and abs(direction(scored, j)[1]) >= WITHOUT_TURN
        and _borne_out(scored, j)
    ]
    subjects = [call("effect", scored.schema.names[j]) for j in told]
    leads = {}
    for j, subject, effect in zip(told, subjects, scored.seen(subjects, SOME), strict=True):
        name = scored.schema.names[j]
        if np.isfinite(effect) and effect:
            text = claim(subject, ">" if effect > 0 else "<", effect / 2)
            note = f"the score {'rises' if effect > 0 else 'falls'} with {name}"
            leads[j] = Lead(Topic.RELIANCE, f"effect-{slug(name)}", text, note, 0.0)
    return leads


def _borne_out(scored: ScoredRows, j: int) -> bool:
    """Whether what a feature adds to the score ranks labels better than chance, on rows that trained nothing.

    A column of noise has its part of the score too, and a direction by accident; what it does is of no use to anybody.
    """
    label = scored.label[scored.explained]
    positives = float(label.sum())
    if not 0 < positives < len(label):
        return False
    better = float(auc(scored.attributions[:, [j]], label)[0])
    return better - 0.5 > BORNE_OUT * float(auc_error(0.5, positives, len(label) - positives))


def direction(scored: ScoredRows, j: int) -> tuple[float, float]:
    """Which way a numeric feature moves the score, from its attributions in bins of its values.

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
    """Middle value and mean attribution of each bin of a numeric feature, shape (b,) both.

    There are up to 16 bins, and as many fewer as leave each twenty rows; those with fewer than ten are left out.
    """
    values = scored.matrix[scored.explained, j]
    bins = binned(values, max(2, min(BINS, int((~np.isnan(values)).sum()) // (2 * A_BIN))))
    size = np.bincount(bins)
    use = np.flatnonzero(size >= A_BIN)
    use = use[use > 0]
    middle = np.bincount(bins, weights=np.nan_to_num(values))
    mean = np.bincount(bins, weights=scored.attributions[:, j])
    return middle[use] / size[use], mean[use] / size[use]
