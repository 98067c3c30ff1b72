"""``halflife alerts list | deliver | test``."""

import sys

import click

from halflife.flows.commands.common import options, show
from halflife.flows.opened import Opened


@click.group(epilog="Example: halflife alerts list")
def command() -> None:
    """List alerts and their deliveries, deliver what is due, and try the channels."""


@command.command("list", epilog="Example: halflife alerts list --json")
@options
def list_(opened: Opened, as_json: bool) -> None:
    """Every delivery, newest first: what was sent where, what waits, what was given up and why."""
    from halflife.flows.use_cases.alerting import deliveries

    show(deliveries(opened), as_json)


@command.command(epilog="Example: halflife alerts deliver")
@options
def deliver(opened: Opened, as_json: bool) -> None:
    """Try every delivery that is due."""
    from halflife.flows.use_cases.alerting import deliver as send

    show(send(opened), as_json)


@command.command(epilog="Example: halflife alerts test --config halflife.toml")
@options
def test(opened: Opened, as_json: bool) -> None:
    """Send a test alert through every configured channel and say what each answered."""
    from halflife.flows.use_cases.alerting import test as send

    answers = send(opened)
    show(answers, as_json)
    if not answers.ok:
        sys.exit(1)
