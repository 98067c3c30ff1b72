"""Claims about all models trained this way, and findings born fragile, are said so that no figure is taken for another."""

from dataclasses import replace

from rich.console import Console

from halflife.models.domain import Check, Finding, Interval, Measurement, Role, Scope, Status, Version
from halflife.models.shadow import Controls
from halflife.monitoring.conclude import conclude
from halflife.monitoring.investigator.lead import Investigation, Lead, Topic
from halflife.monitoring.reports.explanation_terminal import filed
from halflife.monitoring.reports.finding_terminal import portrait
from halflife.monitoring.reports.investigation_page import document, page, terminal, told
from halflife.monitoring.reports.listing import check_row
from halflife.monitoring.reports.verdict_details import verdict_details
from halflife.monitoring.wording.fragility_words import born_fragile, fragility, in_shadows
from halflife.monitoring.wording.words import telling

SPACE = "\N{NO-BREAK SPACE}"
CASE = Finding(
    "no", 'prediction(case="7") <= -1.5', "prediction", Scope.PROCESS, 1, birth=Interval(-2.0, -2.3, -1.7), id=1
)
RATE = Finding("fair", "auc() > 0.7 ± 0.02", "auc", Scope.PROCESS, 1, birth=Interval(0.8, 0.7, 0.9), id=2)


def case(version: int, theta: float, status: Status) -> Check:
    """A case's log-odds ± 0.3, with the version's three shadows off to one side of it."""
    interval = Interval(theta, theta - 0.3, theta + 0.3)
    controls = Controls((theta - 0.2, theta + 0.1, theta + 0.2))
    return Check(1, version, -1.5, Measurement(1, interval, status, 0.2), None, controls)


def rate(version: int) -> Check:
    """An AUC of 0.74 ± 0.05, on pinned rows a little more; two of three shadows uphold it."""
    fresh = Measurement(900, Interval(0.74, 0.69, 0.79), Status.HOLDS, 0.9)
    pinned = Measurement(800, Interval(0.76, 0.71, 0.81), Status.HOLDS, 0.9)
    return Check(2, version, 0.7, pinned, fresh, Controls((0.6, 0.6, 0.6), (0.7, 0.69, 0.55)))


