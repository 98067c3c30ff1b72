"""The one rule by which a finding dies, for what was seen and for what noise alone would have done.

A re-test refutes, confirms or says neither. A population finding dies when two refutations follow each other with no
confirmation between them, and its death is dated back to the first. What says neither does not count at all, so *stale,
unclear, stale* is a death, because nothing ever spoke for the finding again. An artifact finding is exact: its first
refutation is its death.
"""

import numpy as np

from halflife.models.rows import Mask


def fatal(refutes: Mask, confirms: Mask, exact: Mask) -> Mask:
    """Re-tests on which a finding that is alive dies.

    Args:
        refutes: whether a re-test refutes, shape (versions, ...), oldest first.
        confirms: whether it confirms, same shape.
        exact: whether one refutation is enough, of a shape that fits those of one version.

    Returns:
        Same shape as ``refutes``.

    >>> story = "HHSHS?S"
    >>> letters = np.array(list(story))
    >>> fatal(letters == "S", letters == "H", np.array(False)).nonzero()[0]
    array([4])
    """
    found = np.empty_like(refutes)
    following = np.zeros(refutes.shape[1:], dtype=bool)
    for t in range(len(refutes) - 1, -1, -1):
        found[t] = refutes[t] & (exact | following)
        following = refutes[t] | (following & ~confirms[t])
    return found
