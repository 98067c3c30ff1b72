"""The whole service as one value: the ports joined to adapters, and the policy they are used under."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from halflife.models.domain import Role, Version
from halflife.models.errors import NotFound, UsageError
from halflife.models.learner.model import Model
from halflife.models.rows import ENTITY, PROPENSITY, ROW_ID, Part, Schema, Window, row_hash, units
from halflife.monitoring.policy import Policy
from halflife.monitoring.ports import Channel, Feed, Ledger, Registry, Reporter, Shadows, Store


class Observer(Protocol):
    """Told what happens while it happens; ``lasting`` sentences are news, the others only say what is being done."""

    def __call__(self, sentence: str, *, lasting: bool = False) -> None: ...


def unobserved(sentence: str, *, lasting: bool = False) -> None:
    """Nobody is looking."""


@dataclass
class Service:
    """Everything a step needs. Made by ``halflife.flows.bootstrap`` and by tests."""

    home: Path
    policy: Policy
    feed: Feed
    store: Store
    registry: Registry
    ledger: Ledger
    reporter: Reporter
    channels: Mapping[str, Channel]
    shadows: Shadows
    observe: Observer = field(default=unobserved)
    seconds: dict[str, float] = field(default_factory=dict)
    watched: tuple[object, Any] | None = field(default=None, repr=False)
    reference: tuple[int, Any] | None = field(default=None, repr=False)
    at_hand: tuple[int, Window] | None = field(default=None, repr=False)
    litter: tuple[int, Any] | None = field(default=None, repr=False)
    _kept: dict[tuple[int, Part], pd.DataFrame] = field(default_factory=dict, repr=False)
    _controls: dict[int, tuple[Model, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def schema(self) -> Schema:
        """The schema fixed in the store. Raises UsageError while nothing has been ingested."""
        if self.store.schema is None:
            raise UsageError("no rows have been ingested yet; run `halflife ingest` or `halflife replay` first")
        return self.store.schema

    def warm(self) -> None:
        """Load what is slow to load, so that it overlaps with whatever else is starting."""
        self.registry.warm()
        self.reporter.warm()

    def version(self, number: int | None = None) -> Version:
        """That version, or the newest. Raises NotFound."""
        versions = self.ledger.versions()
        if not versions:
            raise NotFound("there is no version yet; run `halflife retrain` or `halflife replay` first")
        if number is None:
            return versions[-1]
        found = [v for v in versions if v.number == number]
        if not found:
            raise NotFound(f"there is no v{number}; versions go from v1 to v{versions[-1].number}")
        return found[0]

    def champion(self) -> Version | None:
        """The newest version the gate let through; None before the first."""
        return next((v for v in reversed(self.ledger.versions()) if v.role is Role.CHAMPION), None)

    def window(self, version: Version) -> Window:
        """The version's window: at hand until its shadows are trained, else built again from the store's version."""
        if self.at_hand is not None and self.at_hand[0] == version.number:
            return self.at_hand[1]
        return self.store.window(version.first, version.last, version.source)

    def evidence(self, version: Version) -> pd.DataFrame:
        """The labelled evidence rows of a version's window, at most ``policy.evidence.rows`` of them.

        Chosen by the smallest hash of id, so that overlapping windows choose the same rows. Where decisions choose the
        labels, rows without one are among them: those with one are no sample of the rows the model meets, and only what
        needs labels leaves the others out.
        """
        return self._rows(version, Part.EVIDENCE)

    def discovery(self, version: Version) -> pd.DataFrame:
        """The labelled discovery rows of a version's window, as many and chosen as the evidence rows are."""
        return self._rows(version, Part.DISCOVERY)

    def controls(self, version: Version) -> tuple[Model, ...]:
        """The shadows of a version in their order; none where it has none or not all of them are kept."""
        known = self.shadows.known(version.number)
        if len(known) < len(version.shadows):
            return ()
        if version.number not in self._controls:
            self._controls.clear()
            self._controls[version.number] = tuple(self.shadows.load(version.number, k) for k in known)
        return self._controls[version.number]

    def remember(self, version: Version, window: Window) -> None:
        """Keep the rows of ``version`` that the steps after its training ask for, so that they read no window again.

        Where it has shadows, its whole window is kept for them; `let_go` ends that.
        """
        if version.shadows:
            self.at_hand = version.number, window
        while len(self._kept) > 4 * self.policy.investigate.follow:
            self._kept.pop(next(iter(self._kept)))
        for part in (Part.EVIDENCE, Part.DISCOVERY):
            labelled = part is not Part.EVIDENCE or PROPENSITY not in window.rows.columns
            self._kept[version.number, part] = self.capped(window.part(part, labelled=labelled))

    def let_go(self) -> None:
        """Keep no whole window any longer, nor what was made of it."""
        self.at_hand = self.litter = None

    def _rows(self, version: Version, part: Part) -> pd.DataFrame:
        if (version.number, part) not in self._kept:
            self.remember(version, self.window(version))
        return self._kept[version.number, part]

    def capped(self, rows: pd.DataFrame) -> pd.DataFrame:
        """At most ``policy.evidence.rows`` rows, those with the smallest hash of id, or of entity and then of id."""
        if len(rows) <= self.policy.evidence.rows:
            return rows
        if ENTITY in rows.columns:  # whole entities, but for the last one
            order = np.lexsort((row_hash(rows[ROW_ID]), row_hash(units(rows))))
            return rows.iloc[np.sort(order[: self.policy.evidence.rows])].reset_index(drop=True)
        keep = np.argpartition(row_hash(rows[ROW_ID]), self.policy.evidence.rows)[: self.policy.evidence.rows]
        return rows.iloc[np.sort(keep)].reset_index(drop=True)
