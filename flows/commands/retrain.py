"""``halflife retrain``."""

import click

from halflife.flows.commands.common import FAIL_ON, fail, options, show
from halflife.flows.opened import Opened
from halflife.flows.resolution import mark_last


@click.command(epilog="Example: halflife retrain --fail-on guard")
@FAIL_ON
@options
def command(opened: Opened, fail_on: str | None, as_json: bool) -> None:
    """Train, gate and register a version on the newest window, then re-test every open finding on it."""
    from halflife.flows.use_cases.running import retrain, standing

    show(retrain(opened), as_json)
    mark_last(opened.settings.home)
    fail(fail_on, standing(opened))
