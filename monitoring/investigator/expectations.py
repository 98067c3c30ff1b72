"""Effects that agree with, or contradict, what somebody who knows the columns expects."""

import numpy as np

from halflife.monitoring.investigator.lead import Lead, Topic, call, claim, percent, slug
from halflife.monitoring.investigator.scored_rows import SOME, ScoredRows
from halflife.monitoring.investigator.strongest_features import direction, profile
from halflife.monitoring.policy import InvestigatePolicy

MATERIAL = 0.05
"""Log-odds by which the score must move for its direction to mean something."""
PARTLY = 0.3
"""Share of all ups and downs against the expectation from which a range is named."""


def expectations(scored: ScoredRows, policy: InvestigatePolicy) -> list[Lead]:
    """One lead for each expectation: contradicted, contradicted in a range, met, or not used at all."""
    names = list(policy.expect)
    subjects = [call("effect", name) for name in names]
    seen = scored.seen(subjects, SOME)
    return [
        _expectation(scored, name, policy.expect[name], subject, float(effect))
        for name, subject, effect in zip(names, subjects, seen, strict=True)
    ]


def _expectation(scored: ScoredRows, name: str, sign: str, subject: str, effect: float) -> Lead:
    j, factor = scored.schema.names.index(name), 1.0 if sign == "+" else -1.0
    rise, straight = direction(scored, j)
    share = float(scored.share[j])
    should, does = ("rise", "falls") if sign == "+" else ("fall", "rises")
    wrong = factor * rise < -MATERIAL
    text = ""
    if np.isfinite(effect) and abs(effect) > 0 and wrong == (factor * effect < 0):
        text = claim(subject, ">" if effect > 0 else "<", effect / 2)
    slugged = f"expect-{slug(name)}"
    if wrong:
        note = f"the score {does} with {name} by {abs(rise):.2f} log-odds, against what is expected"
        said = (
            f"The score {does} with {name}, which it should {should} with; {name} holds {percent(share)} of the weight"
        )
        check = (
            f"find out why {name} works backwards: plot the label against it, and look for a column it stands in for"
        )
        return Lead(Topic.EXPECTATION, slugged, text, note, share, said, check)
    against = (1 - factor * straight) / 2
    if abs(rise) > MATERIAL and against > PARTLY:
        low, high = _range(scored, j, factor)
        note = f"{should}s with {name} on the whole, as expected, but not between {low:.4g} and {high:.4g}"
        said = f"The score should {should} with {name} and on the whole does, but not between {low:.4g} and {high:.4g}"
        return Lead(Topic.EXPECTATION, slugged, text, note, share * against, said, f"look at {name} in that range")
    if abs(rise) <= MATERIAL:
        return Lead(Topic.EXPECTATION, slugged, "", f"{name} hardly moves the score ({rise:+.2f} log-odds)", 0.0)
    return Lead(Topic.EXPECTATION, slugged, text, f"the score {should}s with {name}, as expected", 0.0)


def _range(scored: ScoredRows, j: int, factor: float) -> tuple[float, float]:
    """The stretch over which the score moves furthest against the expectation, as two values of the feature."""
    middle, mean = profile(scored, j)
    loss = factor * (mean[:, None] - mean[None, :]) * np.triu(np.ones((len(mean), len(mean))), 1)
    start, end = np.unravel_index(int(np.argmax(loss)), loss.shape)
    return float(middle[start]), float(middle[end])
