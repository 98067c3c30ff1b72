"""A home is its owner's alone, and keeps no secret."""

import json
import os
from pathlib import Path

import pytest

from halflife.flows.bootstrap import channels, recall, remember
from halflife.flows.configuration import parse
from halflife.flows.home_lock import locked
from halflife.flows.settings import Settings
from halflife.models.errors import ConfigError
from halflife.testing.ledger_specimens import ALERT

TOKEN = "9f8e7d6c5b4a39281706f5e4"
URL = f"https://hooks.example.org/services/{TOKEN}"


def mode(path: Path) -> str:
    """A file's mode, as ``chmod`` takes it."""
    return oct(path.stat().st_mode & 0o777)[2:]


def webhook(home: Path, url: str = URL) -> Settings:
    """Settings with a webhook at this address."""
    return parse({"home": home, "alerts": {"channels": ["webhook"], "webhook": {"url": url}}}, "test")


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_a_home_is_its_owners_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """The folder that is made and its settings; a settings file that others could read no longer is."""
    before = os.umask(umask)
    try:
        home = tmp_path / "new" / "home"
        with locked(home):
            assert mode(home) == "700"
        settings = parse({"home": home}, "test")
        remember(settings)
        assert mode(home / "settings.json") == "600"
        (home / "settings.json").chmod(0o644)
        remember(settings)
        assert (mode(home), mode(home / "settings.json")) == ("700", "600")
    finally:
        os.umask(before)


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    """Whoever made it chose who may read it."""
    home = tmp_path / "shared"
    home.mkdir()
    home.chmod(0o750)
    remember(parse({"home": home}, "test"))
    assert mode(home) == "750"


def test_a_token_in_an_address_is_not_kept(tmp_path: Path) -> None:
    """What runs from the home alone says, when it sends, what to do; the configuration that has it sends as ever."""
    settings = webhook(tmp_path / "home")
    remember(settings)
    assert TOKEN not in (tmp_path / "home" / "settings.json").read_text()
    assert settings.alerts.webhook is not None
    assert settings.alerts.webhook.url == URL
    sends = channels(recall(tmp_path / "home").alerts, tmp_path, "x")["webhook"].send
    with pytest.raises(ConfigError, match=r"which the home does not keep: name .* in alerts\.webhook\.url_env") as told:
        sends(ALERT)
    assert TOKEN not in str(told.value)


@pytest.mark.parametrize("url", [URL, "https://example.org/hooks/halflife?v=1"])
def test_homes_that_kept_an_address_go_on_with_it(tmp_path: Path, url: str) -> None:
    """An older home's own settings are its only source, and stay; so does an address without a secret."""
    home = tmp_path / "home"
    remember(webhook(home, "https://example.org/hooks/halflife?v=1"))
    file = home / "settings.json"
    kept = json.loads(file.read_text())
    kept["alerts"]["webhook"]["url"] = url
    file.write_text(json.dumps(kept))
    for _ in range(2):
        settings = recall(home)
        assert settings.alerts.webhook is not None
        assert settings.alerts.webhook.url == url
        remember(settings)
