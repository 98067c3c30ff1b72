"""Findings as a team writes them: by command, in a file, as tags in MLflow; and a guard that stops a promotion."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from halflife.flows.cli import cli
from halflife.models.errors import HalflifeError
from halflife.monitoring.adapters.mlflow_connection import Connection

pytestmark = pytest.mark.e2e

Run = Callable[..., Any]

FILE = """\
# what the team believes
findings:
  - name: velocity
    claim: attribution_share("velocity") > 0.15
    guard: true
    note: |
      seen on Monday
      by two of us
  - name: ranks
    claim: auc() > 0.5
    tolerance: 0.02
    author: ann
    ttl: 2
    links:
      - https://example.org/notebook
"""


@pytest.fixture(scope="module")
def halflife(
    tmp_path_factory: pytest.TempPathFactory, command: Run, own_server: dict[str, str], small_config: str
) -> tuple[Path, Run]:
    """A folder with one version, and a function that runs commands in it."""
    folder = tmp_path_factory.mktemp("team")
    (folder / "halflife.toml").write_text(small_config.format(home="halflife-home/small"), encoding="utf-8")

    def run(*words: str) -> Any:
        return command(*words, cwd=folder, **own_server)

    assert run("replay", "--ticks", "5", "--json").json["versions"] == 1
    return folder, run


def look(folder: Path, *words: str, columns: int = 100) -> str:
    """What a command says that needs the ledger alone, run in this process; its complaint if it has one."""
    home = str(folder / "halflife-home" / "small")
    ran = CliRunner(env={"COLUMNS": str(columns)}).invoke(cli, [*words, "--home", home])
    if isinstance(ran.exception, HalflifeError):
        return str(ran.exception)
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def mlflow_client(folder: Path) -> Any:
    """MLflow's own client on the home's store."""
    return Connection(f"sqlite:///{folder / 'halflife-home' / 'small' / 'mlflow.db'}").client


def tags(folder: Path, version: str) -> dict[str, str]:
    """What MLflow keeps on a registered version."""
    return dict(mlflow_client(folder).get_model_version("small", version).tags)


def test_a_teams_life_with_findings(halflife: tuple[Path, Run]) -> None:
    """One story, in order: a faulty file, an import, an export, tags, a broken guard, filters, and a retirement."""
    folder, run = halflife
    a_faulty_file_files_nothing(folder, run)
    a_file_is_imported_once_and_exported_as_it_would_be_imported(folder, run)
    mlflow_client(folder).set_model_version_tag("small", "1", "halflife.finding.tagged", "log_loss() < 5")
    mlflow_client(folder).set_model_version_tag("small", "1", "halflife.finding.odd", "accu() < 5")
    a_guard_that_breaks_keeps_the_champion(folder, run)
    tags_were_filed_and_answered(folder, run)
    a_finding_is_shown_within_the_terminal(folder)
    lists_are_filtered_and_look_back(folder)
    a_retired_finding_is_tested_no_more(folder, run)


def a_faulty_file_files_nothing(folder: Path, run: Run) -> None:
    """The fault is named with file, line and column, the exit code is 2 and no entry of the file was filed."""
    (folder / "findings.yaml").write_text(FILE.replace("auc()", "acu()"), encoding="utf-8")
    ran = run("finding", "import")
    assert ran.code == 2
    assert "error: findings.yaml:10:12: 'acu' is not a statistic" in ran.err
    assert all(row["author"] == "investigator" for row in json.loads(look(folder, "finding", "list", "--json")))
    assert "cannot be read: No such file" in look(folder, "finding", "import", "nowhere.yaml")


def a_file_is_imported_once_and_exported_as_it_would_be_imported(folder: Path, run: Run) -> None:
    """``import`` is idempotent by name; what ``export`` prints is unchanged to ``import`` and exported the same."""
    (folder / "findings.yaml").write_text(FILE, encoding="utf-8")
    first = run("finding", "import", "--json").json
    assert first["new"] == ["velocity", "ranks"]
    assert [(c["finding"], c["status"]) for c in first["checks"]] == [("velocity", "holds"), ("ranks", "holds")]
    assert (folder / "findings.yaml").read_text(encoding="utf-8") == FILE
    exported = look(folder, "finding", "export")
    (folder / "again.yaml").write_text(exported, encoding="utf-8")
    assert run("finding", "import", "again.yaml", "--json").json["unchanged"] == ["ranks", "velocity"]
    assert look(folder, "finding", "export") == exported


def a_guard_that_breaks_keeps_the_champion(folder: Path, run: Run) -> None:
    """Exit code 3 for a pipeline, the reason in the answer, the alias where it was, and an alert that says so."""
    assert run("ingest", "--ticks", "3").code == 0
    trained = run("retrain", "--fail-on", "guard", "--json")
    assert trained.code == 3
    reason = 'guard broken: velocity (attribution_share("velocity") > 0.15)'
    assert (trained.json["role"], trained.json["reason"]) == ("challenger", reason)
    assert str(mlflow_client(folder).get_model_version_by_alias("small", "champion").version) == "1"
    assert str(mlflow_client(folder).get_model_version_by_alias("small", "challenger").version) == "2"
    deliveries = json.loads(look(folder, "alerts", "list", "--json"))
    (alert,) = [row for row in deliveries if row["version"] == "v2" and row["channel"] == "eml"]
    assert alert["subject"].startswith("v2: 1 guard broke")
    assert "not promoted" in alert["subject"]
    assert "no longer guards promotion" in look(folder, "finding", "guard", "velocity", "--off")


def tags_were_filed_and_answered(folder: Path, run: Run) -> None:
    """The recheck after the tag filed it on the tagged version; a mended claim loses its answer at the next one."""
    shown = json.loads(look(folder, "finding", "show", "tagged", "--json"))
    assert (shown["author"], shown["made_on"], [c["version"] for c in shown["checks"]]) == (
        "mlflow",
        "v1",
        ["v1", "v2"],
    )
    assert tags(folder, "1")["halflife.error.odd"].startswith("'accu' is not a statistic")
    mlflow_client(folder).set_model_version_tag("small", "1", "halflife.finding.odd", "auc() > 0.4")
    assert run("recheck", "--fail-on", "guard").code == 0, "velocity is refuted, and guards no more"
    assert "halflife.error.odd" not in tags(folder, "1")
    assert json.loads(look(folder, "finding", "show", "odd", "--json"))["claim"] == "auc() > 0.4"


def a_finding_is_shown_within_the_terminal(folder: Path) -> None:
    """At 80 and at 120 columns no line is wider, and the chart and the numbers behind the verdict are there."""
    for width in (80, 120):
        out = look(folder, "finding", "show", "velocity", columns=width)
        assert max(map(len, out.splitlines())) <= width
        assert "●" in out
        assert all(word in out for word in ("fresh rows", "pinned rows", "holds when", "margin", "at birth"))
        assert max(map(len, look(folder, "finding", "list", "--all", columns=width).splitlines())) <= width


def lists_are_filtered_and_look_back(folder: Path) -> None:
    """By status, author, statistic and guard; and as things stood on an earlier version."""

    def names(*words: str) -> list[str]:
        return [row["name"] for row in json.loads(look(folder, "finding", "list", "--json", *words))]

    assert names("--author", "ann") == ["ranks"]
    assert names("--author", "mlflow", "--statistic", "auc") == ["odd"]
    assert "velocity" in names("--status", "stale")
    assert "velocity" in names("--status", "holds", "--version", "1")
    assert names("--guard") == []
    assert not [name for name in names("--version", "1") if name.startswith("v2-")]
    assert "stillborn" not in look(folder, "finding", "list", "--open")
    assert "versions go from v1 to v2" in look(folder, "finding", "list", "--version", "9")


def a_retired_finding_is_tested_no_more(folder: Path, run: Run) -> None:
    """It is listed as retired, says why, and the next recheck leaves it out."""
    look(folder, "finding", "retire", "odd", "--note", "not worth it")
    (retired,) = json.loads(look(folder, "finding", "list", "--status", "retired", "--json"))
    assert retired["name"] == "odd"
    assert retired["note"].endswith("retired: not worth it")
    assert "odd" not in [check["finding"] for check in run("recheck", "--json").json["checks"]]


def test_the_schema_is_printed_as_published() -> None:
    """``finding schema`` gives the file that ``infra/docs`` has."""
    published = Path(__file__).parents[2] / "infra" / "docs" / "findings.schema.json"
    assert CliRunner().invoke(cli, ["finding", "schema"]).stdout == published.read_text(encoding="utf-8")
