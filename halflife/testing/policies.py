"""Small policies: what a test does not choose is small, and nothing optional is done."""

from collections import defaultdict
from typing import Any

from halflife.models.recipe import Recipe
from halflife.monitoring.policy import Policy

PLACES = {
    "window": "retrain.window",
    "every": "retrain.every",
    "on_drift": "retrain.on_drift",
    "margin": "retrain.margin",
    "watch_window": "watch.window",
    "watch_every": "watch.every",
    "evidence_rows": "evidence.rows",
    "level": "evidence.level",
    "replicates": "evidence.replicates",
    "attributions": "investigate.attributions",
    "errors": "investigate.errors",
    "gaps": "investigate.gaps",
    "slices": "investigate.slices",
    "findings": "investigate.findings",
    "segments": "investigate.segments",
    "expect": "investigate.expect",
    "available_after": "investigate.available_after",
    "follow": "investigate.follow",
    "immutable": "explain.immutable",
    "false_discoveries": "alerts.false_discoveries",
    "strict": "alerts.strict",
    "shadows": "shadows.count",
    "shadows_every": "shadows.every",
    "shadows_keep": "shadows.keep",
    "cause_fits": "causes.fits",
    "opacity_refits": "opacity.refits",
    "opacity_every": "opacity.every",
    "dask": "compute.dask",
}
"""A short name -> where it stands in a policy."""

SMALL: dict[str, Any] = {
    "window": 4,
    "every": 2,
    "watch_window": 2,
    "watch_every": 2,
    "evidence_rows": 2000,
    "level": 0.9,
    "replicates": 200,
    "shadows": 0,
    "cause_fits": 0,
    "opacity_refits": 0,
}


def small_policy(base: Policy | None = None, **chosen: Any) -> Policy:
    """A policy by short names; what is not chosen is as in ``base``, or small.

    Args:
        base: to vary.
        chosen: ``name``, ``seed``, ``recipe``, ``changes``, or a key of `PLACES`.

    Raises:
        TypeError: a name that is neither.

    >>> small_policy(window=3, shadows=2).retrain.window, small_policy().shadows.count
    (3, 0)
    """
    whole = {name: chosen.pop(name) for name in ("name", "seed", "recipe", "changes") if name in chosen}
    unknown = sorted(set(chosen) - set(PLACES))
    if unknown:
        raise TypeError(f"{unknown[0]!r} is no short name; there are {', '.join(sorted(PLACES))}")
    tables: dict[str, dict[str, Any]] = defaultdict(dict)
    for short, value in (chosen if base else {**SMALL, **chosen}).items():
        table, _, key = PLACES[short].partition(".")
        tables[table][key] = value
    start = base or Policy(name="test", seed=1, recipe=Recipe(trees=20, leaves=7, threads=1))
    values = {field: getattr(start, field) for field in start.__dataclass_fields__} | whole
    for table, said in tables.items():
        section = values[table]
        values[table] = type(section).model_validate({**section.model_dump(), **said})
    return Policy(**values)
