"""``halflife deploy``."""

import click

from halflife.flows.commands.common import VERBOSE, at, note, several, show
from halflife.flows.resolution import Resolved, resolve


@click.command(epilog="Example: halflife deploy --config churn.toml --pool ml, with a server in PREFECT_API_URL")
@several
@click.option("--pool", default="", help="Work pool whose workers run it; they need halflife and these paths.")
@click.option("--serve", is_flag=True, help="Run it here, one run at a time, until Ctrl-C.")
@click.option("--paused", is_flag=True, help="Register the schedule without starting it.")
@click.option("--tag", "tags", multiple=True, help="Of its runs, besides halflife's; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout; logs on stderr.")
@VERBOSE
def command(
    named: list[Resolved],
    pool: str,
    serve: bool,
    paused: bool,
    tags: tuple[str, ...],
    as_json: bool,
    verbose: int,
) -> None:
    """Register a deployment a model on the Prefect server that PREFECT_API_URL names, with the schedule of [schedule].

    Registering again changes it. Runs are picked up by a work pool's workers (--pool), or here (--serve).
    """
    from halflife.flows.use_cases.deploying import deploy, run_here

    named = named or [resolve(None, None)]
    every = [at(one.settings, verbose=verbose) for one in named]
    show(deploy(named, pool=pool, serve=serve, paused=paused, tags=tags), as_json)
    if serve:
        note("runs are picked up here, one at a time, until Ctrl-C")
        run_here(every)
