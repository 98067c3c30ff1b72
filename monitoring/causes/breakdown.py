"""Everything there is to say of why one finding changed: the story, and the figures it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan

from halflife.models.causes import NOISE, Cause, Share, Why
from halflife.models.rows import Array
from halflife.monitoring.causes.shares import ThetaChange, shares


@dataclass(frozen=True)
class Breakdown:
    """Why one finding's θ moved between two versions.

    Attributes:
        why: what is kept in the ledger.
        corners: θ by the earlier and the later model (rows of the array), on the earlier and the later version's
            evidence rows (columns), shape (2, 2).
        evidence: the part of other evidence rows, in θ's unit.
        model: the part of another model; the two sum to ``why.delta``.
        parts: what the model's part is made of, as far as fits tell it apart, by cause, in θ's unit, signed; each still
            has noise in it.
        clear: |z| beyond which retraining noise is not enough; NaN without shadows.
        basis: which shadows the noise was read from, in words.
        fitted: models that were trained to tell causes apart, in words.
    """

    why: Why
    corners: Array
    evidence: float
    model: float
    parts: Mapping[Cause, float]
    clear: float
    basis: str
    fitted: tuple[str, ...]


def breakdown(
    finding: int,
    since: int,
    version: int,
    corners: Array,
    change: ThetaChange,
    *,
    tolerance: float,
    chance: float | None,
    notes: tuple[str, ...] = (),
    basis: str = "",
    fitted: tuple[str, ...] = (),
) -> Breakdown:
    """Put together what is known of a change.

    ρ, the share that cannot be attributed under this pipeline, is min(1, v/Δ²), and is not told where |Δ| < δ.

    Args:
        finding: its id.
        since: number of the earlier version.
        version: number of the later one.
        corners: θ, shape (2, 2), models first.
        change: the same with what was refitted and the noise.
        tolerance: δ ≥ 0.
        chance: that noise alone refutes it at one retrain; None when it is not known.
        notes: sentences.
        basis: which shadows the noise was read from, in words.
        fitted: models that were trained, in words.
    """
    noise = change.noise
    known = noise is not None and change.delta != 0 and abs(change.delta) >= tolerance
    seed = finding * 1_000_003 + since * 1_009 + version
    why = Why(
        finding=finding,
        since=since,
        version=version,
        delta=change.delta,
        noise=nan if noise is None else noise.variance**0.5,
        z=change.z,
        shares=_told(shares(change, seed)),
        unattributable=min(1.0, noise.variance / change.delta**2) if noise is not None and known else None,
        chance=chance,
        notes=notes,
    )
    return Breakdown(
        why=why,
        corners=corners,
        evidence=change.evidence,
        model=change.model,
        parts=change.parts,
        clear=nan if noise is None else noise.clear,
        basis=basis,
        fitted=fitted,
    )


def _told(found: Mapping[Cause, Share]) -> dict[Cause, Share]:
    """Shares in the order they are told; those that are nothing are left out."""
    order = [Cause.CONCEPT, Cause.COVARIATE, Cause.DATA, Cause.PIPELINE, Cause.FEEDBACK, Cause.EVIDENCE, *NOISE]
    return {c: found[c] for c in order if c in found and found[c].share > 0}


def comparable(corners: Array) -> bool:
    """Whether θ is known at all four corners."""
    return all(isfinite(value) for value in corners.ravel().tolist())
