"""How an investigation is shown: the paragraph first, then every lead with what became of its claim."""

import json
from io import StringIO

from rich.console import Console

from halflife.models.domain import Check, Finding, Interval, Measurement, Scope, Status
from halflife.monitoring.investigator.lead import Investigation, Lead, Topic
from halflife.monitoring.reports.investigation_page import Told, document, page, terminal, told

CLAIM = 'attribution_share("a<b>") > 0.3'


def example() -> Told:
    """A suspect whose claim was confirmed, a slice whose claim was stillborn, and a lead without a claim."""
    leads = (
        Lead(Topic.SHORTCUT, "shortcut", CLAIM, "it holds 41%", 0.41, "a<b> may be a shortcut"),
        Lead(Topic.SLICE, "slice", "slice_loss('x > 1') > 0.1", "twice the loss", 0.002),
        Lead(Topic.ERROR, "sure", "", "7 sure errors, 2 allowed", 0.1),
    )
    held = Measurement(900, Interval(0.4, 0.38, 0.42), Status.HOLDS)
    unclear = Measurement(900, Interval(0.1, 0.0, 0.2), Status.UNCLEAR)
    filed = [
        (Finding("v3-shortcut", CLAIM, "attribution_share", Scope.POPULATION, 3), Check(1, 3, 0.3, held, held)),
        (
            Finding("v3-slice", leads[1].claim, "slice_loss", Scope.POPULATION, 3, stillborn=True),
            Check(2, 3, 0.1, unclear, unclear),
        ),
    ]
    return told(Investigation(3, 600, "v3 does well. a<b> may be a shortcut.", leads), filed)


def test_the_terminal_shows_paragraph_claims_and_statuses_without_colour() -> None:
    """At 100 columns no claim is cut, and a status is a word."""
    console = Console(file=StringIO(), width=100, color_system=None)
    with console.capture() as captured:
        console.print(terminal(example()))
    text = captured.get()
    assert text.startswith("v3 does well. a<b> may be a shortcut.")
    assert CLAIM in text
    assert "41% at stake" in text
    assert "unclear, stillborn" in text
    assert "Suggested by 600 discovery rows; on other rows 1 of 2 claims hold." in text
    assert text.index("Shortcuts") < text.index("Where it does worst") < text.index("Errors it is sure of")
    assert max(map(len, text.splitlines())) <= 100


def test_the_page_escapes_names_and_needs_no_network() -> None:
    """Names of columns are text, not markup; nothing is fetched."""
    html = page(example(), title="bank")
    assert "bank v3: what a debugging session found" in html
    assert "a&lt;b&gt; may be a shortcut" in html
    assert "<b>" not in html
    assert "http" not in html
    assert "0.400 [0.380, 0.420]" in html


def test_the_document_is_json_with_every_lead() -> None:
    """What was seen, the claim, the finding and its test; null where there is none."""
    whole = json.loads(json.dumps(document(example())))
    assert (whole["version"], whole["rows"], len(whole["leads"])) == (3, 600, 3)
    first, _, last = whole["leads"]
    assert (first["topic"], first["finding"], first["tested"]["status"]) == ("shortcut", "v3-shortcut", "holds")
    assert (last["claim"], last["finding"], last["tested"]) == (None, None, None)
