"""The ``halflife`` command: a table of commands, loaded when they are used, and what errors look like."""

import os
import signal
import sys
from importlib import import_module
from io import StringIO, TextIOWrapper

import click

from halflife.flows.stopped import Terminated, raise_terminated
from halflife.models.errors import HalflifeError
from halflife.monitoring.reports.visible import visible

COMMANDS = {
    "demo": "Stream a synthetic world that changes, and see which beliefs go stale.",
    "init": "Write a first halflife.toml for rows of your own, with the reason for each line.",
    "replay": "Run every step over a feed's history, tick by tick.",
    "run": "Do what is due and send what is pending: the one line for a scheduler.",
    "up": "Run the service: Prefect, MLflow, the schedule and the pages, kept alive.",
    "deploy": "Register the schedule on a Prefect server of your own.",
    "status": "Say how each model stands, and whether its service is well.",
    "plan": "Say what is to be done now and why, and what comes next.",
    "ingest": "Pull the next ticks of the feed into the store.",
    "listen": "Take rows that services push by HTTP.",
    "watch": "Compare the newest ticks with the champion's window.",
    "retrain": "Train, gate and register a version on the newest window.",
    "recheck": "Re-test every open finding on the newest version.",
    "investigate": "Show what a debugging session finds in a version.",
    "explain": "Explain one case, and file what the explanation concludes.",
    "why": "Say why a finding is no longer what it was.",
    "needs": "Say which labels to collect next, and which claims want rows.",
    "opacity": "Say what cannot be known about a version: accidents of rows and seed.",
    "finding": "Add, list, show, import and retire findings.",
    "recipes": "List the recipes, and compare them: score, cost, churn, half-life.",
    "report": "Write the conclusions page of the newest version.",
    "alerts": "List alerts and deliveries, deliver what is due, send a test.",
    "config": "Show the settings in force and where each comes from, or what settings there are.",
    "migrate": "Move the ledger of a home to a PostgreSQL database.",
    "doctor": "Check the configuration, the feed, the stores and the channels.",
    "scenarios": "List the synthetic worlds.",
    "statistics": "List what a claim can speak about.",
}
"""Every command with its line of help; ``flows/commands/NAME.py`` holds a click command called ``command``."""


class Lazy(click.Group):
    """A group that imports a command's module when it is used, so that ``--help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"halflife.flows.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}"
            raise click.UsageError(f"{args[0]!r} is not a command; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Start with: halflife demo",
)
@click.version_option(package_name="halflife", message="%(prog)s %(version)s")
def cli() -> None:
    """Retrains your model on a live stream and says which of your conclusions about the last one no longer hold."""


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 failed, 2 usage or configuration, 3 a ``--fail-on`` condition.

    A command that is stopped ends with 130 (Ctrl-C) or 143 (SIGTERM).
    """
    send_nothing_home()
    if isinstance(
        sys.stdout, TextIOWrapper
    ):  # an answer is not lost for a character that the terminal's encoding lacks
        sys.stdout.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, raise_terminated)
    try:
        _utf8(sys.argv[1:])
        cli.main(prog_name="halflife", standalone_mode=False)
    except HalflifeError as error:
        _die(str(error), error.exit_code)
    except click.ClickException as error:
        error.show(said := StringIO())
        click.echo(visible(said.getvalue()), err=True, nl=False)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _die("stopped; run the same command again to go on from here", 130)
    except Terminated as stop:
        _die("stopped by SIGTERM; run the same command again to go on from here", stop.exit_code)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)


def _utf8(words: list[str]) -> None:
    for word in words:
        if not word.isprintable() and word != word.encode("utf-8", "replace").decode("utf-8"):
            raise click.UsageError(f"{os.fsencode(word)!r} is not text in UTF-8")


def _die(message: str, code: int) -> None:
    click.secho("error: ", fg="red", bold=True, err=True, nl=False)
    click.echo(visible(message), err=True)
    sys.exit(code)


def send_nothing_home() -> None:
    """No telemetry of MLflow, Evidently and Prefect; must run before any of them is imported."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"


if __name__ == "__main__":
    main()
