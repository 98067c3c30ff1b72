"""Every statistic a claim can be about, in one table: those with a file of their own, the metrics, other packages'.

The table is what claims are read by, and claims are read far more often than computed: a file loads SciPy where it
computes, and other packages are looked for when a name is none of ours.
"""

from halflife.monitoring.claims.statistics.amplification import Amplification
from halflife.monitoring.claims.statistics.attribution_rank import AttributionRank
from halflife.monitoring.claims.statistics.attribution_share import AttributionShare
from halflife.monitoring.claims.statistics.auc import Auc
from halflife.monitoring.claims.statistics.calibration_error import CalibrationError
from halflife.monitoring.claims.statistics.calibration_intercept import CalibrationIntercept
from halflife.monitoring.claims.statistics.calibration_slope import CalibrationSlope
from halflife.monitoring.claims.statistics.drift import DriftStatistic
from halflife.monitoring.claims.statistics.effect import Effect
from halflife.monitoring.claims.statistics.flips import Flips
from halflife.monitoring.claims.statistics.gap import Gap
from halflife.monitoring.claims.statistics.interaction import Interaction
from halflife.monitoring.claims.statistics.metrics import METRICS
from halflife.monitoring.claims.statistics.neighbour_share import NeighbourShare
from halflife.monitoring.claims.statistics.prediction import Prediction
from halflife.monitoring.claims.statistics.registry import Statistics
from halflife.monitoring.claims.statistics.reliance import Reliance
from halflife.monitoring.claims.statistics.representation import Representation
from halflife.monitoring.claims.statistics.slice_loss import SliceLoss
from halflife.monitoring.claims.statistics.top_reason import TopReason

STATISTICS = Statistics(
    (
        *(metric for metric in METRICS.values() if metric.alone),
        Amplification(),
        AttributionRank(),
        AttributionShare(),
        Auc(),
        CalibrationError(),
        CalibrationIntercept(),
        CalibrationSlope(),
        DriftStatistic(),
        Effect(),
        Flips(),
        Gap(),
        Interaction(),
        NeighbourShare(),
        Prediction(),
        Reliance(),
        Representation(),
        SliceLoss(),
        TopReason(),
    )
)
