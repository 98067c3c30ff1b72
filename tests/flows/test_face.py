"""``import halflife``: what a program or a notebook is given."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import halflife
from halflife import errors
from halflife.flows.cli import cli
from halflife.monitoring.reports.shown import WIDTH, Shown, plain

CLAIM = """gap("fpr", a="plan = '[/red] <b>'", b="plan = 'plus'") < 0.9"""
"""About a category that is markup to a terminal and to a browser."""
ANSWERS: dict[str, tuple[Callable[[halflife.Halflife], Shown], str]] = {
    "versions": (lambda home: home.versions(), ""),
    "findings": (lambda home: home.findings(), "finding list"),
    "findings on v1": (lambda home: home.findings(version="v1"), "finding list --version 1"),
    "finding": (lambda home: home.finding("odd"), "finding show odd"),
    "why": (lambda home: home.why("ranks"), "why ranks"),
    "why never": (lambda home: home.why("late"), "why late"),
    "explain": (lambda home: home.explain(), "explain --worst"),
    "investigate": (lambda home: home.investigate(version=2), "investigate --version v2"),
    "needs": (lambda home: home.needs(), "needs"),
    "opacity": (lambda home: home.opacity(refits=0), "opacity --refits 0"),
    "plan": (lambda home: home.plan(), "plan"),
    "report": (lambda home: home.report(), "report"),
    "alerts": (lambda home: home.alerts(), "alerts list"),
    "guard": (lambda home: home.guard("odd", on=False), "finding guard odd --off"),
    "retire": (lambda home: home.retire("ended"), "finding retire ended"),
    "import": (lambda home: home.import_findings(home.home.parent / "findings.yaml"), "finding import FILE"),
    "recheck": (lambda home: home.recheck(), ""),
    "watch": (lambda home: home.watch(), ""),
    "retrain": (lambda home: home.retrain(), ""),
    "replay": (lambda home: home.replay(), ""),
}
"""Answer -> how to have it, and the command that prints it; none where that would start a server, or does not exist."""


@pytest.fixture(scope="module")
def folder(small_folder: Callable[[int], Path]) -> Path:
    """A folder whose home has two versions and people's findings, one of them about the odd category."""
    made = small_folder(5)
    home = halflife.open(config=made / "halflife.toml")
    home.replay()
    home.file(CLAIM, name="odd", on="v1", note="<script>alert(1)</script> [/red]")
    home.file("auc() > 0.55", name="ended", author="ann")
    home.file("auc() > 0.55", name="ranks", on=1)
    home.file("auc() > 0.56", name="late")
    (made / "findings.yaml").write_text("findings:\n  - name: team\n    claim: auc() > 0.5\n", encoding="utf-8")
    home.import_findings(made / "findings.yaml")
    return made


@pytest.fixture
def home(folder: Path) -> halflife.Halflife:
    """That home, opened anew."""
    return halflife.open(config=folder / "halflife.toml")


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_a_frozen_value_that_says_the_same_as_the_command(
    name: str, home: halflife.Halflife, folder: Path
) -> None:
    """Its values are JSON and those of ``--json``, it cannot be changed, its text and page are narrow and harmless."""
    ask, command = ANSWERS[name]
    answer = ask(home)
    said = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert said == answer.to_dict()
    with pytest.raises(FrozenInstanceError):
        setattr(answer, fields(answer)[0].name, None)  # type: ignore[arg-type] # every answer is a dataclass
    lines = repr(answer).splitlines()
    assert lines
    assert max(map(len, lines)) <= WIDTH
    page = answer._repr_html_()
    assert page
    assert "<script" not in page
    assert "<b>" not in page
    if command:
        words = [str(folder / "findings.yaml") if word == "FILE" else word for word in command.split()]
        ran = CliRunner().invoke(cli, [*words, "--json", "--config", str(folder / "halflife.toml")])
        assert ran.exit_code == 0, ran.output
        assert json.loads(ran.stdout) == said


