"""The MLflow registry on a real SQLite store: what is written, that it is written once, and what happens when it cannot."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import Interval, Role, Version
from halflife.models.errors import ConfigError, NotFound, Unavailable
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.recipe import Recipe
from halflife.models.rows import Column, Kind, Schema, Split, Window
from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry

NUMBERS = count(1)


class Killed(BaseException):
    """What a SIGKILL looks like from inside: nothing catches it."""


@pytest.fixture(scope="module")
def window() -> Window:
    """Two columns, 600 rows, every label there."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=600)
    job = pd.Series(rng.choice(np.array(["köchin", "clerk"], dtype=object), 600), dtype="str")
    label = (x + rng.normal(size=600) > 0).astype(float)
    rows = pd.DataFrame({"_id": [f"r{i}" for i in range(600)], "_tick": 0, "_label": label, "x": x, "job": job})
    return Window(first=0, last=5, source="17", rows=rows, split=Split())


@pytest.fixture(scope="module")
def model(window: Window) -> Model:
    """A small model of ``window``."""
    schema = Schema((Column("x", Kind.NUMERIC), Column("job", Kind.CATEGORICAL)))
    return fit(window, schema, Recipe(trees=5, leaves=4, threads=1), seed=1)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> MlflowRegistry:
    """One database for the module: creating it takes seconds. Tests use version numbers of their own."""
    return MlflowRegistry.at(tmp_path_factory.mktemp("home"), "demo")


@pytest.fixture
def version(window: Window, model: Model) -> Version:
    """A version nobody has registered yet."""
    return Version(
        number=next(NUMBERS),
        first=0,
        last=5,
        source="17",
        recipe=Recipe().digest,
        seed=1,
        data_digest=window.digest,
        model_digest=model.digest,
        metrics={"auc": Interval(0.8, 0.7, 0.9), "log_loss": Interval(0.4, 0.3, float("nan"))},
        role=Role.CHAMPION,
        reason="there is no champion to compare with",
        rows=450,
    )


def client(registry: MlflowRegistry) -> Any:
    """MLflow's client on the registry's store, to look with other eyes."""
    from mlflow.tracking import MlflowClient

    return MlflowClient(tracking_uri=registry.uri, registry_uri=registry.uri)


def runs_of(registry: MlflowRegistry, version: Version) -> list[Any]:
    """Every run MLflow has of a version."""
    mlflow = client(registry)
    experiment = mlflow.get_experiment_by_name(registry.name).experiment_id
    return list(mlflow.search_runs([experiment], f"tags.`halflife.version` = '{version.number}'"))


def registered_of(registry: MlflowRegistry, version: Version) -> list[Any]:
    """Every registered version MLflow has of a version."""
    return list(client(registry).search_model_versions(f"tags.`halflife.version` = '{version.number}'"))


