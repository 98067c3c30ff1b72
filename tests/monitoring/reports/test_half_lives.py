"""Half-lives are never shown without what noise alone would do, or that nobody knows."""

import re
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console, RenderableType

from halflife.models.half_life import Arrival, HalfLife, NoiseAlone, Recurrence
from halflife.monitoring.conclude import conclude
from halflife.monitoring.conclusions import Conclusions
from halflife.monitoring.reports.half_life_plots import on_arrival as dots
from halflife.monitoring.reports.half_life_plots import survival
from halflife.monitoring.reports.half_life_section import render
from halflife.monitoring.reports.half_life_table import Panel
from halflife.monitoring.reports.listing import half_life_metrics, half_life_rows
from halflife.monitoring.survival.half_lives import half_lives
from halflife.monitoring.survival.life import Life
from halflife.monitoring.wording.half_life_words import differences, endings, lifetime, noise_share, on_arrival, returns

STEPS = ((0.0, 1.0, 1.0, 1.0), (1.0, 0.8, 0.7, 0.9), (3.0, 0.63, 0.5, 0.75), (8.0, 0.45, 0.3, 0.6))
ALONE = NoiseAlone(
    findings=36,
    deaths=20,
    expected=11.0,
    curve=((0.0, 1.0, 1.0), (1.0, 0.9, 0.8), (3.0, 0.78, 0.63), (8.0, 0.6, 0.45)),
    median=None,
    share=(0.55, 0.4, 0.7),
)


def half(kind: str = "all", **more: object) -> HalfLife:
    """Forty findings of a kind, twenty of them gone stale, beside noise that would end eleven."""
    known = {
        "arrival": (Arrival(1, 0.2, 0.1, 0.3, 0.1), Arrival(2, 0.2, 0.1, 0.3, 0.1), Arrival(4, 0.37, 0.25, 0.5, 0.22)),
        "alone": ALONE,
        "incidence": (("world", ((1.0, 0.1), (8.0, 0.3))), ("noise", ((1.0, 0.1), (8.0, 0.25)))),
        "recurrence": Recurrence((0.1, 0.05, 0.15), (0.3, 0.2, 0.4), (0.75, 0.6, 0.85), ((200, 20), (60, 18))),
    } | more
    return HalfLife(kind, 6.7, 4.2, None, 40, 20, "kaplan-meier", STEPS, "blocks", **known)  # type: ignore[arg-type] # fields by name


@pytest.fixture
def told(story: Conclusions) -> Conclusions:
    """The demo's story with half-lives of two kinds, one of them with shadows."""
    return replace(story, half_lives=(half("auc", alone=None), half("gap"), half()))


def printed(what: RenderableType, width: int) -> str:
    """What a terminal of this width shows."""
    console = Console(width=width, quiet=False)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


def test_a_half_life_is_said_beside_noise() -> None:
    """With shadows: what noise would make it; where noise never halves them, how far that was followed. Without: unknown."""
    assert lifetime(half()).replace("\N{NO-BREAK SPACE}", " ") == (
        "Their half-life is 6.7 [4.2, ∞) retrains; retraining noise alone would have ended 40 % of them within 8 retrains."
    )
    halved = half(alone=replace(ALONE, median=7.5))
    assert lifetime(halved).endswith("noise alone would make it 7.5.")
    assert lifetime(half(alone=None)).endswith(
        "no shadows were trained, so how much of that is retraining noise is not known."
    )


def test_an_investigation_meets_stale_conclusions() -> None:
    """The sentence of the headline, with and without noise, for three retrains or as many as were followed."""
    assert on_arrival(half()) == (
        "An investigation that takes 3 retrains ends with a stale conclusion 37\N{NO-BREAK SPACE}% of the time;"
        " retraining noise alone would do that to 22\N{NO-BREAK SPACE}%."
    )
    assert "noise" not in on_arrival(half(alone=None))
    short = replace(half(alone=None), curve=STEPS[:2])
    assert on_arrival(short).startswith("An investigation that takes 1 retrain ends")
    assert on_arrival(replace(short, curve=STEPS[:1])) == ""


def test_deaths_without_drift_are_counted_among_findings_with_shadows() -> None:
    """The share has its interval and says of whom; with all deaths explained it says all, without any it says nothing."""
    said = noise_share(half())
    assert said == (
        "Of the 20 findings that went stale, among the 36 with shadows, about 55\N{NO-BREAK SPACE}% [40, 70] would have"
        " done so without any drift."
    )
    everyone = half(alone=replace(ALONE, findings=40, share=(1.0, 0.8, 1.0)))
    assert noise_share(everyone) == "Of the 20 findings that went stale all could have done so without any drift."
    assert noise_share(half(alone=replace(ALONE, share=None))) == noise_share(half(alone=None)) == ""


def test_endings_and_returns_are_plain() -> None:
    """What ended lives as shares of those that ended; how often stale ones hold again; nothing where nothing is known."""
    assert "the world 55\N{NO-BREAK SPACE}%, retraining noise 45\N{NO-BREAK SPACE}%" in endings(half())
    assert endings(half(incidence=(("not attributed", ((1.0, 0.2),)),))) == ""
    assert "probability 30\N{NO-BREAK SPACE}% [20, 40]" in returns(half())
    assert "holds 75\N{NO-BREAK SPACE}% [60, 85] of the time" in returns(half())
    assert returns(half(recurrence=None)) == ""


