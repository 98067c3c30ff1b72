"""``halflife finding add``."""

import click

from halflife.flows.commands.common import VERSION, emit, note, options, terminal
from halflife.flows.opened import Opened
from halflife.models.domain import Scope


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
@click.option("--on", "number", type=VERSION, help="Version it is about; default the newest.")
@options
def add(
    opened: Opened,
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
) -> None:
    """File a finding and test it at once.

    It is tested on the version it is about, and on the newest one.
    """
    from halflife.flows.use_cases.filing import file

    filed = file(
        opened, claim, name=name, note=text, links=links, author=author, guard=guard, scope=scope, ttl=ttl, on=number
    )
    if as_json:
        emit(filed.to_dict())
        return
    terminal().print(filed.table)
    for line in filed.said:
        note(line)
