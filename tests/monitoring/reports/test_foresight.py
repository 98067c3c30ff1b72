"""Forecasts as people read them: what to re-check first, and how good forecasts have been."""

from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console, RenderableType

from halflife.models.domain import Author, ColumnDrift, Drift, Finding, Interval, Scope
from halflife.models.forecast import Forecast
from halflife.monitoring.conclude import conclude
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.foresight.drift_gain import Gain
from halflife.monitoring.foresight.forecast_scores import Bin, ForecastScores
from halflife.monitoring.foresight.recheck_first import first
from halflife.monitoring.reports.foresight_plot import reliability, render
from halflife.monitoring.reports.foresight_terminal import first_table
from halflife.monitoring.wording.foresight_words import document, drifted, likeliest, line, sentence

NBSP = "\N{NO-BREAK SPACE}"
SCORES = ForecastScores(
    settled=2250,
    refuted=230,
    versions=35,
    auroc=Interval(0.847, 0.821, 0.872),
    by_margin_auroc=Interval(0.832, 0.803, 0.867),
    brier=Interval(0.077, 0.067, 0.088),
    log_loss=Interval(0.256, 0.221, 0.291),
    skill=Interval(0.156, 0.124, 0.184),
    over_margin=Interval(0.032, -0.017, 0.073),
    reliability=(Bin(0.004, Interval(0.013, 0.008, 0.02), 1090), Bin(0.41, Interval(0.35, 0.28, 0.43), 100)),
    drift=Gain(1683, Interval(0.0008, -0.0032, 0.006), (0.824, 0.827)),
)


def finding(number: int, claim: str = "", **more: object) -> Finding:
    """The investigator's finding of this number."""
    claim = claim or f'effect("x{number}") > 0.1'
    plain: dict[str, object] = {"author": Author.INVESTIGATOR, **more}
    return Finding(f"f{number}", claim, claim.split("(")[0], Scope.POPULATION, 1, id=number, **plain)  # type: ignore[arg-type] # spelled out above


def watch(*moved: str) -> Drift:
    """A watch in which these columns drifted, the later the farther."""
    columns = tuple(
        ColumnDrift(name, "wasserstein", 0.2 + moved.index(name) if name in moved else 0.01, 0.1, name in moved)
        for name in ("age", "income", "velocity")
    )
    return Drift(9, 1, 9, columns, bool(moved), True, "", {}, (2000, 2000))


def story(
    chances: dict[int, float], *findings: Finding, drift: Drift | None = None, margin: float = 0.4
) -> Conclusions:
    """A story in which these findings have these chances."""
    told = {k: Forecast(k, 3, p, margin, 1.5, 0.3) for k, p in chances.items()}
    return replace(conclude([], findings, [], [drift] if drift else []), forecasts=told)


def plain(shown: RenderableType) -> str:
    """As a terminal of 100 columns shows it."""
    console = Console(file=StringIO(), width=100, color_system=None)
    console.print(shown)
    return console.file.getvalue()  # type: ignore[attr-defined] # it is the StringIO from above


def test_the_likeliest_come_first_and_guards_among_equals() -> None:
    """By chance in steps of five points; within one a guard, then a person's, then the investigator's."""
    findings = [finding(1), finding(2, author="maria"), finding(3, guard=True), finding(4), finding(5)]
    chosen = first(story({1: 0.34, 2: 0.32, 3: 0.31, 4: 0.61, 5: 0.04}, *findings), 9)
    assert [f.id for f, _ in chosen] == [4, 3, 2, 1]


def test_only_open_findings_are_told_and_each_subject_once() -> None:
    """Retired and stillborn ones are left out; of what the investigator says of one subject the likeliest is told."""
    findings = [
        finding(1, "auc() > 0.7"),
        finding(2, "auc() > 0.8"),
        finding(3, retired_on=2),
        finding(4, stillborn=True),
        finding(5, "auc() > 0.9", author="maria"),
    ]
    chosen = first(story(dict.fromkeys(range(1, 6), 0.5) | {2: 0.8}, *findings), 9)
    assert [f.id for f, _ in chosen] == [2, 5]


def test_one_sentence_says_which_and_why() -> None:
    """The claim, its chance, its margin, and what it hangs on that has drifted, if anything has."""
    told = story({1: 0.61}, finding(1, 'attribution_share("velocity") > 0.088'), drift=watch("age", "velocity"))
    assert likeliest(told) == (
        f'Most likely to be refuted next: attribution_share("velocity") > 0.088 61{NBSP}% '
        "(0.4 noise units from its threshold; velocity has drifted)."
    )
    assert likeliest(story({})) == ""
    quiet = likeliest(story({1: 0.03}, finding(1)))
    assert quiet == f"No open finding is likely to be refuted next: the highest chance is 3{NBSP}%."


