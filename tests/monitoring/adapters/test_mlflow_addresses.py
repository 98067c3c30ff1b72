"""A home that was copied or moved reads its own models and writes only under itself."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import Interval, Role, Version
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.recipe import Recipe
from halflife.models.rows import Column, Kind, Schema, Split, Window
from halflife.monitoring.adapters import mlflow_addresses
from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry


@pytest.fixture(scope="module")
def window() -> Window:
    """One column, 200 rows."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    label = (x + rng.normal(size=200) > 0).astype(float)
    rows = pd.DataFrame({"_id": [f"r{i}" for i in range(200)], "_tick": 0, "_label": label, "x": x})
    return Window(first=0, last=0, source="1", rows=rows, split=Split())


@pytest.fixture(scope="module")
def model(window: Window) -> Model:
    """A small model."""
    return fit(window, Schema((Column("x", Kind.NUMERIC),)), Recipe(trees=3, leaves=3, threads=1), seed=1)


@pytest.fixture(scope="module")
def version(window: Window, model: Model) -> Version:
    """The first version of any home."""
    return Version(
        number=1,
        first=0,
        last=0,
        source="1",
        recipe=Recipe().digest,
        seed=1,
        data_digest=window.digest,
        model_digest=model.digest,
        metrics={"auc": Interval(0.8, 0.7, 0.9)},
        role=Role.CHAMPION,
        reason="there is no champion to compare with",
        rows=200,
    )


@pytest.fixture
def home(tmp_path: Path, window: Window, model: Model, version: Version) -> Path:
    """A home with one version, in a folder whose name means something in an address and in SQL."""
    folder = tmp_path / "hö me" / "it's _x"
    MlflowRegistry.at(folder, "demo").register(version, model, window)
    return folder


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder and the digest of what is in it; SQLite's index of who reads what is none of it."""
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".db-shm"
    }


def addresses(home: Path) -> set[str]:
    """All addresses of files that the database has."""
    with closing(sqlite3.connect(f"{(home / 'mlflow.db').as_uri()}?mode=ro", uri=True)) as database:
        return {
            str(address)
            for table, column in mlflow_addresses.COLUMNS
            for (address,) in database.execute(
                f"SELECT {column} FROM {table} WHERE {column} LIKE 'file:%'"  # noqa: S608 - our own words
            )
        }


@pytest.mark.parametrize("name", ["copy", "cöpy – that's _all [1]"])
def test_a_copied_home_is_its_own(
    home: Path, tmp_path: Path, model: Model, window: Window, version: Version, name: str
) -> None:
    """It reads its own model, and what is registered and noted in it lies under it; the original does not change."""
    copy = tmp_path / name
    shutil.copytree(home, copy)
    before = tree(home)
    registry = MlflowRegistry.at(copy, "demo")
    kept = registry.register(version, model, window)
    assert kept.registry_version == "1"
    assert MlflowRegistry.at(copy, "demo").model(kept) == model
    second = registry.register(replace(version, number=2), model, window)
    registry.annotate(second, metrics={}, texts={"said.txt": "in the copy"})
    registry.annotate(kept, metrics={}, texts={"said.txt": "in the copy"})
    assert tree(home) == before
    assert {a.startswith(f"{copy.as_uri()}/artifacts") for a in addresses(copy)} == {True}
    assert len(list((copy / "artifacts").rglob("said.txt"))) == 2


