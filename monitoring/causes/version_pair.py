"""Two versions, and the findings whose change between them is to be explained."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import isfinite

import numpy as np
import pandas as pd

from halflife.models.causes import Cause
from halflife.models.domain import Check, Finding, Interval, Scope, Version
from halflife.models.rows import PROPENSITY, Array, Mask, Window
from halflife.models.shadow import ShadowKind
from halflife.monitoring.causes import caveats
from halflife.monitoring.causes.breakdown import Breakdown, breakdown, comparable
from halflife.monitoring.causes.refits import Refits, Refitted
from halflife.monitoring.causes.refutation_chance import by_margin, by_votes, rows_error
from halflife.monitoring.causes.retraining_noise import RetrainingNoise, ShadowEstimates
from halflife.monitoring.causes.shadow_noise import NOBODY, noises, seen
from halflife.monitoring.causes.shapley import split
from halflife.monitoring.causes.shares import Fit, ThetaChange
from halflife.monitoring.causes.two_by_two import TwoByTwo
from halflife.monitoring.claims.estimation.retest import CASES
from halflife.monitoring.claims.estimation.shadow_agreement import upholding
from halflife.monitoring.claims.language.comparison import order
from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.statistics.base import CaseStatistic
from halflife.monitoring.context import Context

COSTS: Mapping[Cause, int] = {Cause.PIPELINE: 2, Cause.FEEDBACK: 2, Cause.COVARIATE: 1}
"""What fits can tell apart, and how many at most, in the order in which they are made."""


class Pair:
    """An earlier and a later version, with findings that were made on the earlier one or before it.

    Args:
        context: with the checks, the rows and the models.
        old: the earlier version.
        new: the later one.
        findings: F of them, whose claims this build can read.
        windows: gives the window of a version, when a fit needs it.
        checks: gives the checks on a version by finding, where somebody reads them for several pairs.
    """

    def __init__(
        self,
        context: Context,
        old: Version,
        new: Version,
        findings: Sequence[Finding],
        windows: Callable[[Version], Window],
        checks: Callable[[int], Mapping[int, Check]] | None = None,
    ) -> None:
        self.old, self.new, self.findings = old, new, list(findings)
        self._context, self._windows = context, windows
        self._refits = Refits(context, old, new, windows)
        self._claims = [parse(finding.claim) for finding in findings]
        self._read = checks or (lambda number: by_finding(context, number))
        self._checks = [self._read(v.number) for v in (old, new)]
        self._fits: dict[Fit, Array] = {}
        self._refitted: dict[Cause, Refitted] = {}
        self._two_by_two = TwoByTwo(
            self.findings,
            self._claims,
            self._rows,
            (old.label, new.label),
            {f.id: f"v{f.made_on}" for f in findings},
            context.store.fixed_schema,
            threads=context.policy.recipe.threads,
        )

    def _rows(self) -> dict[str, pd.DataFrame]:
        context = self._context
        born = {number: context.ledger.version(number) for number in sorted({f.made_on for f in self.findings})}
        versions = {**born, self.old.number: self.old, self.new.number: self.new}
        cases = sorted({claim.case for claim in self._claims if claim.case is not None})
        return {**{v.label: context.rows.evidence(v) for v in versions.values()}, CASES: context.store.cases(cases)}

    @cached_property
    def theta(self) -> Array:
        """θ of each finding by both models on both versions' evidence rows, shape (F, 2, 2): models, then rows.

        What the checks say is not asked again; NaN where there is no θ.
        """
        theta = np.full((2, len(self.findings), 2), np.nan)
        for f, finding in enumerate(self.findings):
            for side, checks in enumerate(self._checks):
                check = checks.get(finding.id)
                if check is not None and check.decides.interval is not None:
                    theta[side, f, side] = check.decides.interval.estimate
            check = self._checks[1].get(finding.id)
            born = finding.made_on == self.old.number
            if born and check is not None and check.fresh is not None and check.pinned.interval is not None:
                theta[1, f, 0] = check.pinned.interval.estimate
        alone = self._two_by_two.alone
        theta[0, alone, 1], theta[1, alone, 0] = theta[0, alone, 0], theta[1, alone, 1]
        for side, version in enumerate((self.old, self.new)):
            unknown = np.isnan(theta[side])
            if unknown.any():
                asked = self._two_by_two.theta(self._context.registry.model(version), unknown)
                theta[side][unknown] = asked[unknown]
        return theta.transpose(1, 0, 2)

    @cached_property
    def _by_shadows(self) -> tuple[dict[int, ShadowEstimates], dict[int, ShadowEstimates]]:
        """θ by the shadows of both versions."""
        before, now = (
            seen(self._context, version, checks, self.findings, self._two_by_two.shadows)
            for version, checks in zip((self.old, self.new), self._checks, strict=True)
        )
        return before, now

    @cached_property
    def noise(self) -> list[RetrainingNoise | None]:
        """Of each finding's change, moderated by all findings of its statistic that both versions were tested on."""
        statistics = {f.id: f.statistic for f in [*self._context.ledger.findings(), *self.findings]}
        return noises(self.findings, statistics, *self._by_shadows)

    def _change(self, f: int) -> ThetaChange:
        evidence = float(split(self.theta[f])[1])
        before, now = self.theta[f].mean(axis=1)
        fits = {fit: float(theta[f]) for fit, theta in self._fits.items() if isfinite(theta[f])}
        return ThetaChange(evidence, {Fit.BEFORE: float(before), Fit.NOW: float(now), **_whole(fits)}, self.noise[f])

    @cached_property
    def _known(self) -> Mask:
        """Whose θ is known at all four corners, shape (F,)."""
        return np.array([comparable(self.theta[f]) for f in range(len(self.findings))], dtype=bool)

    @cached_property
    def _worth(self) -> tuple[Mask, Mask]:
        """Whose model part is clear of noise, and of which no noise is known, each of shape (F,)."""
        changes = [self._change(f) if self._known[f] else None for f in range(len(self.findings))]
        clear = np.array([change is not None and change.clear for change in changes], dtype=bool)
        unknown = np.array([change is not None and change.noise is None for change in changes], dtype=bool)
        return clear, unknown

    @cached_property
    def _chosen(self) -> bool:
        """Whether decisions chose which labels there are; windows are read only where propensities are logged."""
        return PROPENSITY in self._context.rows.evidence(self.new).columns and any(self._refits.chosen)

    def wishes(self) -> dict[Cause, int]:
        """What fits would tell apart, and for how many findings.

        Where the model's part is within noise there is nothing to tell apart; where no noise is known only the pipeline's
        part is exact.
        """
        clear, unknown = (int(mask.sum()) for mask in self._worth)
        wanted = {Cause.PIPELINE: clear + unknown if self._refits.recipe_changed else 0, Cause.COVARIATE: clear}
        if clear and self._chosen:
            wanted[Cause.FEEDBACK] = clear
        return {cause: wanted[cause] for cause in COSTS if wanted.get(cause)}

    def tell_apart(self, cause: Cause) -> None:
        """Make the fits for a cause."""
        made = {
            Cause.PIPELINE: self._refits.pipeline,
            Cause.FEEDBACK: self._refits.feedback,
            Cause.COVARIATE: self._refits.covariate,
        }[cause]()
        clear, unknown = self._worth
        wanted = np.repeat((clear | unknown)[:, None], 2, axis=1)
        for fit, model in made.models.items():
            self._fits[fit] = self._two_by_two.theta(model, wanted).mean(axis=1)
        if cause is Cause.COVARIATE and made.settled:
            self._fits[Fit.BEFORE_REWEIGHTED] = self.theta[:, 0].mean(axis=1)
        self._refitted[cause] = made

    def breakdowns(self) -> list[Breakdown | None]:
        """Of each finding; None where θ is not known at all four corners."""
        return [self._breakdown(f) if self._known[f] else None for f in range(len(self.findings))]

    def _breakdown(self, f: int) -> Breakdown:
        finding, claim, noise = self.findings[f], self._claims[f], self.noise[f]
        change = self._change(f)
        chance, voted = self._chance(f)
        labels = self.old.label, self.new.label
        inert = bool(self.new.shadows) and ShadowKind.SEED not in self.new.shadows
        told = [*caveats.of_noise(noise, *labels, inert=inert), *voted]
        told += caveats.of_evidence(
            change.evidence, change.model, self._rows_error(f, self.new), chosen=bool(change.evidence) and self._chosen
        )
        clear, unknown = self._worth
        for cause, n in self.wishes().items() if clear[f] or unknown[f] else ():
            if cause in self._refitted:
                told += self._refitted[cause].notes
            elif n and (clear[f] or cause is Cause.PIPELINE):
                told.append(caveats.not_made(cause, finding.name))
        fitted = [line for made in self._refitted.values() for line in made.told] if clear[f] or unknown[f] else []
        return breakdown(
            finding.id,
            self.old.number,
            self.new.number,
            self.theta[f],
            change,
            tolerance=claim.tolerance,
            chance=chance,
            notes=tuple(told),
            basis=caveats.basis(noise, *labels),
            fitted=tuple(fitted),
        )

    def _then(self, f: int) -> Interval:
        """θ on the earlier version with the interval by which it was judged; exact where there is none."""
        check, theta = self._checks[0].get(self.findings[f].id), float(self.theta[f, 0, 0])
        found = None if check is None else check.decides.interval
        return Interval(theta, theta, theta) if found is None else found

    def _rows_error(self, f: int, version: Version) -> float:
        """Standard deviation of what another draw of evidence rows makes, from the earlier version to another."""
        if self._two_by_two.alone[f] or self.findings[f].scope is Scope.PROCESS:  # whose interval is not of rows alone
            return 0.0
        shared = max(0, self.old.last - version.first + 1) / (version.last - version.first + 1)
        return rows_error(self._then(f), min(1.0, shared), self._context.policy.evidence.level)

    def _chance(self, f: int) -> tuple[float | None, list[str]]:
        """That noise alone refutes the finding at one retrain, and how its shadows voted where it is about a case."""
        finding, claim = self.findings[f], self._claims[f]
        check = self._checks[0].get(finding.id)
        if check is not None and check.status.refutes:
            return None, []
        comparator, threshold = order(claim)
        coupled = list(self._by_shadows[0].get(finding.id, NOBODY).kind(ShadowKind.COUPLED).values())
        exact = isinstance(claim.about, CaseStatistic) and finding.scope is not Scope.PROCESS
        if exact and len(coupled) >= 2:
            held, of = upholding(claim, coupled)
            return by_votes(of - held, of), [caveats.of_votes(of - held, of, self.old.label)]
        noise = self._one_retrain[f] or self.noise[f]
        if noise is None:
            return None, []
        error = self._rows_error(f, self._next)
        return by_margin(self._then(f), comparator, threshold, claim.tolerance, noise, error=error), []

    @cached_property
    def _next(self) -> Version:
        """The version after the earlier one."""
        return next(v for v in self._context.ledger.versions() if v.number > self.old.number)

    @cached_property
    def _one_retrain(self) -> list[RetrainingNoise | None]:
        """The noise of one retrain from the earlier version on."""
        if self._next.number == self.new.number:
            return self.noise
        return Pair(self._context, self.old, self._next, self.findings, self._windows, self._read).noise


def by_finding(context: Context, number: int) -> dict[int, Check]:
    """Finding's id -> its check on a version."""
    return {check.finding: check for check in context.ledger.checks(version=number)}


def _whole(fits: Mapping[Fit, float]) -> dict[Fit, float]:
    """Those that tell something: both pipeline fits or none."""
    recipe = {Fit.BEFORE_NEW_RECIPE, Fit.NOW_OLD_RECIPE}
    return {fit: theta for fit, theta in fits.items() if fit not in recipe or recipe <= set(fits)}
