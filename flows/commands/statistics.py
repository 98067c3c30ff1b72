"""``halflife statistics``."""

from textwrap import fill
from typing import Any

import click

from halflife.flows.commands.common import emit

WIDTH = 100


@click.command(epilog="Example: halflife statistics attribution_share")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(name: str | None, as_json: bool) -> None:
    """List what a claim can speak about; or explain one statistic: NAME."""
    from halflife.monitoring.claims.language.manual import explained, statistics_table
    from halflife.monitoring.claims.statistics import STATISTICS
    from halflife.monitoring.claims.statistics.registry import not_known

    if name is None:
        table = statistics_table()
        emit(table) if as_json else _list(table)
        return
    if name not in STATISTICS:
        raise click.UsageError(not_known(name, STATISTICS))
    told = explained(STATISTICS[name])
    emit(told) if as_json else _explain(told)


def _list(table: list[dict[str, Any]]) -> None:
    for row in table:
        click.secho(f"{row['name']}({', '.join(row['arguments'])})", bold=True, nl=False)
        click.secho(f"  {row['scope']}", dim=True)
        click.echo(f"  {row['description']}")
        click.echo(f"  {row['example']}\n")
    click.secho("halflife statistics NAME explains one; an argument that ends in ? can be left out", dim=True)


def _explain(told: dict[str, Any]) -> None:
    click.secho(f"{told['name']}({', '.join(told['arguments'])})", bold=True, nl=False)
    click.secho(f"  {told['scope']}", dim=True)
    for paragraph in (told["description"][:1].upper() + told["description"][1:] + ".", *told["explanation"]):
        click.echo(f"\n{fill(paragraph, WIDTH)}")
    if told["takes"]:
        click.echo("\nArguments")
    for argument in told["takes"]:
        left_out = f" (left out: {argument['default']})" if argument["default"] else ""
        text = f"{argument['name']}: {argument['meaning']}; {argument['kind']}{left_out}"
        click.echo(fill(text, WIDTH, initial_indent="  ", subsequent_indent="    "))
    click.echo(f"\nCompared with {told['compared_with']}")
    click.echo("\nExample")
    click.secho(f"  {told['example']}", bold=True)
    for sentence in (*told["untestable"], told["process"]):
        click.echo(f"\n{fill(sentence, WIDTH)}")
    click.echo(f"\n{fill('Source: ' + told['source'], WIDTH)}")
