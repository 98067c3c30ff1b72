"""Run one recipe over a history with the very steps that run in service, and keep what became of it."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from halflife.models.domain import Milestone, Version
from halflife.models.errors import NotTrainable
from halflife.models.learner.model import Model
from halflife.models.recipe import Recipe
from halflife.monitoring import steps
from halflife.monitoring.conclude import tell
from halflife.monitoring.ports import Ledger
from halflife.monitoring.service import Service
from halflife.monitoring.survival.half_lives import ALL
from halflife.monitoring.trials.backtest import Backtest
from halflife.monitoring.trials.prequential import scored
from halflife.monitoring.trials.probes import probe, probed
from halflife.monitoring.trials.store_as_of import StoreAsOf
from halflife.monitoring.trials.trial import Belief, Block, Living, Trial

TREE = re.compile(r"(?m)^Tree=\d+$")
Watch = Callable[[int, int], None]
"""Told how many versions of a recipe are done, and of how many."""


def unwatched(done: int, total: int) -> None:
    """Nobody is looking."""


def run(
    lab: Backtest, name: str, recipe: Recipe, beliefs: Sequence[Belief] | None = None, watch: Watch = unwatched
) -> Trial:
    """Every version of one recipe: trained, its findings re-tested, investigated, and scored on the rows after it.

    Args:
        lab: the history.
        name: of the trial.
        recipe: to try.
        beliefs: conclusions to follow beside the investigator's, filed on the first version and never retired; None for
            those the investigator's first session confirms under this very recipe.
        watch: told of every version.

    Raises:
        NotTrainable: no window of the history can be trained on.
    """
    due, failure = lab.calendar, None
    with lab.service(recipe) as (service, past), lab.ledger() as second:
        beside, blocks = replace(service, ledger=second), list[Block]()
        for done, tick in enumerate(due, start=1):
            try:
                version, cpu = _trained(service, past, tick)
            except NotTrainable as error:
                failure = error
            else:
                blocks.append(_block(lab, service, version, cpu))
                _concluded(service, version)
                beliefs = _confirmed(service, version) if beliefs is None else beliefs
                _followed(beside, version, beliefs)
            watch(done, len(due))
        if not blocks and failure is not None:
            raise failure
        after = {block.tick for block in blocks if block.rows}
        asked = probed([v for v in service.ledger.versions() if v.last in after])
        return Trial(
            name=name,
            recipe=recipe,
            blocks=tuple(blocks),
            probes=tuple(probe(service, version, lab.after(version.last)) for version in asked),
            own=_living(service.ledger),
            same=_living(second),
            beliefs=tuple(beliefs or ()),
        )


def _trained(service: Service, past: StoreAsOf, tick: int) -> tuple[Version, float]:
    """The version of a tick, and the CPU seconds it took beyond reading its window."""
    past.go_to(tick)
    started, reading = time.process_time(), past.reading
    version = steps.retrain(service, tick)
    return version, time.process_time() - started - (past.reading - reading)


def _block(lab: Backtest, service: Service, version: Version, cpu: float) -> Block:
    model = service.registry.model(version)
    block = Block(version.last, len(TREE.findall(model.text)), cpu)
    return scored(block, lab.after(version.last), model, _before(service, version))


def _before(service: Service, version: Version) -> Model | None:
    earlier = [v for v in service.ledger.versions() if v.number == version.number - 1]
    return service.registry.model(earlier[0]) if earlier else None


def _concluded(service: Service, version: Version) -> None:
    """What follows a registered version in service, but for its pages and alerts."""
    steps.recheck(service, version)
    steps.investigate(service, version)
    service.ledger.set_stage(version.number, Milestone.REPORTED)


def _confirmed(service: Service, version: Version) -> list[Belief]:
    """What the investigator found on a version and its evidence confirmed."""
    return [Belief.of(f) for f in service.ledger.findings(open_only=True) if f.made_on == version.number]


def _followed(beside: Service, version: Version, beliefs: Sequence[Belief]) -> None:
    """File the beliefs on the first version, re-test them on every later one, in a ledger of their own."""
    first = not beside.ledger.versions()
    beside.ledger.add_version(version)
    if first:
        steps.file(beside, version, [belief.finding(version.number) for belief in beliefs])
    else:
        steps.recheck(beside, version)
    beside.ledger.set_stage(version.number, Milestone.REPORTED)


def _living(ledger: Ledger) -> Living | None:
    """The half-life of all findings of a ledger together."""
    return next((Living.of(half) for half in tell(ledger).half_lives if half.kind == ALL), None)
