"""Is the built wheel what a user needs, beside folders of his own that are called flows, models, monitoring and tests?

The wheel is built, installed with its locked dependencies into a bare environment outside the checkout, and used the way
a user does: on the Python this runs on, and on every other one that the package names and this machine has. The
environment, the working directory and ``PYTHONPATH`` all hold traps: packages of those four names that fail on import and
leave a mark, in case somebody swallows the failure. Home and cache are new, so every command is somebody's first.

    make smoke                       # every Python there is
    python infra/smoke.py 3.13       # one
"""

import json
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SUPPORTED = ("3.11", "3.12", "3.13")
TRAPS = ("flows", "models", "monitoring", "tests")
TRAP = """import os
with open(os.environ["TRAPPED"], "a") as mark:
    mark.write(__name__ + "\\n")
raise RuntimeError(f"{__name__} of the user's own was imported")
"""
CONFIGURATION = """name = "churn"
[feed]
kind = "file"
path = "churn.csv"
label = "churned"
id = "customer"
rows_per_tick = 500
[retrain]
every = 2
window = 2
[watch]
every = 2
window = 2
[recipe]
trees = 20
leaves = 7
[shadows]
count = 0
[opacity]
refits = 0
"""
NOTEBOOK = """
import halflife, json
home = halflife.open()
home.file("auc() > 0.6", name="ranks")
checks = home.recheck().to_dict()["checks"]
print(json.dumps({"checks": len(checks), **{check["finding"]: check["status"] for check in checks}}))
"""


class Failed(Exception):
    """A command did not do what it should."""


