"""A small context in the test's own folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from halflife.monitoring.context import Context
from halflife.testing.contexts import small_context


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Context]:
    """Make a service over a scenario: ``make("calm", errors=3)``."""

    def service(name: str = "shortcut", **chosen: Any) -> Context:
        return small_context(tmp_path / name, name, **chosen)

    return service
