"""What ``ingest``, ``watch``, ``retrain`` and ``recheck`` share: run one flow alone in a home."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from flows import engine
from flows.commands.common import alone, mark_last, note, run
from flows.settings import Settings

if TYPE_CHECKING:
    from monitoring.service import Service

T = TypeVar("T")


def opened(settings: Settings) -> "tuple[str, Service]":
    """The home's path and its service, made if it is new."""
    from flows.bootstrap import bootstrap, service

    bootstrap(settings)
    service.cache_clear()
    home = str(settings.home.resolve())
    here = service(home)
    here.observe = note
    return home, here


def run_flow(settings: Settings, verbose: bool, flow: Callable[[str], Coroutine[Any, Any, T]]) -> "tuple[T, Service]":
    """Run ``flow(home)`` while holding the home; gives its result and the service it used."""
    with alone(settings.home):
        engine.prepare(settings.home, verbose=verbose)
        home, here = opened(settings)
        result = run(lambda: flow(home), settings.home)
    mark_last(settings.home)
    return result, here
