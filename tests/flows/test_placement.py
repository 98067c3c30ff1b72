"""Which servers a home is with: what the file says, else the environment, else what the home was with before."""

from pathlib import Path

import pytest

from halflife.flows.bootstrap import registry, remember
from halflife.flows.configuration import parse
from halflife.flows.ledger_place import has_ledger
from halflife.flows.placement import LEDGER, placed
from halflife.flows.resolution import resolve
from halflife.flows.settings_in_force import in_force
from halflife.models.errors import ConfigError

URI, NAME = "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"
FILE = 'name = "churn"\nhome = "{home}"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration that names no server, and an environment that names none either."""
    for variable in (URI, NAME, LEDGER):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "halflife.toml").write_text(FILE.format(home=tmp_path / "home"))
    return tmp_path


def told(folder: Path, setting: str) -> tuple[object, str]:
    """A setting's value and source, as `halflife config` has them."""
    rows = in_force(resolve(folder / "halflife.toml", None))
    return next((row.value, row.source) for row in rows if row.setting == setting)


def test_mlflows_variables_are_honoured_where_the_file_says_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file stands above the environment, which stands above the default; each is told with its source."""
    assert told(folder, "registry.uri") == ("", "default")
    monkeypatch.setenv(URI, "https://mlflow.example.org/")
    monkeypatch.setenv(NAME, "team")
    assert told(folder, "registry.uri") == ("https://mlflow.example.org", f"{URI} environment")
    assert told(folder, "registry.experiment") == ("team", f"{NAME} environment")
    file = folder / "halflife.toml"
    file.write_text(f'{file.read_text()}[registry]\nuri = "https://other.example.org"\nmodel = "churn-eu"\n')
    assert told(folder, "registry.uri") == ("https://other.example.org", f"{file}:4")
    made = registry(resolve(file, None).settings)
    assert (made.uri, made.name, made.experiment) == ("https://other.example.org", "churn-eu", "team")


def test_a_home_goes_on_where_its_models_are(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its own database whatever the environment says; with its server where the variable is gone or another."""
    home = folder / "home"
    monkeypatch.setenv(URI, "https://mlflow.example.org")
    remember(resolve(folder / "halflife.toml", None).settings)
    monkeypatch.delenv(URI)
    assert told(folder, "registry.uri") == ("https://mlflow.example.org", "settings.json of the home")
    assert resolve(None, home).settings.registry.uri == "https://mlflow.example.org"
    monkeypatch.setenv(URI, "https://moved.example.org")
    assert resolve(None, home).settings.registry.uri == "https://moved.example.org"
    other = parse({"home": folder / "old"}, "test")
    remember(other)
    (folder / "old" / "mlflow.db").touch()
    at = placed(other, file=True)
    assert at.settings.registry.uri == ""
    assert at.sources["registry.uri"] == f"default: the models are in the home's mlflow.db; {URI} is for new homes"


def test_a_password_in_an_address_is_kept_and_shown_nowhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is used by this process alone; the home and `halflife config` have the address without it."""
    monkeypatch.setenv(URI, "https://ana:hunter2@mlflow.example.org")
    settings = resolve(folder / "halflife.toml", None).settings
    assert registry(settings).uri == "https://ana:hunter2@mlflow.example.org"
    remember(settings)
    assert "hunter2" not in (folder / "home" / "settings.json").read_text()
    assert told(folder, "registry.uri")[0] == "https://mlflow.example.org"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("/data/mlruns", "MLflow keeps no registry in plain folders any more; name its server"),
        ("file:///data/mlruns", "MLflow keeps no registry in plain folders any more"),
        ("https://", "the address names no server; one is https://mlflow.example.org"),
        ("ftp://ana:hunter2@host/", "name its server"),
    ],
)
def test_what_is_no_address_is_told_by_the_name_of_its_variable(
    folder: Path, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the file by the setting's name; a password in it is told by neither."""
    monkeypatch.setenv(URI, value)
    with pytest.raises(ConfigError, match=said) as told:
        resolve(folder / "halflife.toml", None)
    assert str(told.value).startswith(f"{URI}: ")
    with pytest.raises(ConfigError, match=r"registry\.uri = ") as told:
        parse({"registry": {"uri": value}}, "halflife.toml")
    assert "hunter2" not in str(told.value)


def test_a_database_in_a_file_is_found_beside_the_configuration(folder: Path) -> None:
    """A relative path begins there, and its files are beside it."""
    file = folder / "halflife.toml"
    file.write_text(f'{file.read_text()}[registry]\nuri = "sqlite:///team/mlflow.db"\n')
    made = registry(resolve(file, None).settings)
    assert made.uri == f"sqlite:///{folder}/team/mlflow.db"
    assert made.artifacts == folder / "team" / "artifacts"


def test_the_ledgers_variable_is_kept_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it holds is written nowhere; the file stands above it, and the home remembers where its ledger is."""
    monkeypatch.setenv(LEDGER, "postgresql://ann:hunter2@host/rows")
    assert told(folder, "ledger.url_env") == (LEDGER, f"{LEDGER} environment")
    settings = resolve(folder / "halflife.toml", None).settings
    assert settings.ledger.address() == "postgresql://ann:hunter2@host/rows"
    remember(settings)
    assert "hunter2" not in (folder / "home" / "settings.json").read_text()
    monkeypatch.delenv(LEDGER)
    assert told(folder, "ledger.url_env") == (LEDGER, "settings.json of the home")
    with pytest.raises(ConfigError, match=f"variable {LEDGER} is not set: it should hold the address of the ledger"):
        has_ledger(resolve(folder / "halflife.toml", None).settings)
    file = folder / "halflife.toml"
    file.write_text(f'{file.read_text()}[ledger]\nurl = "postgresql://ann:hunter2@other/rows"\n')
    settings = resolve(file, None).settings
    assert (settings.ledger.url_env, settings.ledger.address()) == ("", "postgresql://ann:hunter2@other/rows")
    assert told(folder, "ledger.url") == ("postgresql://***@other/rows", f"{file}:4")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"url": "mysql://host/rows"}, "a shared ledger is in PostgreSQL"),
        ({"url": "postgresql://host/rows?password=hunter2"}, "the password goes into the environment"),
        ({"url": "postgresql://host/rows", "url_env": "X"}, "give url, or url_env"),
    ],
)
def test_a_ledger_that_cannot_be_is_told(table: dict[str, str], said: str) -> None:
    """In one sentence, without the password."""
    with pytest.raises(ConfigError, match=said) as told:
        parse({"ledger": table}, "halflife.toml")
    assert "hunter2" not in str(told.value)
