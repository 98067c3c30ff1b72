"""Scenarios measured side by side: ours and a peer in alternated pairs, in one process, with the same answer.

A file of scenarios holds functions decorated with `scenario`; each sets up what is not timed and returns a `Pair`.
Machines are shared and noisy, so what counts is the ratio within a pair, its median and its quartiles; single times
are shown beside it and mean little.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Literal

Measured = Callable[[], "float | None"]
Better = Literal["higher", "lower"]


class NoPeer(Exception):
    """The peer is not installed or cannot run here; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Pair:
    """What one scenario measures.

    Attributes:
        ours: called once a pair. A float it returns is the measurement; None means that its time is.
        peer: the same.
        same: raises AssertionError unless both give the same answer; called once, before anything is measured.
    """

    ours: Measured
    peer: Measured
    same: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Scenario:
    """One line of the table.

    Attributes:
        id: permanent; results of two revisions are compared by it.
        question: what the line answers, one sentence.
        ours: what is measured of ours.
        peer: what it is measured against; a budget is a peer that returns a constant.
        unit: of both measurements.
        goal: for the ratio.
        better: "higher": the ratio is peer / ours and should reach the goal; "lower": ours / peer, and should not pass it.
        pairs: measured; one more comes first and is thrown away where ``warm_up``.
        floor: what the regression check demands of the best of its pairs; None when the check leaves it out.
    """

    id: str
    question: str
    ours: str
    peer: str
    goal: float
    set_up: Callable[[], Pair]
    unit: str = "seconds"
    better: Better = "higher"
    pairs: int = 5
    warm_up: bool = True
    floor: float | None = None

    def ratio(self, ours: float, peer: float) -> float:
        """Of one pair, the way ``better`` reads it."""
        return peer / ours if self.better == "higher" else ours / peer

    def reaches(self, ratio: float, goal: float) -> bool:
        """Whether a ratio is at least as good as a goal."""
        return ratio >= goal if self.better == "higher" else ratio <= goal


@dataclass(frozen=True)
class Result:
    """One scenario, measured.

    Attributes:
        ours: median of our measurements, in ``unit``; None when nothing could be measured.
        peer: median of the peer's.
        ratio: median of the pairs' ratios.
        spread: their quartiles; both are the ratio when there is one pair.
        ok: whether the ratio reaches the goal; None when nothing could be measured.
        skipped: why not.
    """

    id: str
    question: str
    ours: float | None
    peer: float | None
    ratio: float | None
    spread: tuple[float, float] | None
    goal: float
    ok: bool | None
    better: Better
    unit: str
    pairs: int
    ours_is: str
    peer_is: str
    skipped: str = ""

    def as_json(self) -> dict[str, object]:
        """As ``.bench/bench.json`` holds it."""
        return asdict(self)


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    *,
    id: str,  # noqa: A002 - the name the result has too
    question: str,
    ours: str,
    peer: str,
    goal: float,
    unit: str = "seconds",
    better: Better = "higher",
    pairs: int = 5,
    warm_up: bool = True,
    floor: float | None = None,
) -> Callable[[Callable[[], Pair]], Callable[[], Pair]]:
    """Enter a set-up function into the table; the arguments are the attributes of `Scenario`."""

    def enter(set_up: Callable[[], Pair]) -> Callable[[], Pair]:
        if id in SCENARIOS:
            raise ValueError(f"two scenarios are called {id!r}")
        SCENARIOS[id] = Scenario(id, question, ours, peer, goal, set_up, unit, better, pairs, warm_up, floor)
        return set_up

    return enter


def measure(chosen: Scenario, pairs: int | None = None) -> Result:
    """Set up, check that both give the same answer, and measure in alternated pairs."""
    try:
        pair = chosen.set_up()
        pair.same()
        if chosen.warm_up:
            pair.ours(), pair.peer()
        taken = [_take(pair, ours_first=k % 2 == 0) for k in range(pairs or chosen.pairs)]
    except (ImportError, NoPeer) as missing:
        return _result(chosen, [], str(missing))
    return _result(chosen, taken)


def check(chosen: Scenario, tries: int = 5) -> tuple[bool, float]:
    """Whether the best of up to ``tries`` pairs reaches the floor, and that best ratio.

    A busy machine spoils pairs, never improves all of them: a regression is what no pair escapes.
    """
    assert chosen.floor is not None
    pair = chosen.set_up()
    pair.same()
    pair.ours(), pair.peer()
    best: float | None = None
    for k in range(tries):
        ratio = chosen.ratio(*_take(pair, ours_first=k % 2 == 0))
        best = ratio if best is None else (max if chosen.better == "higher" else min)(best, ratio)
        if chosen.reaches(best, chosen.floor):
            return True, best
    assert best is not None
    return False, best


def _take(pair: Pair, *, ours_first: bool) -> tuple[float, float]:
    """(ours, peer); who goes first alternates, so that neither always finds the caches warm."""
    if ours_first:
        ours = _one(pair.ours)
        return ours, _one(pair.peer)
    peer = _one(pair.peer)
    return _one(pair.ours), peer


def _one(call: Measured) -> float:
    gc.collect()
    began = time.perf_counter()
    given = call()
    return time.perf_counter() - began if given is None else given


def _result(chosen: Scenario, taken: list[tuple[float, float]], skipped: str = "") -> Result:
    ratios = [chosen.ratio(*pair) for pair in taken]
    ratio = median(ratios) if ratios else None
    low, _, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else [ratio] * 3
    return Result(
        id=chosen.id,
        question=chosen.question,
        ours=median(ours for ours, _ in taken) if taken else None,
        peer=median(peer for _, peer in taken) if taken else None,
        ratio=ratio,
        spread=None if low is None or high is None else (low, high),
        goal=chosen.goal,
        ok=None if ratio is None else chosen.reaches(ratio, chosen.goal),
        better=chosen.better,
        unit=chosen.unit,
        pairs=len(taken),
        ours_is=chosen.ours,
        peer_is=chosen.peer,
        skipped=skipped,
    )
