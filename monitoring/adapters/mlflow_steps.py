"""The steps that put a version into MLflow. Each finds what is there or makes it, so that any may be run again.

None is found by what a killed process knew; all is found by tags and by MLflow's own links from run to model.
"""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from halflife.models.domain import Role, Version
from halflife.models.errors import ConfigError, Unavailable
from halflife.models.learner.model import Model
from halflife.monitoring.adapters import mlflow_package, mlflow_records
from halflife.monitoring.adapters.mlflow_names import metric_key

if TYPE_CHECKING:
    from mlflow.entities import LoggedModel, Run
    from mlflow.entities.model_registry import ModelVersion
    from mlflow.tracking import MlflowClient

METRICS_AT_ONCE = 1_000
GONE = "RESOURCE_DOES_NOT_EXIST"


def experiment(client: "MlflowClient", name: str, model: str, artifacts: Path | None) -> str:
    """The id of an experiment; makes it, and the registered model, where they are missing.

    Args:
        client: to ask.
        name: of the experiment.
        model: name of the registered model.
        artifacts: folder of the experiment's files; None leaves the choice to a server.

    Raises:
        Unavailable: the experiment was deleted.
    """
    from mlflow.exceptions import MlflowException

    location = artifacts.absolute().as_uri() if artifacts else None
    steps: list[Callable[[], object]] = [lambda: client.create_registered_model(model)]
    made = client.get_experiment_by_name(name)
    if made is None:
        steps.append(lambda: client.create_experiment(name, location))
    for make in steps:
        try:
            make()
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
    made = made or client.get_experiment_by_name(name)
    if made is None or made.lifecycle_stage != "active":
        number = "NUMBER" if made is None else made.experiment_id
        raise Unavailable(
            f"MLflow's experiment {name!r} was deleted; `mlflow experiments restore --experiment-id {number}` brings it"
            " back, or choose another one with `[registry] experiment`"
        )
    return str(made.experiment_id)


def refuse_strangers(client: "MlflowClient", model: str, version: Version) -> None:
    """Go no further where a registered model has versions that come from another ledger than this version does.

    A ledger that is gone, or another team's model of the same name, would else have its champion taken away. What a
    killed process left is no stranger: its number is this version's own.

    Raises:
        ConfigError: says how many there are, and what to do.
    """
    there = client.get_registered_model(model)
    latest = [int(each.version) for each in there.latest_versions]
    champion = there.aliases.get(Role.CHAMPION.value)
    looked = {str(number) for number in latest} | ({str(champion)} if champion is not None else set())
    for number in sorted(looked, key=int):
        tags = client.get_model_version(model, number).tags
        ours = tags.get(mlflow_records.IDENTITY[0], "")
        newer = ours.isdecimal() and int(ours) > version.number
        first = version.number == 1 and any(tags.get(name) != said for name, said in _identity(version).items())
        if newer or (first and (not ours or str(champion) == number)):
            last = max(latest, default=int(number))
            raise ConfigError(
                f"MLflow has {'a version' if last == 1 else f'versions up to {last}'} of {model!r} that this ledger does not"
                f" know, and {version.label} would take {'its' if last == 1 else 'their'} place: where they are this"
                " model's, bring its ledger back; where they are another's, choose another `name` or `[registry] model`"
            )


def find_run(client: "MlflowClient", experiment_id: str, version: Version) -> "Run | None":
    """The run of this version, finished or not: same number, same model."""
    same = " and ".join(f"tags.`{name}` = '{said}'" for name, said in _identity(version).items())
    return next(iter(client.search_runs([experiment_id], same, max_results=1)), None)


def start_run(client: "MlflowClient", experiment_id: str, version: Version) -> "Run":
    """A new run; its tags are written in the same transaction, so there is none that cannot be found again."""
    return client.create_run(
        experiment_id, start_time=_now(), tags=mlflow_records.tags(version), run_name=version.label
    )


