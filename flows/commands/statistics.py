"""``halflife statistics``."""

import click

from flows.commands.common import emit


@click.command(epilog="Example: halflife statistics --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(as_json: bool) -> None:
    """List what a claim can speak about: each statistic, its arguments and an example."""
    from monitoring.claims.statistics import statistics_table

    table = statistics_table()
    if as_json:
        emit(table)
        return
    for row in table:
        click.secho(row["name"], bold=True, nl=False)
        click.echo(f"  {row['description']}")
        click.echo(f"  arguments: {row['arguments']} · scope: {row['scope']}")
        click.echo(f"  {row['example']}\n")
