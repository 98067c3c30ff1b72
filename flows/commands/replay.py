"""``halflife replay``."""

import click

from halflife.flows.commands.common import emit, note, options
from halflife.flows.commands.progress import progress
from halflife.flows.opened import Opened
from halflife.flows.resolution import mark_last


@click.command(epilog="Example: halflife replay --config infra/examples/elec.toml")
@click.option("--ticks", type=click.IntRange(min=1), help="Stop after so many ticks of the feed; default all.")
@options
def command(opened: Opened, ticks: int | None, as_json: bool) -> None:
    """Run every step over a feed's history: ingest, watch, retrain, recheck, report, deliver.

    Goes on where an earlier run stopped, however it stopped; a finished replay only shows its result again.
    """
    replay(opened, ticks, as_json=as_json)


def replay(opened: Opened, ticks: int | None, *, as_json: bool) -> None:
    """Replay the feed of a home, with a bar where there is a terminal, and show how it ended."""
    from halflife.flows.use_cases.running import replay as run

    with progress() as observe:
        opened.observe, opened.terminal = observe, observe.terminal
        replayed = run(opened, ticks, expect=observe.expect)
    if replayed.versions == 0:
        window = opened.settings.retrain.window
        few = f"{replayed.ticks} ticks are fewer than a window of {window}"
        note(f"no version yet: {few if replayed.ticks < window else 'no window of the feed can be trained on'}")
    mark_last(opened.settings.home)
    if as_json:
        emit(replayed.to_dict())
        return
    from halflife.flows.commands.ending import show_ending

    show_ending(opened, replayed.seconds)
