"""For each conclusion of an explanation the claim that states it, numbered, ready to be filed."""

from collections.abc import Iterator
from dataclasses import dataclass

from halflife.models.domain import Finding, Scope
from halflife.models.explain.conditions import spoken
from halflife.models.explain.counterfactuals import FeatureChange
from halflife.models.rows import Schema
from halflife.monitoring.claims.language.grammar import readable
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.syntax.claim_text import spelled
from halflife.monitoring.explanations.explanation import Counterfactual, Explanation

HELD = 0.75
"""A share is claimed to stay above so much of what was seen."""


@dataclass(frozen=True)
class Offer:
    """A conclusion that can be filed.

    Attributes:
        number: from 1, in the order they are told.
        slug: what a finding about it is called, before the case and the version.
        says: the conclusion in words.
        claim: canonical text.
    """

    number: int
    slug: str
    statistic: str
    scope: Scope
    says: str
    claim: str

    def finding(self, name: str, author: str, made_on: int) -> Finding:
        """The finding it becomes."""
        return Finding(name, self.claim, self.statistic, self.scope, made_on, author=author, note=self.says)


def offers(told: Explanation, schema: Schema) -> list[Offer]:
    """What can be claimed of this explanation in the statistics and words this build knows, in a fixed order."""
    found: list[Offer] = []
    for slug, says, text in _conclusions(told):
        statistic = text.partition("(")[0]
        if statistic not in STATISTICS:
            continue
        claim = readable(text, schema=schema)
        if claim is None:  # a category or an id that no line of text can hold
            continue
        found.append(Offer(len(found) + 1, slug, statistic, claim.scope, says, str(claim)))
    return found


def _conclusions(told: Explanation) -> Iterator[tuple[str, str, str]]:
    """(name, sentence, claim) of each conclusion."""
    case, label = f"case={spelled(told.case)}", f"v{told.version}"
    decision, top = told.decision, told.reasons[0]
    sign = "<" if not decision.positive else ">" if decision.margin > 0 else ">="
    yield "decision", f"{label} decides {int(decision.positive)} for case {told.case}", f"prediction({case}) {sign} 0"
    if top.attribution:
        yield (
            "reason",
            f"{label} decides case {told.case} mostly by {top.feature}",
            f"top_reason({case}) == {spelled(top.feature)}",
        )
    for rank, counterfactual in enumerate(told.counterfactuals, start=1):
        changes = {change.feature: change.after for change in counterfactual.flip.changes}
        pairs = ", ".join(f"{spelled(feature)}: {spelled(value)}" for feature, value in changes.items())
        yield (
            f"flip{rank}",
            f"case {told.case} would flip with {said(counterfactual)}",
            f"flips({case}, set={{{pairs}}}) == True",
        )
    near = told.neighbourhood
    if near.alike:
        yield (
            "neighbours",
            f"{near.alike:.0%} of the training rows like case {told.case}, by similarity, have {near.condition}",
            f"neighbour_share({case}, where={spelled(near.condition)}) > {_held(near.alike)}",
        )
    share = told.shares.get(top.feature, 0.0)
    if share:
        yield (
            f"share-{top.feature}",
            f"{top.feature} holds {share:.0%} of all attribution, on discovery rows",
            f"attribution_share({spelled(top.feature)}) > {_held(share)}",
        )


def said(counterfactual: Counterfactual) -> str:
    """The changes in words."""
    return ", ".join(change(c) for c in counterfactual.flip.changes)


def change(one: FeatureChange) -> str:
    """One change in words.

    >>> change(FeatureChange("visits", None, 3.0))
    'visits missing → 3'
    """
    return f"{one.feature} {spoken(one.before)} → {spoken(one.after)}"


def _held(share: float) -> str:
    """Three quarters of a share, to two significant digits, as people quote figures."""
    return spelled(float(f"{HELD * share:.2g}"))
