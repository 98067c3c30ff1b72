"""The harness that holds causes against the truth, and a small part of what it does."""

from dataclasses import replace
from math import nan
from pathlib import Path
from unittest import mock

import causes
import pytest
from causes import CASES, Case, Death, Life, Scale, confusion, deaths, keep, kept, lasting, live

from halflife.models.causes import WORLD, Cause, Share, Why
from halflife.models.domain import Finding, Scope, Status
from halflife.models.world.generator import World
from halflife.models.world.scenarios import SCENARIOS

SMALL = Scale(rows=600, trees=30, leaves=7, until=25, fits=3)


def finding(number: int, claim: str) -> Finding:
    """A finding made on the first version."""
    return Finding(f"f{number}", claim, "auc", Scope.POPULATION, 1, id=number)


def died(number: int, version: int, cause: Cause) -> Why:
    """It died there, wholly for that cause."""
    return Why(number, 1, version, -0.1, 0.02, -5.0, {cause: Share(1.0)})


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.twin is not None])
def test_a_twin_is_the_same_world_until_the_change(name: str) -> None:
    """The first window of a world and of its twin are equal bit for bit, and the twin's concept never changes after it."""
    case = CASES[name]
    assert case.twin is not None
    here, twin = (World(s, seed=3, rows_per_tick=50) for s in (SCENARIOS[name], case.twin))
    for tick in range(8):
        assert here.arrays(tick).numeric.tobytes() == twin.arrays(tick).numeric.tobytes()
        assert here.arrays(tick).label.tobytes() == twin.arrays(tick).label.tobytes()
    if name != "feedback":  # whose twin lacks the decisions, not the change
        assert all(twin.effects(tick) == twin.effects(7) for tick in range(8, 44))
        assert case.twin.recipe == ()


def test_lasting_keeps_what_was_there_from_the_start() -> None:
    """The leak of ``shortcut`` goes on in its twin; a ramp that begins later never does."""
    assert [lasting(SCENARIOS["shortcut"]).leaks(t) for t in (0, 19, 43)] == [{"review_code": 1.0}] * 3
    assert lasting(SCENARIOS["shortcut"]).factor("velocity", 43) == 1.0
    assert lasting(SCENARIOS["gradual"]) == lasting(SCENARIOS["sudden"]) == SCENARIOS["calm"]
    assert lasting(SCENARIOS["swap"]).factor("tenure", 43) == 2.0


def test_what_died_in_the_twin_too_was_not_killed_by_the_change() -> None:
    """Of four deaths one is in the world alone, one in both, one has no counterpart, and one is stillborn."""
    names = ["auc() > 0.7", "auc() > 0.71", "auc() > 0.72", "auc() > 0.73"]
    here = [finding(k, claim) for k, claim in enumerate(names, 1)]
    here[3] = replace(here[3], stillborn=True)
    gone = {1: Status.HOLDS, 2: Status.STALE, 3: Status.STALE}
    whys = [died(k, version, Cause.CONCEPT) for version in (2, 3) for k in (1, 2, 3, 4)]
    world = Life(here, dict.fromkeys(range(1, 5), gone), whys)
    alive = dict.fromkeys(gone, Status.HOLDS)
    twin = Life([replace(here[1], id=1), replace(here[0], id=2)], {1: gone, 2: alive}, [])
    case = Case("sudden", WORLD, SCENARIOS["calm"])
    with mock.patch.object(causes, "live", lambda scenario, seed, scale: twin if scenario.name == "calm" else world):
        found = list(deaths(case, 1, SMALL))
    assert [(d.claim, d.version, d.shared, d.hit) for d in found] == [
        ("auc() > 0.7", 2, False, True),
        ("auc() > 0.71", 2, True, False),
    ]


def test_the_table_counts_hits_and_clear_hits() -> None:
    """A line for each world, apart from what its twin shares; deaths with |z| over 3 are counted beside all."""
    base = Death("calm", 1, "auc() > 0.7", 1, 2, ("seed", "sampling"), shared=False, top="seed", share=1.0, z=-1.0)
    others = [replace(base, top="concept", z=4.0), replace(base, top="unknown", z=nan), replace(base, shared=True)]
    assert confusion([base, *others]) == [
        "| world | built in | deaths | right | right where z > 3 | concept | seed | unknown |",
        "|---|---|---|---|---|---|---|---|",
        "| calm | seed / sampling | 3 | 1/3 | 0/1 | 1 | 1 | 1 |",
        "| calm | as in the twin: seed / sampling | 1 | 1/1 | – | · | 1 | · |",
    ]


def test_worlds_can_be_run_one_by_one(tmp_path: Path) -> None:
    """What was kept is read back as it was found, and is not mixed with another scale's."""
    death = Death("calm", 1, "auc() > 0.7", 1, 2, ("seed", "sampling"), shared=False, top="seed", share=1.0, z=-1.0)
    path = tmp_path / "bench" / "causes.json"
    assert kept(path, SMALL) == []
    keep(path, SMALL, [death])
    assert kept(path, SMALL) == [death]
    assert kept(path, Scale()) == []


def test_a_sudden_change_of_concept_is_found_where_it_is_clear() -> None:
    """In a small ``sudden`` world every death the change alone made and noise cannot explain is put down to the world."""
    found = list(deaths(CASES["sudden"], 1, SMALL))
    clear = [d for d in found if not d.shared and abs(d.z) > 3]
    assert len(clear) >= 3
    assert sum(d.hit for d in clear) >= 0.8 * len(clear)
    assert all(d.version >= 6 for d in clear), "the first window that holds tick 22"


def test_where_only_the_seed_changes_no_change_is_put_down_to_the_world() -> None:
    """In a small ``reseed`` world, whose versions see the same rows, nothing is ever the evidence's or the world's doing."""
    life = live(SCENARIOS["reseed"], 1, SMALL)
    assert len(life.whys) >= 3
    for why in life.whys:
        blamed = {cause for cause, share in why.shares.items() if share.share > 1e-9}
        assert Cause.EVIDENCE not in blamed
        assert Cause.PIPELINE not in blamed
