"""Gaps between groups, and whether the labels or the model make them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from halflife.models.rows import Array, Kind, Mask, Schema
from halflife.monitoring.claims.syntax.segment import Segment
from halflife.monitoring.claims.syntax.sql_words import quote
from halflife.monitoring.investigator.candidates import literal
from halflife.monitoring.investigator.lead import Lead, Topic, call, claim, percent, rounded, slug
from halflife.monitoring.investigator.scored_rows import ScoredRows
from halflife.monitoring.investigator.slices import MISJUDGED, odds_lead
from halflife.monitoring.policy import InvestigatePolicy

SEGMENT_SHARE = 0.02
LEAST = 30
CLEAR = 2.5
"""Standard errors from which a gap is told; one of fewer is said to be small, if it is."""
SMALL = (0.02, 0.05, 0.1)
"""Bounds a gap is said to be below: the first that is beyond its error. None, where it may be larger than all."""
MADE = 1.25
"""Times the labels' own gap from which the model is said to add to it; below the inverse it evens it out."""
SAME = 0.05
"""Rate by which two gaps may differ and still be said to be about as large (the margin of an equivalence test)."""
ONE_SIDED = 1.645
"""Standard errors of a one-sided test at 5 %."""
ONE_DECISION = 0.02
"""At stake where all decisions are the same: enough to be told, after what is worse."""
RATES = ("positive_rate", "fpr", "tpr")
WORDS = {
    "positive_rate": "{high} of the rows where {where} are decided for 1, {low} of the others",
    "fpr": "Of the rows with label 0, {high} are decided for 1 where {where}, {low} elsewhere",
    "tpr": "Of the rows with label 1, {high} are found where {where}, {low} elsewhere",
}


@dataclass(frozen=True)
class GroupGap:
    """One rate on a group minus the same on the rest."""

    metric: str
    a: float
    b: float
    error: float

    @property
    def width(self) -> float:
        return self.a - self.b

    @property
    def clear(self) -> bool:
        """Whether it is more than its error."""
        return abs(self.width) > CLEAR * self.error


def groups(scored: ScoredRows, policy: InvestigatePolicy) -> list[Lead]:
    """The clearest gap of each rate in each segment, with who makes it; and groups whose odds are off."""
    alike = bool(policy.segments) and len(np.unique(scored.decision)) == 1
    rates = () if alike else RATES
    sides = {segment: segment_pairs([segment], scored.rows, scored.schema) for segment in policy.segments}
    scored.sweep.evidence.expect(where for pairs in sides.values() for pair in pairs for where in pair)
    widest: dict[tuple[str, str], tuple[float, list[Lead]]] = {}
    apart: list[Lead] = []
    for segment, pairs in sides.items():
        for inside, outside in pairs:
            a, b = (scored.sweep.evidence.mask(Segment((where,))) for where in (inside, outside))
            if min(a.sum(), b.sum()) < LEAST:
                continue
            for gap in filter(None, (measured(scored, metric, a, b) for metric in rates)):
                clear, key = abs(gap.width) / gap.error, (segment, gap.metric)
                if key not in widest or clear > widest[key][0]:
                    widest[key] = clear, _gap_leads(scored, gap, inside, outside, a, b)
            groups_of_it = ((inside, a), (outside, b))[: 2 if len(pairs) == 1 else 1]
            apart += [odds_lead(scored, where, mask) for where, mask in groups_of_it if _off(scored, mask)]
    clearest = sorted(widest.values(), key=lambda item: -item[0])[: policy.gaps]
    odds = sorted(apart, key=lambda lead: -lead.stake)[: policy.gaps]
    return [*([_one_decision(scored)] if alike else []), *(lead for _, leads in clearest for lead in leads), *odds]