@pytest.mark.parametrize("width", [80, 100, 130])
def test_the_table_fits_and_shows_noise_in_brackets(told: Conclusions, width: int) -> None:
    """No header or figure is cut from 80 columns on; a narrow terminal shows fewer lengths of an investigation."""
    lines = printed(Panel(told), width).splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in "".join(lines)
    rows = [" ".join(line.split()) for line in lines]
    arrivals = "20 (10) 20 (10) 37 (22) –" if width >= 100 else "20 (10) 37 (22)"
    assert f"gap 20 of 40 6.7 [4.2, ∞) over 8.0 {arrivals}" in rows
    assert any(row.startswith("auc 20 of 40 6.7 [4.2, ∞) – 20 (10)") for row in rows)


def test_without_any_shadows_the_table_says_so(story: Conclusions) -> None:
    """No column of noise, no brackets, and a caption that says what is not known."""
    alone = tuple(Arrival(a.retrains, a.stale, a.lower, a.upper) for a in half().arrival)
    text = printed(Panel(replace(story, half_lives=(half(alone=None, arrival=alone),))), 100)
    assert "noise alone" not in " ".join(text.split())
    assert "How much of this is retraining noise is not known" in " ".join(text.split())
    assert "(" not in text.split("Stale after d")[0]


def test_the_section_draws_noise_beside_survival(told: Conclusions) -> None:
    """A dashed line in the curves that have shadows, a stroke for every length in the plot, and both explained."""
    page = str(render(told))
    assert page.count('class="noise" d="M') == 2 + 3 * 3
    assert "what lies between the lines is drift’s doing" in page
    assert "11.0 of 20" in page
    assert page.count("<svg") == page.count('role="img" aria-label=') == 4
    assert "<script" not in page


def test_what_is_drawn_is_said(told: Conclusions) -> None:
    """Every dot has its figures in words, and a curve names what noise would leave."""
    drawn = str(dots(told.half_lives, (1, 2, 4, 8)))
    assert "gap: 37\N{NO-BREAK SPACE}% stale [25, 50], by noise alone 22\N{NO-BREAK SPACE}%" in drawn
    assert "by noise alone 60\N{NO-BREAK SPACE}% would be left after 8" in str(survival(half(), 8.0))
    across = [float(x) for x in re.findall(r'cx="([0-9.]+)"', drawn)]
    assert len(across) == 9
    assert across[2] - across[0] == pytest.approx(2 * (across[1] - across[0]) + 0.17 * 130, abs=0.2)


def test_metrics_name_kind_and_length() -> None:
    """What the registry keeps: half-life, staleness on arrival by length, and both by noise alone; nothing unknown."""
    found = half_life_metrics(half("gap"))
    assert found["half_life.gap"] == 6.7
    assert found["obsolete_on_arrival.gap.4"] == 0.37
    assert found["obsolete_on_arrival_by_noise.gap.4"] == 0.22
    assert found["deaths_by_noise.gap"] == 0.55
    assert "half_life_by_noise.gap" not in found
    assert set(half_life_metrics(replace(half(alone=None), median=None, arrival=()))) == set()


def test_plain_values_keep_their_fields() -> None:
    """``replay --json`` has what it had, and beside it noise, arrivals, causes and recurrence; all of it JSON."""
    from json import dumps

    row = half_life_rows((half("gap"),))["gap"]
    assert {"median", "lower", "upper", "n", "deaths", "method"} <= set(row)
    assert row["noise_alone"]["expected_deaths"] == 11.0
    assert row["noise_alone"]["relative_survival"] == {"1": pytest.approx(0.8 / 0.9), "8": pytest.approx(0.75)}
    assert row["obsolete_on_arrival"]["4"]["noise"] == 0.22
    assert row["ended_by"] == {"world": 0.3, "noise": 0.25}
    assert dumps(row)


def test_only_real_differences_are_told() -> None:
    """Kinds whose hazards differ by six are told apart and in the right order; two that die alike are not mentioned."""
    rng = np.random.default_rng(1)
    lives = []
    for kind, hazard in (("steady", 0.04), ("shaky", 0.25)):
        for made_on in range(24):
            for age in rng.geometric(hazard, 8).tolist():
                ends, left = made_on + age, 24 - made_on
                lives.append(Life(0, kind, min(age, left), ends if age <= left else None, made_on=made_on))
    lives += [replace(life, statistic="sturdy") for life in lives if life.statistic == "steady"]
    said = differences(half_lives(lives), lives)
    assert len(said) == 2
    assert all("outlive those about shaky" in sentence for sentence in said)
    alike = [life for life in lives if life.statistic != "shaky"]
    assert differences(half_lives(alike), alike) == []


def test_nothing_followed_is_one_sentence() -> None:
    """An empty ledger gives a section that says so."""
    assert "No finding has been re-tested by enough retrains yet." in str(render(conclude([], [], [], [])))
