"""Who runs the stages: a plain loop (``halflife.flows.plain_runner``) or Prefect (``halflife.flows.prefect_runner``)."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from halflife.models.domain import Drift, Version
    from halflife.monitoring.context import Context


class Runner(Protocol):
    """Runs what is due, or what is asked for, holding the home meanwhile. Raises Unavailable where it is held."""

    def start(self, home: Path) -> None:
        """Begin whatever is slow to start, while other things load."""

    def ready(self, home: Path) -> None:
        """Wait until what `start` began is there. Raises Unavailable."""

    def replay(self, context: "Context", until: int) -> dict[str, float]:
        """Every cycle due up to and including tick ``until``; gives stage's name -> seconds."""

    def run(self, context: "Context", until: int) -> None:
        """Everything that is due up to and including tick ``until``, and every delivery that is."""

    def ingest(self, context: "Context", ticks: int) -> None:
        """Take in the next ``ticks`` ticks."""

    def watch(self, context: "Context") -> "Drift | None":
        """Compare the newest ticks with the champion's window; None before there is a champion."""

    def retrain(self, context: "Context") -> "Version":
        """Train on the newest window, and do what follows. Raises NotTrainable."""

    def recheck(self, context: "Context") -> None:
        """Re-test every open finding on the newest version. Raises NotFound before there is one."""

    def deliver(self, context: "Context") -> None:
        """Try every delivery that is due."""
