"""Settings: what is read, and how faults are told."""

from dataclasses import fields
from pathlib import Path

import pytest

import halflife
from halflife.flows.bootstrap import bootstrap, policy, recall
from halflife.flows.configuration import parse, read
from halflife.flows.settings import Settings
from halflife.models.errors import ConfigError, Unavailable
from halflife.models.recipe import Recipe
from halflife.monitoring.adapters.files_feed import FilesFeed


def write(folder: Path, text: str) -> Path:
    """A configuration file with this text."""
    path = folder / "halflife.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_path_is_relative_to_its_file_and_may_hold_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``feed.path`` is found beside the configuration, and from an environment variable with a default."""
    monkeypatch.delenv("ROWS", raising=False)
    text = '[feed]\nkind = "file"\npath = "${ROWS:-sub}/rows.csv"\nlabel = "y"\n'
    assert read(write(tmp_path, text)).feed.path == str(tmp_path / "sub" / "rows.csv")
    monkeypatch.setenv("ROWS", str(tmp_path / "elsewhere"))
    assert read(write(tmp_path, text)).feed.path == str(tmp_path / "elsewhere" / "rows.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[retrain]\nevry = 2", "retrain.evry is not a setting; did you mean retrain.every?"),
        ("[retrain]\nevery = 0", "retrain.every = 0: Input should be greater than 0"),
        ("colour = 1", "colour is not a setting; known here: alerts, causes, compute, evidence, explain, feed, home"),
        ('[feed]\nkind = "file"\nlabel = "y"', "feed.path is missing: A CSV or Parquet file, a folder of them"),
        ('[feed]\nkind = "file"\npath = "x"', "halflife.toml: feed.label is missing: the column of the label, or a table"),
        ('[feed]\nkind = "fiel"', "there is no feed of kind 'fiel'; there are database, file, push, synthetic; did you mean 'file'?"),
        ("[feed]\nkind = 3", "there is no feed of kind '3'; there are database, file, push, synthetic"),
        ("feed = 3", "feed = 3: Input should be a valid dictionary"),
        ('[alerts]\nchannels = ["smtp"]', '[alerts]: channel "smtp" needs a table [alerts.smtp]'),
        (
            '[alerts]\nchannels = ["pigeon"]',
            "alerts.channels.0 = 'pigeon': there is no channel 'pigeon'; there are console, eml, smtp, webhook",
        ),
        ('[alerts.smtp]\nhots = "x"\nhost = "x"\nsender = "a"\nto = []', "did you mean alerts.smtp.host?"),
        ('[alerts.pigeon]\nloft = "x"', "alerts.pigeon is not a setting; known here: cases, channels, false_discoveries"),
        ('[evidence]\nevidence = 0.5\ndiscovery = 0.3\ncalibration = 0.1', "leave less than a fifth of the rows to train on"),
        ('[alerts.webhook]\nsecret_env = "S"', "give url, or url_env to name the environment variable that holds it"),
        ('[evidence]\ncluster = "customer"', 'evidence.cluster names a column of a feed of kind "file"'),
        ("[alerts]\nfalse_discoveries = 1.5", "alerts.false_discoveries = 1.5: Input should be less than 1"),
        ("home = ", "not a TOML file"),
        ('[feed]\nkind = "file"\nlabel = "y"\npath = "${NOT_SET_ANYWHERE}/x"', "needs the environment variable NOT_SET_ANYWHERE"),
        ('[feed]\nkind = "file"\nlabel = "y"\npath = "a\\u0000.csv"', r"feed.path = 'a\x00.csv': the path 'a\x00.csv' holds a NUL character"),
        ('name = "a/b"', "name = 'a/b': the model's name is also that of a registered model in MLflow, which takes no '/', ':' or NUL"),
        ('name = ""', "name = '': the model's name is also that of a registered model in MLflow, which takes neither blanks"),
        ('name = ".."', "which takes neither blanks nor dots alone"),
        ('name = "' + 300 * "x" + '"', "at most 256 characters; this one has 300"),
        ('[feed]\nkind = "file"\nlabel = "y"\npath = "x"\npositive = [1]', "feed.positive = [1]: Input should be a valid string"),
        ('home = "h\\u0000"', r"home = 'h\x00': the path 'h\x00' holds a NUL character"),
    ],
)  # fmt: skip
def test_a_fault_names_the_file_the_key_and_what_would_be_right(tmp_path: Path, text: str, message: str) -> None:
    """Every wrong setting is a ConfigError, exit code 2, in words a person can act on."""
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("named", [{"home": "a\0b"}, {"config": "a\0b.toml"}])
def test_a_path_no_file_can_have_is_a_wrong_setting_for_programs_too(named: dict[str, str]) -> None:
    """``halflife.open`` says what is wrong with a path, as the command does with one in a file."""
    with pytest.raises(ConfigError, match="holds a NUL character"):
        halflife.open(**named)


