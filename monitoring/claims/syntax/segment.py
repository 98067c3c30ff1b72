"""Part of the rows a claim is put to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """The rows for which every predicate is true, and whose label is known if asked."""

    where: tuple[str, ...] = ()
    labelled: bool = False

    def narrowed(self, *where: str) -> "Segment":
        """Those of its rows for which these predicates are true too."""
        return Segment((*self.where, *where), self.labelled)
