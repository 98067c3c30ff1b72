"""A model as files: MLflow's LightGBM flavour, which is LightGBM's own text, and ``halflife.json`` beside it."""

import json
from pathlib import Path

import numpy as np

from halflife.models.learner.model import Model
from halflife.monitoring.adapters.mlflow_connection import hushed

TEXT = "model.lgb"
REST = "halflife.json"


def write(model: Model, folder: Path, *, model_id: str, run_id: str) -> None:
    """Write the model as MLflow serves it; ``folder`` must not exist yet.

    ``mlflow.pyfunc`` loads it as the trees alone: encoded matrix in (see `Model.matrix`), uncalibrated probability out.

    The requirements are given because finding them out by importing the model in another process takes 6 s, and the
    signature because an encoded matrix has no column names to infer one from.
    """
    import lightgbm as lgb

    with hushed():
        import mlflow.lightgbm
        import mlflow.pyfunc
    from mlflow.models import Model as Description
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    doubles = np.dtype(np.float64)
    mlflow.lightgbm.save_model(
        model.booster,
        str(folder),
        mlflow_model=Description(run_id=run_id, model_id=model_id),
        signature=ModelSignature(
            inputs=Schema([TensorSpec(doubles, (-1, len(model.schema.columns)))]),
            outputs=Schema([TensorSpec(doubles, (-1,))]),
        ),
        pip_requirements=[f"lightgbm=={lgb.__version__}", f"mlflow=={mlflow.__version__}", f"numpy=={np.__version__}"],
    )
    # Written last and over MLflow's own copy, so that the bytes are those the model's digest was taken of.
    (folder / TEXT).write_text(model.text, encoding="utf-8", newline="\n")
    (folder / REST).write_text(json.dumps(model.to_dict(), indent=2, ensure_ascii=False), encoding="utf-8")


def read(folder: Path) -> Model:
    """The model in ``folder``, from these two files and nothing else. Raises OSError when one is missing."""
    with (folder / TEXT).open(encoding="utf-8", newline="") as text:
        return Model.from_dict(text.read(), json.loads((folder / REST).read_text(encoding="utf-8")))
