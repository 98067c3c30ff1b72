"""What the README shows is what a reader gets: its configuration, its commands and its links."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import pytest

from halflife.flows.cli import COMMANDS, cli
from halflife.flows.configuration import parse, read

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Every fenced block of the README in this language, in order."""
    every = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    return [text for name, text in every if name == language]


def churn(rows: int = 4_000) -> pd.DataFrame:
    """The table the README's configuration speaks of."""
    rng = np.random.default_rng(11)
    visits, plan = rng.poisson(4, rows), rng.choice(["basic", "plus"], rows)
    leaves = rng.random(rows) < 1 / (1 + np.exp(visits - 3 - (plan == "basic")))
    return pd.DataFrame(
        {"customer": np.arange(rows), "visits": visits, "plan": plan, "churned": np.where(leaves, "yes", "no")}
    )


def test_every_command_on_own_data_runs(
    tmp_path: Path, command: Callable[..., Any], own_server: dict[str, str]
) -> None:
    """The first console line, the first configuration in place of what it wrote, all other lines, then all Python.

    All of it in order, in one folder; nothing fails.
    """
    churn().to_csv(tmp_path / "churn.csv", index=False)
    first, *lines = [line for block in blocks("console") for line in block.splitlines()]
    assert len(lines) >= 10
    ran = command(*shlex.split(first.removeprefix("$ halflife")), cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert read(tmp_path / "halflife.toml").feed.model_dump().items() >= {"label": "churned", "id": "customer"}.items()
    (tmp_path / "halflife.toml").write_text(blocks("toml")[0], encoding="utf-8")
    for line in lines:
        program, *words = shlex.split(line.removeprefix("$ "))
        assert program == "halflife"
        ran = command(*words, cwd=tmp_path, **own_server)
        assert ran.code == 0, f"{line}\n{ran.out}\n{ran.err}"
    snippets = blocks("python")
    assert snippets
    for snippet in snippets:
        done = subprocess.run(
            [sys.executable, "-c", snippet], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{snippet}\n{done.stderr}"
        assert done.stdout


def test_every_configuration_is_valid() -> None:
    """Each TOML block is accepted, alone, by the settings."""
    import tomllib

    for block in blocks("toml"):
        parse(tomllib.loads(block), "README.md")
    for example in (ROOT / "infra" / "examples").glob("*.toml"):
        assert read(example).feed.path


def test_every_command_that_stays_up_is_understood() -> None:
    """Its options exist; what it does is tried by tests of its own."""
    lines = [line.split("#")[0] for block in blocks("") for line in block.splitlines() if line.startswith("halflife")]
    assert lines
    for line in lines:
        _, name, *words = line.split()
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        command.make_context(name, words)


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    """``make demo`` and ``make test`` exist and do what the comment beside them says."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^demo:.*\n\t\$\(BIN\)/halflife demo$", makefile, re.MULTILINE)
    assert re.search(r"^test:.*\n\t\$\(BIN\)/python -m pytest", makefile, re.MULTILINE)


def test_every_command_named_exists() -> None:
    """``halflife X`` in the text is a command of this build."""
    named = set(re.findall(r"halflife ([a-z]+)", README)) - {"retrains"}
    assert named <= set(COMMANDS), named - set(COMMANDS)
