"""Explain one case: the decision, its reasons, the trees behind it, the nearest training rows, and what would flip it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from halflife.models.errors import UsageError
from halflife.models.explain.attributions import attributions
from halflife.models.explain.conditions import Value
from halflife.models.explain.counterfactuals import Flip, changed, counterfactuals, validity
from halflife.models.explain.decision_paths import Path, decision_paths, strongest
from halflife.models.explain.neighbours import nearest, sample, similarity
from halflife.models.learner.model import Model
from halflife.models.rows import LABEL, ROW_ID, TICK, Array, Kind, Part, Schema, Window, units
from halflife.monitoring.claims.evidence.masks import mask as matching
from halflife.monitoring.claims.evidence.model_view import ModelScores
from halflife.monitoring.claims.syntax.sql_words import near
from halflife.monitoring.explanations.explanation import (
    Counterfactual,
    Decision,
    Explanation,
    Neighbour,
    Neighbourhood,
    Reason,
)
from halflife.monitoring.explanations.predicate import predicate
from halflife.monitoring.policy import ExplainPolicy


def check_immutable(immutable: Iterable[str], schema: Schema) -> None:
    """Refuse a column that must not be changed and is none. Raises UsageError listing the columns.

    >>> from halflife.models.rows import Column
    >>> check_immutable(["aeg"], Schema((Column("age", Kind.NUMERIC),)))
    Traceback (most recent call last):
    halflife.models.errors.UsageError: explain.immutable: 'aeg' is not a column; columns are age; did you mean 'age'?
    """
    for name in immutable:
        if name not in schema.names:
            columns = ", ".join(schema.names)
            raise UsageError(
                f"explain.immutable: {name!r} is not a column; columns are {columns}{near(name, schema.names)}"
            )


def explain(
    version: int,
    model: Model,
    case: pd.DataFrame,
    window: Window,
    discovery: pd.DataFrame,
    policy: ExplainPolicy,
    controls: Sequence[Model] = (),
    threads: int = 1,
) -> Explanation:
    """Everything said of one case on one version.

    Args:
        version: its number.
        model: of the version.
        case: one canonical row.
        window: the version's. Its training rows, or a sample of ``neighbours.MOST``, are the neighbours, and where
            counterfactuals take values and scales from.
        discovery: rows on which the reasons' shares of all attribution are looked up.
        policy: how much is shown, and which features no counterfactual changes.
        controls: control models, on which counterfactuals are tried too.
        threads: for LightGBM.

    Raises:
        Unreadable: a model whose trees cannot be read.
    """
    (row,) = model.matrix(case)
    raw = model.raw(row[None], threads)
    values = _values(case, model.schema)[0]
    phi = attributions(model, row[None], threads)[0]
    order = np.lexsort((np.arange(len(phi)), -np.abs(phi)))
    reasons = tuple(Reason(n, values[n], float(phi[j])) for j in order for n in (model.schema.names[j],))
    paths = decision_paths(model, row)
    mask = window.mask(Part.TRAIN)
    train, of = sample(window.rows, mask), int(mask.sum())
    identity, label = str(case[ROW_ID].iloc[0]), float(case[LABEL].iloc[0])
    shown = strongest(paths, policy.paths)
    condition = _condition(reasons[0], strongest(paths, len(paths)))
    others = train[train[ROW_ID] != identity]
    similar = similarity(model, row, others, threads)
    return Explanation(
        case=identity,
        version=version,
        tick=int(case[TICK].iloc[0]),
        label=None if np.isnan(label) else int(label),
        part=Part(window.split.parts(units(case))[0]),
        inside=_holds(window, identity),
        decision=_decisions(model, raw)[0],
        threshold=model.threshold,
        raw=float(raw[0]),
        reasons=reasons,
        paths=tuple(shown),
        trees=len(paths),
        neighbourhood=_neighbourhood(model.schema, similar, others, condition, policy.neighbours, of),
        counterfactuals=_counterfactuals(model, row, case, values, train, policy, controls, threads),
        immutable=policy.immutable,
        shares=_shares(model, discovery, threads),
    )


def _decisions(model: Model, raw: Array) -> list[Decision]:
    """What ``prediction`` and the recheck make of raw scores, in the same code."""
    scores = ModelScores(model, lambda: raw)
    return [
        Decision(float(p), float(m), bool(d))
        for p, m, d in zip(scores.probability, scores.margin, scores.decision, strict=True)
    ]


def _values(rows: pd.DataFrame, schema: Schema) -> list[dict[str, Value]]:
    """Of each row, every feature's value as it was; None where it is missing."""
    columns: list[list[Value]] = []
    for column in schema.columns:
        plain = float if column.kind is Kind.NUMERIC else str
        columns.append(
            [None if gone else plain(v) for v, gone in zip(rows[column.name], rows[column.name].isna(), strict=True)]
        )
    return [dict(zip(schema.names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _holds(window: Window, case: str) -> bool:
    rows = window.rows
    return bool((rows[LABEL].notna() & (rows[ROW_ID] == case)).any())


def _condition(top: Reason, paths: Sequence[Path]) -> str:
    """What the strongest path that speaks of the top reason's feature asks of it, as a predicate."""
    asked = (c for path in paths for c in path.conditions if c.feature == top.feature)
    return next((text for c in asked if (text := predicate(c, top.value))), "")


def _neighbourhood(
    schema: Schema, similar: Array, rows: pd.DataFrame, condition: str, most: int, of: int
) -> Neighbourhood:
    at = nearest(similar, rows[ROW_ID].to_numpy(dtype=object), most)
    found = rows.iloc[at]
    total = float(similar.sum())
    alike = matching(condition, rows) if condition else np.zeros(len(rows), dtype=bool)
    return Neighbourhood(
        nearest=tuple(
            Neighbour(str(i), float(k), int(tick), int(y), values)
            for i, k, tick, y, values in zip(
                found[ROW_ID], similar[at], found[TICK], found[LABEL], _values(found, schema), strict=True
            )
        ),
        searched=len(rows),
        of=of,
        positive=float(similar @ rows[LABEL].to_numpy(dtype=float)) / total if total else None,
        alike=float(similar @ alike) / total if total and condition else None,
        condition=condition,
    )


def _counterfactuals(
    model: Model,
    row: Array,
    case: pd.DataFrame,
    values: Mapping[str, Value],
    train: pd.DataFrame,
    policy: ExplainPolicy,
    controls: Sequence[Model],
    threads: int,
) -> tuple[Counterfactual, ...]:
    flips = counterfactuals(model, row, train, immutable=policy.immutable, most=policy.counterfactuals, threads=threads)
    if not flips:
        return ()
    after = model.matrix(pd.concat([changed(case, flip) for flip in flips], ignore_index=True))
    then = _decisions(model, model.raw(after, threads))
    return tuple(
        Counterfactual(_from(values, flip), decision, validity(case, flip, decision.positive, controls))
        for flip, decision in zip(flips, then, strict=True)
    )


def _from(values: Mapping[str, Value], flip: Flip) -> Flip:
    """The changes from the case's own values: to the model a category it never saw is missing, to a reader it is not."""
    return replace(flip, changes=tuple(replace(change, before=values[change.feature]) for change in flip.changes))


def _shares(model: Model, rows: pd.DataFrame, threads: int) -> dict[str, float]:
    """Each feature's share of all attribution, as the statistic ``attribution_share`` has it."""
    size = np.abs(attributions(model, model.matrix(rows), threads)).sum(axis=0)
    return dict(zip(model.schema.names, (size / size.sum()).tolist(), strict=True)) if size.any() else {}
