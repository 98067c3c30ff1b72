"""``halflife config``."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from halflife.flows.commands.common import emit, terminal
from halflife.flows.resolution import resolve
from halflife.flows.settings_in_force import DEFAULT, InForce, in_force
from halflife.flows.toml_text import written

if TYPE_CHECKING:
    from rich.table import Table


@click.command(epilog="Example: halflife config --config infra/examples/bank.toml")
@click.option("--config", type=click.Path(path_type=Path), help="Settings; default halflife.toml if it is there.")
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    help="Where everything is kept; default as the settings say, else the one used last.",
)
@click.option("--reference", is_flag=True, help="Print every setting there is, with its meaning, as Markdown.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(config: Path | None, home: Path | None, reference: bool, as_json: bool) -> None:
    """Show the settings in force and where each comes from; nothing is written.

    A value comes from the configuration, from what the home was last used with, from an option, from an environment
    variable, or is the default.
    """
    if reference:
        from halflife.flows.settings_reference import chapters
        from halflife.flows.settings_reference import reference as page

        emit([asdict(one) for chapter in chapters() for one in chapter.settings]) if as_json else click.echo(page())
        return
    rows = in_force(resolve(config, home))
    if as_json:
        emit([asdict(row) for row in rows])
        return
    from halflife.monitoring.reports.rich_text import Text

    console = terminal()
    console.print(_table(rows))
    console.print(Text("\nhalflife config --reference says what each setting means and may be", style="dim"))


def _table(rows: Sequence[InForce]) -> "Table":
    """Settings as the file has them, a heading for each of its tables; what is not the default stands out."""
    from rich.table import Table

    from halflife.monitoring.reports.rich_text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("where it came from", overflow="fold")
    heading = ""
    for row in rows:
        section, _, key = row.setting.rpartition(".")
        if section != heading:
            table.add_row("")
            table.add_row(Text(f"[{section}]", style="bold"))
            heading = section
        usual = row.value == row.default
        value = Text(written(row.value), style="dim" if usual else "bold")
        table.add_row(Text(key), value, Text(row.source, style="dim" if row.source == DEFAULT else ""))
    return table
