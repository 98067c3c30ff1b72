"""What a person sees when what they typed or gave is wrong: one message, the right exit code, no traceback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

FILE = """
home = "home"
[feed]
kind = "file"
path = "rows.csv"
label = "y"
"""


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("acu() > 0.7", "'acu' is not a statistic"),
        ('attribution_share("devise_age") > 0.1', "did you mean 'device_age'?"),
        ("auc( > 0.7", "column"),
        ("auc(where=\"income > (SELECT 1)\") > 0.7", "SELECT"),
        ("auc() > 'high'", "number"),
    ],
)  # fmt: skip
def test_a_wrong_claim_points_at_its_fault(
    small: tuple[Path, Any], here: Callable[..., Any], claim: str, message: str
) -> None:
    """Exit code 2, the claim with a caret under the fault, and nothing filed."""
    before = len(here("finding", "list", "--json", cwd=small[0]).json)
    ran = here("finding", "add", claim, cwd=small[0])
    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert message in ran.err
    assert "^" in ran.err.splitlines()[-1]
    assert len(here("finding", "list", "--json", cwd=small[0]).json) == before


def test_a_shell_is_told_as_much(run_in: Callable[..., Any]) -> None:
    """Through a process of its own: exit code 2, the caret on standard error, and no traceback."""
    ran = run_in("finding", "add", "acu() > 0.7")
    assert (ran.code, ran.out) == (2, "")
    assert "'acu' is not a statistic" in ran.err
    assert "^" in ran.err.splitlines()[-1]
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "rows.csv"),
        ("x,y\n", "rows.csv"),
        ("x,x,y\n1,2,0\n", "'x'"),
        ("x,y\n1,a\n2,b\n3,c\n", "3 values where two are possible: 'a'"),
        ("x,z\n1,0\n", "'y'"),
    ],
)
def test_a_file_that_is_no_stream_is_refused(tmp_path: Path, here: Callable[..., Any], text: str, message: str) -> None:
    """Empty, only a header, a doubled name, three labels, no label: exit code 1 and the reason."""
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    (tmp_path / "halflife.toml").write_text(FILE, encoding="utf-8")
    ran = here("doctor", cwd=tmp_path)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert message in ran.out


def test_a_column_that_turns_into_words_stops_the_replay_and_loses_nothing(
    tmp_path: Path, command: Callable[..., Any], own_server: dict[str, str]
) -> None:
    """The schema of the first ticks stands: exit code 1 names the column, what was stored stays, nobody is alarmed."""
    rows = [f"{i},{i % 7},{i % 2}" for i in range(500)]
    (tmp_path / "rows.csv").write_text("\n".join(["x,z,y", *rows]), encoding="utf-8")
    (tmp_path / "halflife.toml").write_text(f"{FILE}rows_per_tick = 50\n", encoding="utf-8")
    assert command("replay", "--ticks", "2", cwd=tmp_path, **own_server).code == 0
    words = [f"n{i},{i % 7},{i % 2}" for i in range(100, 500)]
    (tmp_path / "rows.csv").write_text("\n".join(["x,z,y", *rows[:100], *words]), encoding="utf-8")
    ran = command("replay", cwd=tmp_path, **own_server)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert ran.err.startswith("error: column 'x' is numeric in the store, but 50 of its 50 cells")
    assert "ticks 0 to 1" in command("doctor", cwd=tmp_path).out
    assert command("alerts", "list", "--json", cwd=tmp_path).json == []


def test_a_home_that_cannot_be_written_is_refused(tmp_path: Path, command: Callable[..., Any]) -> None:
    """A file stands where the home should be: one sentence, exit code 1."""
    (tmp_path / "file").write_text("")
    ran = command("ingest", "--home", "file/home", cwd=tmp_path)
    assert ran.code == 1
    assert "cannot be written" in ran.err
    assert "Traceback" not in ran.err


def test_commands_that_look_make_nothing(tmp_path: Path, command: Callable[..., Any]) -> None:
    """In an empty folder, listing says how to start; the doctor makes the home and nothing in it but the lock."""
    for words in (["finding", "list"], ["finding", "show", "x"], ["alerts", "list"]):
        ran = command(*words, cwd=tmp_path)
        assert ran.code == 2
        assert "start with `halflife replay` or `halflife demo`" in ran.err
    assert list(tmp_path.iterdir()) == []
    ran = command("doctor", "--home", "home", cwd=tmp_path)
    assert ran.code == 0, ran.out
    assert "device_age" in ran.out
    assert [path.name for path in (tmp_path / "home").iterdir()] == [".lock"]


def test_a_second_command_in_a_busy_home_waits_its_turn_or_says_so(
    small: tuple[Path, Any], run_in: Callable[..., Any]
) -> None:
    """While one command holds the home another says so at once and changes nothing."""
    import fcntl

    with (small[0] / "halflife-home" / "small" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = run_in("recheck")
    assert ran.code == 1
    assert "another halflife command is working in" in ran.err


def test_a_misspelt_command_is_answered_with_the_right_one(tmp_path: Path, command: Callable[..., Any]) -> None:
    """Usage errors exit with 2 and suggest."""
    ran = command("repaly", cwd=tmp_path)
    assert ran.code == 2
    assert "did you mean replay?" in ran.err
