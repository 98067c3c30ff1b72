"""``halflife finding import``, ``export`` and ``schema``: findings as a team keeps them in git."""

from pathlib import Path

import click

from halflife.flows.commands.common import emit, options, show
from halflife.flows.opened import Opened

DEFAULT = "findings.yaml"


@click.command("import", epilog="Example: halflife finding import findings.yaml --dry-run")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Retire findings whose claim differs, and file the file's in their place."
)
@click.option("--prune", is_flag=True, help="Retire findings that are no longer in the file.")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would be done.")
@click.option("--author", default="", envvar="USER", help="Of entries that name none; default $USER.")
@options
@click.pass_context
def import_(
    context: click.Context,
    opened: Opened,
    file: Path | None,
    replace: bool,
    prune: bool,
    dry: bool,
    author: str,
    as_json: bool,
) -> None:
    """Make the ledger say what a file of findings says.

    FILE is findings.yaml beside the configuration unless it is named.

    New names are filed and tested at once. A changed note, guard, author, ttl or link is taken over. A changed claim is
    refused, since it is another conclusion, unless --replace is given. Nothing is filed unless everything is valid.
    """
    from halflife.flows.use_cases.sharing import import_findings

    path = file or (context.params["config"] or Path()).parent / DEFAULT
    show(import_findings(opened, path, author=author, replace=replace, prune=prune, dry=dry), as_json)


@click.command(epilog="Example: halflife finding export > findings.yaml")
@click.option("--author", help="Only this author's; default everybody's but the investigator's.")
@options
def export(opened: Opened, author: str | None, as_json: bool) -> None:
    """Print people's findings as a file that import reads.

    They are ordered by name; retired ones are left out.
    """
    from halflife.flows.use_cases.sharing import export_findings
    from halflife.monitoring.filing.writer import entry, write

    chosen = export_findings(opened, author)
    if as_json:
        emit({"findings": [entry(finding) for finding in chosen]})
        return
    click.echo(write(chosen), nl=False)


@click.command(epilog="Example: halflife finding schema > findings.schema.json")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, which it is anyway.")
def schema(as_json: bool) -> None:
    """Print the JSON Schema of findings.yaml, for editors.

    Save it beside the file and begin that with the line: # yaml-language-server: $schema=findings.schema.json
    """
    from halflife.monitoring.filing.entry import schema_text

    click.echo(schema_text(), nl=False)
