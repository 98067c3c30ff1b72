"""The version card tells the five things it is for, in few words, whatever names people give."""

from collections.abc import Mapping

from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.models.half_life import HalfLife, NoiseAlone
from halflife.monitoring.conclusions import Conclusions, StatusChange
from halflife.monitoring.reports.card import card


def version(number: int, auc: float = 0.812) -> Version:
    """A version with one metric."""
    return Version(
        number=number,
        first=number,
        last=number + 9,
        source="17",
        recipe="0576d7d21d85",
        seed=7,
        data_digest="d",
        model_digest="m",
        metrics={"auc": Interval(auc, auc - 0.01, auc + 0.01)},
        role=Role.CHALLENGER,
        reason="log loss 0.412 against the champion's 0.371 on 1,604 rows: worse by 0.041 [0.030, 0.052]",
        rows=12_345,
    )


def finding(number: int, claim: str = 'attribution_share("leak") > 0.3', *, stillborn: bool = False) -> Finding:
    """A finding made on the first version."""
    return Finding(f"finding {number}", claim, "attribution_share", Scope.POPULATION, 1, stillborn=stillborn, id=number)


def check(number: int, status: Status, on: int = 2) -> Check:
    """A re-test that measured 0.12, unless it could not."""
    interval = None if status is Status.UNTESTABLE else Interval(0.12, 0.08, 0.16)
    return Check(number, on, 0.3, Measurement(500, interval, status), None)


def conclusions(
    findings: list[Finding],
    statuses: Mapping[int, Status],
    before: Mapping[int, Status] | None = None,
    half_lives: tuple[HalfLife, ...] = (),
) -> Conclusions:
    """Two versions; ``statuses`` on the second, all holding on the first unless told otherwise."""
    first = dict.fromkeys(statuses, Status.HOLDS) | dict(before or {})
    by_id = {f.id: f for f in findings}
    checks = {i: check(i, s) for i, s in statuses.items()}
    return Conclusions(
        versions=(version(1, 0.8), version(2)),
        findings=tuple(findings),
        status={i: {1: first[i], 2: s} for i, s in statuses.items()},
        lives=(),
        half_lives=half_lives,
        changes=tuple(StatusChange(by_id[i], first[i], checks[i]) for i, s in statuses.items() if s is not first[i]),
        drifts=(),
        latest=checks,
    )


def test_the_whole_card_reads_as_it_should() -> None:
    """Decision, metrics beside the last version's, counts, what died with figures, half-lives, the unknown."""
    statuses = dict(
        enumerate([Status.HOLDS, Status.WEAKENED, Status.STALE, Status.UNCLEAR, Status.UNTESTABLE, Status.HOLDS], 1)
    )
    alone = NoiseAlone(20, 12, 9.0, ((0, 1, 1), (8, 0.4, 0.3)), 6.0, (0.75, None, None))
    known = conclusions(
        [*(finding(i) for i in range(1, 7)), finding(7, stillborn=True)],
        statuses,
        before={6: Status.STALE},
        half_lives=(
            HalfLife("auc", 4.0, 3.0, None, 20, 12, "kaplan-meier", alone=alone),
            HalfLife("gap", None, 5.5, None, 9, 1, "gamma"),
            HalfLife("flips", None, 0.0, None, 0, 0, "gamma"),
        ),
    )
    assert card(version(2), known) == "\n\n".join(
        [
            "**v2 is challenger**: log loss 0.412 against the champion's 0.371 on 1,604 rows:"
            " worse by 0.041 [0.030, 0.052].",
            "**New.** 12,345 training rows of ticks 2 to 11, recipe 0576d7d21d85, seed 7."
            " auc 0.812 [0.802, 0.822] (v1: 0.800).",
            "**Still holds.** 2 of 6 findings hold, 1 weakened; 1 is no longer true.",
            "**Went stale.** 1 with this version. 1 that had been refuted holds again.\n"
            '- `finding 3`: `attribution_share("leak") > 0.3` holds → stale, now 0.120 [0.080, 0.160] against 0.3',
            "**Half-life.** auc 4.0 [3.0, ∞) (12 of 20 died, noise alone 6.0); gap over 5.5 (1 of 9 died), in retrains.",
            "**Cannot be known.** 1 unclear, 1 untestable; 1 stillborn, left out of all counts."
            " What noise alone would do is not known: no shadow models were trained.",
        ]
    )


def test_a_massacre_is_listed_to_eight() -> None:
    """With 30 deaths of long claims the card lists eight, counts the rest and stays within MLflow's 5,000."""
    ids = range(1, 31)
    known = conclusions([finding(i, "auc() > 0.5 " + "x" * 900) for i in ids], dict.fromkeys(ids, Status.REVERSED))
    text = card(version(2), known)
    assert text.count("holds → reversed") == 8
    assert "- and 22 more" in text
    assert len(text) < 5_000


def test_markdown_in_a_name_stays_text() -> None:
    """A claim with backticks and line breaks cannot break out of its line."""
    known = conclusions([finding(1, "auc(where=\"a = '`'\n# b'\") > 0.5")], {1: Status.STALE})
    line = next(line for line in card(version(2), known).splitlines() if line.startswith("- "))
    assert "`auc(where=\"a = ''' # b'\") > 0.5`" in line


def test_a_calm_version_says_that_nothing_died() -> None:
    """Without changes the card says none, and without a followed finding that there is no half-life yet."""
    text = card(version(2), conclusions([finding(1)], {1: Status.HOLDS}))
    assert "**Went stale.** None with this version." in text
    assert "No finding has been followed for a retrain yet." in text


def test_half_lives_without_shadows_say_so() -> None:
    """Where no kind was compared with noise, the card says that it is not known, and how often an investigation is late."""
    curve = ((0.0, 1.0, 1.0, 1.0), (3.0, 0.6, 0.5, 0.7))
    halves = (HalfLife("all", 4.0, 3.0, 5.0, 20, 12, "kaplan-meier", curve),)
    text = card(version(2), conclusions([finding(1)], {1: Status.HOLDS}, half_lives=halves))
    assert (
        "**Half-life.** all 4.0 [3.0, 5.0] (12 of 20 died), in retrains. No shadows were trained, so how much of that"
        " is retraining noise is not known. An investigation that takes 3 retrains ends with a stale conclusion" in text
    )


def test_statuses_of_other_versions_are_not_counted() -> None:
    """The card of an older version counts the re-tests on that version, and none of the newest one's changes."""
    text = card(version(1), conclusions([finding(1), finding(2)], {1: Status.STALE, 2: Status.STALE}))
    assert "2 of 2 findings hold; 0 are no longer true." in text
    assert "None with this version." in text
