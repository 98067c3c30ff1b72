"""The cycle: stages done one after the other, each handed what those before it learned.

`due` is the loop itself, and does nothing: it yields each stage with what is known so far and is sent what came of it.
Prefect drives it with a task a stage (``halflife.flows.cycle``), `run` in a plain loop.
"""

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace

from halflife.models.domain import Drift, Milestone, Version
from halflife.models.errors import NotTrainable
from halflife.monitoring import stages
from halflife.monitoring.alerts.alert_decisions import drift_key
from halflife.monitoring.catch_up import CatchUp
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.context import Context
from halflife.monitoring.drift.watched_sides import Side, Watched, reference_side
from halflife.monitoring.plan import EVERYTHING, Known, plan
from halflife.monitoring.ports import Ledger, Store
from halflife.monitoring.stages import Stage
from halflife.monitoring.steps.attribute_causes import attribute
from halflife.monitoring.steps.deliver_alerts import deliver
from halflife.monitoring.steps.forecast_refutations import foresee
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import investigate
from halflife.monitoring.steps.measure_opacity import measure_opacity, sensitivity_due
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.report_version import report
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.steps.take_tag_requests import take_requests
from halflife.monitoring.steps.train_shadows import thin_shadows, train_shadows
from halflife.monitoring.steps.warn_people import warn_of_drift, warn_of_failure
from halflife.monitoring.steps.watch_ticks import watch


@dataclass(frozen=True)
class Learned:
    """What the stages of a run have learned so far, handed from each to the next.

    Attributes:
        drift: of the newest watch of this run.
        watched: what it looked at.
        reference: the champion's side, by its number, for the watches to come.
        version: the newest that was registered in this run.
        story: what the newest report of this run told.
        failure: why the newest version that was due could not be trained; None when it could.
    """

    drift: Drift | None = None
    watched: Watched | None = None
    reference: tuple[int, Side] | None = None
    version: Version | None = None
    story: Conclusions | None = None
    failure: NotTrainable | None = None


Perform = Callable[[Context, Stage, Learned], Learned]


def known(store: Store, ledger: Ledger, name: str, *, untrainable: int = -1, asked: type[Stage] | None = None) -> Known:
    """What a plan depends on, from the store and the ledger of the model of this name."""
    versions = ledger.versions()
    newest = versions[-1] if versions else None
    drifts = [d for d in ledger.drifts(since=newest.last if newest else 0) if newest is None or d.tick > newest.last]
    flagged = drifts[-1] if drifts and drifts[-1].drifted else None
    return Known(
        stored=store.last_tick,
        versions=versions,
        milestone=ledger.stage(newest.number) if newest else None,
        drifts=drifts,
        told=flagged is None or ledger.decided(drift_key(name, flagged)),
        waiting=len(ledger.due(time.time())),
        untrainable=untrainable,
        asked=asked,
    )


def due(
    context: Context, tick: int, *, asked: type[Stage] | None = None, catch_up: CatchUp = EVERYTHING
) -> Generator[tuple[Stage, Learned], Learned, Learned]:
    """Every stage due up to and including ``tick``, each with what is known before it; to be sent what came of it.

    A version that cannot be trained is told, and passed over. Goes on where an earlier run stopped, however it stopped.

    Args:
        context: whose ledger and store say what is due.
        tick: the last one that may be taken in; -1 for nothing but what is asked for or was left undone.
        asked: a stage that is done although it may not be due: `Watch`, `Retrain` or `Recheck`.
        catch_up: what becomes of retrains that were missed.
    """
    learned, untrainable = Learned(), -1
    while True:
        now = known(context.store, context.ledger, context.policy.name, untrainable=untrainable, asked=asked)
        todo = plan(now, context.policy, tick, catch_up)
        if not todo:
            return learned
        if now.milestone in (None, Milestone.REPORTED) or asked is stages.Recheck:
            asked = None  # it is among these stages; an unfinished cycle comes before anything but its own re-test
        for stage in todo:
            learned = yield stage, learned
            if isinstance(stage, stages.Retrain) and learned.failure is not None:
                untrainable = stage.tick
                learned = yield stages.Deliver(stage.tick, str(learned.failure)), learned
                break
            if isinstance(stage, stages.Watch) and learned.drift is not None and learned.drift.drifted:
                break  # what is due has changed


