"""``halflife finding add``."""

import click

from halflife.flows.commands.common import alone, emit, note, options
from halflife.flows.commands.steps import opened
from halflife.flows.settings import Settings
from halflife.models.domain import Author, Finding, Scope, Status


@click.command(epilog="""Example: halflife finding add 'attribution_share("income") > 0.1' --note 'it is all income'""")
@click.argument("claim")
@click.option("--name", help="What to call it; default made from the claim.")
@click.option("--note", "text", default="", help="How you came to think so, for those who read it later.")
@click.option("--link", "links", multiple=True, help="Address of what led to it; may be given several times.")
@click.option("--author", default="", envvar="USER", help="Who says so; default $USER.")
@click.option("--guard", is_flag=True, help="A version that breaks it is not promoted.")
@click.option(
    "--scope",
    metavar="|".join(Scope),
    help="This model on these rows; the rows it meets; all models trained this way. Default: the statistic's own.",
)
@click.option("--ttl", type=click.IntRange(min=1), help="Retrains without a valid re-test after which it expires.")
@click.option("--on", "number", type=click.IntRange(min=1), help="Version it is about; default the newest.")
@options
def add(
    settings: Settings,
    claim: str,
    name: str | None,
    text: str,
    links: tuple[str, ...],
    author: str,
    guard: bool,
    scope: str | None,
    ttl: int | None,
    number: int | None,
    as_json: bool,
    verbose: bool,
) -> None:
    """File a finding and test it at once.

    It is tested on the version it is about, and on the newest one.
    """
    from halflife.monitoring.claims.language.grammar import parse
    from halflife.monitoring.filing.entry import UNGUARDED, named, scoped

    parse(claim)  # a slip is told before anything slow is loaded
    if name is not None:
        named(name)
    chosen = None if scope is None else scoped(scope)
    if guard and chosen is Scope.PROCESS:
        raise click.UsageError(UNGUARDED)
    from halflife.monitoring import steps
    from halflife.monitoring.reports.fragility_words import fragility
    from halflife.monitoring.reports.listing import check_row

    with alone(settings.home):
        _, here = opened(settings)
        version = here.version(number)
        parsed = parse(claim, schema=here.schema)
        taken = {f.name for f in here.ledger.findings()}
        finding = Finding(
            name=name or free(f"{parsed.statistic}-{version.label}", taken),
            claim=str(parsed),
            statistic=parsed.statistic,
            scope=chosen or parsed.scope,
            made_on=version.number,
            author=author or Author.PERSON,
            note=text,
            guard=guard,
            ttl=ttl,
            links=links,
        )
        if finding.name in taken:
            raise click.UsageError(f"there is a finding {finding.name!r} already; choose another --name")
        (filed,) = steps.enroll(here, [finding])
        checks = here.ledger.checks(finding=filed.id)
        newest = here.version(checks[-1].version)
    warning = fragility(filed, checks[0].controls)
    row = {
        "id": filed.id,
        "name": filed.name,
        "stillborn": filed.stillborn,
        "upheld": filed.upheld,
        "fragile": filed.fragile,
        **check_row(checks[-1], filed),
    }
    if as_json:
        emit(row)
        return
    from halflife.flows.commands.ending import show_checks

    show_checks(newest, [row])
    if filed.stillborn:
        note(f"{filed.name} does not hold on {version.label}: it is kept as stillborn and not re-tested")
    elif checks[-1].status is not Status.HOLDS:
        note(f"{filed.name} is {checks[-1].status} on {newest.label}; it is re-tested on every later version")
    if warning:
        note(f"{filed.name} is {warning}")


def free(name: str, taken: set[str]) -> str:
    """The first of ``name-1``, ``name-2`` and so on that nobody has.

    >>> free("auc-v3", {"auc-v3-1"})
    'auc-v3-2'
    """
    number = next(k for k in range(1, len(taken) + 2) if f"{name}-{k}" not in taken)
    return f"{name}-{number}"
