"""The version before, for recipes whose model goes on from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from halflife.models.learner.model import Model
from halflife.models.rows import Window

GROWING = frozenset({"warm", "refit"})
"""Strategies whose model is the one before with something added, until they start from nothing again."""


@dataclass(frozen=True)
class WarmStart:
    """What a recipe may go on from.

    Attributes:
        model: of the version before.
        window: of the version before; None where it was not read. No strategy here looks at its rows.
        versions: models since the last start from nothing, that one included: 1 where the model before is such a one.
    """

    model: Model
    window: Window | None
    versions: int


def versions_since_start(parameters: Sequence[Mapping[str, Any]]) -> int:
    """`Before.versions` after versions made by these recipes, oldest first, as ``Recipe.to_dict`` gives them.

    A recipe that is not known (an empty mapping) is taken to have started from nothing. 0 when there is no version.

    >>> warm = {"strategy": "warm", "restart": 3}
    >>> [versions_since_start([warm] * n) for n in range(6)]
    [0, 1, 2, 3, 1, 2]
    >>> versions_since_start([warm, warm, {"strategy": "plain"}, warm])
    2
    """
    since = 0
    for each in parameters:
        goes_on = each.get("strategy") in GROWING and 0 < since < int(each["restart"])
        since = since + 1 if goes_on else 1
    return since
