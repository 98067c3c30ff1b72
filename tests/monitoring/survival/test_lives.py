"""Lives from statuses: who dies when, how long survivors are followed, and who comes back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halflife.models.domain import Finding, Scope, Status
from halflife.monitoring.survival.death import fatal
from halflife.monitoring.survival.life import Life
from halflife.monitoring.survival.lives import lives

LETTERS = {
    "H": Status.HOLDS,
    "w": Status.WEAKENED,
    "?": Status.UNCLEAR,
    "S": Status.STALE,
    "R": Status.REVERSED,
    "-": Status.UNTESTABLE,
}


def life(story: str, scope: Scope = Scope.POPULATION, made_on: int = 1, **more: object) -> Life | None:
    """The life told by one letter a version, from version ``made_on`` on; a blank is a version without a check."""
    finding = Finding("f", "auc() > 0.8", "auc", scope, made_on=made_on, id=1, **more)  # type: ignore[arg-type]
    status = {made_on + i: LETTERS[letter] for i, letter in enumerate(story) if letter != " "}
    return next(iter(lives([finding], {1: status})), None)


def told(found: Life | None) -> tuple[int, int | None, int | None, int] | None:
    """What the stories below say of a life."""
    return found and (found.age, found.died_on, found.recurred_on, found.recurrences)


@pytest.mark.parametrize(
    ("story", "age", "died_on", "recurred_on", "times"),
    [
        ("HHHH", 2, None, None, 0),
        ("HHHSS", 3, 4, None, 0),
        ("HRSHH", 1, 2, 4, 1),
        ("HHSHS", 3, None, None, 0),
        ("HHSHH", 3, None, None, 0),
        ("HS?S", 1, 2, None, 0),
        ("HS-S", 1, 2, None, 0),
        ("HS S", 1, 2, None, 0),
        ("H??????", 5, None, None, 0),
        ("HHH--", 1, None, None, 0),
        ("HHS", 1, None, None, 0),
        ("HHHS?", 2, None, None, 0),
        ("HSSSw", 1, 2, 5, 1),
        ("?SS", 1, 2, None, 0),
        ("HSSHSHSS-HSSw?H", 1, 2, 4, 3),
        ("HSS??", 1, 2, None, 0),
    ],
)
def test_population_finding_dies_of_two_refutations(
    story: str, age: int, died_on: int | None, recurred_on: int | None, times: int
) -> None:
    """Death takes two refutations with no confirmation between and is dated to the first; each may be followed by a recurrence."""
    assert told(life(story)) == (age, died_on, recurred_on, times)


@pytest.mark.parametrize(
    ("story", "age", "died_on", "recurred_on", "times"),
    [("HHHH", 3, None, None, 0), ("HHS", 2, 3, None, 0), ("HSHSSH", 1, 2, 3, 2), ("HH--", 1, None, None, 0)],
)
def test_artifact_finding_dies_at_once(
    story: str, age: int, died_on: int | None, recurred_on: int | None, times: int
) -> None:
    """A claim about one case is exact: its first refutation is its death, and its last valid re-test counts."""
    assert told(life(story, Scope.ARTIFACT)) == (age, died_on, recurred_on, times)


def test_age_counts_retrains_since_birth() -> None:
    """Age is the version's number minus the one the finding was made on, also where versions lack a check."""
    assert told(life("H  HSS", made_on=7)) == (4, 11, None, 0)


def test_retired_finding_is_followed_until_it_retires() -> None:
    """Checks from the retiring version on say nothing about its life."""
    assert told(life("HHHHSS", retired_on=5)) == (2, None, None, 0)


@pytest.mark.parametrize(("story", "more"), [("SSS", {}), ("H", {}), ("", {}), ("HHSS", {"stillborn": True})])
def test_what_never_lived_has_no_life(story: str, more: dict[str, object]) -> None:
    """Findings refuted at birth, never re-tested, or stillborn are not counted."""
    assert life(story, **more) is None


@given(st.text(alphabet="HwSR?-", min_size=2, max_size=14))
def test_saying_neither_changes_no_death(story: str) -> None:
    """Leaving out every unclear and untestable re-test moves no death."""
    full = life("H" + story)
    decided = life("H" + "".join(" " if letter in "?-" else letter for letter in story))
    assert (full and full.died_on) == (decided and decided.died_on)


@pytest.mark.parametrize(
    ("story", "turns"),
    [
        ("HHHH", ((2, 0), (0, 0))),
        ("HHSSSHH", ((2, 1), (3, 1))),
        ("HSHSSSS", ((3, 1), (3, 0))),
        ("HSS?-S", ((1, 1), (2, 0))),
        ("HHS", ((1, 0), (0, 0))),
    ],
)
def test_turns_count_what_became_of_the_state_a_re_test_met(
    story: str, turns: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    """Each re-test that says something meets a finding that holds or is stale; a lone refutation is no turn, and the last
    re-test of one that holds is not counted, because a refutation there could not be judged.
    """
    found = life(story)
    assert found is not None
    assert found.turns == turns


def test_a_finding_filed_late_enters_late() -> None:
    """Filed on v5 about v2, it is at risk from age 3 on; filed on the version it is about, from its birth."""
    late, at_once, unknown = (life("HHHHHHH", made_on=2, entered_on=on) for on in (5, 2, None))
    assert late is not None
    assert at_once is not None
    assert unknown is not None
    assert (late.entry, at_once.entry, unknown.entry) == (3, 0, 0)
    assert (late.made_on, late.age) == (2, 5)


@given(st.text(alphabet="HS?", min_size=1, max_size=10), st.booleans())
def test_the_death_rule_equals_a_reading_of_the_story(story: str, exact: bool) -> None:
    """`fatal` marks the refutations whose next word is a refutation too, or every one of an exact finding."""
    letters = np.array(list(story))
    marked = fatal(letters == "S", letters == "H", np.array(exact))
    for at, letter in enumerate(story):
        following = story[at + 1 :].replace("?", "")[:1]
        assert marked[at] == (letter == "S" and (exact or following == "S"))
