"""Settings of feeds and of a recipe's history: what a person writes reaches the feed, the store and the policy."""

from pathlib import Path
from typing import Any

import pytest

from halflife.flows.bootstrap import bootstrap, changes, feed, policy, recall, remember
from halflife.flows.configuration import parse
from halflife.flows.settings import Settings
from halflife.models.errors import ConfigError
from halflife.models.recipe import Recipe
from halflife.monitoring.adapters.files_feed import FilesFeed
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed


def settings(**tables: Any) -> Settings:
    """Settings of these tables, on one thread."""
    return parse({"compute": {"threads": 1}, **tables}, "halflife.toml")


def test_changes_of_the_recipe_add_up_and_hold_from_their_tick() -> None:
    """Each change keeps what earlier ones said; before the first the recipe is the one above them."""
    history = [{"tick": 10, "leaves": 5}, {"tick": 20, "trees": 30, "threshold": 0.4}]
    decided = policy(settings(recipe={"trees": 50, "changes": history}))
    first = Recipe(trees=50)
    second = Recipe(trees=50, leaves=5)
    third = Recipe(trees=30, leaves=5, threshold=0.4)
    assert [decided.recipe_at(t) for t in (0, 9, 10, 19, 20, 99)] == [first, first, second, second, third, third]
    assert decided.recipe == first


def test_a_history_survives_the_home(tmp_path: Path) -> None:
    """A home remembers of a change what was said, and not the rest of the recipe as it happened to be."""
    said = settings(home=str(tmp_path), recipe={"trees": 50, "changes": [{"tick": 10, "leaves": 5}]})
    remember(said)
    again = recall(tmp_path)
    assert again.recipe == said.recipe
    assert again.recipe.changes[0].said == {"leaves": 5}
    assert changes(again) == ((10, Recipe(trees=50, leaves=5)),)


def test_the_recipe_scenario_brings_its_change_unless_another_is_set() -> None:
    """``recipe`` changes leaves and feature sampling at tick 22; a person's own history takes its place."""
    assert changes(settings(feed={"scenario": "recipe"})) == ((22, Recipe(leaves=3, feature_sampling=0.25)),)
    own = settings(feed={"scenario": "recipe"}, recipe={"changes": [{"tick": 5, "l2": 2.0}]})
    assert changes(own) == ((5, Recipe(l2=2.0)),)
    assert changes(settings(feed={"scenario": "calm"})) == ()


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        (
            {"changes": [{"tick": 3, "treees": 9}]},
            "halflife.toml: recipe.changes.0.treees is not a setting; did you mean recipe.changes.0.trees?",
        ),
        (
            {"changes": [{"tick": 3}]},
            "halflife.toml: [recipe.changes.0]: a change of the recipe says from which tick on, and what",
        ),
        ({"changes": [{"trees": 3}]}, "halflife.toml: recipe.changes.0.tick is missing: From which tick on."),
        (
            {"changes": [{"tick": 3, "trees": 9}, {"tick": 3, "leaves": 9}]},
            "halflife.toml: [recipe]: changes of the recipe come in the order of their ticks, one a tick",
        ),
        (
            {"changes": [{"tick": 3, "trees": -9}]},
            "halflife.toml: recipe.changes.0.trees = -9: Input should be greater than 0",
        ),
    ],
)
def test_a_history_that_cannot_be_says_why(recipe: dict[str, Any], message: str) -> None:
    """Every fault of a change is one sentence that names it by its place."""
    with pytest.raises(ConfigError) as error:
        settings(recipe=recipe)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("feed", "message"),
    [
        (
            {"kind": "file", "path": "x.csv", "label": "y", "feedback": True},
            'feed.feedback belongs to a feed of kind "synthetic"; this one is of kind "file"',
        ),
        (
            {"propensity": "pi"},
            'feed.propensity belongs to a feed of kind "file"; this one is of kind "synthetic", since it says no kind',
        ),
        ({"exploration": 1.5}, "feed.exploration = 1.5: Input should be less than or equal to 1"),
    ],
)
def test_a_key_of_another_kind_is_told_whose_it_is(feed: dict[str, Any], message: str) -> None:
    """Each kind of feed has its own keys: decisions are taken in synthetic worlds, and logged in files, say."""
    with pytest.raises(ConfigError) as error:
        settings(feed=feed)
    assert str(error.value) == f"halflife.toml: {message}"


def test_what_is_set_of_feedback_reaches_the_feed(tmp_path: Path) -> None:
    """A synthetic feed is told whether decisions count and how many rows are explored; a file's column is named."""
    feed = {"scenario": "sudden", "feedback": True, "exploration": 0.1}
    world = bootstrap(settings(home=str(tmp_path / "a"), feed=feed)).feed
    assert isinstance(world, SyntheticFeed)
    assert world.exploration == 0.1
    file = {"kind": "file", "path": "x.csv", "label": "y", "propensity": "pi"}
    logged = bootstrap(settings(home=str(tmp_path / "b"), feed=file)).feed
    assert isinstance(logged, FilesFeed)
    assert (logged.propensity, logged.exploration) == ("pi", None)


def test_a_world_that_repeats_has_the_period_of_a_window_and_a_store_by_entity(tmp_path: Path) -> None:
    """``reseed`` needs both, so that each window holds the very same rows and each row is counted once."""
    service = bootstrap(settings(home=str(tmp_path), feed={"scenario": "reseed"}, retrain={"window": 5}))
    assert isinstance(service.feed, SyntheticFeed)
    assert service.feed.world.period == 5
    assert service.store.split.cluster == "first row"


@pytest.mark.parametrize(
    ("positive", "cells"),
    [
        ("0", "01"),
        (0, "01"),
        (0.0, "01"),
        (2, ["1.0", "2.0"]),
        (True, ["False", "True"]),
        (False, ["true", "false"]),
        ("YES", ["no", "yes"]),
    ],
)
def test_the_positive_value_may_be_a_number_or_a_truth_value(
    tmp_path: Path, positive: object, cells: list[str]
) -> None:
    """As a file spells it or as Python does: the rows whose label is that value are the positive ones."""
    labels = [cells[k % 2] for k in range(40)]
    (tmp_path / "rows.csv").write_text("x,y\n" + "".join(f"{k},{label}\n" for k, label in enumerate(labels)))
    table = {"kind": "file", "path": str(tmp_path / "rows.csv"), "label": "y", "positive": positive}
    labelled = feed(settings(feed=table)).batch(0).labels["_label"]
    spelled = str(positive).lower().removesuffix(".0")
    assert labelled.tolist() == [float(label.lower().removesuffix(".0") == spelled) for label in labels]
    assert 0 < labelled.mean() < 1


@pytest.mark.parametrize("positive", [1, True])
def test_a_table_of_labels_takes_the_same(positive: object) -> None:
    """``[labels] positive`` too."""
    labels = {"path": "l.csv", "key": "id", "column": "y", "positive": positive}
    table = {"kind": "file", "path": "rows.csv", "id": "id"}
    said = settings(feed=table, labels=labels).labels
    assert said is not None
    assert said.positive == str(positive).lower()
