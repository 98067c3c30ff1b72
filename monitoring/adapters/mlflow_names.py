"""Names of ours as MLflow takes them, and back: a column may be called anything, a metric may not.

What MLflow takes stays as it is. Each character it refuses is written as its number between colons, ``(`` as ``:x28:``.
"""

import posixpath
import re
from hashlib import blake2b

LONGEST = 250
"""Characters of a metric's name in MLflow 3.17."""
KEPT = 220
REFUSED = re.compile(r"[^\w\-.:/ ]|:(?=x)")
ESCAPED = re.compile(r":x([0-9a-f]+):")


def metric_key(name: str) -> str:
    """The key of a metric of this name: no two names have one key.

    A key that would be too long ends in a hash of the name, and then cannot be read back.

    >>> metric_key("drift.income (EUR)"), metric_key("drift.age")
    ('drift.income :x28:EUR:x29:', 'drift.age')
    """
    key = REFUSED.sub(_escaped, name)
    if key != key.strip() or posixpath.normpath(key) != key or key.startswith((".", "/")):
        key = re.sub(r"^[ ./]|[/]|[ ]$", _escaped, key)
    if len(key) <= LONGEST:
        return key
    return f"{key[:KEPT]}:h{blake2b(name.encode(), digest_size=8).hexdigest()}:"


def metric_name(key: str) -> str:
    """What `metric_key` made this key of.

    >>> metric_name("drift.income :x28:EUR:x29:")
    'drift.income (EUR)'
    """
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), key)


def _escaped(match: re.Match[str]) -> str:
    return "".join(f":x{ord(letter):x}:" for letter in match[0])
