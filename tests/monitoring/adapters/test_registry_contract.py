"""The contract that every registry keeps: the checks that ship, over MLflow, the one in memory and the fake."""

from collections.abc import Callable

import pytest

from halflife.monitoring.adapters.memory_registry import MemoryRegistry
from halflife.monitoring.adapters.mlflow_registry import MlflowRegistry
from halflife.monitoring.ports import Registry
from halflife.testing.fakes import RememberingRegistry
from halflife.testing.registry_checks import Check, registry_checks


@pytest.fixture(scope="module")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Registry]:
    """One database for the module, opened anew each time: creating it takes seconds."""
    home = tmp_path_factory.mktemp("home")
    return lambda: MlflowRegistry.at(home, "demo")


@pytest.mark.parametrize("kind", [MemoryRegistry, RememberingRegistry])
@pytest.mark.parametrize("check", registry_checks())
def test_a_registry_keeps_the_contract(kind: type[Registry], check: Check) -> None:
    """What each check states in its first line is true of registries that live as long as their process."""
    registry = kind()
    check(lambda: registry)


@pytest.mark.parametrize("check", registry_checks())
def test_mlflow_keeps_the_contract(mlflow: Callable[[], Registry], check: Check) -> None:
    """And of MLflow on SQLite."""
    check(mlflow)
