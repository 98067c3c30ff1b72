"""The files of ``infra/`` for running it elsewhere: read as their tools read them, every command in them understood."""

import re
import shlex
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from halflife.flows.cli import cli

ROOT = Path(__file__).parents[1]
INFRA = ROOT / "infra"
COMPOSE = yaml.safe_load((INFRA / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES = list(yaml.safe_load_all((INFRA / "kubernetes" / "halflife.yaml").read_text(encoding="utf-8")))
DOCKERFILE = (INFRA / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
SECRET = re.compile(r"(password|token|secret|auth)", re.IGNORECASE)


def unit(name: str) -> ConfigParser:
    """A unit of systemd's, whose keys may stand several times and have their case."""
    read = ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(INFRA / "systemd" / name)
    return read


def containers() -> Iterator[dict[str, Any]]:
    """Every container of the manifests."""
    for each in KUBERNETES:
        if each["kind"] == "CronJob":
            yield from each["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]


def commands() -> Iterator[list[str]]:
    """Every command of ours, in whatever file it stands."""
    for name in ("halflife.service", "halflife-run.service"):
        program, *words = shlex.split(unit(name)["Service"]["ExecStart"])
        assert program.endswith("/halflife")
        yield words
    yield COMPOSE["services"]["halflife"]["command"]
    yield from (container["args"] for container in containers())
    yield yaml.safe_load(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[-1])


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_is_one_of_ours(words: list[str]) -> None:
    """With options that there are."""
    command = cli.get_command(click.Context(cli), words[0])
    assert command is not None
    command.make_context(words[0], list(words[1:]))


def test_mlflows_server_understands_its_options() -> None:
    """As its own command reads them."""
    from halflife.monitoring.adapters.mlflow_connection import hushed

    with hushed():
        from mlflow.cli import server
    service = COMPOSE["services"]["mlflow"]
    program, name, *words = [*service["entrypoint"], *service["command"]]
    assert (program, name) == ("mlflow", "server")
    server.make_context("server", words)


def test_nothing_listens_beyond_loopback_and_nobody_is_root() -> None:
    """Ports of the machine are loopback's; users are numbers above 0; nothing gains rights."""
    for name, service in COMPOSE["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
    users = re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["halflife"]
    assert DOCKERFILE.index("USER halflife") < DOCKERFILE.index("ENTRYPOINT")
    for each in KUBERNETES:
        if each["kind"] == "CronJob":
            assert each["spec"]["jobTemplate"]["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"]
    assert all(not container["securityContext"]["allowPrivilegeEscalation"] for container in containers())
    for name in ("halflife.service", "halflife-run.service"):
        assert unit(name)["Service"]["NoNewPrivileges"] == "yes"


def test_no_secret_stands_in_a_file() -> None:
    """They come from the environment; what the example holds is there to be changed, and the copy is not committed."""
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if SECRET.search(name):
                assert value.startswith("${"), name
    for line in (INFRA / ".env.example").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            assert not SECRET.search(name) or "change-me" in value or not value
    assert "infra/.env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_image_is_what_the_lock_says() -> None:
    """By hash; and everything that is copied into it is let through to the builder."""
    assert "--require-hashes" in DOCKERFILE
    for name in re.findall(r"infra/locks/[a-z]+\.txt", DOCKERFILE):
        assert (ROOT / name).is_file()
    let = set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE):
        *sources, _ = line.split()
        assert {f"!{source}" for source in sources} <= let
        assert all((ROOT / source).exists() for source in sources)
