"""``halflife why``."""

from typing import Any

import click

from halflife.flows.commands.common import alone, emit, note, options
from halflife.flows.commands.steps import opened
from halflife.flows.settings import Settings


class VersionNumber(click.ParamType["int"]):
    """``14`` or ``v14``."""

    name = "version"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        digits = str(value).removeprefix("v")
        if not digits.isdigit() or int(digits) < 1:
            self.fail(f"{value!r} is no version; versions are 1 or v1 and on", param, ctx)
        return int(digits)


@click.command(epilog="Example: halflife why v3-calibration --from v3 --to v14")
@click.argument("finding")
@click.option(
    "--from", "old", type=VersionNumber(), metavar="A", help="Since which version; default where its last change began."
)
@click.option(
    "--to", "new", type=VersionNumber(), metavar="B", help="On which version; default that of its last change."
)
@options
def command(settings: Settings, finding: str, old: int | None, new: int | None, as_json: bool, verbose: bool) -> None:
    """Why a finding is no longer what it was: the world, the recipe, its evidence, feedback, or retraining noise.

    FINDING is a name or a number. Its change between two versions is split into what other evidence rows did and what
    another model did; the latter is held against the noise of retraining, as the versions' shadows show it, and what is
    beyond noise is told apart by a few more fits. Works for a finding that still holds, too.
    """
    from halflife.monitoring import steps
    from halflife.monitoring.reports.cause_words import document

    with alone(settings.home):
        _, here = opened(settings)
        asked = here.ledger.finding(finding)
        pair = steps.versions_of(here, asked)
        if pair is None and (old is None or new is None):
            _never(asked.name, as_json)
            return
        first, last = (
            here.version(number) if number is not None else pair[side] if pair is not None else here.version()
            for side, number in enumerate((old, new))
        )
        told = steps.account(here, asked, first, last)
        kept = steps.keep_why(here, asked, told)
        status = steps.status_on(here, asked, told)
    if as_json:
        emit({**document(told, asked, status, changed=kept), "kept": kept})
        return
    from halflife.flows.commands.ending import terminal
    from halflife.monitoring.reports.cause_terminal import details

    terminal().print(details(told, asked, status, changed=kept))
    note(
        "\nkept in the ledger as the cause of this change"
        if kept
        else "\nnot kept: the ledger keeps causes of changes of status"
    )


def _never(name: str, as_json: bool) -> None:
    said = f"{name} was never re-tested, so nothing can be said of why it changed; run `halflife recheck`"
    if as_json:
        emit({"finding": name, "sentence": said, "cause": None})
    else:
        click.echo(said)
