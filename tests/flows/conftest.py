"""What every test of the command line leaves as it found it."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command that runs in this process sets up logging; the next test finds it as before."""
    monkeypatch.delenv("HALFLIFE_LOG", raising=False)
    tree = logging.getLogger("halflife")
    before = tree.handlers, tree.level, tree.propagate
    yield
    tree.handlers, tree.level, tree.propagate = before
