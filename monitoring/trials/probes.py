"""What takes models of its own, measured on a few versions: what another seed decides, and what one row moves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from halflife.models.domain import Version
from halflife.models.learner.fit import fit
from halflife.models.learner.seeding import seed_of
from halflife.models.learner.sensitivity import sensitivity
from halflife.models.learner.warm_start import WarmStart
from halflife.models.rows import Window
from halflife.monitoring.service import Service
from halflife.monitoring.steps.starting_points import before
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


def probe(service: Service, version: Version, after: "pd.DataFrame") -> Probe:
    """Fit the version again with another seed, and once for each row left out.

    Args:
        service: whose store and registry hold them.
        version: to probe.
        after: labelled rows after it, on which decisions and scores are compared.
    """
    policy, window = service.policy, service.window(version)
    gone_on_from = before(service, version.number, policy.recipe)
    model = service.registry.model(version)
    other = fit(
        window, service.schema, policy.recipe, seed_of(policy.seed, version.number, STREAM), before=gone_on_from
    )
    own, others = (m.raw(m.matrix(after), policy.recipe.threads) for m in (model, other))
    reseeded = None if np.array_equal(own, others) else disagreement(model, other, after)
    return Probe(version.last, reseeded, _butterfly(service, version, window, after, gone_on_from))


def _butterfly(
    service: Service, version: Version, window: Window, after: "pd.DataFrame", gone_on_from: WarmStart | None
) -> float | None:
    policy, fresh = service.policy, _apart(service.ledger.versions(), version)
    if fresh is None or not policy.opacity.refits:
        return None
    return sensitivity(
        window,
        service.schema,
        policy.recipe,
        version.seed,
        after,
        service.registry.model(version),
        policy.opacity.refits,
        fresh=service.registry.model(fresh),
        fresh_window=(fresh.first, fresh.last),
        before=gone_on_from,
    ).butterfly


def _apart(versions: Sequence[Version], version: Version) -> Version | None:
    """The newest earlier version whose window shares no tick with this one's; None where there is none."""
    return next((v for v in reversed(versions) if v.last < version.first), None)
