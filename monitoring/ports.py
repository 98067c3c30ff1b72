"""What the core needs from the outside, as abstract classes; ``flows/bootstrap.py`` joins them to adapters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.cause import Why
from models.domain import Alert, Check, Drift, Finding, Role, Stage, Status, Version
from models.forecast import Forecast
from models.opacity import Opacity
from monitoring.conclusions import Conclusions

if TYPE_CHECKING:  # whoever reads a ledger loads neither frames nor models
    import pandas as pd

    from models.learner.model import Model
    from models.rows import Batch, Schema, Split, Window
    from monitoring.sketches.profile import Profile


class Feed(ABC):
    """A stream of rows in ticks, random access: tick k without tick k - 1."""

    @property
    @abstractmethod
    def schema(self) -> Schema:
        """The features as the feed has them now. Raises FeedError."""

    @property
    @abstractmethod
    def ticks(self) -> int | None:
        """How many ticks there are; None when the feed does not end."""

    @abstractmethod
    def batch(self, tick: int) -> Batch:
        """Everything that arrives in ``tick``. Raises FeedError past the end."""

    @property
    def exploration(self) -> float | None:
        """Share of the rows the champion decides against that keep their label; None where decisions touch no label."""
        return None


@dataclass(frozen=True)
class Ingested:
    """What one tick added to the store; ``repeated`` when it had been there already and nothing was added."""

    tick: int
    rows: int
    labels: int
    quarantined: int
    repeated: bool


class Store(ABC):
    """Rows, exactly once, with a version number from which any window can be built again."""

    @property
    @abstractmethod
    def schema(self) -> Schema | None:
        """The schema fixed by the first tick; None while the store is empty."""

    @property
    @abstractmethod
    def split(self) -> Split:
        """The shares fixed when the store was made."""

    @property
    @abstractmethod
    def last_tick(self) -> int:
        """The last tick that is wholly in the store; -1 while it is empty."""

    @abstractmethod
    def append(self, batch: Batch, schema: Schema) -> Ingested:
        """Validate and add one tick; bad rows go to quarantine with their reason.

        Raises:
            TickError: the tick is neither the next one nor one already stored.
            SchemaError: ``schema`` differs from the one fixed, or a whole column no longer fits its type.
        """

    @abstractmethod
    def window(self, first: int, last: int, source: str | None = None) -> Window:
        """Ticks ``first`` to ``last`` with labels joined, as of ``source`` (default: now)."""

    @abstractmethod
    def as_of(self, tick: int) -> str:
        """The store's version when ``tick`` was the last one in it, as ``source`` of its windows. Raises TickError."""

    @abstractmethod
    def cases(self, ids: Iterable[str]) -> pd.DataFrame:
        """The canonical rows with these ids (those that exist), labels joined."""

    @abstractmethod
    def profile(self, first: int, last: int) -> Profile:
        """What is kept of the features in ticks ``first`` to ``last``: their histograms. No row is read.

        Profiles of any ticks have the same bins. Histograms that are missing are counted from the rows. Raises TickError.
        """

    @abstractmethod
    def values(self, name: str, first: int, last: int) -> pd.Series[Any]:
        """One feature in ticks ``first`` to ``last``, in no particular order."""

    @abstractmethod
    def labels(self, first: int, last: int, source: str | None = None) -> tuple[int, int]:
        """How many rows of ticks ``first`` to ``last`` have label 0 and label 1, as of ``source`` (default: now)."""

    @abstractmethod
    def sample(self, first: int, last: int, source: str | None = None, *, rows: int) -> pd.DataFrame:
        """At most so many canonical rows of ticks ``first`` to ``last`` that never train: those with the smallest hash."""

    @abstractmethod
    def quarantine(self, first: int = 0, last: int | None = None) -> pd.DataFrame:
        """Every row set aside in ticks ``first`` to ``last`` (default: the newest): columns ``tick``, ``id``, ``reason``, ``row`` (the row as JSON)."""


class Registry(ABC):
    """Where models and what was said about them are kept and seen (MLflow)."""

    def warm(self) -> None:  # noqa: B027 - most have nothing to load
        """Load what is slow to load; optional."""

    @abstractmethod
    def register(self, version: Version, model: Model, window: Window) -> Version:
        """Log one run and register one version; the same version again changes nothing and returns the same."""

    @abstractmethod
    def model(self, version: Version) -> Model:
        """Load a registered model, from LightGBM's text and JSON only. Raises NotFound."""

    @abstractmethod
    def promote(self, version: Version, role: Role) -> None:
        """Point the alias of ``role`` at this version."""

    @abstractmethod
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
        """Add metrics, files, JSON or text artifacts by name, tags and the description card; saying it twice is saying it once.

        A tag whose value is None is taken away.
        """

    def tags(self, versions: Sequence[Version]) -> dict[int, dict[str, str]]:
        """Version number -> the tags of its registered version, people's among them; those that are not there are left out.

        A registry that has no tags says nothing.
        """
        return {}


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


