"""What was concluded, foretold and sent, and why."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from halflife.models.alert import Alert
from halflife.models.causes import Why
from halflife.models.domain import Check, Drift, Finding, Milestone, Role, Status, Version
from halflife.models.errors import NotFound
from halflife.models.forecast import Forecast
from halflife.models.opacity import Opacity
from halflife.models.performance import Performance
from halflife.monitoring.ports.telling import Delivery


class Ledger(ABC):
    """Versions, findings, checks, drift, alerts and deliveries. Every method is one transaction."""

    @abstractmethod
    def versions(self) -> list[Version]:
        """All versions, oldest first."""

    def version(self, number: int | None = None) -> Version:
        """That version, or the newest. Raises NotFound."""
        versions = self.versions()
        if not versions:
            raise NotFound("there is no version yet; run `halflife retrain` or `halflife replay` first")
        if number is None:
            return versions[-1]
        found = [v for v in versions if v.number == number]
        if not found:
            raise NotFound(f"there is no v{number}; versions go from v1 to v{versions[-1].number}")
        return found[0]

    def champion(self) -> Version | None:
        """The newest version the gate let through; None before the first."""
        return next((v for v in reversed(self.versions()) if v.role is Role.CHAMPION), None)

    @abstractmethod
    def add_version(self, version: Version) -> None:
        """At stage REGISTERED; adding it again changes nothing."""

    @abstractmethod
    def stage(self, number: int) -> Milestone:
        """How far the version's cycle has come. Raises NotFound."""

    @abstractmethod
    def findings(self, *, open_only: bool = False) -> list[Finding]:
        """All findings by id; ``open_only`` leaves out stillborn and retired ones."""

    @abstractmethod
    def finding(self, key: str) -> Finding:
        """By name or number. Raises NotFound listing near names."""

    @abstractmethod
    def file(
        self, findings: Sequence[Finding], checks: Sequence[Check], *, stage: tuple[int, Milestone] | None = None
    ) -> list[Finding]:
        """Add findings and their birth checks (``check.finding`` is the index into ``findings``), and set a stage.

        A finding whose name exists is left as it is (and its birth check with it). Returns all with their ids, in order.
        """

    @abstractmethod
    def record_checks(self, version: int, checks: Sequence[Check], *, stage: Milestone | None = None) -> None:
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
    def record_performance(self, performance: Performance) -> None:
        """One per (tick, champion, tick it is told as of)."""

    @abstractmethod
    def performances(self) -> list[Performance]:
        """By tick, champion, and the tick they are told as of."""

    @abstractmethod
    def enqueue(self, alert: Alert, channels: Sequence[str], *, stage: tuple[int, Milestone] | None = None) -> bool:
        """Put an alert in the outbox, one delivery a channel; False when its key is there already. Sets a stage."""

    @abstractmethod
    def decided(self, key: str) -> bool:
        """Whether an alert with this key was ever put in the outbox."""

    @abstractmethod
    def set_stage(self, number: int, stage: Milestone) -> None:
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
