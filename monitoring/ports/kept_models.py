"""Where models are kept: versions and what was said of them, and their shadows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from halflife.models.domain import Role, Version

if TYPE_CHECKING:  # whoever reads a ledger loads no models
    from halflife.models.learner.model import Model
    from halflife.models.rows import Window


class Registry(ABC):
    """Where models and what was said about them are kept and seen (MLflow)."""

    def warm(self) -> None:  # noqa: B027 - most have nothing to load
        """Load what is slow to load; optional."""

    @abstractmethod
    def register(self, version: Version, model: Model, window: Window) -> Version:
        """Log one run and register one version; the same version again changes nothing and returns the same."""

    @abstractmethod
    def model(self, version: Version) -> Model:
        """Load a registered model, from LightGBM's text and JSON only. Raises NotFound."""

    @abstractmethod
    def promote(self, version: Version, role: Role) -> None:
        """Point the alias of ``role`` at this version."""

    @abstractmethod
    def annotate(
        self,
        version: Version,
        *,
        metrics: Mapping[str, float],
        artifacts: Sequence[Path] = (),
        texts: Mapping[str, str] | None = None,
        tags: Mapping[str, str | None] | None = None,
        card: str | None = None,
    ) -> None:
        """Add metrics, files, JSON or text artifacts by name, tags and the description card; saying it twice is saying it once.

        A tag whose value is None is taken away.
        """

    def tags(self, versions: Sequence[Version]) -> dict[int, dict[str, str]]:
        """Version number -> the tags of its registered version, people's among them; those that are not there are left out.

        A registry that has no tags says nothing.
        """
        return {}

    def remarks(self, versions: Sequence[Version], champion: Version | None) -> tuple[str, ...]:
        """What people changed there since, a sentence each: versions that were deleted, an alias that was moved.

        A registry that nobody can change by hand has nothing to say.

        Args:
            versions: some of those that were registered.
            champion: the newest that the gate let through.
        """
        return ()


class Shadows(ABC):
    """Where the shadows of versions are kept, compactly, for as long as the retention rule lets them."""

    @abstractmethod
    def keep(self, version: int, number: int, model: Model) -> None:
        """Keep shadow ``number`` (from 0) of a version, whole or not at all; the same again changes nothing."""

    @abstractmethod
    def known(self, version: int) -> tuple[int, ...]:
        """Numbers of the shadows of a version that are kept, ascending."""

    @abstractmethod
    def load(self, version: int, number: int) -> Model:
        """One shadow. Raises NotFound: it was never kept, or thinned away."""

    def of(self, version: Version) -> tuple[Model, ...]:
        """The shadows of a version in their order; none where it has none or not all of them are kept."""
        known = self.known(version.number)
        if len(known) < len(version.shadows):
            return ()
        return tuple(self.load(version.number, k) for k in known)

    @abstractmethod
    def thin(self, kept: Iterable[int]) -> int:
        """Forget the shadows of every version but these; how many bytes were freed."""
