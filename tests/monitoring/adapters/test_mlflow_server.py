"""The MLflow registry on a real server: files go through it, and whatever it refuses is one sentence."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from halflife.models.domain import Role
from halflife.models.errors import ConfigError, Unavailable
from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry
from halflife.testing.registry_checks import Check, registry_checks, specimen

USER, PASSWORD = "admin", "mlflow-admin-word"


@pytest.fixture
def server(mlflow_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address, with its administrator in MLflow's variables."""
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", USER)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)
    return mlflow_server


def client(uri: str) -> Any:
    """MLflow's own client, to look with other eyes."""
    from mlflow.tracking import MlflowClient

    return MlflowClient(uri, uri)


def refused(registry: MlflowRegistry) -> str:
    """What a registry says when a version cannot be registered: one sentence, without the password."""
    with pytest.raises((ConfigError, Unavailable)) as told:
        registry.register(*specimen())
    said = str(told.value)
    assert "\n" not in said
    assert PASSWORD not in said
    return said


@pytest.mark.parametrize("check", registry_checks())
def test_a_server_keeps_the_contract(server: str, check: Check) -> None:
    """What each check states in its first line is true of a server."""
    check(lambda: MlflowRegistry(server, "contract"))


def test_files_go_through_the_server(server: str) -> None:
    """Another machine reads the model without seeing any folder of the first; the experiment has a name of its own."""
    version, model, window = specimen()
    made = MlflowRegistry(server, "files", experiment="team").register(version, model, window)
    run = client(server).get_run(made.run_id)
    assert run.info.artifact_uri.startswith("mlflow-artifacts:/")
    assert run.info.experiment_id == client(server).get_experiment_by_name("team").experiment_id
    assert MlflowRegistry(server, "files", experiment="team").model(made) == model


def test_an_address_may_hold_the_password(mlflow_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It works without variables, and is told nowhere, not even where the server goes away."""
    for name in ("USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"MLFLOW_TRACKING_{name}", raising=False)
    registry = MlflowRegistry(mlflow_server.replace("//", f"//{USER}:{PASSWORD}@"), "address")
    version, model, window = specimen()
    registry.annotate(registry.register(version, model, window), metrics={"auc": 0.5})
    assert registry.ui_command == f"open {mlflow_server}"
    gone = MlflowRegistry(f"http://{USER}:{PASSWORD}@127.0.0.1:{free()}", "address")
    assert "does not answer: Connection refused. Nothing was lost; run the same again" in refused(gone)


@pytest.mark.parametrize(
    ("user", "word", "said"),
    [
        ("", "", "asks who you are: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"),
        (USER, "wrong", "does not know what MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD hold"),
        ("bob", "bobs-own-password", "lets the user 'bob' look, but not write: its administrator can give EDIT"),
    ],
)
def test_who_may_not_is_told_what_to_do(
    server: str, user: str, word: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No credentials, wrong ones, and a user without permission: each has its own sentence."""
    MlflowRegistry(server, "guarded").warm()
    if user == "bob":
        asked = {"username": user, "password": word}
        httpx.post(f"{server}/api/2.0/mlflow/users/create", json=asked, auth=(USER, PASSWORD)).raise_for_status()
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", user)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", word)
    assert said in refused(MlflowRegistry(server, "guarded"))


def test_a_deleted_experiment_is_named(server: str) -> None:
    """With the command that brings it back."""
    MlflowRegistry(server, "deleted").warm()
    number = client(server).get_experiment_by_name("deleted").experiment_id
    client(server).delete_experiment(number)
    assert f"`mlflow experiments restore --experiment-id {number}` brings it back" in refused(
        MlflowRegistry(server, "deleted")
    )


def test_versions_the_ledger_does_not_know_keep_their_champion(server: str) -> None:
    """Where the ledger is gone, a new v1 is refused; what a killed process left is gone on with."""
    version, model, window = specimen()
    registry = MlflowRegistry(server, "strangers")
    made = [registry.register(replace(version, number=number), model, window) for number in (1, 2)]
    registry.promote(made[1], Role.CHAMPION)
    with pytest.raises(
        ConfigError, match="versions up to 2 of 'strangers' that this ledger does not know, and v1 would"
    ):
        MlflowRegistry(server, "strangers").register(replace(version, number=1), model, window)
    assert registry.register(replace(version, number=2), model, window) == made[1]
    aliases = client(server).get_registered_model("strangers").aliases
    assert {name: int(number) for name, number in aliases.items()} == {"champion": 2}


def test_a_registered_model_of_another_team_is_left_alone(server: str) -> None:
    """One without any version of ours has the same name: the first of ours is refused."""
    mlflow = client(server)
    mlflow.create_registered_model("theirs")
    run = mlflow.create_run(mlflow.create_experiment("theirs"))
    mlflow.create_model_version("theirs", f"{run.info.artifact_uri}/model", run_id=run.info.run_id)
    version, model, window = specimen()
    with pytest.raises(ConfigError, match="MLflow has a version of 'theirs' that this ledger does not know"):
        MlflowRegistry(server, "theirs").register(replace(version, number=1), model, window)


def test_a_server_that_is_too_old_or_none_is_told() -> None:
    """By what it says of itself."""
    with answering("2.22.1") as uri:
        assert re.search(r"is version 2\.22\.1.*needs 3\.0 or newer", refused(MlflowRegistry(uri, "old")))
    with answering("<html>intranet</html>") as uri:
        assert f"what answers at {uri} is no MLflow server" in refused(MlflowRegistry(uri, "none"))


@contextmanager
def answering(said: str) -> Iterator[str]:
    """A server that says one thing to whatever is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def free() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