def printed(what: object, width: int = 80) -> str:
    """What a terminal shows."""
    console = Console(width=width, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


def test_the_portrait_of_a_case_of_all_models_speaks_of_its_own_unit() -> None:
    """Log-odds against the claim's threshold with an interval of retraining noise, its margin, its shadows."""
    checks = [case(1, -2.0, Status.HOLDS), case(2, -1.4, Status.UNCLEAR)]
    text = " ".join(printed(portrait(CASE, checks, level=0.9, width=100), 100).split())
    assert "-1.400 [-1.700, -1.100]" in text
    assert "● estimate with its 90 % interval, retraining noise included, ┊ threshold -1.5" in text
    assert "the whole interval is below -1.5" in text
    assert "margin -0.100, on the other side of the threshold, 0.3 half-widths" in text
    assert "at birth +0.500: -2.000 [-2.300, -1.700] on v1" in text
    assert "shadows it holds in 1 of 3 other models trained on the same window" in text
    assert "pinned rows -1.400 [-1.700, -1.100] 1 row, p = 0.2 if the claim were true, unclear decides" in text


def test_the_portrait_of_a_claim_about_the_process_says_what_its_interval_covers() -> None:
    """Retraining noise is in it, so no number of rows is promised to narrow it; shadows are counted on fresh rows."""
    text = printed(portrait(RATE, [rate(1), rate(2)], level=0.9, width=100), 100)
    assert "interval, retraining noise included" in text
    assert "it holds in 2 of 3 other models trained on the same window" in text
    assert "needed" not in text
    assert verdict_details(RATE, rate(2), level=0.9).rows_needed is None
    assert verdict_details(replace(RATE, scope=Scope.POPULATION), rate(2), level=0.9).rows_needed is not None


def test_what_a_claim_about_a_case_rests_on_is_its_own_direction() -> None:
    """Of ≤ −1.5 at −2.0 the margin is +0.5, now and at birth, and no rows are wanted."""
    found = verdict_details(CASE, case(2, -2.0, Status.HOLDS), level=0.9)
    assert (found.above, found.bar, found.margin, found.margin_at_birth) == (False, -1.5, 0.5, 0.5)
    assert found.rows_needed is None


def test_in_how_many_shadows_a_claim_holds_is_said_where_there_are_any() -> None:
    """Those without an estimate are not counted; nothing without shadows, or where the claim cannot be read."""
    check = rate(2)
    nan = float("nan")
    assert in_shadows(RATE, replace(check, controls=None)) == ""
    assert in_shadows(RATE, replace(check, controls=Controls((nan,) * 3, (nan,) * 3))) == ""
    seen = in_shadows(RATE, replace(check, controls=Controls((), (0.9, nan, 0.89))))
    assert seen.startswith("it holds in 2 of 2 other")
    assert in_shadows(replace(RATE, claim="vibes() > 0.7"), check) == ""


def test_only_a_fragile_finding_that_is_followed_is_warned_of() -> None:
    """Four in five is enough; a stillborn one is dead already; later checks have shadows of another version."""
    weak = replace(RATE, upheld=2 / 3)
    assert fragility(weak, rate(1).controls) == (
        "born fragile: it holds in 2 of 3 models trained on the same window; expect it to die of retraining noise"
    )
    assert fragility(weak, None).startswith(f"born fragile: it holds in 67{SPACE}% of the models trained")
    assert born_fragile(weak, rate(1)) == fragility(weak, rate(1).controls)
    assert born_fragile(weak, rate(2)) == fragility(weak, None)
    for sound in (RATE, replace(RATE, upheld=0.8), replace(weak, stillborn=True)):
        assert fragility(sound, rate(1).controls) == ""
    assert "born fragile" in printed(portrait(weak, [rate(1)], level=0.9, width=80))


def test_conclusions_that_are_filed_and_an_investigation_warn_of_fragile_findings() -> None:
    """Under the table of what was filed, and beside each lead in terminal, page and JSON."""
    weak = replace(RATE, upheld=2 / 3)
    row = {"id": 2, "stillborn": False, "warning": fragility(weak, rate(1).controls), **check_row(rate(1), weak)}
    assert "fair is born fragile: it holds in 2 of 3 models" in " ".join(printed(filed([row])).split())
    assert "born fragile" not in printed(filed([{**row, "warning": ""}]))
    leads = (Lead(Topic.SHORTCUT, "s", weak.claim, "it ranks", 0.4, "ranks"),)
    what = told(Investigation(1, 600, "v1 does well.", leads), [(weak, rate(1))])
    assert "it holds in 2 of 3 models" in " ".join(printed(terminal(what), 100).split())
    assert "it holds in 2 of 3 models" in page(what, title="bank")
    (lead,) = document(what)["leads"]
    assert (lead["fragile"], lead["upheld"]) == (True, 2 / 3)


def test_a_claim_about_a_case_of_all_models_comes_after_claims_about_the_population() -> None:
    """As exact claims about cases do: most telling first, and most important change first."""
    versions = [Version(n, 0, 9, "1", "r", 1, "d", "m", {}, Role.CHAMPION, "x", 9) for n in (1, 2)]
    stale = replace(rate(2), fresh=replace(rate(2).pinned, status=Status.STALE))
    checks = [case(1, -2.0, Status.HOLDS), case(2, 9.0, Status.STALE), rate(1), stale]
    story = conclude(versions, [CASE, RATE], checks, [])
    assert [change.finding.name for change in story.changes] == ["fair", "no"]
    assert [finding.name for finding in telling(story, 5)] == ["fair", "no"]
