"""How the champion does on the ticks after its window, as a section of a page."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from halflife.models.performance import Basis, Performance
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.estimate_record import newest, pairs
from halflife.monitoring.reports.visible import finished
from halflife.monitoring.wording.performance_words import NAMES, known_from, sentences
from halflife.monitoring.wording.tick_words import dated, ticks

SHOWN = 12
METRICS = ("auc", "log_loss", "accuracy")


def render(conclusions: Conclusions) -> Markup:
    """The section of a page: a row a watch, the newest first; empty before the first watch."""
    told = newest(conclusions.performances)
    if not told:
        return Markup()
    environment = Environment(
        loader=PackageLoader("halflife.monitoring.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finished,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    dates = {(drift.tick, drift.against): drift.dates for drift in conclusions.drifts}
    foretold = {(p.tick, p.against): p for p, _ in pairs(conclusions.performances)}
    return Markup(  # noqa: S704 - escaped by the template
        environment.get_template("_performance.html").render(
            names=[NAMES[name] for name in METRICS],
            rows=[
                _row(p, foretold.get((p.tick, p.against)), dates.get((p.tick, p.against)))
                for p in reversed(told[-SHOWN:])
            ],
            left=max(0, len(told) - SHOWN),
            said=sentences(conclusions.performances),
        )
    )


def _row(told: Performance, foretold: Performance | None, dates: tuple[str, str] | None) -> dict[str, object]:
    return {
        "ticks": ticks(told.first_tick, told.tick, short=True),
        "dates": dated(dates),
        "against": f"v{told.against}",
        "cells": [(_cell(told, name), "" if foretold is None else _cell(foretold, name)) for name in METRICS],
        "basis": known_from(told),
        "kind": "" if told.basis is Basis.MEASURED else "estimated",
        "reason": "" if told.metrics else told.reason,
    }


def _cell(told: Performance, name: str) -> str:
    return str(told.metrics[name]) if name in told.metrics else "–"
