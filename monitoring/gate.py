"""Whether a new version may take the champion's place: non-inferiority on the same rows."""

import numpy as np
from scipy.special import stdtrit

from halflife.models.domain import Role
from halflife.models.learner.evaluate import standard_error
from halflife.models.rows import Array, Rows

FEWEST = 30
"""Paired rows, or entities where rows repeat by them, below which a mean of log losses, which are skewed, has no interval worth acting on."""


def gate(
    candidate: Array,
    champion: Array | None,
    *,
    margin: float = 0.0,
    level: float = 0.90,
    entities: Rows | None = None,
) -> tuple[Role, str]:
    """Decide from the row losses of both models on the evidence rows of the newest window.

    A candidate is refused only when it is worse beyond doubt: when even the lower bound of its mean extra loss is above
    the margin. With the interval at 90 % this is a one-sided test at 5 %; pairing takes out what makes a row hard for
    both. On rows that cannot tell, the newer model wins, since it knows the newer data.

    Args:
        candidate: log loss of each evidence row under the candidate, in nats, shape (n,).
        champion: of the same rows in the same order under the champion as it stands; None when there is none.
        margin: extra loss in nats that is accepted for the sake of newer data.
        level: two-sided coverage of the interval.
        entities: the number of each row's entity, shape (n,), where rows repeat by entity; else each is its own.

    Returns:
        The role, and why in one sentence.

    >>> rng = np.random.default_rng(0)
    >>> base = rng.gamma(2.0, 0.2, 1000)
    >>> gate(base + rng.normal(0.04, 0.1, 1000), base)
    (<Role.CHALLENGER: 'challenger'>,
     "log loss 0.437 against the champion's 0.401 on 1,000 rows: worse by 0.036 [0.031, 0.041]")
    >>> gate(base, None)
    (<Role.CHAMPION: 'champion'>, 'log loss 0.401 on 1,000 rows; there is no champion to compare with')
    """
    n = len(candidate)
    if champion is None:
        if n == 0:
            return Role.CHAMPION, "no labelled evidence rows; there is no champion to compare with"
        return Role.CHAMPION, f"log loss {candidate.mean():.3f} on {n:,} rows; there is no champion to compare with"
    if candidate.shape != champion.shape:
        raise ValueError(f"losses of the same rows are compared: {n} of the candidate, {len(champion)} of the champion")
    independent = n if entities is None else len(np.unique(entities))
    if independent < FEWEST:
        counted = "labelled evidence rows" if entities is None else "entities with labelled evidence rows"
        return Role.CHAMPION, f"{independent:,} {counted}, fewer than {FEWEST}, cannot tell it from the champion"

    extra = candidate - champion
    worse = float(extra.mean())
    reach = float(stdtrit(independent - 1, (1.0 + level) / 2.0)) * standard_error(extra, entities)[0]
    role = Role.CHALLENGER if worse - reach > margin else Role.CHAMPION
    whose = "" if entities is None else f" of {independent:,} entities"
    return role, (
        f"log loss {candidate.mean():.3f} against the champion's {champion.mean():.3f} on {n:,} rows{whose}: "
        + _difference(worse, reach, margin, role)
    )


def _difference(worse: float, reach: float, margin: float, role: Role) -> str:
    """The difference in words and figures, its interval the right way round for the word."""
    if worse - reach > 0.0:
        words = f"worse by {worse:.3f} [{worse - reach:.3f}, {worse + reach:.3f}]"
        return words if role is Role.CHALLENGER else f"{words}, within the margin of {margin:g}"
    if worse + reach < 0.0:
        return f"better by {-worse:.3f} [{-worse - reach:.3f}, {-worse + reach:.3f}]"
    return f"no clear difference, {worse:+.3f} [{worse - reach:+.3f}, {worse + reach:+.3f}]"
