"""One ranked message a version, or none: what is listed, what is counted, what is passed over."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from halflife.models.alert import Alert, AlertKind, Severity
from halflife.models.causes import Cause, Share, Why
from halflife.models.domain import (
    Author,
    Check,
    ColumnDrift,
    Drift,
    Finding,
    Interval,
    Measurement,
    Role,
    Scope,
    Status,
    Version,
)
from halflife.models.errors import NotTrainable, Obstacle
from halflife.monitoring.alerts.alert_decisions import decide, drifted, retrain_failed, trial
from halflife.monitoring.alerts.alert_findings import discoveries, refuted
from halflife.monitoring.conclude import conclude
from halflife.monitoring.policy import AlertPolicy

V1 = Version(1, 0, 9, "1", "r", 0, "d", "m", {}, Role.CHAMPION, "the first", 900)
V2 = replace(V1, number=2, first=5, last=14)

HOLDS, STALE, REVERSED, UNCLEAR = Status.HOLDS, Status.STALE, Status.REVERSED, Status.UNCLEAR


class Story:
    """Findings with their status on v1 and on v2, and the alert that follows."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.checks: list[Check] = []

    def add(
        self,
        name: str,
        before: Status,
        after: Status,
        *,
        p: float | None = 0.0001,
        estimate: float = 0.123,
        statistic: str = "attribution_share",
        scope: Scope = Scope.POPULATION,
        claim: str = "",
        **other: Any,
    ) -> "Story":
        """One more finding, made on v1."""
        number = len(self.findings) + 1
        claim = claim or f'{statistic}("{name}") > 0.3'
        birth = Interval(0.412, 0.4, 0.42)
        self.findings.append(Finding(name, claim, statistic, scope, 1, birth=birth, id=number, **other))
        width = 0.0 if scope is Scope.ARTIFACT else 0.02
        interval = Interval(estimate, estimate - width, estimate + width)
        then = Measurement(100, birth, before, 0.9)
        now = Measurement(100, interval, after, None if scope is Scope.ARTIFACT else p)
        self.checks += [Check(number, 1, 0.3, then, None), Check(number, 2, 0.3, now, None)]
        return self

    def cases(self, changed: Sequence[tuple[str, Status, Status]]) -> "Story":
        """What the investigator said of single rows: statistic, before, after."""
        for statistic, before, after in changed:
            self.add(
                f"{statistic}-{len(self.findings)}",
                before,
                after,
                statistic=statistic,
                scope=Scope.ARTIFACT,
                author=Author.INVESTIGATOR,
            )
        return self

    def decide(self, version: Version = V2, **other: Any) -> Alert | None:
        """The alert about v2."""
        versions = [V1, version]
        return decide(conclude(versions, self.findings, self.checks, []), version, source="demo", **other)

    def alert(self, version: Version = V2, **other: Any) -> Alert:
        """The alert about v2, which there must be."""
        alert = self.decide(version, **other)
        assert alert is not None
        return alert


def drift(*columns: tuple[str, float], **other: Any) -> Drift:
    """A watch of 20 columns in which these moved."""
    moved = tuple(ColumnDrift(name, "wasserstein", score, 0.1, True) for name, score in columns)
    still = tuple(ColumnDrift(f"still{i}", "wasserstein", 0.01, 0.1, False) for i in range(20 - len(moved)))
    given = {"drifted": True, "powered": True, "note": ""} | other
    return Drift(14, 1, 10, still + moved, missing={}, rows=(5000, 2000), **given)


def test_nothing_changed_is_no_message() -> None:
    """Findings that hold, are unclear, or were stale before and still are, are not news."""
    story = Story().add("a", HOLDS, HOLDS).add("b", HOLDS, UNCLEAR).add("c", STALE, STALE).add("d", REVERSED, STALE)
    assert story.decide() is None


def test_a_stale_finding_is_told_with_what_it_was_and_is() -> None:
    """Subject, plain sentence and item of one finding that went stale."""
    alert = Story().add("job-share", HOLDS, STALE).add("b", HOLDS, HOLDS).alert(links={"report": "/r.html"})
    assert alert.key == "demo-v2"
    assert alert.severity is Severity.WARNING
    assert alert.subject == "v2: 1 finding went stale"
    assert alert.sentence == "On version 2, 1 finding went stale. Of 2 findings re-tested, 1 holds."
    assert [(item.finding, item.sentence) for item in alert.items] == [
        (
            "job-share",
            'attribution_share("job-share") > 0.3 no longer holds: now 0.123 [0.103, 0.143], '
            "0.412 when it was filed on v1.",
        )
    ]
    assert alert.links == {"report": "/r.html"}