class Shadows(ABC):
    """Where the shadows of versions are kept, compactly, for as long as the retention rule lets them."""

    @abstractmethod
    def keep(self, version: int, number: int, model: Model) -> None:
        """Keep shadow ``number`` (from 0) of a version, whole or not at all; the same again changes nothing."""

    @abstractmethod
    def known(self, version: int) -> tuple[int, ...]:
        """Numbers of the shadows of a version that are kept, ascending."""

    @abstractmethod
    def load(self, version: int, number: int) -> Model:
        """One shadow. Raises NotFound: it was never kept, or thinned away."""

    @abstractmethod
    def thin(self, kept: Iterable[int]) -> int:
        """Forget the shadows of every version but these; how many bytes were freed."""


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


class Ledger(ABC):
    """Versions, findings, checks, drift, alerts and deliveries. Every method is one transaction."""

    @abstractmethod
    def versions(self) -> list[Version]:
        """All versions, oldest first."""

    @abstractmethod
    def add_version(self, version: Version) -> None:
        """At stage REGISTERED; adding it again changes nothing."""

    @abstractmethod
    def stage(self, number: int) -> Stage:
        """How far the version's cycle has come. Raises NotFound."""

    @abstractmethod
    def findings(self, *, open_only: bool = False) -> list[Finding]:
        """All findings by id; ``open_only`` leaves out stillborn and retired ones."""

    @abstractmethod
    def finding(self, key: str) -> Finding:
        """By name or number. Raises NotFound listing near names."""

    @abstractmethod
    def file(
        self, findings: Sequence[Finding], checks: Sequence[Check], *, stage: tuple[int, Stage] | None = None
    ) -> list[Finding]:
        """Add findings and their birth checks (``check.finding`` is the index into ``findings``), and set a stage.

        A finding whose name exists is left as it is (and its birth check with it). Returns all with their ids, in order.
        """

    @abstractmethod
    def record_checks(self, version: int, checks: Sequence[Check], *, stage: Stage | None = None) -> None:
        """Replace the checks of (finding, version) pairs by these, and set the version's stage if given."""

    @abstractmethod
    def checks(self, *, finding: int | None = None, version: int | None = None, since: int = 0) -> list[Check]:
        """By version then finding; those of one finding, of one version, of versions from ``since`` on."""

    @abstractmethod
    def statuses(self) -> dict[int, dict[int, Status]]:
        """Finding id -> version number -> status of the check there: what is left of every check, in little room."""

    @abstractmethod
    def retire(self, findings: Iterable[int], version: int) -> None:
        """Stop re-testing from ``version`` on."""

    @abstractmethod
    def revise(self, findings: Sequence[Finding]) -> None:
        """Set what does not touch the claim, by id: author, note, guard, ttl, links, in_file. Raises NotFound."""

    @abstractmethod
    def supersede(self, findings: Iterable[int], version: int) -> None:
        """Retire from ``version`` on and free the name: ``fair``, the finding 12, is called ``fair~12`` from now on."""

    @abstractmethod
    def record_causes(self, version: int, whys: Sequence[Why]) -> None:
        """Replace what is known of why findings are on ``version`` as they are; one per (finding, version)."""

    @abstractmethod
    def causes(self, *, finding: int | None = None, since: int = 0) -> list[Why]:
        """By version then finding; those of one finding, of versions from ``since`` on."""

    @abstractmethod
    def record_forecasts(self, version: int, forecasts: Sequence[Forecast]) -> None:
        """Replace what was foretold after ``version``; one per (finding, version)."""

    @abstractmethod
    def forecasts(self, *, since: int = 0) -> list[Forecast]:
        """By version then finding; those told after versions from ``since`` on."""

    @abstractmethod
    def record_opacity(self, opacity: Opacity) -> None:
        """One a version."""

    @abstractmethod
    def opacities(self) -> list[Opacity]:
        """By version."""

    @abstractmethod
    def record_drift(self, drift: Drift) -> None:
        """One per (tick, champion)."""

    @abstractmethod
    def drifts(self, *, since: int = 0) -> list[Drift]:
        """By tick; those of ticks from ``since`` on."""

    @abstractmethod
    def enqueue(self, alert: Alert, channels: Sequence[str], *, stage: tuple[int, Stage] | None = None) -> bool:
        """Put an alert in the outbox, one delivery a channel; False when its key is there already. Sets a stage."""

    @abstractmethod
    def set_stage(self, number: int, stage: Stage) -> None:
        """When there is nothing else to write."""

    @abstractmethod
    def due(self, now: float) -> list[Delivery]:
        """Deliveries neither sent nor dead whose next attempt is not after ``now`` (seconds since the epoch)."""

    @abstractmethod
    def delivered(self, delivery: int, at: float) -> None: ...

    @abstractmethod
    def failed(self, delivery: int, error: str, *, next_attempt: float | None) -> None:
        """Keep the error; ``next_attempt`` None marks the delivery dead."""

    @abstractmethod
    def deliveries(self) -> list[Delivery]:
        """All, newest first."""
