"""What the flows do, one step a file: plain functions of a service, idempotent, each ending in one ledger transaction."""

from halflife.monitoring.steps.attribute_causes import account, attribute, keep_why, status_on, versions_of, why
from halflife.monitoring.steps.deliver_alerts import deliver
from halflife.monitoring.steps.explain_one import explain, file_offers, keep, worst
from halflife.monitoring.steps.file_findings import enroll
from halflife.monitoring.steps.forecast_refutations import foresee
from halflife.monitoring.steps.import_findings import Imported, import_findings
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import file, investigate, look, review
from halflife.monitoring.steps.measure_needs import keep_needs, needs
from halflife.monitoring.steps.measure_opacity import keep_opacity, measure_opacity, newest_measured, sensitivity_due
from halflife.monitoring.steps.recheck_findings import recheck, retest
from halflife.monitoring.steps.report_version import conclusions, report
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.steps.schedule import next_tick, retrain_due, watch_due
from halflife.monitoring.steps.take_tag_requests import take_requests
from halflife.monitoring.steps.train_shadows import missing_shadows, shadows, thin_shadows, train_shadow
from halflife.monitoring.steps.warn_people import warn_of_drift, warn_of_failure
from halflife.monitoring.steps.watch_ticks import watch

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
