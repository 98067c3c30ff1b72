"""What is told of the data to collect next."""

from dataclasses import dataclass
from enum import StrEnum

from halflife.models.domain import Interval, Status
from halflife.models.learner.power_law import Extrapolation

LABELS = 1000
"""Labels whose gain is told."""
AMBIGUOUS, UNSTABLE = 0.10, 0.10
"""Share of rows on which repeats disagree, and share of the Brier loss that is variance, from which a segment is weird."""
APART = 1.25
"""Times the same on all rows that it must be as well: a model that is unstable everywhere is not weird in one place."""


class Advice(StrEnum):
    """What the experiment says of labels in a segment."""

    HELPS = "helps"
    """The gain is clear of its error."""
    HARDLY = "hardly helps"
    """The gain is clearly below half of what labels at random bring, or negligible."""
    UNKNOWN = "cannot tell"
    UNTRIED = "not tried"
    """The budget of fits did not reach it."""


@dataclass(frozen=True)
class CurvePoint:
    """What models made of a share of the labels do on the evidence rows.

    Attributes:
        share: of the window's labels.
        labels: labelled rows, on average over the repeats.
        loss: mean log loss, in nats.
        brier: mean Brier loss.
        variance: the part of ``brier`` that is variance; at a share of 1, where repeats have all rows in common, that of
            the seed alone.
        ambiguity: share of rows on which the repeats do not all decide alike.
    """

    share: float
    labels: float
    loss: float
    brier: float
    variance: float
    ambiguity: float

    @property
    def instability(self) -> float:
        """The part of the Brier loss that is variance, as a share; 0 where there is no loss."""
        return self.variance / self.brier if self.brier else 0.0


@dataclass(frozen=True)
class Curve:
    """A learning curve over some of the rows.

    Attributes:
        labels: labelled rows of the window among them.
        rows: evidence rows among them, on which everything is measured.
        sizes: smallest share first.
        law: the fitted power law; None with too few sizes. Its labels are those of the whole window: it says what more
            labels everywhere would do for these rows.
    """

    labels: int
    rows: int
    sizes: tuple[CurvePoint, ...]
    law: Extrapolation | None

    @property
    def full(self) -> CurvePoint:
        return self.sizes[-1]

    @property
    def half(self) -> CurvePoint:
        """Half of the labels, where there are both the whole and a half; else the largest share."""
        return self.sizes[-2] if len(self.sizes) > 1 else self.sizes[-1]

    @property
    def doubling(self) -> Interval | None:
        """Log loss that twice the labels everywhere would save; None where the law is not identified."""
        return self.law.doubling if self.law is not None and self.law.identified else None


@dataclass(frozen=True)
class SegmentTrial:
    """What was measured by taking labels of one segment away, and what follows for labels added there.

    Attributes:
        taken: rise of the mean log loss over *all* evidence rows when only a share of its labels is left.
        gain: fall of the same when ``LABELS`` labels are added there.
    """

    taken: Interval
    gain: Interval


@dataclass(frozen=True)
class SegmentNeed:
    """One segment: its own curve, and what labels there would do for the whole.

    Attributes:
        where: its predicate.
        curve: over its rows.
        trial: None when the budget of fits did not reach it.
        ticks: that bring ``LABELS`` labels there at the window's rate.
    """

    where: str
    curve: Curve
    trial: SegmentTrial | None
    advice: Advice
    ticks: float

    def weird(self, whole: Curve) -> bool:
        """Whether half of the labels tell the repeats different stories there, and more so than elsewhere."""
        here, all_rows = self.curve.half, whole.half
        return here.ambiguity > max(AMBIGUOUS, APART * all_rows.ambiguity) or here.instability > max(
            UNSTABLE, APART * all_rows.instability
        )


@dataclass(frozen=True)
class ClaimNeed:
    """An open finding that its rows leave open.

    Attributes:
        finding: its name.
        claim: canonical text.
        status: ``unclear`` or ``untestable``.
        rows: rows (or positives, or negatives) it has.
        needed: of them it needs: to be testable at all, to see a difference of its tolerance with power 0.8, or to tell
            the estimate of today from the threshold with power 0.8, whichever applies; None when no number would do.
        what: what is counted.
        why: which of these it is.
        ticks: of feed that hold so many at the present rate; None where that cannot be said.
        remedy: what to change.
    """

    finding: str
    claim: str
    status: Status
    rows: int
    needed: int | None
    what: str
    why: str
    ticks: float | None
    remedy: str


@dataclass(frozen=True)
class UntestedSegment:
    """A segment with too few evidence rows to say anything."""

    where: str
    labels: int
    rows: int


@dataclass(frozen=True)
class Needs:
    """Data to collect next.

    Attributes:
        version: number of the version whose window it is.
        ticks: of the window.
        repeats: models at each size.
        fits: models trained.
        level: of every interval.
        whole: the curve over all rows.
        anywhere: fall of the mean log loss when ``LABELS`` labels like the ones there are come in; None where the whole
            curve does not identify it.
        exponent: c, by which trials are carried over to labels added.
        segments: most gain per ``LABELS`` labels first.
        unseen: segments of which nothing can be said.
        claims: open findings that want rows, those nearest to an answer first.
        other: open findings that are unclear or untestable for other reasons.
    """

    version: int
    ticks: int
    repeats: int
    fits: int
    level: float
    whole: Curve
    anywhere: Interval | None
    exponent: float
    segments: tuple[SegmentNeed, ...]
    unseen: tuple[UntestedSegment, ...]
    claims: tuple[ClaimNeed, ...]
    other: int
