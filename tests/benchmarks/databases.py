"""What putting a version into MLflow costs, and a new home's databases."""

import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

from cycle import FEATURES, temporary
from harness import Pair, scenario


@scenario(
    id="cycle/mlflow-register",
    question="How much faster is a version in MLflow than with log_model as it comes?",
    ours="MlflowRegistry.register: run, parameters, metrics, dataset, model, registered version",
    peer="mlflow.lightgbm.log_model with inferred requirements, registered; the same parameters and metrics",
    goal=20.0,
    pairs=3,
)
def register() -> Pair:
    """Both into a SQLite store of their own, made and warm."""
    import mlflow.lightgbm
    import numpy as np
    import pandas as pd

    from halflife.models.domain import Interval, Role, Version
    from halflife.models.learner.fit import fit
    from halflife.models.learner.model import Model
    from halflife.models.recipe import Recipe
    from halflife.models.rows import Column, Kind, Schema, Split, Window
    from halflife.monitoring.adapters.mlflow_records import metrics, parameters
    from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry

    folder = Path(temporary())
    rng = np.random.default_rng(0)
    values = rng.normal(size=(20_000, FEATURES))
    names = [f"x{j}" for j in range(FEATURES)]
    rows = pd.DataFrame(values, columns=names)
    label = (values[:, 0] > rng.normal(size=len(values))).astype(float)
    rows = pd.concat(
        [pd.DataFrame({"_id": [f"{i}" for i in range(len(rows))], "_tick": 0, "_label": label}), rows], axis=1
    )
    schema = Schema(tuple(Column(name, Kind.NUMERIC) for name in names))
    window = Window(first=0, last=0, source="rows@1,labels@1", rows=rows, split=Split())
    first = fit(window, schema, Recipe(), seed=0)
    registry = MlflowRegistry.at(folder / "ours", "bench")
    registry.warm()
    numbers = iter(range(1, 10_000))

    def fresh() -> tuple[Version, Model]:
        number = next(numbers)
        text = first.text.replace("[seed: 0]", f"[seed: {number}]")
        model = Model(text, schema, first.categories, first.calibration, first.threshold)
        bounds = {name: Interval(0.8, 0.7, 0.9) for name in ("auc", "log_loss", "brier", "accuracy")}
        version = Version(
            number, 0, 0, window.source, "r", number, "d", model.digest, bounds, Role.CHAMPION, "", 15_000
        )
        return version, model

    def ours() -> None:
        registry.register(*fresh(), window)

    mlflow.set_tracking_uri(f"sqlite:///{folder / 'peer.db'}")
    mlflow.set_experiment(experiment_id=mlflow.create_experiment("peer", (folder / "peer").as_uri()))

    def peer() -> None:
        version, model = fresh()
        with mlflow.start_run():
            mlflow.log_params(parameters(version, model))
            mlflow.log_metrics(metrics(version))
            mlflow.lightgbm.log_model(model.booster, name="model", registered_model_name="peer")

    def same() -> None:
        """What either has registered is the same model."""
        version, model = fresh()
        mine = registry.model(registry.register(version, model, window)).raw(values[:100])
        with mlflow.start_run():
            logged = mlflow.lightgbm.log_model(model.booster, name="model", pip_requirements=[])
        theirs = mlflow.lightgbm.load_model(logged.model_uri).predict(values[:100], raw_score=True)
        assert np.array_equal(mine, theirs)

    return Pair(ours=ours, peer=peer, same=same)


@scenario(
    id="cycle/first-home",
    question="How much sooner are a new home's databases ready from templates?",
    ours="ledger, MLflow's and Prefect's databases copied; Prefect's server up",
    peer="the same, migrated where they stand",
    goal=2.0,
    pairs=3,
)
def first_home() -> Pair:
    """Templates are made beforehand; the peer is pointed at a cache that cannot be."""
    from halflife.flows.fill_caches import main
    from halflife.monitoring import database_cache

    folder = Path(temporary())
    os.environ["HALFLIFE_CACHE"] = str(folder / "cache")
    assert main() == 0, f"{database_cache.cache()} cannot be written"
    numbers = iter(range(10_000))

    def make(cache: str) -> None:
        from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry
        from halflife.monitoring.adapters.sql_ledger import SqlLedger

        home = folder / f"home{next(numbers)}"
        home.mkdir()
        with patch.dict(os.environ, HALFLIFE_CACHE=cache, PREFECT_HOME=str(home / "prefect")):
            _serve_once(home / "prefect")
            SqlLedger(f"sqlite:///{home / 'ledger.db'}").close()
            MlflowRegistry.at(home, "bench").warm()

    return Pair(ours=lambda: make(str(folder / "cache")), peer=lambda: make("/dev/null/none"))


def _serve_once(home: Path) -> None:
    """Start Prefect's temporary server, wait until it answers, and end it."""
    code = f"from pathlib import Path; from halflife.flows import prefect_engine; prefect_engine.prepare(Path({str(home)!r}))()"
    clean = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    subprocess.run([sys.executable, "-c", code], check=True, env=clean)
