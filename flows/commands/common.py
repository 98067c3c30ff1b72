"""What every command shares: its options, where its home is, how it prints, and how it runs a flow."""

import fcntl
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from halflife.flows.configuration import read
from halflife.flows.settings import Settings
from halflife.models.errors import Unavailable

T = TypeVar("T")

DEFAULT_HOME = Path("halflife-home")
DEFAULT_CONFIG = Path("halflife.toml")
LAST = DEFAULT_HOME / ".last"
"""Names the home that was used last, so that the next command needs no option."""


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--config``, ``--home``, ``--json`` and ``--verbose``; the command gets ``settings``, ``as_json``, ``verbose``."""

    @click.option("--config", type=click.Path(path_type=Path), help="Settings; default halflife.toml if it is there.")
    @click.option(
        "--home", type=click.Path(path_type=Path), help="Where everything is kept; default the one used last."
    )
    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout; logs on stderr.")
    @click.option("-v", "--verbose", is_flag=True, help="Let Prefect and MLflow log what they do.")
    @wraps(command)
    def with_settings(*args: Any, config: Path | None, home: Path | None, **kwargs: Any) -> Any:
        return command(*args, settings=resolve(config, home), **kwargs)

    return with_settings


def resolve(config: Path | None, home: Path | None) -> Settings:
    """The settings in force: the file given, else ``halflife.toml``, else those the home was last used with."""
    if config is None and home is None and DEFAULT_CONFIG.exists():
        config = DEFAULT_CONFIG
    if config is not None:
        settings = read(config)
        return settings if home is None else settings.model_copy(update={"home": home})
    where = home or _last()
    if (where / "settings.json").exists():
        from halflife.flows.bootstrap import recall

        return recall(where)
    return Settings(home=where)


def _last() -> Path:
    if LAST.exists():
        last = Path(LAST.read_text(encoding="utf-8").strip())
        if (last / "settings.json").exists():
            return last
    return DEFAULT_HOME


def mark_last(home: Path) -> None:
    """Remember this home as the one used last, when it lives under the default folder."""
    if DEFAULT_HOME.resolve() in home.resolve().parents:
        LAST.parent.mkdir(parents=True, exist_ok=True)
        LAST.write_text(f"{home}\n", encoding="utf-8")


def emit(value: Any) -> None:
    """One JSON document on stdout; NaN and infinities become null."""
    click.echo(json.dumps(_finite(value), indent=1, default=str))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def note(text: str) -> None:
    """A line for people, on stderr."""
    click.echo(text, err=True)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the home for one writing command at a time; the lock goes with the process, however it ends.

    Raises:
        Unavailable: another command is writing there, or the folder cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / ".lock").open("w")
    except OSError as error:
        raise Unavailable(f"{home} cannot be written: {error.strerror}; choose another folder with --home") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unavailable(f"another halflife command is working in {home}; wait for it to end") from None
        yield


def run(flow: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a flow to its end in this process."""
    import asyncio

    async def whole() -> T:
        return await flow()

    return asyncio.run(whole())


def interactive() -> bool:
    """Whether progress bars make sense."""
    return sys.stderr.isatty()
