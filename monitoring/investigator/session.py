"""One session: look from every side, order what was found, say it, and suggest findings."""

from collections.abc import Iterable, Sequence

import pandas as pd

from halflife.models.domain import Author, Finding, Version
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.investigator.candidates import candidates
from halflife.monitoring.investigator.confident_errors import errors
from halflife.monitoring.investigator.expectations import expectations
from halflife.monitoring.investigator.group_gaps import groups
from halflife.monitoring.investigator.lead import Investigation, Lead, Topic
from halflife.monitoring.investigator.overall_quality import quality, slope
from halflife.monitoring.investigator.paragraph import paragraph
from halflife.monitoring.investigator.scored_rows import ScoredRows
from halflife.monitoring.investigator.shortcuts import shortcuts
from halflife.monitoring.investigator.slices import misjudged, worst
from halflife.monitoring.investigator.strongest_features import reliance
from halflife.monitoring.policy import InvestigatePolicy

LEAST_ROWS = 50


def investigate(
    version: Version, model: Model, rows: pd.DataFrame, policy: InvestigatePolicy, *, threads: int = 1
) -> Investigation:
    """Everything worth saying about ``version``.

    Args:
        version: the version under investigation.
        model: of that version.
        rows: labelled discovery rows of its window, canonical.
        policy: what to look at, and how much of it.
        threads: for LightGBM and attributions.
    """
    if len(rows) < LEAST_ROWS or rows[LABEL].nunique() < 2:
        said = f"{version.label} has {len(rows)} labelled discovery rows"
        few = f"{said}, all with one label" if len(rows) >= LEAST_ROWS else said
        return Investigation(version.number, len(rows), f"{few}: too little to say anything.", ())
    scored = ScoredRows(model, rows, threads)
    among = candidates(scored)
    leads = _once(
        [
            *shortcuts(scored, policy, among),
            *expectations(scored, policy),
            *slope(scored, policy),
            *misjudged(scored, policy, among),
            *worst(scored, policy, among),
            *groups(scored, policy),
            *reliance(scored, policy),
            *quality(scored, policy),
            *errors(scored, policy),
        ]
    )
    order = {topic: k for k, topic in enumerate(Topic)}
    ranked = tuple(sorted(leads, key=lambda lead: (-lead.stake, order[lead.topic])))
    return Investigation(version.number, len(rows), paragraph(version.label, scored, ranked), ranked)


def _once(leads: Iterable[Lead]) -> list[Lead]:
    """Each claim and each name once, the first of equal ones; two slices may be cut down to one name."""
    kept: dict[str, Lead] = {}
    claims: set[str] = set()
    for lead in leads:
        if lead.slug not in kept and not (lead.claim and lead.claim in claims):
            kept[lead.slug] = lead
            claims.add(lead.claim)
    return list(kept.values())


def findings(version: Version, leads: Sequence[Lead], most: int) -> list[Finding]:
    """Leads that claim something as findings without ids and birth estimates, at most ``most``.

    Where there are more, every topic has its turn: the first lead of each, then the second, and so on.
    """
    by_topic = {topic: [lead for lead in leads if lead.topic is topic and lead.claim] for topic in Topic}
    turns = [(turn, k, lead) for k, of in enumerate(by_topic.values()) for turn, lead in enumerate(of)]
    turns.sort(key=lambda item: item[:2])
    wanted = {lead.slug for _, _, lead in turns[:most]}
    return [_finding(version, lead) for lead in leads if lead.slug in wanted and lead.claim]


def _finding(version: Version, lead: Lead) -> Finding:
    statistic = parse(lead.claim).statistic
    return Finding(
        name=f"{version.label}-{lead.slug}",
        claim=lead.claim,
        statistic=statistic,
        scope=STATISTICS[statistic].scope,
        made_on=version.number,
        author=Author.INVESTIGATOR,
        note=lead.note,
    )
