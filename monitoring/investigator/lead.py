"""What a session came upon: leads, each with the claim that states it, and how figures are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from halflife.monitoring.claims.language.grammar import parse
from halflife.monitoring.claims.syntax.claim_text import spelled


class Topic(StrEnum):
    """The question a lead answers, as a heading."""

    SHORTCUT = "Shortcuts"
    EXPECTATION = "Expectations"
    CALIBRATION = "Probabilities"
    SLICE = "Where it does worst"
    GROUP = "Groups"
    RELIANCE = "What it goes by"
    QUALITY = "How well it does"
    ERROR = "Errors it is sure of"


@dataclass(frozen=True)
class Lead:
    """One thing worth a sentence, a finding or both.

    Attributes:
        topic: the question it answers.
        slug: end of the finding's name.
        claim: canonical text; empty where there is nothing to claim.
        note: what was seen, in a few words.
        stake: share of the model's loss, of its attribution or of its decisions that this is about, in [0, 1]; what is
            at stake decides the order.
        said: what a colleague would say of it, as one sentence; empty where it does not stand for itself.
        check: what to look at next, as an imperative without its full stop; may be empty.
    """

    topic: Topic
    slug: str
    claim: str
    note: str
    stake: float
    said: str = ""
    check: str = ""


@dataclass(frozen=True)
class Investigation:
    """What one session concludes.

    Attributes:
        version: number of the version.
        rows: discovery rows that were looked at.
        paragraph: what a colleague would say.
        leads: most at stake first.
    """

    version: int
    rows: int
    paragraph: str
    leads: tuple[Lead, ...]


def call(statistic: str, *positional: object, **named: object) -> str:
    r"""A statistic with its arguments, as claims spell it.

    >>> call("gap", "fpr", a="sex = 'F'", b="sex = 'M'")
    'gap("fpr", a="sex = \'F\'", b="sex = \'M\'")'
    """
    words = [_spelled(value) for value in positional] + [f"{name}={_spelled(value)}" for name, value in named.items()]
    return f"{statistic}({', '.join(words)})"


def _spelled(value: object) -> str:
    return spelled(value if isinstance(value, float | int | bool | tuple) else str(value))


def claim(subject: str, comparator: str, threshold: float | str, digits: int = 2) -> str:
    """The canonical claim; a number is given in ``digits`` significant digits, as people quote figures.

    >>> claim(call("attribution_share", "age"), ">", 0.31234)
    'attribution_share("age") > 0.31'
    """
    number = threshold if isinstance(threshold, str) else rounded(threshold, digits)
    return str(parse(f"{subject} {comparator} {spelled(number)}"))


def rounded(value: float, digits: int = 2) -> float:
    """To so many significant digits."""
    return float(f"{value:.{digits}g}")


def slug(predicate: str) -> str:
    """A predicate as part of a name.

    >>> slug("region = 'west' AND age <= 3.5")
    'region-west-age-upto-3.5'
    """
    words = predicate.replace("<>", " not ").replace("<=", " upto ").replace(">", " over ").replace("<", " under ")
    words = words.replace(" AND ", " ")
    return re.sub(r"[^A-Za-z0-9._]+", "-", words).strip("-")[:70]


def listed(words: Sequence[str]) -> str:
    """Words in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def percent(share: float) -> str:
    """A share in a sentence.

    >>> percent(0.414), percent(0.023), percent(0.0004)
    ('41%', '2.3%', '0.0%')
    """
    return f"{share:.0%}" if share >= 0.0995 else f"{share:.1%}"
