"""What half-lives mean, in sentences: never one without what retraining noise alone would have done."""

from collections.abc import Iterable, Sequence
from itertools import combinations

from halflife.models.domain import Version
from halflife.models.half_life import Arrival, HalfLife
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.survival.constant_rate import FEW_DEATHS
from halflife.monitoring.survival.half_lives import ALL, ARRIVALS
from halflife.monitoring.survival.kaplan_meier import obsolete_on_arrival
from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.log_rank import compare
from halflife.monitoring.wording.figures import likely, number, percent, plural, retrains

INVESTIGATION = 3
"""Retrains: the length the headline speaks of, where findings were followed so long."""
UNTRAINED = "no shadows were trained"
UNTESTED = "shadows were trained, but too few labelled evidence rows came for findings to be tested in them"
UNKNOWN = "so how much of that is retraining noise is not known"
KINDS = 6
"""Those with the most findings are compared with each other, pair by pair."""
ERROR = 0.05
"""Chance of naming any difference where there is none."""


def without_noise(versions: Iterable[Version]) -> str:
    """Why nothing is known of what retraining noise alone would do: there were no shadows, or no rows to test them on."""
    return UNTESTED if any(version.shadows for version in versions) else UNTRAINED


def named(half: HalfLife) -> str:
    """A kind as tables call it."""
    return "all findings" if half.kind == ALL else half.kind


def arrived(half: HalfLife, lengths: Sequence[int] = ARRIVALS) -> list[Arrival | None]:
    """What investigations of some retrains meet; None where no finding was followed so long."""
    found = {arrival.retrains: arrival for arrival in half.arrival}
    return [found.get(length) for length in lengths]


def cell(arrival: Arrival | None, unit: str = "") -> str:
    """A share gone stale in percent, and in brackets what noise alone would do.

    >>> cell(Arrival(2, 0.37, 0.3, 0.44, 0.22), " %"), cell(Arrival(2, 0.37, 0.3, 0.44)), cell(None)
    ('37 % (22)', '37', '–')
    """
    if arrival is None:
        return "–"
    return f"{arrival.stale * 100:.0f}{unit}" + ("" if arrival.noise is None else f" ({arrival.noise * 100:.0f})")


def lifetime(half: HalfLife, because: str = UNTRAINED) -> str:
    """How long all findings live, beside noise alone, or why that is not known (`without_noise`).

    >>> lifetime(HalfLife("all", None, 11.8, None, 40, 0, "gamma"))
    'None has died, so their half-life is over 12 retrains; no shadows were trained, so how much of that is retraining noise is not known.'
    """
    if half.median is not None:
        lead = f"Their half-life is {retrains(half)} retrains"
    elif half.deaths:
        lead = f"Fewer than half have died, so their half-life is over {number(half.lower)} retrains"
    else:
        lead = f"None has died, so their half-life is over {number(half.lower)} retrains"
    if half.alone is None:
        return f"{lead}; {because}, {UNKNOWN}."
    if half.alone.median is not None:
        return f"{lead}; retraining noise alone would make it {by_noise(half)}."
    age, expected, _ = half.alone.curve[-1]
    within = f"{age:.0f} {plural('retrain', age)}"
    return f"{lead}; retraining noise alone would have ended {percent(1 - expected)} of them within {within}."


def by_noise(half: HalfLife) -> str:
    """The half-life by noise alone, in retrains; an en dash without shadows.

    >>> by_noise(HalfLife("auc", 4.0, 3.0, 5.0, 40, 20, "kaplan-meier"))
    '–'
    """
    if half.alone is None:
        return "–"
    return f"over {number(half.alone.curve[-1][0])}" if half.alone.median is None else number(half.alone.median)


def on_arrival(half: HalfLife, length: int = INVESTIGATION) -> str:
    """How often an investigation of so many retrains, or of as many as findings were followed, comes too late.

    Returns:
        One sentence; empty where nothing was followed for a retrain.
    """
    length = min(length, int(half.curve[-1][0])) if half.curve else 0
    stale = obsolete_on_arrival(half.curve, length)
    if stale is None or length == 0:
        return ""
    noise = None if half.alone is None else half.alone.survival(length)
    beside = "" if noise is None else f"; retraining noise alone would do that to {percent(1 - noise)}"
    return (
        f"An investigation that takes {length} {plural('retrain', length)} ends with a stale conclusion"
        f" {percent(stale)} of the time{beside}."
    )


