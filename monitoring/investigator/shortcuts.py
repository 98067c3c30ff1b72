"""Features that may give the label away: what a model relies on although it will not be there when it counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from halflife.models.rows import Mask
from halflife.monitoring.investigator.candidates import Candidates
from halflife.monitoring.investigator.column_signal import auc_error, signals
from halflife.monitoring.investigator.lead import Lead, Topic, call, claim, percent, slug
from halflife.monitoring.investigator.leak_leads import leak_leads
from halflife.monitoring.investigator.leaks import leaks
from halflife.monitoring.investigator.scored_rows import SOME, ScoredRows
from halflife.monitoring.policy import InvestigatePolicy

USED, WEIGHTY = 0.02, 0.05
"""Share of attribution from which a column that is known too late matters, and from which any other is looked into."""
LARGE, AHEAD = 0.25, 2.0
"""A share that dominates, and how many times the next one it is."""
RIVAL = 0.7
"""Part of the model's ability to rank that one column has by itself."""
PURE, LIFT = 0.9, 3.0
"""Rate of the rarer label on one side of a cut that is too good to be true, and how many times the overall rate."""
FADED = 3.0
"""Standard errors by which a column tells less in the newer half of the ticks."""
REASONS = 2
"""Suspicions that make a suspect, one of them being evidence."""
MAJORITY = 0.5
"""Share of attribution that is worth a sentence by itself."""
MOST = 3
CARRIED = 0.5
"""Part of its share that is at stake of a column that carries the model, with no sign that it gives the label away."""


@dataclass(frozen=True)
class Suspicion:
    """Why one feature is suspected, as clauses with the feature as their subject.

    Attributes:
        strength: that it counts for much, as an honest strong column does too.
        evidence: what an honest column hardly shows.
    """

    strength: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        return (*self.strength, *self.evidence)


def shortcuts(scored: ScoredRows, policy: InvestigatePolicy, among: Candidates) -> list[Lead]:
    """Columns that give the label away by themselves or together, then suspects, the one relied on most first.

    A column that is declared to be known only after the label is one whenever it is used. Any other needs evidence, on
    one side of a cut nearly all rows have the rarer label, or it tells less of the label in newer ticks than in older,
    and one more of: it dominates the attribution; alone it ranks nearly as well as all do. Without evidence, such a
    column, or one that holds half of all attribution, is said to carry the model, and is not suspected.
    """
    late = set(policy.available_after)
    given = [
        leak for leak in leaks(scored.rows[list(scored.schema.names)], scored.label) if not late & set(leak.columns)
    ]
    accused = {name for leak in given for name in leak.columns}
    used = [int(j) for j in scored.ranking if scored.share[j] >= USED and scored.schema.names[j] not in accused]
    weighty = [j for j in used if scored.share[j] >= WEIGHTY]
    alone, faded = signals(scored.matrix[:, weighty], scored.label), _faded(scored, weighty)
    leads: list[Lead] = []
    for k, j in enumerate(used):
        name, share = scored.schema.names[j], float(scored.share[j])
        why = _suspicion(scored, j, among, float(alone[k]), faded=bool(faded[k])) if j in weighty else Suspicion()
        strong = len(why.reasons) >= REASONS
        if name in late or (strong and why.evidence and len(leads) < 2 * MOST):
            leads += _leads(scored, name, share, why.reasons, late=name in late)
        elif strong or share >= MAJORITY:
            leads.append(_carries(name, share, why))
    return [*leak_leads(scored, given), *leads]


def _carries(name: str, share: float, why: Suspicion) -> Lead:
    """A strong column, of which nothing shows that it gives the label away."""
    text = claim(call("attribution_share", name), ">", 0.75 * share)
    seen = "; ".join(why.reasons) or f"it holds {percent(share)} of all weight"
    said = f"{name} carries the model: {seen}; nothing shows that it gives the label away"
    check = f"make sure that {name} is known before the label"
    return Lead(Topic.RELIANCE, f"carries-{slug(name)}", text, seen, CARRIED * share, said, check)


def _suspicion(scored: ScoredRows, j: int, among: Candidates, alone: float, *, faded: bool) -> Suspicion:
    """Why one feature is suspected."""
    share = scored.share[j]
    following = np.delete(scored.share, j).max(initial=0.0)
    strength, evidence = [], []
    if share >= LARGE and share >= AHEAD * following:
        strength.append(f"it holds {percent(share)} of all weight, {_times(share, following)} the next column's")
    if scored.auc > 0.5 and alone - 0.5 >= RIVAL * (scored.auc - 0.5):
        part = (alone - 0.5) / (scored.auc - 0.5)
        strength.append(
            f"by itself it does {part:.0%} of the ranking that the whole model does"
            if part < 1
            else "by itself it ranks as well as the whole model"
        )
    where, rate = _purest(scored, j, among)
    if where:
        evidence.append(f"where {where}, {rate:.0%} of the labels are {_rare(scored)}")
    if faded:
        evidence.append("it tells less of the label in the newer half of the window than in the older")
    return Suspicion(tuple(strength), tuple(evidence))


def _times(share: float, following: float) -> str:
    return f"{share / following:.1f} times" if following > 0 else "far more than"


def _rare(scored: ScoredRows) -> int:
    return int(scored.label.mean() < 0.5)


def _purest(scored: ScoredRows, j: int, among: Candidates) -> tuple[str, float]:
    """The cut on a feature beyond which the rarer label is all but certain, with its rate there; empty for none."""
    of = [k for k, column in enumerate(among.columns) if column == j]
    if not of:
        return "", 0.0
    rare = (scored.label == _rare(scored)).astype(np.float32)
    rates = among.masks[of] @ rare / among.masks[of].sum(axis=1)
    best = int(np.argmax(rates))
    enough = rates[best] >= max(PURE, min(LIFT * rare.mean(), 0.99))
    return (among.where[of[best]], float(rates[best])) if enough else ("", 0.0)


def _faded(scored: ScoredRows, columns: list[int]) -> Mask:
    """Which of some features rank the newer half of the rows clearly worse than the older, shape (len(columns),)."""
    if scored.halves is None:
        return np.zeros(len(columns), dtype=bool)
    value, error = [], []
    for half in scored.halves:
        positives = float(scored.label[half].sum())
        value.append(signals(scored.matrix[half][:, columns], scored.label[half]))
        error.append(auc_error(value[-1], positives, float(half.sum()) - positives))
    return np.asarray(value[0] - value[1] > FADED * np.hypot(*error))


def _leads(scored: ScoredRows, name: str, share: float, suspicions: Sequence[str], *, late: bool) -> list[Lead]:
    reasons = [*(["it is only known after the label"] if late else []), *suspicions]
    said = f"{name} {'is' if late else 'may be'} a shortcut: {'; '.join(reasons)}"
    check = (
        f"train without {name} and see what is left"
        if late
        else f"find out when {name} is known: if only after the label, take it out and see what is left"
    )
    text = claim(call("attribution_share", name), ">", 0.75 * share)
    leads = [Lead(Topic.SHORTCUT, f"shortcut-{slug(name)}", text, "; ".join(reasons), share, said, check)]
    subject = call("reliance", name)
    flipped = float(scored.seen([subject], SOME)[0])
    if flipped > 0:
        note = f"without {name}, {percent(flipped)} of the decisions would be others"
        leads.append(Lead(Topic.SHORTCUT, f"relies-on-{slug(name)}", claim(subject, ">", flipped / 2), note, share))
    return leads
