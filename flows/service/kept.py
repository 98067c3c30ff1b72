"""``python -m halflife.flows.service.kept WORD…``: a command that ends, with all it started, when whoever started it does.

For commands that are not ours, and start processes of their own.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from types import FrameType

from halflife.flows.prefect_database import die_with_parent

PATIENCE = 4.0
"""Seconds it is given to end by itself."""


def main(words: list[str]) -> int:
    """Run it in a group of processes of its own; gives its exit code."""
    die_with_parent()

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    running = subprocess.Popen(  # noqa: S603 - as we were told by our own code
        words, start_new_session=True, preexec_fn=die_with_parent
    )
    try:
        return running.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for number, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, 1.0)):
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(running.pid, number)
                running.wait(patience)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
