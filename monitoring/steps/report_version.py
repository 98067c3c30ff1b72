"""Conclude once; show it on the page, the Evidently report, the MLflow run and in the outbox."""

from json import dumps
from pathlib import Path
from typing import Any

from halflife.models.domain import Drift, Milestone, Version
from halflife.monitoring import multiplicity
from halflife.monitoring.alerts.alert_decisions import decide
from halflife.monitoring.alerts.alert_findings import refuted
from halflife.monitoring.conclude import RECENT, tell
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.context import Context
from halflife.monitoring.drift.watched_sides import Watched
from halflife.monitoring.page_links import REPORTS
from halflife.monitoring.policy import AlertPolicy
from halflife.monitoring.reports.card import card
from halflife.monitoring.reports.listing import finding_rows, half_life_metrics, performance_metrics
from halflife.monitoring.reports.page import write_page
from halflife.monitoring.row_validation import of_labels
from halflife.monitoring.steps.investigate_version import PAGE
from halflife.monitoring.steps.watch_ticks import look_at
from halflife.monitoring.wording import foresight_words
from halflife.monitoring.wording.words import untested


def report(context: Context, version: Version, watched: Watched | None = None) -> Conclusions:
    """Write the pages of ``version``, log them, and put its alert (if there is any) into the outbox.

    Args:
        context: whose ledger it is.
        version: the newest.
        watched: what the watch before it looked at, where that is at hand: it is drawn without being read again.
    """
    story = tell(context.ledger, scored=True)
    drift = _drift(context, story, version)
    links = pages(context, story, drift, context.home / REPORTS / version.label, watched)
    shown = {name: context.links.to(path) for name, path in links.items()}
    context.registry.annotate(
        version,
        metrics=_metrics(story, drift),
        artifacts=list(links.values()),
        texts={"findings.json": dumps(_told(story, version), indent=1), **_documents(story, version)},
        tags={
            **({f"halflife.page.{name}": address for name, address in shown.items()} if context.links.served else {}),
            "halflife.went_stale": str(sum(change.after.refutes for change in story.changes)),
        },
        card=card(version, story),
    )
    context.observe(f"{version.label}: {_news(story, version, context.policy.alerts)}", lasting=True)
    quarantined, mislabelled = _quarantined(context, story, version)
    alert = decide(
        story,
        version,
        drift=drift,
        quarantined=quarantined,
        ingested=_ingested(context, story, version),
        mislabelled=mislabelled,
        labels=sum(context.store.labels(_since(story, version) + 1, version.last)),
        links=shown,
        source=context.policy.name,
        limits=context.policy.alerts,
    )
    if alert is None:
        context.ledger.set_stage(version.number, Milestone.REPORTED)
    else:
        context.ledger.enqueue(alert, list(context.channels), stage=(version.number, Milestone.REPORTED))
    return story


def pages(
    context: Context, story: Conclusions, drift: Drift | None, folder: Path, watched: Watched | None = None
) -> dict[str, Path]:
    """Name -> page. The Evidently report is there when something was watched."""
    folder.mkdir(parents=True, exist_ok=True)
    links = {}
    if drift is not None:
        if watched is None or not watched.shows(drift, context.store.last_tick):
            watched = look_at(context, context.ledger.version(drift.against), drift.first_tick, drift.tick)
        drawn = watched.reference.drawn(), watched.current.drawn()
        links["drift"] = context.reporter.page(drift, story, drawn, folder / "drift.html")
    if (folder / PAGE).exists():
        links["investigation"] = folder / PAGE
    near = {name: path.name for name, path in links.items()}
    links["conclusions"] = write_page(story, folder / "conclusions.html", title=context.policy.name, links=near)
    return links


def _told(story: Conclusions, version: Version) -> list[dict[str, Any]]:
    """Every finding but those retired or born dead more than `RECENT` versions ago, which stand in those versions' files."""
    ended = {f.id: f.made_on if f.stillborn else f.retired_on for f in story.findings}
    rows = finding_rows(story)
    return [row for row in rows if (end := ended[row["id"]]) is None or version.number - end <= RECENT]


def _news(story: Conclusions, version: Version, limits: AlertPolicy) -> str:
    """What the version did to the findings, in a few words."""
    again = sum(change.before.refutes and not change.after.refutes for change in story.changes)
    told = [refuted(story, version, limits.false_discoveries, strict=limits.strict).counted]
    told += [f"{again} no longer refuted"] if again else []
    told += [said] if (said := untested(story)) else []
    return "; ".join(told)


def _drift(context: Context, story: Conclusions, version: Version) -> Drift | None:
    """The newest watch since the version before."""
    known = [d for d in story.drifts if _since(story, version) < d.tick <= version.last]
    return known[-1] if known else None


def _since(story: Conclusions, version: Version) -> int:
    """Last tick of the version before; -1 for the first."""
    return max((v.last for v in story.versions if v.number < version.number), default=-1)


def _quarantined(context: Context, story: Conclusions, version: Version) -> tuple[int, int]:
    """Rows and labels set aside since the version before."""
    aside = context.store.quarantine(_since(story, version) + 1, version.last)
    labels = int(of_labels(aside).sum()) if len(aside) else 0
    return len(aside) - labels, labels


def _ingested(context: Context, story: Conclusions, version: Version) -> int:
    return context.store.profile(_since(story, version) + 1, version.last).rows


def _documents(story: Conclusions, version: Version) -> dict[str, str]:
    """What was measured of this version's opacity, and how good forecasts have been; only what there is."""
    told = {}
    if story.opacity is not None and story.opacity.version == version.number:
        told["opacity.json"] = dumps(multiplicity.document(story.opacity), indent=1)
    if story.scores is not None:
        told["foresight.json"] = dumps(foresight_words.document(story.scores), indent=1)
    return told


def _metrics(story: Conclusions, drift: Drift | None) -> dict[str, float]:
    metrics = {f"findings.{status}": float(count) for status, count in story.counts.items()}
    metrics["findings.stillborn"] = float(story.stillborn)
    metrics["findings.expired"] = float(len(story.expired))
    metrics["findings.recurred"] = float(story.recurred)
    metrics["findings.fragile"] = float(sum(f.fragile and not f.stillborn for f in story.findings))
    if story.opacity is not None and story.opacity.version == story.versions[-1].number:
        metrics |= multiplicity.metrics(story.opacity)
    if story.scores is not None:
        metrics |= {"foresight.brier": story.scores.brier.estimate, "foresight.settled": float(story.scores.settled)}
        metrics |= {"foresight.auroc": story.scores.auroc.estimate} if story.scores.auroc is not None else {}
    for half in story.half_lives:
        metrics |= half_life_metrics(half)
    metrics |= {} if story.versions[-1].labelled is None else {"labels_arrived": story.versions[-1].labelled}
    metrics |= performance_metrics(story)
    if drift is not None:
        metrics["drift.columns"] = float(sum(column.drifted for column in drift.columns))
        metrics |= {f"drift.{column.name}": column.score for column in drift.columns}
    return metrics