def _one_decision(scored: ScoredRows) -> Lead:
    """That all decisions are the same, so that no group can fare worse by them, and the setting that makes them so."""
    always, threshold = int(scored.decision[0]), scored.model.threshold
    nearest = float(scored.probability.min() if always else scored.probability.max())
    end = (
        f"the {'lowest' if always else 'highest'} probability is {nearest:.2g}, and `recipe.threshold` is {threshold:g}"
    )
    said = f"It decides {always} for every row, so decisions do not differ between groups: {end}"
    check = f"{'raise' if always else 'lower'} `recipe.threshold` if some rows should be decided for {1 - always}"
    return Lead(Topic.GROUP, "one-decision", "", f"every row is decided for {always}; {end}", ONE_DECISION, said, check)


def _off(scored: ScoredRows, inside: Mask) -> bool:
    p = scored.probability[inside]
    return abs(float((scored.label[inside] - p).sum())) > MISJUDGED * float(np.sqrt((p * (1 - p)).sum()))


def measured(scored: ScoredRows, metric: str, a: Mask, b: Mask) -> GroupGap | None:
    """A rate on two groups, with the error of the difference; None where either has too few rows to count it on.

    Source: Agresti, Caffo, The American Statistician 54, 2000 (one event and one non-event added to each side).
    """
    counted, among = _counts(scored, metric)
    events, trials = (np.array([float(values[side].sum()) for side in (a, b)]) for values in (counted, among))
    if trials.min() < 10:
        return None
    rate = events / trials
    added = (events + 1) / (trials + 2)
    error = float(np.sqrt((added * (1 - added) / (trials + 2)).sum()))
    return GroupGap(metric, float(rate[0]), float(rate[1]), error)


def _counts(scored: ScoredRows, metric: str) -> tuple[Array, Array]:
    decided, label = scored.decision.astype(float), scored.label
    return {
        "positive_rate": (decided, np.ones_like(label)),
        "base_rate": (label, np.ones_like(label)),
        "fpr": (decided * (1 - label), 1 - label),
        "tpr": (decided * label, label),
    }[metric]


def _gap_leads(scored: ScoredRows, gap: GroupGap, inside: str, outside: str, a: Mask, b: Mask) -> list[Lead]:
    end = f"{gap.metric}-{slug(inside)}"
    if not gap.clear:
        bounds = [bound for bound in SMALL if abs(gap.width) + CLEAR * gap.error < bound]
        if not bounds:
            return []
        first, second = (inside, outside) if gap.width > 0 else (outside, inside)
        text = claim(call("gap", gap.metric, a=first, b=second), "<", bounds[0])
        return [Lead(Topic.GROUP, f"even-{end}", text, f"{_rates(gap, inside)}; no clear gap", 0.0)]
    first, second, high, low = (inside, outside, gap.a, gap.b) if gap.width > 0 else (outside, inside, gap.b, gap.a)
    stake = abs(gap.width) * float(min(a.mean(), b.mean()))
    text = claim(call("gap", gap.metric, a=first, b=second), ">", abs(gap.width) / 2)
    said = WORDS[gap.metric].format(where=first, high=percent(high), low=percent(low))
    labels = measured(scored, "base_rate", a, b)
    if gap.metric != "positive_rate" or labels is None:
        check = f"ask whether the labels of negatives where {first} can be trusted" if gap.metric == "fpr" else ""
        return [Lead(Topic.GROUP, f"gap-{end}", text, _rates(gap, inside), stake, said, check)]
    maker, check, share = who(gap, labels)
    note = f"{_rates(gap, inside)}; {maker}"
    leads = [Lead(Topic.GROUP, f"gap-{end}", text, note, stake * share, f"{said}: {maker}", check.format(where=first))]
    if labels.clear:
        c, d = (inside, outside) if labels.width > 0 else (outside, inside)
        text = claim(call("gap", "base_rate", a=c, b=d), ">", abs(labels.width) / 2)
        leads.append(Lead(Topic.GROUP, f"labels-{slug(inside)}", text, _rates(labels, inside), 0.0))
    extra = gap.width - labels.width
    if abs(extra) > CLEAR * gap.error:
        text = claim(call("amplification", inside), ">" if extra > 0 else "<", extra / 2)
        note = f"the decisions' gap minus the labels' is {extra:+.1%}"
        leads.append(Lead(Topic.GROUP, f"amplifies-{slug(inside)}", text, note, 0.0))
    return leads


