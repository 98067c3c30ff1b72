"""A registry in memory: what was registered comes back, and nothing else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from halflife.models.domain import Role, Version
from halflife.models.errors import NotFound
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.recipe import Recipe
from halflife.models.rows import Column, Kind, Schema, Split, Window
from halflife.monitoring.adapters.memory_registry import READY, MemoryRegistry

VERSION = Version(1, 0, 0, "1", "r", 1, "d", "m", {}, Role.CHAMPION, "the first", 100)


@pytest.fixture(scope="module")
def trained() -> tuple[Model, Window]:
    """A small model and its window."""
    n = 400
    rows = pd.DataFrame(
        {"_id": [str(i) for i in range(n)], "_tick": 0, "_label": np.arange(n) % 2.0, "x": np.arange(n) % 2.0}
    )
    window = Window(0, 0, "1", rows, Split())
    return fit(window, Schema((Column("x", Kind.NUMERIC),)), Recipe(trees=3, threads=1), seed=1), window


def test_a_model_comes_back_as_it_was(trained: tuple[Model, Window]) -> None:
    """Text, schema, calibration and threshold, also after many others were asked for."""
    registry, (model, window) = MemoryRegistry(), trained
    for number in range(1, READY + 3):
        registry.register(replace(VERSION, number=number), model, window)
        registry.model(replace(VERSION, number=number))
    assert registry.model(VERSION) == model
    assert registry.model(VERSION).digest == model.digest


def test_registering_again_changes_nothing(trained: tuple[Model, Window]) -> None:
    """The same version gives the same number and run, and its first model stays."""
    registry, (model, window) = MemoryRegistry(), trained
    first = registry.register(VERSION, model, window)
    assert registry.register(VERSION, replace(model, threshold=0.9), window) == first
    assert registry.model(VERSION).threshold == model.threshold
    assert (first.registry_version, first.run_id) == ("1", "memory-1")


def test_a_version_that_was_not_registered_is_not_there() -> None:
    """The refusal names it."""
    with pytest.raises(NotFound, match="v1 is not in this registry"):
        MemoryRegistry().model(VERSION)


def test_roles_and_words(trained: tuple[Model, Window]) -> None:
    """An alias points at the newest version promoted to it; annotations and tags say nothing."""
    registry, (model, window) = MemoryRegistry(), trained
    registry.register(VERSION, model, window)
    registry.promote(VERSION, Role.CHAMPION)
    registry.annotate(VERSION, metrics={"a": 1.0}, card="x")
    assert registry.aliases == {Role.CHAMPION: 1}
    assert registry.tags([VERSION]) == {}
