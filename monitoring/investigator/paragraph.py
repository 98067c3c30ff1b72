"""What a colleague would say of a version: one paragraph, its sentences assembled from the figures."""

from collections.abc import Sequence

from halflife.monitoring.investigator.lead import Lead, Topic, listed, percent
from halflife.monitoring.investigator.scored_rows import ScoredRows

MATTERS = 0.01
"""What is at stake from which a lead is told."""
TOLD = 3
STRONG = 2
NEAR_ONE = 0.97
"""AUC that is itself a reason to look, as in `leaks`."""
CHANCE = 0.55
"""AUC below which a ranking is hardly better than chance."""


def paragraph(label: str, scored: ScoredRows, leads: Sequence[Lead]) -> str:
    """How well it does and what it goes by; the two or three things that matter; what to check next.

    Args:
        label: of the version.
        scored: the rows.
        leads: most at stake first.
    """
    told = _telling(leads)
    sentences = [_quality(label, scored), _weight(scored, told), *(f"{lead.said}." for lead in told)]
    if scored.auc >= NEAR_ONE:
        sentences.insert(1, _too_good(scored, told))
    elif not told:
        sentences.append("Nothing else stood out: no slice, group or column that needs a second look.")
    checks = list(dict.fromkeys(lead.check for lead in told if lead.check))
    if checks:
        sentences.append(f"Next: {'; '.join(checks)}{'' if checks[-1].endswith('?') else '.'}")
    return " ".join(sentence for sentence in sentences if sentence)


def _telling(leads: Sequence[Lead]) -> list[Lead]:
    """The first of each topic, of shortcuts two, while there is something at stake."""
    told: list[Lead] = []
    for lead in leads:
        alike = sum(lead.topic is one.topic for one in told)
        if lead.said and lead.stake >= MATTERS and alike < (2 if lead.topic is Topic.SHORTCUT else 1):
            told.append(lead)
    return told[:TOLD]


def _too_good(scored: ScoredRows, told: Sequence[Lead]) -> str:
    """That ranking nearly every pair rightly is itself a reason to look, and for what where nothing was found."""
    reason = f"An AUC of {scored.auc:.3f} is itself a reason to look"
    if any(lead.topic is Topic.SHORTCUT for lead in told):
        return f"{reason}."
    return f"{reason}: no column gives the label away alone or with a few others, so ask when the strongest are known."


def _quality(label: str, scored: ScoredRows) -> str:
    if scored.auc < CHANCE:
        return (
            f"{label} hardly tells label 1 from label 0: it ranks a random pair rightly {scored.auc:.0%} of the time."
        )
    rate, right = float(scored.label.mean()), float((scored.decision == (scored.label == 1)).mean())
    sentence = f"{label} ranks a row with label 1 above one with label 0 {scored.auc:.0%} of the time"
    blind = max(rate, 1 - rate)
    if right <= blind:
        return f"{sentence}, but decides no better than always saying {int(rate > 0.5)} ({right:.0%} right)."
    return f"{sentence} and decides {right:.0%} rightly, where always saying {int(rate > 0.5)} would be {blind:.0%}."


def _weight(scored: ScoredRows, told: Sequence[Lead]) -> str:
    """What it goes by, unless a shortcut is told of, which says it already."""
    if any(lead.topic is Topic.SHORTCUT for lead in told):
        return ""
    strongest = [f"{scored.schema.names[j]} ({percent(float(scored.share[j]))})" for j in scored.ranking[:STRONG]]
    return f"It goes mostly by {listed(strongest)}."
