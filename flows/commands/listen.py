"""``halflife listen``."""

import json

import click

from halflife.flows.commands.common import note, options
from halflife.flows.opened import Opened


@click.command(epilog="Example: halflife listen --port 8077, with a token in HALFLIFE_TOKEN")
@click.option("--host", default="127.0.0.1", show_default=True, help="On which it listens.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8077, show_default=True, help="0 for any that is free.")
@options
def command(opened: Opened, host: str, port: int, as_json: bool) -> None:
    """Take rows that services push by HTTP to a feed of kind "push", until it is stopped.

    POST /rows with JSON lines, and Authorization: Bearer with the token that the environment variable of
    `feed.token_env` holds. What is answered with 202 is on disk; `halflife ingest --all` takes it in.
    """
    from halflife.flows.use_cases.listening import listen

    def ready(address: str) -> None:
        if as_json:
            click.echo(json.dumps({"address": address}))
        else:
            note(f"listening on {address}")

    listen(opened.settings, host, port, ready)
