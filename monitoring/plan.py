"""What is to be done now, and why: the only place where the order of the stages is told.

`plan` is a pure function of what is known. Prefect runs what it gives, a plain loop runs it, ``halflife plan`` prints
it, trials of recipes take their calendar from it. A run that was killed asks again and goes on where it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from halflife.models.domain import Drift, Milestone, Role, Version
from halflife.monitoring.catch_up import CatchUp
from halflife.monitoring.policy import Policy
from halflife.monitoring.stages import (
    AttributeCauses,
    Deliver,
    Foresee,
    Ingest,
    Investigate,
    MeasureOpacity,
    Recheck,
    Report,
    Retrain,
    Stage,
    ThinShadows,
    TrainShadows,
    WarnOfDrift,
    Watch,
)


@dataclass(frozen=True)
class Known:
    """What a plan depends on.

    Attributes:
        stored: last tick in the store; -1 while it is empty.
        versions: all, oldest first.
        milestone: how far the newest version's cycle has come; None before the first.
        drifts: watches of the ticks after the newest version's window, by tick.
        told: the newest of them needs no alert: it flagged nothing, or its alert is decided.
        waiting: deliveries that are due.
        untrainable: last tick at which a version was due and could not be trained; -1 for none.
        asked: a stage that somebody asked for, although it may not be due; `Watch`, `Retrain` or `Recheck`.
    """

    stored: int = -1
    versions: Sequence[Version] = ()
    milestone: Milestone | None = None
    drifts: Sequence[Drift] = ()
    told: bool = True
    waiting: int = 0
    untrainable: int = -1
    asked: type[Stage] | None = None


FOLLOW_UP: tuple[type[Stage], ...] = (
    TrainShadows,
    MeasureOpacity,
    ThinShadows,
    Recheck,
    AttributeCauses,
    Investigate,
    Foresee,
    Report,
)
"""What follows a registered version, in this order."""
STAGES = (Ingest, Watch, WarnOfDrift, Retrain, *FOLLOW_UP, Deliver)
"""Every stage there is, in the order of a cycle."""
EVERYTHING = CatchUp()
_ORDER = tuple(Milestone)


def plan(known: Known, policy: Policy, tick: int, catch_up: CatchUp = EVERYTHING) -> tuple[Stage, ...]:
    """What is to be done next to have everything done that is due up to and including ``tick``.

    Ask again when it is done: a watch may bring a retrain forward, and a retrain may fail. Nothing is left when the plan
    is empty.

    Args:
        known: what the ledger and the store hold, and this run's failures.
        policy: when things are due.
        tick: the last tick that may be taken in.
        catch_up: what becomes of retrains that were missed; a history that is replayed misses none.
    """
    newest = known.versions[-1] if known.versions else None
    if newest is not None and known.milestone is not Milestone.REPORTED:
        reached = known.milestone or Milestone.REGISTERED
        why = f"{newest.label} is {reached}, and its cycle was cut off there"
        return follow_up(newest.number, newest.last, reached, policy, why)
    if known.asked is not None:
        return tuple(_asked(known, policy, known.asked))
    flagged = known.drifts[-1] if known.drifts and not known.told else None
    due = next_due(known, policy, catch_up.first(known.versions, policy.retrain.window, policy.retrain.every, tick))
    if flagged is not None and flagged.tick > known.untrainable and due > min(flagged.tick, tick):
        why = f"drift was flagged at tick {flagged.tick} and no retrain follows"
        return WarnOfDrift(flagged.tick, why), Deliver(flagged.tick, why)
    if due <= tick:
        return tuple(_cycle(known, policy, due))
    if known.stored < tick:
        return (Ingest(tick, _missing(known, tick)),)
    if known.waiting:
        return (Deliver(known.stored, _waiting(known)),)
    return ()


def outlook(known: Known, policy: Policy, planned: Sequence[Stage] = ()) -> tuple[Stage, ...]:
    """The next watch and the next retrain by the calendar.

    Args:
        known: what the ledger and the store hold.
        policy: when things are due.
        planned: what is to be done before, as `plan` gives it.
    """
    retrains = [stage.tick for stage in planned if isinstance(stage, Retrain)]
    ends = [*(version.last for version in known.versions), *retrains]
    number = len(ends) + 1
    if not ends:
        return (Retrain(policy.retrain.window - 1, _first_window(policy), 1),)
    at_once = ", or at once on drift" if policy.retrain.on_drift else ""
    done = max((stage.tick for stage in planned), default=max(known.stored, ends[-1]))
    retrain = Retrain(
        max(ends[-1] + policy.retrain.every, done + 1), f"every {policy.retrain.every} ticks{at_once}", number
    )
    if known.versions and not _watched(known):
        return (retrain,)
    past = max(done, ends[-1]) - ends[0]
    watch = ends[0] + (past // policy.watch.every + 1) * policy.watch.every
    return Watch(watch, f"every {policy.watch.every} ticks"), retrain


def follow_up(
    number: int, tick: int, reached: Milestone, policy: Policy, why: str = "", *, again: bool = False
) -> tuple[Stage, ...]:
    """What follows a version, from the milestone it has reached on.

    Args:
        number: of the version.
        tick: last of its window.
        reached: by its cycle.
        policy: how many shadows there are.
        why: it is done; because it follows the version when empty.
        again: it was reported, and is to be re-tested.
    """
    if reached is Milestone.REPORTED:
        wanted = [stage for stage in FOLLOW_UP if stage.repeats] if again else []
    else:
        wanted = [stage for stage in FOLLOW_UP if stage.until is not None and _before(reached, stage.until)]
    if not policy.shadows.count:
        wanted = [stage for stage in wanted if stage is not TrainShadows]
    why = why or f"follows v{number}"
    return (*(stage(tick, why, number) for stage in wanted), Deliver(tick, why, number))


def next_due(known: Known, policy: Policy, first: int = 0) -> int:
    """The first tick, from ``first`` on, at which a watch or a retrain is still to be done."""
    tick = max(first, known.untrainable + 1, known.versions[-1].last + 1 if known.versions else 0)
    watched = {drift.tick for drift in known.drifts}
    while not ((_watch_due(known, policy, tick) and tick not in watched) or retrain_due(known, policy, tick)):
        tick += 1
    return tick


def retrain_due(known: Known, policy: Policy, tick: int) -> str:
    """Why a version is due at a tick; empty where none is.

    The first full window, then every ``retrain.every`` ticks, and at once when a watch flagged drift.
    """
    if not known.versions:
        return _first_window(policy) if tick >= policy.retrain.window - 1 else ""
    newest = known.versions[-1]
    if tick <= newest.last:
        return ""
    if policy.retrain.on_drift and any(drift.drifted and drift.tick == tick for drift in known.drifts):
        return "drift was flagged"
    since = tick - newest.last
    return f"{since} tick{'s' if since > 1 else ''} after {newest.label}" if since >= policy.retrain.every else ""


def calendar(policy: Policy, tick: int) -> Iterator[int]:
    """Ticks up to and including ``tick`` at which versions are due when no watch brings one forward."""
    yield from range(policy.retrain.window - 1, tick + 1, policy.retrain.every)


def _asked(known: Known, policy: Policy, stage: type[Stage]) -> Iterator[Stage]:
    """What somebody asked for, on the ticks that are stored, with what follows it."""
    newest = known.versions[-1] if known.versions else None
    if stage is Watch:
        yield Watch(known.stored, "asked for")
    elif stage is Retrain and (newest is None or newest.last < known.stored):
        number = len(known.versions) + 1
        yield Retrain(known.stored, "asked for", number)
        yield from follow_up(number, known.stored, Milestone.REGISTERED, policy)
    elif newest is not None:
        yield from follow_up(newest.number, newest.last, Milestone.REPORTED, policy, "asked for", again=True)


def _cycle(known: Known, policy: Policy, due: int) -> Iterator[Stage]:
    """Everything at one tick, as far as it can be told before the watch has looked."""
    watched = {drift.tick for drift in known.drifts}
    if known.stored < due:
        yield Ingest(due, _missing(known, due))
    if _watch_due(known, policy, due) and due not in watched:
        at_once = "; a retrain follows at once on drift" if policy.retrain.on_drift else ""
        yield Watch(due, f"every {policy.watch.every} ticks{at_once}")
    if why := retrain_due(known, policy, due):
        number = len(known.versions) + 1
        yield Retrain(due, why, number)
        yield from follow_up(number, due, Milestone.REGISTERED, policy)
    elif known.waiting:
        yield Deliver(due, _waiting(known))


def _watch_due(known: Known, policy: Policy, tick: int) -> bool:
    """Every ``watch.every`` ticks, counted from the first version's last tick, while there is a champion."""
    if not _watched(known):
        return False
    since = tick - known.versions[0].last
    return since > 0 and since % policy.watch.every == 0


def _watched(known: Known) -> bool:
    """Whether there is a champion to compare ticks with."""
    return any(version.role is Role.CHAMPION for version in known.versions)


def _missing(known: Known, tick: int) -> str:
    first = known.stored + 1
    return f"tick {tick} is not stored" if first == tick else f"ticks {first} to {tick} are not stored"


def _waiting(known: Known) -> str:
    return "a delivery waits" if known.waiting == 1 else f"{known.waiting} deliveries wait"


def _first_window(policy: Policy) -> str:
    return f"the first window of {policy.retrain.window} ticks"


def _before(one: Milestone, other: Milestone) -> bool:
    return _ORDER.index(one) < _ORDER.index(other)
