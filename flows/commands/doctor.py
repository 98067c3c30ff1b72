"""``halflife doctor``."""

import sys

import click

from halflife.flows.commands.common import options, show
from halflife.flows.opened import Opened


@click.command(epilog="Example: halflife doctor --config infra/examples/bank.toml")
@options
def command(opened: Opened, as_json: bool) -> None:
    """Check the configuration, the home, the feed and its schema, the ledger, MLflow and the alert channels.

    Nothing is written but the folder of the home.
    """
    from halflife.flows.use_cases.checking import diagnose

    found = diagnose(opened.settings)
    show(found, as_json)
    if not found.ok:
        sys.exit(1)
