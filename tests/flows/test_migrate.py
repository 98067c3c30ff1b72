"""``halflife migrate``: a home's ledger moves to PostgreSQL with nothing lost, killed or not, and is not used twice."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from halflife.flows import bootstrap, ledger_place
from halflife.flows.cli import cli
from halflife.flows.configuration import parse
from halflife.flows.resolution import resolve
from halflife.flows.settings import Settings
from halflife.models.domain import Check, Measurement, Status
from halflife.models.errors import ConfigError, HalflifeError, Unavailable
from halflife.monitoring.adapters import ledger_move
from halflife.monitoring.adapters.sql_ledger import SqlLedger
from halflife.testing.ledger_specimens import ALERT, DRIFT, finding, version

ENV = "HALFLIFE_TEST_LEDGER"


@pytest.fixture
def home(tmp_path: Path, postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose ledger has a version, findings, a check without a number, and alerts; and a database to go to."""
    monkeypatch.setenv(ENV, postgres())
    monkeypatch.delenv("HALFLIFE_LEDGER_URL", raising=False)
    settings = parse({"home": tmp_path / "home", "name": "Churn (EU)"}, "test")
    bootstrap.remember(settings)
    with ledger_place.ledger(settings) as ledger:
        ledger.add_version(version(1))
        nothing = Measurement(0, None, Status.UNTESTABLE, reason="no rows: Привет, \x07")
        ledger.file([finding("ranks"), finding("other")], [Check(0, 1, math.nan, nothing, None)])
        ledger.record_drift(replace(DRIFT, against=1))
        for key in ("v1", "v2"):
            ledger.enqueue(replace(ALERT, key=key), ["console", "eml"])
    return tmp_path / "home"


def migrate(home: Path, *words: str) -> str:
    """What the command says. Raises what it raises."""
    ran = CliRunner().invoke(cli, ["migrate", "--home", str(home), "--to-env", ENV, *words])
    if ran.exception is not None:
        raise ran.exception
    return ran.stdout


def here(home: Path) -> Settings:
    """The settings the home was last used with."""
    return resolve(None, home).settings


def everything(ledger: SqlLedger) -> list[object]:
    """What a ledger says."""
    return [ledger.versions(), ledger.findings(), repr(ledger.checks()), ledger.due(1e12), ledger.deliveries()]


def test_everything_arrives_and_goes_on(home: Path) -> None:
    """The same rows, and the next alert gets the next number; the home knows where its ledger is, its file is aside."""
    with ledger_place.ledger(here(home)) as ledger:
        before = everything(ledger)
    told = json.loads(migrate(home, "--json"))
    assert (told["rows"]["versions"], told["rows"]["deliveries"]) == (1, 4)
    assert told["setting"] == f'url_env = "{ENV}"'
    assert sorted(path.name for path in home.glob("ledger*")) == ["ledger.db.moved"]
    assert here(home).ledger.url_env == ENV
    with ledger_place.ledger(here(home)) as ledger:
        assert everything(ledger) == before
        assert ledger.enqueue(replace(ALERT, key="v3"), ["console"])
        assert "was moved before" in migrate(home)
        assert len(ledger.deliveries()) == 5


@pytest.mark.parametrize("where", ["_content", "put_aside"])
def test_cut_off_it_goes_on(home: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while rows are compared, the database has nothing of it; killed before the file is aside, all of it."""
    calls, real = [], getattr(ledger_move, where)

    def killed(*given: object) -> object:
        calls.append(given)
        if where == "put_aside" or len(calls) == 3:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(ledger_move, where, killed)
    with pytest.raises(KeyboardInterrupt):
        ledger_place.move_ledger(here(home), to_database(home).ledger)
    assert (home / "ledger.db").exists()
    assert not here(home).ledger.shared
    assert ledger_place.has_ledger(to_database(home)) is (where == "put_aside")
    monkeypatch.setattr(ledger_move, where, real)
    migrate(home)
    with ledger_place.ledger(here(home)) as ledger:
        assert len(ledger.findings()) == 2


def to_database(home: Path) -> Settings:
    """The settings as they are when the ledger is in the database."""
    return parse({"home": home, "name": "Churn (EU)", "ledger": {"url_env": ENV}}, "test")


def test_a_ledger_is_used_in_one_place_alone(home: Path) -> None:
    """Not from the database before it moved, nor from the file after; and not over another ledger of the same name."""
    with pytest.raises(ConfigError, match=f"`halflife migrate --to-env {ENV}` moves it there"):
        ledger_place.ledger(to_database(home))
    migrate(home)
    with pytest.raises(ConfigError, match=r"was moved to a database: name it in \[ledger\] url_env"):
        ledger_place.ledger(parse({"home": home, "name": "Churn (EU)"}, "test"))
    other = home.parent / "other"
    bootstrap.remember(parse({"home": other, "name": "Churn (EU)"}, "test"))
    with ledger_place.ledger(here(other)) as ledger:
        ledger.add_version(version(1))
    with pytest.raises(
        ConfigError, match=r"it is another one \(1 versions, 2 findings; this one has 1 and 0\): nothing"
    ):
        migrate(other)
    assert (other / "ledger.db").exists()


def test_a_file_that_somebody_reads_is_not_taken_away(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is asked to end, and the same command goes on from there."""
    monkeypatch.setattr(ledger_move, "BUSY", 0.1)
    engine = sa.create_engine(f"sqlite:///{home / 'ledger.db'}")
    with engine.connect() as reader:
        reader.execute(sa.text("SELECT * FROM versions")).all()
        with pytest.raises(Unavailable, match="another program has it open: end it and run the same again"):
            migrate(home)
    engine.dispose()
    assert "is moved" in migrate(home) or (home / "ledger.db.moved").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say where to"),
        (["--to", "mysql://host/db"], "a shared ledger is in PostgreSQL"),
        (
            ["--to-env", "HALFLIFE_NO_SUCH"],
            "the environment variable HALFLIFE_NO_SUCH is not set: it should hold the address of the ledger's database",
        ),
    ],
)
def test_where_to_is_asked_for(tmp_path: Path, words: list[str], said: str) -> None:
    """In one sentence, before anything is made."""
    ran = CliRunner().invoke(cli, ["migrate", "--home", str(tmp_path / "home"), *words])
    assert isinstance(ran.exception, HalflifeError)
    assert said in str(ran.exception)
    assert not (tmp_path / "home").exists()
