"""A home and its settings, opened as far as a use case needs it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from halflife.flows.home_lock import locked
from halflife.flows.settings import Settings
from halflife.models.errors import NotFound

if TYPE_CHECKING:  # what a use case does not open it does not load
    from halflife.flows.runners import Runner
    from halflife.monitoring.conclusions import Conclusions
    from halflife.monitoring.context import Context, Observer
    from halflife.monitoring.ports import Ledger
    from halflife.monitoring.reports.rich_text import Terminal


@dataclass
class Opened:
    """What every use case is given.

    Attributes:
        settings: in force.
        runner: who runs stages.
        observe: told what happens; nobody when None.
        terminal: on which alerts of the console channel are printed; standard output when None.
    """

    settings: Settings
    runner: "Runner"
    observe: "Observer | None" = None
    terminal: "Terminal | None" = None

    @cached_property
    def context(self) -> "Context":
        """Ports and policy; the home is made if it is not there."""
        from halflife.flows.bootstrap import bootstrap

        return bootstrap(self.settings, self.observe, self.terminal)

    @cached_property
    def ledger(self) -> "Ledger":
        """The ledger alone, for what only looks. Raises NotFound where there is none yet."""
        from halflife.flows.ledger_place import has_ledger, ledger

        if not has_ledger(self.settings):
            raise NotFound(f"{self.settings.home} has no ledger yet; start with `halflife replay` or `halflife demo`")
        return ledger(self.settings)

    @property
    def last_tick(self) -> int:
        """Stored last; -1 for none."""
        from halflife.flows.bootstrap import store

        return store(self.settings).last_tick

    def story(self, *, scored: bool = False) -> "Conclusions":
        """What the ledger concludes; ``scored``: and how good forecasts have been."""
        from halflife.monitoring.conclude import tell

        return tell(self.ledger, scored=scored)

    def alone(self, wait: float = 0.0) -> AbstractContextManager[None]:
        """Hold the home while something is written there. Raises Unavailable after ``wait`` seconds."""
        return locked(self.settings.home, wait, self.settings)
