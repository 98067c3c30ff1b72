"""The flow that a schedule runs: everything that is due for one model, as one readable run."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from halflife.flows.bootstrap import bootstrap, hold, reopened
from halflife.flows.cycle import Run, through
from halflife.flows.home_lock import locked
from halflife.flows.resolution import resolve
from halflife.flows.run_record import ended
from halflife.flows.use_cases.due import Stock
from halflife.models.errors import HalflifeError, Held
from halflife.monitoring.context import Context
from halflife.monitoring.cycle import due
from halflife.monitoring.reports.visible import visible

NAME = "halflife"
SKIPPED = "Skipped"
"""State of a run that found another command at work."""
NEWS = {"halflife": True}
"""Marks the lines of a run's log that are news to people."""


@flow(name=NAME, flow_run_name="{model}", retries=0)
async def scheduled(model: str, home: str = "", config: str = "", until: int | None = None) -> Any:
    """Take in what is over, do what is due, send what is pending; Completed at once where nothing is due.

    Safe to repeat, to run twice at once, and to kill. Of two runs at once the second is Completed as *Skipped*: the
    home's own lock decides, not Prefect's concurrency limits.

    Args:
        model: its name, which names the run.
        home: folder that was used before.
        config: instead of a home, a ``halflife.toml`` on the worker's machine.
        until: last tick to take in of a feed without end; unset, one a run.

    Returns:
        A state of Prefect's whose message says what was done, or in one sentence why it could not be.
    """
    log, began, where = get_run_logger(), datetime.now(UTC), Path(home)
    try:
        context = _context(home, config)
        where = context.home

        def observe(sentence: str, *, lasting: bool = False) -> None:
            if lasting:
                log.info(visible(sentence), extra=NEWS)
            context.observe(sentence, lasting=lasting)

        with locked(context.home):
            stock = Stock.of(replace(context, observe=observe), until)
            if stock.due:
                run = Run(stock.context)
                await through(run, due(run.context, stock.until, catch_up=run.context.policy.catch_up))
            done = stock.done()
    except Held as held:
        return Completed(name=SKIPPED, message=visible(str(held)))
    except HalflifeError as error:
        log.error(visible(str(error)), extra=NEWS)
        if where.is_dir():
            ended(where, began, str(error))
        return Failed(message=visible(str(error)))
    ended(where, began, done.sentence, done.to_dict())
    return Completed(message=visible(done.sentence))


def _context(home: str, config: str) -> Context:
    """Of the home, or of the configuration, as they are now."""
    if not config:
        return reopened(home)
    context = bootstrap(resolve(Path(config), Path(home) if home else None).settings)
    hold(context)
    return context
