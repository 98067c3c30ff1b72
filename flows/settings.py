"""Settings as one frozen value; ``halflife.flows.configuration`` reads them once, at the edge."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_serializer, model_validator

from halflife.flows.alert_settings import AlertSettings
from halflife.flows.section import Count, Section, Share
from halflife.models.recipe import STRATEGY_FIELDS, Recipe
from halflife.models.threads import cores


class FeedSettings(Section):
    """Where rows come from: a synthetic world, or a CSV or Parquet file read as a stream.

    ``feedback`` says of a synthetic world whether the champion's decisions choose which labels arrive: of the rows it
    decides positive only the share ``exploration`` keeps its label. By default it is as the scenario has it. ``propensity``
    names the column of a file that says with which probability each row's label was let through.
    """

    kind: Literal["synthetic", "file"] = "synthetic"
    rows_per_tick: Count = 2000
    ticks: Count | None = None
    scenario: str = "shortcut"
    path: str | None = None
    label: str | None = None
    positive: str | None = None
    id: str | None = None
    time: str | None = None
    separator: str | None = None
    categorical: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    label_delay: Annotated[int, Field(ge=0)] = 0
    feedback: bool | None = None
    exploration: Annotated[float, Field(ge=0, le=1)] = 0.03
    propensity: str | None = None

    @model_validator(mode="after")
    def _file_needs_path_and_label(self) -> "FeedSettings":
        if self.kind == "file" and not (self.path and self.label):
            raise ValueError('a feed of kind "file" needs path and label')
        return self

    @model_validator(mode="after")
    def _decisions_are_taken_or_logged(self) -> "FeedSettings":
        if self.kind == "file" and self.feedback is not None:
            raise ValueError("feedback is for synthetic worlds; of a file, propensity names the column that logs it")
        if self.kind == "synthetic" and self.propensity is not None:
            raise ValueError('propensity names a column of a feed of kind "file"; a synthetic world takes feedback')
        return self


class EvidenceSettings(Section):
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
    def _something_is_left_to_train(self) -> "EvidenceSettings":
        if self.evidence + self.discovery + self.calibration > 0.8:
            raise ValueError("evidence + discovery + calibration leave less than a fifth of the rows to train on")
        return self


class RetrainSettings(Section):
    """When a version is trained, and on how many ticks."""

    every: Count = 3
    window: Count = 8
    on_drift: bool = True
    margin: Annotated[float, Field(ge=0)] = 0.0


class WatchSettings(Section):
    """How often the newest ticks are compared with the champion's window, and how many."""

    every: Count = 3
    window: Count = 3


class RecipeFields(Section):
    """What can be said of a recipe; see ``halflife.models.recipe.Recipe``."""

    trees: Count = 200
    leaves: Annotated[int, Field(ge=2)] = 31
    learning_rate: Annotated[float, Field(gt=0)] = 0.08
    min_rows_per_leaf: Count = 20
    row_sampling: Annotated[float, Field(gt=0, le=1)] = 0.8
    feature_sampling: Annotated[float, Field(gt=0, le=1)] = 0.8
    l2: Annotated[float, Field(ge=0)] = 1.0
    calibration: Literal["temperature", "isotonic", "none"] = "temperature"
    threshold: Share = 0.5
    strategy: Literal["plain", "averaged", "warm", "refit", "anchored", "adapted"] = "plain"
    members: Annotated[int, Field(ge=2)] = 5
    added: Count = 20
    restart: Count = 10
    decay: Annotated[float, Field(ge=0, le=1)] = 0.9
    anchor: Annotated[float, Field(ge=0, lt=1)] = 0.5


