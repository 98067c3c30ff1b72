"""What a cycle costs beside the training it contains."""

import asyncio
import atexit
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from harness import Pair, scenario

WINDOW, ROWS, FEATURES = 10, 7_400, 30
"""Ten ticks of 7,400 rows, less those of the parts that test and those whose label has not come, leave 50,000 to train
on."""
PEOPLE = 160
"""Findings filed by hand; with those of the investigator that are still followed they make about 200."""
CONTROLS = 8
TOGETHER = 2
"""Cycles in one replay, and so in one measurement."""
SETTINGS: dict[str, Any] = {
    "name": "bench",
    "feed": {"scenario": "shortcut", "rows_per_tick": ROWS},
    "retrain": {"every": 1, "window": WINDOW},
    "watch": {"every": 1, "window": 3},
    "investigate": {"segments": ["region", "sex"], "errors": 5, "follow": 3},
    "alerts": {"channels": ["eml"]},
    "opacity": {"refits": 0},
}


@scenario(
    id="cycle/50k",
    question="How many times the LightGBM time it contains does a whole cycle take?",
    ours="ingest, watch, retrain, log, re-test about 200 findings, investigate, report, deliver; Prefect and MLflow on",
    peer="LightGBM within it: Dataset, train, predict",
    goal=2.0,
    better="lower",
    pairs=5,
)
def plain() -> Pair:
    """The cycle as it is."""
    return _pair(controls=0)


@scenario(
    id="cycle/50k-8-controls",
    question="And with eight shadows beside the version?",
    ours="the same cycle, with eight shadows trained, asked about every finding, and causes and forecasts made of them",
    peer="LightGBM within it, the shadows' and the causes' fits included",
    goal=1.3,
    better="lower",
    pairs=3,
)
def controlled() -> Pair:
    """As `halflife` does it by default, but for the refits that measure sensitivity."""
    return _pair(controls=CONTROLS)


def _pair(controls: int) -> Pair:
    cycles = Cycles(controls)
    return Pair(ours=lambda: cycles.side("whole"), peer=lambda: cycles.side("lightgbm"), same=cycles.about_two_hundred)


class Cycles:
    """A home with a warm context, some versions and findings, in which one cycle after another is measured.

    A cycle gives two measurements, its whole time and LightGBM's within it; each side of a pair takes its own.
    """

    def __init__(self, controls: int) -> None:
        self.open: dict[str, list[float]] = {"whole": [], "lightgbm": []}
        home = Path(temporary())
        from halflife.flows import prefect_engine

        ready = prefect_engine.prepare(home)
        from halflife.flows.bootstrap import bootstrap, hold
        from halflife.flows.configuration import parse
        from halflife.models.world.generator import World
        from halflife.models.world.scenarios import scenario as world_scenario
        from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed

        made = bootstrap(parse({**SETTINGS, "shadows": {"count": controls}, "home": str(home)}, "benchmark"))
        world = World(world_scenario("shortcut"), seed=7, rows_per_tick=ROWS, n_features=FEATURES)
        self.context = replace(made, feed=SyntheticFeed(world))
        self.home = hold(self.context)
        self.context.warm()
        ready()
        self.runner = asyncio.Runner()
        atexit.register(self.runner.close)
        self.next = WINDOW - 1
        self.run()
        self.file_by_hand()
        self.run()

    def run(self) -> tuple[float, float]:
        """Seconds a cycle of a replay over the next ones, and of LightGBM in it."""
        from halflife.flows.cycle import replay

        self.next += TOGETHER
        with lightgbm() as spent:
            started = time.perf_counter()
            self.runner.run(replay(self.home, self.next - 1))
            whole = time.perf_counter() - started
        versions = len(self.context.ledger.versions())
        assert versions == self.next - WINDOW + 1, f"{versions} versions after {self.next} ticks"
        return whole / TOGETHER, covered(spent) / TOGETHER

    def side(self, name: str) -> float:
        """The oldest measurement this side has not taken yet."""
        if not self.open[name]:
            for side, seconds in zip(self.open, self.run(), strict=True):
                self.open[side].append(seconds)
        return self.open[name].pop(0)

    def file_by_hand(self) -> None:
        """A person's findings about the first version: shares of all features, gaps, qualities, and many cases."""
        from halflife.models.domain import Finding
        from halflife.monitoring.claims.language.grammar import parse
        from halflife.monitoring.claims.statistics import STATISTICS

        version = self.context.ledger.version()
        cases = self.context.rows.evidence(version)["_id"].tolist()
        claims = [f'attribution_share("{name}") > 0.0005' for name in self.context.feed.schema.names]
        claims += [f'gap("{m}", a="amount > {x}", b="amount <= {x}") > -0.5' for m in ("fpr", "tpr") for x in range(9)]
        claims += ["auc() > 0.6", "log_loss() < 0.9", "calibration_slope() > 0.4"]
        half = (PEOPLE - len(claims)) // 2 + 1
        claims += [f'prediction(case="{case}") > 0' for case in cases[:half]]
        claims += [f'top_reason(case="{case}") == "velocity"' for case in cases[:half]]
        self.context.ledger.file(
            [
                Finding(
                    name=f"by-hand-{k}",
                    claim=text,
                    statistic=(said := parse(text)).statistic,
                    scope=STATISTICS[said.statistic].scope,
                    made_on=version.number,
                )
                for k, text in enumerate(claims[:PEOPLE])
            ],
            [],
        )

    def about_two_hundred(self) -> None:
        """What is re-tested is what the scenario says."""
        count = len(self.context.ledger.findings(open_only=True))
        assert 180 <= count <= 240, f"{count} findings are open"
        rows = self.context.ledger.version().rows
        assert 48_000 <= rows <= 52_000, f"{rows} rows to train on"


@contextmanager
def lightgbm() -> Iterator[list[tuple[float, float]]]:
    """Note when LightGBM was at work: building Datasets, training, predicting (not explaining), on any thread."""
    import lightgbm as lgb

    spent: list[tuple[float, float]] = []
    here = threading.local()

    def noted(work: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if getattr(here, "inside", False) or kwargs.get("pred_contrib"):
                return work(*args, **kwargs)
            here.inside, started = True, time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                here.inside = False
                spent.append((started, time.perf_counter()))

        return call

    with (
        patch.object(lgb, "train", noted(lgb.train)),
        patch.object(lgb.Dataset, "construct", noted(lgb.Dataset.construct)),
        patch.object(lgb.Booster, "predict", noted(lgb.Booster.predict)),
    ):
        yield spent


def covered(spans: list[tuple[float, float]]) -> float:
    """Seconds in which at least one thread was at work."""
    total, until = 0.0, float("-inf")
    for started, ended in sorted(spans):
        total += max(0.0, ended - max(started, until))
        until = max(until, ended)
    return total


def temporary() -> str:
    """A folder that goes with the process."""
    folder = TemporaryDirectory(prefix="halflife-bench-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return folder.name
