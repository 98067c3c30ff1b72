"""``halflife retrain``."""

from collections.abc import Coroutine
from dataclasses import asdict
from typing import Any

import click

from halflife.flows.commands.common import emit, options
from halflife.flows.commands.steps import fail, run_flow
from halflife.flows.settings import Settings
from halflife.models.domain import Version


@click.command(epilog="Example: halflife retrain --fail-on guard")
@click.option("--fail-on", type=click.Choice(["stale", "guard"]), help="Exit with 3 when it occurs.")
@options
def command(settings: Settings, fail_on: str | None, as_json: bool, verbose: bool) -> None:
    """Train, gate and register a version on the newest window, then re-test every open finding on it."""

    def flow(home: str) -> Coroutine[Any, Any, Version]:
        from halflife.flows.recheck import recheck
        from halflife.flows.retrain import retrain

        async def both() -> Version:
            version = await retrain(home)
            await recheck(home)
            return version

        return both()

    version, here = run_flow(settings, verbose, flow)
    if as_json:
        emit({**asdict(version), "version": version.label})
    else:
        click.echo(f"{version.label} is {version.role}: {version.reason}")
        for name, interval in version.metrics.items():
            click.echo(f"  {name:<10} {interval}")
    fail(fail_on, here)