def test_a_moved_home_is_read_where_it_is(
    home: Path, tmp_path: Path, model: Model, version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    """The original is gone: the model is found all the same, and that the home moved is logged once."""
    moved = tmp_path / "moved"
    home.rename(moved)
    for _ in range(2):
        assert MlflowRegistry.at(moved, "demo").model(version) == model
    (said,) = (record.getMessage() for record in caplog.records if "copied or moved" in record.getMessage())
    assert said.endswith(f"{home.as_uri()}/artifacts are now looked for in {moved.as_uri()}/artifacts")


def test_mlflows_pages_find_the_files_of_a_copied_home(
    home: Path, tmp_path: Path, version: Version, model: Model
) -> None:
    """MLflow's own client, by which its pages list artifacts, finds a copied run's files when the original is gone."""
    from mlflow.tracking import MlflowClient

    registry = MlflowRegistry.at(home, "demo")
    registry.annotate(version, metrics={}, texts={"said.txt": "before it was copied"})
    moved = tmp_path / "moved"
    home.rename(moved)
    registry = MlflowRegistry.at(moved, "demo")
    registry.warm()
    client = MlflowClient(tracking_uri=registry.uri, registry_uri=registry.uri)
    run_id = client.get_model_version("demo", "1").run_id
    assert [file.path for file in client.list_artifacts(run_id)] == ["said.txt"]


def test_a_home_where_it_was_is_not_written_to(home: Path) -> None:
    """Nothing is to do: the database holds the same bytes after it was opened again."""
    before = tree(home)
    with closing(sqlite3.connect(home / "mlflow.db")) as database:
        assert mlflow_addresses.lead_home(database, "demo", f"{home.as_uri()}/artifacts") == ()
    assert tree(home) == before


def test_addresses_that_a_person_chose_are_left_alone(home: Path, tmp_path: Path) -> None:
    """Another experiment's files on another disk, in an object store, or in a folder whose name only begins alike."""
    from mlflow.tracking import MlflowClient

    theirs = {
        "disk": "file:///data/artifacts",
        "store": "s3://bucket/artifacts",
        "like": f"{home.as_uri()}/artifacts-2",
    }
    uri = MlflowRegistry.at(home, "demo").uri
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    for name, location in theirs.items():
        client.create_run(client.create_experiment(name, location))
    moved = tmp_path / "moved"
    home.rename(moved)
    with closing(sqlite3.connect(moved / "mlflow.db")) as database:
        assert mlflow_addresses.lead_home(database, "demo", f"{moved.as_uri()}/artifacts") == (
            f"{home.as_uri()}/artifacts",
        )
        kept = dict(database.execute("SELECT name, artifact_location FROM experiments"))
        runs = {address for (address,) in database.execute("SELECT artifact_uri FROM runs")}
    assert {name: kept[name] for name in theirs} == theirs
    assert kept["demo"] == f"{moved.as_uri()}/artifacts"
    assert sum(address.startswith(tuple(theirs.values())) for address in runs) == 3


@pytest.mark.parametrize("old", ["50% off", "a%20b", "it's", 'a "b"', "_", "é#?"])
@pytest.mark.parametrize("new", ["100%", "%41", "it's", "ö"])
def test_addresses_are_compared_character_by_character(tmp_path: Path, old: str, new: str) -> None:
    """What means something in an address, in SQL or in a pattern means nothing in the name of a home."""
    was, is_now = ((tmp_path / name / "artifacts").as_uri() for name in (old, new))
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE experiments (experiment_id, name, artifact_location)")
        database.execute("CREATE TABLE runs (run_uuid, experiment_id, artifact_uri)")
        database.execute("CREATE TABLE tags (run_uuid, key, value)")
        database.execute("INSERT INTO experiments VALUES (1, 'demo', ?)", (was,))
        rows = [(f"{was}/r%20/é/artifacts",), (f"{was}2/r",), (was.replace("artifacts", "artifactz"),)]
        database.executemany("INSERT INTO runs VALUES ('r', 1, ?)", rows)
        database.commit()
        assert mlflow_addresses.lead_home(database, "demo", is_now) == ((was,) if was != is_now else ())
        found = [address for (address,) in database.execute("SELECT artifact_uri FROM runs")]
    assert found == [f"{is_now}/r%20/é/artifacts", *(address for (address,) in rows[1:])]


KILLED = """
import os, sqlite3, sys
from halflife.monitoring.adapters import mlflow_addresses
def lead(*words, tables=[]):
    tables.append(words[1])
    if len(tables) == 3:
        os.kill(os.getpid(), 9)
    original(*words)
original, mlflow_addresses._lead = mlflow_addresses._lead, lead
mlflow_addresses.lead_home(sqlite3.connect(sys.argv[1]), "demo", sys.argv[2])
"""


def test_killed_half_way_nothing_is_changed_and_the_next_opening_does_it(
    home: Path, tmp_path: Path, model: Model, version: Version
) -> None:
    """All addresses change or none: after a SIGKILL between two tables the old ones stand, and opening leads all here."""
    moved = tmp_path / "moved"
    home.rename(moved)
    before = addresses(moved)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(moved / "mlflow.db"), f"{moved.as_uri()}/artifacts"], check=False
    )
    assert killed.returncode == -9
    assert addresses(moved) == before
    assert MlflowRegistry.at(moved, "demo").model(version) == model
    assert {a.startswith(moved.as_uri()) for a in addresses(moved)} == {True}