def test_equal_answers_say_the_same(home: halflife.Halflife, folder: Path) -> None:
    """Two objects give equal answers, one with NaN in it too; answers of another kind are never equal."""
    other = halflife.open(config=folder / "halflife.toml")
    for ask in (lambda h: h.versions(), lambda h: h.why("ranks"), lambda h: h.explain(), lambda h: h.finding("odd")):
        assert ask(home) == ask(other)
    assert home.versions() != home.findings()
    assert home.finding("odd") != home.finding("late")


def test_versions_are_named_as_on_the_command_line(home: halflife.Halflife) -> None:
    """By number, ``"v1"``, ``"1"``, NumPy's integers, or the version itself; anything else is told."""
    first = home.versions()[0]
    told = [home.findings(version=name) for name in (1, "v1", "1", np.int64(1), first)]  # type: ignore[list-item]
    assert all(each == told[0] for each in told)
    assert home.investigate(version="v1") == home.investigate(version=first)
    for wrong in ("newest", 0, "v0", -1, True, 1.5):
        with pytest.raises(errors.UsageError, match="is no version"):
            home.findings(version=wrong)  # type: ignore[arg-type]
    with pytest.raises(errors.NotFound, match="there is no v99; versions go from v1 to v2"):
        home.explain(version="v99")


def test_findings_and_cases_are_named_by_number_too(home: halflife.Halflife) -> None:
    """What a table shows as a number may be given as one."""
    (number,) = (row["id"] for row in home.findings() if row["name"] == "odd")
    assert home.finding(number) == home.finding("odd") == home.finding(str(number))
    case = home.explain().to_dict()["case"]
    assert home.explain(int(case)).to_dict()["case"] == case


def test_answers_are_sequences_where_they_are_many(home: halflife.Halflife) -> None:
    """A slice shows itself like the whole, pandas makes a frame of either, and changing a row changes no answer."""
    versions, found = home.versions(), home.findings(open_only=False)
    assert [version.number for version in versions] == [1, 2]
    assert isinstance(versions[:1], type(versions))
    assert isinstance(found[:2], type(found))
    assert list(pd.DataFrame(found)["name"]) == [row["name"] for row in found]
    assert len(pd.DataFrame(versions)) == 2
    found[0]["name"] = "mine"
    assert found[0]["name"] != "mine"


def test_filters_are_those_of_the_command(home: halflife.Halflife) -> None:
    """By author, status, guard and statistic; a status or a statistic that there is not is told, with those there are."""
    assert {row["name"] for row in home.findings(author="ann")} == {"ended"}
    assert all(row["status"] == "holds" for row in home.findings(status="holds"))
    with pytest.raises(errors.UsageError, match="is no status; it is one of holds, weakened"):
        home.findings(status="fine")
    with pytest.raises(errors.UsageError, match="did you mean 'auc'"):
        home.findings(statistic="auk")


def test_what_is_explained_can_be_filed(home: halflife.Halflife) -> None:
    """By its number in the list; again it is the same finding; a number that is not there is told."""
    told = home.explain(file=[1])
    (filed,) = told.filed
    assert home.explain(file=[1]).filed == told.filed
    assert home.finding(filed["id"]).finding.claim == told.offers[0].claim
    with pytest.raises(errors.UsageError, match="there is no conclusion 99"):
        home.explain(file=[99])


@pytest.mark.parametrize(
    ("ask", "error", "said"),
    [
        (lambda h: h.finding("nobody"), errors.NotFound, "no finding 'nobody'"),
        (lambda h: h.retire("nobody"), errors.NotFound, "no finding 'nobody'"),
        (lambda h: h.file("auc( > 1"), errors.ClaimError, "cannot read this"),
        (lambda h: h.file('effect("vists") > 1'), errors.ClaimError, "did you mean 'visits'"),
        (lambda h: h.file("auc() > 0.5", name="odd"), errors.UsageError, "there is a finding 'odd' already"),
        (lambda h: h.file("auc() > 0.5", on="v99"), errors.NotFound, "there is no v99"),
        (lambda h: h.explain("nobody"), errors.NotFound, "nobody"),
        (lambda h: h.why("odd", old="v2", new="v1"), errors.UsageError, "made on v1"),
        (lambda h: h.import_findings("nowhere.yaml"), errors.ConfigError, "cannot be read"),
    ],
)
def test_an_error_says_who_has_to_act(
    ask: Callable[[halflife.Halflife], Any], error: type[Exception], said: str, home: halflife.Halflife
) -> None:
    """Each is of the tree in ``halflife.errors``, and says what there is instead."""
    with pytest.raises(error, match=said) as raised:
        ask(home)
    assert isinstance(raised.value, errors.HalflifeError)


