"""``halflife finding``: the group; its commands are in ``flows/commands/findings/``."""

import click

from halflife.flows.commands.findings import adding, changing, files, looking


@click.group(epilog="Example: halflife finding add 'auc() > 0.7' --note 'good enough to act on'")
def command() -> None:
    """Add, list, show and retire findings: conclusions about a version that are re-tested on every later one."""


for _each in (
    adding.add,
    looking.list_,
    looking.show_,
    changing.retire,
    changing.guard,
    files.import_,
    files.export,
    files.schema,
):
    command.add_command(_each)
