"""How long each step took, kept in the service, so that a run can say where its time went."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from monitoring.service import Service

P = ParamSpec("P")
T = TypeVar("T")


def timed(step: Callable[Concatenate[Service, P], T]) -> Callable[Concatenate[Service, P], T]:
    """Add the step's wall time, in seconds, to ``service.seconds[name]``."""

    @wraps(step)
    def run(service: Service, /, *args: P.args, **kwargs: P.kwargs) -> T:
        started = time.perf_counter()
        try:
            return step(service, *args, **kwargs)
        finally:
            elapsed = time.perf_counter() - started
            service.seconds[step.__name__] = service.seconds.get(step.__name__, 0.0) + elapsed

    return run
