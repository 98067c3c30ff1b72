"""What every command shares: its options, where its home is, and how it prints."""

import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from halflife.flows import logs
from halflife.flows.opened import Opened
from halflife.flows.prefect_runner import PrefectRunner
from halflife.flows.resolution import resolve
from halflife.flows.settings import Settings
from halflife.flows.version_names import numbered
from halflife.models.errors import UsageError
from halflife.monitoring.reports.visible import visible

if TYPE_CHECKING:
    from halflife.flows.use_cases.run_answers import Rechecked
    from halflife.monitoring.context import Observer
    from halflife.monitoring.reports.rich_text import Terminal
    from halflife.monitoring.reports.shown import Shown


VERBOSE = click.option(
    "-v", "--verbose", count=True, help="Log what is done, Prefect's and MLflow's too; -vv every step of it."
)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--config``, ``--home``, ``--json`` and ``--verbose``; the command gets ``opened`` and ``as_json``."""

    @click.option("--config", type=click.Path(path_type=Path), help="Settings; default halflife.toml if it is there.")
    @click.option(
        "--home",
        type=click.Path(path_type=Path),
        help="Where everything is kept; default as the settings say, else the one used last.",
    )
    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout; logs on stderr.")
    @VERBOSE
    @wraps(command)
    def with_home(*args: Any, config: Path | None, home: Path | None, verbose: int, **kwargs: Any) -> Any:
        return command(*args, opened=at(resolve(config, home).settings, verbose=verbose), **kwargs)

    return with_home


def several(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--config`` and ``--home``, each as often as there are models; the command gets ``named``, empty for none."""

    @click.option(
        "--config",
        "configs",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Settings of a model; may be said several times. Default halflife.toml if it is there.",
    )
    @click.option(
        "--home",
        "homes",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Instead, a home as it was last used; may be said several times.",
    )
    @wraps(command)
    def with_models(*args: Any, configs: tuple[Path, ...], homes: tuple[Path, ...], **kwargs: Any) -> Any:
        named = [resolve(config, None) for config in configs] + [resolve(None, home) for home in homes]
        return command(*args, named=named, **kwargs)

    return with_models


def at(settings: Settings, *, verbose: int, observe: "Observer | None" = None) -> Opened:
    """A home for a command: its flows run under Prefect, and news goes to stderr."""

    def news(sentence: str, *, lasting: bool = False) -> None:
        if lasting:
            note(sentence)

    logs.configure(verbose)
    return Opened(settings, PrefectRunner(bool(verbose)), observe or news)


def emit(value: Any) -> None:
    """One JSON document on stdout; NaN and infinities become null."""
    from halflife.monitoring.reports.shown import plain

    # JSON escapes every character that is not ASCII but one of those that are and cannot be seen.
    click.echo(json.dumps(plain(value), indent=1).replace("\x7f", r"\u007f"))


def note(text: str) -> None:
    """A line for people, on stderr."""
    click.echo(visible(text), err=True)


def show(answer: "Shown", as_json: bool) -> None:
    """An answer on stdout: as JSON, or for people; sentences, paths and addresses in a file or a pipe stay whole."""
    if as_json:
        emit(answer.to_dict())
        return
    from halflife.monitoring.reports.hanging import Hanging
    from halflife.monitoring.reports.rich_text import flows

    console, said = terminal(), answer.__rich__()
    console.print(said, soft_wrap=not console.is_terminal and (flows(said) or isinstance(said, Hanging)))


def terminal() -> "Terminal":
    """Standard output; wide enough for tables when it is a file or a pipe."""
    from halflife.monitoring.reports.rich_text import Terminal
    from halflife.monitoring.reports.shown import WIDTH

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH
    return Terminal(width=width)


def short(path: Path) -> str:
    """Relative to where the command runs, if it is below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


class VersionNumber(click.ParamType["int"]):
    """``14`` or ``v14``."""

    name = "version"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return numbered(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


VERSION = VersionNumber()
FAIL_ON = click.option("--fail-on", type=click.Choice(["stale", "guard"]), help="Exit with 3 when it occurs.")


def fail(condition: str | None, standing: "Rechecked") -> None:
    """Exit with 3 when an open finding (``stale``) or guard (``guard``) is refuted on the newest version."""
    if condition is not None and standing.refutes(guards=condition == "guard"):
        sys.exit(3)


def interactive() -> bool:
    """Whether progress bars make sense."""
    return sys.stderr.isatty()