def test_a_finding_about_everything_names_columns_only_when_it_has_drifted_as_a_whole() -> None:
    """AUC hangs on every column: what has drifted is named, farthest first, from a weighted drift of 1 on."""
    about, drift = finding(1, "auc() > 0.7"), [watch("age", "income")]
    assert drifted(about, Forecast(1, 3, 0.5, 1.0, 1.2, 0.2), drift) == ["income", "age"]
    assert drifted(about, Forecast(1, 3, 0.5, 1.0, 0.4, 0.2), drift) == []
    assert drifted(about, Forecast(1, 3, 0.5, 1.0, float("nan"), 0.2), drift) == []
    assert drifted(finding(2, "vibes() > 9"), Forecast(2, 3, 0.5, 1.0, 1.2, 0.2), drift) == []
    assert "income and age have drifted" in line(about, Forecast(1, 3, 0.5, 1.0, 1.2, 0.2), drift)


def test_scores_in_plain_sentences() -> None:
    """How many ended how, in how many pairs the order was right, both skills, and that drift adds nothing."""
    said = sentence(SCORES)
    assert "Of 2,250 forecasts over 35 retrains, 230 ended in a refutation." in said
    assert f"in 85{NBSP}% [82, 87] of pairs (83{NBSP}% by the margin alone)" in said
    assert f"16{NBSP}% [12, 18] less than that of telling all the share that was refuted in the end." in said
    assert "the margin alone, which may be chance." in said
    assert "Drift of the columns adds nothing to the margin: +0.0008 [-0.0032, +0.0060] nats a forecast." in said
    assert sentence(None) == "No forecast has been settled yet."


@pytest.mark.parametrize(
    ("saved", "words"),
    [(Interval(0.004, 0.001, 0.007), "adds to the margin"), (Interval(-0.003, -0.005, -0.001), "misleads")],
)
def test_drift_is_told_as_it_turned_out(saved: Interval, words: str) -> None:
    """A gain that is plain, and a loss that is plain, are told as such."""
    assert words in sentence(replace(SCORES, drift=Gain(900, saved, (0.8, 0.8))))


def test_few_versions_show_no_bounds() -> None:
    """An interval as wide as can be is not printed, and is null in JSON."""
    wide = replace(SCORES, skill=Interval(0.1, -np.inf, np.inf), auroc=Interval(0.8, 0.0, 1.0), drift=None)
    assert "inf" not in sentence(wide)
    assert f"in 80{NBSP}% of pairs" in sentence(wide)
    assert document(wide)["skill"] == {"estimate": 0.1, "lower": None, "upper": None}
    assert document(SCORES)["drift"]["auroc"] == (0.824, 0.827)


def test_tables_fit_a_terminal() -> None:
    """The table names what it shows within 100 columns; nothing likely gives no table."""
    told = story({1: 0.61}, finding(1, 'attribution_share("velocity") > 0.088', guard=True), drift=watch("velocity"))
    shown = plain(first_table(told) or "")
    assert "guard" in shown
    assert f"61{NBSP}%" in shown
    assert "velocity has drifted" in " ".join(shown.split())
    assert first_table(story({1: 0.01}, finding(1))) is None


def test_the_plot_is_well_formed_and_says_what_it_shows() -> None:
    """A circle with its title for each chance told, readable by those who cannot see it."""
    svg = ElementTree.fromstring(reliability(SCORES))  # noqa: S314 - our own words
    titles = [node.text for node in svg.iter("title")]
    assert len(list(svg.iter("circle"))) == len(SCORES.reliability)
    assert titles[1] == f"told 41{NBSP}%, refuted 35{NBSP}% of 100 forecasts"
    assert svg.attrib["aria-label"] == "Chance told against share refuted, 2,250 forecasts"


def test_the_section_escapes_what_people_wrote() -> None:
    """Claims and names are text on the page; without forecasts there is no section."""
    evil = finding(1, 'effect("<script>") > 0.1')
    page = render(story({1: 0.5}, replace(evil, name="<b>x")), SCORES)
    assert "<script>" not in page
    assert "&lt;b&gt;x" in page
    assert "Re-check these first" in page
    assert render(story({}), None) == ""
    assert "No open finding is likely" in render(story({1: 0.01}, finding(1)), None)
