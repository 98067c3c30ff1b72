"""``halflife finding retire`` and ``halflife finding guard``."""

import click

from halflife.flows.commands.common import emit, options
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

    retired = end(opened, keys, text)
    if as_json:
        emit([{"name": f.name, "retired_on": f"v{f.retired_on}"} for f in retired])
        return
    for finding in retired:
        click.echo(f"{finding.name} is retired from v{finding.retired_on} on")


@click.command(epilog="Example: halflife finding guard fair --off")
@click.argument("key")
@click.option("--on/--off", "on", default=True, help="Default --on.")
@options
def guard(opened: Opened, key: str, on: bool, as_json: bool) -> None:
    """Let a finding decide about promotion.

    No version that breaks a guard becomes champion.
    """
    from halflife.flows.use_cases.filing import guard as let

    finding = let(opened, key, on=on)
    if as_json:
        emit({"name": finding.name, "guard": on})
        return
    click.echo(f"{finding.name} {'guards' if on else 'no longer guards'} promotion: {finding.claim}")
