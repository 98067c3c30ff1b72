"""The cheapest changes of a case that flip its decision: one to three features, each change needed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from halflife.models.explain.action_set import ActionSet, action_set, decode
from halflife.models.explain.conditions import Value
from halflife.models.learner.model import Model
from halflife.models.rows import Array, Mask

MOST_CHANGES = 3
KEPT = 160
"""Single changes carried into pairs: those that help most for their cost."""
BEAM = 64
"""Pairs that do not flip carried into triples: those that come nearest."""

Sets = npt.NDArray[np.intp]
"""Positions of moves, one set a row, shape (k, changes)."""


@dataclass(frozen=True)
class FeatureChange:
    """One feature's value, before and after; None where it was missing."""

    feature: str
    before: Value
    after: float | str


@dataclass(frozen=True)
class Flip:
    """Changes that together flip the decision, and of which none can be left out.

    Attributes:
        changes: in the order of the model's features.
        cost: the sum of the changes' costs, in robust standard units of the training rows; 1 for another category.
    """

    changes: tuple[FeatureChange, ...]
    cost: float

    @property
    def features(self) -> frozenset[str]:
        return frozenset(change.feature for change in self.changes)


def counterfactuals(
    model: Model,
    row: Array,
    train: pd.DataFrame,
    *,
    immutable: Collection[str] = (),
    most: int = 4,
    threads: int = 0,
) -> list[Flip]:
    """The cheapest changes of a case after which the model decides otherwise, the cheapest first.

    Every single change the model could tell apart is tried (``halflife.models.explain.action_set``). Those that do not flip, move the
    score the right way and are not both dearer and weaker than another of their feature are tried in pairs; the pairs
    that come nearest are tried with a third. The search is greedy: singles are the cheapest there are, pairs and triples
    the cheapest met.

    Args:
        model: whose decision.
        row: the case, encoded, shape (p,).
        train: canonical training rows: where values, scales and frequencies come from.
        immutable: features that cannot be changed.
        most: how many, each of other features; none whose features include a cheaper one's.
        threads: for LightGBM; 0 for its default.

    Returns:
        Flips; leaving out any change of one leaves the decision as it is. Empty when nothing met flips it.

    Source: Wachter, Mittelstadt, Russell, "Counterfactual explanations without opening the black box", Harvard Journal
    of Law & Technology 31, 2018 (distance in units of the MAD, few changes).
    """
    search = _Search(model, row, action_set(model, row, train, immutable), threads)
    return [_flip(search, chosen) for chosen in _cheapest(search.found(), search.moves, most)]


def validity(frame: pd.DataFrame, flip: Flip, wanted: bool, controls: Sequence[Model]) -> float | None:
    """The share of control models that reach the wanted decision after the changes; None without control models.

    Args:
        frame: the case as one canonical row.
        flip: what is changed.
        wanted: the decision it is for.
        controls: models of the same recipe on like rows.
    """
    if not controls:
        return None
    after = changed(frame, flip)
    return float(np.mean([(m.probability(after)[0] >= m.threshold) == wanted for m in controls]))


def changed(frame: pd.DataFrame, flip: Flip) -> pd.DataFrame:
    """The case, one canonical row, after the changes."""
    return frame.assign(**{change.feature: change.after for change in flip.changes})


class _Search:
    """Scores of changed cases, and the sets of moves that flip."""

    def __init__(self, model: Model, row: Array, every: ActionSet, threads: int) -> None:
        self.model, self.row, self.moves, self.threads = model, row, every, threads
        (self.raw,) = model.raw(row[None], threads)
        self.positive = bool(self._decisions(np.array([self.raw]))[0])

    def found(self) -> dict[int, Sets]:
        """Number of changes -> the sets of so many moves that flip, no move of which can be left out."""
        singles = np.arange(len(self.moves.feature))[:, None]
        flips, gain = self._tried(singles)
        found = {1: singles[flips]}
        kept = self._kept(np.flatnonzero(~flips & (gain > 0)), gain)
        pairs = np.array(list(combinations(kept, 2)), dtype=np.intp).reshape(-1, 2)
        pairs = pairs[self._apart(pairs)]
        flips, gain = self._tried(pairs)
        found[2] = pairs[flips]
        near = pairs[np.flatnonzero(~flips)[np.argsort(-gain[~flips], kind="stable")[:BEAM]]]
        joined = np.array([(*pair, third) for pair in near for third in kept], dtype=np.intp).reshape(-1, 3)
        triples = np.unique(np.sort(joined, axis=1), axis=0)
        triples = triples[self._apart(triples)]
        flipping = {tuple(pair) for pair in found[2].tolist()}
        needed = [flipping.isdisjoint(combinations(triple, 2)) for triple in triples.tolist()]
        triples = triples[np.array(needed, dtype=bool)]
        flips, _ = self._tried(triples)
        found[3] = triples[flips]
        return found

    def _tried(self, sets: Sets) -> tuple[Mask, Array]:
        """Whether each set of moves flips the decision, and how far it moves the raw score towards that, shape (k,)."""
        if not len(sets):
            return np.zeros(0, dtype=bool), np.zeros(0)
        matrix = np.repeat(self.row[None], len(sets), axis=0)
        for column in sets.T:
            matrix[np.arange(len(sets)), self.moves.feature[column]] = self.moves.code[column]
        raw = self.model.raw(matrix, self.threads)
        return self._decisions(raw) != self.positive, (self.raw - raw) * (1 if self.positive else -1)

    def _decisions(self, raw: Array) -> Mask:
        return np.asarray(self.model.calibration(raw) >= self.model.threshold)

    def _kept(self, candidates: npt.NDArray[np.intp], gain: Array) -> list[int]:
        """Of each feature the moves that gain more than every cheaper one; of all those the best for their cost."""
        kept = []
        for feature in np.unique(self.moves.feature[candidates]):
            own = candidates[self.moves.feature[candidates] == feature]
            best = 0.0
            for move in own[np.lexsort((-gain[own], self.moves.cost[own]))]:
                if gain[move] > best:
                    best = gain[move]
                    kept.append(int(move))
        return sorted(sorted(kept, key=lambda move: -gain[move] / self.moves.cost[move])[:KEPT])

    def _apart(self, sets: Sets) -> Mask:
        """The sets that change each feature once."""
        features = np.sort(self.moves.feature[sets], axis=1)
        return np.asarray((np.diff(features, axis=1) > 0).all(axis=1))


def _cheapest(found: dict[int, Sets], every: ActionSet, most: int) -> list[Sets]:
    """The cheapest set of each set of features, in order of cost; none that adds features to a cheaper one."""
    ranked = [(float(every.cost[one].sum()), tuple(sorted(one.tolist()))) for sets in found.values() for one in sets]
    chosen: list[Sets] = []
    taken: list[set[int]] = []
    for _, one in sorted(ranked):
        features = set(every.feature[list(one)].tolist())
        if len(chosen) < most and not any(features >= before for before in taken):
            taken.append(features)
            chosen.append(np.array(one))
    return chosen


def _flip(search: _Search, chosen: Sets) -> Flip:
    changes = []
    for move in chosen[np.argsort(search.moves.feature[chosen])]:
        feature = int(search.moves.feature[move])
        after = decode(search.model, feature, float(search.moves.code[move]))
        assert after is not None  # no move takes a value away
        before = decode(search.model, feature, float(search.row[feature]))
        changes.append(FeatureChange(search.model.schema.names[feature], before, after))
    return Flip(tuple(changes), float(search.moves.cost[chosen].sum()))