def test_a_new_home_says_what_to_do_first(tmp_path: Path) -> None:
    """Opening makes nothing; whoever only looks is told that there is nothing to see yet."""
    home = halflife.open(tmp_path / "new")
    for ask in (home.versions, home.findings, home.alerts, home.report):
        with pytest.raises(errors.NotFound, match="start with `halflife replay`"):
            ask()
    assert not (tmp_path / "new").exists()
    with pytest.raises(errors.ConfigError, match=r"nowhere\.toml"):
        halflife.open(config=tmp_path / "nowhere.toml")


def test_a_home_stays_where_it_was_opened(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that goes to another folder asks the same home as before, and its text opens it again."""
    monkeypatch.chdir(folder)
    home = halflife.open("home")
    monkeypatch.chdir(tmp_path)
    assert [version.label for version in home.versions()] == ["v1", "v2"]
    assert repr(home) == f"halflife.open({str(folder / 'home')!r})"


def test_it_works_inside_a_running_event_loop(home: halflife.Halflife) -> None:
    """As in a notebook, whose cells run in one."""

    async def cell() -> tuple[Shown, Shown]:
        return home.recheck(), home.plan()

    checked, _ = asyncio.run(cell())
    assert checked == home.recheck()


def test_a_home_that_stays_open_sees_what_came_since(
    small_folder: Callable[[int], Path], customers: Callable[..., pd.DataFrame]
) -> None:
    """Rows added to the file, and what another object ingested, filed and trained."""
    folder = small_folder(3)
    one, other = (halflife.open(config=folder / "halflife.toml") for _ in range(2))
    one.replay()
    assert len(other.versions()) == 1
    assert (one.ingest().rows, one.ingest(9).waiting.rows) == (0, 0)
    customers(500, first=750).to_csv(folder / "churn.csv", mode="a", header=False, index=False)
    assert [row["stage"] for row in one.plan().to_dict() if row["due"]][:2] == ["ingest", "watch"]
    assert other.ingest(2).last_tick == 4
    one.file("auc() > 0.5", name="seen")
    made = one.retrain()
    assert (made.new, made.version.number, made.version.last) == (True, 2, 4)
    assert other.finding("seen").finding.name == "seen"
    again = other.retrain()
    assert not again.new
    assert "No tick has come since v2" in repr(again)
    assert [check.version for check in other.finding("seen").checks] == [1, 2]


def test_importing_it_loads_nothing_else() -> None:
    """``import halflife`` is free; its names are those it documents, and another is told with those there are."""
    code = "import sys, typing; before = set(sys.modules); import halflife; print(*set(sys.modules) - before)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["halflife"]
    assert dir(halflife) == ["Halflife", "errors", "open"]
    assert "open" not in halflife.__all__
    with pytest.raises(AttributeError, match="no attribute 'replay'; it has Halflife, errors, open"):
        _ = halflife.replay  # type: ignore[attr-defined]


def test_plain_values_are_what_json_holds() -> None:
    """NumPy's numbers and arrays, NaN, infinities, sets, paths and enumerations."""
    odd = {
        "a": np.float64("nan"),
        1: float("-inf"),
        "b": np.arange(2),
        "c": {"y", "x"},
        "d": Path("p"),
        "e": np.int8(3),
    }
    said = plain(odd)
    assert said == {"a": None, "1": None, "b": [0, 1], "c": ["x", "y"], "d": "p", "e": 3}
    json.dumps(said, allow_nan=False)
