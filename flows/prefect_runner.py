"""The flows of ``halflife.flows.cycle``, each run to its end in this process."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from halflife.flows import prefect_engine
from halflife.flows.bootstrap import hold
from halflife.flows.runners import Runner
from halflife.flows.stopped import Terminated

if TYPE_CHECKING:
    from halflife.models.domain import Drift, Version
    from halflife.monitoring.context import Context

T = TypeVar("T")


@dataclass
class PrefectRunner(Runner):
    """Under Prefect: on the server that is configured, else on a temporary one for as long as this process lives.

    Starting takes seconds, so `start` is called before whatever else is slow, and waited for before the first flow.

    Args:
        verbose: let Prefect log what it does.
    """

    verbose: bool = False
    _ready: Callable[[], None] | None = field(default=None, repr=False)

    def start(self, home: Path) -> None:
        """Begin to start the server, with its database under ``home``."""
        if self._ready is None:
            self._ready = prefect_engine.prepare(home, verbose=self.verbose)

    def ready(self, home: Path) -> None:
        """Until the server answers. Raises Unavailable when it does not."""
        self.start(home)
        assert self._ready is not None
        self._ready()

    def replay(self, context: "Context", until: int) -> dict[str, float]:
        from halflife.flows.cycle import replay

        return self._run(context, lambda home: replay(home, until))

    def run(self, context: "Context", until: int) -> None:
        from halflife.flows.cycle import run

        self._run(context, lambda home: run(home, until))

    def ingest(self, context: "Context", ticks: int) -> None:
        from halflife.flows.cycle import ingest

        self._run(context, lambda home: ingest(home, ticks))

    def watch(self, context: "Context") -> "Drift | None":
        from halflife.flows.cycle import watch

        return self._run(context, lambda home: watch(home))

    def retrain(self, context: "Context") -> "Version":
        from halflife.flows.cycle import retrain

        return self._run(context, lambda home: retrain(home))

    def recheck(self, context: "Context") -> None:
        from halflife.flows.cycle import recheck

        self._run(context, lambda home: recheck(home))

    def deliver(self, context: "Context") -> None:
        from halflife.flows.cycle import deliver

        self._run(context, lambda home: deliver(home))

    def _run(self, context: "Context", flow: Callable[[str], Coroutine[Any, Any, T]]) -> T:
        import asyncio

        self.ready(context.home)
        home = hold(context)

        async def whole() -> T:
            return await flow(home)

        from prefect.exceptions import TerminationSignal

        try:
            return asyncio.run(whole())
        except TerminationSignal:  # Prefect's own, of SIGTERM
            raise Terminated from None
