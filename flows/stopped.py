"""SIGTERM, which a scheduler sends, as an exception that ends a command in one line."""

import signal
from types import FrameType
from typing import NoReturn


class Terminated(BaseException):
    """SIGTERM came; like a person's Ctrl-C no error, so that nothing that looks after errors takes it for one."""

    exit_code = 128 + signal.SIGTERM


def raise_terminated(number: int, frame: FrameType | None) -> NoReturn:
    """The handler."""
    raise Terminated
