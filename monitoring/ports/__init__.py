"""What the core needs from the outside, as abstract classes; ``flows/bootstrap.py`` joins them to adapters."""

from monitoring.ports.kept_models import Registry, Shadows
from monitoring.ports.ledger import Ledger
from monitoring.ports.rows import Feed, Ingested, Store
from monitoring.ports.telling import Channel, Delivery, Reporter

__all__ = ["Channel", "Delivery", "Feed", "Ingested", "Ledger", "Registry", "Reporter", "Shadows", "Store"]
