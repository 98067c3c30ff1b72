"""The comparison of recipes as people read it: sentences, tables, plain values, the page and its drawings."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console, RenderableType

from halflife.models.domain import Interval
from halflife.models.recipe import STRATEGY_FIELDS, Recipe
from halflife.monitoring.reports.recipe_listing import listed, listing
from halflife.monitoring.reports.tradeoff import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Axis, Dot, tradeoff
from halflife.monitoring.reports.trials_page import render, write_page
from halflife.monitoring.reports.trials_terminal import document, table
from halflife.monitoring.trials.compare import RecipeComparison, Standing
from halflife.monitoring.trials.trial import Living
from halflife.monitoring.trials.variants import variants
from halflife.monitoring.wording.trial_words import sentences


def about(value: float, reach: float) -> Interval:
    """An interval around a value."""
    return Interval(value, value - reach, value + reach)


PLAIN = Standing(
    name="plain",
    recipe=Recipe(),
    log_loss=about(0.56, 0.05),
    auc=about(0.84, 0.02),
    against=None,
    cpu=0.36,
    trees=120.0,
    churn=about(0.112, 0.01),
    probed=3,
    reseeded=0.042,
    butterfly=Interval(0.11, 0.08, 0.13),
    own=Living(4.0, 3.2, 5.0, 379, 200, about(0.5, 0.05)),
    same=Living(6.0, 3.0, None, 20, 11, None),
)
WARM = replace(
    PLAIN,
    name="warm",
    recipe=Recipe(strategy="warm"),
    against=about(-0.0105, 0.0023),
    churn=about(0.07, 0.01),
    own=Living(None, 9.0, None, 367, 69, about(0.2, 0.05)),
)
ANCHORED = replace(PLAIN, name="anchored", against=about(0.001, 0.01), reseeded=None, own=None, butterfly=None)
SMALL = replace(PLAIN, name="<small>", against=about(0.02, 0.001), churn=None, same=None)
TOLD = RecipeComparison("elec", 134, 28, 36_576, 20, 0.9, (PLAIN, WARM, ANCHORED, SMALL))


def plain(told: RenderableType, width: int = 110) -> str:
    """As text without colour."""
    console = Console(width=width, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(told)
    return captured.get()


def test_the_sentences_say_only_what_is_clear() -> None:
    """Better, worse and not to be told apart by their intervals; longer lives only where intervals do not touch."""
    assert sentences(TOLD) == [
        "28 versions of elec to tick 134, each scored on the rows that came after it, 36,576 in all.",
        "Log loss is lower than with plain under warm by 0.0105 [0.0082, 0.0128].",
        "It is higher under <small> by 0.0200 [0.0190, 0.0210].",
        "By log loss anchored cannot be told from plain.",
        "plain decides 11.2% of rows otherwise than the version before it; warm, the steadiest, 7.0%.",
        "Of what the investigator finds under plain, 50% [45, 55] is stale 4 retrains later; less under warm 20% [15, 25].",
        "Its half-life is 4.0 [3.2, 5.0] retrains; longer under warm over 9.0.",
        "The 20 conclusions of plain's first version, followed under every recipe: 6.0 [3.0, ∞) under plain; "
        "no other recipe's can be told from it.",
    ]


def test_a_comparison_without_others_or_findings_says_so() -> None:
    """One recipe, nothing followed: no claim about anybody."""
    alone = replace(TOLD, standings=(replace(PLAIN, own=None, same=None, churn=None),))
    assert sentences(alone)[1:] == [
        "What the investigator finds was not followed long enough to say how soon it goes stale."
    ]
    unclear = replace(TOLD, standings=(PLAIN, replace(PLAIN, name="warm", against=about(0.0, 0.1))))
    assert sentences(unclear)[1:4] == [
        "By log loss warm cannot be told from plain.",
        "plain decides 11.2% of rows otherwise than the version before it; no recipe is clearly steadier.",
        "Of what the investigator finds under plain, 50% [45, 55] is stale 4 retrains later; "
        "no other recipe's share can be told from it.",
    ]


def test_the_table_fits_110_columns_and_has_every_figure() -> None:
    """No cell is cut; what there is none of is a dash, and a recipe without a seed channel says that."""
    text = plain(table(TOLD))
    assert "…" not in text
    assert all(len(line.rstrip()) <= 110 for line in text.splitlines())
    for figures in (
        r"warm +7\.0% ±1\.0 +4\.2% +0\.11 \[0\.08, 0\.13\]",
        r"warm +20% \[15, 25\] +over 9\.0 +69/367 +6\.0 \[3\.0, ∞\) +11/20",
        r"anchored +11\.2% ±1\.0 +no channel +–",
    ):
        assert re.search(figures, text)
    unprobed = replace(TOLD, standings=(replace(PLAIN, probed=0, reseeded=None, butterfly=None),))
    assert "no channel" not in plain(table(unprobed))
    assert "-0.0105 [-0.0128, -0.0082]" in text
    assert "what the investigator finds" in text


def test_the_document_is_json_with_stable_names() -> None:
    """Every figure by name, null where there is none; recipes as they can be made again."""
    told = json.loads(json.dumps(document(TOLD)))
    assert {"title", "until", "versions", "rows", "beliefs", "level", "baseline", "said", "recipes"} == set(told)
    warm, anchored = told["recipes"][1:3]
    assert Recipe.from_dict(warm["recipe"]) == WARM.recipe
    assert warm["against_plain"]["estimate"] == -0.0105
    assert warm["half_life"] == {
        "median": None, "lower": 9.0, "upper": None, "n": 367, "deaths": 69, "stale_after": 4,
        "stale": {"estimate": 0.2, "lower": pytest.approx(0.15), "upper": 0.25},
    }  # fmt: skip
    assert (anchored["half_life"], anchored["churn_seed"], anchored["butterfly"]) == (None, None, None)


def test_the_page_stands_alone_and_escapes_names(tmp_path: Path) -> None:
    """One file, nothing loaded from anywhere, a name that looks like HTML stays text, a drawing for each trade-off."""
    page = write_page(TOLD, tmp_path / "reports" / "recipes.html")
    text = page.read_text(encoding="utf-8")
    assert text == render(TOLD)
    assert [path.name for path in page.parent.iterdir()] == ["recipes.html"]
    assert "<small>" not in text
    assert "&lt;small&gt;" in text
    assert not re.search(r"<script|https?://|src=|@import", text)
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) == 4
    for drawing in drawings:
        ElementTree.fromstring(drawing)  # noqa: S314 - our own text
    assert all(
        sentence.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in text for sentence in sentences(TOLD)
    )


def test_a_trade_off_that_cannot_be_seen_is_not_drawn() -> None:
    """With one recipe there is nothing to trade; half-lives all known from below only would be one line of dots."""
    assert "<svg" not in render(replace(TOLD, standings=(PLAIN,)))
    below = replace(TOLD, standings=tuple(replace(s, own=WARM.own) for s in TOLD.standings))
    assert render(below).count("<svg") == render(TOLD).count("<svg") - 1


def test_every_dot_and_name_is_inside_and_apart() -> None:
    """Dots that lie close together have names that cover neither each other nor the axes."""
    near = [Dot(name, (1 + k / 50, 0.5, float("inf")), (0.01 * k, -1, 1)) for k, name in enumerate(STRATEGY_FIELDS)]
    root = ElementTree.fromstring(tradeoff([*near, Dot("far", (9, 8, 10), (0.5, 0, 1))], x="x", y="y", label="x"))  # noqa: S314 - our own text
    names = [(float(e.attrib["x"]), float(e.attrib["y"]), e.text or "") for e in root.iter("text") if e.get("class")]
    circles = list(root.iter("circle"))
    assert len(names) == len(circles) == 7
    for circle in circles:
        assert LEFT <= float(circle.attrib["cx"]) <= WIDTH - RIGHT
        assert TOP <= float(circle.attrib["cy"]) <= HEIGHT - BOTTOM
    for k, (x, y, name) in enumerate(names):
        assert x > LEFT - 10
        assert all(abs(y - v) > 9 or x + 6 * len(name) < u or u + 6 * len(other) < x for u, v, other in names[:k])


def test_ticks_are_round_and_few() -> None:
    """Between two and seven, whatever the range, and all of them on the axis."""
    for values in ([0.0, 1.0], [-0.0301, 0.0207], [3.0, 57.0], [5.0, 5.0], [0.0], [1e-6, 2e-6]):
        axis = Axis.over(values, 0, 100)
        assert 2 <= len(axis.ticks) <= 7
        assert all(axis.least <= tick <= axis.most for tick in axis.ticks)


def test_every_recipe_is_listed_with_a_sentence_and_its_settings() -> None:
    """Strategies say what they do, variants how they differ from plain; only settings that mean something are shown."""
    rows = listing(variants(Recipe(), {"small": Recipe(trees=50), "slow": Recipe(strategy="warm", added=7)}))
    assert [row["name"] for row in rows] == [*STRATEGY_FIELDS, "small", "slow"]
    assert all(row["said"].endswith(".") for row in rows)
    told = {row["name"]: row for row in rows}
    assert told["small"]["said"] == "A variant of the settings: trees = 50."
    assert told["slow"]["settings"] == {"added": 7, "restart": 10}
    assert told["plain"]["settings"] == {}
    text = plain(listed(rows))
    assert all(name in text for name in told)
    assert "restart = 10" in text
