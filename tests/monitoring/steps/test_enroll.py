"""Findings people write are filed whole or not at all, once, and stand on the newest version when that is done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from halflife.models.alert import AlertKind, Severity
from halflife.models.domain import Author, Finding, Role, Scope, Status, Version
from halflife.models.errors import ConfigError
from halflife.monitoring.context import Context
from halflife.monitoring.filing.reader import ReadFindings, read
from halflife.monitoring.filing.writer import write
from halflife.monitoring.steps.file_findings import enroll
from halflife.monitoring.steps.import_findings import Imported, import_findings
from halflife.monitoring.steps.ingest_ticks import ingest
from halflife.monitoring.steps.investigate_version import investigate
from halflife.monitoring.steps.recheck_findings import recheck, retest
from halflife.monitoring.steps.report_version import report
from halflife.monitoring.steps.retrain_version import retrain
from halflife.monitoring.steps.take_tag_requests import take_requests

Make = Callable[..., Context]

FILE = """
findings:
  - {name: good, claim: auc() > 0.5, guard: true}
  - {name: code, claim: attribution_share("review_code") > 0.05, made_on: 1, author: ann}
"""


@pytest.fixture
def service(make: Make) -> Context:
    """Two versions whose cycles are done."""
    service = make(gaps=0, errors=0, attributions=1)
    for tick in (3, 5):
        cycle(service, tick)
    return service


def cycle(service: Context, tick: int) -> Version:
    """From ingest to report."""
    ingest(service, tick)
    version = retrain(service, tick)
    take_requests(service)
    recheck(service, version)
    investigate(service, version)
    report(service, version)
    return version


def parsed(service: Context, text: str) -> ReadFindings:
    """A findings file as the service's schema and versions understand it."""
    return read(text, "f.yaml", schema=service.store.fixed_schema, newest=service.ledger.version().number)


def imported(service: Context, text: str, **how: bool) -> Imported:
    """What importing a file does."""
    return import_findings(service, parsed(service, text), author="bea", **how)


def people(service: Context) -> dict[str, Finding]:
    """Every finding but the investigator's, by name."""
    return {f.name: f for f in service.ledger.findings() if f.author != Author.INVESTIGATOR}


def checked_on(service: Context, name: str) -> list[int]:
    """Versions a finding was tested on."""
    return [check.version for check in service.ledger.checks(finding=people(service)[name].id)]


def test_an_import_files_tests_and_changes_nothing_the_second_time(service: Context) -> None:
    """New entries are tested on their own version and on the newest; run again, every one is unchanged."""
    first = imported(service, FILE)
    filed = people(service)
    assert [f.name for f in first.filed] == ["good", "code"]
    assert {(f.name, f.made_on, f.author, f.guard, f.in_file) for f in filed.values()} == {
        ("good", 2, "bea", True, True),
        ("code", 1, "ann", False, True),
    }
    assert checked_on(service, "good") == [2]
    assert checked_on(service, "code") == [1, 2]
    before = service.ledger.findings(), service.ledger.checks()
    again = imported(service, FILE)
    assert [f.name for f in again.plan.unchanged] == ["good", "code"]
    assert (service.ledger.findings(), service.ledger.checks()) == before


def test_a_dry_run_only_compares(service: Context) -> None:
    """The plan is there, the ledger is as it was."""
    done = imported(service, FILE, dry=True, replace=True, prune=True)
    assert [placed.entry.name for placed in done.plan.new] == ["good", "code"]
    assert people(service) == {}


