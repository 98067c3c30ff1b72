"""The registry in MLflow: one run, one logged model and one registered version for each of ours."""

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from halflife.models.domain import Role, Version
from halflife.models.errors import ConfigError, NotFound
from halflife.models.learner.model import Model
from halflife.models.rows import Window
from halflife.monitoring.adapters import (
    mlflow_addresses,
    mlflow_package,
    mlflow_records,
    mlflow_server,
    mlflow_steps,
)
from halflife.monitoring.adapters.mlflow_connection import Connection
from halflife.monitoring.alerts.redaction import bare, redacted
from halflife.monitoring.ports import Registry

if TYPE_CHECKING:
    from mlflow.entities import LoggedModel
    from mlflow.tracking import MlflowClient

LOG = logging.getLogger(__name__)

CACHED_MODELS = 8
DATABASE = "mlflow.db"
"""The default installation's file in the home."""


class MlflowRegistry(Registry):
    """Models, metrics, reports and aliases in MLflow, under one registered model and one experiment.

    Registering is a chain of steps, each found done or done again: a process killed between any two of them leaves an
    unfinished run which the next call finds by its tags and goes on with. A version is the same version when its number
    and its model's digest are the same.

    Args:
        uri: MLflow's tracking and registry address; one with a user and password in it is told nowhere as it is.
        name: of the registered model.
        artifacts: folder for artifacts; None leaves the choice to a server. With SQLite, files that an experiment of
            ours has in another folder of that name are taken to have come here with the database, as they do when a
            home is copied or moved.
        experiment: name of the experiment; that of the registered model when left out.
        patience: seconds to wait for a locked SQLite database.

    Raises:
        ConfigError: a name MLflow does not allow; from every method: a server does not take the credentials.
        Unavailable: from every method: the database or the server does not answer.
    """

    def __init__(
        self, uri: str, name: str, artifacts: Path | None = None, *, experiment: str = "", patience: float = 20.0
    ) -> None:
        if not name.strip() or set(name) & set("/:"):
            raise ConfigError(f"model name: {name!r} cannot be a registered model in MLflow; use no '/' and no ':'")
        self.uri, self.name, self.artifacts = uri, name, artifacts
        self.experiment = experiment or name
        self._connection = Connection(uri, patience=patience, opened=self._lead_home)
        self._experiment_id = lru_cache(maxsize=1)(self._experiment)
        self._models: dict[str, Model] = {}

    @classmethod
    def at(cls, home: Path, name: str, *, experiment: str = "", patience: float = 20.0) -> "MlflowRegistry":
        """The default installation: SQLite and a folder of artifacts under ``home``."""
        from halflife.monitoring.adapters.database_addresses import sqlite_address

        home = home.absolute()
        address = sqlite_address(home / DATABASE)
        return cls(address, name, home / "artifacts", experiment=experiment, patience=patience)

    @classmethod
    def of(cls, uri: str, home: Path, name: str, *, experiment: str = "") -> "MlflowRegistry":
        """At an address. A server keeps the files too; for a database they are beside its file, else under ``home``."""
        if mlflow_server.is_server(uri) or uri.startswith("databricks"):
            return cls(uri, name, experiment=experiment)
        file = Connection(uri).database
        return cls(uri, name, (home.absolute() if file is None else file.parent) / "artifacts", experiment=experiment)

    @property
    def served(self) -> bool:
        """Whether it is a server, and no database."""
        return mlflow_server.is_server(self.uri)

    @property
    def ui_command(self) -> str:
        """What to type to see it all in a browser on this machine."""
        if self.served:
            return f"open {bare(self.uri)}"
        return f"mlflow ui --backend-store-uri {quote(redacted(self.uri))} --host 127.0.0.1 --port 5000"

    def reach(self) -> None:
        """Whether MLflow answers; nothing is made there. Raises Unavailable and ConfigError."""
        with self._connection.answering():
            return

    def make(self) -> None:
        """Make the database where there is none; MLflow is not loaded for it. Raises Unavailable."""
        self._connection.probe()

    def warm(self) -> None:
        with self._connection.answering():
            self._experiment_id()

    def register(self, version: Version, model: Model, window: Window) -> Version:
        with self._connection.answering() as client:
            experiment = self._experiment_id()
            mlflow_steps.refuse_strangers(client, self.name, version)
            run = mlflow_steps.find_run(client, experiment, version) or mlflow_steps.start_run(
                client, experiment, version
            )
            run_id = run.info.run_id
            registered = mlflow_steps.registered(client, self.name, run_id)
            if registered is None or run.info.status != "FINISHED":
                logged = mlflow_steps.log_model(client, run, version, model)
                client.log_inputs(run_id, [mlflow_records.dataset(version, window, model, f"{self.name}-window")])
                mlflow_steps.log_metrics(client, run, mlflow_records.metrics(version), logged.model_id)
                registered = registered or client.create_model_version(
                    self.name,
                    source=self._source(logged),
                    run_id=run_id,
                    model_id=logged.model_id,
                    tags=mlflow_records.tags(version),
                    await_creation_for=0,
                )
                client.set_terminated(run_id, "FINISHED")
            number = str(registered.version)
        LOG.info("%s is version %s of %s in MLflow, run %s", version.label, number, self.name, run_id)
        self._cached(number, lambda: model)
        return replace(version, registry_version=number, run_id=run_id)

    def model(self, version: Version) -> Model:
        number = self._number(version)
        model = self._cached(number, lambda: self._read(version, number))
        if model.digest != version.model_digest:
            raise NotFound(
                f"{version.label} in MLflow is another model: its text has digest {model.digest},"
                f" and {version.label} was made with {version.model_digest}"
            )
        return model

    def promote(self, version: Version, role: Role) -> None:
        number = self._number(version)
        with self._connection.answering() as client:
            client.set_registered_model_alias(self.name, role.value, number)
        LOG.info("%s is now the %s of %s", version.label, role.value, self.name)

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
        number = self._number(version)
        with self._connection.answering() as client:
            run_id = version.run_id or str(client.get_model_version(self.name, number).run_id)
            run = mlflow_steps.existing_run(client, run_id)
            if run is None:
                LOG.warning(
                    "the run of %s was deleted in MLflow; what is found out about it is not kept there", version.label
                )
                return
            mlflow_steps.log_metrics(client, run, metrics)
            for path in artifacts:
                client.log_artifact(run_id, str(path))
            for name, text in (texts or {}).items():
                client.log_text(run_id, text, name)
            if (tags or card is not None) and not mlflow_steps.exists(client, self.name, number):
                LOG.warning(
                    "%s was deleted in MLflow as version %s of %s; it gets no tags", version.label, number, self.name
                )
                return
            for name, value in (tags or {}).items():
                if value is None:
                    client.delete_model_version_tag(self.name, number, name)
                    continue
                client.set_model_version_tag(
                    self.name, number, name, mlflow_records.cut(str(value), mlflow_records.VERSION_TAG_LENGTH)
                )
            if card is not None:
                client.update_model_version(
                    self.name, number, description=mlflow_records.cut(card, mlflow_records.CARD_LENGTH)
                )

    def tags(self, versions: Sequence[Version]) -> dict[int, dict[str, str]]:
        with self._connection.answering() as client:
            return mlflow_steps.tags(client, self.name, versions)

    def remarks(self, versions: Sequence[Version], champion: Version | None) -> tuple[str, ...]:
        with self._connection.answering() as client:
            there = mlflow_steps.tags(client, self.name, versions)
            gone = [v.label for v in versions if v.run_id and v.number not in there]
            said = [f"{', '.join(gone)} {'was' if len(gone) == 1 else 'were'} deleted in MLflow"] if gone else []
            alias = mlflow_steps.alias(client, self.name, Role.CHAMPION.value)
        if champion is None or not champion.registry_version or alias == champion.registry_version:
            return tuple(said)
        labels = {v.registry_version: v.label for v in versions}
        there_now = "nowhere" if alias is None else f"to {labels.get(alias, f'version {alias} of {self.name}')}"
        return (
            *said,
            f"MLflow's alias 'champion' was moved by hand and points {there_now}; Halflife goes on with {champion.label}, "
            "which its gate let through, and moves the alias at the next promotion",
        )

    def _lead_home(self, database: sqlite3.Connection) -> None:
        if self.artifacts is not None:
            ours = self.artifacts.absolute().as_uri()
            for other in mlflow_addresses.lead_home(database, self.experiment, ours):
                LOG.warning(
                    "this home was copied or moved: files that were in %s are now looked for in %s", other, ours
                )

    def _experiment(self) -> str:
        return mlflow_steps.experiment(self._connection.client, self.experiment, self.name, self.artifacts)

    def _source(self, logged: "LoggedModel") -> str:
        """Where a registered version's files are: a server resolves ``models:/…`` itself and wants nothing else.

        MLflow's SQL store would resolve it through the process-wide tracking address, which is not ours.
        """
        return logged.artifact_location if self._connection.database else logged.model_uri

    def _number(self, version: Version) -> str:
        """The registry's own number of a version. Raises NotFound."""
        if version.registry_version:
            return version.registry_version
        with self._connection.answering() as client:
            run = mlflow_steps.find_run(client, self._experiment_id(), version)
            registered = mlflow_steps.registered(client, self.name, run.info.run_id) if run else None
        if registered is None:
            raise NotFound(f"{version.label} is not registered in MLflow as {self.name!r}; register it first")
        return str(registered.version)

    def _cached(self, number: str, make: Callable[[], Model]) -> Model:
        """The model of a registered version, made when it is not among the ones used last."""
        model = self._models.pop(number) if number in self._models else make()
        self._models[number] = model
        while len(self._models) > CACHED_MODELS:
            self._models.pop(next(iter(self._models)))
        return model

    def _read(self, version: Version, number: str) -> Model:
        from mlflow.artifacts import download_artifacts
        from mlflow.exceptions import MlflowException

        with self._connection.answering() as client:
            uri = self._address(client, version, number)
            try:
                return mlflow_package.read(Path(download_artifacts(artifact_uri=uri, tracking_uri=self.uri)))
            except (OSError, MlflowException) as error:
                if mlflow_server.is_server(self.uri):
                    mlflow_server.look(self.uri)
                raise NotFound(
                    f"the files of version {number} of {self.name!r} are not where MLflow says they are: {uri}"
                ) from error

    def _address(self, client: "MlflowClient", version: Version, number: str) -> str:
        """Where a version's files are: of the registered version, else of the run it was made in. Raises NotFound."""
        if mlflow_steps.exists(client, self.name, number):
            return str(client.get_model_version_download_uri(self.name, number))
        logged = mlflow_steps.logged_model(client, self._experiment_id(), version.run_id) if version.run_id else None
        if logged is None:
            back = (
                f"; `mlflow runs restore --run-id {version.run_id}` brings a deleted run back" if version.run_id else ""
            )
            raise NotFound(
                f"MLflow at {redacted(self.uri)} has no version {number} of {self.name!r}, and no run with the model of"
                f" {version.label}{back}"
            )
        LOG.warning(
            "%s was deleted in MLflow as version %s of %s; its model is read from its run, %s",
            *(version.label, number, self.name, version.run_id),
        )
        return str(logged.artifact_location)
