"""What is built and installed: one package, whole, whose name is the only one it takes."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "halflife"
INFO = f"halflife-{tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']['version']}.dist-info"
OPENED_BY_MAKE = [
    ".ci/run",
    "Makefile",
    "README.md",
    "infra/docs/architecture.md",
    "infra/locks/run.txt",
    "infra/locks/test.txt",
    "infra/locks/uv.txt",
    "infra/smoke.py",
    "pyproject.toml",
    "tests/conftest.py",
    "tests/test_package.py",
]


def build(kind: str, checkout: Path, into: Path) -> Path:
    """The one file that ``hatchling build -t KIND`` makes of a checkout."""
    words = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(into)]
    ran = subprocess.run(words, cwd=checkout, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = folder.iterdir()
    return unpacked


def sources() -> Iterator[str]:
    """Every file of the package in the checkout, as the wheel should name it."""
    for folder, folders, names in os.walk(PACKAGE, followlinks=True):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from ((Path(folder) / name).relative_to(ROOT).as_posix() for name in names)


def test_the_wheel_takes_one_name(wheel: Path) -> None:
    """Nothing of ours is installed beside ``halflife``: a user's own ``flows`` or ``models`` stays his."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"halflife", INFO}


def test_the_wheel_holds_every_file_of_the_package_once(wheel: Path) -> None:
    """Modules, pages, mails, migrations and the mark that we are typed, each once, and nothing else."""
    held = [name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("halflife/")]
    assert sorted(held) == sorted(sources())
    assert {Path(name).suffix for name in held} >= {".py", ".html", ".jinja", ".mako"}
    assert "halflife/py.typed" in held


def test_a_wheel_of_the_source_archive_is_the_same(wheel: Path, source: Path, tmp_path: Path) -> None:
    """Who packages from the source archive ships what we ship, byte for byte."""
    again = zipfile.ZipFile(build("wheel", source, tmp_path))
    first = zipfile.ZipFile(wheel)
    assert {name: again.read(name) for name in again.namelist()} == {
        name: first.read(name) for name in first.namelist()
    }


def test_the_source_archive_has_what_make_opens(source: Path) -> None:
    """``make test`` can be run in it: tests, locks, pages and the package are there, the package in one place."""
    missing = [name for name in OPENED_BY_MAKE if not (source / name).is_file()]
    assert not missing
    tests = {path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.py")}
    assert {path.relative_to(source) for path in (source / "tests").rglob("*.py")} == tests
    assert not [name for name in ("flows", "models", "monitoring") if (source / name).exists()]


def test_the_command_is_the_one_the_modules_have(wheel: Path) -> None:
    """``halflife`` starts ``halflife.flows.cli``, which the wheel has."""
    archive = zipfile.ZipFile(wheel)
    points = ConfigParser()
    points.read_string(archive.read(f"{INFO}/entry_points.txt").decode())
    module, _, _ = points["console_scripts"]["halflife"].partition(":")
    assert f"{module.replace('.', '/')}.py" in archive.namelist()
