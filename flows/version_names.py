"""How a version is named: ``14``, ``"14"``, ``"v14"``, or the version itself."""

from operator import index
from typing import SupportsIndex

from halflife.models.domain import Version
from halflife.models.errors import UsageError

VersionName = SupportsIndex | str | Version
"""What names a version."""


def numbered(name: VersionName) -> int:
    """The number of the version that is named.

    Raises:
        UsageError: it names none.

    >>> numbered("v14"), numbered("14"), numbered(14)
    (14, 14, 14)
    """
    if isinstance(name, Version):
        return name.number
    if isinstance(name, str):
        digits = name.strip().removeprefix("v")
        number = int(digits) if digits.isdecimal() else 0
    else:
        number = 0 if isinstance(name, bool) or not hasattr(name, "__index__") else index(name)
    if number < 1:
        raise UsageError(f"{name!r} is no version; versions are 1 or v1 and on")
    return number
