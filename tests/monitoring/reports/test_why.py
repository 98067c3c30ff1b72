"""Why a finding changed, as people read it."""

from collections.abc import Mapping
from io import StringIO
from math import nan
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console

from halflife.models.causes import Cause, Share, Why
from halflife.models.domain import Finding, Scope, Status
from halflife.monitoring.causes.breakdown import Breakdown
from halflife.monitoring.reports.cause_plot import COLOURS, bar, legend, render
from halflife.monitoring.reports.cause_terminal import details
from halflife.monitoring.wording import cause_words as words

FINDING = Finding("leak", 'attribution_share("a") > 0.3', "attribution_share", Scope.POPULATION, made_on=3, id=1)


def told(shares: Mapping[Cause, float], **known: object) -> Why:
    """A change on v14 with these shares, each known to 9 points."""
    plain: dict[str, object] = {"finding": 1, "since": 3, "version": 14, "delta": -0.2, "noise": 0.02, "z": -9.0}
    return Why(**{**plain, "shares": {c: Share(s, 0.09) for c, s in shares.items()}, **known})  # type: ignore[arg-type] # as given


def said(why: Why, status: Status = Status.STALE, *, changed: bool = True) -> str:
    """The sentence, with plain blanks."""
    return words.sentence(why, FINDING, status, changed=changed).replace("\N{NO-BREAK SPACE}", " ")