def test_the_subject_sums_up_everything_in_order_of_severity() -> None:
    """Guard, reversed, stale, drift, refusal, quarantine, recovery: one line, worst first, one item each."""
    story = Story().add("d", STALE, HOLDS).add("s", HOLDS, STALE).add("r", HOLDS, REVERSED)
    story.add("g", HOLDS, STALE, guard=True)
    refused = replace(V2, role=Role.CHALLENGER, reason="guard g does not hold.")
    moved = drift(("amount", 0.2), ("device_age", 0.9), ("hour", 0.3))
    alert = story.alert(refused, drift=moved, quarantined=30, ingested=970)
    assert alert.subject == (
        "v2: 1 guard broke, 1 finding reversed, 1 finding went stale, drift in device_age and 2 more, not promoted, "
        "3.0 % of rows quarantined, 1 finding holds again"
    )
    assert alert.sentence == (
        "On version 2, 1 guard broke, 1 finding reversed, 1 finding went stale, the data drifted (device_age and 2 "
        "more), the version was not promoted, 3.0 % of rows were quarantined and 1 finding holds again. "
        "Of 4 findings re-tested, 1 holds."
    )
    assert [item.finding for item in alert.items] == ["g", "r", "s", "", "", "", "d"]
    assert [item.severity.value for item in alert.items] == ["critical", *["warning"] * 5, "info"]
    assert [item.sentence for item in alert.items[3:6]] == [
        "Drift in ticks 10 to 14 against v1: device_age, hour and amount moved (3 of 20 columns).",
        "v2 was not promoted: guard g does not hold.",
        "30 of 1,000 rows (3.0 %) could not be used and were set aside, with reasons.",
    ]


@pytest.mark.parametrize(
    ("after", "guard", "severity"),
    [
        (STALE, True, Severity.CRITICAL),
        (REVERSED, True, Severity.CRITICAL),
        (STALE, False, Severity.WARNING),
        (REVERSED, False, Severity.WARNING),
    ],
)
def test_severity_is_that_of_the_worst_event(after: Status, guard: bool, severity: Severity) -> None:
    """A broken guard is critical; any other refutation a warning."""
    story = Story().add("a", STALE, HOLDS).add("b", HOLDS, after, guard=guard)
    assert story.alert().severity is severity


def test_recovery_alone_is_information() -> None:
    """A finding that holds again is worth a quiet message; unclear after stale is no recovery."""
    alert = Story().add("a", REVERSED, Status.WEAKENED).add("b", STALE, UNCLEAR).alert()
    assert (alert.severity, alert.subject) == (Severity.INFO, "v2: 1 finding holds again")
    assert "holds again: now 0.123" in alert.items[0].sentence


def test_from_stale_to_reversed_is_news() -> None:
    """What turns into its opposite after it went stale is told once more."""
    alert = Story().add("a", STALE, REVERSED).alert()
    assert alert.subject == "v2: 1 finding reversed"
    assert "turned into its opposite" in alert.items[0].sentence


def test_refutations_that_many_tests_explain_are_counted_not_listed() -> None:
    """Two refutations at p = 0.04 among forty tests do not pass Benjamini-Hochberg; one at 0.0001 does."""
    story = Story().add("sure", HOLDS, STALE, p=0.0001)
    for i in range(2):
        story.add(f"chance{i}", HOLDS, STALE, p=0.04)
    for i in range(37):
        story.add(f"fine{i}", HOLDS, HOLDS, p=0.8)
    alert = story.alert()
    assert [item.finding for item in alert.items] == ["sure", ""]
    assert alert.items[1].sentence == (
        "2 more findings were refuted, but among so many that were tested this may be chance; the next re-test will tell."
    )
    assert alert.subject == "v2: 1 finding went stale"


def test_chance_refutations_alone_are_no_message() -> None:
    """When nothing passes the correction, nobody is written to; the ledger still has every status."""
    story = Story().add("chance", HOLDS, STALE, p=0.04)
    for i in range(39):
        story.add(f"fine{i}", HOLDS, HOLDS, p=0.8)
    assert story.decide() is None


