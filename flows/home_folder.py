"""A home's folder and what it was last used with: its owner's alone, and without what must not be kept."""

import json
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from halflife.flows.placement import SETTINGS
from halflife.flows.settings import Settings
from halflife.models.errors import Unavailable
from halflife.monitoring.alerts.redaction import hidden
from halflife.monitoring.whole_files import write_whole

LOG = logging.getLogger(__name__)

OWNERS = 0o700
"""Mode of a home: nobody else reads rows, models or findings, whatever the umask."""


def make_home(home: Path) -> None:
    """Make the folder; one that is there keeps its mode, which somebody chose. Raises Unavailable."""
    try:
        if not home.is_dir():
            home.mkdir(parents=True, exist_ok=True)
            home.chmod(OWNERS)
    except OSError as error:
        raise Unavailable(f"{home} cannot be written: {error.strerror}; choose another folder with --home") from None


def keep(settings: Settings, home: Path) -> None:
    """Write what the home is used with, readable by its owner alone. Raises Unavailable.

    A webhook's address that holds a secret is kept without it; but one that the home has kept before stays, since what
    runs there may know it from nowhere else.
    """
    make_home(home)
    path, kept = home / SETTINGS, settings.model_dump(mode="json", exclude={"home"})
    webhook = settings.alerts.webhook
    if webhook is not None and hidden(webhook.url) != webhook.url:
        if _kept_url(path) == webhook.url:
            kept["alerts"]["webhook"]["url"] = webhook.url
        LOG.info(
            "the address of the webhook holds a secret, which no home keeps: name an environment variable that holds it in"
            " alerts.webhook.url_env, so that what runs without the configuration can send too"
        )
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    try:
        if not path.exists() or path.read_text(encoding="utf-8") != text or path.stat().st_mode & 0o077:
            write_whole(path, text, private=True)
    except OSError as error:
        raise Unavailable(f"{home} cannot be written: {error.strerror}; choose another folder with --home") from None


def _kept_url(path: Path) -> Any:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return json.loads(path.read_text(encoding="utf-8"))["alerts"]["webhook"]["url"]
    return None
