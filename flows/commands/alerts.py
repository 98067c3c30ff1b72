"""``halflife alerts list | deliver | test``."""

import sys
import time

import click

from halflife.flows.commands.common import alone, emit, options
from halflife.flows.commands.steps import book
from halflife.flows.settings import Settings


@click.group(epilog="Example: halflife alerts list")
def command() -> None:
    """List alerts and their deliveries, deliver what is due, and try the channels."""


@command.command("list", epilog="Example: halflife alerts list --json")
@options
def list_(settings: Settings, as_json: bool, verbose: bool) -> None:
    """Every delivery, newest first: what was sent where, what waits, what was given up and why."""
    rows = [
        {
            "key": d.alert.key,
            "version": f"v{d.alert.version}" if d.alert.version else None,
            "severity": d.alert.severity.value,
            "subject": d.alert.subject,
            "channel": d.channel,
            "state": d.state,
            "attempts": d.attempts,
            "error": d.error,
        }
        for d in book(settings).deliveries()
    ]
    if as_json:
        emit(rows)
        return
    from halflife.flows.commands.ending import show_deliveries

    show_deliveries(rows)


@command.command(epilog="Example: halflife alerts deliver")
@options
def deliver(settings: Settings, as_json: bool, verbose: bool) -> None:
    """Try every delivery that is due."""
    from halflife.flows.bootstrap import channels
    from halflife.monitoring.outbox import deliver as send

    ledger = book(settings)
    with alone(settings.home):
        done = send(ledger, channels(settings.alerts, settings.home, settings.name), time.time())
    counts = {"sent": len(done.sent), "failed": len(done.failed), "dead": len(done.dead)}
    if as_json:
        emit(counts)
    else:
        click.echo(", ".join(f"{n} {name}" for name, n in counts.items()))


@command.command(epilog="Example: halflife alerts test --config halflife.toml")
@options
def test(settings: Settings, as_json: bool, verbose: bool) -> None:
    """Send a test alert through every configured channel and say what each answered."""
    from halflife.flows.bootstrap import channels, remember
    from halflife.monitoring.alert_decisions import trial
    from halflife.monitoring.outbox import redact

    home = remember(settings)
    alert = trial(settings.name, time.time())
    answers = {}
    for name, channel in channels(settings.alerts, home, settings.name).items():
        try:
            channel.send(alert)
            answers[name] = "ok"
        except Exception as error:
            answers[name] = redact(error)
    if as_json:
        emit(answers)
    else:
        for name, answer in answers.items():
            click.echo(f"{name:<8} {answer}")
    if any(answer != "ok" for answer in answers.values()):
        sys.exit(1)
