"""What the flows do, one step a file: plain functions of a service, idempotent, each ending in one ledger transaction."""

from monitoring.steps.attribute import account, attribute, keep_why, status_on, versions_of, why
from monitoring.steps.deliver import deliver
from monitoring.steps.enroll import enroll
from monitoring.steps.explain import explain, file_offers, keep, worst
from monitoring.steps.foresee import foresee
from monitoring.steps.import_findings import Imported, import_findings
from monitoring.steps.ingest import ingest
from monitoring.steps.investigate import file, investigate, look, review
from monitoring.steps.needs import keep_needs, needs
from monitoring.steps.opacity import keep_opacity, measure_opacity, newest_measured, sensitivity_due
from monitoring.steps.recheck import recheck, retest
from monitoring.steps.report import conclusions, report
from monitoring.steps.retrain import retrain
from monitoring.steps.schedule import next_tick, retrain_due, watch_due
from monitoring.steps.shadows import missing_shadows, shadows, thin_shadows, train_shadow
from monitoring.steps.take_requests import take_requests
from monitoring.steps.warn import warn_of_drift, warn_of_failure
from monitoring.steps.watch import watch

__all__ = [
    "Imported",
    "account",
    "attribute",
    "conclusions",
    "deliver",
    "enroll",
    "explain",
    "file",
    "file_offers",
    "foresee",
    "import_findings",
    "ingest",
    "investigate",
    "keep",
    "keep_needs",
    "keep_opacity",
    "keep_why",
    "look",
    "measure_opacity",
    "missing_shadows",
    "needs",
    "newest_measured",
    "next_tick",
    "recheck",
    "report",
    "retest",
    "retrain",
    "retrain_due",
    "review",
    "sensitivity_due",
    "shadows",
    "status_on",
    "take_requests",
    "thin_shadows",
    "train_shadow",
    "versions_of",
    "warn_of_drift",
    "warn_of_failure",
    "watch",
    "watch_due",
    "why",
    "worst",
]
