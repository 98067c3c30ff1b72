"""Which settings are in force, where each comes from, and what settings there are; run as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from halflife.flows.bootstrap import recall, remember
from halflife.flows.cli import cli
from halflife.flows.configuration import parse, read
from halflife.flows.settings_reference import chapters, reference
from halflife.flows.toml_text import lines

ROOT = Path(__file__).parents[2]
CHURN = """name = "churn"
home = "halflife-home/churn"

[feed]
kind = "file"
path = "${ROWS:-data}/churn.csv"
label = "churned"

[retrain]
every = 2

[investigate]
segments = [   # a list
  "plan",
]
expect = { visits = "-" }

[alerts]
channels = ["webhook"]
webhook.url = "https://ana:hunter2@hooks.example.org/x?token=abc"

[[recipe.changes]]
tick = 3
trees = 90

[trials.small]
trees = 50
"""
DEMO = {"name": "demo", "feed": {"scenario": "shortcut", "ticks": 38}, "retrain": {"every": 3}}


def run(folder: Path, *words: str, **environment: str) -> tuple[int, str, str]:
    """The command, as a person would run it in ``folder``: exit code, stdout, stderr."""
    ran = subprocess.run(
        [sys.executable, "-m", "halflife.flows.cli", *words],
        cwd=folder,
        env={**os.environ, "COLUMNS": "80", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


def said(folder: Path, *words: str, **environment: str) -> dict[str, dict[str, Any]]:
    """Setting -> what ``halflife config --json`` says of it."""
    code, out, err = run(folder, "config", "--json", *words, **environment)
    assert code == 0, err
    return {row["setting"]: row for row in json.loads(out)}


@pytest.fixture
def churn(tmp_path: Path) -> Path:
    """A folder with a ``halflife.toml`` about churn, a used home of its own, and one of a demo."""
    (tmp_path / "halflife.toml").write_text(CHURN, encoding="utf-8")
    remember(read(tmp_path / "halflife.toml").model_copy(update={"home": tmp_path / "halflife-home" / "churn"}))
    remember(parse({**DEMO, "home": tmp_path / "halflife-home" / "demo"}, "demo"))
    return tmp_path


def test_each_value_is_shown_with_where_it_came_from(churn: Path) -> None:
    """A line of the file, the environment where a variable was filled in, or the default."""
    found = said(churn, ROWS="/elsewhere")
    shown = {name: (found[name]["value"], found[name]["source"]) for name in found}
    assert shown["name"] == ("churn", "halflife.toml:1")
    assert shown["feed.path"] == ("/elsewhere/churn.csv", "ROWS environment (halflife.toml:6)")
    assert shown["investigate.segments"] == (["plan"], "halflife.toml:13")
    assert shown["investigate.expect"] == ({"visits": "-"}, "halflife.toml:16")
    assert shown["recipe.changes"] == ([{"tick": 3, "trees": 90}], "halflife.toml:22")
    assert shown["trials.small"] == ({"trees": 50}, "halflife.toml:26")
    assert found["retrain.every"] == {
        "setting": "retrain.every",
        "value": 2,
        "default": 3,
        "source": "halflife.toml:10",
    }
    assert found["watch.every"]["source"] == "default"
    assert said(churn)["feed.path"]["source"] == "halflife.toml:6"


def test_every_setting_that_is_kept_is_shown(churn: Path) -> None:
    """What a home keeps and what is shown are the same settings; only variants are told by what they vary."""
    kept = json.loads((churn / "halflife-home" / "churn" / "settings.json").read_text())
    found = said(churn)
    for table, values in kept.items():
        for key, value in values.items() if isinstance(values, dict) and table != "trials" else ():
            if not isinstance(value, dict) or table == "investigate":
                assert f"{table}.{key}" in found, f"{table}.{key}"


def test_no_password_is_shown(churn: Path) -> None:
    """Neither in the table nor as JSON; the rest of the address is."""
    for words in (["config"], ["config", "--json"], ["config", "--home", "halflife-home/churn"]):
        code, out, err = run(churn, *words)
        assert code == 0, err
        assert "hooks" in out
        assert "hunter2" not in out + err
        assert "token=abc" not in out + err


def test_without_a_file_the_home_says_it_all(tmp_path: Path) -> None:
    """``--home`` of a home that was used before: its own settings; of a new one: the defaults."""
    remember(parse({**DEMO, "home": tmp_path / "used"}, "demo"))
    found = said(tmp_path, "--home", "used")
    assert (found["home"]["value"], found["home"]["source"]) == ("used", "--home")
    assert (found["feed.ticks"]["value"], found["feed.ticks"]["source"]) == (38, "settings.json of the home")
    found = said(tmp_path, "--home", "new")
    assert {row["source"] for name, row in found.items() if name != "home"} == {"default"}
    assert not (tmp_path / "new").exists()


def test_the_file_in_the_folder_is_used_beside_a_home(churn: Path) -> None:
    """``--home X`` overrides the file's home and nothing else, be X new or the model's own."""
    for home in ("new", "halflife-home/churn"):
        found = said(churn, "--home", home)
        assert (found["home"]["value"], found["home"]["source"]) == (home, "--home")
        assert (found["retrain.every"]["value"], found["retrain.every"]["source"]) == (2, "halflife.toml:10")
    (churn / "halflife.toml").write_text(CHURN.replace("every = 2", "every = 5"), encoding="utf-8")
    assert said(churn, "--home", "halflife-home/churn")["retrain.every"]["value"] == 5


@pytest.mark.parametrize("words", [["config"], ["doctor"], ["alerts", "test"], ["finding", "list"]], ids=" ".join)
def test_a_home_of_another_model_is_not_overwritten(churn: Path, words: list[str]) -> None:
    """One sentence names the file, the home and both ways out; nothing of the home is changed."""
    before = (churn / "halflife-home" / "demo" / "settings.json").read_bytes()
    code, out, err = run(churn, *words, "--home", "halflife-home/demo")
    assert (code, out) == (2, "")
    assert err == (
        "error: halflife.toml is about 'churn' (file 'churn.csv'), but the home halflife-home/demo is that of 'demo' "
        "(synthetic world 'shortcut'): to work there as it was left, add --config halflife-home/demo/settings.json; "
        "to use the file there all the same, add --config halflife.toml\n"
    )
    assert (churn / "halflife-home" / "demo" / "settings.json").read_bytes() == before


def test_both_ways_out_lead_out(churn: Path) -> None:
    """The home's own settings by name, and the file on purpose."""
    found = said(churn, "--home", "halflife-home/demo", "--config", "halflife-home/demo/settings.json")
    assert (found["name"]["value"], found["feed.ticks"]["value"]) == ("demo", 38)
    assert found["home"]["value"] == "halflife-home/demo"
    found = said(churn, "--config", "halflife-home/demo/settings.json")
    assert (found["home"]["value"], found["home"]["source"]) == ("halflife-home/demo", "--config")
    found = said(churn, "--home", "halflife-home/demo", "--config", "halflife.toml")
    assert (found["name"]["value"], found["home"]["value"]) == ("churn", "halflife-home/demo")


