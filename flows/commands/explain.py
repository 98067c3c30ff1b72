"""``halflife explain``."""

import click

from halflife.flows.commands.common import VERSION, note, options, show
from halflife.flows.opened import Opened


@click.command(epilog="Example: halflife explain 41023 --file 1 --file 2")
@click.argument("case", required=False)
@click.option("--worst", is_flag=True, help="The evidence row the version is most confidently wrong about.")
@click.option("--version", "number", type=VERSION, help="On which version; default the newest.")
@click.option("--file", "numbers", type=int, multiple=True, metavar="N", help="File conclusion N; repeatable.")
@click.option("--author", default="", envvar="USER", help="Who says so; default $USER.")
@options
def command(
    opened: Opened,
    case: str | None,
    worst: bool,
    number: int | None,
    numbers: tuple[int, ...],
    author: str,
    as_json: bool,
) -> None:
    """Explain one case: the decision, its reasons, the trees behind it, its closest match, and what would flip it.

    CASE is the id of a row. Every conclusion stands there as the claim that states it, with a number; --file N files it
    as a finding, which is tested at once and on every later version. The explanation is kept with the version's run.
    """
    if (case is None) != worst:
        raise click.UsageError("give the id of one case, or --worst")
    from halflife.flows.use_cases.explaining import explain

    told = explain(opened, case, version=number, file=numbers, author=author)
    show(told, as_json)
    if not as_json:
        note(f"\nkept with the run of v{told.explanation.version} as {told.artifact}.txt and .json")