def test_an_import_that_was_killed_goes_on(service: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off after filing and before the re-test on the newest version, the next import makes up for it."""
    ledger: Any = service.ledger

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "record_checks", killed)
        with pytest.raises(KeyboardInterrupt):
            imported(service, FILE)
    assert checked_on(service, "code") == [1]
    imported(service, FILE)
    assert checked_on(service, "code") == [1, 2]


def test_a_changed_claim_is_refused_with_its_place_and_nothing_is_filed(service: Context) -> None:
    """Another conclusion under the same name is the team's to decide about; the new entry beside it waits too."""
    imported(service, FILE)
    changed = FILE.replace("0.5", "0.6") + "  - {name: more, claim: log_loss() < 9}\n"
    before = service.ledger.findings()
    with pytest.raises(ConfigError) as caught:
        imported(service, changed)
    assert str(caught.value).startswith(
        "f.yaml:3:5: good was filed with another claim (claim: auc() > 0.5 → auc() > 0.6); give this one another name"
    )
    assert service.ledger.findings() == before


def test_replace_retires_the_old_conclusion_and_files_the_new_under_its_name(service: Context) -> None:
    """The old one keeps its history under its name and number; retired entries come back the same way."""
    imported(service, FILE)
    old = people(service)["good"]
    done = imported(service, FILE.replace("0.5", "0.6"), replace=True)
    now = people(service)
    assert [f.name for f in done.filed] == ["good"]
    assert now["good"].claim == "auc() > 0.6"
    assert now[f"good~{old.id}"].retired_on == 2
    assert service.ledger.checks(finding=old.id)
    service.ledger.retire([now["good"].id], 2)
    left = imported(service, FILE.replace("0.5", "0.6"))
    assert [f.name for f, _ in left.plan.retired] == ["good"]
    assert people(service)["good"].retired_on == 2
    imported(service, FILE.replace("0.5", "0.6"), replace=True)
    assert people(service)["good"].retired_on is None


def test_what_left_the_file_is_told_and_retired_only_when_asked(service: Context) -> None:
    """A finding filed by hand is never pruned."""
    imported(service, FILE)
    enroll(service, [Finding("by-hand", "auc() > 0.5", "auc", Scope.POPULATION, 2, author="cy")])
    shorter = FILE.replace(
        '  - {name: code, claim: attribution_share("review_code") > 0.05, made_on: 1, author: ann}\n', ""
    )
    assert [f.name for f in imported(service, shorter).plan.gone] == ["code"]
    assert people(service)["code"].retired_on is None
    imported(service, shorter, prune=True)
    assert people(service)["code"].retired_on == 2
    assert people(service)["by-hand"].retired_on is None
    assert imported(service, shorter).plan.gone == ()


def test_an_export_imported_into_another_home_is_exported_the_same(service: Context, make: Make) -> None:
    """Byte for byte, with versions, authors, notes of several lines, tolerances and what is stillborn there."""
    text = """
findings:
  - {name: z, claim: auc() > 0.5, tolerance: 0.02, made_on: 1, note: "two\\nlines", links: [a, b], guard: true}
  - {name: a, claim: log_loss() < 5, ttl: 4, author: ann}
  - {name: boast, claim: auc() > 0.9999}
"""
    imported(service, text)
    exported = write(people(service).values())
    other = make("sudden", gaps=0, errors=0, attributions=1)
    for tick in (3, 5):
        cycle(other, tick)
    imported(other, exported)
    assert people(service)["boast"].stillborn
    assert write(people(other).values()) == exported


class Tagged:
    """Tags as a registry keeps them: version number -> name -> value."""

    def __init__(self, service: Context, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kept: dict[int, dict[str, str]] = {v.number: {} for v in service.ledger.versions()}
        monkeypatch.setattr(service.registry, "tags", self.tags)
        monkeypatch.setattr(service.registry, "annotate", self.annotate)

    def tags(self, versions: Sequence[Version]) -> dict[int, dict[str, str]]:
        """Those of the versions asked for."""
        return {v.number: dict(self.kept.get(v.number, {})) for v in versions}

    def annotate(self, version: Version, *, tags: Mapping[str, str | None] | None = None, **_: object) -> None:
        """Set tags, or take them away."""
        own = self.kept.setdefault(version.number, {})
        for name, value in (tags or {}).items():
            if value is None:
                own.pop(name, None)
            else:
                own[name] = value


def test_a_tag_is_filed_at_the_next_recheck_and_a_bad_one_answered(
    service: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The finding is about the tagged version and re-tested on the newest; the answer goes when the claim is mended."""
    registry = Tagged(service, monkeypatch)
    registry.kept[1] = {"halflife.finding.good": "auc() > 0.5", "halflife.finding.bad": "acu() > 0.5"}
    third = cycle(service, 7)
    assert checked_on(service, "good") == [1, third.number]
    assert people(service)["good"].author == Author.MLFLOW
    assert registry.kept[1]["halflife.error.bad"].startswith("'acu' is not a statistic")
    registry.kept[1]["halflife.finding.bad"] = "auc() > 0.5"
    (mended,) = take_requests(service)
    assert mended.name == "bad"
    assert "halflife.error.bad" not in registry.kept[1]
    assert take_requests(service) == []


def test_a_broken_guard_keeps_the_champion_and_is_told(service: Context) -> None:
    """A guard that holds when it is filed and breaks on the next version: challenger, old alias, critical alert."""
    share = 'attribution_share("review_code")'
    (value,) = [
        check.decides.interval
        for check in retest(
            service,
            service.ledger.version(),
            [Finding("probe", f"{share} > 0", "attribution_share", Scope.ARTIFACT, 2)],
            service.registry.model(service.ledger.version()),
            service.rows.evidence(service.ledger.version()),
        )
    ]
    assert value is not None
    exact = f"{share} < {value.estimate + 1e-9!r}"
    guard = Finding("bar", exact, "attribution_share", Scope.ARTIFACT, 2, author="ann", guard=True)
    (filed,) = enroll(service, [guard])
    assert not filed.stillborn
    service = replace(service, channels={"nowhere": object()})  # type: ignore[dict-item]  # only its name is used
    third = cycle(service, 7)
    ledger, registry = service.ledger, service.registry
    (check,) = ledger.checks(finding=filed.id, version=third.number)
    assert check.status is Status.STALE
    assert (third.role, third.reason) == (Role.CHALLENGER, f"guard broken: bar ({filed.claim})")
    aliases: Any = registry
    assert aliases.aliases == {Role.CHAMPION: 2, Role.CHALLENGER: 3}
    assert service.ledger.champion() == ledger.versions()[1]
    (alert,) = [d.alert for d in ledger.deliveries() if d.alert.version == third.number]
    assert alert.severity is Severity.CRITICAL
    assert alert.subject.startswith("v3: 1 guard broke, not promoted")
    refused = [item.sentence for item in alert.items if item.kind is AlertKind.PROMOTION_REFUSED]
    assert refused == [f"v3 was not promoted: {third.reason}"]
