"""A process that is started, asked whether it is well, started again when it ends, and ended."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.request import urlopen

TURNS = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds until a process that ended is started again, the last for every further time."""
STEADY = 60.0
"""Seconds after which a process that runs is taken to be well, and the pauses begin anew."""


@dataclass
class Child:
    """One process of the service.

    Attributes:
        name: as people are told it.
        words: the command.
        environment: of it, besides this process's.
        log: file that its standard error, and its output unless it is ``heard``, goes to.
        health: address that answers with 2xx when it is well; empty for none.
        heard: told each line of its output; None for its log.
        sockets: descriptors it inherits.
        restarts: how often it was started again.
    """

    name: str
    words: tuple[str, ...]
    log: Path
    health: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    heard: Callable[[str], None] | None = None
    sockets: tuple[int, ...] = ()
    restarts: int = field(default=0, init=False)
    _process: "subprocess.Popen[str] | None" = field(default=None, init=False, repr=False)
    _listener: threading.Thread | None = field(default=None, init=False, repr=False)
    _began: float = field(default=0.0, init=False, repr=False)
    _next: float = field(default=0.0, init=False, repr=False)
    _failed: int = field(default=0, init=False, repr=False)

    def start(self) -> None:
        """Raises OSError when the log cannot be written."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a", encoding="utf-8") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                self.words,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=out if self.heard is None else subprocess.PIPE,
                stderr=out,
                text=True,
                pass_fds=self.sockets,
                start_new_session=True,  # Ctrl-C is for the one process that ends the others
            )
        self._began = time.monotonic()
        if self.heard is not None and self._process.stdout is not None:
            self._listener = threading.Thread(target=_listen, args=(self._process.stdout, self.heard), daemon=True)
            self._listener.start()

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return None if self._process is None else self._process.poll()

    @property
    def pid(self) -> int | None:
        """Of the process that runs."""
        return None if self._process is None or self.code is not None else self._process.pid

    @property
    def well(self) -> bool:
        """Whether it runs and answers."""
        if self.pid is None:
            return False
        if not self.health:
            return True
        try:
            with urlopen(self.health, timeout=2):  # noqa: S310 - a server of our own
                return True
        except (OSError, ValueError):
            return False

    def revive(self) -> str:
        """Start it again when it has ended and its pause is over; says so, or nothing."""
        now = time.monotonic()
        if self.code is None:
            if now - self._began > STEADY:
                self._failed = 0
            return ""
        if not self._next:
            self._next = now + TURNS[min(self._failed, len(TURNS) - 1)]
            self._failed += 1
            return f"{self.name} {ending(self.code)}; it is started again in {self._next - now:.0f} s ({self.log})"
        if now >= self._next:
            self._next = 0.0
            self.restarts += 1
            self.start()
            return f"{self.name} is started again"
        return ""

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def end(self, deadline: float) -> None:
        """See to it that it has ended by ``deadline`` of the monotonic clock, and all it started."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        self._signal(signal.SIGKILL)
        self._process.wait()
        if self._listener is not None:
            self._listener.join(1.0)

    def last_words(self) -> str:
        """The last line of its log."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1].strip() if lines else ""

    def _signal(self, number: int) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)


def ending(code: int) -> str:
    """How a process ended, in words.

    >>> ending(-9), ending(1)
    ('was killed by SIGKILL', 'ended with exit code 1')
    """
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def _listen(lines: IO[str], heard: Callable[[str], None]) -> None:
    with lines:
        for line in lines:
            heard(line.rstrip("\n"))
