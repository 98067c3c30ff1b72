"""``halflife finding import``, ``export`` and ``schema``: findings as a team keeps them in git."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from halflife.flows.commands.common import alone, emit, options
from halflife.flows.commands.steps import book, opened
from halflife.flows.settings import Settings
from halflife.models.domain import Author
from halflife.models.errors import ConfigError

if TYPE_CHECKING:
    from halflife.monitoring.steps import Imported

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
    settings: Settings,
    file: Path | None,
    replace: bool,
    prune: bool,
    dry: bool,
    author: str,
    as_json: bool,
    verbose: bool,
) -> None:
    """Make the ledger say what a file of findings says.

    FILE is findings.yaml beside the configuration unless it is named.

    New names are filed and tested at once. A changed note, guard, author, ttl or link is taken over. A changed claim is
    refused, since it is another conclusion, unless --replace is given. Nothing is filed unless everything is valid.
    """
    path = file or (context.params["config"] or Path()).parent / DEFAULT
    text = contents(path)
    from halflife.monitoring import steps
    from halflife.monitoring.filing.reader import read

    with alone(settings.home):
        _, here = opened(settings)
        findings = read(text, str(path), schema=here.schema, newest=here.version().number)
        done = steps.import_findings(
            here, findings, author=author or Author.PERSON, replace=replace, prune=prune, dry=dry
        )
    if as_json:
        emit(document(done, replace=replace, prune=prune, dry=dry))
        return
    from halflife.flows.commands.findings.imported import show_imported

    show_imported(done, str(path), replace=replace, prune=prune, dry=dry)


def contents(path: Path) -> str:
    """The file's text. Raises ConfigError."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start + 1}; save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}; name the file of findings") from None


def document(done: "Imported", *, replace: bool, prune: bool, dry: bool) -> dict[str, Any]:
    """What ``--json`` gives."""
    from halflife.monitoring.reports.listing import check_row

    plan = done.plan
    return {
        "new": [placed.entry.name for placed in plan.new],
        "replaced": [finding.name for finding, _ in (*plan.changed, *plan.retired)] if replace else [],
        "updated": [{"name": revision.finding.name, "keys": revision.keys} for revision in plan.revised],
        "unchanged": [finding.name for finding in plan.unchanged],
        "retired": [] if replace else [finding.name for finding, _ in plan.retired],
        "gone": [finding.name for finding in plan.gone],
        "pruned": prune and not dry,
        "dry_run": dry,
        "checks": [
            {
                "made_on": f"v{f.made_on}",
                "stillborn": f.stillborn,
                "upheld": f.upheld,
                "fragile": f.fragile,
                **check_row(done.checks[f.id], f),
            }
            for f in done.filed
        ],
    }


@click.command(epilog="Example: halflife finding export > findings.yaml")
@click.option("--author", help="Only this author's; default everybody's but the investigator's.")
@options
def export(settings: Settings, author: str | None, as_json: bool, verbose: bool) -> None:
    """Print people's findings as a file that import reads.

    They are ordered by name; retired ones are left out.
    """
    from halflife.monitoring.filing.writer import entry, write

    chosen = [
        finding
        for finding in book(settings).findings()
        if finding.retired_on is None
        and (finding.author == author if author else finding.author != Author.INVESTIGATOR)
    ]
    if as_json:
        emit({"findings": [entry(finding) for finding in sorted(chosen, key=lambda f: f.name)]})
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
