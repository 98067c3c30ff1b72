"""How far θ of each finding moves at the next retrain when nothing drifts, from the shadows of the versions there are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halflife.models.domain import Version
from halflife.models.rows import Array
from halflife.models.shadow import Controls, ShadowKind
from halflife.monitoring.causes.moderated_variance import moderated_variance

INDEPENDENT = 2.0
"""Var(θ' − θ) of two versions that share nothing, in units of the variance of one."""
FEW = 3
"""Fewer findings of a kind than this do not say how much of the noise a retrain draws anew."""


@dataclass(frozen=True)
class NextRetrainSpread:
    """What retraining noise does to F findings; NaN where no shadow says.

    Attributes:
        variance: of θ over models trained like this version, shrunk towards the kind's, shape (F,).
        freedom: degrees of freedom of that variance, shape (F,).
        next: what the change to the next version's θ has of it, as a multiple of ``variance``, shape (F,).
    """

    variance: Array
    freedom: Array
    next: Array


def coupled(controls: Sequence[Controls | None], kinds: Sequence[ShadowKind]) -> Array:
    """θ by the coupled shadows, on the rows that decide, shape (F, C); NaN where there is none.

    With fewer than two coupled shadows every shadow is taken: other seeds understate the noise, but are not nothing.
    """
    chosen = [k for k, kind in enumerate(kinds) if kind is ShadowKind.COUPLED]
    chosen = chosen if len(chosen) > 1 else list(range(len(kinds)))
    out = np.full((len(controls), len(chosen)), np.nan)
    for f, said in enumerate(controls):
        if said is not None and len(said.deciding) == len(kinds):
            out[f] = [said.deciding[k] for k in chosen]
    return out


def spread(now: Array, before: Array, kinds: npt.NDArray[np.str_]) -> NextRetrainSpread:
    """The noise of each finding.

    Coupled shadow k gives a row the same weight in every window, so the variance over k of θ_now − θ_before is that of
    what a retrain adds, whatever rows the windows share. Its ratio to the variance of one version, over all findings of
    a kind, says how much of a version's noise the next retrain draws anew.

    Args:
        now: θ by the shadows of this version, shape (F, C), as `coupled` gives them.
        before: by those of the version before, same findings and shadows; NaN where there are none; shape (F, C), or
            (F, 0) when its shadows are others.
        kinds: statistic of each finding, shape (F,).
    """
    variance, freedom = _variance(now)
    change, pairs = _variance(now - before) if before.shape == now.shape else (np.full(len(now), np.nan),) * 2
    earlier = _variance(before)[0] if before.shape == now.shape else change
    adds = np.full(len(now), INDEPENDENT)
    shrunk, sure = variance.copy(), freedom.copy()
    for kind in np.unique(kinds):
        mine = kinds == kind
        shrunk[mine], sure[mine] = moderated(variance[mine], freedom[mine])
        both = mine & np.isfinite(change) & np.isfinite(earlier) & (pairs > 0)
        single = (variance[both] + earlier[both]).sum() / 2
        if both.sum() >= FEW and single > 0:
            adds[mine] = min(change[both].sum() / single, INDEPENDENT)
    return NextRetrainSpread(shrunk, sure, adds)


def _variance(theta: Array) -> tuple[Array, Array]:
    """Variance of each row's numbers and its degrees of freedom, each of shape (F,); NaN and 0 with fewer than two."""
    known = np.isfinite(theta)
    count = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, theta, 0).sum(axis=1) / count
        squares = np.where(known, (theta - mean[:, None]) ** 2, 0).sum(axis=1)
        return np.where(count > 1, squares / (count - 1), np.nan), np.maximum(count - 1.0, 0)


def moderated(variance: Array, freedom: Array) -> tuple[Array, Array]:
    """Variances of one kind shrunk towards what they have in common, with their degrees of freedom, each of shape (F,).

    Args:
        variance: shape (F,); NaN where it is not known, which stays so.
        freedom: of each, shape (F,).

    Source: as `halflife.monitoring.causes.moderated_variance.moderated_variance`.
    """
    known = np.isfinite(variance)
    shrunk, sure = variance.copy(), freedom.copy()
    if known.any():
        shrunk[known], sure[known] = moderated_variance(variance[known], freedom[known])
    return shrunk, sure


def shared(before: Version | None, now: Version) -> float:
    """Share of the ticks of a window that the window before had too; 0 when there was none.

    >>> from halflife.models.domain import Role
    >>> v = [Version(n, 2 * n, 2 * n + 7, "", "", 1, "", "", {}, Role.CHAMPION, "", 9) for n in (1, 2)]
    >>> shared(v[0], v[1])
    0.75
    """
    if before is None:
        return 0.0
    both = min(before.last, now.last) - max(before.first, now.first) + 1
    return max(0, both) / (now.last - now.first + 1)
