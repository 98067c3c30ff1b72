"""Every statistic a claim can be about, in one table. A file here and an entry there always come together."""

from monitoring.claims.statistic import Statistic
from monitoring.claims.statistics.attribution_share import AttributionShare
from monitoring.claims.statistics.auc import Auc
from monitoring.claims.statistics.calibration_slope import CalibrationSlope
from monitoring.claims.statistics.gap import Gap
from monitoring.claims.statistics.log_loss import LogLoss
from monitoring.claims.statistics.prediction import Prediction
from monitoring.claims.statistics.top_reason import TopReason

STATISTICS: dict[str, Statistic] = {
    s.name: s for s in (AttributionShare(), Auc(), CalibrationSlope(), Gap(), LogLoss(), Prediction(), TopReason())
}


def statistics_table() -> list[dict[str, str | list[str]]]:
    """What ``halflife statistics`` shows, by name; an optional argument ends in ``?``.

    >>> [row["arguments"] for row in statistics_table() if row["name"] == "gap"]
    [['metric', 'a', 'b', 'where?']]
    """
    return [
        {
            "name": s.name,
            "arguments": [str(a) for a in s.arguments],
            "scope": s.scope.value,
            "example": s.example,
            "description": s.description,
        }
        for s in STATISTICS.values()
    ]
