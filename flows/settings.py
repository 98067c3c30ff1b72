"""Settings as one frozen value; ``halflife.flows.configuration`` reads them once, at the edge."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from pydantic import (
    BeforeValidator,
    Field,
    SerializeAsAny,
    ValidationInfo,
    create_model,
    model_serializer,
    model_validator,
)

from halflife.flows.adapters import feed_kind
from halflife.flows.alert_settings import AlertSettings, alert_settings
from halflife.flows.feed_settings import FeedSettings, SyntheticFeedSettings, TableFeedSettings
from halflife.flows.label_settings import LabelSettings
from halflife.flows.local_paths import WorkingPath
from halflife.flows.model_name import ModelName
from halflife.flows.schedule_settings import ScheduleSettings
from halflife.flows.server_settings import LedgerSettings, LinkSettings, RegistrySettings
from halflife.flows.store_settings import StoreSettings
from halflife.flows.up_settings import UpSettings
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
from halflife.monitoring.section import Section


def _of_its_kind(value: Any, info: ValidationInfo) -> Any:
    """A table ``[feed]`` read by the class of its kind; what is no table is judged as it is."""
    if not isinstance(value, Mapping):
        return value
    kind = feed_kind(str(value.get("kind", DEFAULT_FEED.kind)))
    return kind.settings.model_validate(value, context=info.context)


def _with_its_channels(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, Mapping):
        return value
    return alert_settings(value).model_validate(value, context=info.context)


DEFAULT_FEED = SyntheticFeedSettings()


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

    tick: Annotated[int, Field(ge=0, description="From which tick on.")]

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

    changes: Annotated[
        tuple[RecipeChange, ...],
        Field(description="Tables `[[recipe.changes]]`, each with a `tick` and what holds from it on; the rest stays."),
    ] = ()

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
    """Everything a person can set. Above the tables stands where everything is kept, of which model, and what is drawn."""

    home: Annotated[
        WorkingPath, Field(description="Folder of everything that is kept, relative to where the command runs.")
    ] = Path("halflife-home")
    name: Annotated[ModelName, Field(description="Of the registered model, and of the source of alerts.")] = "halflife"
    seed: Annotated[int, Field(ge=0, description="Of everything that is drawn.")] = 7
    feed: Annotated[SerializeAsAny[FeedSettings], BeforeValidator(_of_its_kind)] = DEFAULT_FEED
    labels: LabelSettings | None = None
    registry: RegistrySettings = RegistrySettings()
    store: StoreSettings = StoreSettings()
    ledger: LedgerSettings = LedgerSettings()
    links: LinkSettings = LinkSettings()
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
    schedule: ScheduleSettings = ScheduleSettings()
    up: UpSettings = UpSettings()
    alerts: Annotated[SerializeAsAny[AlertSettings], BeforeValidator(_with_its_channels)] = AlertSettings()
    trials: Annotated[
        dict[str, RecipeSettings],
        Field(
            description="Tables `[trials.NAME]`: variants of the recipe for `halflife recipes compare`; what one leaves out"
            " is as in `[recipe]`."
        ),
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _labels_come_from_somewhere(self) -> "Settings":
        if isinstance(self.feed, TableFeedSettings):
            elsewhere = self.labels is not None and self.labels.elsewhere
            if not self.feed.label and not elsewhere:
                raise ValueError("feed.label is missing: the column of the label, or a table of labels in [labels]")
            if elsewhere and self.feed.id is None:
                raise ValueError("labels are joined to rows by their id: say feed.id, the column that identifies a row")
        elif self.labels is not None:
            raise ValueError(f"[labels] goes with a feed of a table; {self.feed.subject} brings its own")
        return self

    @model_validator(mode="after")
    def _entities_come_from_a_file(self) -> "Settings":
        if self.evidence.cluster and self.feed.kind == "synthetic":
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