def test_claims_about_the_process_share_the_correction() -> None:
    """A chance refutation of one is counted like those about the population, about a case too."""
    story = Story().add("chance", HOLDS, STALE, p=0.04, scope=Scope.PROCESS)
    for i in range(39):
        story.add(f"fine{i}", HOLDS, HOLDS, p=0.8, scope=Scope.PROCESS)
    assert story.decide() is None
    case = Story().add("case", HOLDS, STALE, p=0.001, scope=Scope.PROCESS, claim='prediction(case="7") > -2')
    assert case.alert().items[0].sentence == (
        'prediction(case="7") > -2 no longer holds: now 0.123 [0.103, 0.143], 0.412 when it was filed on v1.'
    )


def test_exact_claims_and_guards_are_listed_without_a_correction() -> None:
    """An exact re-test has no chance in it, and a guard has already stopped a promotion."""
    story = Story().add("exact", HOLDS, STALE, scope=Scope.ARTIFACT)
    story.add("guard", HOLDS, STALE, p=0.9, guard=True)
    for i in range(20):
        story.add(f"fine{i}", HOLDS, HOLDS, p=0.8)
    alert = story.alert()
    assert [item.finding for item in alert.items] == ["guard", "exact"]
    assert alert.items[1].sentence.endswith("now 0.123, 0.412 when it was filed on v1.")


@pytest.mark.parametrize(("strict", "method"), [(False, "fdr_bh"), (True, "fdr_by")])
@given(st.lists(st.floats(0, 1) | st.just(float("nan")), max_size=40), st.floats(0.01, 0.5))
def test_discoveries_are_those_of_statsmodels(strict: bool, method: str, p_values: list[float], q: float) -> None:
    """The tests that pass are those of statsmodels' BH, and when strict BY, over the p-values that are numbers."""
    given = np.array(p_values, dtype=np.float64)
    known = ~np.isnan(given)
    expected = np.zeros(len(given), dtype=bool)
    if known.any():
        adjusted = multipletests(given[known], method=method)[1]
        if np.any(np.abs(adjusted - q) < 1e-12):
            return  # the two differ in rounding only
        expected[known] = adjusted <= q
    assert discoveries(given, q, strict=strict).tolist() == expected.tolist()


def test_strict_lists_fewer() -> None:
    """Four refutations at p = 0.008 of forty: BH lists them, BY, which divides by 1 + 1/2 + ... + 1/40, only counts them."""
    story = Story()
    for i in range(4):
        story.add(f"f{i}", HOLDS, STALE, p=0.008)
    for i in range(36):
        story.add(f"fine{i}", HOLDS, HOLDS, p=0.8)
    assert story.alert().subject == "v2: 4 findings went stale"
    assert story.decide(limits=AlertPolicy(strict=True)) is None


def test_births_are_no_tests_of_the_list() -> None:
    """What was filed on this very version was chosen for holding: however much of it, the same refutations pass."""
    story = Story().add("old", HOLDS, STALE, p=0.04)
    story.add("other", HOLDS, HOLDS, p=0.8)
    before = story.alert()
    for i in range(60):
        story.add(f"new{i}", HOLDS, HOLDS, p=0.8)
        story.findings[-1] = replace(story.findings[-1], made_on=2)
        story.checks = [c for c in story.checks if (c.finding, c.version) != (story.findings[-1].id, 1)]
    assert story.alert().items == before.items


def test_false_discoveries_are_held_at_their_share() -> None:
    """Of 200 claims that sit on their bar and 20 that fell by four errors, false ones are 10 % of those listed, or fewer.

    100 versions; claims of one version share a common error (correlation 0.5), as claims on the same rows do.
    """
    rng = np.random.default_rng(3)
    shares: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(100):
        z = np.sqrt(0.5) * rng.normal() + np.sqrt(0.5) * rng.normal(size=220) - np.where(np.arange(220) < 20, 4.0, 0.0)
        for strict, found in shares.items():
            passed = discoveries(norm.cdf(z), 0.10, strict=strict)
            found.append(passed[20:].sum() / max(passed.sum(), 1))
    three_errors = 3 * np.std(shares[False]) / 10
    assert np.mean(shares[False]) < 0.10 + three_errors
    assert np.mean(shares[True]) < np.mean(shares[False])


