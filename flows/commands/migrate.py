"""``halflife migrate``."""

import click

from halflife.flows.commands.common import options, show
from halflife.flows.opened import Opened


@click.command(epilog="Example: halflife migrate --to-env HALFLIFE_LEDGER_URL")
@click.option(
    "--to", "url", default="", help="Address of a PostgreSQL database, such as postgresql://ann@host/halflife."
)
@click.option("--to-env", "url_env", default="", help="Environment variable that holds it, password and all.")
@options
def command(opened: Opened, url: str, url_env: str, as_json: bool) -> None:
    """Move the ledger of a home to a PostgreSQL database, where other machines can go on with it.

    Every row is copied in one transaction and compared before it ends; killed at any moment, nothing is lost, and the
    same command goes on. The home's file stays under another name.
    """
    from halflife.flows.use_cases.migrating import migrate

    show(migrate(opened, url, url_env), as_json)
