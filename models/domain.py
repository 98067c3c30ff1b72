"""The nouns of Halflife: frozen values that cross every boundary. Behaviour lives where it is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from halflife.models.shadow import Controls, ShadowKind

FRAGILE = 0.8
"""Share of its own version's shadows in which a finding must hold not to be born fragile."""


class Scope(StrEnum):
    """What a claim speaks about, and so what its interval must cover."""

    ARTIFACT = "artifact"
    """This model on these rows: exact, no interval."""
    POPULATION = "population"
    """The rows the model meets: adds the error of the evidence sample."""
    PROCESS = "process"
    """Models trained this way: adds retraining noise, as the version's shadows show it."""


class Status(StrEnum):
    """What one re-test says of a claim. ``UNCLEAR`` is never folded into ``HOLDS``."""

    HOLDS = "holds"
    WEAKENED = "weakened"
    UNCLEAR = "unclear"
    STALE = "stale"
    REVERSED = "reversed"
    UNTESTABLE = "untestable"

    @property
    def refutes(self) -> bool:
        """Whether this status says the claim is no longer true."""
        return self in (Status.STALE, Status.REVERSED)


class Author(StrEnum):
    """Who files findings by default; any other text is a person's name."""

    INVESTIGATOR = "investigator"
    MLFLOW = "mlflow"
    """Whoever set a tag in MLflow, which does not keep who did."""
    PERSON = "person"


@dataclass(frozen=True)
class Interval:
    """An estimate with its 90 % interval; ``lower == upper == estimate`` when exact.

    >>> print(Interval(0.25, 0.2, 0.31), Interval(0.25, 0.25, 0.25), sep="; ")
    0.250 [0.200, 0.310]; 0.250
    """

    estimate: float
    lower: float
    upper: float

    def __str__(self) -> str:
        exact = self.lower == self.upper
        return f"{self.estimate:.3f}" if exact else f"{self.estimate:.3f} [{self.lower:.3f}, {self.upper:.3f}]"


class Role(StrEnum):
    """What the gate made of a version."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"


class Milestone(StrEnum):
    """How far a version's cycle has come; each stage is one ledger transaction, so a killed cycle goes on from here."""

    REGISTERED = "registered"
    RECHECKED = "rechecked"
    INVESTIGATED = "investigated"
    REPORTED = "reported"


@dataclass(frozen=True)
class Version:
    """One trained and registered model.

    Attributes:
        number: Halflife's own count from 1, which is also the registered version's tag ``halflife.version``.
        first: first tick of the training window, inclusive.
        last: last tick of the training window, inclusive.
        source: the store's version the window was built from.
        recipe: digest of the recipe.
        seed: LightGBM's seed.
        data_digest: of the window.
        model_digest: of the model's text.
        metrics: on the window's evidence rows: ``auc``, ``log_loss``, ``brier``, ``accuracy``.
        role: what the gate decided when this version was made.
        reason: why, in one sentence.
        registry_version: the number under which the registry keeps it.
        run_id: the registry's run.
        rows: training rows.
        parameters: the recipe's own, from which it can be made again; empty in ledgers older than they are.
        shadows: what each of its shadows does differently, in their order; empty when it has none.
        labelled: share of its window's evidence rows whose label had come, of those whose label is still expected; None
            in ledgers older than that.
        dates: when the rows of its window happened, first and last; None where they have no time.
    """

    number: int
    first: int
    last: int
    source: str
    recipe: str
    seed: int
    data_digest: str
    model_digest: str
    metrics: Mapping[str, Interval]
    role: Role
    reason: str
    rows: int
    registry_version: str = ""
    run_id: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    shadows: tuple[ShadowKind, ...] = ()
    labelled: float | None = None
    dates: tuple[str, str] | None = None

    @property
    def label(self) -> str:
        return f"v{self.number}"