def test_expired_findings_are_one_quiet_line() -> None:
    """All that ran out with this version are told together, by name, and never again on a later version."""
    story = Story().add("calm", HOLDS, HOLDS)
    for i in range(7):
        story.add(f"f{i}", HOLDS, Status.UNTESTABLE, ttl=1)
    alert = story.alert()
    assert (alert.severity, alert.subject) == (Severity.INFO, "v2: 7 findings expired")
    assert [item.sentence for item in alert.items] == [
        "7 findings expired, without a valid re-test for the time they were given: f0, f1, f2, f3, f4 and 2 more."
    ]
    v3 = replace(V2, number=3, first=10, last=19)
    later = [replace(c, version=3) for c in story.checks if c.version == 2]
    told = conclude([V1, V2, v3], story.findings, [*story.checks, *later], [])
    assert len(told.expired) == 7
    assert decide(told, v3, source="demo") is None


def test_an_expired_guard_is_a_warning() -> None:
    """A guard that nothing can test guards nothing; it is named first."""
    story = Story().add("a", HOLDS, Status.UNTESTABLE, ttl=1).add("g", HOLDS, Status.UNTESTABLE, ttl=1, guard=True)
    alert = story.alert()
    assert alert.severity is Severity.WARNING
    assert alert.subject == "v2: 2 findings expired, 1 guard among them"
    assert alert.items[0].sentence.endswith(": g and a.")


@pytest.mark.parametrize("other", [{"stillborn": True}, {"retired_on": 2}, {"ttl": 2}, {"ttl": None}])
def test_what_is_not_followed_does_not_expire(other: dict[str, Any]) -> None:
    """Stillborn and retired findings, those with time left, and those without a time to live are not told."""
    assert Story().add("a", HOLDS, Status.UNTESTABLE, **{"ttl": 1, **other}).decide() is None


def test_case_explanations_are_one_sentence() -> None:
    """Of the investigator's 40 case explanations 12 changed: one item, and a reason to write."""
    story = Story().cases(
        [("top_reason", HOLDS, STALE)] * 8
        + [("prediction", HOLDS, REVERSED)] * 4
        + [("prediction", STALE, HOLDS)]
        + [("prediction", HOLDS, HOLDS)] * 27
    )
    alert = story.alert()
    assert alert.subject == "v2: 12 of 40 case explanations changed"
    assert [item.sentence for item in alert.items] == [
        "12 of 40 case explanations changed: 8 top reasons and 4 decisions; 1 that had changed before hold again."
    ]
    assert alert.severity is Severity.WARNING


def test_a_few_changed_cases_are_no_reason_to_write() -> None:
    """Retraining alone changes that many; they are mentioned when there is another reason."""
    story = Story().cases([("top_reason", HOLDS, STALE)] * 5 + [("top_reason", HOLDS, HOLDS)] * 35)
    assert story.decide() is None
    alert = story.add("job-share", HOLDS, STALE).alert()
    assert alert.subject == "v2: 1 finding went stale"
    assert [item.severity for item in alert.items] == [Severity.WARNING, Severity.INFO]
    assert alert.items[1].sentence == "5 of 40 case explanations changed: 5 top reasons."


def test_a_persons_case_and_a_guarded_case_are_listed() -> None:
    """Only what the investigator filed by the dozen is counted; what somebody cares about is named."""
    story = Story().add("my-case", HOLDS, STALE, statistic="prediction", scope=Scope.ARTIFACT, author="ana")
    story.add("its-case", HOLDS, STALE, statistic="prediction", author=Author.INVESTIGATOR, guard=True)
    assert [item.finding for item in story.alert().items] == ["its-case", "my-case"]


def test_a_long_list_is_cut_and_counted() -> None:
    """Twenty stale findings are one message with the limit's worth of lines, and the subject says how many."""
    story = Story()
    for i in range(20):
        story.add(f"f{i}", HOLDS, STALE)
    alert = story.alert(limits=AlertPolicy(listed=3))
    assert alert.subject == "v2: 20 findings went stale"
    assert len(alert.items) == 4
    assert alert.items[-1].sentence == "17 more findings like these; the report lists them all."


def test_a_stillborn_finding_is_never_news() -> None:
    """What never was confirmed cannot go stale."""
    assert Story().add("a", HOLDS, STALE, stillborn=True).decide() is None


