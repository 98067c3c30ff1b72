"""Every error Halflife raises on purpose, split by who must act.

::

    HalflifeError
    ├── UsageError              whoever typed or configured it; exit code 2
    │   ├── ConfigError         a setting: names the file, the key and what would be right
    │   ├── ClaimError          a claim: carries its text and the column of the fault
    │   ├── PluginError         a package that adds to Halflife: names it, and what would be right
    │   └── NotFound            a finding, version, case or scenario that does not exist
    ├── DataError               whoever owns the feed; exit code 1
    │   ├── FeedError           the source cannot be read as rows
    │   ├── SchemaError         columns or types differ from those fixed in the store
    │   ├── TickError           ticks arrive out of order
    │   └── NotTrainable        a window has too few labelled rows, or one class only; the next one may do
    ├── Unavailable             whoever runs the machine: a store, server or folder does not answer; exit code 1
    │   └── Held                nobody: another command works there, and will end
    └── EvidenceTooSmall        nobody: a statistic cannot be computed on these rows; becomes ``untestable``
"""

from enum import StrEnum

BESIDE = 500
"""Characters of a text shown on each side of a fault."""


class HalflifeError(Exception):
    """Base of every error Halflife raises on purpose; its text is meant for people."""

    exit_code = 1


class UsageError(HalflifeError):
    """What was asked for or configured is wrong."""

    exit_code = 2


class ConfigError(UsageError):
    """A setting is wrong; the message names the file, the key, the value and what would be right."""


class ClaimError(UsageError):
    """A claim or predicate is wrong.

    Args:
        message: what is wrong and what would be right.
        text: the whole text that was parsed.
        column: 1-based column of the fault in ``text``.

    >>> print(ClaimError("'acu' is not a statistic", text="acu() > 1", column=1))
    'acu' is not a statistic (column 1)
      acu() > 1
      ^
    """

    def __init__(self, message: str, *, text: str, column: int) -> None:
        super().__init__(message)
        self.message, self.text, self.column = message, text, column

    def __str__(self) -> str:
        start = max(0, self.column - 1 - BESIDE)
        before, after = "…" * (start > 0), "…" * (len(self.text) > self.column + BESIDE)
        shown = f"{before}{self.text[start : self.column + BESIDE]}{after}"
        return f"{self.message} (column {self.column})\n  {shown}\n  {' ' * (self.column - 1 - start + len(before))}^"


class PluginError(UsageError):
    """A package that adds something by entry point does not fit; the message names it and what would be right."""


class NotFound(UsageError):
    """A finding, version, case or scenario that does not exist; the message lists what does."""


class DataError(HalflifeError):
    """Rows cannot be used as they are."""


class FeedError(DataError):
    """A source cannot be read as rows: no such file, no rows, a doubled header, a label that is not binary."""


class SchemaError(DataError):
    """Columns or types differ from those the store has fixed."""


class TickError(DataError):
    """A tick arrives before the one it follows."""


class Obstacle(StrEnum):
    """What a window lacks to be trained on."""

    LABELS = "labels"
    CLASSES = "classes"


class NotTrainable(DataError):
    """No model can be fitted on this window; a later window may have the rows or labels that are missing.

    Args:
        message: with the counts, which differ from window to window.
        lacks: stays the same for as long as the reason does.
    """

    def __init__(self, message: str, lacks: Obstacle = Obstacle.LABELS) -> None:
        super().__init__(message)
        self.lacks = lacks


class Unavailable(HalflifeError):
    """A folder, database or server does not answer; trying again may help."""


class Held(Unavailable):
    """Somebody else is working where this would; it will end."""


class EvidenceTooSmall(HalflifeError):
    """A statistic has no value on these rows; the verdict is ``untestable`` with this message as its reason."""
