"""What the rows have in common that the model treats like a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from halflife.models.errors import EvidenceTooSmall
from halflife.monitoring.claims.statistics.base import MIN_ROWS, CaseStatistic, require
from halflife.monitoring.claims.syntax.arguments import CASE, Argument, ArgumentKind, Arguments
from halflife.monitoring.claims.syntax.claim_text import Value
from halflife.monitoring.claims.syntax.segment import Segment

if TYPE_CHECKING:
    from halflife.monitoring.claims.evidence.model_view import View
    from halflife.monitoring.claims.evidence.reference_rows import Reference


class NeighbourShare(CaseStatistic):
    """Σκ over rows with a property / Σκ over all rows, in [0, 1].

    κ is the share of trees in which a row and the case end in the same leaf: similarity in the model's eyes, not
    influence. The rows are the evidence rows of the newest window: a tenth of the window the model was trained on, chosen by hash
    of id, that no training saw. The property is a condition, or, without one, label 1 among those whose label is known.

    Source: Breiman, Machine Learning 45, 2001 (proximity); Scornet, IEEE Transactions on Information Theory 62, 2016
    (as a kernel).
    """

    name = "neighbour_share"
    description = "share, by similarity, of the rows like a case for which a condition is true, or whose label is 1"
    example = 'neighbour_share(case="41023", where="sex = \'F\'") > 0.3'
    untestable = (
        "It is untestable where no row shares a leaf with the case, or fewer than 30 rows are there to look at."
    )
    arguments = (
        CASE,
        Argument("where", ArgumentKind.PREDICATE, required=False, meaning="the property", default="label 1"),
    )
    settles = True

    def settle(self, arguments: Arguments, reference: Reference) -> Arguments:
        return {"among": reference}

    def value(self, view: View, arguments: Arguments, threshold: Value) -> float:
        from halflife.models.explain.neighbours import kernel

        evidence, among = view.sweep.evidence, arguments["among"].rows
        if "where" in arguments:
            has = evidence.mask(Segment((str(arguments["where"]),)))
        else:
            among = among[~np.isnan(evidence.label[among])]
            has = evidence.label == 1
        among = among[among != view.rows[0]]
        require(len(among), MIN_ROWS, "rows to look for neighbours among")
        similar = kernel(view.leaves.astype(np.int32), view.sweep.leaves(among).astype(np.int32))[0]
        total = float(similar.sum())
        if total == 0:
            raise EvidenceTooSmall(f"no row shares a leaf with case {arguments['case']!r}")
        return float(similar @ has[among]) / total
