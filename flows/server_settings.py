"""What servers a team has for models, the ledger and pages, one class a table; none of them keeps a password.

A setting that the file leaves out is taken from the variable its ecosystem has for it: `halflife.flows.placement`.
"""

import os
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_serializer, model_validator

from halflife.flows.local_paths import folder_of
from halflife.flows.model_name import possible_name
from halflife.models.errors import ConfigError
from halflife.monitoring.alerts.redaction import bare
from halflife.monitoring.section import Section

SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgresql+psycopg://", "postgres://")
PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s]*@")
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


def _ledger_address(url: str) -> str:
    if url and not url.startswith(POSTGRES):
        raise ValueError(
            "a shared ledger is in PostgreSQL, as in postgresql://ann@host/database; unset, it is SQLite in the home"
        )
    if "password=" in url:
        raise ValueError("the password goes into the environment: name a variable with url_env, or set PGPASSWORD")
    return url


class LedgerSettings(Section):
    """Where conclusions are kept: in the home, or in PostgreSQL, where each model has a schema of its own."""

    url: Annotated[
        str,
        AfterValidator(_ledger_address),
        Field(
            description="Address of a PostgreSQL database, such as `postgresql://ann@host/database`; the password is read"
            " from `PGPASSWORD`. Unset, what `HALFLIFE_LEDGER_URL` holds, else SQLite in the home."
        ),
    ] = ""
    url_env: Annotated[
        str, Field(description="Environment variable that holds the address, password and all, instead of `url`.")
    ] = ""

    @model_validator(mode="after")
    def _one_address(self) -> "LedgerSettings":
        if self.url and self.url_env:
            raise ValueError("give url, or url_env to name the environment variable that holds it, not both")
        return self

    @property
    def shared(self) -> bool:
        """Whether it is in a database that several homes may use."""
        return bool(self.url or self.url_env)

    def address(self) -> str:
        """Password and all; told to nobody. Raises ConfigError where its variable is not set, or holds no address."""
        if not self.url_env:
            return self.url
        url = os.environ.get(self.url_env, "")
        if not url.startswith(POSTGRES):
            what = "holds none" if url else "is not set"
            raise ConfigError(
                f"the environment variable {self.url_env} {what}: it should hold the address of the ledger's database, such"
                " as postgresql://user:password@host/database"
            )
        return url

    @field_serializer("url")
    def _kept(self, url: str) -> str:
        """Without the password, which is kept nowhere."""
        return PASSWORD.sub(r"\1@", url, count=1)


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError(
            "the address pages are seen at begins with https:// or http://, as in https://halflife.example.org"
        )
    if parts.username or parts.query or parts.fragment:
        raise ValueError("the address goes into mails and pages as it is: no user, no password, nothing after a ? or #")
    return url.rstrip("/")


class LinkSettings(Section):
    """What links in mails, webhooks, MLflow and pages begin with."""

    base_url: Annotated[
        str,
        AfterValidator(_base_url),
        Field(
            description="Where people reach the pages of `halflife up`, such as `https://halflife.example.org`; unset, links"
            " are paths on this machine. Another server will do that has the home's folder `reports` under"
            " `/reports/NAME`, the name being the home's."
        ),
    ] = ""
