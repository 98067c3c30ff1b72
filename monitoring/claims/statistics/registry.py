"""The table of statistics: ours by name, and those that other packages add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from halflife.monitoring.claims.statistics.base import CaseStatistic, SetStatistic, Statistic
from halflife.monitoring.claims.syntax.sql_words import near

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "halflife.statistics"
"""Of entry points; each gives a statistic, or a class that makes one without arguments, under the statistic's name."""


class Statistics(Mapping[str, Statistic]):
    """Statistics by name, in alphabetical order.

    Claims are read by every command, so other packages are looked for only when a name is none of ours or all are
    listed, and one is imported only when it is asked for.

    Args:
        own: those that ship with Halflife.

    Raises:
        PluginError: where other packages are looked for: one takes a name that is taken, cannot be imported, or offers
            what is no statistic.
    """

    def __init__(self, own: Iterable[Statistic]) -> None:
        self._known = {statistic.name: statistic for statistic in own}

    @cached_property
    def _offered(self) -> dict[str, EntryPoint]:
        from halflife.monitoring.plugins import offered, refused

        found = offered(GROUP)
        for name in sorted(found.keys() & self._known.keys()):
            raise refused(found[name], f"{name!r} is a statistic of Halflife's own: give yours another name")
        return found

    def __getitem__(self, name: str) -> Statistic:
        if name not in self._known:
            self._known[name] = _statistic(self._offered[name])
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._known, *self._offered}))

    def __len__(self) -> int:
        return len({*self._known, *self._offered})


MEANT = {
    "direction": "effect",
    "slope": "effect",
    "influence": "effect",
    "importance": "attribution_share",
    "shap": "attribution_share",
    "attribution": "attribution_share",
    "rank": "attribution_rank",
    "reason": "top_reason",
    "roc_auc": "auc",
    "fairness": "gap",
    "disparity": "gap",
}
"""What people call a statistic -> its name here."""


def not_known(name: str, known: Iterable[str]) -> str:
    """What is said of a name that is no statistic.

    >>> not_known("direction", ["auc", "effect"])
    "'direction' is not a statistic; statistics are auc, effect; did you mean 'effect'?"
    """
    names = list(known)
    called = next((MEANT[word] for word in get_close_matches(name.lower(), MEANT, n=1, cutoff=0.8)), "")
    hint = f"; did you mean {called!r}?" if called in names else near(name, names)
    return f"{name!r} is not a statistic; statistics are {', '.join(names)}{hint}"


def _statistic(entry: EntryPoint) -> Statistic:
    from halflife.monitoring.plugins import loaded, refused

    found = loaded(entry)
    if not isinstance(found, SetStatistic | CaseStatistic):
        kind = type(found).__name__
        raise refused(entry, f"a statistic is a SumStatistic, a SetStatistic or a CaseStatistic, and this is a {kind}")
    lacking = [name for name in ("name", "description", "example", "arguments") if not hasattr(found, name)]
    if lacking:
        raise refused(
            entry, f"a statistic has a name, a description, an example and arguments; {lacking[0]} is missing"
        )
    if found.name != entry.name:
        raise refused(entry, f"the statistic is called {found.name!r}: the entry point and its name are the same")
    return found