def test_a_demo_does_not_move_into_the_home_of_a_model(churn: Path) -> None:
    """Nor does ``--fresh`` throw that home away."""
    for words in ([], ["--fresh"]):
        code, _, err = run(churn, "demo", "--home", "halflife-home/churn", *words)
        assert code == 2
        assert err.startswith(
            "error: the home halflife-home/churn is that of 'churn' (file 'churn.csv'), and no demo's"
        )
    assert recall(churn / "halflife-home" / "churn").name == "churn"


def test_the_home_used_last_is_named_as_such(tmp_path: Path) -> None:
    """Without a file and an option."""
    remember(parse({**DEMO, "home": tmp_path / "halflife-home" / "demo"}, "demo"))
    (tmp_path / "halflife-home" / ".last").write_text("halflife-home/demo\n")
    assert said(tmp_path)["home"]["source"] == "halflife-home/.last"


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_fits_its_terminal(churn: Path, columns: int) -> None:
    """No line is wider, every setting is there, and what is long is folded and not cut."""
    code, out, err = run(churn, "config", COLUMNS=str(columns), ROWS="/a/rather/long/folder/where/rows/are/kept")
    assert code == 0, err
    assert max(map(len, out.splitlines())) <= columns
    assert "…" not in out
    keys = [line.split()[0] for line in out.splitlines() if line and not line.startswith((" ", "["))]
    assert {"name", "every", "available_after", "false_discoveries", "small"} <= set(keys)


def test_the_page_of_settings_is_what_the_command_prints() -> None:
    """``infra/docs/settings.md`` is ``halflife config --reference``, to the byte."""
    ran = CliRunner().invoke(cli, ["config", "--reference"])
    assert ran.output == (ROOT / "infra" / "docs" / "settings.md").read_text(encoding="utf-8")
    assert ran.output.rstrip("\n") == reference().rstrip("\n")


def test_every_setting_says_what_it_means() -> None:
    """Each key of each table is in the reference, once, with a sentence that ends."""
    told = [(chapter.heading, one.setting) for chapter in chapters() for one in chapter.settings]
    assert len(set(told)) == len(told)
    everything = {setting for _, setting in told}
    document = json.loads(CliRunner().invoke(cli, ["config", "--reference", "--json"]).output)
    assert {row["setting"] for row in document} == everything
    assert all(row["meaning"].endswith((".", "?")) and row["allowed"] for row in document)
    for example in (ROOT / "infra" / "examples").glob("*.toml"):
        kept = read(example).model_dump(mode="json", exclude={"trials"})
        named = {f"{table}.{key}" for table, values in kept.items() if isinstance(values, dict) for key in values}
        assert named - {"alerts.smtp", "alerts.webhook"} <= everything


def test_lines_are_those_of_the_statements() -> None:
    """Texts and lists over many lines, quoted and dotted keys, inline tables, comments that look like keys."""
    text = '# a = 1\n"a.b" = """\nc = 2\n"""\nd.e = 3 # f = 4\r\n[g.h]\ni = [\n  "[j]", # k\n]\n[[l]]\nm = {n = {o = 1}}\n[[l]]\n'
    assert lines(text) == {"a.b": 2, "d.e": 5, "g.h": 6, "g.h.i": 7, "l": 10, "l.m.n.o": 11}
