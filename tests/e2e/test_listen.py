"""Rows pushed by HTTP to a real endpoint: kept when they are answered, and taken in by the next ingest."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.e2e

TOKEN = "a-token-of-more-than-16"
CONFIG = """
home = "home"
[feed]
kind = "push"
path = "pushed"
label = "churned"
id = "id"
rows_per_tick = 50
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration to which rows are pushed."""
    (tmp_path / "halflife.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def pushes(folder: Path, environment: dict[str, str]) -> Iterator[httpx.Client]:
    """A client of the running endpoint, which shows the token."""
    words = [sys.executable, "-m", "halflife.flows.cli", "listen", "--port", "0"]
    everything = {**os.environ, **environment, "HALFLIFE_TOKEN": TOKEN}
    with subprocess.Popen(words, cwd=folder, env=everything, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        said = running.stderr.readline()
        assert said.startswith("listening on http://127.0.0.1:"), said
        base = said.split()[-1].removesuffix("/rows")
        with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            yield client
        running.terminate()
        assert running.wait(10) == 143
        assert TOKEN not in said + running.stderr.read()


def test_what_is_answered_is_kept_and_taken_in(folder: Path, pushes: httpx.Client, command: Callable[..., Any]) -> None:
    """Lines and arrays, rows and labels: 202 says what is on disk; one ingest later it is in the store."""
    lines = "\n".join(f'{{"id": "r{k}", "visits": {k % 7}, "plan": "basic"}}' for k in range(60))
    assert pushes.get("/health").json() == {"ok": True}
    answer = pushes.post("/rows", content=lines)
    assert (answer.status_code, answer.json()) == (202, {"rows": 60, "labels": 0})
    more = [{"id": f"r{k}", "visits": k % 7, "plan": "plus"} for k in range(60, 110)]
    assert pushes.post("/rows", json=more).json() == {"rows": 50, "labels": 0}
    labels = [{"id": f"r{k}", "churned": k % 2} for k in range(40)]
    assert pushes.post("/rows", json=labels).json() == {"rows": 0, "labels": 40}
    told = command("ingest", "--all", "--json", cwd=folder).json
    assert (told["rows"], told["waiting"], told["labels_waiting"]) == (100, 10, 0)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b'{"id": "a", "x": 1}\n{"id": ', 422, "line 2 is no JSON"),
        (b"[1, 2]", 422, "line 1 is no JSON object"),
        (b'[{"id": "a"', 422, "the body is no JSON"),
        (b"\xff\xfe", 422, "the body is not UTF-8"),
        (b'{"x": 1}', 422, "has no column 'id'"),
        (b" " * ((32 << 20) + 1), 413, "at most 33,554,432 bytes"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(
    folder: Path, pushes: httpx.Client, body: bytes, status: int, sentence: str
) -> None:
    """The answer says what was wrong, and nothing is on disk."""
    answer = pushes.post("/rows", content=body)
    assert answer.status_code == status
    assert sentence in answer.json()["error"]
    assert not list((folder / "pushed").rglob("*.parquet"))


def test_without_the_token_nothing_is_taken(folder: Path, pushes: httpx.Client) -> None:
    """A wrong token, and none, are 401."""
    for said in ("Bearer no", f"Basic {TOKEN}", ""):
        answer = pushes.post("/rows", json=[{"id": "a", "x": 1}], headers={"Authorization": said})
        assert answer.status_code == 401
    assert not list((folder / "pushed").rglob("*.parquet"))


def test_it_does_not_begin_without_what_it_needs(
    folder: Path, here: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No token, a short one, a port that is taken, a feed of another kind: one sentence, and how to mend it."""
    monkeypatch.delenv("HALFLIFE_TOKEN", raising=False)
    assert "it is not set" in here("listen", cwd=folder).err
    monkeypatch.setenv("HALFLIFE_TOKEN", "short")
    assert "it has 5" in (ran := here("listen", cwd=folder)).err
    assert ran.code == 2
    monkeypatch.setenv("HALFLIFE_TOKEN", TOKEN)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = here("listen", "--port", str(taken.getsockname()[1]), cwd=folder)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "choose another with --port" in ran.err
    (folder / "halflife.toml").write_text('[feed]\nscenario = "calm"\n', encoding="utf-8")
    assert "rows are pushed to a feed of kind" in here("listen", cwd=folder).err
