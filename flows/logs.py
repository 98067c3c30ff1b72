"""What Halflife logs, on standard error: the tree of loggers ``halflife``, each named for its module.

Quiet unless asked: warnings alone, what is done with ``-v``, every step of it with ``-vv``. ``HALFLIFE_LOG=json`` in the
environment makes each line a JSON object. Standard output is the answer's alone. Whoever imports Halflife instead of
running its command sets up logging as for any library.
"""

import logging
import os
import sys
from typing import TextIO

from halflife.models.errors import ConfigError
from halflife.monitoring.alerts.redaction import redacted
from halflife.monitoring.reports.visible import visible

TREE = "halflife"
VARIABLE = "HALFLIFE_LOG"
LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
"""By how often ``-v`` was said."""
FORMATS = ("text", "json")


def configure(verbose: int = 0, *, json: bool | None = None) -> None:
    """Send the tree to standard error; said again, it changes the level and the form.

    Args:
        verbose: 0 for warnings, 1 for what is done, 2 or more for every step.
        json: one JSON object a line: ``time``, ``level``, ``logger``, ``message`` and, where there is one,
            ``exc_info``; None for what ``HALFLIFE_LOG`` says.

    Raises:
        ConfigError: ``HALFLIFE_LOG`` is neither ``text`` nor ``json``.
    """
    said = os.environ.get(VARIABLE) or FORMATS[0]
    if said not in FORMATS:
        raise ConfigError(f"{VARIABLE} is {said!r}; it is one of {', '.join(FORMATS)}")
    handler = _StandardError()
    handler.setFormatter(_json() if (said == "json" if json is None else json) else _text())
    handler.addFilter(_hide)
    logger = logging.getLogger(TREE)
    logger.handlers = [handler]
    logger.setLevel(LEVELS[min(verbose, len(LEVELS) - 1)])
    logger.propagate = False  # Prefect's own handlers would say everything twice


class _StandardError(logging.StreamHandler[TextIO]):
    """Standard error as it is when a line is written: progress bars put themselves in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class _Visible(logging.Formatter):
    """Lines for a terminal: what a message quotes neither steers it nor looks like a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record)).replace("\n", "\n  ")


def _hide(record: logging.LogRecord) -> bool:
    """A second guard: what is logged has no secrets to begin with, but an error's text may quote one."""
    record.msg, record.args = redacted(record.getMessage()), None
    if record.exc_info:
        record.exc_text, record.exc_info = redacted(logging.Formatter().formatException(record.exc_info)), None
    return True


def _text() -> logging.Formatter:
    return _Visible("{asctime} {levelname} {name}: {message}", datefmt="%H:%M:%S", style="{")


def _json() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter  # a quarter of a second that others need not pay

    names = {"levelname": "level", "name": "logger"}
    return JsonFormatter(["levelname", "name", "message"], rename_fields=names, timestamp="time")
