"""How numbers are written: shares, counts with their nouns, half-lives with their intervals."""

from halflife.models.half_life import Estimate, HalfLife


def retrains(half: HalfLife) -> str:
    """A half-life with its 95 % interval, in retrains.

    >>> retrains(HalfLife("auc", 4.25, 3.0, None, 40, 12, "kaplan-meier"))
    '4.2 [3.0, ∞)'
    >>> retrains(HalfLife("auc", None, 11.8, None, 40, 0, "gamma"))
    'over 12'
    """
    if half.median is None:
        return f"over {number(half.lower)}"
    upper = "∞)" if half.upper is None else f"{number(half.upper)}]"
    return f"{number(half.median)} [{number(half.lower)}, {upper}"


def number(value: float | None) -> str:
    """A count of retrains: one digit behind the point below ten.

    >>> number(9.96), number(1234.5), number(None)
    ('10.0', '1,234', '0')
    """
    if value is None:
        return "0"
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def percent(share: float | None) -> str:
    r"""A share as whole percent; an en dash where it is not known.

    >>> percent(0.378), percent(None)
    ('38\xa0%', '–')
    """
    return "–" if share is None else f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


def likely(share: Estimate) -> str:
    r"""A share with its interval, where that is known.

    >>> likely((0.55, 0.401, 0.7)), likely((0.5, None, None))
    ('55\xa0% [40, 70]', '50\xa0%')
    """
    value, lower, upper = share
    return percent(value) + ("" if lower is None or upper is None else f" [{lower * 100:.0f}, {upper * 100:.0f}]")


def plural(noun: str, n: float) -> str:
    """The noun as it goes with a count.

    >>> plural("finding", 1), plural("finding", 0)
    ('finding', 'findings')
    """
    return noun if n == 1 else f"{noun}s"
