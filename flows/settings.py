"""Settings as one frozen value; ``halflife.flows.configuration`` reads them once, at the edge."""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

from pydantic import Field, create_model, model_serializer, model_validator

from halflife.flows.alert_settings import AlertSettings
from halflife.models.recipe import STRATEGY_FIELDS, Recipe
from halflife.monitoring.policy import (
    CausePolicy,
    ComputePolicy,
    EvidencePolicy,
    ExplainPolicy,
    InvestigatePolicy,
    OpacityPolicy,
    RetrainPolicy,
    ShadowPolicy,
    WatchPolicy,
)
from halflife.monitoring.section import Count, Section


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


if TYPE_CHECKING:
    RecipeFields = Section
else:
    RecipeFields = create_model(
        "RecipeFields",
        __base__=Section,
        **{
            f.name: (get_type_hints(Recipe, include_extras=True)[f.name], f.default)
            for f in fields(Recipe)
            if f.compare
        },
    )
    """What can be said of a recipe: the fields of `Recipe`, with its bounds and defaults; threads are no part of one."""


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


class Settings(Section):
    """Everything a person can set. ``home`` is relative to where the command runs, ``feed.path`` to the file."""

    home: Path = Path("halflife-home")
    name: str = "halflife"
    seed: Annotated[int, Field(ge=0)] = 7
    feed: FeedSettings = FeedSettings()
    evidence: EvidencePolicy = EvidencePolicy()
    retrain: RetrainPolicy = RetrainPolicy()
    watch: WatchPolicy = WatchPolicy()
    recipe: RecipeSettings = RecipeSettings()
    compute: ComputePolicy = ComputePolicy()
    shadows: ShadowPolicy = ShadowPolicy()
    causes: CausePolicy = CausePolicy()
    opacity: OpacityPolicy = OpacityPolicy()
    investigate: InvestigatePolicy = InvestigatePolicy()
    explain: ExplainPolicy = ExplainPolicy()
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