def log_model(client: "MlflowClient", run: "Run", version: Version, model: Model) -> "LoggedModel":
    """The run's logged model with its parameters and files, written anew unless they were finished."""
    from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Param

    run_id, experiment_id = run.info.run_id, run.info.experiment_id
    parameters = mlflow_records.parameters(version, model)
    client.log_batch(run_id, params=[Param(name, value) for name, value in parameters.items()])
    logged = logged_model(client, experiment_id, run_id) or client.create_logged_model(
        experiment_id, version.label, source_run_id=run_id, tags=mlflow_records.tags(version), params=parameters
    )
    if logged.status != LoggedModelStatus.READY:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "model"
            mlflow_package.write(model, folder, model_id=logged.model_id, run_id=run_id)
            client.log_model_artifacts(logged.model_id, str(folder))
        logged = client.finalize_logged_model(logged.model_id, LoggedModelStatus.READY)
    if not (run.outputs and run.outputs.model_outputs):
        client.log_outputs(run_id, [LoggedModelOutput(logged.model_id, step=0)])
    return logged


def logged_model(client: "MlflowClient", experiment_id: str, run_id: str) -> "LoggedModel | None":
    """The model that a run made, finished or not."""
    found = client.search_logged_models([experiment_id], f"source_run_id = '{run_id}'", max_results=1)
    return next(iter(found), None)


def log_metrics(client: "MlflowClient", run: "Run", metrics: Mapping[str, float], model_id: str | None = None) -> None:
    """Write those whose latest value in ``run`` differs, so that saying it twice adds no second point.

    Of points of one millisecond MLflow takes the largest for the latest; two calls, several round trips each, never
    share one.
    """
    from mlflow.entities import Metric

    latest, now = run.data.metrics, _now()
    fresh = [
        Metric(key, value, now, 0, model_id=model_id)
        for key, value in ((metric_key(name), value) for name, value in mlflow_records.known(metrics).items())
        if latest.get(key) != value
    ]
    for start in range(0, len(fresh), METRICS_AT_ONCE):
        client.log_batch(run.info.run_id, metrics=fresh[start : start + METRICS_AT_ONCE])


def registered(client: "MlflowClient", name: str, run_id: str) -> "ModelVersion | None":
    """The registered version made from a run. The name is compared here: MLflow's filters cannot quote one."""
    found = client.search_model_versions(f"run_id = '{run_id}'")
    return next((version for version in found if version.name == name), None)


def existing_run(client: "MlflowClient", run_id: str) -> "Run | None":
    """A run that was not deleted, be it for good or into MLflow's bin."""
    from mlflow.exceptions import MlflowException

    try:
        run = client.get_run(run_id)
    except MlflowException as error:
        if error.error_code == GONE:
            return None
        raise
    return run if run.info.lifecycle_stage == "active" else None


def exists(client: "MlflowClient", name: str, number: str) -> bool:
    """Whether there is a registered version of that number."""
    from mlflow.exceptions import MlflowException

    try:
        client.get_model_version(name, number)
    except MlflowException as error:
        if error.error_code == GONE:
            return False
        raise
    return True


def alias(client: "MlflowClient", name: str, role: str) -> str | None:
    """The registered version that an alias points at; None where it points nowhere."""
    found = client.get_registered_model(name).aliases.get(role)
    return None if found is None else str(found)


def tags(client: "MlflowClient", name: str, versions: Sequence[Version]) -> dict[int, dict[str, str]]:
    """The tags of these versions as they are now, by our own numbers, with one search for all."""
    numbers = {version.run_id: version.number for version in versions if version.run_id}
    if not numbers:
        return {}
    runs = ", ".join(f"'{run_id}'" for run_id in numbers)
    found = client.search_model_versions(f"run_id IN ({runs})")
    return {numbers[str(version.run_id)]: dict(version.tags) for version in found if version.name == name}


def _identity(version: Version) -> dict[str, str]:
    """The tags by which a version is told from any other."""
    tags = mlflow_records.tags(version)
    return {name: tags[name] for name in mlflow_records.IDENTITY}


def _now() -> int:
    """Milliseconds since the epoch, as MLflow counts."""
    return time.time_ns() // 1_000_000
