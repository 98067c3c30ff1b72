"""``halflife explain``."""

import click

from halflife.flows.commands.common import alone, emit, note, options
from halflife.flows.commands.steps import opened
from halflife.flows.settings import Settings


@click.command(epilog="Example: halflife explain 41023 --file 1 --file 2")
@click.argument("case", required=False)
@click.option("--worst", is_flag=True, help="The evidence row the version is most confidently wrong about.")
@click.option("--version", "number", type=click.IntRange(min=1), help="On which version; default the newest.")
@click.option("--file", "numbers", type=int, multiple=True, metavar="N", help="File conclusion N; repeatable.")
@click.option("--author", default="", envvar="USER", help="Who says so; default $USER.")
@options
def command(
    settings: Settings,
    case: str | None,
    worst: bool,
    number: int | None,
    numbers: tuple[int, ...],
    author: str,
    as_json: bool,
    verbose: bool,
) -> None:
    """Explain one case: the decision, its reasons, the trees behind it, its closest match, and what would flip it.

    CASE is the id of a row. Every conclusion stands there as the claim that states it, with a number; --file N files it
    as a finding, which is tested at once and on every later version. The explanation is kept with the version's run.
    """
    if (case is None) != worst:
        raise click.UsageError("give the id of one case, or --worst")
    from halflife.models.domain import Author
    from halflife.monitoring import steps
    from halflife.monitoring.explanations.explanation_document import document
    from halflife.monitoring.explanations.offers import offers
    from halflife.monitoring.reports.explanation_terminal import explanation, filed, plain
    from halflife.monitoring.reports.fragility_words import fragility
    from halflife.monitoring.reports.listing import check_row

    with alone(settings.home):
        _, here = opened(settings)
        version = here.version(number)
        told = steps.explain(here, version, steps.worst(here, version) if case is None else case)
        offered = offers(told, here.schema)
        unknown = [n for n in numbers if not 1 <= n <= len(offered)]
        if unknown:
            raise click.UsageError(f"there is no conclusion {unknown[0]}; they go from 1 to {len(offered)}")
        artifact = steps.keep(here, version, told, offered, plain(told, offered))
        wanted = [offered[n - 1] for n in dict.fromkeys(numbers)]
        rows = []
        for finding in steps.file_offers(here, version, told, wanted, author or Author.PERSON):
            (check,) = here.ledger.checks(finding=finding.id, version=version.number)
            warning = fragility(finding, check.controls)
            rows.append(
                {
                    "id": finding.id,
                    "stillborn": finding.stillborn,
                    "upheld": finding.upheld,
                    "fragile": finding.fragile,
                    "warning": warning,
                    **check_row(check, finding),
                }
            )
    if as_json:
        emit({**document(told, offered), "filed": rows, "artifact": artifact})
        return
    from halflife.flows.commands.ending import terminal

    console = terminal()
    console.print(explanation(told, offered))
    if rows:
        console.print()
        console.print(filed(rows))
    note(f"\nkept with the run of {version.label} as {artifact}.txt and .json")
