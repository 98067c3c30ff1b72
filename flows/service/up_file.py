"""Where the servers of a running service are, for other commands in the same home."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from halflife.monitoring.whole_files import write_whole

FILE = "service/up.json"


def note(home: Path, said: Mapping[str, str]) -> None:
    """Keep the addresses, by what is reached there."""
    write_whole(home / FILE, json.dumps({**said, "pid": os.getpid()}, indent=1))


def addresses(home: Path) -> dict[str, str]:
    """What is reached -> address; nothing where no service runs."""
    try:
        said = json.loads((home / FILE).read_text(encoding="utf-8"))
        os.kill(said.pop("pid"), 0)
        return {str(name): str(url) for name, url in said.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def died(home: Path) -> bool:
    """Whether a service was there and ended without saying so."""
    return (home / FILE).exists() and not addresses(home)


def forget(home: Path) -> None:
    """The service has ended."""
    (home / FILE).unlink(missing_ok=True)