@dataclass(frozen=True)
class Finding:
    """A debugging conclusion: a claim someone made about a version.

    Attributes:
        id: given by the ledger, from 1; 0 before it is filed.
        name: short and unique; what people type.
        claim: canonical text.
        statistic: the claim's statistic.
        made_on: number of the version it was made about; its window's evidence rows are the pinned rows.
        guard: must keep holding for a version to be promoted.
        ttl: retrains without a valid re-test after which it counts as expired; None for never.
        birth: the estimate when it was filed, on the rows that tested it.
        stillborn: it failed its first confirmation; reported, but kept out of survival.
        retired_on: version from which it is no longer re-tested; None while it is open.
        links: addresses of what led to it: a notebook, a ticket, a page.
        in_file: it stands in the team's file of findings, which speaks for it from then on.
        entered_on: number of the newest version when it was filed, from which on its death could be seen; None in
            ledgers older than that, and for `made_on`.
        upheld: share of its own version's shadows in which it held when it was filed; None without shadows.
    """

    name: str
    claim: str
    statistic: str
    scope: Scope
    made_on: int
    author: str = Author.PERSON
    note: str = ""
    guard: bool = False
    ttl: int | None = None
    birth: Interval | None = None
    stillborn: bool = False
    retired_on: int | None = None
    id: int = 0
    links: tuple[str, ...] = ()
    in_file: bool = False
    entered_on: int | None = None
    upheld: float | None = None

    @property
    def fragile(self) -> bool:
        """Born fragile: it held in fewer than 80 % of its own version's shadows."""
        return self.upheld is not None and self.upheld < FRAGILE


@dataclass(frozen=True)
class Measurement:
    """What one set of rows says of a claim.

    Attributes:
        rows: rows the statistic used; where rows repeat by entity, entities.
        interval: of θ; None when untestable.
        status: by the verdict table.
        p_value: one-sided, against "the claim holds"; None when exact or untestable.
        reason: why it is untestable; else empty.
    """

    rows: int
    interval: Interval | None
    status: Status
    p_value: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Check:
    """One re-test of a finding on a version.

    Attributes:
        pinned: on the evidence rows of the version the finding was made on.
        fresh: on the evidence rows of the newest window; None for claims about a case.
        controls: θ by the version's shadows on the same rows; None without shadows.
    """

    finding: int
    version: int
    threshold: float
    pinned: Measurement
    fresh: Measurement | None
    controls: Controls | None = None

    @property
    def decides(self) -> Measurement:
        """The rows whose verdict counts: fresh where the claim is about the population, else pinned."""
        return self.fresh if self.fresh is not None else self.pinned

    @property
    def status(self) -> Status:
        return self.decides.status


@dataclass(frozen=True)
class ColumnDrift:
    """One column's drift.

    Attributes:
        method: distance, or what was compared in its place.
        score: of all rows the watch compared, give or take ``error``.
        threshold: from which the column has drifted.
        error: the most the score may be wrong by; 0 when it is exact.
    """

    name: str
    method: str
    score: float
    threshold: float
    drifted: bool
    error: float = 0.0


@dataclass(frozen=True)
class Drift:
    """One watch: the newest ticks against the champion's window.

    Attributes:
        tick: last tick watched.
        against: number of the champion.
        first_tick: first tick watched.
        columns: per input, and ``prediction`` and ``label`` where known.
        drifted: whether any column moved by more than chance would move one of so many (see ``halflife.monitoring.drift.comparison``).
        powered: False when the rows are too few for the thresholds to mean anything.
        note: one sentence: what moved, or why this watch cannot tell.
        missing: column -> share of missing values in the watched ticks.
        rows: (reference, current) row counts.
        dates: when the watched rows happened, first and last; None where they have no time.
    """

    tick: int
    against: int
    first_tick: int
    columns: tuple[ColumnDrift, ...]
    drifted: bool
    powered: bool
    note: str
    missing: Mapping[str, float]
    rows: tuple[int, int]
    dates: tuple[str, str] | None = None
