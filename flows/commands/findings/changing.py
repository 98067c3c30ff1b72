"""``halflife finding retire`` and ``halflife finding guard``."""

from dataclasses import replace

import click

from halflife.flows.commands.common import alone, emit, options
from halflife.flows.commands.steps import book
from halflife.flows.settings import Settings
from halflife.models.domain import Scope


@click.command(epilog="Example: halflife finding retire fair --note 'the rule was changed in May'")
@click.argument("keys", nargs=-1, required=True)
@click.option("--note", "text", default="", help="Why; added to the finding's note.")
@options
def retire(settings: Settings, keys: tuple[str, ...], text: str, as_json: bool, verbose: bool) -> None:
    """Stop re-testing findings, by name or number.

    What was measured of them stays.
    """
    ledger = book(settings)
    with alone(settings.home):
        found = [ledger.finding(key) for key in keys]
        newest = ledger.versions()[-1]
        if text:
            ledger.revise([replace(f, note=f"{f.note.rstrip()}\nretired: {text}".lstrip()) for f in found])
        ledger.retire([finding.id for finding in found], newest.number)
        retired = [ledger.finding(str(finding.name)) for finding in found]
    if as_json:
        emit([{"name": f.name, "retired_on": f"v{f.retired_on}"} for f in retired])
        return
    for finding in retired:
        click.echo(f"{finding.name} is retired from v{finding.retired_on} on")


@click.command(epilog="Example: halflife finding guard fair --off")
@click.argument("key")
@click.option("--on/--off", "on", default=True, help="Default --on.")
@options
def guard(settings: Settings, key: str, on: bool, as_json: bool, verbose: bool) -> None:
    """Let a finding decide about promotion.

    No version that breaks a guard becomes champion.
    """
    from halflife.monitoring.filing.entry import UNGUARDED

    ledger = book(settings)
    with alone(settings.home):
        finding = ledger.finding(key)
        if on and (finding.retired_on is not None or finding.stillborn):
            why = "stillborn" if finding.stillborn else f"retired on v{finding.retired_on}"
            raise click.UsageError(f"{finding.name} is {why} and no longer re-tested; it cannot guard anything")
        if on and finding.scope is Scope.PROCESS:
            raise click.UsageError(f"{finding.name}: {UNGUARDED}")
        ledger.revise([replace(finding, guard=on)])
    if as_json:
        emit({"name": finding.name, "guard": on})
        return
    click.echo(f"{finding.name} {'guards' if on else 'no longer guards'} promotion: {finding.claim}")