def run(
    context: Context,
    tick: int,
    *,
    asked: type[Stage] | None = None,
    seconds: dict[str, float] | None = None,
    catch_up: CatchUp = EVERYTHING,
) -> Learned:
    """Do everything that is due, in this thread.

    Args:
        context: the ports and the policy.
        tick: as of `due`.
        asked: as of `due`.
        seconds: stage's name -> wall time, added to where it is given.
        catch_up: as of `due`.
    """
    todo = due(context, tick, asked=asked, catch_up=catch_up)
    try:
        stage, learned = next(todo)
        while True:
            started = time.perf_counter()
            learned = perform(context, stage, learned)
            if seconds is not None:
                seconds[stage.name] = seconds.get(stage.name, 0.0) + time.perf_counter() - started
            stage, learned = todo.send(learned)
    except StopIteration as done:
        end: Learned = done.value
        return end


def perform(context: Context, stage: Stage, learned: Learned) -> Learned:
    """Do one stage; gives what is known after it."""
    return PERFORM[type(stage)](context, stage, learned)


def _ingest(context: Context, stage: Stage, learned: Learned) -> Learned:
    ingest(context, stage.tick)
    return learned


def _watch(context: Context, stage: Stage, learned: Learned) -> Learned:
    champion, reference = context.ledger.champion(), None
    if learned.reference is not None and champion is not None and learned.reference[0] == champion.number:
        reference = learned.reference[1]
    found = watch(context, stage.tick, reference)
    if found is None:
        return replace(learned, drift=None, watched=None)
    drift, sides = found
    return replace(learned, drift=drift, watched=sides, reference=(sides.against, sides.reference))


def _warn_of_drift(context: Context, stage: Stage, learned: Learned) -> Learned:
    for drift in context.ledger.drifts(since=stage.tick):
        if drift.tick == stage.tick:
            warn_of_drift(context, drift)
    return learned


def _retrain(context: Context, stage: Stage, learned: Learned) -> Learned:
    try:
        version = retrain(context, stage.tick)
    except NotTrainable as error:
        warn_of_failure(context, stage.tick, error)
        return replace(learned, failure=error)
    champion = context.ledger.champion()
    if champion is not None and champion.number == version.number:
        side = reference_side(context.store, version, context.registry.model(version), context.rows.window(version))
        learned = replace(learned, reference=(version.number, side))
    return replace(learned, version=version, failure=None)


def _on_version(step: Callable[[Context, Version], object]) -> Perform:
    """A step about the version of its stage, from which nothing is handed on."""

    def done(context: Context, stage: Stage, learned: Learned) -> Learned:
        step(context, context.ledger.version(stage.version))
        return learned

    return done


def _train_shadows(context: Context, stage: Stage, learned: Learned) -> Learned:
    done = train_shadows(context, context.ledger.version(stage.version))
    if done:
        context.observe(f"v{stage.version}: {done} shadows trained")
    return learned


def _measure_opacity(context: Context, stage: Stage, learned: Learned) -> Learned:
    version = context.ledger.version(stage.version)
    if version.shadows or sensitivity_due(context, version):
        measure_opacity(context, version, sensitivity=False)
    return learned


def _recheck(context: Context, stage: Stage, learned: Learned) -> Learned:
    take_requests(context)
    recheck(context, context.ledger.version(stage.version))
    return learned


def _report(context: Context, stage: Stage, learned: Learned) -> Learned:
    return replace(learned, story=report(context, context.ledger.version(stage.version), learned.watched))


def _deliver(context: Context, stage: Stage, learned: Learned) -> Learned:
    deliver(context)
    return learned


PERFORM: Mapping[type[Stage], Perform] = {
    stages.Ingest: _ingest,
    stages.Watch: _watch,
    stages.WarnOfDrift: _warn_of_drift,
    stages.Retrain: _retrain,
    stages.TrainShadows: _train_shadows,
    stages.MeasureOpacity: _measure_opacity,
    stages.ThinShadows: _on_version(thin_shadows),
    stages.Recheck: _recheck,
    stages.AttributeCauses: _on_version(attribute),
    stages.Investigate: _on_version(investigate),
    stages.Foresee: _on_version(foresee),
    stages.Report: _report,
    stages.Deliver: _deliver,
}
"""Stage -> what it does."""
