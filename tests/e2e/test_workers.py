"""A worker needs its configuration alone: with a registry and a ledger that are shared, an empty home goes on."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from halflife.flows.configuration import read
from halflife.flows.opened import Opened
from halflife.flows.plain_runner import PlainRunner
from halflife.flows.use_cases.due import run_due
from halflife.monitoring.ports import Ledger, Registry

pytestmark = pytest.mark.e2e

CONFIG = """
name = "{name}"
home = "{home}"
[feed]
kind = "file"
path = "{rows}"
label = "left"
id = "customer"
rows_per_tick = 600
[store]
uri = "{store}"
[registry]
uri = "{server}"
[ledger]
url_env = "HALFLIFE_TEST_LEDGER"
[links]
base_url = "https://halflife.example.org/"
[retrain]
every = 2
window = 3
[watch]
every = 2
window = 2
[recipe]
trees = 20
leaves = 5
[compute]
threads = 1
[shadows]
count = 4
[opacity]
refits = 1
[investigate]
segments = ["plan"]
errors = 1
[alerts]
channels = ["eml"]
"""


def rows(count: int) -> pd.DataFrame:
    """Customers of whom those leave who visit seldom; from row 2,400 on, those who visit often."""
    rng = np.random.default_rng(5)
    visits, plan = rng.poisson(4, count), rng.choice(["basic", "plus"], count)
    sign = np.where(np.arange(count) < 2400, 1, -1)
    leaves = rng.random(count) < 1 / (1 + np.exp(sign * (visits - 4)))
    return pd.DataFrame({"customer": np.arange(count), "visits": visits, "plan": plan, "left": leaves.astype(int)})


@pytest.fixture
def config(
    tmp_path: Path, mlflow_server: str, postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], Opened]:
    """``config("worker", "one")``: that model, as the worker with that home has it: its configuration is all it has."""
    monkeypatch.setenv("HALFLIFE_TEST_LEDGER", postgres())
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "admin")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "mlflow-admin-word")

    def make(name: str, home: str) -> Opened:
        file = tmp_path / f"{home}.toml"
        file.write_text(
            CONFIG.format(
                name=name,
                home=tmp_path / home,
                rows=tmp_path / "rows.csv",
                store=f"file://{tmp_path}/store-of-{name}",
                server=mlflow_server,
            )
        )
        return Opened(read(file), PlainRunner())

    return make


def told(ledger: Ledger) -> dict[str, Any]:
    """What a ledger concludes, but for the names that others gave."""
    versions = [{**asdict(v), "run_id": "", "registry_version": ""} for v in ledger.versions()]
    alerts = [(d.alert.subject, d.alert.sentence, d.alert.items) for d in ledger.deliveries()]
    rest = {name: getattr(ledger, name)() for name in READ}
    return {"versions": versions, "alerts": alerts, **rest}


READ = ("findings", "checks", "causes", "forecasts", "opacities", "drifts", "performances")


def test_another_worker_goes_on_as_the_first_would(tmp_path: Path, config: Callable[[str, str], Opened]) -> None:
    """One worker is killed in the middle of v1; another, with an empty home, finishes it as if it had been one."""
    rows(1810).to_csv(tmp_path / "rows.csv", index=False)
    run_due(config("twin", "twin"))
    first = config("worker", "first")
    first.observe = killed
    with pytest.raises(KeyboardInterrupt):
        run_due(first)
    assert first.ledger.version().number == 1
    rows(4210).to_csv(tmp_path / "rows.csv", index=False)
    run_due(config("worker", "other"))
    run_due(config("twin", "twin"))
    one, many = config("twin", "twin"), config("worker", "other")
    assert len(one.ledger.versions()) == 3
    for name, said in told(one.ledger).items():
        assert said, name
        assert repr(told(many.ledger)[name]).replace("worker", "twin") == repr(said), name
    _links(many.context.registry, many.ledger)


def killed(sentence: str, *, lasting: bool = False) -> None:
    """What happens to the first worker as soon as the shadows of its version are there."""
    if "shadows trained" in sentence:
        raise KeyboardInterrupt


def _links(registry: Registry, ledger: Ledger) -> None:
    """Mails and MLflow lead to where a team sees the pages."""
    newest = ledger.version()
    tag = registry.tags([newest])[newest.number]["halflife.page.conclusions"]
    assert tag == f"https://halflife.example.org/reports/other/{newest.label}/conclusions.html"
    assert ledger.deliveries()[0].alert.links["conclusions"].startswith("https://halflife.example.org/reports/other/")