def who(gap: GroupGap, labels: GroupGap) -> tuple[str, str, float]:
    """Whether the labels or the model make a gap in decisions, what to check, and the part of it the model makes.

    The data are said to make it only where two one-sided tests at 5 % find the two gaps within ``SAME`` of each other.
    Both are counted on the same rows, where decisions and labels mostly agree: taking them as independent makes the
    error too large rather than too small. Where no test decides, that is said.

    Source: Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987 (two one-sided tests).

    >>> who(GroupGap("positive_rate", 0.30, 0.10, 0.01), GroupGap("base_rate", 0.31, 0.12, 0.01))[0]
    'the labels differ about as much (31% against 12%), so the data make this gap, not the model'
    >>> who(GroupGap("positive_rate", 0.39, 0.14, 0.05), GroupGap("base_rate", 0.37, 0.22, 0.05))[0]
    'the labels differ too (37% against 22%); how much of this gap the model adds cannot be told from so few rows'
    """
    rates = f"({percent(labels.a)} against {percent(labels.b)})"
    times = gap.width / labels.width if labels.width else np.inf
    share = min(1.0, abs(gap.width - labels.width) / abs(gap.width))
    look = "ask whether the labels where {where} are what you want to reproduce"
    if not labels.clear and abs(labels.width) < abs(gap.width) / 2:
        return f"the labels hardly differ {rates}, so the model makes this gap", "find the column behind {where}", share
    if times < 0:
        return f"the labels differ the other way {rates}, so the model turns it round", look, share
    beyond = abs(gap.width - labels.width) > CLEAR * float(np.hypot(gap.error, labels.error)) / np.sqrt(2)
    if beyond and times > MADE:
        return f"the labels differ less {rates}, so the model widens what the data have", look, share
    if beyond and times < 1 / MADE:
        return f"the labels differ more {rates}, so the model makes less of it than the data have", "", share
    error = float(np.hypot(gap.error, labels.error))
    if abs(gap.width - labels.width) + ONE_SIDED * error < SAME:
        same = f"the labels differ about as much {rates}, so the data make this gap, not the model"
        return same, look, min(share, 0.25)
    if beyond:
        return f"the labels differ nearly as much {rates}, so the data make most of this gap", look, share
    unsure = f"the labels differ too {rates}; how much of this gap the model adds cannot be told from so few rows"
    return unsure, look, share


def _rates(gap: GroupGap, inside: str) -> str:
    return f"{gap.metric} is {percent(gap.a)} where {inside}, {percent(gap.b)} elsewhere"


def segment_pairs(segments: Iterable[str], rows: pd.DataFrame, schema: Schema) -> list[tuple[str, str]]:
    """(segment, rest) predicates: values of a categorical column, the halves of a numeric one, or a predicate.

    >>> from halflife.models.rows import Column
    >>> rows = pd.DataFrame({"sex": ["F", "M"] * 5, "age": range(10)})
    >>> schema = Schema((Column("sex", Kind.CATEGORICAL), Column("age", Kind.NUMERIC)))
    >>> segment_pairs(["sex", "age", "age < 3"], rows, schema)
    [("sex = 'F'", "sex <> 'F'"), ('age > 4.5', 'age <= 4.5'), ('age < 3', 'NOT (age < 3)')]
    """
    pairs = []
    for segment in segments:
        if segment not in schema.names:
            pairs.append((segment, f"NOT ({segment})"))
            continue
        column = quote(segment)
        if schema.kind(segment) is Kind.NUMERIC:
            if rows[segment].notna().any():
                middle = rounded(float(rows[segment].median()), 4)
                pairs.append((f"{column} > {middle}", f"{column} <= {middle}"))
            continue
        shares = rows[segment].value_counts(normalize=True).sort_index()
        values = shares.index[(shares >= SEGMENT_SHARE) & (shares < 1)]
        told = values[:1] if len(shares) == 2 else values  # of two values, each is the other's rest
        pairs += [(f"{column} = {literal(str(v))}", f"{column} <> {literal(str(v))}") for v in told]
    return pairs
