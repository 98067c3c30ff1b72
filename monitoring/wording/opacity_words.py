"""What cannot be known about a version, in words: sentences, lines of its card, the figures of its table."""

from halflife.models.opacity import Multiplicity, Opacity, Sensitivity
from halflife.monitoring.multiplicity import Growth, growth
from halflife.monitoring.wording.words import plural

FOLDS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
STILL = 1.05
"""Growth by less is none to speak of."""
HEADINGS = ("tried", "any differs", "the worst", "on average", "extra loss")
LEGEND = (
    "Shares of evidence rows that are decided otherwise than by the version, with the error of these rows in brackets: by "
    "any of those tried (ambiguity), by the one that differs most (discrepancy), by one on average (churn). The first two "
    "are lower bounds: those tried are a few of the models that would have done as well. Extra loss: mean log loss of the "
    "worst of them minus the version's."
)


def sentence(now: Opacity, measured: Opacity | None = None) -> str:
    """What a colleague would say, in one line; arguments as `sentences`."""
    return " ".join(sentences(now, measured))


def sentences(now: Opacity, measured: Opacity | None = None) -> list[str]:
    """What a colleague would say of a version.

    Args:
        now: of the version.
        measured: of the newest version whose sensitivity was measured, where that is another one.
    """
    return [*_shadows(now), *_feedback(now), *_sensitive(whose(now, measured), now)]


def lines(now: Opacity, measured: Opacity | None = None) -> tuple[str, str]:
    """Two lines of Markdown for the card of a version: what cannot be known; arguments as `sentences`.

    >>> for line in lines(Opacity(3, None, None, seed_channel=True)):
    ...     print(line)
    How much of v3 is an accident of its rows and its seed: it has no shadows.
    How far one training row moves its scores: that was not measured.
    """
    return _accident(now), _traced(whose(now, measured), now)


def grows(found: Growth | None) -> str:
    """How the gap grows with the trees, in words.

    >>> grows(Growth(first=2, bend=20, last=400, early=7.2, late=3.1, rate=0.11, exponent=0.38))
    'The gap grows sevenfold from tree 2 to tree 20, then slowly: threefold up to tree 400.'
    """
    if found is None:
        return ""
    slowly = "slowly: " if found.slows and found.late >= STILL else ""
    return (
        f"The gap {_fold(found.early)} from tree {found.first} to tree {found.bend}, then {slowly}"
        f"{_fold(found.late).removeprefix('grows ')} up to tree {found.last}."
    )


def share(value: float, digits: int | None = None) -> str:
    r"""A share as percent, with one decimal and more where it is small, unless told how many.

    >>> share(0.0634), share(0.0004), share(0.0)
    ('6.3\xa0%', '0.04\xa0%', '0\xa0%')
    """
    if digits is None:
        digits = 0 if value in (0.0, 1.0) else 1 if value >= 0.001 else 2
    return f"{value:.{digits}%}".replace("%", "\N{NO-BREAK SPACE}%")


def whose(now: Opacity, other: Opacity | None) -> Opacity | None:
    """Whose sensitivity is told: its own where it was measured."""
    return now if now.sensitivity is not None else other if other is not None and other.sensitivity else None


def _shadows(now: Opacity) -> list[str]:
    who, said = f"v{now.version}", []
    if now.seed is None and now.data is None and now.seed_channel:
        return [f"{who} has no shadows, so nobody knows what another seed or other rows would have made of it."]
    if not now.seed_channel:
        said.append(f"{who} has no seed channel: its recipe draws nothing at random, so no seed can change it.")
    if now.seed is not None:
        said.append(f"{who}: {_otherwise(now.seed, 'seed', '')}.")
    if now.data is not None:
        told = _otherwise(now.data, "sample", " of the same rows")
        said.append(f"{told[0].upper()}{told[1:]}." if said else f"{who}: {told}.")
    return said


def _otherwise(found: Multiplicity, noun: str, of: str) -> str:
    if found.shadows == 1:
        return f"on {share(found.churn)} of rows another {noun}{of} would have decided otherwise"
    some = f"at least one of {found.shadows} other {noun}s{of} would have decided otherwise"
    return f"on {share(found.ambiguity)} of rows {some}, a single one on {share(found.churn)}"


def _feedback(now: Opacity) -> list[str]:
    if now.feedback is not None:
        noise = f"; another sample alone, on {share(now.data.churn)}" if now.data is not None else ""
        return [
            "Training as if no label had been withheld, each row weighing 1 over the chance that its label was let "
            f"through, decides otherwise on {share(now.feedback.churn)} of rows{noise}. So weighted, its {now.rows:,} rows "
            f"are worth {now.effective:,.0f}, and part of that is noise."
        ]
    if now.unidentified:
        return [f"What feedback did to v{now.version} is unidentified: {now.unidentified}."]
    return []


