"""``halflife recipes``: from a configuration to the page, without touching the home beyond its own two folders."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from halflife.flows.bootstrap import backtest, registry, store
from halflife.flows.cli import cli
from halflife.flows.configuration import parse, read
from halflife.flows.ledger_place import ledger
from halflife.flows.settings import Settings
from halflife.models.errors import ConfigError, FeedError, NotFound, UsageError

TEXT = """
home = "{home}"
name = "small"
[feed]
scenario = "sudden"
rows_per_tick = 500
ticks = 8
[recipe]
trees = 8
leaves = 5
[retrain]
window = 3
every = 2
[opacity]
refits = 1
[compute]
threads = 1
[trials.tiny]
trees = 3
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration of a short history, with a variant of its own."""
    path = tmp_path / "halflife.toml"
    path.write_text(TEXT.format(home=tmp_path / "home"), encoding="utf-8")
    return path


def ran(config: Path, *words: str) -> Result:
    """``halflife recipes`` with that configuration."""
    return CliRunner().invoke(cli, ["recipes", *words, "--config", str(config)])


def test_a_comparison_writes_its_trials_and_its_page_and_nothing_else(config: Path) -> None:
    """On a home without rows the feed is read into a store that does not outlive the command; a second call only shows."""
    first = ran(config, "compare", "--recipe", "tiny", "--json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert [recipe["name"] for recipe in told["recipes"]] == ["plain", "tiny"]
    assert (told["until"], told["versions"]) == (7, 3)
    assert Path(told["page"]).read_text(encoding="utf-8").count("tiny") > 1
    home = config.parent / "home"
    assert {path.name for path in home.iterdir()} == {".lock", "trials", "reports"}
    kept = {path.name: path.stat().st_mtime_ns for path in (home / "trials").iterdir()}
    assert len(kept) == 2
    again = ran(config, "compare", "--recipe", "tiny")
    assert again.exit_code == 0, again.output
    assert {path.name: path.stat().st_mtime_ns for path in (home / "trials").iterdir()} == kept
    assert "Score and cost" in again.stdout
    assert "reports/recipes.html" in again.stderr


def test_the_home_s_own_rows_are_used_and_left_as_they_are(config: Path) -> None:
    """Where the home has rows no feed is read, and the store has the same version after as before."""
    settings = read(config)
    kept = store(settings)
    with backtest(settings, 7) as here:
        for tick in range(7):
            kept.append(here.feed.batch(tick), here.feed.schema)
    before = kept.as_of(6), kept.window(0, 6).digest
    with backtest(settings, None) as here:
        assert here.until == 6
        assert here.store.window(0, 6).digest == before[1]
        assert here.rows_digest
    assert (kept.as_of(6), kept.window(0, 6).digest) == before
    with backtest(settings, 7) as here:  # beyond the home's rows: the feed's, elsewhere
        assert here.store.last_tick == 7
    assert kept.last_tick == 6
    assert not (settings.home / "ledger.db").exists()


def test_how_far_a_history_goes_is_asked_where_it_does_not_end(config: Path) -> None:
    """A feed without an end wants --until; one with an end is not passed."""
    endless = parse({"home": config.parent / "home", "feed": {"scenario": "sudden"}}, "test")
    with pytest.raises(UsageError, match="--until TICK"), backtest(endless, None):
        pass
    assert "tick 8 is past the end of the feed" in str(ran(config, "compare", "--until", "8").exception)
    assert "take ticks 0 to 4" in str(ran(config, "compare", "--until", "3").exception)
    assert not issubclass(UsageError, FeedError)


def test_a_recipe_there_is_not_gets_its_neighbour_named(config: Path) -> None:
    """Before anything is read."""
    error = ran(config, "compare", "--recipe", "tinny").exception
    assert isinstance(error, NotFound)
    assert "did you mean 'tiny'?" in str(error)


def test_a_world_with_feedback_needs_a_history_of_its_own(tmp_path: Path) -> None:
    """Where the champion's decisions choose the labels, rows without a champion are another world."""
    settings = parse({"home": tmp_path, "feed": {"scenario": "feedback", "ticks": 9}}, "test")
    with pytest.raises(UsageError, match="run `halflife replay` first"), backtest(settings, None):
        pass


def test_list_names_strategies_and_variants(config: Path) -> None:
    """As a table and as data."""
    told = json.loads(ran(config, "list", "--json").stdout)
    assert {"plain", "averaged", "warm", "refit", "anchored", "adapted", "tiny"} == {row["name"] for row in told}
    assert {row["name"]: row["recipe"]["trees"] for row in told}["tiny"] == 3
    assert "A variant of the settings: trees = 3." in ran(config, "list").stdout


def test_variants_build_on_the_recipe_and_survive_the_home() -> None:
    """What a variant leaves out is as in [recipe], also when settings are kept and read again."""
    settings = parse({"recipe": {"trees": 70, "l2": 2.0}, "trials": {"small": {"leaves": 5}}}, "test")
    assert settings.trials["small"].recipe(1) == settings.recipe.model_copy(update={"leaves": 5}).recipe(1)
    kept = Settings.model_validate(json.loads(settings.model_dump_json()))
    assert kept == settings


@pytest.mark.parametrize(
    ("trials", "message"),
    [
        ({"small": {"treees": 5}}, "trials.small.treees is not a setting; did you mean trials.small.trees?"),
        ({"small": {"trees": 0}}, "trials.small.trees = 0: Input should be greater than 0"),
        ({"warm": {"trees": 5}}, "trials.warm has the name of a strategy; give the variant another one"),
        ({"small": 5}, "trials.small = 5"),
    ],
)
def test_a_fault_in_a_variant_is_told_like_any_other(trials: object, message: str) -> None:
    """File, key and way out."""
    with pytest.raises(ConfigError, match=r"^halflife\.toml: ") as caught:
        parse({"trials": trials}, "halflife.toml")
    assert message in str(caught.value)


def test_a_lab_keeps_its_books_in_memory(config: Path) -> None:
    """Neither the home's ledger nor its registry is what a trial writes to."""
    settings = read(config)
    with backtest(settings, 7) as here, here.ledger() as book:
        assert book.versions() == []
        assert not isinstance(here.registry(), type(registry(settings)))
    with ledger(settings.model_copy(update={"home": config.parent})) as own:
        assert own.versions() == []
