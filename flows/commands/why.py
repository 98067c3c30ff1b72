"""``halflife why``."""

import click

from halflife.flows.commands.common import VERSION, note, options, show
from halflife.flows.opened import Opened


@click.command(epilog="Example: halflife why v3-calibration --from v3 --to v14")
@click.argument("finding")
@click.option(
    "--from", "old", type=VERSION, metavar="A", help="Since which version; default where its last change began."
)
@click.option("--to", "new", type=VERSION, metavar="B", help="On which version; default that of its last change.")
@options
def command(opened: Opened, finding: str, old: int | None, new: int | None, as_json: bool) -> None:
    """Why a finding is no longer what it was: the world, the recipe, its evidence, feedback, or retraining noise.

    FINDING is a name or a number. Its change between two versions is split into what other evidence rows did and what
    another model did; the latter is held against the noise of retraining, as the versions' shadows show it, and what is
    beyond noise is told apart by a few more fits. Works for a finding that still holds, too.
    """
    from halflife.flows.use_cases.explaining import why

    cause = why(opened, finding, old=old, new=new)
    show(cause, as_json)
    if not as_json and cause.breakdown is not None:
        kept = "kept in the ledger as the cause of this change"
        note(f"\n{kept}" if cause.kept else "\nnot kept: the ledger keeps causes of changes of status")
