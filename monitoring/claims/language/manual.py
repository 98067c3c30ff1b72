"""What people are told of statistics: the table of all, and one explained, from what it declares."""

from typing import Any

from halflife.models.shadow import FEWEST
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.base import MIN_ROWS, CaseStatistic, SetStatistic, Statistic

THRESHOLDS: dict[type, str] = {
    float: "a number, by > >= < <=, with a tolerance if wanted (± 0.02)",
    str: "a column in quotes, by ==",
    bool: "True or False, by ==",
}
PROCESS_OF_SETS = (
    "With --scope process it speaks of all models trained this way: the interval then covers retraining noise too, from "
    f"the spread over the version's coupled shadows, of which it takes {FEWEST}."
)
PROCESS_OF_CASES = (
    "With --scope process it speaks of all models trained this way, what they say of the case on average: the value then "
    f"has an interval, of retraining noise, from the spread over the version's coupled shadows, of which it takes {FEWEST}."
)
"""What the third scope means, which is no statistic's own."""


def statistics_table() -> list[dict[str, Any]]:
    """What ``halflife statistics`` shows, by name; an optional argument ends in ``?``.

    >>> [row["arguments"] for row in statistics_table() if row["name"] == "gap"]
    [['metric', 'a', 'b', 'where?']]
    """
    return [_row(statistic) for statistic in STATISTICS.values()]


def explained(statistic: Statistic) -> dict[str, Any]:
    """What ``halflife statistics NAME`` shows: the table's row, and what it says of itself.

    >>> explained(STATISTICS["auc"])["source"][:27]
    'DeLong, DeLong, Clarke-Pear'
    """
    said, _, source = statistic.explanation.partition("Source: ")
    return {
        **_row(statistic),
        "explanation": [" ".join(p.replace("``", "").split()) for p in said.split("\n\n") if p.strip()],
        "source": " ".join(source.split()),
        "takes": [
            {
                "name": a.name,
                "kind": f"one of {', '.join(a.choices)}" if a.choices else a.kind.value,
                "meaning": a.meaning,
                "default": a.default,
            }
            for a in statistic.arguments
        ],
        "compared_with": THRESHOLDS[statistic.threshold],
        "untestable": untestable(statistic),
        "process": PROCESS_OF_CASES if isinstance(statistic, CaseStatistic) else PROCESS_OF_SETS,
    }


def untestable(statistic: Statistic) -> list[str]:
    """When nothing can be said, in sentences.

    >>> untestable(STATISTICS["prediction"])
    ['It is untestable when the case is gone, and when a column the claim names is gone.']
    """
    general = []
    if isinstance(statistic, CaseStatistic):
        general.append("when the case is gone")
    elif isinstance(statistic, SetStatistic):
        general.append(f"with fewer than {MIN_ROWS} {'labelled rows' if statistic.needs_labels else 'rows'}")
    sentence = f"It is untestable {' '.join(general)}, and when a column the claim names is gone."
    return [sentence, *([statistic.untestable] if statistic.untestable else [])]


def _row(statistic: Statistic) -> dict[str, Any]:
    return {
        "name": statistic.name,
        "arguments": [str(argument) for argument in statistic.arguments],
        "scope": statistic.scope.value,
        "example": statistic.example,
        "description": statistic.description,
    }
