"""When something is due: a pure function of what the ledger holds, so that a killed run goes on where it was."""

from collections.abc import Sequence

from halflife.models.domain import Drift, Version
from halflife.monitoring.policy import Policy


def watch_due(policy: Policy, versions: Sequence[Version], tick: int) -> bool:
    """Every ``watch_every`` ticks, counted from the first version's last tick."""
    return bool(versions) and (tick - versions[0].last) % policy.watch.every == 0 and tick > versions[0].last


def retrain_due(policy: Policy, versions: Sequence[Version], drifts: Sequence[Drift], tick: int) -> bool:
    """The first full window, then every ``every`` ticks, and at once when a watch flagged drift."""
    if not versions:
        return tick >= policy.retrain.window - 1
    if tick <= versions[-1].last:
        return False
    flagged = policy.retrain.on_drift and any(d.drifted and d.tick == tick for d in drifts)
    return flagged or tick - versions[-1].last >= policy.retrain.every


def next_tick(policy: Policy, versions: Sequence[Version], drifts: Sequence[Drift]) -> int:
    """The first tick at which a watch or a retrain is still to be done."""
    if not versions:
        return policy.retrain.window - 1
    watched = {drift.tick for drift in drifts}
    tick = versions[-1].last + 1
    while not (
        (watch_due(policy, versions, tick) and tick not in watched) or retrain_due(policy, versions, drifts, tick)
    ):
        tick += 1
    return tick
