"""Which changes are explained, and from which version on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halflife.models.domain import Status
from halflife.monitoring.causes.status_change import CONFIRMS, last_status_change, status_change

LETTERS = {"H": Status.HOLDS, "w": Status.WEAKENED, "?": Status.UNCLEAR, "S": Status.STALE, "R": Status.REVERSED,
           "-": Status.UNTESTABLE}  # fmt: skip


def history(letters: str) -> dict[int, Status]:
    """Version number from 1 -> status, from a letter each."""
    return {number: LETTERS[letter] for number, letter in enumerate(letters, start=1)}


@pytest.mark.parametrize(
    ("letters", "since"),
    [
        ("HHS", 1),  # it died: since it was made
        ("HS?S", None),  # what was refuted is refuted still
        ("HSHS", 1),  # one refutation was no death, so its life began where it was made
        ("HSSHHR", 4),  # it held again on v4 after it was dead
        ("HSSH", 2),  # a recovery: since the first of the refutations
        ("HS?", 2),  # doubt after a refutation
        ("HS??", None),  # doubt goes on
        ("HS?H", 2),
        ("H?S", 1),
        ("HHw", 1),
        ("Hww", None),
        ("Hw?w", None),
        ("HwH", 1),
        ("HHH", None),
        ("HH?", None),
        ("HH-", None),
        ("H", None),
    ],
)
def test_a_change_is_compared_with_the_beginning_of_the_spell_it_ends(letters: str, since: int | None) -> None:
    """Each history's last version, by hand."""
    assert status_change(history(letters), 1, len(letters), exact=False) == since


def test_an_exact_finding_is_dead_at_its_first_refutation() -> None:
    """So it begins anew where it holds again, which a claim about the population does only after two."""
    assert status_change(history("HSHS"), 1, 4, exact=True) == 3


@given(st.text("Hw?SR-", min_size=2, max_size=14), st.booleans())
def test_what_is_told_is_always_a_change_from_an_earlier_version(letters: str, exact: bool) -> None:
    """Since lies before; a new refutation ends a spell that did not begin refuted, a recovery one that did."""
    told = history("H" + letters)
    for version in range(2, len(told) + 1):
        since = status_change(told, 1, version, exact=exact)
        if since is None:
            continue
        assert 1 <= since < version
        assert told[version].refutes != told[since].refutes or told[version] in CONFIRMS
    assert (last_status_change(told, 1, exact=exact) is None) == all(
        status_change(told, 1, version, exact=exact) is None for version in range(2, len(told) + 1)
    )
