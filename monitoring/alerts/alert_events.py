"""One event inside an alert, and how numbers and names are said there."""

from dataclasses import dataclass

from halflife.models.alert import AlertItem


@dataclass(frozen=True)
class AlertEvent:
    """Something that happened to a version.

    Attributes:
        item: as the alert lists it.
        headline: as the subject says it; events with the same one are said once. Empty when this is told only in an
            alert that is sent for another reason.
        clause: as the plain sentence says it.
    """

    item: AlertItem
    headline: str = ""
    clause: str = ""


def one_line(text: str) -> str:
    r"""``text`` without line breaks, tabs or control characters, as a subject must be; a figure stays with its unit.

    >>> one_line("v3: a finding\r\nBcc: everyone@example.org"), one_line("48\N{NO-BREAK SPACE}%")
    ('v3: a finding Bcc: everyone@example.org', '48\xa0%')
    """
    plain = "".join(c if c.isprintable() or c == "\N{NO-BREAK SPACE}" else " " for c in text)
    return " ".join(filter(None, plain.split(" ")))


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "finding"), count(1200, "row")
    ('1 finding', '1,200 rows')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(share: float) -> str:
    """A share with one decimal.

    >>> percent(0.0234)
    '2.3 %'
    """
    return f"{100 * share:.1f} %"
