"""Explain one case on one version, keep the explanation with the version's run, and file what it concludes."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from difflib import get_close_matches
from json import dumps

import numpy as np
import pandas as pd

from halflife.models.domain import Author, Finding, Version
from halflife.models.errors import NotFound
from halflife.models.rows import LABEL, ROW_ID, row_hash
from halflife.monitoring.claims.evidence.model_view import ModelScores
from halflife.monitoring.context import Context
from halflife.monitoring.explanations.explain_case import check_immutable
from halflife.monitoring.explanations.explain_case import explain as tell
from halflife.monitoring.explanations.explanation import Explanation
from halflife.monitoring.explanations.explanation_document import document
from halflife.monitoring.explanations.offers import Offer
from halflife.monitoring.steps.file_findings import enroll

EXAMPLES = 3
"""Ids named when one is not found."""


def explain(context: Context, version: Version, case: str) -> Explanation:
    """Everything said of a case; nothing is written. Counterfactuals are tried on the version's shadows too.

    Args:
        context: whose store holds the case.
        version: on which it is explained.
        case: id of a row.

    Raises:
        NotFound: no such case; lists ids near to it.
        UsageError: ``policy.explain.immutable`` names a column there is not.
    """
    check_immutable(context.policy.explain.immutable, context.store.fixed_schema)
    rows = context.store.cases([case])
    window = context.rows.window(version)
    if rows.empty:
        raise NotFound(f"there is no case {case!r} in the store; {_found(case, window.rows[ROW_ID])}")
    policy, discovery = context.policy, context.rows.discovery(version)
    model, controls = context.registry.model(version), context.shadows.of(version)
    return tell(version.number, model, rows, window, discovery, policy.explain, controls, policy.recipe.threads)


def worst(context: Context, version: Version) -> str:
    """The evidence row a version is most confidently wrong about. Raises NotFound where it is wrong about none."""
    rows, model = context.rows.evidence(version).dropna(subset=[LABEL]), context.registry.model(version)
    if len(rows):
        scores = ModelScores(model, lambda: model.raw(model.matrix(rows), context.policy.recipe.threads))
        label = rows[LABEL].to_numpy(dtype=float) == 1
        sure = np.where(scores.decision != label, np.abs(scores.margin), -1.0)
        if sure.max() >= 0:
            return str(rows[ROW_ID].iloc[int(np.argmax(sure))])
    raise NotFound(f"{version.label} is wrong about none of its {len(rows)} evidence rows; name a case")


def keep(context: Context, version: Version, told: Explanation, offered: Sequence[Offer], text: str) -> str:
    """Add an explanation to the version's run, as JSON and as text; gives the artifacts' name without its ending."""
    name = f"explanations/{_slug(told.case)}"
    whole = dumps(document(told, offered), indent=1)
    context.registry.annotate(version, metrics={}, texts={f"{name}.json": whole, f"{name}.txt": text})
    return name


def file_offers(
    context: Context, version: Version, told: Explanation, wanted: Sequence[Offer], author: str
) -> list[Finding]:
    """File conclusions as a person's findings, each tested at once; one a person filed on this version before stays.

    The investigator's own do not count: they are re-tested for some retrains only.
    """
    before = context.ledger.findings()
    known = {f.claim: f for f in before if f.made_on == version.number and f.author != Author.INVESTIGATOR}
    taken = {f.name for f in before}
    new = []
    for offer in wanted:
        if offer.claim not in known:
            name = _free(f"{version.label}-{offer.slug}-{told.case}", taken)
            known[offer.claim] = offer.finding(name, author, version.number)
            taken.add(name)
            new.append(known[offer.claim])
    filed = {f.claim: f for f in enroll(context, new)}
    return [filed.get(offer.claim, known[offer.claim]) for offer in wanted]


def _found(case: str, ids: pd.Series) -> str:
    """Ids like the one that was asked for, else some that exist, and how to come by one."""
    known = sorted(ids)
    at = bisect_left(known, case)
    around = get_close_matches(case, known[max(0, at - 100) : at + 100], EXAMPLES)
    what = "near ids are" if around else "ids look like"
    listed = ", ".join(map(repr, around or known[:EXAMPLES]))
    return f"{what} {listed}; `halflife explain --worst` takes the one a version is most confidently wrong about"


def _slug(case: str) -> str:
    """A case's id as a file name, one for each case."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", case)[:80]
    return f"case-{plain}" if plain == case else f"case-{plain}-{row_hash([case])[0]:016x}"


def _free(wish: str, taken: set[str]) -> str:
    """A name like the one wished for that a finding may have and none has yet."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", wish)[:90]
    return (
        name
        if name not in taken
        else next(f"{name}-{k}" for k in range(2, len(taken) + 3) if f"{name}-{k}" not in taken)
    )
