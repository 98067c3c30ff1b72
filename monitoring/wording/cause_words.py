"""Why a finding changed, in words: one sentence, a few words, plain values."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import fsum, isnan
from typing import TYPE_CHECKING, Any

from halflife.models.causes import NOISE, WORLD, Cause, Share, Why
from halflife.models.domain import Finding, Status
from halflife.monitoring.wording.figures import percent, plural

if TYPE_CHECKING:  # whoever tells of a change that was explained before loads no array
    from halflife.monitoring.causes.breakdown import Breakdown

NAMES: Mapping[Cause, str] = {
    Cause.CONCEPT: "concept",
    Cause.COVARIATE: "inputs",
    Cause.DATA: "inputs or concept",
    Cause.PIPELINE: "pipeline",
    Cause.FEEDBACK: "feedback",
    Cause.EVIDENCE: "evidence",
    Cause.SAMPLING: "another sample",
    Cause.SEED: "another seed",
}
MEANINGS: Mapping[Cause, str] = {
    Cause.CONCEPT: "what the inputs say about the label moved",
    Cause.COVARIATE: "the inputs it learned from moved",
    Cause.DATA: "the world moved: its inputs or its concept",
    Cause.PIPELINE: "the recipe was changed",
    Cause.FEEDBACK: "the model's own decisions chose its labels",
    Cause.EVIDENCE: "the rows it is tested on moved",
    Cause.SAMPLING: "noise: another sample of the same world does it",
    Cause.SEED: "noise: another random seed does it",
}
REST = "not told apart"
BECAME: Mapping[Status, str] = {
    Status.STALE: "Went stale at",
    Status.REVERSED: "Was reversed at",
    Status.WEAKENED: "Weakened at",
}
IS: Mapping[Status, str] = {
    Status.STALE: "Is stale at",
    Status.REVERSED: "Is reversed at",
    Status.WEAKENED: "Is weakened at",
    Status.HOLDS: "Holds at",
    Status.UNCLEAR: "Is unclear at",
    Status.UNTESTABLE: "Cannot be tested at",
}
SECOND = 0.2
"""A second cause of the same family is named from this share on."""
RARE = 10_000


def sentence(why: Why, finding: Finding, status: Status, *, changed: bool = True) -> str:
    r"""Why a finding is what it is, in one sentence.

    Args:
        why: of the change.
        finding: in question.
        status: on ``why.version``.
        changed: its status changed there, after a spell that began on ``why.since``; else any two versions are compared.

    >>> from halflife.models.domain import Scope
    >>> finding = Finding("top", "auc() > 0.8", "auc", Scope.POPULATION, made_on=3)
    >>> why = Why(1, 3, 14, -0.1, 0.01, -9.0, {Cause.CONCEPT: Share(0.78, 0.09)}, chance=1 / 240)
    >>> print(sentence(why, finding, Status.STALE).replace("\N{NO-BREAK SPACE}", " "))
    Went stale at v14: the world moved (concept, 78 % ± 9); noise alone would have done this once in 240 retrains.
    """
    worse = changed and (status.refutes or status is Status.WEAKENED)
    head = f"{BECAME[status]} v{why.version}" if worse else f"{IS[status]} v{why.version}"
    if worse:
        said = f"{head}: {reason(why, flipped=status.refutes)}"
    elif why.delta:
        where = ", where it was made," if why.since == finding.made_on else ""
        said = f"{head}; since v{why.since}{where} it moved by {why.delta:+.3g}: {reason(why)}"
    else:
        said = f"{head}; nothing moved since v{why.since}"
    if why.chance is None:
        return f"{said}."
    flipped = worse and status.refutes
    if flipped and why.by_noise:
        return f"{said}."
    verb = "would have done this" if flipped else "refutes it"
    near = "it was so near its threshold that " if flipped and why.often_by_noise else ""
    return f"{said}; {near}noise alone {verb} {once(why.chance)}."


def reason(why: Why, *, flipped: bool = True) -> str:
    r"""What did it, with its share and error; where noise is enough, that, and that no other cause can be told.

    Args:
        why: of the change.
        flipped: the claim was refuted; else it only moved.

    >>> near = Why(1, 3, 4, -0.1, 0.1, -1.0, {Cause.CONCEPT: Share(0.84, 0.3), Cause.SAMPLING: Share(0.16)}, chance=0.25)
    >>> reason(near)
    'another sample or seed would do this once in 4 retrains, so its cause is not told apart'
    >>> reason(near, flipped=False).replace("\xa0", " ")
    'the world may have moved (concept, 84 % ± 30)'
    """
    top = why.top
    if flipped and why.often_by_noise and why.by_noise:
        assert why.chance is not None
        return f"another sample or seed would do this {once(why.chance)}, so its cause is not told apart"
    if top is None:
        return "why is not known, as too few shadows tell what noise does" if isnan(why.noise) else "why is not known"
    if top in WORLD:
        return f"the world {'may have ' if why.uncertain else ''}moved ({_family(why, WORLD)})"
    if top in NOISE:
        return f"retraining noise is enough to explain it ({_family(why, NOISE)})"
    if why.uncertain:
        return f"what did it is uncertain ({NAMES[top]}, {amount(why.shares[top])})"
    said = {
        Cause.PIPELINE: "the recipe was changed",
        Cause.FEEDBACK: "the model's own decisions chose its labels",
        Cause.EVIDENCE: "the rows it is tested on moved",
    }
    return f"{said[top]} ({NAMES[top]}, {amount(why.shares[top])})"


def short(why: Why) -> str:
    r"""A few words for tables.

    >>> short(Why(1, 3, 14, -0.1, 0.1, -1.0, {Cause.SAMPLING: Share(0.2), Cause.SEED: Share(0.8)}))
    'noise: another seed'
    >>> short(Why(1, 3, 14, -0.1, 0.01, -9.0, {Cause.CONCEPT: Share(0.78)}))
    'concept 78\xa0%'
    """
    top = why.headline
    if top is None:
        return "not known"
    if top in NOISE:
        return f"noise: {NAMES[top]}" if top == why.top else "noise would do it"
    return f"{NAMES[top]} {percent(why.shares[top].share)}{', uncertain' if why.uncertain else ''}"


def shares(why: Why) -> dict[str, float]:
    """Cause -> share, as plain values."""
    return {cause.value: share.share for cause, share in why.shares.items()}


def whose(why: Why) -> str:
    """Whose doing a change is, in one word: of the world, of noise, or one of the others; empty where it is not known.

    >>> whose(Why(1, 3, 14, -0.1, 0.01, -9.0, {Cause.CONCEPT: Share(0.3), Cause.COVARIATE: Share(0.3), Cause.SEED: Share(0.4)}))
    'world'
    """
    top = why.headline
    if top is None:
        return ""
    return "world" if top in WORLD else "noise" if top in NOISE else NAMES[top]


def dips(history: Mapping[int, Status], upto: int) -> str:
    """How a finding fell and rose again before a version; empty where it did not.

    Args:
        history: version -> its status there.
        upto: number of the version.

    >>> dips({1: Status.HOLDS, 2: Status.STALE, 3: Status.STALE, 4: Status.HOLDS, 5: Status.UNCLEAR}, 5)
    'Before, it was refuted on v2 to v3 and held again on v4.'
    """
    found: list[str] = []
    fallen: list[int] = []
    for number in sorted(number for number in history if number <= upto):
        status = history[number]
        if status.refutes:
            fallen.append(number)
        elif fallen and status in (Status.HOLDS, Status.WEAKENED):
            span = f"v{fallen[0]}" + (f" to v{fallen[-1]}" if len(fallen) > 1 else "")
            found.append(f"refuted on {span} and held again on v{number}")
            fallen = []
    return f"Before, it was {'; '.join(found)}." if found else ""


def summary(whys: Iterable[Why]) -> str:
    """What made several changes, and how much of them cannot be attributed; empty for none.

    The share that cannot be attributed is the mean of ρ over changes of which it is known: findings differ in their units,
    so sums of squares over them would mean nothing.
    """
    told = list(whys)
    if not told:
        return ""
    kinds = Counter(_kind(why) for why in told)
    made = ", ".join(f"{kind} {n}" for kind, n in kinds.most_common())
    said = f"What made {len(told)} {plural('change', len(told))}: {made}."
    known = [why.unattributable for why in told if why.unattributable is not None]
    if not known:
        return said
    of = "it" if len(told) == 1 else "a change"
    mean = "" if len(told) == 1 else "On average "
    share = percent(fsum(known) / len(known))
    return f"{said} {mean}{share} of {of} cannot be attributed under this pipeline."


def _kind(why: Why) -> str:
    top = why.headline
    if top is None:
        return "not known"
    return "the world" if top in WORLD else "retraining noise" if top in NOISE else MEANINGS[top]


def document(told: "Breakdown", finding: Finding, status: Status, *, changed: bool = True) -> dict[str, Any]:
    """All of it as plain values; the fields of ``halflife why --json``."""
    why = told.why
    return {
        "finding": finding.name,
        "claim": finding.claim,
        "status": status.value,
        "since": f"v{why.since}",
        "version": f"v{why.version}",
        "sentence": sentence(why, finding, status, changed=changed),
        "cause": None if why.headline is None else why.headline.value,
        "by_noise": why.by_noise,
        "delta": why.delta,
        "evidence": told.evidence,
        "model": told.model,
        "parts": {cause.value: part for cause, part in told.parts.items()},
        "noise": why.noise,
        "z": why.z,
        "clear_beyond": told.clear,
        "shares": {cause.value: {"share": s.share, "error": s.error} for cause, s in why.shares.items()},
        "unattributable": why.unattributable,
        "chance": why.chance,
        "theta": told.corners.tolist(),
        "noise_from": told.basis,
        "refitted": list(told.fitted),
        "notes": list(why.notes),
    }


def _family(why: Why, family: Iterable[Cause]) -> str:
    """The heaviest cause of a family, and others that are not small, with their shares."""
    found = sorted(((c, why.shares[c]) for c in family if c in why.shares), key=lambda item: -item[1].share)
    named = [item for k, item in enumerate(found) if k == 0 or item[1].share >= SECOND]
    return ", ".join(
        f"{NAMES[cause]}, {amount(share)}" if len(named) == 1 else f"{NAMES[cause]} {amount(share)}"
        for cause, share in named
    )


def amount(share: Share) -> str:
    r"""A share and its error, in whole percent.

    >>> amount(Share(0.78, 0.094)), amount(Share(1.0))
    ('78\xa0% ± 9', '100\xa0%')
    """
    return f"{percent(share.share)} ± {100 * share.error:.0f}" if share.error >= 0.005 else percent(share.share)


def once(chance: float) -> str:
    """How often something happens that has this chance at one retrain.

    >>> once(1 / 240), once(0.7), once(1e-9)
    ('once in 240 retrains', 'at more than every second retrain', 'less than once in 10,000 retrains')
    """
    if chance > 0.5:
        return "at more than every second retrain"
    if chance < 1 / RARE:
        return f"less than once in {RARE:,} retrains"
    return f"once in {1 / chance:,.0f} retrains"
