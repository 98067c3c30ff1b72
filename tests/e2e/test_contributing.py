"""What CONTRIBUTING.md shows is what a reader gets: its package is installed, tested and used as it says."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Every fenced block in this language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def extras(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page's files under the names their first lines give, and their package's metadata."""
    folder = tmp_path_factory.mktemp("extras")
    for block in blocks("python") + blocks("toml"):
        path = folder / block.splitlines()[0].removeprefix("# ")
        path.parent.mkdir(exist_ok=True)
        path.write_text(block, encoding="utf-8")
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n")
    groups = project["entry-points"].items()
    lines = [line for group, named in groups for line in (f"[{group}]", *(f"{k} = {v}" for k, v in named.items()))]
    info.joinpath("entry_points.txt").write_text("\n".join([*lines, ""]))
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A Python in which the package is installed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "COLUMNS": "200"}
    words = (sys.executable, "-m", *words)
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_package_passes_its_own_tests(extras: Path) -> None:
    """The statistic, the feed and the channel are found by entry point and keep what is asked of them."""
    ran = run(extras, "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "tests")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^\d\d passed", ran.stdout, re.MULTILINE), ran.stdout


def test_the_package_passes_our_lint(extras: Path) -> None:
    """What the page shows reads as our code does, but that an override needs no annotation of its own names."""
    config = str(ROOT / "pyproject.toml")
    ran = run(extras, "ruff", "check", "--config", config, "--ignore", "A002,D101", "halflife_extras", "tests")
    assert ran.returncode == 0, ran.stdout
    ran = run(extras, "ruff", "format", "--config", config, "--check", "halflife_extras", "tests")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_every_command_of_the_page_runs(extras: Path) -> None:
    """With the page's configuration in the folder, each ends with exit code 0 and says something."""
    lines = [line for block in blocks("console") for line in block.splitlines()]
    assert len(lines) >= 2
    for line in lines:
        program, *words = line.removeprefix("$ ").split()
        assert program == "halflife"
        ran = run(extras, "halflife.flows.cli", *words)
        assert ran.returncode == 0, f"{line}\n{ran.stderr}"
        assert ran.stdout, line


def test_every_target_named_is_one_of_the_makefile() -> None:
    """``make X`` on the page is a target."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", TEXT, re.MULTILINE))
    assert {"check", "test"} <= named <= targets
