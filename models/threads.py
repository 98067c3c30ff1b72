"""How many threads this process may use, and how they wait for work."""

import os
from contextlib import suppress
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Of the container, in version 2 of Linux control groups: microseconds of CPU in a period, and the period."""


SPINS = 1000
"""Turns a waiting thread spins, some microseconds, before it sleeps."""


def wait_without_spinning() -> None:
    """Let OpenMP threads that wait for work sleep, after a moment; by default they spin for milliseconds.

    A spinning thread keeps a core from the one it waits for: beside one busy neighbour a fit on two threads of two
    cores was measured at sixty times its idle time. A thread that sleeps at once must be woken for every small loop:
    where that is slow, as on virtual machines, the same fit takes three times as long on idle cores. `SPINS` turns cost
    next to nothing in either place. Every OpenMP library in the process (LightGBM's, scikit-learn's) reads this once,
    when it is loaded, so it must come first. What is already in the environment stands.
    """
    if not {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} & set(os.environ):
        os.environ |= {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": str(SPINS)}


def cores() -> int:
    """CPUs this process may use: ``OMP_NUM_THREADS`` if set, else its affinity and its container's quota; at least 1."""
    asked = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    # Not everywhere there is an affinity to ask for.
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        share, period = QUOTA.read_text().split()
        there = min(there, -(-int(share) // int(period)))  # "max" is no number: no quota
    return max(1, there)


def limit(threads: int) -> None:
    """Hold the thread pools that libraries make for themselves to ``threads``: OpenMP, OpenBLAS, Arrow and Polars.

    Each reads the environment once, when it is loaded or first used. What is already in the environment stands.
    """
    for name in ("OMP_NUM_THREADS", "POLARS_MAX_THREADS"):
        os.environ.setdefault(name, str(threads))
