"""A story as a demo tells it: many findings over some versions, a drift in the middle."""

import numpy as np
import pytest

from halflife.models.domain import (
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
from halflife.monitoring.conclude import conclude
from halflife.monitoring.conclusions import Conclusions

VERSIONS = 12


@pytest.fixture(scope="session")
def story() -> Conclusions:
    """Some 500 findings: cases by the dozen, shares, a guard, a person's with markup in its text, and stillborn ones."""
    rng = np.random.default_rng(7)
    findings = [
        Finding("floor", "auc() > 0.8", "auc", Scope.POPULATION, 1, guard=True, id=1),
        Finding("<i>leak</i>", "attribution_share(\"<script>alert(1)</script>\") > 0.8", "attribution_share",
                Scope.POPULATION, 2, author="maria", id=2),
    ]  # fmt: skip
    for made_on in range(1, VERSIONS + 1):
        for k in range(42):
            case, number = k >= 3, len(findings) + 1
            findings.append(
                Finding(
                    f"f{number}",
                    f'prediction(case="{number}") > 0.8' if case else f'attribution_share("x{k}") > 0.8',
                    "prediction" if case else "attribution_share",
                    Scope.ARTIFACT if case else Scope.POPULATION,
                    made_on,
                    author="investigator",
                    stillborn=k == 2,
                    id=number,
                )
            )
    return conclude(
        [Version(n, 0, 9, "s", "r", 1, "d", "m", {}, Role.CHAMPION, "", 1_000) for n in range(1, VERSIONS + 1)],
        findings,
        [check for finding in findings for check in _checks(finding, rng)],
        [_drift(tick) for tick in range(1, 30)],
    )


def _checks(finding: Finding, rng: np.random.Generator) -> list[Check]:
    """True until a random age, then refuted; population claims are unclear or untestable now and then."""
    exact = finding.scope is Scope.ARTIFACT
    dies, checks = finding.made_on + rng.geometric(0.15), []
    for version in range(finding.made_on, VERSIONS + 1):
        estimate = 0.9 if version < dies else 0.7
        width = 0.0 if exact else 0.02
        interval: Interval | None = Interval(estimate, estimate - width, estimate + width)
        status = Status.HOLDS if version < dies else Status.STALE
        if not exact and version > finding.made_on and rng.random() < 0.2:
            status = Status(rng.choice([Status.UNCLEAR, Status.WEAKENED, Status.UNTESTABLE, Status.REVERSED]))
        if status is Status.UNTESTABLE:
            interval = None
        fresh = Measurement(900, interval, status, reason="" if interval else "labels have not arrived")
        pinned = Measurement(900, Interval(0.88, 0.86, 0.9), Status.HOLDS)
        checks.append(Check(finding.id, version, 0.8, fresh if exact else pinned, None if exact else fresh))
    return checks


def _drift(tick: int) -> Drift:
    moved = 12 <= tick <= 14
    columns = tuple(
        ColumnDrift(name, "wasserstein", 0.31 if moved and name == "age" else 0.03, 0.1, moved and name == "age")
        for name in ("age", "income", "prediction")
    )
    note = "age moved (1 of 3 columns)." if moved else "None of 3 columns moved."
    powered = tick > 1
    note = note if powered else "Too few rows to tell: 600 in the reference and 90 now, where 1,000 a side are needed."
    return Drift(tick, 1, tick, columns, moved and powered, powered, note, {}, (5_000, 2_000))