def test_a_version_is_found_in_mlflow_with_all_that_was_known(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """The run carries name, recipe, metrics with bounds, tags and the dataset; an unknown bound is left out."""
    made = registry.register(version, model, window)
    run = client(registry).get_run(made.run_id)
    assert run.info.run_name == made.label
    assert run.info.status == "FINISHED"
    assert run.data.params.items() >= {"trees": "5", "leaves": "4", "l2": "1", "seed": "1", "last_tick": "5"}.items()
    assert run.data.metrics == {
        "auc": 0.8, "auc_lower": 0.7, "auc_upper": 0.9, "log_loss": 0.4, "log_loss_lower": 0.3
    }  # fmt: skip
    assert run.data.tags["halflife.model_digest"] == model.digest
    dataset = run.inputs.dataset_inputs[0].dataset
    assert dataset.digest == window.digest
    assert json.loads(dataset.source) == {"store_version": "17", "first_tick": 0, "last_tick": 5}
    assert json.loads(dataset.profile)["num_rows"] == 600
    (registered,) = registered_of(registry, version)
    assert (registered.run_id, str(registered.version)) == (made.run_id, made.registry_version)


def test_the_model_comes_back_bit_for_bit(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """A registry that has cached nothing loads an equal model from LightGBM's text and JSON; no pickle is stored."""
    made = registry.register(version, model, window)
    fresh = MlflowRegistry(registry.uri, registry.name, registry.artifacts)
    loaded = fresh.model(made)
    assert loaded == model
    np.testing.assert_array_equal(loaded.probability(window.rows), model.probability(window.rows))
    assert registry.artifacts is not None
    assert not [p for p in registry.artifacts.rglob("*") if p.suffix in {".pkl", ".pickle", ".joblib"}]


def test_mlflow_itself_can_serve_the_model(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """MLflow's own loader gives the trees' probabilities for an encoded matrix."""
    import mlflow.lightgbm

    registered = client(registry).get_model_version(
        registry.name, registry.register(version, model, window).registry_version
    )
    matrix = model.matrix(window.rows)
    np.testing.assert_allclose(
        mlflow.lightgbm.load_model(registered.source).predict(matrix), model.booster.predict(matrix)
    )


def test_registering_twice_is_registering_once(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """The second call returns the same version; MLflow has one run, one registered version, one point a metric."""
    first, second = (registry.register(version, model, window) for _ in range(2))
    assert first == second
    assert len(runs_of(registry, version)) == len(registered_of(registry, version)) == 1
    assert len(client(registry).get_metric_history(first.run_id, "auc")) == 1


STEPS = [
    "create_run",
    "log_batch",
    "create_logged_model",
    "log_model_artifacts",
    "finalize_logged_model",
    "log_outputs",
    "log_inputs",
    "create_model_version",
    "set_terminated",
]


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_goes_on_with_the_same_run(
    registry: MlflowRegistry,
    version: Version,
    model: Model,
    window: Window,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    done: bool,
) -> None:
    """Killed before or after any step and called again, there are one whole run, one model and one version."""
    registry.register(version, model, window)  # the experiment exists
    version = replace(version, number=next(NUMBERS))
    mlflow = registry._connection.client
    original = getattr(mlflow, step)

    def killed(*args: Any, **kwargs: Any) -> None:
        if done:
            original(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(mlflow, step, killed)
        with pytest.raises(Killed):
            registry.register(version, model, window)

    made = MlflowRegistry(registry.uri, registry.name, registry.artifacts).register(version, model, window)
    (run,) = runs_of(registry, version)
    (registered,) = registered_of(registry, version)
    assert (run.info.run_id, run.info.status) == (made.run_id, "FINISHED")
    assert str(registered.version) == made.registry_version
    assert len(run.outputs.model_outputs) == len(run.inputs.dataset_inputs) == 1
    assert len(mlflow.search_logged_models([run.info.experiment_id], f"source_run_id = '{made.run_id}'")) == 1
    assert len(mlflow.get_metric_history(made.run_id, "auc")) == 1
    assert registry.model(made) == model


def test_another_model_under_the_same_number_is_another_version(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """A run whose model differs is not taken for this version's, even when the number is the same."""
    first = registry.register(version, model, window)
    retrained = fit(window, model.schema, Recipe(trees=6, threads=1), seed=1)
    second = registry.register(replace(version, model_digest=retrained.digest), retrained, window)
    assert first.run_id != second.run_id
    assert registry.model(first) == model
    assert registry.model(second) == retrained


def test_aliases_follow_promotion(registry: MlflowRegistry, version: Version, model: Model, window: Window) -> None:
    """The alias of a role points at the version promoted last, found by tag when its number is not known."""
    old = registry.register(version, model, window)
    new = registry.register(replace(version, number=next(NUMBERS)), model, window)
    registry.promote(old, Role.CHAMPION)
    registry.promote(replace(new, registry_version="", run_id=""), Role.CHAMPION)
    registry.promote(old, Role.CHALLENGER)
    mlflow = client(registry)
    assert str(mlflow.get_model_version_by_alias(registry.name, "champion").version) == new.registry_version
    assert str(mlflow.get_model_version_by_alias(registry.name, "challenger").version) == old.registry_version


def test_a_version_deleted_in_mlflow_is_read_from_its_run_and_told(
    registry: MlflowRegistry, version: Version, model: Model, window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    """Its model is the same, what is found out about it is kept with the run, and the log and the remarks say it is gone."""
    version = registry.register(version, model, window)
    registry.promote(version, Role.CHAMPION)
    assert registry.remarks([version], version) == ()
    client(registry).delete_model_version("demo", version.registry_version)
    fresh = MlflowRegistry(registry.uri, "demo", registry.artifacts)
    assert fresh.model(version).digest == model.digest
    fresh.annotate(version, metrics={"later": 1.0}, texts={"later.txt": "x"}, tags={"later": "x"}, card="new")
    assert client(registry).get_run(version.run_id).data.metrics["later"] == 1.0
    assert caplog.text.count(f"{version.label} was deleted in MLflow") == 2
    gone, moved = fresh.remarks([version], version)
    assert gone == f"{version.label} was deleted in MLflow"
    assert "alias 'champion' was moved by hand and points nowhere" in moved


def test_a_run_deleted_in_mlflow_takes_nothing_more(
    registry: MlflowRegistry, version: Version, model: Model, window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    """The model can still be read; what is said about the version is passed over with a warning."""
    version = registry.register(version, model, window)
    client(registry).delete_run(version.run_id)
    fresh = MlflowRegistry(registry.uri, "demo", registry.artifacts)
    assert fresh.model(version).digest == model.digest
    fresh.annotate(version, metrics={"later": 1.0}, tags={"later": "x"})
    assert f"the run of {version.label} was deleted in MLflow" in caplog.text


def test_an_alias_moved_by_hand_is_told(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """Where it points now, and with which version Halflife goes on."""
    first = registry.register(version, model, window)
    second = registry.register(replace(version, number=next(NUMBERS)), model, window)
    registry.promote(second, Role.CHAMPION)
    assert registry.remarks([first, second], second) == ()
    client(registry).set_registered_model_alias("demo", "champion", first.registry_version)
    (moved,) = registry.remarks([first, second], second)
    assert f"points to {first.label}; Halflife goes on with {second.label}" in moved


def test_annotations_said_twice_are_said_once(
    registry: MlflowRegistry, version: Version, model: Model, window: Window, tmp_path: Path
) -> None:
    """Metrics, files, texts, tags and the card are all there, and repeating them adds nothing."""
    made = registry.register(version, model, window)
    page = tmp_path / "conclusions.html"
    page.write_text("<p>ok</p>")
    for _ in range(2):
        registry.annotate(
            made,
            metrics={"findings/stale": 3.0, "half_life": float("inf")},
            artifacts=[page],
            texts={"findings.json": "[]", "checks/v1.json": "{}"},
            tags={"halflife.stale": "3"},
            card="# v1",
        )
    mlflow = client(registry)
    run, registered = mlflow.get_run(made.run_id), mlflow.get_model_version(registry.name, made.registry_version)
    assert run.data.metrics["findings/stale"] == 3.0
    assert "half_life" not in run.data.metrics
    assert len(mlflow.get_metric_history(made.run_id, "findings/stale")) == 1
    assert {f.path for f in mlflow.list_artifacts(made.run_id)} == {"conclusions.html", "findings.json", "checks"}
    assert registered.tags["halflife.stale"] == "3"
    assert registered.description == "# v1"


def test_a_corrected_metric_shows_its_newest_value(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """A second annotation with a lower value wins, although MLflow keeps both points."""
    made = registry.register(version, model, window)
    registry.annotate(made, metrics={"stale": 3.0})
    registry.annotate(made, metrics={"stale": 1.0})
    assert client(registry).get_run(made.run_id).data.metrics["stale"] == 1.0


def test_long_values_are_cut_where_it_shows(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """A reason or card longer than MLflow keeps ends with how long it was."""
    made = registry.register(replace(version, reason="r" * 9_000), model, window)
    registry.annotate(made, metrics={}, card="c" * 6_000)
    mlflow = client(registry)
    registered = mlflow.get_model_version(registry.name, made.registry_version)
    assert mlflow.get_run(made.run_id).data.tags["halflife.reason"].endswith("… (9000 characters, cut)")
    assert registered.description.endswith("… (6000 characters, cut)")
    assert len(registered.description) == 5_000


def test_what_was_never_registered_is_not_found(registry: MlflowRegistry, version: Version) -> None:
    """Loading, promoting or annotating a version MLflow does not have names the version and what to do."""
    message = f"v{version.number} is not registered in MLflow as 'demo'; register it first"
    asked: list[Callable[[], object]] = [
        lambda: registry.model(version),
        lambda: registry.promote(version, Role.CHAMPION),
        lambda: registry.annotate(version, metrics={}),
    ]
    for ask in asked:
        with pytest.raises(NotFound) as caught:
            ask()
        assert str(caught.value) == message
    with pytest.raises(NotFound, match=r"MLflow at sqlite:.* has no version 999 of 'demo'"):
        registry.model(replace(version, registry_version="999"))


def test_a_model_whose_files_changed_is_refused(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """A text edited on disk is not the version that was registered, and a deleted one is named by its address."""
    made = registry.register(version, model, window)
    source = client(registry).get_model_version(registry.name, made.registry_version).source
    text = Path(source.removeprefix("file://")) / "model.lgb"
    text.write_text(model.text.replace("Tree=1", "Tree=1 "), encoding="utf-8")
    with pytest.raises(NotFound, match=rf"v{made.number} in MLflow is another model: its text has digest"):
        MlflowRegistry(registry.uri, registry.name, registry.artifacts).model(made)
    text.unlink()
    with pytest.raises(NotFound, match="are not where MLflow says they are: file:///"):
        MlflowRegistry(registry.uri, registry.name, registry.artifacts).model(made)


@pytest.fixture
def locked(registry: MlflowRegistry, version: Version, model: Model, window: Window) -> Iterator[None]:
    """Another process holds the whole database."""
    registry.register(replace(version, number=next(NUMBERS)), model, window)
    database = registry.uri.removeprefix("sqlite:///")
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.rollback()


@pytest.mark.usefixtures("locked")
def test_a_locked_store_is_told_plainly(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """While another process holds the lock, registering fails after the patience asked for, in one sentence."""
    hasty = MlflowRegistry(registry.uri, registry.name, registry.artifacts, patience=0.05)
    with pytest.raises(Unavailable) as caught:
        hasty.register(version, model, window)
    assert str(caught.value) == (
        f"the MLflow store {registry.uri.removeprefix('sqlite:///')} does not answer:"
        " another process has held its lock for more than 0.05 s. Nothing was lost; run the same again"
    )


def test_a_lock_that_falls_in_the_middle_loses_nothing(
    registry: MlflowRegistry, version: Version, model: Model, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock met half-way, after MLflow's own waiting, is Unavailable; the same call later finishes the same run."""
    from mlflow.exceptions import MlflowException
    from mlflow.protos.databricks_pb2 import TEMPORARILY_UNAVAILABLE

    registry.register(version, model, window)
    version = replace(version, number=next(NUMBERS))

    def busy(*args: Any, **kwargs: Any) -> None:
        raise MlflowException("(sqlite3.OperationalError) database is locked\n[SQL: INSERT …]", TEMPORARILY_UNAVAILABLE)

    with monkeypatch.context() as patch:
        patch.setattr(registry._connection.client, "create_model_version", busy)
        with pytest.raises(Unavailable, match=r"held its lock.*run the same again"):
            registry.register(version, model, window)
    (unfinished,) = runs_of(registry, version)
    made = registry.register(version, model, window)
    assert made.run_id == unfinished.info.run_id
    assert len(registered_of(registry, version)) == 1


def test_a_home_that_cannot_be_made_is_told_plainly(
    tmp_path: Path, version: Version, model: Model, window: Window
) -> None:
    """A file where a folder should be, or a database that is no database, names the path and the cause."""
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(
        Unavailable, match=r"the MLflow store .*/file/home/mlflow.db does not answer: .*Not a directory"
    ):
        MlflowRegistry.at(tmp_path / "file" / "home", "demo").register(version, model, window)
    (tmp_path / "mlflow.db").write_text("this is no database, but it is long enough to be looked at " * 20)
    with pytest.raises(Unavailable, match="file is not a database"):
        MlflowRegistry.at(tmp_path, "demo").register(version, model, window)


def test_a_server_that_is_down_is_told_plainly(
    version: Version, model: Model, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tracking server nobody listens at is Unavailable, with its address."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(Unavailable, match=r"the MLflow server http://127.0.0.1:9 does not answer"):
        MlflowRegistry("http://127.0.0.1:9", "demo").register(version, model, window)


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b"])
def test_a_name_mlflow_forbids_is_a_configuration_error(name: str) -> None:
    """The name is refused before anything is opened."""
    with pytest.raises(ConfigError, match="use no '/' and no ':'"):
        MlflowRegistry("sqlite:///nowhere.db", name)


def test_a_name_with_a_quote_is_fine(registry: MlflowRegistry, version: Version, model: Model, window: Window) -> None:
    """An apostrophe in the name does not break MLflow's filters; a second model shares the store."""
    other = MlflowRegistry(registry.uri, "anna's model", registry.artifacts)
    assert other.register(version, model, window) == other.register(version, model, window)


def test_a_deleted_experiment_is_told_plainly(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """After somebody deleted the experiment in MLflow's UI, the message says so instead of writing into the bin."""
    MlflowRegistry(registry.uri, "binned", registry.artifacts).register(version, model, window)
    mlflow = client(registry)
    mlflow.delete_experiment(mlflow.get_experiment_by_name("binned").experiment_id)
    with pytest.raises(Unavailable, match=r"MLflow's experiment 'binned' was deleted; .* brings it back"):
        MlflowRegistry(registry.uri, "binned", registry.artifacts).register(version, model, window)


def test_the_ui_command_can_be_pasted(tmp_path: Path) -> None:
    """It names the database and listens on loopback only; a folder with a space is quoted."""
    assert MlflowRegistry.at(tmp_path, "demo").ui_command == (
        f"mlflow ui --backend-store-uri sqlite:///{tmp_path}/mlflow.db --host 127.0.0.1 --port 5000"
    )
    assert "'sqlite:////my home/mlflow.db'" in MlflowRegistry.at(Path("/my home"), "demo").ui_command


def test_the_adapter_is_imported_without_mlflow() -> None:
    """Importing the registry, as every command does, does not import MLflow, which takes seconds."""
    code = "import sys, halflife.monitoring.adapters.mlflow_registry; print('mlflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_tags_of_several_versions_come_with_one_search(
    registry: MlflowRegistry, version: Version, model: Model, window: Window
) -> None:
    """What people tagged in the UI is there under our own numbers; a version MLflow does not have is left out."""
    first = registry.register(version, model, window)
    second = registry.register(replace(version, number=next(NUMBERS)), model, window)
    client(registry).set_model_version_tag(
        registry.name, first.registry_version, "halflife.finding.fair", "auc() > 0.7"
    )
    read = registry.tags([first, second, replace(version, number=next(NUMBERS), run_id="nowhere")])
    assert set(read) == {first.number, second.number}
    assert read[first.number]["halflife.finding.fair"] == "auc() > 0.7"
    assert "halflife.finding.fair" not in read[second.number]
    assert registry.tags([]) == {}


def test_a_model_registered_here_is_not_read_again(
    registry: MlflowRegistry, version: Version, model: Model, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps after training get the model that was trained; another process reads the same one from the artifacts."""
    registered = registry.register(version, model, window)
    monkeypatch.setattr(registry, "_read", None)
    assert registry.model(registered) is model
    assert MlflowRegistry(registry.uri, registry.name).model(registered) == model
