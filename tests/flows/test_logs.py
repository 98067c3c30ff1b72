"""What is logged goes to standard error, as much of it as was asked for, in lines for people or for machines."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

import halflife
from halflife.flows import logs
from halflife.models.errors import ConfigError

LOG = logging.getLogger("halflife.monitoring.alerts.outbox")


def say() -> None:
    """One line of each level."""
    LOG.debug("a step")
    LOG.info("done: %d rows", 7)
    LOG.warning("a channel is dead")


@pytest.mark.parametrize(("verbose", "lines"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_each_v_says_more(verbose: int, lines: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Warnings alone, then what is done, then every step; nothing of it on standard output."""
    logs.configure(verbose)
    say()
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == lines
    assert err.splitlines()[-1].endswith("WARNING halflife.monitoring.alerts.outbox: a channel is dead")


def test_a_line_is_one_json_object_when_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``HALFLIFE_LOG=json`` or the argument: time, level, logger, message, and the traceback of an error."""
    monkeypatch.setenv("HALFLIFE_LOG", "json")
    logs.configure(1)
    say()
    try:
        raise ValueError("said 'no'\nand no")
    except ValueError:
        LOG.exception("it failed")
    done, dead, failed = map(json.loads, capsys.readouterr().err.splitlines())
    assert (done["level"], done["message"]) == ("INFO", "done: 7 rows")
    assert dead.keys() == {"time", "level", "logger", "message"}
    assert failed["exc_info"].endswith("ValueError: said 'no'\nand no")
    logs.configure(1, json=False)
    say()
    assert capsys.readouterr().err.startswith(tuple("012"))


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_is_logged(form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither from what a line is made of nor from an error it quotes; a JSON line is JSON after that."""
    monkeypatch.setenv("HALFLIFE_LOG", form)
    logs.configure()
    LOG.warning("posting to %s", "https://ana:hunter2@example.org/hook?token=hunter2")
    try:
        raise OSError("401 for password=hunter2")
    except OSError:
        LOG.exception("refused")
    said = capsys.readouterr().err
    assert "hunter2" not in said
    assert "***" in said
    if form == "json":
        assert [json.loads(line)["level"] for line in said.splitlines()] == ["WARNING", "ERROR"]


def test_configuring_twice_says_nothing_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """The second call changes the level; the handler is one, and nobody above the tree repeats it."""
    logs.configure(2)
    logs.configure()
    say()
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_unknown_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the forms there are."""
    monkeypatch.setenv("HALFLIFE_LOG", "xml")
    with pytest.raises(ConfigError, match="HALFLIFE_LOG is 'xml'; it is one of text, json"):
        logs.configure()


def test_a_command_is_quiet_until_it_is_asked() -> None:
    """In a process of its own: a warning is seen, and with ``-v`` what is done; importing Halflife sets nothing up."""
    code = (
        "import logging, halflife, halflife.flows.logs as logs\n"
        "assert not logging.getLogger('halflife').handlers\n"
        "log = logging.getLogger('halflife.flows.retries')\n"
        "logs.configure(); log.info('unseen'); logs.configure(1); log.info('seen')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr.split()[1:]) == ("", ["INFO", "halflife.flows.retries:", "seen"])


def test_every_logger_is_named_for_its_module() -> None:
    """One tree: what is logged in ``halflife`` can be turned up or down by its module's name."""
    folder = Path(halflife.__path__[0])
    found = {
        (str(file.relative_to(folder)), line)
        for part in ("flows", "models", "monitoring")
        for file in (folder / part).rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("LOG = ")
    }
    assert len(found) >= 8
    assert {line for _, line in found} == {"LOG = logging.getLogger(__name__)"}