def noise_share(half: HalfLife) -> str:
    """Which share of the deaths needs no drift; empty without shadows or without a death."""
    if half.alone is None or half.alone.share is None:
        return ""
    some = half.alone.findings < half.n
    which = f", among the {half.alone.findings:,} with shadows," if some else ""
    one = half.alone.deaths == 1
    of = f"Of the {half.alone.deaths:,} {plural('finding', half.alone.deaths)} that went stale{which}"
    if half.alone.share[0] == 1:
        return f"{of} {'that one' if one else 'all'} could have done so without any drift."
    return f"{of} about {likely(half.alone.share)} would have done so without any drift."


def endings(half: HalfLife) -> str:
    r"""What ended lives, the share of each cause among those that ended; empty where none is attributed.

    >>> endings(HalfLife("auc", 2.0, 1.0, 3.0, 8, 6, "gamma", incidence=(("world", ((1, 0.2), (2, 0.45))), ("noise", ((1, 0.1), (2, 0.15))))))
    'What made them stale: the world 75\xa0%, retraining noise 25\xa0%.'
    """
    if not half.incidence or all(name not in CAUSES for name, _ in half.incidence):
        return ""
    total = sum(steps[-1][1] for _, steps in half.incidence)
    told = [f"{CAUSES.get(name, name)} {percent(steps[-1][1] / total)}" for name, steps in half.incidence]
    return f"What made them stale: {', '.join(told)}."


CAUSES = {
    "world": "the world",
    "noise": "retraining noise",
    "evidence": "the rows they are tested on",
    "pipeline": "the recipe",
    "feedback": "the model’s own decisions",
}
"""What ended a life, in words."""


def returns(half: HalfLife) -> str:
    """How often stale findings hold again, and what that makes of them in the long run; empty where none was seen stale."""
    chain = half.recurrence
    if chain is None or chain.turns[1][0] == 0:
        return ""
    return (
        f"One that is stale holds again at its next re-test with probability {likely(chain.to_holds)}; one that holds is"
        f" stale at its next with probability {likely(chain.to_stale)}. If that goes on, such a conclusion holds"
        f" {likely(chain.holds)} of the time."
    )


def sentences(half: HalfLife) -> list[str]:
    """What is said of half-lives below their curves; at most four sentences."""
    return [said for said in (noise_share(half), endings(half), returns(half)) if said]


def below(conclusions: Conclusions) -> list[str]:
    """What is said of all findings under their half-lives."""
    half_lives = conclusions.half_lives
    return [*sentences(half_lives[-1]), *differences(half_lives, conclusions.lives)] if half_lives else []


def differences(half_lives: Sequence[HalfLife], lives: Sequence[Life]) -> list[str]:
    """Kinds that live longer than others beyond doubt: a permuted log-rank of every pair, by Holm's rule at 5 % in all.

    Args:
        half_lives: of all kinds.
        lives: from which they come.

    Source: Holm, Scandinavian Journal of Statistics 6, 1979.
    """
    kinds = sorted((h for h in half_lives if h.kind != ALL and h.deaths >= FEW_DEATHS), key=lambda h: (-h.n, h.kind))
    pairs = [(a.kind, b.kind) for a, b in combinations(kinds[:KINDS], 2)]
    tested = sorted((p, pair) for pair in pairs if (p := compare(lives, *pair)) is not None)
    said = []
    for rank, (p, (a, b)) in enumerate(tested):
        if p > ERROR / (len(tested) - rank):
            break
        longer, shorter = sorted((a, b), key=lambda kind: _deaths_a_retrain(lives, kind))
        said.append(f"Findings about {longer} outlive those about {shorter} (p = {p:.2g}, versions in blocks).")
    return said


def _deaths_a_retrain(lives: Sequence[Life], kind: str) -> float:
    mine = [life for life in lives if life.statistic == kind and life.age > life.entry]
    return sum(life.died_on is not None for life in mine) / sum(life.age - life.entry for life in mine)
