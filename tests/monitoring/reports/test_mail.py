"""One alert as a message: readable as text and as HTML, whatever people wrote into it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.monitoring.reports.mail import WHY, compose, is_address, message_id

SENDER, TO = "Halflife <h@example.org>", ["ana@example.org"]

ITEMS = (
    AlertItem(AlertKind.FINDINGS, Severity.CRITICAL, 'gap("fpr", a="x < 1") > 0.05 no longer holds.', "fair"),
    AlertItem(AlertKind.DRIFT, Severity.WARNING, "Drift in age."),
    AlertItem(AlertKind.FINDINGS, Severity.INFO, "auc() > 0.8 holds again.", "good-enough"),
)
LINKS = {"report": "https://example.org/r?a=1&b=2", "page": "/home/ana/r.html", "bad": "javascript:alert(1)"}
ALERT = Alert("demo-v12", Severity.CRITICAL, 12, "v12: 1 guard broke", "On version 12, 1 guard broke.", ITEMS, LINKS)


class Page(HTMLParser):
    """Tags with their attributes, and the text a reader sees."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(message: EmailMessage) -> EmailMessage:
    """The message as a mail program reads it from the wire."""
    parsed = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def bodies(message: EmailMessage) -> tuple[str, Page]:
    """Plain text and HTML of a message that was read."""
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    return plain.get_content().replace("\r\n", "\n"), Page(rich.get_content())


def places(text: str) -> Iterator[int]:
    """Where a reader meets the sentence, the items in order, a link and the reason for the mail."""
    for part in (ALERT.sentence, *(item.sentence for item in ITEMS), "report", WHY[:20], "demo-v12"):
        yield text.index(part, text.index(ALERT.sentence))


def test_both_parts_say_the_same_in_the_same_order() -> None:
    """The plain sentence first, then the ranked items, the links, why you get it, the key."""
    plain, page = bodies(read(compose(ALERT, sender=SENDER, recipients=TO)))
    assert plain.startswith(ALERT.sentence)
    for text in (plain, page.text):
        where = list(places(text))
        assert all(before < after for before, after in pairwise(where))


def test_the_text_part_is_plain_and_compact() -> None:
    """No entities, no stacked blank lines: what a terminal mail program shows."""
    plain, _ = bodies(read(compose(ALERT, sender=SENDER, recipients=TO, why="Because.")))
    assert plain == (
        "On version 12, 1 guard broke.\n\n"
        '[critical] fair: gap("fpr", a="x < 1") > 0.05 no longer holds.\n'
        "[warning] Drift in age.\n"
        "[info] good-enough: auc() > 0.8 holds again.\n\n"
        "report: https://example.org/r?a=1&b=2\n"
        "page: /home/ana/r.html\n"
        "bad: javascript:alert(1)\n\n"
        "-- \nBecause.\nKey: demo-v12\n"
    )


def test_the_headers_let_machines_sort_it() -> None:
    """Date, identity by key, automatic, urgent when critical."""
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    message = read(compose(ALERT, sender=SENDER, recipients=TO, at=at))
    assert parsedate_to_datetime(message["Date"]) == at
    assert message["Message-ID"] == message_id("demo-v12", SENDER)
    assert (message["Auto-Submitted"], message["Importance"]) == ("auto-generated", "high")
    assert (message["From"], message["To"]) == (SENDER, TO[0])


def test_only_web_and_file_addresses_become_links() -> None:
    """A path is shown as text, a script never becomes a link."""
    _, page = bodies(read(compose(ALERT, sender=SENDER, recipients=TO)))
    assert [attributes["href"] for tag, attributes in page.tags if tag == "a"] == ["https://example.org/r?a=1&b=2"]
    assert "javascript:alert(1)" in page.text
    assert is_address("file:///home/ana/r.html")
    assert not is_address("data:text/html,x")


def test_nothing_is_loaded_from_anywhere() -> None:
    """No image, script, stylesheet or font: the mail is whole, and tells nobody that it was opened."""
    _, page = bodies(read(compose(ALERT, sender=SENDER, recipients=TO)))
    assert {tag for tag, _ in page.tags} == {
        *("html", "head", "meta", "title", "body", "table", "tr", "td", "div", "a", "span", "br")
    }
    assert not [style for _, attributes in page.tags if "url(" in (style := attributes.get("style") or "")]


texts = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\r\nBcc: x@example.org", "{{ 7 * 7 }}", "&lt;"]
)


@settings(max_examples=60, deadline=None)
@given(texts, texts, texts, texts)
def test_what_people_write_is_text_and_nothing_else(subject: str, sentence: str, name: str, target: str) -> None:
    """Markup, templates and line breaks in a note reach the reader as text: no new tags, no new headers."""
    item = AlertItem(AlertKind.FINDINGS, Severity.INFO, sentence, name)
    alert = Alert(subject, Severity.INFO, 1, subject, sentence, (item,), {name: f"https://example.org/{target}"})
    quiet = Alert("k", Severity.INFO, 1, "s", "s", (AlertItem(*item.__dict__.values()),), {"n": "https://example.org"})
    message = read(compose(alert, sender=SENDER, recipients=TO))
    _, page = bodies(message)
    plain_message = read(compose(quiet, sender=SENDER, recipients=TO))
    assert message.keys() == plain_message.keys()
    assert "\n" not in message["Subject"]
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in bodies(plain_message)[1].tags]
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert "49" not in page.text or "49" in subject + sentence + name + target or "49" in WHY


@pytest.mark.parametrize("text", ["<b>bold</b>", "{{ 7 * 7 }}", 'a="b" & c', "ünïcødé ± θ 數"])
def test_text_arrives_letter_by_letter(text: str) -> None:
    """A sentence is shown as it was written, in both parts and in the subject."""
    alert = Alert("k", Severity.INFO, 1, text, text, ())
    message = read(compose(alert, sender=SENDER, recipients=TO))
    plain, page = bodies(message)
    assert message["Subject"] == text
    assert plain.startswith(text + "\n")
    assert text in page.text


def test_an_identity_is_the_key_and_the_domain() -> None:
    """The same key gives the same Message-ID; keys that look alike do not."""
    assert message_id("a b", SENDER) == message_id("a b", "other@example.org")
    assert message_id("a b", SENDER) != message_id("a-b", SENDER)
    assert message_id("k", "nobody").endswith("@localhost>")
