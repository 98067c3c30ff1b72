"""``halflife finding retire`` and ``halflife finding guard``."""

import click

from halflife.flows.commands.common import options, show
from halflife.flows.opened import Opened


@click.command(epilog="Example: halflife finding retire fair --note 'the rule was changed in May'")
@click.argument("keys", nargs=-1, required=True)
@click.option("--note", "text", default="", help="Why; added to the finding's note.")
@options
def retire(opened: Opened, keys: tuple[str, ...], text: str, as_json: bool) -> None:
    """Stop re-testing findings, by name or number.

    What was measured of them stays.
    """
    from halflife.flows.use_cases.filing import retire as end

    show(end(opened, keys, text), as_json)


@click.command(epilog="Example: halflife finding guard fair --off")
@click.argument("key")
@click.option("--on/--off", "on", default=True, help="Default --on.")
@options
def guard(opened: Opened, key: str, on: bool, as_json: bool) -> None:
    """Let a finding decide about promotion.

    No version that breaks a guard becomes champion.
    """
    from halflife.flows.use_cases.filing import guard as let

    show(let(opened, key, on=on), as_json)
