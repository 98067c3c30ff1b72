"""Whether a finding's status changed on a version, and since when it had been what it was."""

from collections.abc import Mapping

from halflife.models.domain import Status

CONFIRMS = (Status.HOLDS, Status.WEAKENED)


def status_change(history: Mapping[int, Status], made_on: int, version: int, *, exact: bool) -> int | None:
    """The version to compare with: where the spell that ends on ``version`` began; None when none ends there.

    A change is the first refutation of a finding that lived, the turn of a stale one into its opposite, a confirmation
    (or, right after a refutation, doubt) of one that was refuted, and a step into or out of ``weakened``. A living finding's spell began where it was made, or where
    it held again after having been dead; a refuted one's with the first of the refutations. Death is as in
    ``halflife.monitoring.survival.death``: of an exact finding by one refutation, else by two with no confirmation between them.

    Args:
        history: version number -> status, of every check.
        made_on: number of the version the finding was made on.
        version: in question.
        exact: one refutation is a death.

    >>> told = {1: Status.HOLDS, 2: Status.STALE, 3: Status.STALE, 4: Status.HOLDS, 5: Status.STALE}
    >>> [status_change(told, 1, version, exact=False) for version in (2, 3, 4, 5)]
    [1, None, 2, 4]
    >>> status_change({1: Status.HOLDS, 2: Status.STALE, 3: Status.REVERSED}, 1, 3, exact=False)
    1
    """
    now = history.get(version)
    if now in (None, Status.UNTESTABLE):
        return None
    began, refuted_on, dead = made_on, None, False
    decisive = before = None
    for number in sorted(n for n in history if made_on <= n < version):
        before = history[number]
        if before.refutes:
            dead = exact or refuted_on is not None
            refuted_on = number if refuted_on is None else refuted_on
        elif before in CONFIRMS:
            began = number if dead else began
            refuted_on, dead = None, False
        decisive = before if before.refutes or before in CONFIRMS else decisive
    if before is None:
        return None
    if refuted_on is not None:
        if now is Status.REVERSED and before is Status.STALE:
            return began
        doubted = now is Status.UNCLEAR and before.refutes
        return refuted_on if now in CONFIRMS or doubted else None
    weaker = now in CONFIRMS and decisive in CONFIRMS and now is not decisive
    return began if now.refutes or weaker else None


def last_status_change(history: Mapping[int, Status], made_on: int, *, exact: bool) -> tuple[int, int] | None:
    """The newest change of a finding: the version it began from and the one it shows on; None when it never changed.

    >>> last_status_change({1: Status.HOLDS, 2: Status.STALE, 3: Status.STALE}, 1, exact=False)
    (1, 2)
    """
    for version in sorted(history, reverse=True):
        if version > made_on and (since := status_change(history, made_on, version, exact=exact)) is not None:
            return since, version
    return None
