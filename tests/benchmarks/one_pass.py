"""What re-testing a thousand findings costs beside looking at the rows once, and beside the versions there have been.

The divisor of the first two is the attribution passes alone: for each model, ``halflife.models.explain`` over the union of the
rows that attribution claims need (here all 10,050 evidence rows), one thread, through the code a re-test uses.
Everything else a re-test does is in the numerator too: reading claims, predicates, predictions, estimates, and on the
version itself 1,000 bootstrap replicates of every one.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from harness import Pair, scenario
from thousand import BORN, FRESH, NEWEST, Thousand, thousand
from threadpoolctl import threadpool_limits

from halflife.models.domain import Author, Check, Finding
from halflife.models.explain.attributions import attributions, by_lightgbm
from halflife.models.recipe import Recipe
from halflife.models.rows import ROW_ID
from halflife.monitoring.claims.estimation.retest import Retested, recheck
from halflife.monitoring.claims.evidence.evidence_rows import Evidence
from halflife.monitoring.claims.evidence.model_view import ModelPass
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.statistics import STATISTICS
from halflife.monitoring.claims.statistics.base import CaseStatistic

SAMPLE = 50
"""Of so many findings one is re-tested by itself."""

PART = 20
"""Of so many rows LightGBM explains one."""


def again(made: Thousand, findings: list[Finding] | None = None) -> Retested:
    """Re-test all findings on version 11, or some, with the sets and the cases they need and no others."""
    asked = made.findings if findings is None else findings
    named = {parse(f.claim).arguments[0][1] for f in asked if isinstance(STATISTICS[f.statistic], CaseStatistic)}
    sets = {
        name
        for f in asked
        if not isinstance(STATISTICS[f.statistic], CaseStatistic)
        for name in (FRESH, made.pinned[f.id])
    }
    first, *controls = made.models
    with threadpool_limits(1):
        return recheck(
            asked,
            NEWEST,
            first,
            {name: rows for name, rows in made.sets.items() if name in sets},
            fresh=FRESH,
            pinned=made.pinned,
            cases=made.cases[made.cases[ROW_ID].isin(named)],
            controls=controls,
            threads=1,
        )


def attributions_alone(made: Thousand) -> float:
    """Seconds to explain every row of the union by every model; building the union and encoding it are not timed."""
    evidence = Evidence(made.sets)
    passes = [ModelPass(model, evidence, threads=1) for model in made.models]
    every = np.arange(len(evidence))
    assert passes[0].matrix.shape == (10_050, 30)
    began = time.perf_counter()
    for sweep in passes:
        sweep.attributions(every)
    return time.perf_counter() - began


@scenario(
    id="one-pass/1000-findings-9-models",
    question="What do a thousand findings on a version and eight control models cost, as a multiple of the attributions?",
    ours="recheck of 1,000 mixed findings on 9 models, 1,000 bootstrap replicates on one of them",
    peer="halflife.models.explain over the union of their rows, 9 models",
    goal=1.3,
    better="lower",
)
def nine_models() -> Pair:
    """The version and eight controls."""
    return _against_attributions(thousand(9))


@scenario(
    id="one-pass/1000-findings-9-models-lightgbm",
    question="And as a multiple of what LightGBM's own attributions of the same rows take?",
    ours="recheck of 1,000 mixed findings on 9 models, 1,000 bootstrap replicates on one of them",
    peer=f"LightGBM pred_contrib, one thread, every {PART}th row of their union, times {PART}, 9 models",
    goal=1.3,
    better="lower",
    pairs=3,
)
def nine_models_beside_lightgbm() -> Pair:
    """Its cost is the same for every row, so a part of them tells that of all."""
    made = thousand(9)

    def theirs() -> float:
        evidence = Evidence(made.sets)
        some = evidence.matrix(made.models[0])[::PART]
        began = time.perf_counter()
        for model in made.models:
            by_lightgbm(model, some, 1)
        return (time.perf_counter() - began) * len(evidence) / len(some)

    def same() -> None:
        some = Evidence(made.sets).matrix(made.models[0])[:50]
        np.testing.assert_allclose(
            attributions(made.models[1], some, 1), by_lightgbm(made.models[1], some, 1), rtol=0, atol=1e-10
        )

    return Pair(ours=lambda: again(made) and None, peer=theirs, same=same)


@scenario(
    id="one-pass/1000-findings",
    question="What do a thousand findings on one version cost, as a multiple of its attributions?",
    ours="recheck of 1,000 mixed findings on 1 model, 1,000 bootstrap replicates",
    peer="halflife.models.explain over the union of their rows, 1 model",
    goal=1.3,
    better="lower",
    floor=7.0,
)
def one_model() -> Pair:
    """The version alone."""
    return _against_attributions(thousand(1))


def _against_attributions(made: Thousand) -> Pair:
    def same() -> None:
        found = again(made)
        assert len(found.checks) == 1000
        assert found.controls.shape == (len(made.models) - 1, 1000, 2)
        assert {check.pinned.rows for check in found.checks} >= {1, 6700}

    return Pair(ours=lambda: again(made) and None, peer=lambda: attributions_alone(made), same=same)


@scenario(
    id="one-pass/naive",
    question="How much does one pass save against re-testing each finding by itself?",
    ours="recheck of 1,000 mixed findings on 1 model",
    peer=f"every {SAMPLE}th of them by itself, times {SAMPLE}",
    goal=50,
    pairs=3,
)
def naive() -> Pair:
    """Each finding encodes, predicts, explains and resamples its own two sets."""
    made = thousand(1)
    some = made.findings[::SAMPLE]

    def alone() -> list[Check]:
        return [again(made, [f]).checks[0] for f in some]

    def one_by_one() -> float:
        began = time.perf_counter()
        alone()
        return (time.perf_counter() - began) * SAMPLE

    def same() -> None:
        together = {check.finding: check for check in again(made).checks}
        for check in alone():
            interval, expected = check.pinned.interval, together[check.finding].pinned.interval
            assert check.status is together[check.finding].status
            assert (interval is None) == (expected is None)
            if interval is not None and expected is not None:
                assert abs(interval.estimate - expected.estimate) < 1e-12

    return Pair(ours=lambda: again(made) and None, peer=one_by_one, same=same)


@scenario(
    id="one-pass/versions",
    question="Does re-testing cost more after many versions?",
    ours="the recheck step after 200 versions, 1,000 findings open and 19,000 retired, each with its check at birth",
    peer="the same after 10 versions, 1,000 findings open and none retired",
    unit="seconds of CPU",
    goal=1.2,
    better="lower",
)
def versions() -> Pair:
    """CPU time of one process that has the evidence rows at hand, as a running service does; the ledger is a file."""
    made = thousand(1)
    many, few = _step(made, 200), _step(made, BORN)

    def same() -> None:
        after_many, after_few = many(), few()
        assert len(after_many) == len(after_few) == len(made.findings)
        assert [c.pinned for c in after_many] == [c.pinned for c in after_few]
        assert [c.fresh for c in after_many] == [c.fresh for c in after_few]

    return Pair(ours=lambda: _cpu(many), peer=lambda: _cpu(few), same=same)


def _cpu(call: Callable[[], object]) -> float:
    """Seconds of CPU that a call takes."""
    began = time.process_time()
    call()
    return time.process_time() - began


def _step(made: Thousand, past: int) -> Callable[[], list[Check]]:
    """The recheck step of version ``past`` + 1 over a ledger with so many versions before it."""
    from halflife.monitoring.adapters.sql_ledger import SqlLedger
    from halflife.monitoring.context import cached
    from halflife.monitoring.steps.recheck_findings import recheck as step
    from halflife.testing.policies import small_policy

    folder = tempfile.TemporaryDirectory()
    ledger = SqlLedger(f"sqlite:///{Path(folder.name) / 'ledger.db'}")
    policy = small_policy(
        name="bench", recipe=Recipe(threads=1), window=8, every=1, on_drift=False, watch_window=1, watch_every=1,
        evidence_rows=20_000, replicates=1000, errors=5, gaps=5, follow=BORN,
    )  # fmt: skip
    sets, checks = list(made.sets.values()), again(made).checks
    service: Any = cached(
        Path(folder.name),
        policy,
        None,
        SimpleNamespace(cases=lambda ids: made.cases),
        None,
        ledger,
        None,
        {},
        None,  # type: ignore[arg-type]  # the step asks for rows, a model and the ledger alone
    )
    service.registry = SimpleNamespace(model=lambda version: made.models[0])
    for number in range(1, past + 2):
        ledger.add_version(replace(NEWEST, number=number))
        if number <= past:
            born = [
                replace(f, name=f"v{number}-{f.name}", made_on=number, author=Author.INVESTIGATOR, id=0)
                for f in made.findings
                if f.made_on == (number - past - 1) % BORN + 1
            ]
            filed = ledger.file(
                born, [replace(c, finding=k, version=number) for k, c in enumerate(checks[: len(born)])]
            )
            if number <= past - BORN:
                ledger.retire([f.id for f in filed], number)
    service.evidence = lambda version: sets[version.number - past - 1 + BORN]
    newest = service.ledger.version(past + 1)
    return lambda: step(service, newest) if folder else []
