"""How people are told: pages, and channels with deliveries that wait for them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from halflife.models.alert import Alert
from halflife.models.domain import Drift
from halflife.monitoring.conclusions import Conclusions

if TYPE_CHECKING:  # whoever reads a ledger loads no frames
    import pandas as pd


class Reporter(ABC):
    """Draws what a watch found (Evidently)."""

    def warm(self) -> None:  # noqa: B027 - most have nothing to load
        """Load what is slow to load; optional."""

    @abstractmethod
    def page(
        self, drift: Drift, conclusions: Conclusions, sides: tuple[pd.DataFrame, pd.DataFrame], path: Path
    ) -> Path:
        """Write the report of ``drift`` with ``conclusions`` as a metric of its own, as one HTML file.

        The scores shown are those of ``drift``; ``sides`` are rows to draw its columns from, reference and current,
        numbers as float64 and the rest as text, NaN for missing. Survives empty, constant and absent columns.
        """


@dataclass(frozen=True)
class Delivery:
    """One message to one channel, as the outbox sees it."""

    id: int
    alert: Alert
    channel: str
    attempts: int
    state: str
    error: str = ""


class Channel(ABC):
    """Somewhere an alert can go."""

    name: str

    @abstractmethod
    def send(self, alert: Alert) -> None:
        """Deliver once; the key travels along so that a receiver can drop repeats. Raises Unavailable with the cause."""
