"""What decides how a model is kept alive: a section of the configuration is the frozen value that the core uses.

One table of the file, one class here, and nothing is copied between the two. What only the edge needs (feeds, channels,
where the home is) stands in ``halflife.flows.settings``.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, model_validator

from halflife.models.recipe import Recipe
from halflife.models.threads import cores
from halflife.monitoring.catch_up import CatchUp
from halflife.monitoring.section import Count, Section, Share


class EvidencePolicy(Section):
    """Shares of rows (by hash of id) that never train, and how tests are made on them."""

    evidence: Annotated[
        Share, Field(description="Share of rows on which claims are tested; no training sees them.")
    ] = 0.10
    discovery: Annotated[Share, Field(description="Share of rows on which the investigator looks for conclusions.")] = (
        0.05
    )
    calibration: Annotated[Share, Field(description="Share of rows on which scores become probabilities.")] = 0.10
    rows: Annotated[Count, Field(description="Evidence rows of a window that are used, at most.")] = 2000
    level: Annotated[Share, Field(description="Confidence of every interval.")] = 0.90
    replicates: Annotated[int, Field(ge=100, description="Bootstrap replicates behind an interval.")] = 400
    cluster: Annotated[
        str,
        Field(
            description="Column that says which rows are about one entity, where rows repeat by entity: it is no feature"
            " then, all rows of an entity play one part, and entities are what is counted and resampled."
        ),
    ] = ""

    @model_validator(mode="after")
    def _something_is_left_to_train(self) -> "EvidencePolicy":
        if self.evidence + self.discovery + self.calibration > 0.8:
            raise ValueError("evidence + discovery + calibration leave less than a fifth of the rows to train on")
        return self


class RetrainPolicy(Section):
    """When a version is trained, and on how many ticks."""

    every: Annotated[Count, Field(description="Ticks from one retrain to the next.")] = 3
    window: Annotated[Count, Field(description="Ticks a version is trained on.")] = 8
    on_drift: Annotated[bool, Field(description="Retrain at once when a watch finds drift.")] = True
    margin: Annotated[
        float, Field(ge=0, description="Extra log loss, in nats, that is accepted for the sake of newer rows.")
    ] = 0.0


class WatchPolicy(Section):
    """How often the newest ticks are compared with the champion's window, and how many."""

    every: Annotated[Count, Field(description="Ticks from one watch to the next.")] = 3
    window: Annotated[Count, Field(description="Newest ticks that are compared.")] = 3


class ComputePolicy(Section):
    """How much of the machine is used. It changes how fast things are, never what comes out."""

    threads: Annotated[
        Annotated[int, Field(ge=1)] | None,
        Field(description="Threads for training, predicting, explaining and reading; unset, all this process may use."),
    ] = None
    dask: Annotated[
        str,
        Field(
            description="`local`, or the address of a Dask scheduler whose workers train shadows and see the same home."
        ),
    ] = ""

    @property
    def cores(self) -> int:
        """Threads for training, predicting, explaining and reading; by default all cores this process may use."""
        return self.threads or cores()


class ShadowPolicy(Section):
    """Control models beside each version, which tell retraining noise from the world.

    Half of them weigh the rows anew (and draw another seed), half only draw another seed; where the recipe draws
    nothing, all weigh the rows anew.
    """

    count: Annotated[int, Field(ge=0, le=64, description="Shadows of a version; with 0 no cause is attributed.")] = 8
    every: Annotated[Count, Field(description="Versions from one that has shadows to the next.")] = 1
    keep: Annotated[Count, Field(description="Newest versions whose shadows stay on the disk.")] = 3


class CausePolicy(Section):
    """What may be spent on telling inputs from concept and recipe from data."""

    fits: Annotated[
        int,
        Field(
            ge=0,
            description="Model fits a version, beyond its shadows; what is beyond them is told on demand, by"
            " `halflife why`.",
        ),
    ] = 2


class OpacityPolicy(Section):
    """How a version's sensitivity to single rows is measured."""

    refits: Annotated[int, Field(ge=0, description="Refits without one row; 0 for none.")] = 5
    every: Annotated[Count, Field(description="Versions from one that is measured to the next.")] = 5


class InvestigatePolicy(Section):
    """What the standard investigator looks at, what it is told, and for how many retrains its findings are followed."""

    attributions: Annotated[int, Field(ge=0, description="Strongest features that are concluded about.")] = 5
    errors: Annotated[int, Field(ge=0, description="Most confident errors that are explained.")] = 4
    gaps: Annotated[int, Field(ge=0, description="Widest gaps between segments that are concluded about.")] = 4
    slices: Annotated[
        int, Field(ge=0, description="Slices, of high loss and of bias each, that are concluded about.")
    ] = 4
    findings: Annotated[int, Field(ge=0, description="Findings it files of a version, at most.")] = 40
    segments: Annotated[
        tuple[str, ...], Field(description="Columns, or predicates such as `age > 60`, whose gaps are looked at.")
    ] = ()
    expect: Annotated[
        dict[str, Literal["+", "-"]],
        Field(description="Numeric column -> whether the score should rise (`+`) or fall (`-`) with it."),
    ] = Field(default_factory=dict)
    available_after: Annotated[
        tuple[str, ...], Field(description="Columns that are only known when the label is.")
    ] = ()
    follow: Annotated[Count, Field(description="Retrains for which its findings are re-tested.")] = 10


class ExplainPolicy(Section):
    """What an explanation may propose, and how much it shows."""

    immutable: Annotated[tuple[str, ...], Field(description="Columns that every counterfactual leaves alone.")] = ()
    paths: Annotated[Count, Field(description="Trees whose decision path is told.")] = 3
    neighbours: Annotated[Count, Field(description="Training rows that are shown.")] = 5
    counterfactuals: Annotated[Count, Field(description="Cheapest changes that would flip it, at most.")] = 4


class AlertPolicy(Section):
    """From where on something is worth a message, and how sure alerts are."""

    false_discoveries: Annotated[
        Share,
        Field(description="Expected share of false ones among the refutations that are listed (Benjamini-Hochberg)."),
    ] = 0.10
    strict: Annotated[
        bool,
        Field(
            description="Hold that share whatever the dependence between claims (Benjamini-Yekutieli), which lists fewer."
        ),
    ] = False
    quarantine: Annotated[Share, Field(description="Share of rows set aside from which on a message says so.")] = 0.01
    cases: Annotated[
        Share,
        Field(
            description="Share of the investigator's case explanations that changed from which on a message says so."
            " Retraining alone was measured to change 10 to 16 %, so fewer are told only in a message sent anyway."
        ),
    ] = 0.25
    few_cases: Annotated[
        int, Field(ge=0, description="With fewer case explanations than this, a share of them says nothing.")
    ] = 10
    listed: Annotated[Count, Field(description="Findings listed under one headline; the rest are counted.")] = 12


@dataclass(frozen=True)
class Policy:
    """When things are done and how strictly: the sections that decide, under the name of a model.

    Attributes:
        name: of the registered model and of the source of alerts.
        seed: of everything that is drawn.
        recipe: by which versions are made, until it changes.
        changes: (tick, recipe): from that tick on versions are made by it, ascending.
        catch_up: what becomes of retrains that a service missed.
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
    catch_up: CatchUp = field(default_factory=CatchUp)

    def recipe_at(self, tick: int) -> Recipe:
        """By which a version whose window ends at ``tick`` is made."""
        return next((recipe for first, recipe in reversed(self.changes) if first <= tick), self.recipe)
