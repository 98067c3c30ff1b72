"""Shadows through the real command: fanned out as Prefect tasks on Dask's workers, and thinned."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from halflife.flows.bootstrap import bootstrap, recall
from halflife.monitoring.steps.train_shadows import shadow_trainer, train_shadow

pytestmark = pytest.mark.e2e

Run = Callable[..., Any]


def replayed(folder: Path, run: Run, config: str) -> Path:
    """The home of one version, trained on the small world with shadows on Dask's workers."""
    text = config.format(home="home").replace("threads = 1\n", "").replace("count = 6", "count = 3")
    (folder / "halflife.toml").write_text(f'{text}[compute]\nthreads = 2\ndask = "local"\n', encoding="utf-8")
    ran = run("replay", "--ticks", "5", "--json", cwd=folder)
    assert ran.code == 0, ran.err
    assert ran.json["versions"] == 1
    return folder / "home"


def tasks(home: Path) -> list[tuple[str, str]]:
    """Name and state of each shadow's task run, as Prefect's database has them."""
    with closing(sqlite3.connect(home / "prefect" / "prefect.db")) as prefect:
        asked = "select name, state_type from task_run where name like 'shadow _ of v%' order by name"
        return prefect.execute(asked).fetchall()


def test_dask_trains_the_same_shadows_as_a_thread(tmp_path: Path, command: Run, small_config: str) -> None:
    """One task run a shadow, and the files are equal in every bit to those trained in this process."""
    pytest.importorskip("prefect_dask", reason="needs the extra halflife[dask]")
    home = replayed(tmp_path, command, small_config)
    assert tasks(home) == [(f"shadow {k} of v1", "COMPLETED") for k in range(3)]
    here = bootstrap(recall(home))
    version, there = here.ledger.version(1), home / "shadows" / "v1"
    trainer = shadow_trainer(here, version)
    for k in range(3):
        kept = (there / f"{k}.z").read_bytes()
        (there / f"{k}.z").unlink()
        train_shadow(here, version, k, trainer)
        assert (there / f"{k}.z").read_bytes() == kept


def test_old_shadows_are_thinned_and_what_they_said_is_kept(small: tuple[Path, Any]) -> None:
    """Folders of at most the three newest versions and the champion are left; every check keeps six values of θ."""
    home = small[0] / "halflife-home" / "small"
    kept = sorted(path.name for path in (home / "shadows").iterdir())
    with closing(sqlite3.connect(home / "ledger.db")) as ledger:
        champion = ledger.execute("select max(number) from versions where role = 'champion'").fetchone()[0]
        told = ledger.execute("select controls from checks where version = 1 and controls is not null").fetchall()
    assert set(kept) == {"v3", "v4", "v5", f"v{champion}"}
    assert told
    assert {len(json.loads(controls)["pinned"]) for (controls,) in told} == {6}
