"""Fakes that subclass the ports: they do nothing, quickly, and remember what they were asked to do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from halflife.models.alert import Alert
from halflife.models.domain import Drift, Role, Version
from halflife.models.errors import FeedError, NotFound
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL, ROW_ID, Batch, Schema, Window
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.ports import Channel, Feed, Registry, Reporter


class FramesFeed(Feed):
    """A feed of given frames, one a tick, whose labels come with their rows.

    Args:
        schema: of the frames.
        frames: ``_id``, ``_label`` (NaN for one that never comes) and the features.

    >>> from halflife.testing.small_model import SCHEMA, small_rows
    >>> feed = FramesFeed(SCHEMA, [small_rows(3, seed=1)])
    >>> feed.ticks, feed.batch(0).labels["_id"].tolist()
    (1, ['41000', '41001', '41002'])
    """

    def __init__(self, schema: Schema, frames: Sequence[pd.DataFrame]) -> None:
        self._schema, self._frames = schema, tuple(frames)

    @property
    def schema(self) -> Schema:
        return self._schema

    @property
    def ticks(self) -> int:
        return len(self._frames)

    def batch(self, tick: int) -> Batch:
        if not 0 <= tick < self.ticks:
            raise FeedError(f"there are {self.ticks} frames; there is no tick {tick}")
        frame = self._frames[tick].reset_index(drop=True)
        labels = frame.loc[frame[LABEL].notna(), [ROW_ID, LABEL]].reset_index(drop=True)
        return Batch(tick, frame[[ROW_ID, *self._schema.names]].copy(), labels)


@dataclass
class RememberingChannel(Channel):
    """Delivers nowhere.

    Attributes:
        failing: makes what is raised at a send; None to take every alert.
        got: the alerts it took, in order.
        asked: how often it was asked, failures included.
    """

    name: str = "remembering"
    failing: Callable[[], BaseException] | None = None
    got: list[Alert] = field(default_factory=list)
    asked: int = 0

    @property
    def keys(self) -> list[str]:
        """Of the alerts it took, in order."""
        return [alert.key for alert in self.got]

    def send(self, alert: Alert) -> None:
        self.asked += 1
        if self.failing is not None:
            raise self.failing()
        self.got.append(alert)


class RememberingRegistry(Registry):
    """Keeps everything in memory, to be looked at.

    Attributes:
        models: number of a version -> its model.
        aliases: role -> number of the version that was promoted to it last.
        cards: number of a version -> its description.
    """

    def __init__(self) -> None:
        self.models: dict[int, Model] = {}
        self.aliases: dict[Role, int] = {}
        self.cards: dict[int, str] = {}
        self._tags: dict[int, dict[str, str]] = {}

    def register(self, version: Version, model: Model, window: Window) -> Version:
        self.models.setdefault(version.number, model)
        self._tags.setdefault(version.number, {})
        return replace(version, registry_version=str(version.number), run_id=f"run{version.number}")

    def model(self, version: Version) -> Model:
        self._require(version)
        return self.models[version.number]

    def promote(self, version: Version, role: Role) -> None:
        self._require(version)
        self.aliases[role] = version.number

    def annotate(
        self,
        version: Version,
        *,
        metrics: Mapping[str, float],
        artifacts: Sequence[Path] = (),
        texts: Mapping[str, str] | None = None,
        tags: Mapping[str, str | None] | None = None,
        card: str | None = None,
    ) -> None:
        self._require(version)
        said = {**self._tags[version.number], **(tags or {})}
        self._tags[version.number] = {name: value for name, value in said.items() if value is not None}
        if card is not None:
            self.cards[version.number] = card

    def tags(self, versions: Sequence[Version]) -> dict[int, dict[str, str]]:
        return {v.number: dict(self._tags[v.number]) for v in versions if v.number in self._tags}

    def _require(self, version: Version) -> None:
        if version.number not in self.models:
            raise NotFound(f"{version.label} is not registered; there are {len(self.models)} versions")


class RememberingReporter(Reporter):
    """Draws nothing.

    Attributes:
        drawn: each watch it was given, with the rows to draw.
    """

    def __init__(self) -> None:
        self.drawn: list[tuple[Drift, tuple[pd.DataFrame, pd.DataFrame]]] = []

    def page(
        self, drift: Drift, conclusions: Conclusions, sides: tuple[pd.DataFrame, pd.DataFrame], path: Path
    ) -> Path:
        """An empty page."""
        self.drawn.append((drift, sides))
        path.write_text("", encoding="utf-8")
        return path
