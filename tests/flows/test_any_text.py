"""What people and data say reaches a command's answer whole, whatever characters it is made of."""

import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.flows.bootstrap import recall, remember
from halflife.flows.cli import cli, main
from halflife.flows.configuration import parse
from halflife.flows.ledger_place import ledger
from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.monitoring.claims.language.grammar import parse as parse_claim
from halflife.monitoring.reports.visible import visible

ANY = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("[]/\\{}\x1b\r\b"), min_size=1, max_size=20)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a version, and no findings yet."""
    where = tmp_path_factory.mktemp("any") / "home"
    kept = parse({"home": where, "name": "any", "alerts": {"channels": ["eml"]}}, "test")
    remember(kept)
    with ledger(kept) as book:
        good = Interval(0.8, 0.75, 0.85)
        book.add_version(Version(1, 0, 7, "1", "r", 1, "d", "m", {"auc": good}, Role.CHAMPION, "the first", 900))
    return where


def squeezed(text: str) -> str:
    """Without the blanks that lay a text out."""
    return "".join(text.split())


@settings(max_examples=30, deadline=None)
@given(category=ANY, column=ANY, author=ANY, note=ANY)
def test_a_finding_is_shown_as_it_was_filed(home: Path, category: str, column: str, author: str, note: str) -> None:
    """Category, column, author and note: none crashes a table, none vanishes, no control character comes out."""
    quoted = '"' + column.replace('"', '""') + '"'
    value = "'" + category.replace("'", "''") + "'"
    claim = str(parse_claim(f"auc(where={f'{quoted} = {value}'!r}) > 0.7"))
    with ledger(recall(home)) as book:
        number = len(book.findings()) + 1
        made = Finding(f"f{number}", claim, "auc", Scope.POPULATION, 1, author=author, note=note)
        measured = Measurement(300, Interval(0.8, 0.75, 0.85), Status.HOLDS, 0.01, note)
        book.file([made], [Check(0, 1, 0.7, measured, measured)])
    said = {}
    show = ["finding", "show", f"f{number}"]
    for words in (["finding", "list"], show, [*show, "--json"], ["finding", "export"]):
        done = CliRunner().invoke(cli, [*words, "--home", str(home)], catch_exceptions=False)
        said[" ".join(words[1:])] = done.stdout
        assert not [c for c in done.output if unicodedata.category(c) == "Cc" and c not in "\n\t"], done.output
    shown = squeezed(said[f"show f{number}"])
    for text in (claim, author, note.strip()):  # blanks around a note are no part of it
        assert squeezed(visible(text)) in shown
    assert f"f{number}" in said["list"]


def test_an_argument_that_is_no_text_is_a_wrong_argument(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A byte that is not UTF-8 is said to be one, and nothing is done with it."""
    monkeypatch.setattr("sys.argv", ["halflife", "finding", "add", "auc() > 0.7", "--note", "\udcff"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "Error: b'\\xff' is not text in UTF-8\n"
