"""The stages in this thread, without Prefect: for notebooks and tests."""

from pathlib import Path

from halflife.flows.home_lock import locked
from halflife.flows.runners import Runner
from halflife.models.domain import Drift, Version
from halflife.monitoring.context import Context
from halflife.monitoring.cycle import Learned, perform, run
from halflife.monitoring.stages import Deliver, Ingest, Recheck, Retrain, Watch
from halflife.monitoring.steps.ingest_ticks import next_closed


class PlainRunner(Runner):
    """A plain loop."""

    def start(self, home: Path) -> None:
        return None

    def ready(self, home: Path) -> None:
        return None

    def replay(self, context: Context, until: int) -> dict[str, float]:
        seconds: dict[str, float] = {}
        with locked(context.home):
            run(context, until, seconds=seconds)
        return seconds

    def run(self, context: Context, until: int) -> None:
        with locked(context.home):
            run(context, until, catch_up=context.policy.catch_up)

    def ingest(self, context: Context, ticks: int) -> None:
        with locked(context.home):
            perform(context, Ingest(next_closed(context, ticks), "asked for"), Learned())

    def watch(self, context: Context) -> Drift | None:
        with locked(context.home):
            return run(context, -1, asked=Watch).drift

    def retrain(self, context: Context) -> Version:
        with locked(context.home):
            learned = run(context, -1, asked=Retrain)
            if learned.failure is not None:
                raise learned.failure
            return context.ledger.version()

    def recheck(self, context: Context) -> None:
        with locked(context.home):
            context.ledger.version()
            run(context, -1, asked=Recheck)

    def deliver(self, context: Context) -> None:
        with locked(context.home):
            perform(context, Deliver(context.store.last_tick, "asked for"), Learned())
