"""How much worse the model does on a slice than on the rest."""

from halflife.monitoring.claims.statistics.contrast import Contrast
from halflife.monitoring.claims.statistics.outcomes import row_loss


class SliceLoss(Contrast):
    """Mean log loss where the predicate is true minus mean log loss on all other rows, in nats.

    The interval is Welch's, with the skewness of losses allowed for. The predicate is pinned, not the rows: a slice of other rows is looked at on every version.

    Source: Chung et al., "Slice finder: automated data slicing for model validation", ICDE 2019 (the contrast with the
    rest); Welch, Biometrika 34, 1947, and Hall, Journal of the Royal Statistical Society B 54, 1992 (the interval).
    """

    name = "slice_loss"
    description = "mean log loss on a slice minus mean log loss on the rest, in nats"
    example = "slice_loss(\"job = 'student'\") > 0.05"
    untestable = "It is untestable with fewer than 30 labelled rows in the slice or outside it."
    quantity = row_loss
