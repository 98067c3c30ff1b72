"""Fits between two versions change one thing each, or say why they cannot."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from halflife.models.domain import Version
from halflife.models.learner.fit import fit
from halflife.models.recipe import Recipe
from halflife.models.rows import PROPENSITY, Part, Window
from halflife.monitoring.causes.refits import Refits
from halflife.monitoring.causes.shares import Fit
from halflife.monitoring.context import Context
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.retrain_version import retrain

Make = Callable[..., Context]
Pair = tuple[Context, Version, Version]


@pytest.fixture
def pair(make: Make) -> Pair:
    """Two versions of a calm world, by recipes that differ in their trees."""
    service = make("calm", rows=700, recipe=Recipe(trees=6, leaves=5, threads=1))
    made = []
    for tick, trees in ((3, 6), (7, 9)):
        ingest(service, tick)
        service = replace(service, policy=replace(service.policy, recipe=replace(service.policy.recipe, trees=trees)))
        made.append(retrain(service, tick))
    return service, *made


def with_columns(
    service: Context, columns: Callable[[Version, Window], dict[str, object]]
) -> Callable[[Version], Window]:
    """The windows of a service with columns of their own."""

    def window(version: Version) -> Window:
        """That version's, changed."""
        plain = service.rows.window(version)
        return replace(plain, rows=plain.rows.assign(**columns(version, plain)))

    return window


def test_pipeline_fits_are_each_window_by_the_other_recipe(pair: Pair) -> None:
    """The same text as a training of that window, by that recipe, with the window's own seed."""
    service, old, new = pair
    made = Refits(service, old, new, service.rows.window).pipeline()
    for name, rows, by in ((Fit.BEFORE_NEW_RECIPE, old, new), (Fit.NOW_OLD_RECIPE, new, old)):
        recipe = Recipe.from_dict(by.parameters, 1)
        assert (
            made.models[name].text == fit(service.rows.window(rows), service.store.fixed_schema, recipe, rows.seed).text
        )
    assert made.models[Fit.BEFORE_NEW_RECIPE].booster.num_trees() == 9


def test_inputs_that_nothing_tells_apart_need_no_fit(pair: Pair) -> None:
    """Two windows of a calm world: the classifier is no better than chance, and nothing is trained."""
    service, old, new = pair
    made = Refits(service, old, new, service.rows.window).covariate()
    assert made.settled
    assert not made.models
    assert "cannot be told apart" in made.notes[0]


def test_inputs_that_moved_are_weighed_for_and_too_far_a_move_is_refused(pair: Pair) -> None:
    """A moderate shift gives one model and says what its rows are worth; without overlap the rows are too few."""
    service, old, new = pair

    def moved(by: float) -> Callable[[Version], Window]:
        """The later window's income, moved by so many standard deviations."""
        return with_columns(
            service,
            lambda version, window: {
                "income": window.rows["income"] + (by * window.rows["income"].std() if version is new else 0.0)
            },
        )

    near, far = (Refits(service, old, new, moved(by)).covariate() for by in (0.7, 12.0))
    assert list(near.models) == [Fit.BEFORE_REWEIGHTED]
    assert "are worth" in near.told[0]
    assert not far.models
    assert not far.settled
    assert "too few to train on" in far.notes[0]


@pytest.mark.parametrize(("least", "fits"), [(1.0, 0), (0.2, 1), (0.0, 0)])
def test_feedback_takes_a_fit_where_decisions_chose_labels_with_some_exploration(
    pair: Pair, least: float, fits: int
) -> None:
    """None where every label was let through, one where blocked rows were explored, and without exploration a note."""
    service, old, new = pair

    def logged(version: Version, window: Window) -> dict[str, object]:
        """Propensity 1 on the earlier window; on the later one, ``least`` of every other row."""
        blocked = (np.arange(len(window.rows)) % 2 == 0) & (version is new)
        return {PROPENSITY: np.where(blocked, least, 1.0)}

    refits = Refits(service, old, new, with_columns(service, logged))
    made = refits.feedback()
    assert refits.chosen == (False, least < 1)
    assert len(made.models) == fits
    assert made.settled == (least == 1.0)
    assert bool(made.notes) == (least == 0.0)
    if fits:
        window = with_columns(service, logged)(new)
        weights = np.where((np.arange(len(window.rows)) % 2 == 0) & window.rows["_label"].notna(), 5.0, 1.0)
        recipe = Recipe.from_dict(new.parameters, 1)
        assert (
            made.models[Fit.NOW_OPEN].text
            == fit(window, service.store.fixed_schema, recipe, new.seed, weights=weights).text
        )
        assert window.count(Part.TRAIN) > 0
    if made.notes:
        assert made.notes[0].startswith("Feedback is unidentified: ")
        assert made.notes[0].endswith(".")
        assert not made.notes[0].endswith("..")
