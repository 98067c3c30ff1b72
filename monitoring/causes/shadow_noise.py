"""What the shadows of two versions say of findings: from the checks where it stands there, else from shadows kept."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from halflife.models.domain import Check, Finding, Version
from halflife.models.learner.model import Model
from halflife.models.rows import Array, Mask
from halflife.monitoring.causes.retraining_noise import RetrainingNoise, ShadowEstimates, moderated, spread
from halflife.monitoring.context import Context

NOBODY = ShadowEstimates((), ())


def seen(
    context: Context,
    version: Version,
    checks: Mapping[int, Check],
    findings: Sequence[Finding],
    ask: Callable[[Sequence[Model], Mask], Array],
) -> dict[int, ShadowEstimates]:
    """Finding's id -> θ by the version's shadows on its pinned rows; findings of which nothing is known are absent.

    Args:
        context: with the shadows that are kept.
        version: whose shadows they are.
        checks: finding's id -> its check on ``version``.
        findings: F of them, of which more is asked than stands in the checks.
        ask: θ of these by K models on their pinned rows, shape (K, F), where a mask of shape (F,) wants it.
    """
    told = {n: ShadowEstimates.of(version.shadows, check.controls) for n, check in checks.items()}
    found = {n: each for n, each in told.items() if each.theta}
    wanted = np.array([f.id not in found for f in findings], dtype=bool)
    models = context.shadows.of(version) if version.shadows and wanted.any() else ()
    if models:
        theta = ask(models, wanted)
        found |= {
            findings[f].id: ShadowEstimates(version.shadows, tuple(theta[:, f].tolist()))
            for f in np.flatnonzero(wanted).tolist()
        }
    return found


def noises(
    findings: Sequence[Finding],
    statistics: Mapping[int, str],
    before: Mapping[int, ShadowEstimates],
    now: Mapping[int, ShadowEstimates],
) -> list[RetrainingNoise | None]:
    """The noise of each finding's change, moderated by all findings of its statistic; None where no shadows tell.

    Args:
        findings: in question.
        statistics: finding's id -> its statistic, of all that shadows tell of.
        before: finding's id -> θ by the earlier version's shadows.
        now: the same by the later one's.
    """
    spreads = {n: spread(before.get(n, NOBODY), now.get(n, NOBODY)) for n in sorted({*before, *now})}
    known: dict[int, RetrainingNoise] = {}
    for kind in sorted({f.statistic for f in findings}):
        some = {n: found for n, found in spreads.items() if found is not None and statistics.get(n) == kind}
        known |= zip(some, moderated(list(some.values())), strict=True)
    return [known.get(f.id) for f in findings]