def interpreter(version: str) -> Path | None:
    """The Python of this version: the running one, one on the path, or one of pyenv's; None if there is none."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return Path(sys.executable)
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [shutil.which(name), *sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"))]
    for path in filter(None, found):
        # pyenv's shims are on the path for Pythons that are not switched on, and only say so.
        if subprocess.run([path, "-c", "import venv"], capture_output=True, check=False).returncode == 0:
            return Path(path)
    return None


def build(folder: Path) -> Path:
    """The wheel of this checkout, built into ``folder``."""
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(python: Path, wheel: Path, folder: Path) -> Path:
    """A bare environment with the locked dependencies and the wheel; uv links what it has instead of copying it.

    Returns:
        The folder of its commands.
    """
    uv = str(Path(sys.executable).with_name("uv"))
    into = folder / "environment"
    subprocess.run([uv, "venv", "--quiet", "--python", str(python), str(into)], check=True)
    pip = [uv, "pip", "install", "--quiet", "--no-deps", "--python", str(into / "bin" / "python")]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "infra" / "locks" / "run.txt")], check=True)
    subprocess.run([*pip, str(wheel)], check=True)
    link_bytecode(into)
    return into / "bin"


def link_bytecode(into: Path) -> None:
    """Spare an environment of the running Python's version the compilation of what is compiled here already.

    What uv linked is the same file with the same time here and there, so this bytecode is taken for its own; bytecode of
    anything else is not. Compiling Prefect, MLflow and Evidently takes half a minute.
    """
    here = Path(sysconfig.get_path("purelib"))
    there = into / here.relative_to(sys.prefix)
    for compiled in here.rglob("__pycache__"):
        beside = there / compiled.relative_to(here)
        if beside.parent.is_dir() and not beside.exists():
            try:
                shutil.copytree(compiled, beside, copy_function=os.link)
            except (OSError, shutil.Error):  # another disk, which uv could not link to either
                return


def set_traps(folder: Path) -> None:
    """Packages in ``folder`` that must not be imported."""
    for name in TRAPS:
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(TRAP)


def write_rows(path: Path, rows: int = 2_000) -> None:
    """A table of customers, some of whom leave."""
    draw = random.Random(11)  # noqa: S311 - rows, not secrets
    lines = ["customer,visits,plan,churned"]
    for customer in range(rows):
        visits, plan = draw.randint(0, 9), draw.choice(["basic", "plus"])
        leaves = draw.random() < (0.8 if visits < 4 + (plan == "basic") else 0.2)
        lines.append(f"{customer},{visits},{plan},{'yes' if leaves else 'no'}")
    path.write_text("\n".join(lines) + "\n")


class User:
    """Somebody who works in a folder with ``flows/`` and ``models/`` of his own."""

    def __init__(self, commands: Path, folder: Path) -> None:
        self.commands = commands
        self.here = folder / "project"
        self.mark = folder / "trapped"
        self.environment = {
            "HOME": str(folder / "user"),
            "HALFLIFE_CACHE": str(folder / "user" / "cache"),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(folder / "path"),
            "TRAPPED": str(self.mark),
        }
        (folder / "user").mkdir()
        (packages,) = commands.parent.glob("lib/python*/site-packages")
        for place in (self.here, folder / "path", packages):
            set_traps(place)
        write_rows(self.here / "churn.csv")
        (self.here / "halflife.toml").write_text(CONFIGURATION)

    def run(self, *words: str) -> str:
        """What a command of the environment prints.

        Raises:
            Failed: it ended with another code than 0, or one of the traps was imported.
        """
        done = subprocess.run(
            [self.commands / words[0], *words[1:]],
            cwd=self.here,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        said = f"{' '.join(words)} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        if self.mark.exists():
            raise Failed(f"{self.mark.read_text().split()} of the user's own were imported\n{said}")
        if done.returncode:
            logs = self.here.glob("halflife-home/**/server.log")
            raise Failed(said + "".join(log.read_text()[-2_000:] for log in logs))
        return done.stdout

    def json(self, *words: str) -> Any:
        """What a command prints, as a value."""
        return json.loads(self.run(*words))

    def falls_into_a_trap(self, name: str) -> bool:
        """Whether importing ``name`` fails and leaves a mark, as it must for the rest to prove anything."""
        try:
            self.run("python", "-c", f"import {name}")
        except Failed:
            trapped = self.mark.exists()
            self.mark.unlink(missing_ok=True)
            return trapped
        return False


def use(user: User, version: str) -> Iterator[str]:
    """Everything that is tried, each as the sentence that is true once it has been.

    Raises:
        Failed: one is not true.
    """

    def must(holds: bool, sentence: str) -> str:
        if not holds:
            raise Failed(f"not so: {sentence}")
        return sentence

    yield must(all(map(user.falls_into_a_trap, TRAPS)), "the user's own packages are found first, and fail")
    where = user.run("python", "-c", "import halflife, sys; print(halflife.__file__, *sys.version_info[:2])")
    yield must(str(user.commands.parent) in where, "import halflife finds the installed package")
    yield must(version.replace(".", " ") in where, f"on Python {version}")
    yield must("replay" in user.run("halflife", "--help"), "halflife --help")
    yield must(
        "replay" in user.run("python", "-m", "halflife.flows.cli", "--help"), "python -m halflife.flows.cli --help"
    )
    yield must(len(user.json("halflife", "scenarios", "--json")) > 5, "halflife scenarios")
    replayed = user.json("halflife", "replay", "--json")
    yield must(
        replayed["versions"] >= 2, f"halflife replay, the first with an empty cache: {replayed['versions']} versions"
    )
    found = json.loads(user.run("python", "-c", NOTEBOOK))
    yield must(found["ranks"] == "holds", f"halflife.open: file and recheck, {found['checks']} findings re-tested")
    listed = user.json("halflife", "finding", "list", "--json")
    yield must("ranks" in {row["name"] for row in listed}, "halflife finding list")
    page = Path(user.json("halflife", "report", "--json")["path"])
    yield must((user.here / page).stat().st_size > 10_000, "halflife report")


def smoke(version: str, python: Path, wheel: Path) -> None:
    """Install the wheel for one Python, and use it."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="halflife-smoke-") as temporary:
        folder = Path(temporary)
        user = User(install(python, wheel, folder), folder)
        print(f"Python {version}: installed in {time.perf_counter() - began:.0f} s", flush=True)
        last = time.perf_counter()
        for sentence in use(user, version):
            print(f"  {sentence} ({time.perf_counter() - last:.1f} s)", flush=True)
            last = time.perf_counter()
    print(f"Python {version}: {time.perf_counter() - began:.0f} s", flush=True)


def main(versions: list[str]) -> None:
    """Try these versions, or all that are supported; leaves with 1 at the first that fails."""
    with tempfile.TemporaryDirectory(prefix="halflife-wheel-") as temporary:
        wheel = build(Path(temporary))
        for version in versions or SUPPORTED:
            python = interpreter(version)
            if python is None:
                print(f"Python {version}: skipped, this machine has none", flush=True)
                continue
            try:
                smoke(version, python, wheel)
            except Failed as failure:
                sys.exit(f"Python {version}: {failure}")


if __name__ == "__main__":
    main(sys.argv[1:])
