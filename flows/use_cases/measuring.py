"""Which labels to collect next, and what cannot be known of a version."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType

from halflife.flows.opened import Opened
from halflife.models.opacity import Opacity
from halflife.monitoring.label_needs.needs_report import Needs
from halflife.monitoring.label_needs.subset_fits import Progress
from halflife.monitoring.reports.shown import Shown
from halflife.monitoring.steps.measure_needs import unwatched


@dataclass(frozen=True, repr=False, eq=False)
class NeedsTold(Shown):
    """Which labels to collect next, and which open findings want more rows."""

    needs: Needs

    def values(self) -> dict[str, Any]:
        from halflife.monitoring.label_needs.needs_document import document

        return document(self.needs)

    def __rich__(self) -> RenderableType:
        from halflife.monitoring.reports.needs_terminal import needs

        return needs(self.needs)


@dataclass(frozen=True, repr=False, eq=False)
class OpacityTold(Shown):
    """What cannot be known about a version.

    Attributes:
        opacity: of the version.
        measured: the newest measurement of sensitivity, told where the version has none; None where there is none.
    """

    opacity: Opacity
    measured: Opacity | None

    def values(self) -> dict[str, Any]:
        from halflife.monitoring.multiplicity import document

        return document(self.opacity)

    def __rich__(self) -> RenderableType:
        from halflife.monitoring.reports.opacity_terminal import terminal

        return terminal(self.opacity, self.measured)


def needs(
    opened: Opened,
    *,
    version: int | None = None,
    segments: Sequence[str] = (),
    sizes: int = 5,
    repeats: int = 4,
    fits: int = 60,
    progress: Progress = unwatched,
) -> NeedsTold:
    """Which labels to collect next; kept with the version's run as needs.json and needs.txt.

    Args:
        opened: the home.
        version: whose window; the newest when left out.
        segments: columns or predicates to tell apart; those of the settings, else the strongest columns, when left out.
        sizes: shares of the labels, 1 and its halvings.
        repeats: models at each size, at least 2.
        fits: budget of models.
        progress: told of every fit.

    Raises:
        NotFound: no such version.
        UsageError: the curves alone cost more than ``fits``.
        ClaimError: a segment does not fit the columns.
        NotTrainable: the window has too few labels.
    """
    from halflife.monitoring.reports.needs_terminal import plain
    from halflife.monitoring.steps import measure_needs

    with opened.alone():
        context = opened.context
        on = context.ledger.version(version)
        told = measure_needs.needs(
            context, on, segments=segments, sizes=sizes, repeats=repeats, fits=fits, progress=progress
        )
        measure_needs.keep_needs(context, on, told, plain(told))
    return NeedsTold(told)


def opacity(opened: Opened, *, version: int | None = None, refits: int | None = None) -> OpacityTold:
    """What cannot be known about a version; kept with its run as opacity.json and opacity.txt.

    Args:
        opened: the home.
        version: the newest when left out.
        refits: models to train without one row, 0 for none; ``opacity.refits`` when left out.

    Raises:
        NotFound: no such version.
    """
    from halflife.monitoring.reports.opacity_terminal import plain
    from halflife.monitoring.steps import measure_opacity

    with opened.alone():
        context = opened.context
        on = context.ledger.version(version)
        told = measure_opacity.measure_opacity(context, on, sensitivity=True, refits=refits)
        measured = measure_opacity.newest_measured(context, on)
        measure_opacity.keep_opacity(context, on, told, plain(told, measured))
    return OpacityTold(told, measured)
