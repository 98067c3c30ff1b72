"""One alert as an e-mail: plain text and HTML, the plain sentence first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from hashlib import blake2b
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from halflife.models.alert import Alert, Severity
from halflife.monitoring.alerts.alert_events import one_line
from halflife.monitoring.reports.visible import finished

COLOURS = {Severity.CRITICAL: "#b42318", Severity.WARNING: "#b54708", Severity.INFO: "#175cd3"}
"""Text on white at a contrast of at least 5:1."""
DOTS = {Severity.CRITICAL: "#d92d20", Severity.WARNING: "#f79009", Severity.INFO: "#2e90fa"}
"""Marks, which must be told apart at 8 pixels."""

WHY = "You get this because Halflife re-tests what is believed about this model at every version, and you are among the recipients of its alerts. There is one message a version, and none when nothing is worth saying."


def compose(
    alert: Alert, *, sender: str, recipients: Sequence[str], why: str = WHY, at: datetime | None = None
) -> EmailMessage:
    """The message for ``alert``.

    Its Message-ID is made from the alert's key, so that a mailbox shows a repeat once.

    Args:
        alert: whatever people wrote in it is escaped, and cannot add headers.
        sender: address it comes from, with or without a name.
        recipients: addresses it goes to.
        why: one sentence on why the reader gets it.
        at: its date; None for now.

    >>> alert = Alert("demo-v2", Severity.INFO, 2, "v2: 1 finding holds again", "All is well.", ())
    >>> message = compose(alert, sender="h@example.org", recipients=["ana@example.org"])
    >>> message["Subject"], message.get_content_type()
    ('v2: 1 finding holds again', 'multipart/alternative')
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(alert.subject)
    message["From"] = sender
    message["To"] = ", ".join(recipients)
    message["Date"] = format_datetime(at or datetime.now(UTC))
    message["Message-ID"] = message_id(alert.key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Halflife-Key"] = one_line(alert.key)
    if alert.severity is Severity.CRITICAL:
        message["Importance"] = "high"
    message.set_content(_templates().get_template("mail.txt.jinja").render(alert=alert, why=why))
    message.add_alternative(html(alert, why=why), subtype="html")
    return message


def html(alert: Alert, *, why: str = WHY) -> str:
    """The HTML part alone: 600 pixels wide, styles inline, nothing loaded from anywhere."""
    template = _templates().get_template("mail.html.jinja")
    return template.render(alert=alert, why=why, colours=COLOURS, dots=DOTS, is_address=is_address)


def message_id(key: str, sender: str) -> str:
    """A Message-ID that depends on the key and the sender's domain only.

    >>> message_id("demo-v12", "Halflife <h@example.org>")
    '<demo-v12.3f03f652f564b695@example.org>'
    """
    domain = parseaddr(sender)[1].partition("@")[2] or "localhost"
    safe = "".join(c if (c.isascii() and c.isalnum()) or c == "-" else "-" for c in key)[:40]
    return f"<{safe}.{blake2b(key.encode(), digest_size=8).hexdigest()}@{domain}>"


def is_address(target: str) -> bool:
    """Whether a link's target may become a hyperlink: web and file addresses only, never ``javascript:``."""
    return urlsplit(target).scheme in ("http", "https", "file")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("halflife.monitoring.reports"),
        autoescape=select_autoescape(enabled_extensions=("html", "html.jinja")),
        finalize=finished,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
