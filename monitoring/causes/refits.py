"""Models between two versions: fits that change one thing at a time, so that what it did can be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from halflife.models.domain import Version
from halflife.models.errors import NotTrainable
from halflife.models.learner.domain_weights import domain_weights
from halflife.models.learner.feedback import identified, inverse_propensity, selective
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.learner.starting_points import starting_point
from halflife.models.recipe import Recipe
from halflife.models.rows import Array, Mask, Part, Window
from halflife.monitoring.causes.shares import Fit
from halflife.monitoring.context import Context

WORTH = 0.1
"""Share of the earlier rows that reweighted ones must at least be worth, by Kish."""
FEWEST = 400
"""Rows they must at least be worth, by Kish."""


@dataclass(frozen=True)
class Refitted:
    """What came of a wish.

    Attributes:
        models: those that were trained.
        told: what they are, in words.
        notes: sentences: why one could not be trained, or how much it is worth.
        settled: nothing has to be trained to know that this cause did nothing.
    """

    models: Mapping[Fit, Model] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    settled: bool = False


class Refits:
    """Models between two versions, trained when they are asked for.

    Args:
        context: with the windows and the models.
        old: the earlier version.
        new: the later one.
        windows: gives the window of a version.
    """

    def __init__(self, context: Context, old: Version, new: Version, windows: Callable[[Version], Window]) -> None:
        self._context, self._old, self._new, self._window = context, old, new, windows

    @property
    def recipe_changed(self) -> bool:
        """Whether the two versions were made by different recipes."""
        return self._old.recipe != self._new.recipe

    @property
    def _windows(self) -> tuple[Window, Window]:
        return self._window(self._old), self._window(self._new)

    def pipeline(self) -> Refitted:
        """Each window by the other version's recipe: two fits, with the seed of the window's version."""
        old, new = self._old, self._new
        if not (old.parameters and new.parameters):
            unknown = new if old.parameters else old
            return Refitted(
                notes=(f"The recipe of {unknown.label} is not in the ledger, so pipeline is not told apart.",)
            )
        try:
            models = {Fit.BEFORE_NEW_RECIPE: self._fit(old, new), Fit.NOW_OLD_RECIPE: self._fit(new, old)}
        except NotTrainable as error:
            return Refitted(notes=(f"Pipeline is not told apart: {error}.",))
        told = (f"{old.label}'s rows by {new.label}'s recipe", f"{new.label}'s rows by {old.label}'s recipe")
        return Refitted(models, told)

    def covariate(self) -> Refitted:
        """The earlier window, its rows weighted to the later one's inputs: one fit.

        Where the classifier that weighs them cannot tell the inputs apart, they did nothing. Where the weights leave too
        few rows, inputs and concept stay together. Where decisions chose the later labels, the inputs are those of all its
        rows: what the choice did is feedback's.
        """
        old, new = self._old, self._new
        windows = self._windows
        source, target = self._learnt(windows[0]), self._learnt(windows[1], labelled=not self.chosen[1])
        frames = [window.rows.loc[mask] for window, mask in zip(windows, (source, target), strict=True)]
        found = domain_weights(frames[0], frames[1], self._context.store.fixed_schema, seed=new.seed)
        if found.auc <= 0.5 + 2 * _auc_error(len(frames[0]), len(frames[1])):
            alike = f"The inputs of {old.label} and {new.label} cannot be told apart (AUC {found.auc:.3f})"
            return Refitted(notes=(f"{alike}, so nothing is put down to them.",), settled=True)
        worth = (
            f"{old.label}'s {len(frames[0]):,} rows, weighted to {new.label}'s inputs, are worth {found.effective:,.0f}"
        )
        if found.effective < max(FEWEST, WORTH * len(frames[0])):
            return Refitted(notes=(f"Inputs and concept are not told apart: {worth}, too few to train on.",))
        weights = np.zeros(len(source))
        weights[source] = found.weights
        try:
            model = self._fit(old, old, weights)
        except NotTrainable as error:
            return Refitted(notes=(f"Inputs and concept are not told apart: {error}.",))
        return Refitted({Fit.BEFORE_REWEIGHTED: model}, (worth,))

    @cached_property
    def chosen(self) -> tuple[bool, bool]:
        """Whether decisions chose which labels the earlier and the later version learned from, as far as is logged."""
        return tuple(selective(window) for window in self._windows)  # type: ignore[return-value] # there are two

    def feedback(self) -> Refitted:
        """Each window whose labels decisions chose, every row weighing 1/π: one or two fits."""
        models: dict[Fit, Model] = {}
        told: list[str] = []
        sides = zip((Fit.BEFORE_OPEN, Fit.NOW_OPEN), (self._old, self._new), self._windows, self.chosen, strict=True)
        for name, version, window, chosen in sides:
            if not chosen:
                continue
            if reason := identified(window):
                return Refitted(notes=(f"Feedback is unidentified: {reason.rstrip('.')}.",))
            found = inverse_propensity(window)
            try:
                models[name] = self._fit(version, version, found.weights)
            except NotTrainable as error:
                return Refitted(notes=(f"Feedback is unidentified: {error}.",))
            told.append(f"{version.label}'s rows, each weighing 1/propensity (worth {found.effective:,.0f})")
        return Refitted(models, tuple(told), settled=not models)

    def _fit(self, rows: Version, by: Version, weights: Array | None = None) -> Model:
        """The window of one version by the recipe of another. Raises NotTrainable."""
        context = self._context
        recipe = self._recipe(by)
        warm_start = starting_point(context.ledger.versions(), rows.number, recipe, context.registry.model)
        return fit(
            self._window(rows), context.store.fixed_schema, recipe, rows.seed, weights=weights, before=warm_start
        )

    def _recipe(self, version: Version) -> Recipe:
        """In ledgers older than recipes' parameters, the one in force."""
        policy = self._context.policy
        return Recipe.from_dict(version.parameters, policy.recipe.threads) if version.parameters else policy.recipe

    @staticmethod
    def _learnt(window: Window, *, labelled: bool = True) -> Mask:
        """The rows a model learns from, for the trees or their calibration."""
        parts = (window.mask(part, labelled=labelled) for part in (Part.TRAIN, Part.CALIBRATION))
        return np.logical_or(*parts)


def _auc_error(n: int, m: int) -> float:
    """Standard deviation of the AUC where there is nothing to tell apart.

    Source: Mann and Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other",
    Annals of Mathematical Statistics 18, 1947.
    """
    return float(np.sqrt((n + m + 1) / (12 * max(n * m, 1))))
