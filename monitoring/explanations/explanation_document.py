"""An explanation as plain values, for ``--json`` and the registry."""

from collections.abc import Sequence
from typing import Any

from halflife.models.explain.counterfactuals import FeatureChange
from halflife.models.explain.decision_paths import Path
from halflife.monitoring.explanations.explanation import Decision, Explanation
from halflife.monitoring.explanations.offers import Offer


def document(told: Explanation, offered: Sequence[Offer]) -> dict[str, Any]:
    """Everything an explanation says; missing values are null."""
    near = told.neighbourhood
    return {
        "case": told.case,
        "version": f"v{told.version}",
        "tick": told.tick,
        "label": told.label,
        "part": told.part.value,
        "in_window": told.inside,
        "prediction": {**_decision(told.decision), "threshold": told.threshold, "raw": told.raw},
        "expected": told.expected,
        "reasons": [{"feature": r.feature, "value": r.value, "attribution": r.attribution} for r in told.reasons],
        "paths": [_path(told, path) for path in told.paths],
        "trees": told.trees,
        "neighbours": {
            "rows": [
                {"case": n.case, "similarity": n.similarity, "tick": n.tick, "label": n.label, "values": dict(n.values)}
                for n in near.nearest
            ],
            "searched": near.searched,
            "of": near.of,
            "positive": near.positive,
            "condition": near.condition,
            "alike": near.alike,
        },
        "counterfactuals": [
            {
                "changes": [_change(change) for change in c.flip.changes],
                "cost": c.flip.cost,
                **_decision(c.then),
                "validity": c.validity,
            }
            for c in told.counterfactuals
        ],
        "immutable": list(told.immutable),
        "claims": [{"number": o.number, "claim": o.claim, "statistic": o.statistic, "says": o.says} for o in offered],
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "decision": int(decision.positive),
        "probability": decision.probability,
        "margin": decision.margin,
    }


def _path(told: Explanation, path: Path) -> dict[str, Any]:
    return {
        "tree": path.tree,
        "leaf": path.leaf,
        "value": path.value,
        "moved": path.moved,
        "conditions": [c.words(told.values[c.feature]) for c in path.conditions],
    }


def _change(change: FeatureChange) -> dict[str, Any]:
    return {"feature": change.feature, "before": change.before, "after": change.after}
