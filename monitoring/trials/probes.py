"""What takes models of its own, measured on a few versions: what another seed decides, and what one row moves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.domain import Version
from halflife.models.learner.fit import fit
from halflife.models.learner.seeding import seed_of
from halflife.models.learner.sensitivity import sensitivity
from halflife.models.learner.starting_points import starting_point
from halflife.models.learner.warm_start import WarmStart
from halflife.models.rows import Window
from halflife.monitoring.context import Context
from halflife.monitoring.trials.prequential import disagreement
from halflife.monitoring.trials.trial import Probe

if TYPE_CHECKING:
    import pandas as pd

PROBED = 3
"""Versions probed of one recipe."""
STREAM = 0x73656564
"""Keeps the other seed apart from those of training."""


def probed(versions: Sequence[Version], most: int = PROBED) -> list[Version]:
    """At most so many versions, spread evenly up to the newest, of those that have an earlier window without common ticks.

    Where no version has one, the newest alone.
    """
    apart = [v for v in versions if _apart(versions, v)]
    if not apart:
        return list(versions[-1:])
    picked = np.unique(np.linspace(0, len(apart) - 1, most + 1).round().astype(int)[1:])
    return [apart[k] for k in picked]


def probe(context: Context, version: Version, after: "pd.DataFrame") -> Probe:
    """Fit the version again with another seed, and once for each row left out.

    Args:
        context: whose store and registry hold them.
        version: to probe.
        after: labelled rows after it, on which decisions and scores are compared.
    """
    policy, window = context.policy, context.rows.window(version)
    warm_start = starting_point(context.ledger.versions(), version.number, policy.recipe, context.registry.model)
    model = context.registry.model(version)
    other = fit(
        window,
        context.store.fixed_schema,
        policy.recipe,
        seed_of(policy.seed, version.number, STREAM),
        before=warm_start,
    )
    own, others = (m.raw(m.matrix(after), policy.recipe.threads) for m in (model, other))
    reseeded = None if np.array_equal(own, others) else disagreement(model, other, after)
    return Probe(version.last, reseeded, _butterfly(context, version, window, after, warm_start))


def _butterfly(
    context: Context, version: Version, window: Window, after: "pd.DataFrame", warm_start: WarmStart | None
) -> float | None:
    policy, fresh = context.policy, _apart(context.ledger.versions(), version)
    if fresh is None or not policy.opacity.refits:
        return None
    return sensitivity(
        window,
        context.store.fixed_schema,
        policy.recipe,
        version.seed,
        after,
        context.registry.model(version),
        policy.opacity.refits,
        fresh=context.registry.model(fresh),
        fresh_window=(fresh.first, fresh.last),
        before=warm_start,
    ).butterfly


def _apart(versions: Sequence[Version], version: Version) -> Version | None:
    """The newest earlier version whose window shares no tick with this one's; None where there is none."""
    return next((v for v in reversed(versions) if v.last < version.first), None)
