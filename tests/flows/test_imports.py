"""What a command loads, which is most of what its user waits for: libraries it has no use for stay on the disk."""

import subprocess
import sys
from pathlib import Path

import pytest

from halflife.flows.bootstrap import remember
from halflife.flows.ledger_place import ledger
from halflife.flows.settings import Settings
from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version

SLOW = {
    "alembic", "asyncio", "deltalake", "evidently", "httpx", "jinja2", "lightgbm", "matplotlib", "mlflow", "numba",
    "numpy", "pandas", "plotly", "polars", "prefect", "pyarrow", "pydantic", "rich", "scipy.optimize", "scipy.special",
    "scipy.stats", "sklearn", "sqlalchemy", "statsmodels",
}  # fmt: skip
"""Each takes from some 20 ms to some seconds to load."""
TABLES = {"numpy", "pydantic", "rich"}
LEDGER = {*TABLES, "sqlalchemy", "asyncio"}
LOADED = {
    "--help": set(),
    "--version": set(),
    "finding --help": {"pydantic"},
    "explain --help": {"pydantic"},
    "config --home HOME": {"pydantic", "rich"},
    "config --reference": {"pydantic"},
    "needs --help": {"pydantic"},
    "opacity --help": {"pydantic"},
    "recipes --help": {"pydantic"},
    "why --help": {"pydantic"},
    "scenarios": {"pydantic"},
    "statistics": TABLES - {"rich"},
    "finding list --home HOME": {*LEDGER, "scipy.special"},
    "finding list --json --home HOME": {*LEDGER, "scipy.special"} - {"rich"},
    "finding show 1 --home HOME": LEDGER,
    "alerts list --home HOME": LEDGER,
    "alerts deliver --home HOME": LEDGER,  # nothing is due
    "report --home HOME": {*LEDGER, "scipy.special", "jinja2"} - {"rich"},
}
"""Command -> those of the slow libraries it is allowed."""
TELL = """
import sys
from halflife.flows.cli import main
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print(*sys.modules, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose ledger holds two versions and a finding that was filed on the first and re-tested on the second."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    remember(settings)
    said = Interval(0.8, 0.75, 0.85)
    with ledger(settings) as book:
        for number in (1, 2):
            book.add_version(
                Version(
                    number=number, first=0, last=number, source="1", recipe="r", seed=1, data_digest="d",
                    model_digest="m", metrics={"auc": said}, role=Role.CHAMPION, reason="first", rows=100,
                )
            )  # fmt: skip
        finding = Finding("ranks", "auc() > 0.7", "auc", Scope.POPULATION, made_on=1, birth=said)
        held = Measurement(90, said, Status.HOLDS)
        (filed,) = book.file([finding], [Check(0, 1, 0.7, held, held)])
        book.record_checks(2, [Check(filed.id, 2, 0.7, held, held)])
    return settings.home


@pytest.mark.parametrize("command", LOADED)
def test_a_command_loads_what_it_needs_and_nothing_slow_beside(command: str, home: Path, tmp_path: Path) -> None:
    """Every slow library in the process when the command ends is one it has a use for."""
    words = [str(home) if word == "HOME" else word for word in command.split()]
    ran = subprocess.run(
        [sys.executable, "-c", TELL, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
    assert SLOW & set(ran.stderr.splitlines()[-1].split()) <= LOADED[command]
