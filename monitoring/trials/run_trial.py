"""Run one recipe over a history with the very steps that run in context, and keep what became of it."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from halflife.models.domain import Milestone, Version
from halflife.models.errors import NotTrainable
from halflife.models.learner.model import Model
from halflife.models.recipe import Recipe
from halflife.monitoring.conclude import tell
from halflife.monitoring.context import Context
from halflife.monitoring.cycle import Learned, perform
from halflife.monitoring.plan import follow_up
from halflife.monitoring.ports import Ledger
from halflife.monitoring.stages import Investigate, Recheck
from halflife.monitoring.steps.investigate_version import file
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.survival.half_lives import ALL
from halflife.monitoring.trials.backtest import Backtest
from halflife.monitoring.trials.prequential import scored
from halflife.monitoring.trials.probes import probe, probed
from halflife.monitoring.trials.store_as_of import StoreAsOf
from halflife.monitoring.trials.trial import Belief, Block, Living, Trial

TREE = re.compile(r"(?m)^Tree=\d+$")
TRIED = (Recheck, Investigate)
"""What is tried of all that follows a version: no causes, pages or alerts."""
OnVersion = Callable[[int, int], None]
"""Told how many versions of a recipe are done, and of how many."""


def unwatched(done: int, total: int) -> None:
    """Nobody is looking."""


def run(
    history: Backtest, name: str, recipe: Recipe, beliefs: Sequence[Belief] | None = None, watch: OnVersion = unwatched
) -> Trial:
    """Every version of one recipe: trained, its findings re-tested, investigated, and scored on the rows after it.

    Args:
        history: the history.
        name: of the trial.
        recipe: to try.
        beliefs: conclusions to follow beside the investigator's, filed on the first version and never retired; None for
            those the investigator's first session confirms under this very recipe.
        watch: told of every version.

    Raises:
        NotTrainable: no window of the history can be trained on.
    """
    due, failure = history.calendar, None
    with history.context(recipe) as (context, past), history.ledger() as second:
        beside, blocks = replace(context, ledger=second), list[Block]()
        for done, tick in enumerate(due, start=1):
            try:
                version, cpu = _trained(context, past, tick)
            except NotTrainable as error:
                failure = error
            else:
                blocks.append(_block(history, context, version, cpu))
                _concluded(context, version)
                beliefs = _confirmed(context, version) if beliefs is None else beliefs
                _followed(beside, version, beliefs)
            watch(done, len(due))
        if not blocks and failure is not None:
            raise failure
        after = {block.tick for block in blocks if block.rows}
        asked = probed([v for v in context.ledger.versions() if v.last in after])
        return Trial(
            name=name,
            recipe=recipe,
            blocks=tuple(blocks),
            probes=tuple(probe(context, version, history.after(version.last)) for version in asked),
            own=_living(context.ledger),
            same=_living(second),
            beliefs=tuple(beliefs or ()),
        )


def _trained(context: Context, past: StoreAsOf, tick: int) -> tuple[Version, float]:
    """The version of a tick, and the CPU seconds it took beyond reading its window."""
    past.go_to(tick)
    started, reading = time.process_time(), past.reading
    version = retrain(context, tick)
    return version, time.process_time() - started - (past.reading - reading)


def _block(history: Backtest, context: Context, version: Version, cpu: float) -> Block:
    model = context.registry.model(version)
    block = Block(version.last, len(TREE.findall(model.text)), cpu)
    return scored(block, history.after(version.last), model, _before(context, version))


def _before(context: Context, version: Version) -> Model | None:
    earlier = [v for v in context.ledger.versions() if v.number == version.number - 1]
    return context.registry.model(earlier[0]) if earlier else None


def _concluded(context: Context, version: Version) -> None:
    """What follows a registered version in context, but for its pages and alerts."""
    for stage in follow_up(version.number, version.last, Milestone.REGISTERED, context.policy):
        if isinstance(stage, TRIED):
            perform(context, stage, Learned())
    context.ledger.set_stage(version.number, Milestone.REPORTED)


def _confirmed(context: Context, version: Version) -> list[Belief]:
    """What the investigator found on a version and its evidence confirmed."""
    return [Belief.of(f) for f in context.ledger.findings(open_only=True) if f.made_on == version.number]


def _followed(beside: Context, version: Version, beliefs: Sequence[Belief]) -> None:
    """File the beliefs on the first version, re-test them on every later one, in a ledger of their own."""
    first = not beside.ledger.versions()
    beside.ledger.add_version(version)
    if first:
        file(beside, version, [belief.finding(version.number) for belief in beliefs])
    else:
        recheck(beside, version)
    beside.ledger.set_stage(version.number, Milestone.REPORTED)


def _living(ledger: Ledger) -> Living | None:
    """The half-life of all findings of a ledger together."""
    return next((Living.of(half) for half in tell(ledger).half_lives if half.kind == ALL), None)
