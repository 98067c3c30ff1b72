"""Tell, before the next version exists, which open findings it will probably refute."""

from collections.abc import Mapping, Sequence

import numpy as np

from halflife.models.domain import Check, Drift, Finding, Status, Version
from halflife.models.forecast import Forecast
from halflife.models.rows import ROW_ID, Array, row_hash
from halflife.models.shadow import Controls
from halflife.monitoring.claims.language.about_case import case_of
from halflife.monitoring.context import Context
from halflife.monitoring.foresight.dependence import dependence, moved
from halflife.monitoring.foresight.forecast_table import Pairs, tabulated
from halflife.monitoring.foresight.margin import Margins, margins
from halflife.monitoring.foresight.next_retrain_noise import coupled, shared, spread
from halflife.monitoring.foresight.refutation_forecast import foretell

ROWS = 500
"""Evidence rows whose attributions say which columns a finding hangs on."""

Statuses = Mapping[int, Mapping[int, Status]]


def foresee(context: Context, version: Version) -> list[Forecast]:
    """Forecasts for every open finding that ``version`` does not refute, recorded in one transaction.

    They rest on what was known when ``version`` was the newest, so that telling them again later tells the same: on
    its checks and those of the version before, on earlier forecasts and what became of them, and on the newest watch.
    A finding without a check on ``version`` has no forecast.
    """
    ledger = context.ledger
    findings = {f.id: f for f in ledger.findings()}
    checks = [c for c in ledger.checks(version=version.number) if _open(findings[c.finding], c, version)]
    about = [findings[c.finding] for c in checks]
    standing = _margins(context, version, about, checks)
    drifted = _drifted(context, version, about)
    past = [f for f in ledger.forecasts() if f.version < version.number]
    known = tabulated(past, list(findings.values()), ledger.statuses(), until=version.number)
    now = Pairs(
        version=np.full(len(about), version.number),
        kind=np.array([f.statistic for f in about], dtype=np.str_),
        age=np.array([version.number + 1.0 - f.made_on for f in about]),
        drift=drifted,
        margin=standing.margin,
        by_margin=standing.chance,
        event=np.full(len(about), np.nan),
    )
    chances = foretell(known, now)
    forecasts = [
        Forecast(f.id, version.number, *map(float, said))
        for f, *said in zip(about, chances, standing.margin, drifted, standing.chance, strict=True)
    ]
    ledger.record_forecasts(version.number, forecasts)
    return forecasts


def _open(finding: Finding, check: Check, version: Version) -> bool:
    """Whether a finding was open after ``version``, which did not refute it."""
    followed = finding.retired_on is None or finding.retired_on > version.number
    entered = finding.entered_on is None or finding.entered_on <= version.number
    return followed and entered and not finding.stillborn and not check.status.refutes


def _margins(context: Context, version: Version, about: Sequence[Finding], checks: Sequence[Check]) -> Margins:
    """Where the findings stand, by the shadows of the newest version that has any and of the one before that has.

    Where not every version has shadows, what a retrain adds is that of several, which is no less.
    """
    known = [v for v in context.ledger.versions() if v.number <= version.number]
    having = [v for v in known if v.shadows]
    newest = having[-1] if having else None
    kinds = newest.shadows if newest is not None else ()
    before = having[-2] if len(having) > 1 and having[-2].shadows == kinds else None
    now, then = (coupled(_controls(context, v, checks), kinds) for v in (newest, before))
    noise = spread(now, then, np.array([f.statistic for f in about], dtype=np.str_))
    overlap = shared(known[-2] if len(known) > 1 else None, version)
    return margins(about, checks, noise, level=context.policy.evidence.level, overlap=overlap)


def _controls(context: Context, version: Version | None, checks: Sequence[Check]) -> list[Controls | None]:
    """What the shadows of a version said of the findings of these checks."""
    if version is None:
        return [None] * len(checks)
    if checks and checks[0].version == version.number:
        return [c.controls for c in checks]
    said = {c.finding: c.controls for c in context.ledger.checks(version=version.number)}
    return [said.get(c.finding) for c in checks]


def _drifted(context: Context, version: Version, about: Sequence[Finding]) -> Array:
    """Dependency-weighted drift of each finding by the newest watch that ``version`` could know; NaN without any."""
    watch = _watch(context, version)
    if watch is None or not about:
        return np.full(len(about), np.nan)
    model, rows = context.registry.model(version), context.rows.evidence(version)
    if len(rows) > ROWS:
        rows = rows.iloc[np.argsort(row_hash(rows[ROW_ID]), kind="stable")[:ROWS]]
    cases = context.store.cases(sorted({name for f in about if (name := case_of(f)) is not None}))
    share = dependence(about, model, rows, cases, threads=context.policy.recipe.threads)
    return share @ moved(watch.columns, model.schema.names)


def _watch(context: Context, version: Version) -> Drift | None:
    """The newest watch that came before ``version``; those against ``version`` itself come after it."""
    watches = [
        d for d in context.ledger.drifts(since=version.first) if d.tick <= version.last and d.against < version.number
    ]
    return max(watches, key=lambda d: (d.tick, d.against), default=None)
