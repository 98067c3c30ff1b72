"""``halflife scenarios``."""

import click

from halflife.flows.commands.common import emit


@click.command(epilog="Example: halflife scenarios --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(as_json: bool) -> None:
    """List the synthetic worlds: what changes in each, and when."""
    from halflife.models.world.scenarios import SCENARIOS

    if as_json:
        emit([{"name": s.name, "description": s.description, "events": list(s.sentences)} for s in SCENARIOS.values()])
        return
    for scenario in SCENARIOS.values():
        click.secho(scenario.name, bold=True)
        click.echo(f"  {scenario.description}")
        for sentence in scenario.sentences:
            click.echo(f"  · {sentence}")
