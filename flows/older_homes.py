"""Settings as homes of earlier revisions keep them."""

from collections.abc import Mapping
from typing import Any

from halflife.flows.adapters import FEEDS


def upgraded(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What a home keeps, as this revision writes it.

    Every feed once had the keys of every kind, most of them null; those that its kind does not know meant nothing.

    >>> upgraded({"feed": {"kind": "synthetic", "scenario": "calm", "path": None, "label_delay": 0}})
    {'feed': {'kind': 'synthetic', 'scenario': 'calm'}}
    """
    feed = kept.get("feed")
    if not isinstance(feed, Mapping) or feed.get("kind") not in FEEDS:
        return dict(kept)
    ours = {key for kind in FEEDS.values() for key in kind.settings.model_fields}
    strange = ours - set(FEEDS[feed["kind"]].settings.model_fields)
    return {**kept, "feed": {key: value for key, value in feed.items() if key not in strange}}