@pytest.mark.parametrize(("drifted", "powered"), [(False, True), (True, False)])
def test_drift_that_is_not_flagged_or_not_powered_is_passed_over(drifted: bool, powered: bool) -> None:
    """A watch that found nothing, or had too few rows to find anything, is no reason to write."""
    assert Story().decide(drift=drift(("a", 0.2), drifted=drifted, powered=powered)) is None


def test_the_notes_direction_is_kept_and_not_said_twice() -> None:
    """A note that names the columns stands for them; any other note follows them."""
    (named,) = Story().alert(drift=drift(("age", 0.2), note="age rose by 3.1 (1 of 20 columns).")).items
    assert named.sentence == "Drift in ticks 10 to 14 against v1: age rose by 3.1 (1 of 20 columns)."
    (other,) = Story().alert(drift=drift(("age", 0.2), note="Labels are late.")).items
    assert other.sentence == "Drift in ticks 10 to 14 against v1: age moved (1 of 20 columns). Labels are late."
    many = tuple((f"c{k}", 0.2 + k) for k in range(9))
    note = "c8, c7, c6 and 6 more moved (9 of 9 columns)."
    (counted,) = Story().alert(drift=drift(*many, note=note)).items
    assert counted.sentence == f"Drift in ticks 10 to 14 against v1: {note}"


def test_labels_that_were_set_aside_are_no_rows() -> None:
    """Rows and labels are counted apart, each against what came of its kind."""
    alert = Story().add("a", HOLDS, HOLDS).alert(quarantined=0, ingested=1000, mislabelled=20, labels=380)
    assert alert.subject == "v2: 5.0 % of labels quarantined"
    assert alert.items[0].sentence == "20 of 400 labels (5.0 %) could not be used and were set aside, with reasons."


@pytest.mark.parametrize(("quarantined", "ingested"), [(0, 0), (10, 990), (0, 5)])
def test_quarantine_at_the_limit_is_no_message(quarantined: int, ingested: int) -> None:
    """One row in a hundred is the default limit, and not above it."""
    assert Story().decide(quarantined=quarantined, ingested=ingested) is None


def test_a_run_repeated_makes_the_same_alert() -> None:
    """The key depends on source and version only, and the whole alert on its inputs only."""
    story = Story().add("a", HOLDS, STALE)
    assert story.alert() == story.alert()
    assert story.alert(drift=drift(("x", 0.2))).key == story.alert().key


def test_names_cannot_break_the_subject() -> None:
    """Line breaks in a column's or a finding's name never reach subject, sentence or items."""
    story = Story().add("a\r\nBcc: x@example.org", HOLDS, STALE)
    alert = story.alert(drift=drift(("age\r\nX-Spam: no", 0.2)))
    assert alert.subject == "v2: 1 finding went stale, drift in age X-Spam: no"
    for text in (alert.sentence, *(item.sentence for item in alert.items)):
        assert text.isprintable()


def test_a_trial_is_another_message_each_time() -> None:
    """Two test alerts have different keys, so that the second is not taken for a repeat."""
    assert trial("demo", 1.0).key != trial("demo", 2.0).key
    assert trial("demo", 1.0).items[0].kind is AlertKind.TEST


def test_what_the_investigator_said_of_one_subject_again_and_again_is_told_once() -> None:
    """Three findings about one feature's share make one item with their thresholds; a person's stays by itself."""
    story = Story()
    for threshold in (0.3, 0.1, 0.2):
        claim = f'attribution_share("velocity") > {threshold}'
        story.add(f"i{threshold}", HOLDS, STALE, claim=claim, author=Author.INVESTIGATOR)
    story.add("mine", HOLDS, STALE, claim='attribution_share("velocity") > 0.25', author="ann")
    alert = story.alert()
    assert alert.subject == "v2: 4 findings went stale"
    assert [item.finding for item in alert.items] == ["mine", ""]
    assert alert.items[1].sentence.startswith(
        '3 findings about attribution_share("velocity") no longer hold (thresholds'
    )


