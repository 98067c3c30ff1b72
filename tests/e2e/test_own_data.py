"""A person's own CSV, with bad rows, a dead mail server and a failing webhook: everything else goes on, nothing is lost."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.e2e

TICKS, ROWS = 9, 500

CONFIG = """
name = "own"
home = "home"
[feed]
kind = "file"
path = "rows.csv"
label = "bought"
id = "customer"
rows_per_tick = 500
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
[investigate]
segments = ["plan"]
errors = 3
[alerts]
channels = ["eml", "smtp", "webhook"]
[alerts.smtp]
host = "127.0.0.1"
port = 1
security = "none"
sender = "halflife@example.org"
to = ["you@example.org"]
[alerts.webhook]
url = "http://127.0.0.1:{port}/hook"
secret_env = "OWN_SECRET"
"""


class Failing(BaseHTTPRequestHandler):
    """Answers 500 to every post."""

    def do_POST(self) -> None:
        """Take the body, refuse it."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(500)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def webhook() -> Iterator[int]:
    """The port of a webhook that always fails."""
    with HTTPServer(("127.0.0.1", 0), Failing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def table() -> pd.DataFrame:
    """A stream in which what ``price`` does turns round halfway, with a few rows that cannot be used."""
    rng = np.random.default_rng(5)
    n = TICKS * ROWS
    price, visits = rng.normal(size=n), rng.poisson(3, n)
    turned = np.where(np.arange(n) < n // 2, 1, -1)
    bought = rng.random(n) < 1 / (1 + np.exp(-(2 * turned * price + 0.5 * (visits - 3))))
    rows = pd.DataFrame(
        {
            "customer": np.arange(n).astype(str),
            "price": price.round(3).astype(str),
            "visits": visits,
            "plan": rng.choice(["basic", "plus"], n),
            "unused": "",
            "bought": np.where(bought, "yes", "no"),
        }
    )
    rows.loc[700, "price"] = "a lot"
    rows.loc[701, "price"] = "inf"
    rows.loc[1500, "customer"] = "3"
    return rows


@pytest.fixture(scope="module")
def replayed(
    tmp_path_factory: pytest.TempPathFactory, command: Callable[..., Any], webhook: int, own_server: dict[str, str]
) -> tuple[Path, Any]:
    """The folder of a finished replay over the table, and what the command said."""
    folder = tmp_path_factory.mktemp("own")
    # The feed fixes the schema at its first tick: the junk comes later, as it does in life.
    table().to_csv(folder / "rows.csv", index=False)
    (folder / "halflife.toml").write_text(CONFIG.format(port=webhook), encoding="utf-8")
    return folder, command("replay", "--json", cwd=folder, OWN_SECRET="whsec_c2VjcmV0c2VjcmV0c2VjcmV0", **own_server)


def test_a_replay_survives_bad_rows_and_dead_channels(replayed: tuple[Path, Any]) -> None:
    """The command succeeds, trains three versions, and the turn of ``price`` makes findings stale."""
    _, ran = replayed
    assert ran.code == 0, ran.err
    assert ran.json["versions"] == 3
    assert ran.json["findings"]["stale"] > 0


def test_bad_rows_are_counted_with_their_reasons(replayed: tuple[Path, Any], command: Callable[..., Any]) -> None:
    """Three of 4,500 rows are set aside, and the doctor says so."""
    folder, _ = replayed
    ran = command("doctor", "--json", cwd=folder, OWN_SECRET="whsec_c2VjcmV0c2VjcmV0c2VjcmV0")
    (store,) = [look["says"] for look in ran.json["checks"] if look["name"] == "store"]
    assert "3 rows in quarantine" in store


def test_a_dead_channel_silences_no_other(replayed: tuple[Path, Any], command: Callable[..., Any]) -> None:
    """Every alert reached the folder; the mail server's and the webhook's wait with their error, and are not lost."""
    folder, _ = replayed
    rows = command("alerts", "list", "--json", cwd=folder).json
    by_channel = {name: [row for row in rows if row["channel"] == name] for name in ("eml", "smtp", "webhook")}
    assert by_channel["eml"]
    assert {row["state"] for row in by_channel["eml"]} == {"sent"}
    assert len(by_channel["smtp"]) == len(by_channel["webhook"]) == len(by_channel["eml"])
    assert {row["state"] for row in by_channel["smtp"] + by_channel["webhook"]} == {"pending"}
    assert all("did not take the message" in row["error"] for row in by_channel["smtp"])
    assert all("500" in row["error"] for row in by_channel["webhook"])
    assert len(list((folder / "home" / "alerts").glob("*.eml"))) == len(by_channel["eml"])
