"""A feed and a channel of another package: found by entry point, validated and built as ours are."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from halflife.flows.bootstrap import channels, feed, recall, remember
from halflife.flows.configuration import parse
from halflife.flows.settings_reference import chapters
from halflife.models.alert import Alert, Severity
from halflife.models.errors import ConfigError, PluginError

MODULE = '''
from typing import Annotated

from pydantic import Field

from halflife.flows.adapter_kinds import ChannelKind, FeedKind
from halflife.flows.feed_settings import FeedSettings
from halflife.models.world.generator import World
from halflife.models.world.scenarios import scenario
from halflife.monitoring.adapters.synthetic_feed import SyntheticFeed
from halflife.monitoring.ports import Channel
from halflife.monitoring.section import Section


class TideSettings(FeedSettings):
    """Rows that come and go with the tide."""

    shore: Annotated[str, Field(description="Where it is measured.")]
    height: Annotated[float, Field(gt=0, description="Metres.")] = 2.0


class DrumSettings(Section):
    """A drum."""

    loudness: Annotated[int, Field(ge=1, le=11, description="Up to eleven.")] = 5


class Drum(Channel):
    def __init__(self, loudness, source):
        self.name, self.loudness, self.source = "drum", loudness, source

    def send(self, alert):
        raise RuntimeError("no drummer")


def tide(settings, policy):
    if settings.shore == "nowhere":
        raise KeyError("nowhere")
    return SyntheticFeed(World(scenario("calm"), seed=policy.seed, rows_per_tick=100), ticks=3)


FEED = FeedKind(TideSettings, tide)
DRUM = ChannelKind(DrumSettings, lambda settings, home, source: Drum(settings.loudness, source))
BELL = ChannelKind(None, lambda settings, home, source: Drum(1, source))
WRONG = 7
'''
ENTRIES = """
[halflife.feeds]
tide = {module}:FEED
gone = {module}_which_is_gone:FEED
wrong = {module}:WRONG
swapped = {module}:DRUM

[halflife.channels]
drum = {module}:DRUM
bell = {module}:BELL
"""

Install = Callable[[str], str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a distribution of this name beside the others; gives the name of its module."""

    def installed(name: str) -> str:
        site, module = tmp_path / f"site-{name}", name.replace("-", "_")
        info = site / f"{module}-1.2.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(ENTRIES.format(module=module))
        (site / f"{module}.py").write_text(MODULE)
        monkeypatch.syspath_prepend(site)
        monkeypatch.delitem(sys.modules, module, raising=False)
        return module

    return installed


def test_a_feed_of_another_package_is_validated_and_built(install: Install, tmp_path: Path) -> None:
    """Its keys are its own, its faults are told as ours are, and the home remembers it."""
    install("sea-tools")
    said = parse({"home": tmp_path / "home", "feed": {"kind": "tide", "shore": "north"}}, "x.toml")
    assert said.feed.model_dump() == {"kind": "tide", "shore": "north", "height": 2.0}
    assert feed(said).ticks == 3
    remember(said)
    assert recall(tmp_path / "home") == said
    for table, message in {
        "shor": "feed.shor is not a setting; did you mean feed.shore?",
        "path": 'feed.path belongs to a feed of kind "file"; this one is of kind "tide"',
    }.items():
        with pytest.raises(ConfigError) as caught:
            parse({"feed": {"kind": "tide", "shore": "north", table: "x"}}, "x.toml")
        assert str(caught.value) == f"x.toml: {message}"
    with pytest.raises(ConfigError, match=re.escape("x.toml: feed.shore is missing: Where it is measured.")):
        parse({"feed": {"kind": "tide"}}, "x.toml")


