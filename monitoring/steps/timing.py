"""How long each step took, kept in the service, so that a run can say where its time went."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from halflife.monitoring.service import Service

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def clocked(service: Service, name: str) -> Iterator[None]:
    """Add the block's wall time, in seconds, to ``service.seconds[name]``."""
    started = time.perf_counter()
    try:
        yield
    finally:
        service.seconds[name] = service.seconds.get(name, 0.0) + time.perf_counter() - started


def timed(step: Callable[Concatenate[Service, P], T]) -> Callable[Concatenate[Service, P], T]:
    """Add the step's wall time, in seconds, to ``service.seconds`` under its name."""

    @wraps(step)
    def run(service: Service, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with clocked(service, step.__name__):
            return step(service, *args, **kwargs)

    return run
