"""``halflife demo``."""

import shutil
from pathlib import Path

import click

from halflife.flows.commands.common import VERBOSE, at
from halflife.flows.commands.replay import replay
from halflife.flows.configuration import parse
from halflife.flows.resolution import DEFAULT_HOME, other_model
from halflife.flows.settings import Settings
from halflife.models.errors import UsageError

DEMO = {
    "name": "demo",
    "feed": {"kind": "synthetic", "scenario": "shortcut", "rows_per_tick": 2000, "ticks": 38},
    "recipe": {"trees": 80, "leaves": 15, "learning_rate": 0.12},
    "retrain": {"every": 3, "window": 8},
    "watch": {"every": 3, "window": 3},
    "investigate": {"segments": ["region", "sex"], "errors": 4},
}


@click.command(epilog="Example: halflife demo --fresh")
@click.option("--home", type=click.Path(path_type=Path), default=DEFAULT_HOME / "demo", show_default=True)
@click.option(
    "--seed", type=click.IntRange(min=0), default=7, show_default=True, help="Another world of the same kind."
)
@click.option("--fresh", is_flag=True, help="Throw an earlier demo away first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout; logs on stderr.")
@VERBOSE
def command(home: Path, seed: int, fresh: bool, as_json: bool, verbose: int) -> None:
    """Stream a world that changes, and see which beliefs about the model go stale.

    A feature leaks the label for a while, then stops; later another feature's effect flips its sign. Halflife retrains
    every three ticks, investigates every version, and re-tests what was concluded on every later one.
    """
    found = other_model(settings(home, seed))
    if found:
        raise UsageError(f"the home {home} is that of {found}, and no demo's; give the demo another one with --home")
    if fresh and (home / "settings.json").exists():
        shutil.rmtree(home)
    replay(at(settings(home, seed), verbose=verbose), None, as_json=as_json)


def settings(home: Path, seed: int) -> Settings:
    """The demo's settings."""
    return parse({**DEMO, "home": home, "seed": seed}, "demo")
