"""What the core needs from the outside, as abstract classes; ``flows/bootstrap.py`` joins them to adapters."""

from halflife.monitoring.ports.kept_models import Registry, Shadows
from halflife.monitoring.ports.ledger import Ledger
from halflife.monitoring.ports.rows import Feed, Ingested, Store, Taken, Waiting
from halflife.monitoring.ports.telling import Channel, Delivery, Reporter

__all__ = [
    "Channel",
    "Delivery",
    "Feed",
    "Ingested",
    "Ledger",
    "Registry",
    "Reporter",
    "Shadows",
    "Store",
    "Taken",
    "Waiting",
]
