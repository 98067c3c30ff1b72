"""The contract every channel keeps: an alert arrives once, whole, with its key, or it says why not. The checks that ours pass.

A check takes the channel with its other side, where the test sees what arrived::

    @pytest.mark.parametrize("check", channel_checks())
    def test_the_channel_keeps_the_contract(check, pager):
        check(ChannelSpecimen(pager.channel, pager.arrivals, broken=pager.unplugged, secrets=("hunter2",)))
"""

import re
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from copy import deepcopy
from dataclasses import dataclass, replace
from io import StringIO
from typing import TypeAlias

from halflife.models.alert import Alert, AlertItem, AlertKind, Severity
from halflife.models.errors import Unavailable
from halflife.monitoring.ports import Channel
from halflife.testing.asserting import equal, refused

ALERT = Alert(
    "demo-v12",
    Severity.WARNING,
    12,
    "v12: 1 finding went stale",
    "On version 12, 1 finding went stale and the data drifted.",
    (
        AlertItem(AlertKind.FINDINGS, Severity.WARNING, "The gap no longer holds.", "gap"),
        AlertItem(AlertKind.DRIFT, Severity.WARNING, "Income drifted."),
    ),
    {"report": "/home/ana/reports/v12/conclusions.html"},
)
"""What most checks send."""
HOSTILE = (
    "âge, 数 and 🜚",
    "[red]brackets[/red] {braces} %s <b>&amp;</b>",
    "quote \" and ' and \\n that is none",
    "two\r\nBcc: eve@example.org\nlines",
)
"""What people write: other scripts, markup of many kinds, and newlines that would end a header."""


@dataclass(frozen=True)
class Arrival:
    """One message as its receiver sees it.

    Attributes:
        key: by which it drops repeats.
        text: all that people read there, unescaped; how it is wrapped does not matter.
    """

    key: str
    text: str


def everything(alert: Alert) -> tuple[str, ...]:
    """All sentences of an alert.

    >>> everything(ALERT)[-1]
    'Income drifted.'
    """
    return alert.subject, alert.sentence, *(item.sentence for item in alert.items)


@dataclass(frozen=True)
class ChannelSpecimen:
    """A channel under check, and its other side.

    Attributes:
        channel: whose other side takes what it gets.
        arrivals: what arrived so far, oldest first.
        broken: a channel of the same kind whose other side does not take anything.
        secrets: what neither an error nor a repr may hold.
        shows: the sentences of an alert that it passes on.
    """

    channel: Channel
    arrivals: Callable[[], Sequence[Arrival]]
    broken: Channel
    secrets: tuple[str, ...] = ()
    shows: Callable[[Alert], Iterable[str]] = everything


Check: TypeAlias = Callable[[ChannelSpecimen], None]


def channel_checks() -> list[Check]:
    """The checks of a channel; each raises AssertionError where its first line is not so.

    >>> channel_checks()[1].__doc__
    'An alert that is sent once arrives once, with its sentences.'
    """
    return [
        has_a_name,
        sends_once,
        carries_the_key,
        leaves_the_alert_as_it_is,
        passes_on_what_people_write,
        sends_an_alert_without_items,
        prints_nothing,
        says_why_it_failed,
        tells_no_secret,
    ]


def has_a_name(specimen: ChannelSpecimen) -> None:
    """It has a name of one line, and so has its broken twin."""
    for channel in (specimen.channel, specimen.broken):
        assert channel.name, "the channel has no name"
        assert channel.name.isprintable(), f"the name {channel.name!r} is more than a line of text"


def sends_once(specimen: ChannelSpecimen) -> None:
    """An alert that is sent once arrives once, with its sentences."""
    specimen.channel.send(ALERT)
    arrivals = specimen.arrivals()
    equal(len(arrivals), 1, "one alert is one message")
    _require_shown(specimen, ALERT, arrivals[0])


def carries_the_key(specimen: ChannelSpecimen) -> None:
    """A repeat has the key of the first, or does not arrive; another alert has another key, whatever is in it."""
    for _ in range(2):
        specimen.channel.send(ALERT)
    equal({arrival.key for arrival in specimen.arrivals()}, {ALERT.key}, "a repeat can be told by its key")
    odd = ("demo-v13", "demo.v13", "modèle.eu v13", "../demo-v13", "demo\nv13")
    for key in odd:
        specimen.channel.send(replace(ALERT, key=key))
    equal(len({arrival.key for arrival in specimen.arrivals()}), len(odd) + 1, "other alerts have other keys")


def leaves_the_alert_as_it_is(specimen: ChannelSpecimen) -> None:
    """What was sent is unchanged afterwards, links too."""
    alert = deepcopy(ALERT)
    specimen.channel.send(alert)
    equal(alert, ALERT, "sending changes nothing in the alert")


def passes_on_what_people_write(specimen: ChannelSpecimen) -> None:
    """Other scripts, markup and newlines in subject and sentences arrive as text, and add no message of their own."""
    for number, text in enumerate(HOSTILE, start=1):
        items = (AlertItem(AlertKind.FINDINGS, Severity.CRITICAL, f"Item: {text}", f"name {text}"),)
        alert = Alert(f"demo-v{number}", Severity.CRITICAL, number, f"v1: {text}", f"Sentence: {text}", items)
        specimen.channel.send(alert)
        arrivals = specimen.arrivals()
        equal(len(arrivals), number, f"an alert that says {text!r} is one message")
        _require_shown(specimen, alert, arrivals[-1])


def sends_an_alert_without_items(specimen: ChannelSpecimen) -> None:
    """An alert about no version, with no items and no links, arrives as others do."""
    alert = Alert("test-1", Severity.INFO, 0, "A test", "Nothing happened.", ())
    specimen.channel.send(alert)
    equal(len(specimen.arrivals()), 1, "it arrives once")
    _require_shown(specimen, alert, specimen.arrivals()[0])


def prints_nothing(specimen: ChannelSpecimen) -> None:
    """Standard output stays free: with ``--json`` it is one document."""
    with redirect_stdout(StringIO()) as printed:
        specimen.channel.send(ALERT)
    equal(printed.getvalue(), "", "nothing is printed to standard output")


def says_why_it_failed(specimen: ChannelSpecimen) -> None:
    """What is not taken raises Unavailable, with the cause in one line of text, each time."""
    for _ in range(2):
        error = refused(Unavailable, lambda: specimen.broken.send(ALERT), "an alert that nobody takes")
        assert len(str(error).split()) >= 3, f"{str(error)!r} is no sentence"
        assert str(error).isprintable(), f"{str(error)!r} is more than one line"


def tells_no_secret(specimen: ChannelSpecimen) -> None:
    """Neither an error, nor what caused it, nor a repr holds a secret."""
    error = refused(Unavailable, lambda: specimen.broken.send(ALERT), "an alert that nobody takes")
    told = {"the error": str(error), "the repr": repr(specimen.channel) + repr(specimen.broken)}
    told["a cause of the error"] = "".join(traceback.format_exception(error))
    for secret in specimen.secrets:
        for where, text in told.items():
            assert secret not in text, f"{where} holds a secret"


def _require_shown(specimen: ChannelSpecimen, alert: Alert, arrival: Arrival) -> None:
    for sentence in specimen.shows(alert):
        assert _words(sentence) in _words(arrival.text), f"{sentence!r} did not arrive; what did is {arrival.text!r}"


def _words(text: str) -> str:
    """Without the difference between one white space and another."""
    return re.sub(r"\s+", " ", text).strip()
