"""Pull ticks from the feed into the store, exactly once."""

from halflife.models.domain import Role
from halflife.models.learner.model import Model
from halflife.models.learner.selective_labels import selective_labels
from halflife.monitoring.context import Context
from halflife.monitoring.ports import Ingested


def ingest(context: Context, upto: int) -> list[Ingested]:
    """Ingest every tick after the last one stored, up to and including ``upto``, as far as the feed reaches.

    Returns:
        One entry a tick; empty when ``upto`` is stored already, and when the feed has nothing new.

    Raises:
        FeedError: the feed cannot be read.
    """
    ticks = context.feed.ticks
    upto = upto if ticks is None else min(upto, ticks - 1)
    schema = context.store.schema or context.feed.schema
    done = []
    for tick in range(context.store.last_tick + 1, upto + 1):
        batch = context.feed.batch(tick)
        if context.feed.exploration is not None:
            batch = selective_labels(batch, _champion_of(context, tick), context.feed.exploration, context.store.cases)
        done.append(context.store.append(batch, schema))
        context.observe(f"tick {tick}")
    return done


def next_closed(context: Context, ticks: int) -> int:
    """The last of the next ``ticks`` ticks, or of those that are over if these are fewer; the last stored if none is."""
    last, closed = context.store.last_tick, context.feed.closed
    return last + ticks if closed is None else max(last, min(last + ticks, closed - 1))


def _champion_of(context: Context, tick: int) -> Model | None:
    """The model that decided at a tick: of the newest champion trained on earlier ones."""
    champions = [v for v in context.ledger.versions() if v.role is Role.CHAMPION and v.last < tick]
    return context.registry.model(champions[-1]) if champions else None