def test_a_watch_without_a_retrain_gets_its_own_message_when_it_flags_drift() -> None:
    """One warning with a key of its own tick; none when nothing drifted or the watch could not tell."""
    flagged = Drift(7, 1, 5, (ColumnDrift("age", "wasserstein", 0.3, 0.1, True),), True, True, "age moved", {}, (9, 9))
    alert = drifted("demo", flagged)
    assert alert is not None
    assert (alert.key, alert.subject, alert.severity) == ("demo-drift-7", "demo: drift in age", Severity.WARNING)
    assert drifted("demo", replace(flagged, drifted=False)) is None
    assert drifted("demo", replace(flagged, powered=False)) is None


def test_a_failed_retrain_is_critical_and_says_why_on_one_line() -> None:
    """The reason travels in the item, whatever line breaks it had."""
    error = NotTrainable("12 labelled rows\nat least 30 are needed")
    alert = retrain_failed("demo", 3, error, newest=0, decided=lambda key: False)
    assert alert is not None
    assert alert.severity is Severity.CRITICAL
    assert [item.kind for item in alert.items] == [AlertKind.RETRAIN_FAILED]
    assert alert.items[0].sentence == "12 labelled rows at least 30 are needed"


def test_a_retrain_that_keeps_failing_is_told_once_a_reason() -> None:
    """Few labels for three ticks, one class for two, few labels again, a version, few labels: four alerts, each its own."""
    few = NotTrainable("12 of 40 labels", Obstacle.LABELS), NotTrainable("13 of 40 labels", Obstacle.LABELS)
    one = NotTrainable("all 50 have label 0", Obstacle.CLASSES)
    told: dict[str, int] = {}
    course = [(few[0], 0), (few[1], 0), (few[0], 0), (one, 0), (one, 0), (few[1], 0), (few[0], 0), (few[0], 1)]
    for tick, (error, newest) in enumerate(course):
        for _ in range(2):  # a run that was killed says it again
            alert = retrain_failed("demo", tick, error, newest=newest, decided=told.__contains__)
            if alert is not None:
                told[alert.key] = tick
    assert list(told.values()) == [0, 3, 5, 7]


def test_findings_that_could_not_be_tested_are_told() -> None:
    """Silence for want of labels is no good news: it is a message once, and a line of later ones."""
    few = "12 labelled rows; at least 30 are needed"
    story = Story().add("a", HOLDS, Status.UNTESTABLE).add("b", HOLDS, Status.UNTESTABLE).add("c", HOLDS, HOLDS)
    lacking = [
        replace(c, pinned=replace(c.pinned, interval=None, reason=few)) if c.status is Status.UNTESTABLE else c
        for c in story.checks
    ]
    story.checks = lacking
    alert = story.alert()
    assert alert.subject == "v2: 2 of 3 findings could not be tested"
    assert alert.items[0].sentence == "2 of 3 findings could not be tested on v2 (too few labelled rows)."
    again = Story().add("a", Status.UNTESTABLE, Status.UNTESTABLE)
    assert again.decide() is None


def test_what_noise_would_do_as_well_is_no_warning() -> None:
    """A claim near its threshold, refuted as another seed would have done: one line, at most an info, counted once."""
    story = Story().add("near", HOLDS, STALE, author=Author.INVESTIGATOR).add("b", HOLDS, HOLDS)
    shares = {Cause.CONCEPT: Share(0.84, 0.3), Cause.SAMPLING: Share(0.16, 0.3)}
    why = Why(1, 1, 2, -0.3, 0.3, -1.0, shares, chance=0.6)
    told = replace(conclude([V1, V2], story.findings, story.checks, []), whys={1: why})
    assert decide(told, V2, source="demo") is None
    assert refuted(told, V2, 0.1).counted == "1 finding went stale: 1 within retraining noise"
    mine = replace(told, findings=(replace(story.findings[0], author="ann"), story.findings[1]))
    mine = replace(mine, changes=tuple(replace(c, finding=mine.findings[0]) for c in mine.changes))
    alert = decide(mine, V2, source="demo")
    assert alert is not None
    assert alert.severity is Severity.INFO
    assert alert.subject == "v2: 1 finding refuted within noise"
    clear = replace(why, z=-9.0, shares={Cause.CONCEPT: Share(0.95, 0.05), Cause.SAMPLING: Share(0.05, 0.05)})
    moved = decide(replace(told, whys={1: clear}), V2, source="demo")
    assert moved is not None
    assert moved.severity is Severity.WARNING
    assert "Why: the world moved (concept, 95\N{NO-BREAK SPACE}% ± 5)" in moved.items[0].sentence
