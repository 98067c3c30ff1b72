"""What is not identified and why, and how much a figure is worth: sentences beside the shares."""

from halflife.models.causes import Cause
from halflife.monitoring.causes.retraining_noise import Basis, RetrainingNoise

BEYOND = 2.0
"""Standard deviations."""
SMALL = 0.2
"""Share of a change below which a part is not worth a note."""


def basis(noise: RetrainingNoise | None, old: str, new: str) -> str:
    """Which shadows the noise was read from, in a few words; empty without any.

    Args:
        noise: of the change.
        old: label of the earlier version.
        new: label of the later one.
    """
    if noise is None:
        return ""
    said = {
        Basis.PAIRED: f"coupled shadows of {old} and {new}, pair by pair",
        Basis.NOW: f"coupled shadows of {new} alone, their variance twice",
        Basis.BEFORE: f"coupled shadows of {old} alone, their variance twice",
        Basis.SEED: "shadows with other seeds only",
    }
    return said[noise.basis]


def of_noise(noise: RetrainingNoise | None, old: str, new: str, *, inert: bool) -> tuple[str, ...]:
    """What the shadows leave open.

    Args:
        noise: of the change.
        old: label of the earlier version.
        new: label of the later one.
        inert: the recipe draws nothing at random, so seeds make no noise.
    """
    if noise is None:
        return (
            f"Neither {old} nor {new} has shadows enough to tell of it (two with other row weights; [shadows] count = 4 "
            "trains so many), so what noise made of it, and the world, is not known.",
        )
    missing = {Basis.NOW: old, Basis.BEFORE: new}.get(noise.basis)
    notes = []
    if missing is not None:
        notes.append(
            f"No shadows of {missing} tell of it, so the noise is an upper bound: it counts what the windows share twice."
        )
    if noise.basis is Basis.SEED:
        notes.append("There are no coupled shadows, so the noise is a lower bound: that of other seeds alone.")
    elif noise.seed_df == 0:
        notes.append(
            "The recipe has no seed channel: all noise is sampling."
            if inert
            else "Fewer than two shadows differ by their seed alone, so sampling and seed are not told apart."
        )
    return tuple(notes)


def of_votes(refuting: int, shadows: int, old: str) -> str:
    """How shadows voted on a claim about a case."""
    return f"{refuting} of {shadows} models that {old} could as well have been refute it already."


def of_evidence(part: float, rest: float, error: float, *, chosen: bool = False) -> tuple[str, ...]:
    """What a part of other evidence rows that is not small may be.

    Args:
        part: φ_E, in θ's unit.
        rest: φ_M, same unit.
        error: standard deviation of what another draw of rows of the same world makes, same unit; 0 when not known.
        chosen: decisions chose which rows have labels.
    """
    if not part or abs(part) < SMALL * (abs(part) + abs(rest)):
        return ()
    said = []
    if abs(part) <= BEYOND * error:
        said.append(
            f"What other evidence rows made, {part:+.3g}, is no more than another draw of them would (± {error:.2g})."
        )
    if chosen:
        said.append("Decisions chose which evidence rows have labels, too: what those made may be feedback.")
    return tuple(said)


def not_made(kind: Cause, name: str) -> str:
    """A cause was not told apart, for want of fits."""
    what = {
        Cause.PIPELINE: "The recipe changed too, and what it did is not told apart from the data",
        Cause.FEEDBACK: "What decisions did to the labels is not told apart from the data",
        Cause.COVARIATE: "Inputs and concept are not told apart",
    }
    return f"{what[kind]}: the fits of this version went to others. `halflife why {name}` makes them."
