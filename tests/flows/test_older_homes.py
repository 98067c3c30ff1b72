"""Homes that earlier revisions made are opened with what they were used with."""

import json
from pathlib import Path

import pytest

from halflife.flows.bootstrap import changes, feed, policy, recall, remember
from halflife.flows.configuration import parse
from halflife.flows.feed_settings import FileFeedSettings, SyntheticFeedSettings
from halflife.models.errors import ConfigError
from halflife.monitoring.adapters.files_feed import FilesFeed

DEMO = """
{"name": "demo", "seed": 7, "feed": {"kind": "synthetic", "rows_per_tick": 2000, "ticks": 38, "scenario":
"shortcut", "path": null, "label": null, "positive": null, "id": null, "time": null, "separator": null,
"categorical": [], "ignore": [], "label_delay": 0, "feedback": null, "exploration": 0.03, "propensity": null},
"evidence": {"evidence": 0.1, "discovery": 0.05, "calibration": 0.1, "rows": 2000, "level": 0.9, "replicates": 400,
"cluster": ""}, "retrain": {"every": 3, "window": 8, "on_drift": true, "margin": 0.0}, "watch": {"every": 3,
"window": 3}, "recipe": {"trees": 80, "leaves": 15, "learning_rate": 0.12, "min_rows_per_leaf": 20, "row_sampling":
0.8, "feature_sampling": 0.8, "l2": 1.0, "calibration": "temperature", "threshold": 0.5, "strategy": "plain",
"members": 5, "added": 20, "restart": 10, "decay": 0.9, "anchor": 0.5, "changes": []}, "compute": {"threads": null,
"dask": ""}, "shadows": {"count": 8, "every": 1, "keep": 3}, "causes": {"fits": 2}, "opacity": {"refits": 5,
"every": 5}, "investigate": {"attributions": 5, "errors": 4, "gaps": 4, "slices": 4, "findings": 40, "segments":
["region", "sex"], "expect": {}, "available_after": [], "follow": 10}, "explain": {"immutable": []}, "alerts":
{"channels": ["console", "eml"], "false_discoveries": 0.1, "strict": false, "smtp": null, "webhook": null},
"trials": {}}
"""
"""What `halflife demo` kept when a feed had the keys of every kind."""
BANK = """
{"name": "bank", "seed": 7, "feed": {"kind": "file", "rows_per_tick": 500, "ticks": null, "scenario": "shortcut",
"path": "bank-additional-full.csv", "label": "y", "positive": "yes", "id": null, "time": null, "separator": null,
"categorical": [], "ignore": [], "label_delay": 0, "feedback": null, "exploration": 0.03, "propensity": null},
"evidence": {"evidence": 0.1, "discovery": 0.05, "calibration": 0.1, "rows": 2000, "level": 0.9, "replicates": 400,
"cluster": ""}, "retrain": {"every": 4, "window": 24, "on_drift": true, "margin": 0.0}, "watch": {"every": 4,
"window": 4}, "recipe": {"trees": 120, "leaves": 31, "learning_rate": 0.08, "min_rows_per_leaf": 20, "row_sampling":
0.8, "feature_sampling": 0.8, "l2": 1.0, "calibration": "temperature", "threshold": 0.5, "strategy": "plain",
"members": 5, "added": 20, "restart": 10, "decay": 0.9, "anchor": 0.5, "changes": []}, "compute": {"threads": null,
"dask": ""}, "shadows": {"count": 8, "every": 1, "keep": 3}, "causes": {"fits": 2}, "opacity": {"refits": 5,
"every": 5}, "investigate": {"attributions": 5, "errors": 4, "gaps": 4, "slices": 4, "findings": 40, "segments":
["contact", "marital", "default"], "expect": {}, "available_after": [], "follow": 10}, "explain": {"immutable": []},
"alerts": {"channels": ["console", "eml"], "false_discoveries": 0.1, "strict": false, "smtp": null, "webhook":
null}, "trials": {}}
"""
"""The same of a replay of infra/examples/bank.toml."""


def home(folder: Path, kept: str) -> Path:
    """A home that holds these settings."""
    (folder / "settings.json").write_text(kept, encoding="utf-8")
    return folder


def test_a_demo_of_an_earlier_revision_opens(tmp_path: Path) -> None:
    """Its world, recipe and steps are what they were."""
    found = recall(home(tmp_path, DEMO))
    assert found.feed == SyntheticFeedSettings(scenario="shortcut", rows_per_tick=2000, ticks=38)
    assert policy(found).recipe.digest == "75899c6a71be"
    assert (found.retrain.every, found.retrain.window, found.investigate.segments) == (3, 8, ("region", "sex"))
    assert changes(found) == ()


def test_a_replay_of_a_file_of_an_earlier_revision_opens(tmp_path: Path) -> None:
    """The file's columns are what they were; what a file never had is gone."""
    found = recall(home(tmp_path, BANK))
    assert found.feed == FileFeedSettings(
        kind="file", path="bank-additional-full.csv", label="y", positive="yes", rows_per_tick=500
    )
    assert feed(found) == FilesFeed(Path("bank-additional-full.csv"), label="y", positive="yes", rows_per_tick=500)
    assert policy(found).recipe.digest == "d522838b1471"


@pytest.mark.parametrize("kept", [DEMO, BANK])
def test_a_home_that_is_opened_and_kept_again_says_the_same(tmp_path: Path, kept: str) -> None:
    """Nothing a person had set is lost when this revision writes the settings in its own shape."""
    first = recall(home(tmp_path, kept))
    remember(first)
    assert recall(tmp_path) == first
    before, after = json.loads(kept), json.loads((tmp_path / "settings.json").read_text())
    for table in before.keys() - {"feed", "explain", "alerts"}:
        assert after[table] == before[table]
    added = after["feed"].keys() - before["feed"].keys()
    assert after["feed"] == {key: before["feed"][key] for key in after["feed"] if key not in added} | {
        key: FileFeedSettings.model_fields[key].get_default() or after["feed"][key].__class__() for key in added
    }


def test_threads_beside_the_recipe_are_still_understood(tmp_path: Path) -> None:
    """An older shape yet: ``recipe.threads`` is ``compute.threads``."""
    kept = json.loads(DEMO)
    kept["recipe"]["threads"] = 2
    del kept["compute"]
    assert recall(home(tmp_path, json.dumps(kept))).compute.threads == 2


def test_a_file_of_a_person_is_not_forgiven_what_a_home_is() -> None:
    """Keys of another kind are dropped from what a home kept, and are a fault where a person writes them."""
    with pytest.raises(ConfigError, match=r'feed\.scenario belongs to a feed of kind "synthetic"'):
        parse(json.loads(BANK), "halflife.toml")
