"""``halflife why`` where there is little to say."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from halflife.flows.bootstrap import remember
from halflife.flows.cli import cli
from halflife.flows.configuration import parse
from halflife.flows.ledger_place import ledger
from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version

SAID = Interval(0.8, 0.75, 0.85)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose ledger holds one version and a finding made on it, never re-tested."""
    settings = parse({"home": tmp_path / "home", "name": "why"}, "test")
    remember(settings)
    held = Measurement(90, SAID, Status.HOLDS)
    with ledger(settings) as book:
        book.add_version(Version(1, 0, 3, "1", "r", 1, "d", "m", {"auc": SAID}, Role.CHAMPION, "first", 100))
        book.file(
            [Finding("ranks", "auc() > 0.7", "auc", Scope.POPULATION, 1, birth=SAID)], [Check(0, 1, 0.7, held, held)]
        )
    return settings.home


def test_a_finding_that_was_never_re_tested_has_no_why(home: Path) -> None:
    """The sentence says so and names the command; with ``--json`` the cause is null."""
    told = CliRunner().invoke(cli, ["why", "ranks", "--home", str(home)])
    assert told.exit_code == 0
    assert "ranks was filed on v1 and has been re-tested on no later version" in " ".join(told.output.split())
    document = json.loads(CliRunner().invoke(cli, ["why", "1", "--json", "--home", str(home)]).output)
    assert document["cause"] is None
    assert "halflife recheck" in document["sentence"]


@pytest.mark.parametrize("number", ["x", "v0", "-1", "v"])
def test_versions_are_written_with_or_without_their_v(home: Path, number: str) -> None:
    """What is no version is refused as usage, with what one looks like."""
    told = CliRunner().invoke(cli, ["why", "ranks", f"--from={number}", "--home", str(home)])
    assert told.exit_code == 2
    assert "versions are 1 or v1 and on" in told.output
