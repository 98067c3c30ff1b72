"""Reaching MLflow: a client made late, a database probed before MLflow waits for it, failures told in plain words."""

import logging
import os
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from halflife.models.errors import Unavailable
from halflife.monitoring import database_cache
from halflife.monitoring.adapters import mlflow_server
from halflife.monitoring.alerts.redaction import redacted

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

SQLITE = "sqlite:///"
PASSING = {"TEMPORARILY_UNAVAILABLE", "INTERNAL_ERROR", "RESOURCE_EXHAUSTED", "REQUEST_LIMIT_EXCEEDED", "ABORTED"}
"""MLflow's error codes for which trying again may help."""


@contextmanager
def hushed() -> Iterator[None]:
    """Without what MLflow 3.17 warns of in its own code while it is imported and maps its tables."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The ``noload`` loader strategy is deprecated", DeprecationWarning)
        warnings.filterwarnings("ignore", ".*Any type hint is inferred as AnyType", UserWarning)
        yield


class Connection:
    """One tracking store. Importing MLflow takes seconds, so it happens at first use and never at import.

    Args:
        uri: ``sqlite:///…`` or an MLflow server's address.
        patience: seconds to wait for another process to let go of a SQLite database before giving up. MLflow itself
            waits 20 seconds a statement, and up to two minutes when it opens the database.
        opened: called once with the open SQLite database, before anything is asked of MLflow.
    """

    def __init__(
        self, uri: str, *, patience: float = 20.0, opened: Callable[[sqlite3.Connection], None] | None = None
    ) -> None:
        self.uri, self.patience, self._opened = uri, patience, opened
        self._answered = False

    @property
    def database(self) -> Path | None:
        """The SQLite file; None for a server."""
        if not self.uri.startswith(SQLITE):
            return None
        from sqlalchemy import make_url

        from halflife.monitoring.adapters.database_addresses import sqlite_file

        return Path(sqlite_file(make_url(self.uri)))

    @cached_property
    def client(self) -> "MlflowClient":
        """Never the fluent API: its tracking address and its active run are global to the process."""
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        from mlflow.tracking import MlflowClient

        _silence_migrations()
        with hushed():
            return MlflowClient(tracking_uri=self.uri, registry_uri=self.uri)

    @contextmanager
    def answering(self) -> Iterator["MlflowClient"]:
        """The client, with whatever keeps the store from answering raised as Unavailable."""
        self.probe()
        from mlflow.exceptions import MlflowException
        from requests.exceptions import RequestException
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield self.client
        except MlflowException as error:
            self._answered = False
            if mlflow_server.is_server(self.uri):  # not chained: the cause may quote credentials
                raise mlflow_server.in_plain_words(self.uri, error) from None
            if error.error_code in PASSING:
                raise self._unavailable(error) from error
            raise
        except (SQLAlchemyError, RequestException, OSError) as error:
            raise self._unavailable(error) from error

    def probe(self) -> None:
        """Raise Unavailable unless the server answers, or the SQLite database can be written to now, or can be made."""
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        if mlflow_server.is_server(self.uri) and not self._answered:
            mlflow_server.look(self.uri)
            self._answered = True
        if self.database is None:
            return
        try:
            self.database.parent.mkdir(parents=True, exist_ok=True)
            new = not self.database.exists()
            if new:
                database_cache.fill(self.database, template_key(), make_template)
            with closing(sqlite3.connect(self.database, timeout=self.patience)) as probe:
                if new:  # a version is some 40 transactions, each of which would wait for the disk several times
                    probe.execute("PRAGMA journal_mode = WAL")
                if self._opened is not None:
                    self._opened(probe)
                    self._opened = None
                probe.execute("BEGIN IMMEDIATE")
                probe.rollback()
        except (OSError, sqlite3.Error) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> Unavailable:
        where = self.database or redacted(self.uri)
        why = redacted(next(iter(str(error).splitlines()), type(error).__name__))
        if "locked" in why:
            why = f"another process has held its lock for more than {self.patience:g} s"
        return Unavailable(f"the MLflow store {where} does not answer: {why}. Nothing was lost; run the same again")


def template_key() -> str:
    """Of the template of MLflow's database."""
    return f"mlflow-{version('mlflow')}"


def make_template(path: Path) -> None:
    """MLflow's tables and nothing in them: no experiment yet, since an experiment says where its artifacts are."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    _silence_migrations()
    with hushed():
        from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine

        from halflife.monitoring.adapters.database_addresses import sqlite_address

        engine = create_sqlalchemy_engine(sqlite_address(path))  # type: ignore[no-untyped-call]  # as MLflow has it
        _initialize_tables(engine)  # type: ignore[no-untyped-call]  # as MLflow has it
        engine.dispose()


def _silence_migrations() -> None:
    """Creating a database is told migration by migration; people wait for a progress bar, not for that."""
    for name in ("mlflow.store.db.utils", "alembic.runtime.migration"):
        logging.getLogger(name).setLevel(logging.WARNING)
