"""A whole replay through the real command, Prefect, MLflow, Evidently and Delta; then what people do with it."""

import email
import email.policy
import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from halflife.monitoring.adapters.mlflow_connection import Connection

pytestmark = pytest.mark.e2e

Run = Callable[..., Any]


@pytest.fixture(scope="session")
def home(small: tuple[Path, Any]) -> Path:
    """The home of the small replay."""
    return small[0] / "halflife-home" / "small"


def counts(ledger: sqlite3.Connection) -> list[tuple[int]]:
    """How many checks, alerts and watches the ledger holds."""
    return [ledger.execute(f"select count(*) from {t}").fetchone() for t in ("checks", "alerts", "drifts")]  # noqa: S608 - our own names


def test_replay_gives_the_documented_json(small: tuple[Path, Any]) -> None:
    """Every field of the contract is there, and the figures are those of a world in which something changes."""
    result = small[1].json
    assert result["ticks"] == 17
    assert result["versions"] == 5
    assert set(result["findings"]) == {"holds", "weakened", "unclear", "stale", "reversed", "untestable"}
    assert sum(result["findings"].values()) > 20
    assert set(result["half_life"]["all"]) >= {"median", "lower", "upper", "n", "deaths"}
    assert {"retrain", "recheck", "watch", "total"} <= set(result["seconds"])
    assert {"stillborn", "drift", "alerts", "home"} <= set(result)


def test_a_finished_replay_run_again_adds_nothing(run_in: Run, small: tuple[Path, Any], home: Path) -> None:
    """The same command again finds everything done: same counts, same number of checks and alerts."""
    with closing(sqlite3.connect(home / "ledger.db")) as ledger:
        before = counts(ledger)
        again = run_in("replay", "--json")
        assert again.code == 0, again.err
        assert counts(ledger) == before
    first = small[1].json
    assert {k: again.json[k] for k in ("versions", "findings", "half_life")} == {
        k: first[k] for k in ("versions", "findings", "half_life")
    }


def test_prefect_shows_every_cycle_by_its_tick(home: Path) -> None:
    """Prefect's own database holds the completed tasks of each cycle in one replay, tagged and named with its tick."""
    with closing(sqlite3.connect(home / "prefect" / "prefect.db")) as prefect:
        replays = prefect.execute("select state_type from flow_run where name = 'replay'").fetchall()
        tasks = prefect.execute("select name, tags, state_type from task_run").fetchall()
    cycles: dict[str, set[str]] = defaultdict(set)
    for name, tags, state in tasks:
        assert state == "COMPLETED", name
        for tag in json.loads(tags):
            cycles[tag].add(name)
    assert set(replays) == {("COMPLETED",)}
    assert sum(f"retrain on ticks to {tag.removeprefix('tick ')}" in names for tag, names in cycles.items()) == 5
    whole = {"ingest", "watch", "retrain", "recheck", "investigate", "report", "deliver"}
    assert any(whole <= {name.split()[0].partition("-")[0] for name in names} for names in cycles.values())


def test_mlflow_tells_the_same_story_as_the_command(run_in: Run, home: Path) -> None:
    """Registered versions, aliases, metrics, card and findings.json agree with ``finding list``."""
    client = Connection(f"sqlite:///{home / 'mlflow.db'}").client
    versions = client.search_model_versions("name='small'")
    assert len(versions) == 5
    champion = client.get_model_version_by_alias("small", "champion")
    newest = max(versions, key=lambda v: int(v.version))
    run = client.get_run(newest.run_id)
    listed = run_in("finding", "list", "--json").json
    assert newest.description.startswith("**v5 is ")
    assert champion.run_id in {v.run_id for v in versions}
    holds = sum(f["status"] == "holds" and not f["stillborn"] and not f["retired_on"] for f in listed)
    assert run.data.metrics["findings.holds"] == holds
    assert {"auc", "auc_lower", "auc_upper", "log_loss"} <= set(run.data.metrics)
    assert run.inputs.dataset_inputs
    names = {a.path for a in client.list_artifacts(newest.run_id)}
    assert {"conclusions.html", "findings.json", "drift.html"} <= names
    logged = json.loads(Path(client.download_artifacts(newest.run_id, "findings.json")).read_text())
    assert logged == listed