def _sensitive(told: Opacity | None, now: Opacity) -> list[str]:
    if told is None or told.sensitivity is None:
        return []
    found = told.sensitivity
    where = "" if told.version == now.version else f"Measured on v{told.version}: "
    out = f"{where}{'L' if not where else 'l'}eaving out {_one(told)} moves scores"
    if found.distance[-1] == 0:
        return [f"{out} not at all."]
    if found.butterfly is None:
        said = [
            f"{out} by {found.distance[-1]:.2g} in log-odds; how that compares with replacing them all is not yet "
            "known: no earlier version of this recipe was trained on other ticks alone."
        ]
    else:
        first, last = found.fresh_window or (0, 0)
        said = [
            f"{out} {_as_far(found.butterfly)} replacing them all ({found.distance[-1]:.2g} against {found.fresh:.2g} "
            f"in log-odds{_span(found)}). The other rows are of ticks {first} to {last}: drift and another seed are in "
            "that gap too, so the share is if anything larger."
        ]
    return [*said, *filter(None, [grows(growth(found)), _shows(found)])]


def _span(found: Sensitivity) -> str:
    """From the row that does least to the one that does most, and how many do nothing to speak of."""
    told = [found.each[k][-1] for k in found.telling]
    if len(found.each) < 2 or not found.fresh or not told:
        return ""
    low, high = (share(round(gap / found.fresh, 2), 0) for gap in (min(told), max(told)))
    some = low if low == high else f"{low} to {high}"
    idle = len(found.each) - len(told)
    if not idle:
        return f"; {some} by the row left out"
    return f"; by the row: {some} for {len(told)} of {len(found.each)}, next to nothing for {idle}"


def _shows(found: Sensitivity) -> str:
    """By which tree the first and the last of the rows that tell made a hundredth of the gap they end with."""
    each = [found.each[k] for k in found.telling]
    by = [next(m for m, gap in zip(found.trees, gaps, strict=True) if gap >= gaps[-1] / 100) for gaps in each]
    if len(by) < 2 or max(by) == min(by):
        return ""
    return (
        "Until some split flips a row does next to nothing: of those that did anything the first showed by tree "
        f"{min(by)}, the last by tree {max(by)}."
    )


def _tried(found: Sensitivity) -> str:
    told = f"{found.refits} {plural('row', found.refits)}"
    idle = len(found.each) - len(found.telling)
    return f"{told}, of which {idle} did next to nothing" if idle else told


def _one(told: Opacity) -> str:
    return f"1 of {told.rows:,} rows" if told.rows else "1 training row"


def _as_far(ratio: float) -> str:
    if 0.995 <= ratio < 1.005:
        return "as far as"
    return f"{ratio:.1f} times as far as" if ratio > 1 else f"{ratio:.0%} as far as".replace("%", "\N{NO-BREAK SPACE}%")


def _accident(now: Opacity) -> str:
    who = f"v{now.version}"
    if now.seed is None and now.data is None:
        why = "it has no shadows" if now.seed_channel else "it has no shadows, though no seed can change it"
        return f"How much of {who} is an accident of its rows and its seed: {why}."
    told = []
    if now.data is not None:
        told.append(f"another sample of the same rows decides {share(now.data.ambiguity)} of rows otherwise")
    if now.seed is not None:
        told.append(f"another seed {share(now.seed.ambiguity)}" + ("" if told else " of rows otherwise"))
    elif not now.seed_channel:
        told.append("no seed can change it")
    tried = "; ".join(f"{found.shadows} tried of each" for found in [now.data or now.seed] if found)
    return f"Which decisions of {who} are facts about the world: {', '.join(told)} ({tried}; more would find more)."


def _traced(told: Opacity | None, now: Opacity) -> str:
    if told is None or told.sensitivity is None:
        return "How far one training row moves its scores: that was not measured."
    found: Sensitivity = told.sensitivity
    where = "" if told.version == now.version else f" of v{told.version}"
    if found.butterfly is None:
        far = f"by {found.distance[-1]:.2g} in log-odds; against replacing them all: not yet known"
    else:
        far = f"{_as_far(found.butterfly)} replacing them all"
    return f"Which rows a score is owed to: leaving out {_one(told)}{where} moves scores {far} (tried with {_tried(found)})."


def figures(now: Opacity) -> list[tuple[str, ...]]:
    """Of the table: what was other, and the figures; empty where nothing was measured."""
    kinds = {"another seed": now.seed, "another sample": now.data, "no label withheld": now.feedback}
    told = [(name, *_row(found)) for name, found in kinds.items() if found is not None]
    if told and not now.seed_channel:
        told.insert(0, ("another seed", "–", "no seed channel", "–", "–", "–"))
    return told


def _row(found: Multiplicity) -> tuple[str, ...]:
    slack = "–" if found.slack is None else f"{found.slack:+.4f}"
    return (
        str(found.shadows),
        _bounded(found.ambiguity, found.ambiguity_bounds),
        share(found.discrepancy),
        _bounded(found.churn, found.churn_bounds),
        slack,
    )


def _bounded(value: float, bounds: tuple[float, float]) -> str:
    low, high = (f"{100 * bound:.1f}" for bound in bounds)
    return f"{share(value)} [{low}, {high}]"


def _fold(times: float) -> str:
    """How many times as large something becomes, as a verb.

    >>> _fold(92.4), _fold(2.2), _fold(1.2), _fold(1.0)
    ('grows 92-fold', 'grows twofold', 'grows by 20 %', 'stays as it is')
    """
    if times >= len(FOLDS) - 0.5:
        return f"grows {times:,.0f}-fold"
    if times >= 1.5:
        return f"grows {FOLDS[round(times)]}fold"
    if 2 - STILL < times < STILL:
        return "stays as it is"
    return f"{'grows' if times > 1 else 'falls'} by {abs(times - 1):.0%}".replace("%", " %")
