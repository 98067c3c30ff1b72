"""``halflife status``."""

import sys

import click

from halflife.flows.commands.common import VERBOSE, at, several, show
from halflife.flows.resolution import Resolved, resolve


@click.command(epilog="Example: halflife status --home halflife-home/churn --home halflife-home/credit")
@several
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout; logs on stderr.")
@VERBOSE
def command(named: list[Resolved], as_json: bool, verbose: int) -> None:
    """Say how each model stands: champion, findings, rows that wait, last and next run; exit 1 where one is unwell."""
    from halflife.flows.use_cases.standing import standing

    stand = standing([at(one.settings, verbose=verbose) for one in named or [resolve(None, None)]])
    show(stand, as_json)
    if not stand.healthy:
        sys.exit(1)
