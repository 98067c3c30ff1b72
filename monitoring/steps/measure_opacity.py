"""What cannot be known about a version: measured, written down, and kept with its run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from json import dumps

import numpy as np
import pandas as pd

from halflife.models.domain import Version
from halflife.models.errors import NotTrainable
from halflife.models.learner.evaluate import row_log_loss
from halflife.models.learner.feedback import identified, inverse_propensity, selective
from halflife.models.learner.fit import fit
from halflife.models.learner.model import Model
from halflife.models.learner.sensitivity import sensitivity as sensitivity_of
from halflife.models.learner.shadow_training import seed_inert
from halflife.models.learner.starting_points import starting_point
from halflife.models.opacity import Multiplicity, Opacity, Sensitivity
from halflife.models.recipe import Recipe
from halflife.models.rows import LABEL, Array, Part, Window, entities
from halflife.models.shadow import ShadowKind
from halflife.monitoring.context import Context
from halflife.monitoring.multiplicity import document, metrics, multiplicity


def measure_opacity(
    context: Context,
    version: Version,
    *,
    sensitivity: bool = False,
    refits: int | None = None,
    window: Window | None = None,
) -> Opacity:
    """Measure a version's opacity and record it; the same again measures and records the same.

    Shadows are asked while they are kept; what was recorded of shadows that are not kept any more stays. So does a
    measurement of sensitivity, unless another number of refits is asked for.

    Args:
        context: whose store, shadows, registry and ledger are used.
        version: any that is registered.
        sensitivity: measure it on this version, also where `sensitivity_due` does not say so.
        refits: fits without one row; ``policy.opacity.refits`` when left out; 0 measures none.
        window: of the version, where it has been read already.

    Raises:
        NotFound: the registry does not have the version's model.
    """
    known = next((o for o in context.ledger.opacities() if o.version == version.number), None)
    subject = _Subject(context, version, context.rows.window(version) if window is None else window)
    found = Opacity(
        version=version.number,
        data=known.data if known else None,
        seed=known.seed if known else None,
        seed_channel=not seed_inert(subject.recipe, version.rows),
        sensitivity=known.sensitivity if known else None,
        rows=version.rows,
    )
    if len(subject.rows):
        by_kind = subject.shadows()
        if by_kind:
            found = replace(found, data=by_kind.get(ShadowKind.COUPLED), seed=by_kind.get(ShadowKind.SEED))
        found = subject.with_feedback(found, known)
        count = context.policy.opacity.refits if refits is None else refits
        wanted = count > 0 and (sensitivity or sensitivity_due(context, version))
        if wanted and (found.sensitivity is None or found.sensitivity.refits != count):
            found = replace(found, sensitivity=subject.sensitivity(count))
    context.ledger.record_opacity(found)
    return found


def sensitivity_due(context: Context, version: Version) -> bool:
    """Whether this version's sensitivity is measured without being asked for: the first's, and every n-th's from there."""
    policy = context.policy
    return policy.opacity.refits > 0 and (version.number - 1) % policy.opacity.every == 0


def newest_measured(context: Context, version: Version) -> Opacity | None:
    """The newest measurement of sensitivity up to this version, to be told where the version itself has none."""
    known = [o for o in context.ledger.opacities() if o.sensitivity is not None and o.version <= version.number]
    return known[-1] if known else None


def keep_opacity(context: Context, version: Version, told: Opacity, text: str) -> None:
    """Add what was measured to the version's run: metrics, ``opacity.json`` and ``opacity.txt``; again replaces it."""
    texts = {"opacity.json": dumps(document(told), indent=1), "opacity.txt": text}
    context.registry.annotate(version, metrics=metrics(told), texts=texts)


def apart(versions: Sequence[Version], version: Version) -> Version | None:
    """The newest earlier version of the same recipe whose window shares no tick with this one's."""
    earlier = [v for v in versions if v.last < version.first and v.recipe == version.recipe]
    return max(earlier, key=lambda v: v.number, default=None)


@dataclass(frozen=True)
class _Subject:
    """One version with what is measured on it."""

    context: Context
    version: Version
    window: Window

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Evidence rows, labelled or not: a decision needs no label."""
        return self.context.rows.capped(self.window.part(Part.EVIDENCE, labelled=False))

    @cached_property
    def model(self) -> Model:
        return self.context.registry.model(self.version)

    @cached_property
    def recipe(self) -> Recipe:
        """As the version was trained; in ledgers older than recipes' parameters, the one in force."""
        own, parameters = self.context.policy.recipe, self.version.parameters
        return Recipe.from_dict(parameters, own.threads) if parameters else own

    @cached_property
    def probability(self) -> Array:
        """By the version, shape (n,)."""
        return self.model.probability(self.rows)

    def shadows(self) -> dict[ShadowKind, Multiplicity]:
        """By kind; empty where the version has no shadows, or they are not kept any more."""
        controls = self.context.shadows.of(self.version)
        kinds = self.version.shadows if controls else ()
        return {
            kind: self.against([controls[k] for k, each in enumerate(kinds) if each is kind])
            for kind in dict.fromkeys(kinds)
        }

    def against(self, others: Sequence[Model]) -> Multiplicity:
        """How other models' decisions differ from the version's."""
        said = [other.probability(self.rows) for other in others]
        label = self.rows[LABEL].to_numpy(dtype=float)
        there = np.isfinite(label)
        slack = None
        if there.any():
            own, *rest = (float(row_log_loss(p[there], label[there]).mean()) for p in (self.probability, *said))
            slack = max(rest) - own
        return multiplicity(
            self.probability >= self.model.threshold,
            np.array([p >= other.threshold for p, other in zip(said, others, strict=True)]),
            entities=entities(self.rows),
            level=self.context.policy.evidence.level,
            slack=slack,
        )

    def with_feedback(self, found: Opacity, known: Opacity | None) -> Opacity:
        """What feedback did, by one more fit; as it was recorded, where it was."""
        if not selective(self.window):
            return found
        if known is not None and (known.feedback is not None or known.unidentified):
            return replace(found, feedback=known.feedback, effective=known.effective, unidentified=known.unidentified)
        if reason := identified(self.window):
            return replace(found, unidentified=reason)
        weighted, recipe = inverse_propensity(self.window), self.recipe
        warm_start = starting_point(
            self.context.ledger.versions(), self.version.number, recipe, self.context.registry.model
        )
        try:
            model = fit(
                self.window,
                self.context.store.fixed_schema,
                recipe,
                self.version.seed,
                weights=weighted.weights,
                before=warm_start,
            )
        except NotTrainable as error:
            return replace(found, unidentified=str(error).rstrip("."))
        return replace(found, feedback=self.against([model]), effective=weighted.effective)

    def sensitivity(self, refits: int) -> Sensitivity:
        """By so many fits without one row, against the newest version of other ticks."""
        context, version = self.context, self.version
        other = apart(context.ledger.versions(), version)
        context.observe(f"{version.label}: {refits} models, each without one row")
        return sensitivity_of(
            self.window,
            context.store.fixed_schema,
            self.recipe,
            version.seed,
            self.rows,
            self.model,
            refits,
            fresh=None if other is None else context.registry.model(other),
            fresh_window=None if other is None else (other.first, other.last),
            before=starting_point(context.ledger.versions(), version.number, self.recipe, context.registry.model),
        )