class RecipeChange(RecipeFields):
    """From ``tick`` on, what is said here holds and the rest stays: to replay how a pipeline was changed."""

    tick: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _something_changes(self) -> "RecipeChange":
        if not self.said:
            raise ValueError("a change of the recipe says from which tick on, and what")
        return self

    @property
    def said(self) -> dict[str, Any]:
        """Field of the recipe -> its value from then on."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set - {"tick"})}

    @model_serializer
    def _only_what_is_said(self) -> dict[str, Any]:
        return {"tick": self.tick, **self.said}


class RecipeSettings(RecipeFields):
    """How a window becomes a model, and from which ticks on it was done otherwise."""

    changes: tuple[RecipeChange, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "RecipeSettings":
        ticks = [change.tick for change in self.changes]
        if ticks != sorted(set(ticks)):
            raise ValueError("changes of the recipe come in the order of their ticks, one a tick")
        return self

    def recipe(self, threads: int) -> Recipe:
        """How it begins."""
        return Recipe(**self.model_dump(exclude={"changes"}), threads=threads)


class ComputeSettings(Section):
    """How much of the machine is used. It changes how fast things are, never what comes out.

    ``dask`` is the address of a scheduler whose workers train shadows and see the same home, or ``local``.
    """

    threads: Annotated[int, Field(ge=1)] | None = None
    dask: str = ""

    @property
    def cores(self) -> int:
        """Threads for training, predicting, explaining and reading; by default all cores this process may use."""
        return self.threads or cores()


class ShadowSettings(Section):
    """Control models beside each version: how many, how often, and for how many versions they are kept.

    Of ``count`` shadows half weigh the rows anew (and draw another seed), half only draw another seed; where the recipe
    draws nothing, all weigh the rows anew. 0 trains none: then no cause is attributed. ``every`` n versions have them.
    """

    count: Annotated[int, Field(ge=0, le=64)] = 8
    every: Count = 1
    keep: Count = 3


class CauseSettings(Section):
    """Model fits a version, beyond its shadows, that may be spent on telling inputs from concept and recipe from data.

    What is beyond the budget is told on demand, by ``halflife why``.
    """

    fits: Annotated[int, Field(ge=0)] = 2


class OpacitySettings(Section):
    """How a version's sensitivity is measured: so many refits without one row, on every n-th version; 0 for never."""

    refits: Annotated[int, Field(ge=0)] = 5
    every: Count = 5


class InvestigateSettings(Section):
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


class ExplainSettings(Section):
    """What an explanation may propose: columns named ``immutable`` are left alone by every counterfactual."""

    immutable: tuple[str, ...] = ()


class Settings(Section):
    """Everything a person can set. ``home`` is relative to where the command runs, ``feed.path`` to the file."""

    home: Path = Path("halflife-home")
    name: str = "halflife"
    seed: Annotated[int, Field(ge=0)] = 7
    feed: FeedSettings = FeedSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    retrain: RetrainSettings = RetrainSettings()
    watch: WatchSettings = WatchSettings()
    recipe: RecipeSettings = RecipeSettings()
    compute: ComputeSettings = ComputeSettings()
    shadows: ShadowSettings = ShadowSettings()
    causes: CauseSettings = CauseSettings()
    opacity: OpacitySettings = OpacitySettings()
    investigate: InvestigateSettings = InvestigateSettings()
    explain: ExplainSettings = ExplainSettings()
    alerts: AlertSettings = AlertSettings()
    trials: dict[str, RecipeSettings] = Field(default_factory=dict)
    """Variants of the recipe for ``halflife recipes compare``, by name; what one leaves out is as in ``[recipe]``."""

    @model_validator(mode="after")
    def _entities_come_from_a_file(self) -> "Settings":
        if self.evidence.cluster and self.feed.kind != "file":
            raise ValueError('evidence.cluster names a column of a feed of kind "file"; synthetic rows do not repeat')
        return self

    @model_validator(mode="before")
    @classmethod
    def _threads_are_no_part_of_a_recipe(cls, table: Any) -> Any:
        """``recipe.threads``, as homes and files may still have it, means ``compute.threads``."""
        recipe = table.get("recipe")
        if not isinstance(recipe, dict) or "threads" not in recipe:
            return table
        rest = {name: value for name, value in recipe.items() if name != "threads"}
        return {**table, "recipe": rest, "compute": {"threads": recipe["threads"], **table.get("compute", {})}}

    @model_validator(mode="before")
    @classmethod
    def _trials_vary_the_recipe(cls, table: Any) -> Any:
        """``[trials.small]`` with ``trees = 50`` is the recipe with 50 trees."""
        recipe, named = table.get("recipe", {}), table.get("trials")
        if not isinstance(recipe, dict) or not isinstance(named, dict):
            return table
        base = {name: value for name, value in recipe.items() if name in RecipeSettings.model_fields}
        full = {name: {**base, **own} if isinstance(own, dict) else own for name, own in named.items()}
        return {**table, "trials": full}

    @model_validator(mode="after")
    def _trials_have_names_of_their_own(self) -> "Settings":
        taken = sorted(set(self.trials) & set(STRATEGY_FIELDS))
        if taken:
            raise ValueError(f"trials.{taken[0]} has the name of a strategy; give the variant another one")
        return self
