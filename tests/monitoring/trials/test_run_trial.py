"""A trial is what the same steps do in service, over the same history."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from halflife.models.errors import NotTrainable, UsageError
from halflife.models.learner.evaluate import row_log_loss
from halflife.models.recipe import STRATEGY_FIELDS
from halflife.models.rows import LABEL, Split
from halflife.monitoring.adapters.delta_store import DeltaStore
from halflife.monitoring.adapters.folder_shadows import FolderShadows
from halflife.monitoring.adapters.memory_registry import MemoryRegistry
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.monitoring.conclude import tell
from halflife.monitoring.context import cached
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import investigate
from halflife.monitoring.steps.recheck_findings import recheck
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.trials.backtest import Backtest, NullReporter
from halflife.monitoring.trials.run_trial import run
from halflife.monitoring.trials.trial import Living, Trial
from halflife.testing.policies import small_policy


def unclocked(trial: Trial) -> Trial:
    """The trial without the seconds it took."""
    return replace(trial, blocks=tuple(replace(block, cpu=0.0) for block in trial.blocks))


def test_a_trial_does_what_the_service_does_tick_by_tick(history: Callable[..., Backtest], tmp_path: Path) -> None:
    """Ingesting tick by tick with the same steps gives the same scores, the same findings and the same half-life."""
    here = history(until=6)
    trial = run(here, "plain", here.policy.recipe)
    with SqlLedger("sqlite://") as ledger:
        service = cached(
            home=tmp_path,
            policy=small_policy(here.policy, on_drift=False),
            feed=here.feed,
            store=DeltaStore(tmp_path / "store", Split()),
            registry=MemoryRegistry(),
            ledger=ledger,
            reporter=NullReporter(),
            channels={},
            shadows=FolderShadows(tmp_path / "shadows"),
        )
        for tick in here.calendar:
            ingest(service, tick)
            version = retrain(service, tick)
            recheck(service, version)
            investigate(service, version)
        story = tell(ledger)
        first = [f for f in ledger.findings() if f.made_on == 1 and not f.stillborn]
        losses = []
        for version in ledger.versions()[:-1]:
            rows, model = here.after(version.last), service.registry.model(version)
            losses.append(row_log_loss(model.probability(rows), rows[LABEL].to_numpy()).mean())
    assert [block.log_loss for block in trial.blocks[:-1]] == pytest.approx(losses)
    assert trial.blocks[-1].log_loss is None
    assert [belief.claim for belief in trial.beliefs] == [f.claim for f in first]
    assert trial.own == next((Living.of(half) for half in story.half_lives if half.kind == "all"), None)


def test_the_history_is_only_read(history: Callable[..., Backtest], store: DeltaStore) -> None:
    """No table of the store gets a version, and its windows stay as they were."""
    before = store.as_of(store.last_tick), store.window(0, 8).digest
    run(history(until=4), "plain", history().policy.recipe)
    assert (store.as_of(store.last_tick), store.window(0, 8).digest) == before


@pytest.mark.parametrize("strategy", STRATEGY_FIELDS)
def test_every_strategy_can_be_tried_and_gives_the_same_again(history: Callable[..., Backtest], strategy: str) -> None:
    """Two runs differ in nothing but their seconds, and a trial survives JSON."""
    here = history(until=5)
    recipe = replace(here.policy.recipe, strategy=strategy, members=2, added=2)
    one, other = (run(here, strategy, recipe) for _ in range(2))
    assert unclocked(one) == unclocked(other)
    assert Trial.from_dict(json.loads(json.dumps(one.to_dict()))) == one
    assert [block.tick for block in one.blocks] == [2, 4]
    assert all(block.rows > 0 for block in one.blocks)
    assert one.blocks[0].churn is None
    assert one.blocks[1].churn is not None
    assert all(block.cpu > 0 and block.trees > 0 for block in one.blocks)


def test_the_same_conclusions_are_followed_under_another_recipe(history: Callable[..., Backtest]) -> None:
    """The beliefs of the first trial are those of the second, whatever its own investigator would have found."""
    here = history(until=6)
    plain = run(here, "plain", here.policy.recipe)
    assert plain.beliefs
    small = run(here, "small", replace(here.policy.recipe, trees=2), plain.beliefs[:3])
    assert small.beliefs == plain.beliefs[:3]
    assert plain.same is not None
    assert small.same is not None
    assert plain.same.n == len(plain.beliefs) > 3 >= small.same.n


def test_a_recipe_that_goes_on_pays_for_the_trees_it_adds(history: Callable[..., Backtest]) -> None:
    """``warm`` starts as plain does and then grows by ``added`` trees a version, until it starts again."""
    here = history(until=8)
    recipe = replace(here.policy.recipe, strategy="warm", added=3, restart=3)
    assert [block.trees for block in run(here, "warm", recipe).blocks] == [8, 11, 14, 8]


def test_without_a_seed_channel_no_seed_is_said_to_do_anything(history: Callable[..., Backtest]) -> None:
    """A recipe that draws nothing at random has no share of decisions that a seed changes; one that does has."""
    here = history(until=7)
    inert = replace(here.policy.recipe, row_sampling=1.0, feature_sampling=1.0)
    assert {probe.reseeded for probe in run(here, "inert", inert).probes} == {None}
    plain = run(here, "plain", here.policy.recipe).probes
    assert all(probe.reseeded is not None and 0 < probe.reseeded < 0.5 for probe in plain)
    assert all(probe.butterfly is not None and 0 < probe.butterfly < 1 for probe in plain)


def test_a_history_on_which_nothing_can_be_trained_says_so(history: Callable[..., Backtest]) -> None:
    """The reason is the one ``retrain`` gives."""
    here = history(until=6)
    with pytest.raises(NotTrainable, match="labelled training rows"):
        run(here, "huge", replace(here.policy.recipe, min_rows_per_leaf=100_000))


def test_a_history_with_one_version_compares_nothing(history: Callable[..., Backtest]) -> None:
    """The refusal says how far the history would have to go."""
    with pytest.raises(UsageError, match=r"take ticks 0 to 4$"):
        _ = history(until=3).calendar
    assert np.all(np.diff(history(until=8).calendar) == 2)