def test_every_fault_of_a_file_is_told_at_once() -> None:
    """Two wrong keys give two lines."""
    with pytest.raises(ConfigError) as caught:
        parse({"seed": -1, "watch": {"evry": 1}}, "x.toml")
    assert len(str(caught.value).splitlines()) == 2


def test_a_home_remembers_its_settings(tmp_path: Path) -> None:
    """What a home was last used with comes back, so that flows and later commands need only the folder."""
    settings = Settings(home=tmp_path / "home", name="mine", seed=3)
    bootstrap(settings)
    assert recall(tmp_path / "home") == settings


def test_threads_default_to_the_cores_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset, every core this process may use; what a home keeps is "unset", so that it can move to another machine."""
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    assert policy(Settings()).recipe.threads == 5
    assert Settings().model_dump()["compute"]["threads"] is None
    assert policy(parse({"compute": {"threads": 3}}, "x.toml")).recipe.threads == 3


def test_threads_written_beside_the_recipe_are_understood() -> None:
    """Homes and files that name ``recipe.threads`` mean ``compute.threads``, and faults are told under that name."""
    assert parse({"recipe": {"threads": 3, "trees": 9}}, "x.toml") == parse(
        {"recipe": {"trees": 9}, "compute": {"threads": 3}}, "x.toml"
    )
    with pytest.raises(ConfigError, match=r"compute\.threads = 0: Input should be greater than or equal to 1"):
        parse({"recipe": {"threads": 0}}, "x.toml")


def test_secrets_are_named_but_never_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings in the home hold the names of variables, not what is in them."""
    monkeypatch.setenv("HOOK", "https://hooks.example.org/T0KEN")
    alerts = {"channels": ["webhook"], "webhook": {"url_env": "HOOK"}}
    service = bootstrap(parse({"home": tmp_path / "home", "alerts": alerts}, "test"))
    assert "webhook" in service.channels
    kept = (tmp_path / "home" / "settings.json").read_text()
    assert "T0KEN" not in kept
    assert "T0KEN" not in repr(service)


def test_a_home_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    """A file where the home should be gives one sentence and exit code 1, not a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"cannot be written: .*; choose another folder with --home"):
        bootstrap(Settings(home=tmp_path / "file" / "home"))


def test_a_folder_that_is_no_home_is_said_plainly(tmp_path: Path) -> None:
    """Recalling settings from any other folder tells how to start."""
    with pytest.raises(ConfigError, match="is not a halflife home"):
        recall(tmp_path)


def test_what_a_person_sets_reaches_the_feed_the_split_and_the_policy(tmp_path: Path) -> None:
    """``evidence.cluster`` names the feed's column and fixes the split; how sure alerts are is part of the policy."""
    table = {
        "home": tmp_path / "home",
        "feed": {"kind": "file", "path": "rows.csv", "label": "y"},
        "evidence": {"cluster": "customer"},
        "alerts": {"false_discoveries": 0.05, "strict": True},
    }
    service = bootstrap(parse(table, "x.toml"))
    assert isinstance(service.feed, FilesFeed)
    assert service.feed.cluster == service.store.split.cluster == "customer"
    assert (service.policy.alerts.false_discoveries, service.policy.alerts.strict) == (0.05, True)
    assert (policy(Settings()).alerts.false_discoveries, policy(Settings()).alerts.strict) == (0.10, False)


def test_a_recipe_is_declared_once() -> None:
    """``[recipe]`` has the fields, defaults and bounds of `Recipe`, but the threads; what it becomes has its digest."""
    said = Settings().recipe
    assert said.recipe(threads=1) == Recipe()
    assert {*type(said).model_fields} == {f.name for f in fields(Recipe)} - {"threads"} | {"changes"}
    assert Recipe().digest == "0576d7d21d85"
    assert parse({"recipe": {"strategy": "warm", "l2": 2}}, "x.toml").recipe.recipe(1).digest == "54404f5d79a5"
    for key, value in {"trees": 0, "anchor": 1.0, "strategy": "boosted"}.items():
        with pytest.raises(ConfigError, match=rf"recipe\.{key} = {value!r}"):
            parse({"recipe": {key: value}}, "x.toml")