def test_every_cause_has_a_name_a_meaning_and_a_colour() -> None:
    """Nothing that can be found is without words."""
    assert set(words.NAMES) == set(words.MEANINGS) == set(COLOURS) == set(Cause)
    assert len(set(words.NAMES.values())) == len(set(COLOURS.values())) == len(Cause)


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ({Cause.CONCEPT: 0.78, Cause.SAMPLING: 0.22}, "the world moved (concept, 78 % ± 9)"),
        ({Cause.CONCEPT: 0.5, Cause.COVARIATE: 0.4, Cause.SEED: 0.1}, "the world moved (concept 50 % ± 9, inputs 40 % ± 9)"),
        ({Cause.DATA: 0.9, Cause.SEED: 0.1}, "the world moved (inputs or concept, 90 % ± 9)"),
        ({Cause.SEED: 0.6, Cause.SAMPLING: 0.1, Cause.EVIDENCE: 0.3}, "retraining noise is enough to explain it (another seed, 60 % ± 9)"),
        ({Cause.EVIDENCE: 0.9, Cause.DATA: 0.1}, "the rows it is tested on moved (evidence, 90 % ± 9)"),
        ({Cause.PIPELINE: 1.0}, "the recipe was changed (pipeline, 100 % ± 9)"),
        ({Cause.FEEDBACK: 1.0}, "the model's own decisions chose its labels (feedback, 100 % ± 9)"),
        ({}, "why is not known"),
        ({Cause.EVIDENCE: 0.2}, "why is not known"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_dominant_cause_with_its_share(shares: Mapping[Cause, float], sentence: str) -> None:
    """One sentence a cause; what outweighs all that is attributed is not known."""
    assert said(told(shares)) == f"Went stale at v14: {sentence}."


def test_the_sentence_says_how_often_noise_alone_does_it() -> None:
    """Once in N retrains, or that it is rarer than can be said."""
    why = told({Cause.CONCEPT: 1.0}, chance=1 / 240)
    assert said(why).endswith("; noise alone would have done this once in 240 retrains.")
    assert said(why, Status.WEAKENED).endswith("; noise alone refutes it once in 240 retrains.")
    assert words.once(0.0) == "less than once in 10,000 retrains"


def test_what_still_holds_is_told_by_how_it_moved() -> None:
    """Neither a finding that holds nor versions chosen at will are said to have gone stale there."""
    why = told({Cause.CONCEPT: 0.8, Cause.SEED: 0.2})
    moved = "since v3, where it was made, it moved by -0.2: the world moved (concept, 80 % ± 9)."
    assert said(why, Status.HOLDS) == f"Holds at v14; {moved}"
    assert said(why, Status.STALE, changed=False) == f"Is stale at v14; {moved}"
    assert said(told({}, delta=0.0), Status.HOLDS) == "Holds at v14; nothing moved since v3."


def test_several_changes_are_summed_up() -> None:
    """By who made them, and the mean share that cannot be attributed, where that is known."""
    whys = [
        told({Cause.CONCEPT: 1.0}, unattributable=0.01),
        told({Cause.SEED: 1.0}, delta=0.1, noise=0.1, unattributable=1.0),
        told({}, noise=nan, z=nan, unattributable=None),
    ]
    text = words.summary(whys).replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith("What made 3 changes: the world 1, retraining noise 1, not known 1.")
    assert text.endswith(" On average 50 % of a change cannot be attributed under this pipeline.")
    one = words.summary([told({Cause.SEED: 1.0}, unattributable=0.25)]).replace("\N{NO-BREAK SPACE}", " ")
    assert one == "What made 1 change: retraining noise 1. 25 % of it cannot be attributed under this pipeline."
    assert words.summary([]) == ""


def test_a_bar_is_as_long_as_its_shares_and_says_each() -> None:
    """Widths are the shares', the last part is what is not told apart, and every part has its figure as a title."""
    why = told({Cause.CONCEPT: 0.5, Cause.SEED: 0.25})
    drawn = ElementTree.fromstring(str(bar(why, width=200)))  # noqa: S314 - our own drawing
    widths = [float(rect.get("width", "0")) for rect in drawn.iter("rect")]
    assert widths == [100.0, 50.0, 50.0]
    titles = [title.text or "" for title in drawn.iter("title")]
    assert titles[0].startswith("concept 50")
    assert titles[-1] == words.REST
    assert "another seed" in legend([why])
    assert "inputs" not in legend([told({Cause.SEED: 1.0})])


def test_the_page_escapes_what_people_wrote() -> None:
    """Names and claims cannot bring markup into the page; nothing told is nothing shown."""
    bad = Finding("<b>x</b>", "<script>", "auc", Scope.POPULATION, 3, id=1)
    page = str(render([(bad, told({Cause.CONCEPT: 1.0}, notes=("<i>note</i>",)), Status.STALE)]))
    assert "<script>" not in page
    assert "<b>x</b>" not in page
    assert "<i>note</i>" not in page
    assert "&lt;script&gt;" in page
    assert render([]) == ""


def test_the_terminal_shows_every_figure_the_sentence_rests_on() -> None:
    """Shares, both parts, noise with its line, the four corners, what was trained and what is not identified."""
    why = told(
        {Cause.CONCEPT: 0.8, Cause.SAMPLING: 0.2}, unattributable=0.04, chance=0.01, notes=("Something is open.",)
    )
    corners = np.array([[0.5, 0.45], [0.35, 0.3]])
    account = Breakdown(
        why, corners, -0.05, -0.15, {Cause.COVARIATE: -0.03, Cause.CONCEPT: -0.12}, 2.3, "shadows", ("v3's rows",)
    )
    console = Console(file=StringIO(), width=110, color_system=None)
    with console.capture() as captured:
        console.print(details(account, FINDING, Status.STALE))
    text = captured.get().replace("\N{NO-BREAK SPACE}", " ")
    for part in ("Went stale at v14", "80 % ± 9", "from 0.5 on v3 to 0.3 on v14", "concept -0.12", "z = -9.0", "± 2.3",
                 "4 % of the change", "once in 100 retrains", "0.45", "v3's rows", "Something is open."):  # fmt: skip
        assert part in text
    document = words.document(account, FINDING, Status.STALE)
    assert document["shares"]["concept"] == {"share": 0.8, "error": 0.09}
    assert document["theta"] == corners.tolist()
    assert words.shares(why) == {"concept": 0.8, "sampling": 0.2}
