"""Alerts as .eml files in a folder: e-mail for machines without a mail server, and for demos."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from halflife.models.alert import Alert
from halflife.models.errors import Unavailable
from halflife.monitoring.ports import Channel
from halflife.monitoring.reports.mail import compose
from halflife.monitoring.whole_files import write_whole


@dataclass(frozen=True)
class Eml(Channel):
    """One file an alert, named for its key, written whole or not at all. A repeat leaves the file as it is."""

    folder: Path
    sender: str = "Halflife <halflife@localhost>"
    recipients: Sequence[str] = ("you@localhost",)
    name: str = "eml"

    def send(self, alert: Alert) -> None:
        path = self.folder / file_name(alert.key)
        try:
            if path.exists():
                return
            message = compose(alert, sender=self.sender, recipients=self.recipients)
            write_whole(path, message.as_bytes(), synced=True)
        except OSError as error:
            raise Unavailable(f"{path} cannot be written: {error.strerror or error}") from error


def file_name(key: str) -> str:
    """A file name for a key; two keys never share one.

    >>> file_name("shortcut-v12")
    'shortcut-v12.eml'
    >>> file_name("../v12"), file_name("../v 12")
    ('v12-b8d96ea7.eml', 'v-12-1a826e0b.eml')
    """
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", key).strip("-")[:80]
    return f"{safe}.eml" if safe == key else f"{safe}-{blake2b(key.encode(), digest_size=4).hexdigest()}.eml"
