"""The temporary Prefect server: what it adds to Prefect's own, and that it starts from a copied database."""

import asyncio
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from halflife.flows import prefect_database, prefect_engine, temporary_server
from halflife.models.errors import Unavailable


@pytest.mark.parametrize(("status", "hinted"), [(503, [(b"retry-after", b"0.5")]), (200, []), (500, [])])
def test_only_a_busy_answer_says_when_to_try_again(status: int, hinted: list[tuple[bytes, bytes]]) -> None:
    """A 503 gets the header beside its own ones; every other answer, and every body, goes through as it is."""
    said: list[Any] = []
    own = [(b"content-type", b"application/json")]

    async def busy(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": own})
        await send({"type": "http.response.body", "body": b"{}"})

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    asyncio.run(temporary_server.hinting(busy, pause=0.5)({"type": "http"}, receive, send))
    assert said[0] == {"type": "http.response.start", "status": status, "headers": own + hinted}
    assert said[1:] == [{"type": "http.response.body", "body": b"{}"}]


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No Prefect server is configured, and none is waited for long; gives where Prefect's profiles would be."""
    for name in ("PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_LOGGING_LEVEL"):
        monkeypatch.setenv(name, "")  # to be put back as it was
        monkeypatch.delenv(name)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT_PROFILES_PATH", str(tmp_path / "profiles.toml"))
    monkeypatch.setattr(prefect_engine, "ASKED_AGAIN", (0.0,))
    return tmp_path / "profiles.toml"


def test_a_server_that_does_not_answer_is_one_sentence(no_server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which, without the password in its address, and what to do."""
    monkeypatch.setenv("PREFECT_API_URL", "http://me:secret@127.0.0.1:9/api")
    ready = prefect_engine.prepare(no_server.parent)
    with pytest.raises(Unavailable, match=r"the Prefect server at http://127.0.0.1:9/api does not answer") as told:
        ready()
    assert "secret" not in str(told.value)


def test_the_server_of_prefects_profile_is_used(no_server: Path) -> None:
    """The active profile's address counts as if it stood in the environment; no other server is started."""
    no_server.write_text('active = "team"\n[profiles.team]\nPREFECT_API_URL = "http://127.0.0.1:9/api"\n')
    with pytest.raises(Unavailable, match=r"http://127.0.0.1:9/api does not answer"):
        prefect_engine.prepare(no_server.parent)()


def test_prefects_template_is_what_its_migrations_make(tmp_path: Path) -> None:
    """Prefect's newest revision, no flow and no run in it, and Prefect's own migrations find nothing to add."""
    target = tmp_path / "prefect.db"
    prefect_database.make_template(target)
    before = schema(target)
    assert {"flow", "flow_run", "task_run"} <= {name for _, name, _ in before}
    with closing(sqlite3.connect(target)) as database:
        assert database.execute("SELECT count(*) FROM flow").fetchone() == (0,)
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest(),)]
    prefect_database.make_template(target)
    assert schema(target) == before


def newest() -> str | None:
    """The last revision Prefect ships for SQLite."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    prefect = find_spec("prefect")
    assert prefect is not None
    assert prefect.origin is not None
    folder = Path(prefect.origin).parent / "server" / "database" / "_migrations"
    options = Config()
    options.set_main_option("script_location", str(folder))
    options.set_main_option("version_locations", str(folder / "versions" / "sqlite"))
    options.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(options).get_current_head()


def schema(path: Path) -> list[tuple[str, str, str]]:
    """Type, name and text of everything defined in a database."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
