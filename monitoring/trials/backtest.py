"""Where recipes are tried: one history, read only, and a context in memory for each recipe."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from halflife.models.domain import Drift
from halflife.models.errors import UsageError
from halflife.models.recipe import Recipe
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.context import Context, cached
from halflife.monitoring.plan import calendar
from halflife.monitoring.policy import Policy
from halflife.monitoring.ports import Feed, Ledger, Registry, Reporter, Shadows, Store
from halflife.monitoring.trials.prequential import labelled
from halflife.monitoring.trials.store_as_of import StoreAsOf

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Backtest:
    """A history and how recipes are tried on it.

    Retrains go by the calendar, every ``policy.retrain.every`` ticks, never by drift: every recipe is trained on the same
    windows and scored on the same rows. No shadows are trained.

    Attributes:
        store: with all ticks of the history; only read.
        feed: for the context; nothing is pulled from it.
        policy: in force; its recipe is the one the others are variants of.
        until: last tick of the history.
        ledger: an empty ledger that nobody else sees.
        registry: an empty registry.
        shadows: an empty place for shadows under a folder.
    """

    store: Store
    feed: Feed
    policy: Policy
    until: int
    ledger: Callable[[], AbstractContextManager[Ledger]]
    registry: Callable[[], Registry]
    shadows: Callable[[Path], Shadows]

    @property
    def calendar(self) -> tuple[int, ...]:
        """Ticks at which a version is due. Raises UsageError when there are not two: nothing could be compared."""
        window, every = self.policy.retrain.window, self.policy.retrain.every
        due = tuple(calendar(self.policy, self.until))
        if len(due) < 2:
            raise UsageError(
                f"ticks 0 to {self.until} are too few to compare recipes on: two versions trained on {window} ticks, "
                f"{every} apart, take ticks 0 to {window + every - 1}"
            )
        return due

    @cached_property
    def rows_digest(self) -> str:
        """Of the first and the last window of the history, with the labels known then and in the end."""
        last, window = self.calendar[-1], self.policy.retrain.window
        first = self.store.window(0, window - 1, self.store.as_of(window - 1))
        return first.digest + self.store.window(last - window + 1, self.until, self.store.as_of(self.until)).digest

    def after(self, tick: int) -> "pd.DataFrame":
        """Labelled rows between a version due at ``tick`` and the next one due, with the labels known in the end."""
        last = min(tick + self.policy.retrain.every, self.until)
        if last == tick:
            return self.store.window(tick, tick).rows.iloc[:0]
        return labelled(self.store.window(tick + 1, last, self.store.as_of(self.until)))

    @contextmanager
    def context(self, recipe: Recipe) -> Iterator[tuple[Context, StoreAsOf]]:
        """A context in memory and the past it sees; what steps write goes to a folder that does not outlive it."""
        own = self.policy
        policy = replace(
            own,
            recipe=recipe,
            changes=(),
            retrain=own.retrain.model_copy(update={"on_drift": False}),
            shadows=own.shadows.model_copy(update={"count": 0}),
            causes=own.causes.model_copy(update={"fits": 0}),
        )
        past = StoreAsOf(self.store, self.calendar[0])
        with TemporaryDirectory(prefix="halflife-trial-") as folder, self.ledger() as ledger:
            home = Path(folder)
            yield (
                cached(
                    home=home,
                    policy=policy,
                    feed=self.feed,
                    store=past,
                    registry=self.registry(),
                    ledger=ledger,
                    reporter=NullReporter(),
                    channels={},
                    shadows=self.shadows(home / "shadows"),
                ),
                past,
            )


def last_tick(store: Store, feed: Feed, until: int | None) -> int:
    """Where a history ends: at ``until``, else with the rows in the store, else with the feed.

    Raises:
        UsageError: the feed does not end, the store is empty and ``until`` is None; or ``until`` is past both.
    """
    ends = store.last_tick if store.last_tick >= 0 else feed.ticks and feed.ticks - 1
    if until is None:
        if ends is None:
            raise UsageError("this feed does not end; say how far to go with --until TICK, or set feed.ticks")
        return ends
    if until > store.last_tick and feed.ticks is not None and until >= feed.ticks:
        raise UsageError(f"tick {until} is past the end of the feed, which has ticks 0 to {feed.ticks - 1}")
    return until


class NullReporter(Reporter):
    """A trial has no watches and draws no pages of them."""

    def page(
        self, drift: Drift, conclusions: Conclusions, sides: "tuple[pd.DataFrame, pd.DataFrame]", path: Path
    ) -> Path:
        raise UsageError("a trial of recipes has no drift report")
