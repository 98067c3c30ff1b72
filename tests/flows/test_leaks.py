"""A person's CSV in which three columns give the label away: doctor and investigation name all of them."""

from pathlib import Path

import numpy as np
import pandas as pd

from halflife.flows.configuration import read
from halflife.flows.opened import Opened
from halflife.flows.plain_runner import PlainRunner
from halflife.flows.use_cases.checking import diagnose
from halflife.flows.use_cases.explaining import investigate
from halflife.flows.use_cases.running import replay
from halflife.monitoring.reports.rich_text import uncoloured

CONFIG = """
home = "{home}"
[feed]
kind = "file"
path = "rows.csv"
label = "label"
rows_per_tick = 400
[retrain]
every = 2
window = 4
[watch]
every = 2
window = 2
[recipe]
trees = 20
leaves = 7
threads = 1
[opacity]
refits = 0
[shadows]
count = 0
"""


def test_leaks_that_hide_each_other_are_named_before_and_after_the_first_training(
    tmp_path: Path,
) -> None:
    """Three words that stand only where something was recorded are three leaks to the doctor, one to the investigator."""
    rng = np.random.default_rng(0)
    label = (rng.random(2400) < 0.38).astype(int)
    recorded = np.maximum(label, rng.random(2400) < 0.01) == 1
    words = {
        name: np.where(recorded & (rng.random(2400) < 0.97), rng.choice([f"c{k}" for k in range(levels)], 2400), "")
        for name, levels in (("degree", 8), ("reason", 40), ("place", 5))
    }
    rows = pd.DataFrame({**words, "age": rng.integers(18, 70, 2400), "label": label})
    rows.to_csv(tmp_path / "rows.csv", index=False)
    (tmp_path / "halflife.toml").write_text(CONFIG.format(home=tmp_path / "home"), encoding="utf-8")
    opened = Opened(read(tmp_path / "halflife.toml"), PlainRunner())
    (feed,) = [look.says for look in diagnose(opened.settings).looks if look.name == "feed"]
    assert all(f"leak         {name} may give the label away: where it is filled" in feed for name in words)
    assert "age may" not in feed
    replay(opened)
    told = " ".join(uncoloured(investigate(opened)).split())
    assert "is itself a reason to look" in told
    assert "may give the label away: where" in told
    assert all(f'gap("base_rate", a="{name} IS NOT NULL", b="{name} IS NULL") >' in told for name in words)
