"""What a session says of columns that give the label away, used by the model or hidden behind one that is."""

from collections.abc import Sequence

import numpy as np

from halflife.monitoring.claims.syntax.sql_words import quote
from halflife.monitoring.investigator.lead import Lead, Topic, call, claim, listed, slug
from halflife.monitoring.investigator.leaks import How, Leak
from halflife.monitoring.investigator.scored_rows import ScoredRows

SAME = 0.8
"""Agreement of two columns, rows where both are filled over rows where either is, from which they are told as one."""


def leak_leads(scored: ScoredRows, found: Sequence[Leak]) -> list[Lead]:
    """One sentence for columns that are filled in the same rows, or that do it together; a lead for each column."""
    leads: list[Lead] = []
    for group in _alike(found):
        names = [name for leak in group for name in leak.columns]
        positions = [scored.schema.names.index(name) for name in names]
        stake = max(float(scored.share[positions].sum()), 2 * group[0].auc - 1)
        them, are = ("them", "are") if len(names) > 1 else ("it", "is")
        said = f"{listed(names)} may give the label away: {_seen(group)}"
        check = (
            f"find out when {listed(names)} {are} known: if only after the label, take {them} out and see what is left"
        )
        for k, (name, j) in enumerate(zip(names, positions, strict=True)):
            leak = group[min(k, len(group) - 1)]
            first = (said, check) if k == 0 else ("", "")
            text = _claim(scored, leak, j)
            leads.append(Lead(Topic.SHORTCUT, f"shortcut-{slug(name)}", text, leak.said, stake, *first))
    return leads


def _alike(found: Sequence[Leak]) -> list[list[Leak]]:
    """Leaks in groups: those that are filled in nearly the same rows are one."""
    groups: list[list[Leak]] = []
    for leak in found:
        of = next((g for g in groups if leak.how is How.FILLED is g[0].how and agreement(g[0], leak) >= SAME), None)
        if of is None:
            groups.append([leak])
        else:
            of.append(leak)
    return groups


def agreement(one: Leak, other: Leak) -> float:
    """Rows on the telling side of both over rows on that of either, in [0, 1]. Source: Jaccard, 1901."""
    if one.where is None or other.where is None:
        return 0.0
    either = (one.where | other.where).sum()
    return float((one.where & other.where).sum() / either) if either else 0.0


def _seen(group: Sequence[Leak]) -> str:
    """What was seen, of one column by name where there are more."""
    if len(group) == 1:
        return group[0].said
    first, *others = (leak.columns[0] for leak in group)
    where = group[0].said.replace("where it is filled", f"where {first} is filled", 1)
    return f"{where}; {listed(others)} {'is' if len(others) == 1 else 'are'} filled in nearly the same rows"


def _claim(scored: ScoredRows, leak: Leak, j: int) -> str:
    """That labels differ by half as much at least, where being filled tells; else what share it has, if it has one."""
    name, share = scored.schema.names[j], float(scored.share[j])
    if leak.how is How.FILLED:
        filled = ~np.isnan(scored.matrix[:, j])
        gap = float(scored.label[filled].mean() - scored.label[~filled].mean())
        sides = f"{quote(name)} IS NOT NULL", f"{quote(name)} IS NULL"
        a, b = sides if gap > 0 else sides[::-1]
        return claim(call("gap", "base_rate", a=a, b=b), ">", abs(gap) / 2)
    return claim(call("attribution_share", name), ">", 0.75 * share) if share > 0 else ""
