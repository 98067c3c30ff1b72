"""Finished trials are kept, and are found again exactly when they would come out the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from halflife.models.domain import Scope
from halflife.models.errors import NotFound, Unavailable
from halflife.models.recipe import Recipe
from halflife.monitoring.trials import compare
from halflife.monitoring.trials.backtest import Backtest
from halflife.monitoring.trials.trial import Belief, Block, Trial
from halflife.monitoring.trials.trial_cache import TrialCache, digest
from halflife.monitoring.trials.variants import chosen, variants

BELIEFS = (Belief("a", "auc() > 0.5", "auc", Scope.POPULATION),)


def made(name: str, recipe: Recipe) -> Trial:
    """A trial of one version."""
    return Trial(name, recipe, (Block(2, 8, 0.5, 10, 0.6),), (), None, None, BELIEFS)


def test_a_kept_trial_is_found_under_any_name(history: Callable[..., Backtest], tmp_path: Path) -> None:
    """The recipe counts, not what it is called; one that was not kept is not found."""
    here, cache = history(until=6), TrialCache(tmp_path / "trials")
    assert cache.find(here, "plain", here.policy.recipe, None) is None
    trial = made("plain", here.policy.recipe)
    cache.keep(here, trial, None)
    assert cache.find(here, "mine", here.policy.recipe, None) == replace(trial, name="mine")
    assert [path.suffix for path in (tmp_path / "trials").iterdir()] == [".json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "plain"}', '{"name": 1, "recipe": {}, "blocks": [3]}'])
def test_a_damaged_file_is_no_trial(history: Callable[..., Backtest], tmp_path: Path, text: str) -> None:
    """Half a file, or another one, is as good as none: the trial is made again."""
    here, cache = history(until=6), TrialCache(tmp_path)
    cache.keep(here, made("plain", here.policy.recipe), None)
    (path,) = tmp_path.iterdir()
    path.write_text(text)
    assert cache.find(here, "plain", here.policy.recipe, None) is None


def test_a_folder_that_cannot_be_written_is_said(history: Callable[..., Backtest], tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "trials").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        TrialCache(tmp_path / "trials").keep(history(until=6), made("plain", Recipe()), None)


def test_whatever_changes_a_trial_changes_its_digest(history: Callable[..., Backtest]) -> None:
    """Recipe, policy, ticks and beliefs; not threads, nor what a trial leaves out."""
    here = history(until=6)
    recipe = here.policy.recipe
    told = digest(here, recipe, None)
    others = [
        digest(here, replace(recipe, trees=9), None),
        digest(here, recipe, BELIEFS),
        digest(history(until=8), recipe, None),
        digest(history(until=6, replicates=200), recipe, None),
        digest(history(until=6, segments=("sex",)), recipe, None),
        digest(history(until=6, seed=2), recipe, None),
    ]
    assert len({told, *others}) == 7
    assert digest(here, replace(recipe, threads=2), None) == told
    assert digest(history(until=6, name="other", watch_every=9, shadows=8, strict=True), recipe, None) == told


def test_what_was_cut_off_goes_on_where_it_was(
    history: Callable[..., Backtest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recipes that were finished are not tried again; the others follow the same beliefs as they would have."""
    here, cache, asked = history(until=6), TrialCache(tmp_path), list[tuple[str, object]]()
    recipes = chosen(variants(here.policy.recipe, {"small": Recipe(trees=2)}), ["small", "warm"])

    def stopped(history: Backtest, name: str, recipe: Recipe, beliefs: object, watch: object) -> Trial:
        asked.append((name, beliefs))
        if name == "warm" and len(asked) == 3:
            raise KeyboardInterrupt
        return made(name, recipe)

    monkeypatch.setattr(compare, "run", stopped)
    with pytest.raises(KeyboardInterrupt):
        compare.trials(here, recipes, cache)
    done = compare.trials(here, recipes, cache)
    assert asked == [("plain", None), ("small", BELIEFS), ("warm", BELIEFS), ("warm", BELIEFS)]
    assert [trial.name for trial in done] == ["plain", "small", "warm"]
    told = list[tuple[int, int]]()
    assert compare.trials(here, recipes, cache, lambda n, total: told.append((n, total))) == done
    assert told == [(3, 9), (6, 9), (9, 9)]
    assert all(json.loads(path.read_text())["beliefs"] for path in tmp_path.iterdir())


def test_the_baseline_is_always_compared_and_first() -> None:
    """Whatever is asked for; a name that is none gets its neighbour named."""
    known = variants(Recipe(strategy="warm", trees=9), {"small": Recipe(trees=2)})
    assert known["plain"] == Recipe(trees=9)
    assert list(chosen(known, ["small", "small"])) == ["plain", "small"]
    assert list(chosen(known, [])) == list(known)
    with pytest.raises(NotFound, match="'wram' is no recipe; did you mean 'warm'"):
        chosen(known, ["wram"])
