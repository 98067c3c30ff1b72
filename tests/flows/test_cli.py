"""Every command has help with an example, and the table of commands is the folder of commands."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import halflife.flows.commands
from halflife.flows.cli import COMMANDS, cli

SHARED = {"__init__", "common", "ending", "progress", "steps"}


def leaves() -> list[list[str]]:
    """The words of every command and subcommand."""
    found = []
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        subcommands = list(command.commands) if isinstance(command, click.Group) else []
        found += [[name, sub] for sub in subcommands] or [[name]]
    return found


def test_the_table_lists_every_command_there_is() -> None:
    """A module in ``flows/commands`` is a command or shared by commands; nothing is left out."""
    folder = Path(str(halflife.flows.commands.__file__)).parent
    assert set(COMMANDS) == {path.stem for path in folder.glob("*.py")} - SHARED


@pytest.mark.parametrize("words", leaves(), ids=" ".join)
def test_help_explains_and_gives_an_example(words: list[str]) -> None:
    """Every command's help says what it does and shows one call of that very command."""
    ran = CliRunner().invoke(cli, [*words, "--help"])
    assert ran.exit_code == 0
    assert f"Example: halflife {' '.join(words)}" in " ".join(ran.output.split())
    assert "--json" in ran.output


def test_the_overview_names_every_command() -> None:
    """``halflife --help`` lists them all, without importing any."""
    ran = CliRunner().invoke(cli, ["--help"])
    assert all(name in ran.output for name in COMMANDS)


def test_statistics_and_scenarios_list_what_there_is() -> None:
    """``--json`` gives the documented fields."""
    statistics = json.loads(CliRunner().invoke(cli, ["statistics", "--json"]).output)
    assert {"name", "arguments", "scope", "example"} <= set(statistics[0])
    assert {"auc", "gap", "top_reason", "flips", "reliance", "drift"} <= {row["name"] for row in statistics}
    scenarios = json.loads(CliRunner().invoke(cli, ["scenarios", "--json"]).output)
    assert {"calm", "sudden", "gradual", "shortcut"} <= {row["name"] for row in scenarios}


def test_one_statistic_is_explained() -> None:
    """Its formula, arguments, example, what makes it untestable and its source; with ``--json`` the same as data."""
    told = CliRunner().invoke(cli, ["statistics", "reliance"]).output
    for part in ("reliance(feature, metric?, do?, where?)", "conditional permutation", "one of flips, loss", "Example"):
        assert part in told
    assert "It is untestable" in told
    assert "Source: Breiman" in told
    document = json.loads(CliRunner().invoke(cli, ["statistics", "reliance", "--json"]).output)
    assert document["name"] == "reliance"
    assert {"arguments", "scope", "example", "explanation", "source", "takes", "untestable"} <= set(document)


def test_a_statistic_there_is_not_gets_its_neighbour_named() -> None:
    """Exit code 2, with what is known."""
    ran = CliRunner().invoke(cli, ["statistics", "relliance"])
    assert ran.exit_code == 2
    assert "did you mean 'reliance'?" in ran.output
