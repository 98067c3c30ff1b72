"""``halflife recheck``."""

import click

from halflife.flows.commands.common import FAIL_ON, fail, options, show
from halflife.flows.opened import Opened
from halflife.flows.resolution import mark_last


@click.command(epilog="Example: halflife recheck --fail-on stale")
@FAIL_ON
@options
def command(opened: Opened, fail_on: str | None, as_json: bool) -> None:
    """Re-test every open finding on the newest version, on pinned and on fresh rows."""
    from halflife.flows.use_cases.running import recheck

    rechecked = recheck(opened)
    show(rechecked, as_json)
    mark_last(opened.settings.home)
    fail(fail_on, rechecked)