def test_the_evidently_page_shows_drift_and_conclusions_together(home: Path) -> None:
    """One page holds Evidently's drift table and our own metric."""
    page = (home / "reports" / "v5" / "drift.html").read_text(encoding="utf-8")
    assert "Wasserstein distance" in page
    assert "Conclusions" in page
    assert "review_code" in page


def test_alerts_were_written_as_mail_and_listed(run_in: Run, home: Path) -> None:
    """Every alert sent to the folder is a well-formed message that begins with its plain sentence."""
    rows = [row for row in run_in("alerts", "list", "--json").json if row["channel"] == "eml"]
    files = sorted((home / "alerts").glob("*.eml"))
    assert files
    assert len(files) == len(rows)
    assert {row["state"] for row in rows} == {"sent"}
    message = email.message_from_bytes(files[-1].read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith("On version ")


def test_a_person_files_a_finding_and_sees_it_rechecked(run_in: Run) -> None:
    """``finding add``, ``recheck``, ``finding list`` and ``finding show`` agree on one claim."""
    added = run_in("finding", "add", 'attribution_share("velocity") > 0.02', "--name", "mine", "--note", "n", "--json")
    assert added.code == 0, added.err
    assert added.json["status"] == "holds"
    assert added.json["fresh"]["lower"] > 0.02
    again = run_in("finding", "add", "auc() > 0.5", "--name", "mine")
    assert again.code == 2
    assert "there is a finding 'mine' already" in again.err
    checks = run_in("recheck", "--json")
    assert checks.code == 0, checks.err
    (check,) = [c for c in checks.json["checks"] if c["finding"] == "mine"]
    assert {"estimate", "lower", "upper", "threshold", "status", "fresh"} <= set(check)
    assert check["estimate"] == pytest.approx(added.json["estimate"])
    (row,) = [f for f in run_in("finding", "list", "--json").json if f["name"] == "mine"]
    assert (row["status"], row["since"], row["author"] != "investigator") == ("holds", "v5", True)
    shown = run_in("finding", "show", "mine", "--json").json
    assert [c["version"] for c in shown["checks"]] == ["v5"]


def test_a_false_claim_is_filed_as_stillborn(run_in: Run) -> None:
    """A claim that its first test refutes is kept, flagged, and not followed."""
    added = run_in("finding", "add", "auc() > 0.999", "--name", "boast", "--json")
    assert added.code == 0, added.err
    assert added.json["stillborn"] is True
    assert added.json["status"] in ("stale", "reversed")


def test_fail_on_stale_exits_with_three(run_in: Run) -> None:
    """A pipeline can stop on stale findings: exit code 3, and the document is printed all the same."""
    ran = run_in("recheck", "--fail-on", "stale", "--json")
    refuted = [c for c in ran.json["checks"] if c["status"] in ("stale", "reversed")]
    assert ran.code == (3 if refuted else 0)


def test_report_writes_one_self_contained_page(run_in: Run, tmp_path: Path) -> None:
    """The page is where the command says, as large as it says, and asks nothing of the network."""
    ran = run_in("report", "--output", str(tmp_path / "page.html"), "--json")
    assert ran.code == 0, ran.err
    page = Path(ran.json["path"])
    assert page.stat().st_size == ran.json["bytes"] < 1_500_000
    text = page.read_text(encoding="utf-8")
    assert 'src="http' not in text
    assert "v5" in text


def test_the_doctor_finds_a_used_home_well(run_in: Run) -> None:
    """Every look succeeds and the schema is shown."""
    ran = run_in("doctor", "--json")
    assert ran.code == 0, ran.out + ran.err
    looks = {c["name"]: c for c in ran.json["checks"]}
    assert ran.json["ok"] is True
    assert "device_age" in looks["feed"]["says"]
    assert "5 versions" in looks["ledger"]["says"]


def test_tables_for_people_fit_and_name_what_matters(run_in: Run) -> None:
    """Without ``--json`` the commands print tables of at most 120 columns."""
    for words in (["finding", "list"], ["alerts", "list"], ["recheck"], ["replay"]):
        ran = run_in(*words)
        assert ran.code == 0, ran.err
        assert ran.out.strip()
        links = ("mlflow", "Prefect", "PREFECT", "MLflow")
        assert max(len(line) for line in ran.out.splitlines() if not line.startswith(links)) <= 120
