"""What servers a team has for models, the ledger and pages, one class a table; none of them keeps a password.

A setting that the file leaves out is taken from the variable its ecosystem has for it: `halflife.flows.placement`.
"""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_serializer

from halflife.flows.local_paths import folder_of
from halflife.flows.model_name import possible_name
from halflife.monitoring.alerts.redaction import bare
from halflife.monitoring.section import Section

SQLITE = "sqlite:///"
REGISTRIES = ("https", "http", "sqlite", "postgresql", "mysql", "mssql", "databricks", "databricks-uc")
"""How the address of a registry may begin; behind it may stand a plus sign and a driver."""


def _registry_address(uri: str, info: ValidationInfo) -> str:
    scheme = uri.partition("://")[0].partition(":")[0].partition("+")[0]
    if not uri or scheme in ("databricks", "databricks-uc"):
        return uri
    if "://" not in uri or scheme not in REGISTRIES:
        raise ValueError(
            "MLflow keeps no registry in plain folders any more; name its server, such as https://mlflow.example.org, or a"
            " database, such as sqlite:////data/mlflow.db"
        )
    if scheme in ("http", "https") and not urlsplit(uri).hostname:
        raise ValueError("the address names no server; one is https://mlflow.example.org")
    if uri.startswith(SQLITE) and not uri.startswith(f"{SQLITE}/"):
        file = (folder_of(info) or Path()) / uri.removeprefix(SQLITE)
        return f"{SQLITE}{file.resolve()}"
    return uri.rstrip("/")


def _possible_if_said(name: str) -> str:
    return possible_name(name) if name else name


class RegistrySettings(Section):
    """MLflow. Its user, password or token are read from MLflow's own variables, such as `MLFLOW_TRACKING_USERNAME`."""

    uri: Annotated[
        str,
        AfterValidator(_registry_address),
        Field(
            description="Address of MLflow's server, such as `https://mlflow.example.org`, or of its database; unset,"
            " `MLFLOW_TRACKING_URI`, else SQLite and a folder under the home."
        ),
    ] = ""
    experiment: Annotated[
        str,
        Field(
            description="Name of the experiment; unset, `MLFLOW_EXPERIMENT_NAME`, else that of the registered model."
        ),
    ] = ""
    model: Annotated[
        str,
        AfterValidator(_possible_if_said),
        Field(description="Name of the registered model; unset, the model's `name`."),
    ] = ""

    @field_serializer("uri")
    def _kept(self, uri: str) -> str:
        """Without user and password, which are kept nowhere."""
        return bare(uri)
