"""How likely each open conclusion is to be refuted at the next retrain."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Forecast:
    """One open finding's chance of being refuted at the next retrain, told before it happens.

    Attributes:
        finding: its id.
        version: number of the version after whose recheck it was told; the next one settles it.
        probability: of a refutation there, calibrated.
        margin: (θ - c) in units of retraining noise, positive on the claim's side; NaN without shadows.
        drift: dependency-weighted drift of the columns θ hangs on, in units of their thresholds; NaN when unknown.
        by_margin: the chance that noise alone, without any drift, makes the next verdict a refutation: Φ(-m) for an exact
            claim, less where the verdict waits for its interval. What ``probability`` is scored against.
    """

    finding: int
    version: int
    probability: float
    margin: float
    drift: float
    by_margin: float
