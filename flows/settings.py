"""Settings as one frozen value, read once at the edge from TOML; every fault names the file, the key and the way out."""

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_serializer, model_validator

from models.errors import ConfigError
from models.recipe import STRATEGY_FIELDS, Recipe
from models.threads import cores

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")

Share = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(gt=0)]


class Section(BaseModel):
    """A table of the file: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    """What can be said of a recipe; see ``models.recipe.Recipe``."""

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


class SmtpSettings(Section):
    """A mail server. Credentials are read from the environment variables named here."""

    host: str
    sender: str
    to: tuple[str, ...]
    port: Count = 587
    security: Literal["starttls", "ssl", "none"] = "starttls"
    user_env: str = ""
    password_env: str = ""
    ca_file: str = ""


class WebhookSettings(Section):
    """A receiver of signed webhooks. Its secret, and an address that is one, are read from the variables named here."""

    url: str = ""
    url_env: str = ""
    secret_env: str = "HALFLIFE_WEBHOOK_SECRET"  # noqa: S105 - the variable's name, not a secret

    @model_validator(mode="after")
    def _one_address(self) -> "WebhookSettings":
        if bool(self.url) == bool(self.url_env):
            raise ValueError("give url, or url_env to name the environment variable that holds it")
        return self


class AlertSettings(Section):
    """Where alerts go, and how sure they are.

    ``false_discoveries`` is the expected share of false ones among the refutations listed (Benjamini-Hochberg); with
    ``strict`` whatever the dependence between claims (Benjamini-Yekutieli), which lists fewer.
    """

    channels: tuple[Literal["console", "eml", "smtp", "webhook"], ...] = ("console", "eml")
    false_discoveries: Share = 0.10
    strict: bool = False
    smtp: SmtpSettings | None = None
    webhook: WebhookSettings | None = None

    @model_validator(mode="after")
    def _channels_are_configured(self) -> "AlertSettings":
        for name in ("smtp", "webhook"):
            if name in self.channels and getattr(self, name) is None:
                raise ValueError(f'channel "{name}" needs a table [alerts.{name}]')
        return self


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


def read(path: Path) -> Settings:
    """Settings from a TOML file; ``feed.path`` and ``home`` may hold ``${NAME}`` or ``${NAME:-default}``.

    Raises:
        ConfigError: no such file, not TOML, an unknown key, a value out of range, an unset variable.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such configuration file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, IsADirectoryError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from None
    settings = parse(_filled(table, str(path)), str(path))
    if settings.feed.path is None:
        return settings
    feed = settings.feed.model_copy(update={"path": str((path.parent / settings.feed.path).resolve())})
    return settings.model_copy(update={"feed": feed})


def parse(table: Mapping[str, Any], origin: str) -> Settings:
    """Settings from plain values; ``origin`` names them in errors.

    >>> parse({"retrain": {"evry": 2}}, "halflife.toml")
    Traceback (most recent call last):
    ...
    models.errors.ConfigError: halflife.toml: retrain.evry is not a setting; did you mean retrain.every?
    """
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        raise ConfigError("\n".join(f"{origin}: {_explained(e)}" for e in error.errors())) from None


def _explained(error: Any) -> str:
    *tables, key = [str(part) for part in error["loc"]] or ["file"]
    name = ".".join([*tables, key])
    if error["type"] == "extra_forbidden":
        known = _keys(tables)
        near = get_close_matches(key, known, 1)
        hint = f"did you mean {'.'.join([*tables, near[0]])}?" if near else f"known here: {', '.join(known)}"
        return f"{name} is not a setting; {hint}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name} = {error['input']!r}: {message}" if not isinstance(error["input"], dict) else f"[{name}]: {message}"


def _keys(tables: list[str]) -> list[str]:
    section: Any = Settings
    for table in tables:
        if table not in section.model_fields:  # a name of one's own, as in [trials.NAME]
            continue
        if not table.isdigit():  # the position in a list of tables
            annotation = section.model_fields[table].annotation
            options = [a for a in (annotation, *getattr(annotation, "__args__", ())) if hasattr(a, "model_fields")]
            section = options[0]
    return sorted(section.model_fields)


def _filled(table: dict[str, Any], origin: str) -> dict[str, Any]:
    """Variables are filled in where paths stand and nowhere else: settings are kept in the home, and secrets must not be."""
    feed = table.get("feed")
    if isinstance(feed, dict) and isinstance(feed.get("path"), str):
        table = {**table, "feed": {**feed, "path": _expanded(feed["path"], origin)}}
    if isinstance(table.get("home"), str):
        table = {**table, "home": _expanded(table["home"], origin)}
    return table


def _expanded(text: str, origin: str) -> str:
    def fill(match: re.Match[str]) -> str:
        found = os.environ.get(match[1], match[2])
        if found is None:
            raise ConfigError(f"{origin}: {text!r} needs the environment variable {match[1]}, which is not set")
        return found

    return _VARIABLE.sub(fill, text)
