"""Names and values that other programs take for markup, queries or commands go the whole way: file, model, claim, page, mail."""

import csv
import unicodedata
from collections.abc import Callable
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.e2e

PLAN, INCOME, LONG = "[/red] x", '🦊 {"€": [1]}', "]" + "L" * 300
PLANS = [PLAN, '🦊 {"a": [1]}', "]", "L" * 300, "\x1b]0;owned\x07", "<script>alert(1)</script>", "'; DROP --"]
CONFIG = """
name = "[red] 🦊"
home = "home"
[feed]
kind = "file"
path = "rows.csv"
label = "y"
id = "id"
rows_per_tick = 500
[retrain]
every = 2
window = 2
[watch]
every = 1
window = 1
[recipe]
trees = 12
leaves = 7
[shadows]
count = 2
[opacity]
refits = 0
[investigate]
segments = ["[/red] x"]
[alerts]
channels = ["console", "eml"]
"""


def write_rows(path: Path) -> None:
    """Four ticks; in the last one every column has moved, so that a finding goes stale."""
    rng = np.random.default_rng(3)
    plans, income, long = rng.integers(len(PLANS), size=2_000), rng.normal(size=2_000), rng.normal(size=2_000)
    y = rng.random(2_000) < 1 / (1 + np.exp(-1.5 * income - 1.5 * (plans == 0) + (plans == 3)))
    plans[1_500:], income[1_500:], long[1_500:] = plans[1_500:] % 3, income[1_500:] + 2, long[1_500:] + 2
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["id", PLAN, INCOME, LONG, "y"])
        for k in range(2_000):
            out.writerow([f"[k{k}]", PLANS[plans[k]], f"{income[k]:.4f}", f"{long[k]:.4f}", int(y[k])])


def test_any_name_is_a_name(tmp_path: Path, command: Callable[..., Any], own_server: dict[str, str]) -> None:
    """A category ``[/red] x`` can be claimed about, stands on the page, in tables and in the mail."""
    write_rows(tmp_path / "rows.csv")
    (tmp_path / "halflife.toml").write_text(CONFIG, encoding="utf-8")
    where = f"\"{PLAN}\" = '{PLAN}'".replace('"', '\\"')

    def run(*words: str) -> str:
        ran = command(*words, cwd=tmp_path, **own_server)
        assert ran.code == 0, ran.err
        both = ran.out + ran.err
        assert not [c for c in both if unicodedata.category(c) == "Cc" and c not in "\n\t"]
        return both

    replayed = run("replay")
    run("finding", "add", f'auc(where="{where}") > 0.1', "--name", "odd", "--note", "[/b] \x1b[2J", "--author", "[/i]")
    assert "[/b] \\x1b[2J" in run("finding", "show", "odd")
    assert PLAN in run("needs", "--segments", PLAN)
    run("report", "--output", "page.html")
    page = unescape((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert PLAN in page
    assert "<script>alert" not in (tmp_path / "page.html").read_text(encoding="utf-8")
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in (tmp_path / "home/alerts").iterdir()
    ]
    bodies = "".join(mail.get_body(("plain",)).get_content() for mail in mails)
    assert mails
    assert INCOME in bodies
    assert PLAN in bodies
    assert INCOME in replayed
