"""What decides how a model is kept alive: a section of the configuration is the frozen value that the core uses.

One table of the file, one class here, and nothing is copied between the two. What only the edge needs (feeds, channels,
where the home is) stands in ``halflife.flows.settings``.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, model_validator

from halflife.models.recipe import Recipe
from halflife.models.threads import cores
from halflife.monitoring.section import Count, Section, Share


class EvidencePolicy(Section):
    """Shares of rows (by hash of id) that never train, and how tests are made on them.

    ``cluster`` names the column that says which rows are about one entity, where rows repeat by entity: it is no
    feature then, all rows of an entity play one part, and entities are what is counted and resampled.
    """

    evidence: Share = 0.10
    discovery: Share = 0.05
    calibration: Share = 0.10
    rows: Count = 2000
    level: Share = 0.90
    replicates: Annotated[int, Field(ge=100)] = 400
    cluster: str = ""

    @model_validator(mode="after")
    def _something_is_left_to_train(self) -> "EvidencePolicy":
        if self.evidence + self.discovery + self.calibration > 0.8:
            raise ValueError("evidence + discovery + calibration leave less than a fifth of the rows to train on")
        return self


class RetrainPolicy(Section):
    """When a version is trained, and on how many ticks."""

    every: Count = 3
    window: Count = 8
    on_drift: bool = True
    margin: Annotated[float, Field(ge=0)] = 0.0


class WatchPolicy(Section):
    """How often the newest ticks are compared with the champion's window, and how many."""

    every: Count = 3
    window: Count = 3


class ComputePolicy(Section):
    """How much of the machine is used. It changes how fast things are, never what comes out.

    ``dask`` is the address of a scheduler whose workers train shadows and see the same home, or ``local``.
    """

    threads: Annotated[int, Field(ge=1)] | None = None
    dask: str = ""

    @property
    def cores(self) -> int:
        """Threads for training, predicting, explaining and reading; by default all cores this process may use."""
        return self.threads or cores()


class ShadowPolicy(Section):
    """Control models beside each version: how many, how often, and for how many versions they are kept.

    Of ``count`` shadows half weigh the rows anew (and draw another seed), half only draw another seed; where the recipe
    draws nothing, all weigh the rows anew. 0 trains none: then no cause is attributed. ``every`` n versions have them.
    """

    count: Annotated[int, Field(ge=0, le=64)] = 8
    every: Count = 1
    keep: Count = 3


class CausePolicy(Section):
    """Model fits a version, beyond its shadows, that may be spent on telling inputs from concept and recipe from data.

    What is beyond the budget is told on demand, by ``halflife why``.
    """

    fits: Annotated[int, Field(ge=0)] = 2


class OpacityPolicy(Section):
    """How a version's sensitivity is measured: so many refits without one row, on every n-th version; 0 for never."""

    refits: Annotated[int, Field(ge=0)] = 5
    every: Count = 5


class InvestigatePolicy(Section):
    """What the standard investigator looks at, what it is told, and for how many retrains its findings are followed.

    ``expect`` says of numeric columns whether the score should rise or fall with them; ``available_after`` names columns
    that are only known when the label is.
    """

    attributions: Annotated[int, Field(ge=0)] = 5
    errors: Annotated[int, Field(ge=0)] = 4
    gaps: Annotated[int, Field(ge=0)] = 4
    slices: Annotated[int, Field(ge=0)] = 4
    findings: Annotated[int, Field(ge=0)] = 40
    segments: tuple[str, ...] = ()
    expect: dict[str, Literal["+", "-"]] = Field(default_factory=dict)
    available_after: tuple[str, ...] = ()
    follow: Count = 10


class ExplainPolicy(Section):
    """What an explanation may propose: columns named ``immutable`` are left alone by every counterfactual."""

    immutable: tuple[str, ...] = ()


class AlertPolicy(Section):
    """How sure alerts are.

    ``false_discoveries`` is the expected share of false ones among the refutations listed (Benjamini-Hochberg); with
    ``strict`` whatever the dependence between claims (Benjamini-Yekutieli), which lists fewer.
    """

    false_discoveries: Share = 0.10
    strict: bool = False


@dataclass(frozen=True)
class Policy:
    """When things are done and how strictly: the sections that decide, under the name of a model.

    Attributes:
        name: of the registered model and of the source of alerts.
        seed: of everything that is drawn.
        recipe: by which versions are made, until it changes.
        changes: (tick, recipe): from that tick on versions are made by it, ascending.
    """

    name: str
    seed: int
    recipe: Recipe
    changes: tuple[tuple[int, Recipe], ...] = ()
    retrain: RetrainPolicy = field(default_factory=RetrainPolicy)
    watch: WatchPolicy = field(default_factory=WatchPolicy)
    evidence: EvidencePolicy = field(default_factory=EvidencePolicy)
    compute: ComputePolicy = field(default_factory=ComputePolicy)
    shadows: ShadowPolicy = field(default_factory=ShadowPolicy)
    causes: CausePolicy = field(default_factory=CausePolicy)
    opacity: OpacityPolicy = field(default_factory=OpacityPolicy)
    investigate: InvestigatePolicy = field(default_factory=InvestigatePolicy)
    explain: ExplainPolicy = field(default_factory=ExplainPolicy)
    alerts: AlertPolicy = field(default_factory=AlertPolicy)

    def recipe_at(self, tick: int) -> Recipe:
        """By which a version whose window ends at ``tick`` is made."""
        return next((recipe for first, recipe in reversed(self.changes) if first <= tick), self.recipe)
