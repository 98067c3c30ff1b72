"""What can be done in a cycle: a frozen type a stage. In which order, and when, ``halflife.monitoring.plan`` says."""

from dataclasses import dataclass
from typing import ClassVar

from halflife.models.domain import Milestone


@dataclass(frozen=True)
class Stage:
    """Something that is to be done.

    Attributes:
        tick: up to which, or on the version of which.
        why: in a few words.
        version: number of the version it is about; None for those about ticks.
    """

    name: ClassVar[str]
    until: ClassVar[Milestone | None] = None
    """It follows a new version until this milestone; None for stages that follow none."""
    repeats: ClassVar[bool] = False
    """Whether it is done again when a version is re-tested on demand."""
    tick: int
    why: str
    version: int | None = None

    def __str__(self) -> str:
        return f"{self.name} v{self.version}" if self.version else f"{self.name} tick {self.tick}"


class Ingest(Stage):
    """Take in every tick that is not stored yet."""

    name = "ingest"

    def __str__(self) -> str:
        return f"ingest to tick {self.tick}"


class Watch(Stage):
    """Compare the newest ticks with the champion's window."""

    name = "watch"


class WarnOfDrift(Stage):
    """Decide the alert that drift was flagged and no retrain follows."""

    name = "warn"


class Retrain(Stage):
    """Train, gate and register a version."""

    name = "retrain"

    def __str__(self) -> str:
        return f"retrain on ticks to {self.tick}"


class TrainShadows(Stage):
    """Train the version's control models."""

    name, until, repeats = "shadows", Milestone.RECHECKED, True


class MeasureOpacity(Stage):
    """Measure what cannot be known about the version."""

    name, until = "opacity", Milestone.RECHECKED


class ThinShadows(Stage):
    """Forget the shadows of versions that are too old."""

    name, until, repeats = "thin shadows", Milestone.RECHECKED, True


class Recheck(Stage):
    """Re-test every open finding on the version, among them what tags on versions asked for since."""

    name, until, repeats = "recheck", Milestone.RECHECKED, True


class AttributeCauses(Stage):
    """Say what made each status change."""

    name, until, repeats = "causes", Milestone.INVESTIGATED, True


class Investigate(Stage):
    """File what the standard investigation of the version concludes."""

    name, until = "investigate", Milestone.INVESTIGATED


class Foresee(Stage):
    """Forecast which open findings the next version will refute."""

    name, until, repeats = "foresight", Milestone.REPORTED, True


class Report(Stage):
    """Tell the story on pages, in MLflow and in the outbox."""

    name, until, repeats = "report", Milestone.REPORTED, True


class Deliver(Stage):
    """Send what the outbox holds."""

    name = "deliver"

    def __str__(self) -> str:
        return "deliver alerts"
