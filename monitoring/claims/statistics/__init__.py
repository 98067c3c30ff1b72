"""Every statistic a claim can be about, in one table. A file here and an entry there always come together.

The table is what claims are read by, and claims are read far more often than computed: a file loads SciPy where it
computes.
"""

from monitoring.claims.statistic import Statistic
from monitoring.claims.statistics.accuracy import Accuracy
from monitoring.claims.statistics.amplification import Amplification
from monitoring.claims.statistics.attribution_rank import AttributionRank
from monitoring.claims.statistics.attribution_share import AttributionShare
from monitoring.claims.statistics.auc import Auc
from monitoring.claims.statistics.base_rate import BaseRate
from monitoring.claims.statistics.brier import Brier
from monitoring.claims.statistics.calibration_error import CalibrationError
from monitoring.claims.statistics.calibration_intercept import CalibrationIntercept
from monitoring.claims.statistics.calibration_slope import CalibrationSlope
from monitoring.claims.statistics.drift import Drift
from monitoring.claims.statistics.effect import Effect
from monitoring.claims.statistics.flips import Flips
from monitoring.claims.statistics.fpr import Fpr
from monitoring.claims.statistics.gap import Gap
from monitoring.claims.statistics.interaction import Interaction
from monitoring.claims.statistics.log_loss import LogLoss
from monitoring.claims.statistics.neighbour_share import NeighbourShare
from monitoring.claims.statistics.precision import Precision
from monitoring.claims.statistics.prediction import Prediction
from monitoring.claims.statistics.reliance import Reliance
from monitoring.claims.statistics.representation import Representation
from monitoring.claims.statistics.slice_loss import SliceLoss
from monitoring.claims.statistics.top_reason import TopReason
from monitoring.claims.statistics.tpr import Tpr

STATISTICS: dict[str, Statistic] = {
    s.name: s
    for s in (
        Accuracy(),
        Amplification(),
        AttributionRank(),
        AttributionShare(),
        Auc(),
        BaseRate(),
        Brier(),
        CalibrationError(),
        CalibrationIntercept(),
        CalibrationSlope(),
        Drift(),
        Effect(),
        Flips(),
        Fpr(),
        Gap(),
        Interaction(),
        LogLoss(),
        NeighbourShare(),
        Precision(),
        Prediction(),
        Reliance(),
        Representation(),
        SliceLoss(),
        TopReason(),
        Tpr(),
    )
}
