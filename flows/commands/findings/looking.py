"""``halflife finding list`` and ``halflife finding show``."""

import click

from halflife.flows.commands.common import VERSION, options, show
from halflife.flows.opened import Opened
from halflife.flows.use_cases.looking import FLAGS
from halflife.models.domain import Status


@click.command("list", epilog="Example: halflife finding list --status stale --author ann")
@click.option("--status", type=click.Choice([*(s.value for s in Status), *FLAGS]), help="Only these.")
@click.option("--author", help="Only this author's; 'investigator' for the automatic ones.")
@click.option("--statistic", help="Only those about this statistic.")
@click.option("--guard", is_flag=True, help="Only guards.")
@click.option("--version", "number", type=VERSION, help="As things stood on this version.")
@click.option("--open/--all", "wanted", default=None, help="Only what is re-tested; or everything, every case too.")
@options
def list_(
    opened: Opened,
    status: str | None,
    author: str | None,
    statistic: str | None,
    guard: bool,
    number: int | None,
    wanted: bool | None,
    as_json: bool,
) -> None:
    """Every finding, what became of it, and since when."""
    from halflife.flows.use_cases.looking import findings

    found = findings(
        opened, status=status, author=author, statistic=statistic, guard=guard, version=number, open_only=wanted
    )
    show(found, as_json)


@click.command("show", epilog="Example: halflife finding show v3-calibration")
@click.argument("key")
@options
def show_(opened: Opened, key: str, as_json: bool) -> None:
    """One finding, by name or number: its life and its verdict.

    A chart of every version, and every number behind the newest verdict.
    """
    from halflife.flows.use_cases.looking import finding

    show(finding(opened, key), as_json)
