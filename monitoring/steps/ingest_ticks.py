"""Pull ticks from the feed into the store, exactly once."""

from halflife.models.errors import FeedError
from halflife.monitoring.ports import Ingested
from halflife.monitoring.service import Service
from halflife.monitoring.steps.selective_labels import selective_labels
from halflife.monitoring.steps.timing import timed


@timed
def ingest(service: Service, upto: int) -> list[Ingested]:
    """Ingest every tick after the last one stored, up to and including ``upto``.

    Returns:
        One entry a tick; empty when ``upto`` is stored already.

    Raises:
        FeedError: the feed ends before ``upto``.
    """
    ticks = service.feed.ticks
    if ticks is not None and upto >= ticks:
        raise FeedError(f"tick {upto} is past the end of the feed, which has {ticks} ticks (0 to {ticks - 1})")
    schema = service.store.schema or service.feed.schema
    done = []
    for tick in range(service.store.last_tick + 1, upto + 1):
        batch = service.feed.batch(tick)
        if service.feed.exploration is not None:
            batch = selective_labels(service, batch, service.feed.exploration)
        done.append(service.store.append(batch, schema))
        service.observe(f"tick {tick}")
    return done
