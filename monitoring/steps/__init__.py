"""What the flows do, one step a file: plain functions of a service, idempotent, each ending in one ledger transaction."""

from monitoring.steps.deliver import deliver
from monitoring.steps.ingest import ingest
from monitoring.steps.investigate import file, investigate
from monitoring.steps.recheck import recheck, retest
from monitoring.steps.report import conclusions, report
from monitoring.steps.retrain import retrain
from monitoring.steps.schedule import next_tick, retrain_due, watch_due
from monitoring.steps.warn import warn_of_drift, warn_of_failure
from monitoring.steps.watch import watch

__all__ = [
    "conclusions",
    "deliver",
    "file",
    "ingest",
    "investigate",
    "next_tick",
    "recheck",
    "report",
    "retest",
    "retrain",
    "retrain_due",
    "warn_of_drift",
    "warn_of_failure",
    "watch",
    "watch_due",
]
