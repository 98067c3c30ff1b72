"""The contract every registry keeps: a version is registered once, and its model comes back. The checks that ours pass.

A check takes what opens the registry; called again, it opens the same one again. Other checks may have registered
versions there: each takes numbers of its own::

    @pytest.mark.parametrize("check", registry_checks())
    def test_the_registry_keeps_the_contract(check):
        check(lambda: HubRegistry("https://hub.example.org", "demo"))
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import numpy as np

from halflife.models.domain import Interval, Role, Version
from halflife.models.errors import NotFound
from halflife.models.learner.model import Model
from halflife.models.rows import Split, Window
from halflife.monitoring.ports import Registry
from halflife.testing.asserting import equal, refused
from halflife.testing.small_model import small_model, small_rows

NUMBERS = count(5001)

Make: TypeAlias = Callable[[], Registry]
Check: TypeAlias = Callable[[Make], None]


def specimen() -> tuple[Version, Model, Window]:
    """A version that nobody has registered yet, its model, and the window it was trained on."""
    model = small_model()
    window = Window(0, 0, "1", small_rows(100, seed=3), Split())
    metrics = {"auc": Interval(0.8, 0.7, 0.9), "log_loss": Interval(0.4, 0.3, float("nan"))}
    number, data, trees = next(NUMBERS), window.digest, model.digest
    version = Version(number, 0, 0, "1", "r", 1, data, trees, metrics, Role.CHAMPION, "the first", 75)
    return version, model, window


def registry_checks() -> list[Check]:
    """The checks of a registry; each raises AssertionError where its first line is not so.

    >>> registry_checks()[0].__doc__
    'Registering gives the version back with its number and run there, and all else as it was; twice is once.'
    """
    return [
        registers_once,
        gives_the_model_back,
        tells_versions_apart,
        does_not_know_others,
        points_roles_at_versions,
        takes_annotations_twice,
        keeps_tags_or_says_nothing,
    ]


def registers_once(make: Make) -> None:
    """Registering gives the version back with its number and run there, and all else as it was; twice is once."""
    registry, (version, model, window) = make(), specimen()
    made = registry.register(version, model, window)
    assert made.registry_version, "the version has no number in the registry"
    assert made.run_id, "the version has no run in the registry"
    expected = replace(version, registry_version=made.registry_version, run_id=made.run_id)
    equal(made, expected, "registering sets two fields alone")
    for one in (registry, make()):
        equal(one.register(version, model, window), made, "the same version again is the same")


def gives_the_model_back(make: Make) -> None:
    """A model comes back equal, and predicts to the bit what it did; from a registry opened anew, too."""
    registry, (version, model, window) = make(), specimen()
    made = registry.register(version, model, window)
    for one in (registry, make()):
        for _ in range(2):
            loaded = one.model(made)
            assert loaded == model, "the model that came back is another one"
            equal(loaded.digest, model.digest, "its digest stays")
            same = np.array_equal(loaded.probability(window.rows), model.probability(window.rows))
            assert same, "the model that came back predicts something else"


def tells_versions_apart(make: Make) -> None:
    """Two versions have their own models, numbers and runs, whichever is asked for first."""
    registry = make()
    made = {}
    for threshold in (0.2, 0.3):
        version, model, window = specimen()
        made[threshold] = registry.register(version, replace(model, threshold=threshold), window)
    assert len({(v.registry_version, v.run_id) for v in made.values()}) == 2, "two versions are one in the registry"
    for threshold in (0.3, 0.2):
        equal(registry.model(made[threshold]).threshold, threshold, "each version has its own model")


def does_not_know_others(make: Make) -> None:
    """A version that was never registered is NotFound, by its label."""
    version, _, _ = specimen()
    error = refused(NotFound, lambda: make().model(version), "a model that was never registered")
    assert version.label in str(error), f"the error does not name {version.label}: {error}"


def points_roles_at_versions(make: Make) -> None:
    """A registered version can be promoted to any role, again and in turn with others."""
    registry = make()
    old, new = (registry.register(*specimen()) for _ in range(2))
    for role in Role:
        for version in (old, old, new, old):
            registry.promote(version, role)
    assert registry.model(old) == registry.model(new), "promoting changed a model"


def takes_annotations_twice(make: Make) -> None:
    """Metrics, infinite ones too, files, texts, tags and a card can be said twice, and change no model."""
    registry, (version, model, window) = make(), specimen()
    made = registry.register(version, model, window)
    with TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text("<p>ok</p>", encoding="utf-8")
        for _ in range(2):
            registry.annotate(
                made,
                metrics={"findings/stale": 3.0, "half_life": float("inf")},
                artifacts=[page],
                texts={"findings.json": "[]", "checks/v1.json": "{}"},
                tags={"halflife.stale": "3"},
                card="# v1, â",
            )
        registry.annotate(made, metrics={})
        equal(page.read_text(encoding="utf-8"), "<p>ok</p>", "the file stays where it was")
    assert registry.model(made) == model, "an annotation changed the model"
    equal(registry.register(version, model, window), made, "an annotated version is registered once")


def keeps_tags_or_says_nothing(make: Make) -> None:
    """Tags come back by version until they are taken away, or there are none at all; unknown versions are left out."""
    registry, (version, model, window) = make(), specimen()
    made, (stranger, _, _) = registry.register(version, model, window), specimen()
    equal(registry.tags([]), {}, "nobody was asked about")
    registry.annotate(made, metrics={}, tags={"halflife.a": "1", "halflife.b": "2"})
    found = registry.tags([made, stranger])
    assert stranger.number not in found, "a version that is not there has tags"
    if not found:
        return
    equal({name: found[made.number].get(name) for name in ("halflife.a", "halflife.b")},
          {"halflife.a": "1", "halflife.b": "2"}, "tags come back")  # fmt: skip
    for _ in range(2):
        registry.annotate(made, metrics={}, tags={"halflife.a": None})
        left = registry.tags([made])[made.number]
        equal(
            ("halflife.a" in left, left.get("halflife.b")), (False, "2"), "a tag without a value is taken away, twice"
        )
