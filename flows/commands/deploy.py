"""``halflife deploy``."""

from pathlib import Path

import click

from halflife.flows.commands.common import VERBOSE, at, note, show
from halflife.flows.resolution import resolve


@click.command(epilog="Example: halflife deploy --config churn.toml --pool ml, with a server in PREFECT_API_URL")
@click.option(
    "--config", "configs", type=click.Path(path_type=Path), multiple=True, help="Settings of a model; may be repeated."
)
@click.option(
    "--home",
    "homes",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A home, as it was last used; may be repeated.",
)
@click.option("--pool", default="", help="Work pool whose workers run it; they need halflife and these paths.")
@click.option("--serve", is_flag=True, help="Run it here, one run at a time, until Ctrl-C.")
@click.option("--paused", is_flag=True, help="Register the schedule without starting it.")
@click.option("--tag", "tags", multiple=True, help="Of its runs, besides halflife's; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout; logs on stderr.")
@VERBOSE
def command(
    configs: tuple[Path, ...],
    homes: tuple[Path, ...],
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

    asked: list[tuple[Path | None, Path | None]] = [(config, None) for config in configs]
    asked += [(None, home) for home in homes]
    resolved = [resolve(*one) for one in asked or [(None, None)]]
    every = [at(one.settings, verbose=verbose) for one in resolved]
    show(deploy(resolved, pool=pool, serve=serve, paused=paused, tags=tags), as_json)
    if serve:
        note("runs are picked up here, one at a time, until Ctrl-C")
        run_here(every)
