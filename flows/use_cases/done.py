"""What a run of everything that was due did."""

from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType

from halflife.flows.use_cases.run_answers import waiting_lines, waiting_values
from halflife.monitoring.ports import Waiting
from halflife.monitoring.reports.rich_text import Text
from halflife.monitoring.reports.shown import Shown
from halflife.monitoring.wording.figures import plural
from halflife.monitoring.wording.tick_words import ticks


@dataclass(frozen=True, repr=False, eq=False)
class Done(Shown):
    """What a run did; all of it nothing where nothing was due.

    Attributes:
        ingested: rows added to the store.
        labels: added to the store, of rows whenever they came.
        late: of these rows, how many came after their own tick was over.
        quarantined: rows and labels set aside.
        ticks: first and last tick taken in; None where none was over.
        dates: of these.
        watched: how often the newest ticks were compared with the champion's window.
        versions: registered.
        untested: of each of them, how many findings could not be tested on it; empty where all could.
        delivered: messages sent, one for each alert in each channel.
        alerts: of which there were messages.
        channels: that took them.
        waiting: what is not in the store yet; None where the feed cannot count it.
        seconds: it took.
    """

    ingested: int
    labels: int
    late: int
    quarantined: int
    ticks: tuple[int, int] | None
    dates: tuple[str, str] | None
    watched: int
    versions: tuple[str, ...]
    untested: tuple[str, ...]
    delivered: int
    alerts: int
    channels: tuple[str, ...]
    waiting: Waiting | None
    seconds: float

    def values(self) -> dict[str, Any]:
        return {
            "ingested": self.ingested,
            "labels": self.labels,
            "late": self.late,
            "quarantined": self.quarantined,
            "watched": self.watched,
            "versions": list(self.versions),
            "untested": list(self.untested),
            "delivered": self.delivered,
            "alerts": self.alerts,
            "channels": list(self.channels),
            **waiting_values(self.waiting),
            "seconds": round(self.seconds, 3),
        }

    @property
    def sentence(self) -> str:
        """What was done."""
        told = []
        if self.ticks is not None:
            late = f", {self.late:,} of them late" if self.late else ""
            aside = f"; {self.quarantined:,} rows and labels set aside" if self.quarantined else ""
            told.append(f"{self.ingested:,} rows of {ticks(*self.ticks, self.dates)}{late}{aside}")
        told += [f"{self.watched} {plural('watch', self.watched).replace('watchs', 'watches')}"] if self.watched else []
        told += [f"{', '.join(self.versions)} registered"] if self.versions else []
        if self.delivered:
            where = f"{len(self.channels)} {plural('channel', len(self.channels))}"
            told.append(f"{self.alerts} {plural('alert', self.alerts)} sent in {where}")
        return "; ".join(told) or "nothing was due"

    def __rich__(self) -> RenderableType:
        return Text("\n".join([self.sentence, *self.untested, *waiting_lines(self.waiting)]))
