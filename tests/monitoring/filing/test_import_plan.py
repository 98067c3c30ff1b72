"""What an import would do is told by name, and only a different conclusion counts as changed."""

from dataclasses import replace

import pytest

from halflife.models.domain import Finding, Scope
from halflife.monitoring.filing.import_plan import born, differences, plan
from halflife.monitoring.filing.reader import Placed, read

FAIR = Finding("fair", "auc() > 0.7 ± 0.02", "auc", Scope.POPULATION, 2, author="ann", in_file=True, id=1)


def placed(keys: str) -> Placed:
    """The entry ``fair`` with these keys."""
    (entry,) = read(f"findings:\n- {{name: fair, {keys}}}\n", "f.yaml").placed
    return entry


SAME = "claim: auc()>.7, tolerance: 0.02"


def test_a_name_nobody_has_is_new() -> None:
    """It becomes a finding about the version and by the author given for those that name none."""
    entry = placed("claim: auc() > 0.7")
    assert plan([entry], []).new == (entry,)
    assert born(entry, made_on=7, author="bea") == Finding(
        "fair", "auc() > 0.7", "auc", Scope.POPULATION, 7, author="bea", in_file=True
    )
    own = born(placed("claim: auc() > 0.7, made_on: 3, author: ann"), made_on=7, author="bea")
    assert (own.made_on, own.author) == (3, "ann")


def test_another_spelling_of_the_same_claim_is_unchanged() -> None:
    """Spaces, a leading zero and where the tolerance stands say nothing."""
    assert plan([placed(SAME)], [FAIR]).unchanged == (FAIR,)
    older = replace(FAIR, claim="auc( )>0.70 +- 0.02")
    assert plan([placed(SAME)], [older]).unchanged == (older,), "whatever was canonical when it was filed"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("claim: auc() > 0.8 ± 0.02", "claim: auc() > 0.7 ± 0.02 → auc() > 0.8 ± 0.02"),
        ("claim: auc() > 0.7", "claim: auc() > 0.7 ± 0.02 → auc() > 0.7"),
        (f"{SAME}, scope: artifact", "scope: population → artifact"),
        (f"{SAME}, made_on: 1", "made_on: 2 → 1"),
    ],
)
def test_another_claim_tolerance_scope_or_version_is_another_conclusion(keys: str, told: str) -> None:
    """It is changed, and the difference is told in the file's words."""
    entry = placed(keys)
    assert plan([entry], [FAIR]).changed == ((FAIR, entry),)
    assert differences(FAIR, entry) == (told,)


@pytest.mark.parametrize(
    ("keys", "changed"),
    [
        ("note: new", {"note": "new"}),
        ("guard: true", {"guard": True}),
        ("ttl: 3", {"ttl": 3}),
        ("links: [a]", {"links": ("a",)}),
        ("author: bea", {"author": "bea"}),
    ],
)
def test_what_is_not_the_claim_is_taken_over(keys: str, changed: dict[str, object]) -> None:
    """Note, guard, ttl, links and author are revised in place; an author the file leaves out stays."""
    (revision,) = plan([placed(f"{SAME}, {keys}")], [FAIR]).revised
    assert revision.finding == replace(FAIR, **changed)  # type: ignore[arg-type]  # values by name
    assert revision.keys == tuple(changed)


def test_a_finding_filed_by_hand_is_taken_over_by_the_file_that_names_it() -> None:
    """Nothing about it differs, but from then on the file speaks for it."""
    by_hand = replace(FAIR, in_file=False)
    (revision,) = plan([placed(SAME)], [by_hand]).revised
    assert revision.finding == FAIR
    assert revision.keys == ()


def test_a_retired_finding_is_neither_changed_nor_revived() -> None:
    """Whatever the file says of it."""
    retired = replace(FAIR, retired_on=4)
    for keys in (SAME, "claim: auc() > 0.9"):
        entry = placed(keys)
        assert plan([entry], [retired]).retired == ((retired, entry),)


def test_only_what_stood_in_the_file_can_be_gone_from_it() -> None:
    """The investigator's, those filed by hand and those retired already are not missed."""
    others = [
        replace(FAIR, name="by-hand", in_file=False),
        replace(FAIR, name="retired", retired_on=3),
        replace(FAIR, name="v1-top1", in_file=False, author="investigator"),
    ]
    assert plan([], [FAIR, *others]).gone == (FAIR,)