def test_a_channel_of_another_package_has_a_table_of_its_own(install: Install, tmp_path: Path) -> None:
    """``[alerts.drum]`` is read by its class, and needed where the channel wants one."""
    install("sea-tools")
    alerts = {"channels": ["drum", "bell"], "drum": {"loudness": 9}}
    said = parse({"home": tmp_path / "home", "alerts": alerts}, "x.toml")
    built = channels(said.alerts, tmp_path, "churn")
    assert (built["drum"].loudness, built["drum"].source, built["bell"].loudness) == (9, "churn", 1)  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError):
        built["drum"].send(Alert("k", Severity.INFO, 1, "s", "s", ()))
    remember(said)
    assert recall(tmp_path / "home") == said
    for table, message in [
        ({"channels": ["drum"]}, '[alerts]: channel "drum" needs a table [alerts.drum]'),
        ({"channels": ["drum"], "drum": {"loudness": 12}}, "alerts.drum.loudness = 12: Input should be less than or equal"),
        ({"channels": ["drum"], "drum": {"loudnes": 1}}, "alerts.drum.loudnes is not a setting; did you mean alerts.drum.loudness?"),
        ({"channels": ["drums"]}, "there are bell, console, drum, eml, smtp, webhook; did you mean 'drum'?"),
    ]:  # fmt: skip
        with pytest.raises(ConfigError) as caught:
            parse({"alerts": table}, "x.toml")
        assert message in str(caught.value)


def test_nothing_of_a_package_is_imported_unless_it_is_used(install: Install) -> None:
    """Installed is not used: an unknown kind lists what is registered without importing any of it."""
    module = install("sea-tools")
    parse({"feed": {"kind": "synthetic"}, "alerts": {"channels": ["console"]}}, "x.toml")
    with pytest.raises(
        ConfigError,
        match=r"there are database, file, gone, push, swapped, synthetic, tide, wrong; did you mean 'tide'\?",
    ):
        parse({"feed": {"kind": "tides"}}, "x.toml")
    assert module not in sys.modules


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (
            "gone",
            "sea-tools 1.2 offers 'gone' (halflife.feeds, sea_tools_which_is_gone:FEED); it cannot be loaded: ModuleNotFoundError",
        ),
        ("wrong", "sea-tools 1.2 offers 'wrong' (halflife.feeds, sea_tools:WRONG); it is of type int, not FeedKind"),
        (
            "swapped",
            "sea-tools 1.2 offers 'swapped' (halflife.feeds, sea_tools:DRUM); it is of type ChannelKind, not FeedKind",
        ),
    ],
)
def test_a_broken_package_is_one_error_that_names_it(install: Install, kind: str, message: str) -> None:
    """Exit code 2, whatever is wrong with it."""
    install("sea-tools")
    with pytest.raises(PluginError, match=re.escape(message)) as caught:
        parse({"feed": {"kind": kind}}, "x.toml")
    assert caught.value.exit_code == 2


def test_a_package_that_fails_when_it_builds_is_named_too(install: Install) -> None:
    """Not a traceback of somebody else's code."""
    install("sea-tools")
    with pytest.raises(PluginError, match=r"sea-tools 1\.2 offers 'tide' .*; it cannot be made: KeyError: 'nowhere'"):
        feed(parse({"feed": {"kind": "tide", "shore": "nowhere"}}, "x.toml"))


def test_two_packages_that_offer_the_same_name_are_both_named(install: Install) -> None:
    """Which of them would be used is nobody's guess."""
    install("sea-tools")
    install("lake-tools")
    with pytest.raises(PluginError, match="one of them has to go") as caught:
        parse({"feed": {"kind": "tide", "shore": "north"}}, "x.toml")
    assert "sea-tools 1.2" in str(caught.value)
    assert "lake-tools 1.2" in str(caught.value)


def test_a_package_that_cannot_be_used_spoils_no_reference(install: Install) -> None:
    """The page says what is wrong with it in its place, and lists what another entry of the same package takes."""
    install("sea-tools")
    said = {chapter.heading: chapter for chapter in chapters()}
    assert [one.setting for one in said['`[feed]`, `kind = "tide"`'].settings] == [
        "feed.kind",
        "feed.shore",
        "feed.height",
    ]
    assert said['`[feed]`, `kind = "tide"`'].about == "Rows that come and go with the tide."
    assert "it cannot be loaded: ModuleNotFoundError" in said['`[feed]`, `kind = "gone"`'].about
    assert [one.default for one in said["`[alerts.drum]`"].settings] == [5]
